"""Where an environment is made: uv and build backends, run in the sandbox and nowhere else.

Two kinds of steps, never mixed. *Fetching* steps reach the index and run uv alone: only wheels are
taken, so that no code of a package runs. *Working* steps run code of packages (build backends,
byte-compilation in their interpreter) and reach no network.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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

FETCH_LIMITS = Limits(wall_s=300, scratch_bytes=4 << 30, processes=256)
"""Downloading and unpacking everything that a large project needs."""
BUILD_LIMITS = Limits(wall_s=300, scratch_bytes=4 << 30, processes=256)
"""Compiling the extension modules of one package."""

_SYSTEM_PREFIX = Path("/usr")
_ERROR_CHARS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that ended well."""

    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A step that did not end well."""

    error: str
    """The end of what it said, or the bound it ran into."""

    @property
    def reason(self) -> str:
        """The most telling line, fit for one line."""
        lines = [line.strip() for line in self.error.splitlines() if line.strip()]
        telling = [line for line in lines if line.startswith(("cause:", "error:", "hint:"))]
        errors = [line for line in lines if "Error" in line or "error" in line.lower()]
        chosen = (telling or errors or lines or ["no reason was given"])[-1]
        causes = [line for line in telling if line.startswith("cause:")]
        return one_line((causes[-1] if causes else chosen).partition(": ")[2] or chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """As of when packages are chosen."""

    day: str | None = None
    """UTC date (ISO 8601); ``None`` for the newest."""
    free: tuple[str, ...] = ()
    """Packages that had nothing usable then: chosen among all releases."""

    def words(self) -> list[str]:
        """Return uv's options."""
        if self.day is None:
            return []
        words = ["--exclude-newer", f"{self.day}T00:00:00Z"]
        for name in self.free:
            words += ["--exclude-newer-package", f"{name}=2999-01-01T00:00:00Z"]
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A folder to make an environment in, and the means."""

    sandbox: Sandbox
    folder: Path
    """Written to by the steps; what it holds may be anything afterwards."""
    cache: Path
    """uv's cache: only fetching steps see it, and they run no code of packages."""
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
                *self._uv("venv", "--relocatable", "--no-project", "--offline", "--allow-existing"),
                *("--no-cache", "--python", self.interpreter.path, str(place)),
            ),
            writable=(place,),
        )
        if isinstance(done, Failed):
            message = f"no environment can be made of {self.interpreter.path}: {done.reason}"
            raise EnvironmentLacksError(message)
        return place / "bin/python"

    def fetch(
        self, python: Path, requirements: tuple[Requirement, ...], cutoff: Cutoff, wheels: Path
    ) -> Done | Failed:
        """Install requirements and all they need out of wheels; runs no code of any package.

        Args:
            python: Interpreter of the environment to install into.
            requirements: What to install.
            cutoff: As of when releases are chosen.
            wheels: Folder of wheels that count besides those of the index.
        """
        listed = self.folder / "requirements.in"
        listed.write_text("".join(f"{one}\n" for one in requirements), "utf-8")
        environment = python.parent.parent
        return self._run(
            (
                *self._uv("pip", "install", "--only-binary", ":all:", "--link-mode", "copy"),
                *("--cache-dir", str(self.cache), "--python", str(python)),
                *("--find-links", str(wheels), *cutoff.words(), "-r", str(listed)),
            ),
            readable=(listed, wheels),
            writable=(environment, self.cache),
            network=Network.INDEX,
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
        """Byte-compile what was installed: without it each run would."""
        return self._run(
            (str(python), "-I", "-m", "compileall", "-q", "-j", "0", str(folder)),
            writable=(python.parent.parent,),
        )

    def _uv(self, *words: str) -> tuple[str, ...]:
        return (find_uv_bin(), *words, "--quiet", "--no-config", "--no-python-downloads")

    def _run(
        self,
        argv: tuple[str, ...],
        *,
        readable: tuple[Path, ...] = (),
        writable: tuple[Path, ...] = (),
        env: Mapping[str, str] | None = None,
        network: Network = Network.NONE,
    ) -> Done | Failed:
        uv = Path(find_uv_bin())
        variables = {
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "PYTHONNOUSERSITE": "1",
            "UV_NO_PROGRESS": "1",
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
                limits=FETCH_LIMITS if network is Network.INDEX else BUILD_LIMITS,
            )
        )
        if isinstance(outcome, Stopped):
            return Failed(error=f"stopped at the bound of {outcome.bound.value}")
        if outcome.exit_code == 0:
            return Done(output=outcome.stdout.decode("utf-8", "replace"))
        said = outcome.stdout[-_ERROR_CHARS // 2 :] + b"\n" + outcome.stderr
        return Failed(error=said.decode("utf-8", "replace")[-_ERROR_CHARS:])


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
