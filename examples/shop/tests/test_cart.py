def test_a_cart_is_empty_at_first(client):
    assert client.get("/cart").json == {"items": {}, "total": 0}


def test_a_cart_is_kept_by_the_browser(client):
    client.post("/cart", json={"Blue kettle": 2})
    assert client.get("/cart").json == {"items": {"Blue kettle": 2}, "total": 48.0}


def test_what_is_not_sold_costs_nothing(client):
    assert client.post("/cart", json={"Piano": 1}).json["total"] == 0


def test_wishes_are_kept(client):
    client.post("/cart/wishes", json={"Oak shelf": 1})
    assert client.get("/cart/wishes").json == {"items": {"Oak shelf": 1}}
