"""Compiles the flow engine into a wheel: the build hook behind `make compiled`.

Off unless HATCH_BUILD_HOOK_ENABLE_CUSTOM is set, so that the wheel of every day is pure Python. The
modules stay in the wheel as they are; what is compiled stands beside them and is found first.
"""

import ast
import contextlib
import os
import re
import shlex
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from typing_extensions import override

SOURCE = Path(__file__).parents[1] / "src"
COMPILED = ("countermine/flow",)
"""Folders and modules below the sources that are compiled."""
GROUP = "countermine"
"""The code of all of them is one library at the top level: ``countermine__mypyc``."""
OPTIMISED = "2"

_SLOTS = re.compile(r"^(@dataclass\([^\n)]*?)\bslots=True(?:, )?", re.MULTILINE)
_CONSTANT = re.compile(r"^(_?[A-Z][A-Z0-9_]*)(?:: (?!Final)([^=\n]+))? = ", re.MULTILINE)


def modules(source: Path) -> list[str]:
    """Return the files that are compiled, relative to the sources."""
    found = [
        file
        for name in COMPILED
        for file in (sorted((source / name).glob("*.py")) or [source / name])
        if file.name != "__init__.py"
    ]
    return [file.relative_to(source).as_posix() for file in found]


def without_slots(text: str) -> str:
    """Return a module without the slots of its dataclasses.

    They are given by making the class a second time, which leaves a compiled one behind that
    nobody uses; its attributes have fixed places anyway.
    """
    return _SLOTS.sub(r"\1", text)


def with_finals(text: str) -> str:
    """Return a module whose constants say that they are: they are not looked up by name then."""
    documented = ast.parse(text).body[0].end_lineno or 0
    lines = text.splitlines(keepends=True)
    lines.insert(documented, "from typing import Final\n")

    def final(found: re.Match[str]) -> str:
        return f"{found[1]}: Final{f'[{found[2]}]' if found[2] else ''} = "

    return _CONSTANT.sub(final, "".join(lines))


def missing() -> str | None:
    """Return what it takes to compile and is not there."""
    told = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    compiler = shlex.split(told)[0]
    if shutil.which(compiler) is None:
        return f"a C compiler ({compiler} is not there; set CC, or install gcc)"
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if not header.is_file():
        return f"the headers of Python ({header} is not there; install python3-dev)"
    return None


def compile_modules(source: Path, work: Path) -> list[Path]:
    """Compile a copy of the sources in a folder; return the libraries, relative to it."""
    from mypyc.build import mypycify  # noqa: PLC0415 - only the environment of a build has it
    from setuptools import Distribution  # noqa: PLC0415 - the same
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415 - the same

    shutil.copytree(source / "countermine", work / "countermine")
    names = modules(source)
    for name in names:
        file = work / name
        file.write_text(
            with_finals(without_slots(file.read_text(encoding="utf-8"))), encoding="utf-8"
        )
    built = work / "built"
    with contextlib.chdir(work):
        extensions = mypycify(
            names, opt_level=OPTIMISED, debug_level="0", multi_file=True, group_name=GROUP
        )
        command = build_ext(Distribution({"name": GROUP, "ext_modules": extensions}))
        command.build_lib, command.build_temp = str(built), str(work / "objects")
        command.ensure_finalized()
        command.run()
    return sorted(file.relative_to(work) for file in built.rglob("*") if file.is_file())


class CompiledWheel(BuildHookInterface[Any]):
    """Puts the compiled modules into a wheel, and says for which Python and system it is."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are collected."""
        if self.target_name != "wheel" or version == "editable":
            return
        lacking = missing()
        if lacking is not None:
            self.app.abort(f"compiling takes {lacking}")
        self._work = tempfile.TemporaryDirectory(prefix="countermine-compiled-")
        work = Path(self._work.name)
        for file in compile_modules(Path(self.root) / "src", work):
            inside = file.relative_to("built").as_posix()
            build_data["force_include"][str(work / file)] = inside
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    @override
    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clear away."""
        del build_data, artifact_path
        if self.target_name == "wheel" and version != "editable":
            self._work.cleanup()


if __name__ == "__main__":
    lacking = missing()
    sys.exit(None if lacking is None else f"compiling takes {lacking}")
