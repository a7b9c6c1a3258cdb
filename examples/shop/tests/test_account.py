import pytest


@pytest.mark.parametrize("page", ["reset", "invite"])
def test_a_token_belongs_to_one_address(client, page):
    ada, again, bob = (
        client.post(f"/account/{page}", data={"email": email}).json["token"]
        for email in ("ada@example.org", "ada@example.org", "bob@example.org")
    )
    assert ada == again != bob


@pytest.mark.parametrize("page", ["coupon", "voucher"])
def test_every_code_is_new(client, page):
    codes = {client.post(f"/account/{page}").json["code"] for _ in range(20)}
    assert len(codes) == 20
    assert {len(code) for code in codes} == {10}
