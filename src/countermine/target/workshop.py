"""Where an environment is made: uv and build backends, run in the sandbox and nowhere else.

Two kinds of steps, never mixed. *Fetching* steps reach the index and run uv alone: only wheels are
taken, so that no code of a package runs. *Working* steps run code of packages (build backends,
byte-compilation in their interpreter) and reach no network.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from uv import find_uv_bin

from countermine.core.errors import EnvironmentLacksError
from countermine.ports.sandbox import (
    Access,
    Limits,
    Mount,
    Network,
    Sandbox,
    SandboxCommand,
    Stopped,
)
from countermine.target.display import one_line
from countermine.target.fetched import IndexOptions
from countermine.target.interpreters import Interpreter
from countermine.target.state import shared_folder, turn

FETCH_LIMITS = Limits(wall_s=300, file_bytes=4 << 30, scratch_bytes=4 << 30, processes=256)
"""Downloading and unpacking everything that a large project needs."""
COMPILE_LIMITS = Limits(wall_s=15)
"""What is not compiled by then is compiled when it is imported."""
BUILD_LIMITS = Limits(wall_s=300, scratch_bytes=4 << 30, processes=256)
"""Compiling the extension modules of one package."""

_RARELY_LOADED = "/(setuptools|pkg_resources|_distutils_hack|pygments/(lexers|styles))/"
"""Hundreds of modules that hardly a program loads more than one of: what is loaded of them is
compiled then."""

_SYSTEM_PREFIX = Path("/usr")
_ERROR_CHARS = 6000
_FULL_DISK = "No space left on device"
_RAISED = re.compile(r"[\w.]*(?:Error|Exception|Exit)\b(?::|$)|error: ")
"""The last line of a traceback, or how a command-line tool says the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that ended well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A step that did not end well."""

    error: str
    """The end of what it said, or the bound it ran into."""
    ours: bool = False
    """Whether it is trouble of this machine, which says nothing about any package."""

    @property
    def reason(self) -> str:
        """The most telling part of it, fit for one line."""
        if "The build backend returned an error" in self.error:
            return _backend_reason(self.error.partition("error: Failed to build")[0])
        cause = self.error.rpartition("cause: ")[2] if "cause: " in self.error else ""
        if cause:
            return _resolver_reason(cause.partition("\n\n")[0])
        return _backend_reason(self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """As of when packages are chosen."""

    day: str | None = None
    """UTC date (ISO 8601); ``None`` for the newest."""
    later: tuple[tuple[str, str], ...] = ()
    """Packages that had nothing usable then, each with a day of its own."""

    def day_of(self, name: str) -> str | None:
        """Return as of when a package is chosen."""
        return dict(self.later).get(name, self.day)

    def words(self) -> list[str]:
        """Return uv's options."""
        if self.day is None:
            return []
        words = ["--exclude-newer", f"{self.day}T00:00:00Z"]
        for name, day in self.later:
            words += ["--exclude-newer-package", f"{name}={day}T00:00:00Z"]
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A folder to make an environment in, and the means."""

    sandbox: Sandbox
    folder: Path
    """Written to by the steps; what it holds may be anything afterwards."""
    state: Path
    """The program's state folder, for uv's cache: only fetching steps see that, and they run no
    code of packages."""
    interpreter: Interpreter
    index: IndexOptions = field(default_factory=IndexOptions)

    def make_venv(self, name: str) -> Path:
        """Make an empty virtual environment that can be moved, and return its interpreter.

        Raises:
            EnvironmentLacksError: If uv cannot make one out of the interpreter.
        """
        place = self.folder / name
        place.mkdir()
        done = self._run(
            (
                *self._uv(
                    "venv",
                    "--quiet",
                    "--relocatable",
                    "--no-project",
                    "--offline",
                    "--allow-existing",
                ),
                *("--no-cache", "--python", self.interpreter.path, str(place)),
            ),
            writable=(place,),
        )
        if isinstance(done, Failed):
            message = f"no environment can be made of {self.interpreter.path}: {done.reason}"
            raise EnvironmentLacksError(message)
        return place / "bin/python"

    def fetch(
        self,
        python: Path,
        requirements: tuple[Requirement, ...],
        cutoff: Cutoff,
        wheels: Path,
        *,
        offline: bool = False,
    ) -> Done | Failed:
        """Install requirements and all they need out of wheels; runs no code of any package.

        Args:
            python: Interpreter of the environment to install into.
            requirements: What to install.
            cutoff: As of when releases are chosen.
            wheels: Folder of wheels that count besides those of the index; the list of what is
                asked for is written beside it.
            offline: Take only what uv's cache holds.
        """
        listed = wheels.with_name("requirements.in")
        listed.write_text("".join(f"{one}\n" for one in requirements), "utf-8")
        cache = shared_folder(self.state, "packages", "uv")
        # One at a time: the sandbox hands the cache over to whom it runs, file by file.
        with turn(self.state, "fetch"):
            return self._run(
                (
                    *self._uv("pip", "install", "--quiet", "--only-binary", ":all:"),
                    *("--link-mode", "copy", *(("--offline",) if offline else ())),
                    *("--cache-dir", str(cache), "--python", str(python)),
                    *("--find-links", str(wheels), *cutoff.words(), "-r", str(listed)),
                ),
                readable=(listed, wheels, *_folder_indexes(self.index)),
                writable=(python.parent.parent, cache),
                network=Network.NONE if offline else Network.INDEX,
                limits=FETCH_LIMITS,
            )

    def fetch_alone(
        self, python: Path, requirement: Requirement, cutoff: Cutoff, folder: Path
    ) -> Done | Failed:
        """Unpack the wheel of one package into a folder, without what it needs; runs none of it.

        Args:
            python: Interpreter that the wheel is to fit.
            requirement: Names one release.
            cutoff: As of when wheels of it are chosen.
            folder: Empty.
        """
        cache = shared_folder(self.state, "packages", "uv")
        with turn(self.state, "fetch"):
            return self._run(
                (
                    *self._uv("pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps"),
                    *("--link-mode", "copy", "--cache-dir", str(cache), "--python", str(python)),
                    *("--target", str(folder), *cutoff.words(), str(requirement)),
                ),
                readable=(python.parent.parent, *_folder_indexes(self.index)),
                writable=(folder, cache),
                network=Network.INDEX,
                limits=FETCH_LIMITS,
            )

    def build_wheel(self, python: Path, source: Path, out: Path, version: str) -> Done | Failed:
        """Build a wheel of a source tree by its own backend, without any network.

        Args:
            python: Interpreter of an environment that holds the build requirements.
            source: The tree; the backend may write to it.
            out: Folder for the wheel.
            version: For backends that would ask a version control system.
        """
        return self._run(
            (
                *self._uv("build", "--wheel", "--no-build-isolation", "--offline"),
                *("--no-cache", "--python", str(python), "--out-dir", str(out), str(source)),
            ),
            readable=(python.parent.parent,),
            writable=(source, out),
            env={
                "PBR_VERSION": version,
                "POETRY_DYNAMIC_VERSIONING_BYPASS": version,
                "SETUPTOOLS_SCM_PRETEND_VERSION": version,
                "SOURCE_DATE_EPOCH": "315532800",
            },
        )

    def compile_bytecode(self, python: Path, folder: Path) -> Done | Failed:
        """Byte-compile what was installed, as far as time allows: without it each run would."""
        return self._run(
            (
                *(str(python), "-I", "-m", "compileall", "-q", "-j", "0"),
                *("-x", _RARELY_LOADED, str(folder)),
            ),
            writable=(python.parent.parent,),
            limits=COMPILE_LIMITS,
        )

    def _uv(self, *words: str) -> tuple[str, ...]:
        return (find_uv_bin(), *words, "--no-config", "--no-python-downloads", "--no-progress")

    def _run(
        self,
        argv: tuple[str, ...],
        *,
        readable: tuple[Path, ...] = (),
        writable: tuple[Path, ...] = (),
        env: Mapping[str, str] | None = None,
        network: Network = Network.NONE,
        limits: Limits = BUILD_LIMITS,
    ) -> Done | Failed:
        uv = Path(find_uv_bin())
        variables = {
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "PYTHONNOUSERSITE": "1",
            "UV_HTTP_RETRIES": "2",
            **(env or {}),
        }
        extra: list[Path] = [uv]
        if network is Network.INDEX:
            bundle = system_certificates()
            if bundle:
                variables["SSL_CERT_FILE"] = str(bundle)
                extra.append(bundle)
            if self.index.url:
                variables["UV_DEFAULT_INDEX"] = self.index.url
            if self.index.extra_urls:
                variables["UV_INDEX"] = " ".join(self.index.extra_urls)
        outcome = self.sandbox.run(
            SandboxCommand(
                argv=argv,
                cwd="/tmp",  # noqa: S108 - the sandbox's own
                mounts=(
                    *(Mount(host=path, inside=str(path)) for path in (*extra, *readable)),
                    *(
                        Mount(host=Path(path), inside=path)
                        for path in interpreter_mounts(self.interpreter)
                    ),
                    *(Mount(host=path, inside=str(path), access=Access.WRITE) for path in writable),
                ),
                env=variables,
                network=network,
                limits=limits,
            )
        )
        if isinstance(outcome, Stopped):
            return Failed(error=f"stopped at the bound of {outcome.bound.value}", ours=True)
        if outcome.exit_code == 0:
            return Done()
        said = outcome.stdout[-_ERROR_CHARS // 2 :] + b"\n" + outcome.stderr
        text = said.decode("utf-8", "replace")[-_ERROR_CHARS:]
        return Failed(error=text, ours=_FULL_DISK in text)


def _resolver_reason(cause: str) -> str:
    """Return the last step of uv's reasoning that says more than what we asked for."""
    said = re.split(r"\b(?:And )?[Bb]ecause ", " ".join(cause.split()))
    steps = [re.sub(r",? we can conclude that .*$", "", step).strip() for step in said]
    if len(steps) > 1 and re.fullmatch(r"you require \S+", steps[-1]):
        return one_line(f"{steps[-2]} and {steps[-1]}")
    return one_line(steps[-1])


def _backend_reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    raised = [line for line in lines if _RAISED.match(line)]
    return one_line((raised or lines or ["no reason was given"])[-1])


def _folder_indexes(index: IndexOptions) -> tuple[Path, ...]:
    urls = [urlsplit(url) for url in (index.url or "", *index.extra_urls)]
    folders = (Path(unquote(url.path)) for url in urls if url.scheme == "file")
    return tuple(folder for folder in folders if folder.is_dir())


def interpreter_mounts(interpreter: Interpreter) -> tuple[str, ...]:
    """Return the host folders that an interpreter needs and the sandbox does not show anyway."""
    prefix = Path(interpreter.prefix)
    if prefix == _SYSTEM_PREFIX or _SYSTEM_PREFIX in prefix.parents:
        return ()
    return (interpreter.prefix,)


def system_certificates() -> Path | None:
    """Return the file of certificates that this machine trusts, where it has one."""
    named = ssl.get_default_verify_paths().cafile or ""
    path = Path(named).resolve()
    return path if named and path.is_file() else None
