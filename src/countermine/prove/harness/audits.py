"""What is kept of each audit event that CPython raises."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from types import CodeType
from typing import TYPE_CHECKING

from countermine.prove.harness.places import real, text

if TYPE_CHECKING:
    from collections.abc import Callable

    Seen = tuple[str, dict[str, str]]
    Reader = Callable[[tuple[object, ...]], "Seen | None"]

MARK = "countermine.mark"
"""Raised by payloads that get to run code: ``sys.audit('countermine.mark', canary)``."""
PROBE = "countermine.probe"

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def path_facts(path: object, write: bool) -> dict[str, str] | None:  # noqa: FBT001 - a fact
    """Return the facts of an event about one path, ``None`` for a file descriptor."""
    leads = real(path)
    if leads is None:
        return None
    facts = {"path": text(path), "real": leads, "mode": "write" if write else "read"}
    try:
        os.lstat(leads)
    except (OSError, ValueError):
        facts["missing"] = "1"
    return facts


def _open(args: tuple[object, ...]) -> Seen | None:
    mode, flags = args[1], args[2]
    write = any(sign in mode for sign in "wax+") if isinstance(mode, str) else False
    if mode is None and isinstance(flags, int):
        write = bool(flags & _WRITES)
    facts = path_facts(args[0], write)
    if facts is None:
        return None
    if isinstance(flags, int) and flags & os.O_EXCL:
        facts["exclusive"] = "1"
    return "open", facts


def _chmod(args: tuple[object, ...]) -> Seen | None:
    """Return the rights that are given, and those that were there before."""
    path, mode = args[0], args[1]
    if isinstance(path, int):
        path = f"/proc/self/fd/{path}"
    facts = path_facts(path, write=True)
    if facts is None or not isinstance(mode, int):
        return None
    facts["rights"] = f"{mode & 0o7777:04o}"
    if "missing" not in facts:
        facts["rights_before"] = f"{os.lstat(facts['real']).st_mode & 0o7777:04o}"
    return "os.chmod", facts


def _database(args: tuple[object, ...]) -> Seen:
    """Return the file of a database, which SQLite makes by itself where there is none."""
    name = text(args[0])
    in_memory = name in {"", ":memory:"} or name.startswith("file:")
    facts = None if in_memory else path_facts(args[0], write=True)
    return "sqlite3.connect", {**(facts or {}), "database": name}


def _path(name: str, write: bool) -> Reader:  # noqa: FBT001 - a fact of the event
    def read(args: tuple[object, ...]) -> Seen | None:
        facts = path_facts("." if args[0] is None else args[0], write)
        return None if facts is None else (name, facts)

    return read


def _two_paths(name: str) -> Reader:
    def read(args: tuple[object, ...]) -> Seen | None:
        facts = path_facts(args[1], write=True)
        source = real(args[0])
        if facts is None or source is None:
            return None
        facts["source"] = text(args[0])
        facts["source_real"] = source
        return name, facts

    return read


def _symlink(args: tuple[object, ...]) -> Seen | None:
    """Return where a new link stands and where it will lead, which is none of the two yet."""
    facts = path_facts(args[1], write=True)
    if facts is None:
        return None
    facts["source"] = text(args[0])
    aim = real(os.path.join(os.path.dirname(facts["real"]), facts["source"]))  # noqa: PTH118, PTH120 - text
    if aim is not None:
        facts["source_real"] = aim
    return "os.symlink", facts


def _words(args: object) -> list[str]:
    if isinstance(args, (str, bytes)) or hasattr(args, "__fspath__"):
        return [text(args)]
    return [text(word) for word in args] if isinstance(args, Sequence) else []


def _popen(args: tuple[object, ...]) -> Seen:
    words = _words(args[1])
    return _command("subprocess.Popen", words, text(args[0]))


def _command(call: str, words: list[str], program: str) -> Seen:
    facts = {"call": call, "argv": json.dumps(words), "program": program}
    at = next((n for n, word in enumerate(words[1:], 1) if word == "-c"), 0)
    shells = ("sh", "bash", "dash", "ash", "zsh", "ksh")
    if at and at + 1 < len(words) and os.path.basename(words[0]) in shells:  # noqa: PTH119 - text
        facts["shell"] = words[at + 1]
    return "command", facts


def _system(args: tuple[object, ...]) -> Seen:
    command = text(args[0])
    facts = {"call": "os.system", "argv": json.dumps(["/bin/sh", "-c", command])}
    facts.update(program="/bin/sh", shell=command)
    return "command", facts


def _exec_family(call: str, words_at: int) -> Reader:
    def read(args: tuple[object, ...]) -> Seen:
        return _command(call, _words(args[words_at]), text(args[words_at - 1]))

    return read


def names_and_strings(code: CodeType) -> tuple[list[str], list[str]]:
    """Return the names and the string constants of a code object and those inside it, sorted."""
    names: set[str] = set()
    strings: set[str] = set()
    left = [code]
    while left:
        one = left.pop()
        names.update(one.co_names, one.co_varnames)
        for constant in one.co_consts:
            if isinstance(constant, CodeType):
                left.append(constant)
                names.add(constant.co_name)
            elif isinstance(constant, str):
                strings.add(constant[:200])
    return sorted(names)[:200], sorted(strings)[:200]


def _exec(args: tuple[object, ...]) -> Seen | None:
    code = args[0]
    if not isinstance(code, CodeType):
        return None
    names, strings = names_and_strings(code)
    facts = {"code_file": code.co_filename, "names": json.dumps(names)}
    facts["strings"] = json.dumps(strings)
    return "exec", facts


def _compile(args: tuple[object, ...]) -> Seen | None:
    if not isinstance(args[0], (str, bytes)):
        return None
    return "compile", {"source": text(args[0], 16000), "code_file": text(args[1])}


def _texts(name: str, *keys: str) -> Reader:
    def read(args: tuple[object, ...]) -> Seen:
        return name, {key: text(args[n]) for n, key in enumerate(keys) if n < len(args)}

    return read


READERS: dict[str, Reader] = {
    "open": _open,
    "os.listdir": _path("os.listdir", write=False),
    "os.scandir": _path("os.scandir", write=False),
    "os.chdir": _path("os.chdir", write=False),
    "os.mkdir": _path("os.mkdir", write=True),
    "os.remove": _path("os.remove", write=True),
    "os.rmdir": _path("os.rmdir", write=True),
    "os.truncate": _path("os.truncate", write=True),
    "os.chmod": _chmod,
    "os.chown": _path("os.chown", write=True),
    "os.utime": _path("os.utime", write=True),
    "os.rename": _two_paths("os.rename"),
    "os.link": _two_paths("os.link"),
    "os.symlink": _symlink,
    "shutil.copyfile": _two_paths("shutil.copyfile"),
    "shutil.copytree": _two_paths("shutil.copytree"),
    "shutil.move": _two_paths("shutil.move"),
    "shutil.unpack_archive": _texts("shutil.unpack_archive", "path", "base"),
    "shutil.rmtree": _path("shutil.rmtree", write=True),
    "subprocess.Popen": _popen,
    "os.system": _system,
    "os.exec": _exec_family("os.exec", 1),
    "os.posix_spawn": _exec_family("os.posix_spawn", 1),
    "os.spawn": _exec_family("os.spawn", 2),
    "pty.spawn": lambda args: _command("pty.spawn", _words(args[0]), ""),
    "exec": _exec,
    "compile": _compile,
    "import": _texts("import", "module"),
    "pickle.find_class": _texts("pickle.find_class", "module", "name"),
    "marshal.loads": _texts("marshal.loads"),
    "sqlite3.connect": _database,
    "socket.connect": lambda args: ("socket.connect", {"address": repr(args[1])[:200]}),
    "socket.getaddrinfo": _texts("socket.getaddrinfo", "host", "port"),
    "urllib.Request": _texts("urllib.Request", "url"),
    "sys.addaudithook": _texts("sys.addaudithook"),
    "gc.get_objects": _texts("gc.get_objects"),
    "gc.get_referents": _texts("gc.get_referents"),
    "gc.get_referrers": _texts("gc.get_referrers"),
    "ctypes.dlopen": _texts("ctypes.dlopen", "library"),
    MARK: _texts("mark", "canary"),
    PROBE: _texts(PROBE, "word"),
}
"""Event of CPython to what is kept of it. Events that are not listed are not looked at."""
