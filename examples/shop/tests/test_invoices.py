import pytest

PAGES = ["/invoices/download?name=", "/invoices/receipt?name=", "/invoices/copy/"]


@pytest.mark.parametrize("page", PAGES)
def test_an_invoice_is_sent(client, page):
    assert client.get(page + "2026-001.txt").text.startswith("Invoice 2026-001")


@pytest.mark.parametrize("page", PAGES)
def test_there_is_no_such_invoice(client, page):
    assert client.get(page + "2019-001.txt").status_code == 404


@pytest.mark.parametrize("page", PAGES[1:])
def test_what_is_outside_is_not_sent(client, page):
    assert client.get(page + "../shop.sqlite").status_code == 404
