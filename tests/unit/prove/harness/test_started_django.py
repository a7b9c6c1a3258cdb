"""A function of one of Django's applications is entered with Django started around it."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from countermine.prove.harness import drivers_django
from countermine.prove.harness.inputs import Scene
from countermine.prove.harness.loading import EntryJob

DJANGO = {
    "django/__init__.py": """
def setup():
    from django.conf import settings
    settings.ready = True
""",
    "django/conf.py": """
class Settings:
    ready = False
    def configure(self, **named):
        vars(self).update(named)
settings = Settings()
""",
    "notes/__init__.py": "",
    "notes/models.py": """
from django.conf import settings

class ImproperlyConfigured(Exception):
    pass

if not settings.ready:
    raise ImproperlyConfigured("settings are not configured")

def shown(text):
    return text, "notes" in settings.INSTALLED_APPS
""",
    "plain.py": "raise LookupError('gone')\n",
}
"""As much of Django as says whether it was started, and for whom."""
RUN = """
import sys
from countermine.prove.harness import drivers_function, loading
from countermine.prove.harness.inputs import Scene
root, path = sys.argv[1:]
entry = loading.EntryJob("function", path, "shown", "parameter", "text", 0, root, (".",))
sys.path[:0] = loading.search_path(entry)
module = drivers_function.load(entry, Scene((), "/base", "canary", is_attack=False))
print(module.shown("said"), module.__name__)
"""


def run(
    root: Path, path: str, other: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    for name, text in {**DJANGO, **(other or {})}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return subprocess.run(
        [sys.executable, "-c", RUN, f"{root}/", path], capture_output=True, text=True, check=False
    )


def test_models_are_loaded_as_those_of_an_installed_application(tmp_path: Path) -> None:
    done = run(tmp_path, "notes/models.py")
    assert done.stdout == "('said', True) notes.models\n", done.stderr


def test_a_module_that_fails_otherwise_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, "plain.py")
    assert "plain.py cannot be loaded: LookupError: gone" in done.stderr


def test_an_entry_point_below_no_application_has_none(tmp_path: Path) -> None:
    entry = EntryJob("function", "a/b.py", "f", "parameter", None, 0, f"{tmp_path}/", (".",))
    assert drivers_django._application(entry) == []


def test_an_application_that_cannot_be_installed_is_left_out(tmp_path: Path) -> None:
    refusing = """
class Known:
    app_configs = {}
apps = Known()
"""
    setup = """
def setup():
    from django.conf import settings
    if "notes" in settings.INSTALLED_APPS:
        raise LookupError("it wants another application")
    settings.ready = True
"""
    done = run(
        tmp_path, "notes/models.py", {"django/apps.py": refusing, "django/__init__.py": setup}
    )
    assert done.stdout == "('said', False) notes.models\n", done.stderr


def test_a_request_is_one_to_the_site_that_its_pages_are_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, str]] = []

    class RequestFactory:
        def generic(self, _method: str, _path: str, **extra: str) -> SimpleNamespace:
            asked.append(extra)
            return SimpleNamespace()

    made = SimpleNamespace(RequestFactory=RequestFactory)
    monkeypatch.setitem(sys.modules, "django.test.client", made)  # type: ignore[arg-type]  # stands in
    scene = Scene((), "/base", "canary", is_attack=False)
    drivers_django._request(scene, {})
    assert [one["SERVER_NAME"] for one in asked] == ["localhost"]
