import io
import tarfile
import zipfile

import pytest

CATALOGUE = "products:\n- {name: Brass bell, tag: living, price: 12}\n- {name: Cup, price: 3.5}\n"
XML = b"<order><item>Blue kettle</item><item>Oak &amp; ash shelf</item></order>"


def tar_of(name, content):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return io.BytesIO(stream.getvalue())


def zip_of(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return io.BytesIO(stream.getvalue())


@pytest.mark.parametrize("page", ["label", "address"])
def test_labels_are_printed(client, page):
    assert client.post(f"/office/{page}", data={"text": "Ada, Main Street 1"}).text == (
        "Ada, Main Street 1\n"
    )


@pytest.mark.parametrize("page", ["formula", "checked-formula"])
def test_a_formula_gives_a_price(client, page):
    form = {"product": "Blue kettle", "formula": "price * 2 - 8"}
    assert client.post(f"/office/{page}", data=form).json == {"price": 40.0}


def test_a_checked_formula_is_arithmetic_only(client):
    form = {"product": "Blue kettle", "formula": "len('abc')"}
    assert client.post("/office/checked-formula", data=form).status_code == 400


@pytest.mark.parametrize("page", ["discounts", "checked-discounts"])
def test_a_table_of_discounts_is_read(client, page):
    form = {"table": "{10: 0.05, 50: 0.1}"}
    assert client.post(f"/office/{page}", data=form).json == {"10": 0.05, "50": 0.1}


def test_checked_discounts_are_literals_only(client):
    form = {"table": "dict(a=1)"}
    assert client.post("/office/checked-discounts", data=form).status_code == 400


@pytest.mark.parametrize("page", ["catalogue", "price-list"])
def test_products_are_taken_over(client, page):
    assert client.post(f"/office/{page}", data=CATALOGUE).json == {"taken": 2}
    assert client.get("/search?q=bell").json == [["Brass bell", 12.0]]


@pytest.mark.parametrize("page", ["orders", "returns"])
def test_items_are_read(client, page):
    answer = client.post(f"/office/{page}", data=XML, content_type="application/xml")
    assert answer.json == ["Blue kettle", "Oak & ash shelf"]


@pytest.mark.parametrize(
    ("page", "archive_of"),
    [("tar", tar_of), ("tar-checked", tar_of), ("zip", zip_of), ("zip-checked", zip_of)],
)
def test_pictures_are_unpacked(client, data, page, archive_of):
    upload = {"archive": (archive_of("kettle.png", b"picture"), "pictures")}
    assert client.post(f"/office/pictures/{page}", data=upload).json == ["kettle.png"]
    assert (data / "pictures" / "kettle.png").read_bytes() == b"picture"
