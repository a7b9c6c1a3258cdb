"""A table of a TOML document, read key by key, strictly."""

import difflib
from collections.abc import Mapping
from enum import StrEnum
from typing import NoReturn, TypeVar

from countermine.catalogue.schema import Argument
from countermine.core.errors import BadUsageError

_ONWARDS = ".."
"""Stands behind the position from which on every argument is meant."""
Choice = TypeVar("Choice", bound=StrEnum)


class Table:
    """One table of a document; remembers which keys were asked for, to refuse the rest."""

    __slots__ = ("_asked", "_keys", "_where")

    def __init__(self, keys: object, where: str) -> None:
        """Read ``keys``; ``where`` begins every error."""
        if not isinstance(keys, Mapping):
            message = f"{where}: expected a table, not {keys!r}"
            raise BadUsageError(message)
        self._keys: Mapping[str, object] = keys
        self._where = where
        self._asked: list[str] = []

    def refuse(self, text: str, cause: Exception | None = None) -> NoReturn:
        """Raise the error that says what is wrong with this table."""
        message = f"{self._where}: {text}"
        raise BadUsageError(message) from cause

    def has(self, key: str) -> bool:
        """Tell whether the key is there."""
        return key in self._keys

    def get(self, key: str) -> object:
        """Return what stands under the key, or ``None``."""
        self._asked.append(key)
        return self._keys.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            self.refuse(f"{key!r} must be a text" + ("" if value is None else f": {value!r}"))
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a boolean."""
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.refuse(f"{key!r} must be true or false, not {value!r}")
        return value

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """Return a text or a list of texts as a tuple."""
        value = self.get(key)
        if value is None and not needed:
            return ()
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, str) and item for item in items):
            self.refuse(f"{key!r} must be a text or a list of texts, not {value!r}")
        return tuple(str(item) for item in items)

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return a number or a list of numbers as a tuple."""
        value = self.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
            self.refuse(f"{key!r} must be a number or a list of numbers, not {value!r}")
        return tuple(items)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a table of texts as sorted pairs."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
            self.refuse(f"{key!r} must be a table of texts, not {value!r}")
        return tuple(sorted((str(k), str(v)) for k, v in value.items()))

    def argument(self, key: str) -> Argument | None:
        """Return the argument that the key names, if it is there."""
        value = self.get(key)
        return None if value is None else self._argument(key, value)

    def arguments(self, key: str) -> tuple[Argument, ...]:
        """Return the arguments of a key that holds one or a list of lists."""
        value = self.get(key)
        if value is None:
            return ()
        many = isinstance(value, list) and all(isinstance(item, list) for item in value)
        items = value if many and isinstance(value, list) else [value]
        return tuple(self._argument(key, item) for item in items)

    def _argument(self, key: str, value: object) -> Argument:
        items = value if isinstance(value, list) else [value]
        position, keyword = None, None
        for item in items:
            if isinstance(item, bool) or not isinstance(item, (int, str)):
                self.refuse(f"{key!r} names an argument by number or keyword, not {item!r}")
            if isinstance(item, int):
                position = item
            else:
                keyword = item
        if keyword == "receiver":
            return Argument(receiver=True)
        if keyword is not None and keyword.endswith(_ONWARDS):
            return Argument(onwards=int(keyword.removesuffix(_ONWARDS)))
        if keyword == "*":
            return Argument(every=True)
        if keyword == "**":
            return Argument(mapping=True)
        return Argument(position=position, keyword=keyword)

    def choice(self, key: str, kind: type[Choice], default: str | None = None) -> Choice:
        """Return a member of an enumeration."""
        text = self.text(key, default)
        try:
            return kind(text)
        except ValueError as fault:
            self.refuse(f"{key!r} cannot be {text!r}{_near(text, kind)}", fault)

    def done(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._keys:
            if key not in self._asked:
                hint = difflib.get_close_matches(key, self._asked, 1)
                near = f"; did you mean {hint[0]!r}?" if hint else ""
                self.refuse(f"unknown key {key!r}{near}")


def _near(text: str, kind: type[StrEnum]) -> str:
    names = [member.value for member in kind]
    hint = difflib.get_close_matches(text, names, 1)
    return f"; did you mean {hint[0]!r}?" if hint else f"; it is one of {', '.join(names)}"
