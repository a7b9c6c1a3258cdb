"""Rows of several documents as those of one."""

from dataclasses import fields

from countermine.catalogue.schema import Rows


def joined(*parts: Rows | None) -> Rows:
    """Return all rows, in the order in which they are given; what is ``None`` has none."""
    given = [rows for rows in parts if rows is not None]
    return Rows(
        **{
            field.name: tuple(row for rows in given for row in getattr(rows, field.name))
            for field in fields(Rows)
        }
    )
