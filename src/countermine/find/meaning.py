"""What parameters are for, by their names: who asks for a path expects a path of any kind."""

from countermine.core.entrypoints import Channel, EntryPoint

_PATHS = (
    "path file filename filepath filenames files fname fn dir directory dirname folder root dest "
    "destination dst src target out output outfile infile outdir workdir cwd location paths base"
)
_COMMANDS = "cmd command commands cmdline commandline args argv executable program binary shell"
_CODE = "code source src expr expression statement script stmt program"
_STATEMENTS = (
    "sql query statement stmt queries table tables column columns schema database field fields "
    "index constraint lock role"
)
_ADDRESSES = "url uri urls endpoint host hostname address server base"
_WORDS: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kinds, words in (
        (("path", "archive", "temporary-file", "permissions"), _PATHS),
        (("command", "option"), _COMMANDS),
        (("code",), _CODE),
        (("sql",), _STATEMENTS),
        (("url", "redirect"), _ADDRESSES),
        (("template",), "template source text"),
        (("regex",), "pattern regex regexp"),
        (("xpath",), "xpath expr expression query"),
        (("xml", "xml-growth"), _PATHS),
        (("deserialization",), "pickle pickled dump"),
        (("html", "log", "header"), "html message msg"),
    )
    for kind in kinds
}

_FILLERS = frozenset({"", "name", "names", "id", "str", "string", "list", "text"})

_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__attrs_post_init__"})
_STORES = (
    "table tables tablename column columns col schema database db dbname collection index keyspace "
    "dataset field"
)
_OF_STORES = frozenset(_STORES.split())


def is_meant(entry: EntryPoint, kind: str) -> bool:
    """Tell whether a parameter of a function is there for what a sink of this kind takes.

    ``config_path`` is for a path. Whoever calls such a function chose the path, so that a flow
    from there tells little.
    """
    if entry.channel is not Channel.PARAMETER or entry.key is None:
        return False
    words = _WORDS.get(kind, frozenset())
    spelt = [w for w in entry.key.lower().split("_") if w not in _FILLERS]
    return bool(spelt) and (spelt[-1] in words or spelt[-1].removesuffix("str") in words)


def is_place_of(entry: EntryPoint, kind: str) -> bool:
    """Tell whether a constructor is told which folder or file the object is about."""
    made = entry.qualname.rpartition(".")[2] in _MAKING
    return kind == "path" and made and is_meant(entry, kind)


def is_chosen_once(entry: EntryPoint, kind: str) -> bool:
    """Tell whether a name of a table or column is handed to a constructor.

    Whoever makes a store says where its rows are, in code and once; the rows come later.
    """
    if kind != "sql" or entry.channel is not Channel.PARAMETER or entry.key is None:
        return False
    spelt = [w for w in entry.key.lower().split("_") if w not in _FILLERS]
    made = entry.qualname.rpartition(".")[2] in _MAKING
    return made and bool(spelt) and spelt[-1] in _OF_STORES
