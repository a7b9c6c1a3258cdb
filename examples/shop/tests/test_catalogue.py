import pytest


def test_front_page_names_every_product(client):
    page = client.get("/")
    assert "Blue kettle" in page.text
    assert page.headers["ETag"]


def test_products_are_found_by_a_part_of_their_name(client):
    assert client.get("/search?q=kettle").json == [["Blue kettle", 24.0], ["Red kettle", 26.0]]


def test_no_product_has_that_name(client):
    assert client.get("/search?q=piano").json == []


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("name", ["Green lamp", "Oak shelf"]),
        ("price", ["Green lamp", "Oak shelf"]),
        ("newest", ["Oak shelf", "Green lamp"]),
        ("nonsense", ["Green lamp", "Oak shelf"]),
    ],
)
def test_tagged_products_come_in_the_order_asked_for(client, order, names):
    found = client.get(f"/tagged?tag=living&order={order}").json
    assert [name for name, _ in found] == names


@pytest.mark.parametrize("page", ["hello", "goodbye", "welcome"])
def test_customers_are_called_by_name(client, page):
    assert "Ada" in client.get(f"/{page}?name=Ada").text


@pytest.mark.parametrize("page", ["goodbye", "welcome"])
def test_a_name_is_not_markup(client, page):
    assert "&lt;b&gt;" in client.get(f"/{page}?name=<b>").text


@pytest.mark.parametrize("page", ["card", "note"])
def test_preview_shows_the_text(client, page):
    answer = client.post(f"/{page}", data={"text": "Happy birthday"})
    assert answer.text == f"<p class='{page}'>Happy birthday</p>"


def test_a_note_is_not_a_template(client):
    assert "{{ 7 * 7 }}" in client.post("/note", data={"text": "{{ 7 * 7 }}"}).text
