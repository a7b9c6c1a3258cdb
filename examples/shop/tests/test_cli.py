import pytest

from shop.cli import main


def test_an_address_is_printed(capsys):
    assert main(["address", "Ada, Main Street 1"]) == 0
    assert capsys.readouterr().out == "Ada, Main Street 1\n"


def test_a_price_list_is_shown(capsys, tmp_path):
    file = tmp_path / "list.yaml"
    file.write_text("products: [{name: Cup, price: 3.5}]")
    assert main(["prices", str(file)]) == 0
    assert capsys.readouterr().out == "Cup: 3.5\n"


def test_a_command_is_needed(capsys):
    with pytest.raises(SystemExit):
        main([])
    assert "usage: shop" in capsys.readouterr().err
