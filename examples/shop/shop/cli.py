"""The shop on the command line: print a label, read a price list."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from shop.services import imports, labels


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="shop", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    label = commands.add_parser("address", help="print an address")
    label.add_argument("text")
    prices = commands.add_parser("prices", help="show the products of a YAML price list")
    prices.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "address":
        print(labels.print_address(options.text), end="")
    else:
        for product in imports.read_price_list(options.file.read_text()):
            print(f"{product['name']}: {product['price']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
