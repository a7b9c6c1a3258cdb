from pathlib import Path

import pytest

from countermine.target.declared import Declared
from countermine.target.poetry import specifier
from countermine.target.project import compiled_for, read_project
from countermine.target.pyproject import read_pyproject
from countermine.target.requirements import read_requirements_file, sort_requirements
from countermine.target.setup_files import (
    read_egg_requires,
    read_metadata,
    read_setup_cfg,
    read_setup_py,
    read_tox,
)


def test_the_standard_tables_are_read() -> None:
    declared = read_pyproject("""
        [build-system]
        requires = ["hatchling>=1"]
        [project]
        name = "Thing"
        version = "1.0"
        requires-python = ">=3.9"
        dependencies = ["a>1", "b ; python_version < '3.10'"]
        [project.optional-dependencies]
        test = ["c"]
        docs = ["d"]
        [dependency-groups]
        dev = ["e", {include-group = "lint"}]
        lint = ["f", {include-group = "dev"}]
        docs = ["g"]
    """)
    assert declared == Declared(
        name="Thing",
        version="1.0",
        requires_python=">=3.9",
        requires=("a>1", "b ; python_version < '3.10'"),
        test_requires=("c", "e", "f"),
        build_requires=("hatchling>=1",),
    )


def test_dynamic_dependencies_are_not_taken_for_none() -> None:
    assert read_pyproject('[project]\nname = "a"\ndynamic = ["dependencies"]').requires is None
    assert read_pyproject('[project]\nname = "a"').requires == ()


def test_a_broken_file_declares_nothing_but_a_note() -> None:
    declared = read_pyproject("[project")
    assert declared.requires is None
    assert declared.notes[0].startswith("pyproject.toml cannot be read")


def test_values_of_a_wrong_type_are_passed_over() -> None:
    declared = read_pyproject("""
        project = 3
        dependency-groups = ["x"]
        [tool]
        poetry = "x"
        [build-system]
        requires = "setuptools"
    """)
    assert declared == Declared(build_requires=())


def test_the_tables_of_poetry_are_read() -> None:
    declared = read_pyproject("""
        [tool.poetry]
        name = "thing"
        version = "1.2"
        [tool.poetry.dependencies]
        python = "^3.7"
        requests = "^2.20"
        click = {version = "~7.1", extras = ["x"], markers = "sys_platform == 'linux'"}
        extra = {version = "*", optional = true}
        own = {git = "https://example.org/own"}
        two = [{version = "^1", python = "<3.8"}, {version = "^2", python = ">=3.8"}]
        [tool.poetry.dev-dependencies]
        pytest = "^5"
        [tool.poetry.group.test.dependencies]
        mock = "*"
        [tool.poetry.group.docs.dependencies]
        sphinx = "*"
    """)
    assert declared.requires_python == ">=3.7,<4"
    assert declared.requires == (
        "click[x]>=7.1,<7.2 ; (sys_platform == 'linux')",
        "requests>=2.20,<3",
        'two>=1,<2 ; python_full_version < "3.8"',
        'two>=2,<3 ; python_full_version >= "3.8"',
    )
    assert declared.test_requires == ("pytest>=5,<6", "mock")
    assert declared.notes == ("own: required from a place that is no package index",)


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("*", ""),
        ("1.2.3", "==1.2.3"),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        (">=1,<2", ">=1,<2"),
        (">= 1.0, < 2.0", ">=1.0,<2.0"),
        ("^1 || ^2", ">=2,<3"),
        ("1.*", "==1.*"),
        ("^nonsense", ""),
    ],
)
def test_constraints_of_poetry_become_specifiers(constraint: str, expected: str) -> None:
    assert specifier(constraint) == expected


def test_tables_of_other_tools_are_read() -> None:
    declared = read_pyproject("""
        [tool.uv]
        dev-dependencies = ["a"]
        [tool.pdm.dev-dependencies]
        test = ["b"]
        docs = ["x"]
        [tool.hatch.envs.default]
        dependencies = ["c"]
        [tool.hatch.envs.docs]
        dependencies = ["x"]
    """)
    assert declared.test_requires == ("a", "b", "c")


def test_setup_cfg_is_read() -> None:
    declared = read_setup_cfg("""
[metadata]
name = thing
version = attr: thing.__version__
[options]
python_requires = >=3.6
install_requires =
    a>=1  # why
    b; python_version < "3.8"
tests_require = mock
[options.extras_require]
testing = pytest; coverage
docs = sphinx
""")
    assert declared == Declared(
        name="thing",
        requires_python=">=3.6",
        requires=("a>=1", 'b; python_version < "3.8"'),
        test_requires=("mock", "pytest", "coverage"),
    )


def test_a_setup_cfg_that_says_nothing_of_requirements_leaves_them_open() -> None:
    assert read_setup_cfg("[metadata]\nname = a\n").requires is None
    assert read_setup_cfg("no section").notes == ("setup.cfg cannot be read",)


def test_setup_py_is_read_and_not_run(tmp_path: Path) -> None:
    declared = read_setup_py(f"""
from setuptools import setup
open({str(tmp_path / "ran")!r}, "w")
BASE = ["a>1"]
setup(name="thing", install_requires=BASE + ["b"], tests_require="c\\nd",
      extras_require={{"test": ["e", unknown], "docs": ["x"]}}, python_requires=">=3")
""")
    assert declared == Declared(
        name="thing",
        requires=("a>1", "b"),
        test_requires=("c", "d", "e"),
        requires_python=">=3",
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["setup(", "print 'x'", "\0", "(" * 500, "setup(**read())"])
def test_a_setup_py_that_cannot_be_read_declares_nothing(text: str) -> None:
    assert read_setup_py(text) == Declared()


def test_tox_gives_requirements_that_hold_everywhere() -> None:
    assert read_tox("""
[testenv]
deps =
    pytest>=3
    py27: mock
    -r{toxinidir}/requirements-dev.txt
    -rtests/needs.txt
    {[base]deps}
[testenv:docs]
deps = sphinx
""") == (("pytest>=3",), ("requirements-dev.txt", "tests/needs.txt"))


def test_metadata_tells_requirements_and_those_of_tests() -> None:
    text = (
        "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\nRequires-Python: >=3.8\n"
        "Requires-Dist: a (>=1)\nRequires-Dist: b ; python_version < '3.9'\n"
        "Requires-Dist: c ; extra == 'test'\nRequires-Dist: d ; extra == 'docs'\n"
        "Requires-Dist: e ; (python_version < '3.9') and extra == 'dev'\n"
    )
    declared = read_metadata(text, built=True)
    assert declared.requires == ("a (>=1)", "b ; python_version < '3.9'")
    assert declared.test_requires == ("c", "e ; (python_version < '3.9')")


def test_silence_of_a_source_archive_is_not_taken_for_none() -> None:
    assert read_metadata("Name: a\nVersion: 1\n", built=False).requires is None
    assert read_metadata("Name: a\nVersion: 1\n", built=True).requires == ()


def test_requires_txt_of_an_egg_is_read() -> None:
    text = (
        'a>=1\n\n[:python_version < "3.8"]\nb\n\n[test]\nc\n\n'
        '[test:python_version < "3.8"]\nd\n[x]\ny\n'
    )
    assert read_egg_requires(text) == Declared(
        requires=("a>=1", 'b ; python_version < "3.8"'),
        test_requires=("c", 'd ; python_version < "3.8"'),
    )


def test_requirements_files_are_followed_inside_the_tree() -> None:
    files = {
        "requirements/dev.txt": (
            "-r base.txt\n--index-url https://example.org/\n-e .\n-e git+https://example.org/x\n"
            "a==1 \\\n    --hash=sha256:00 # why\n-c limits.txt\n-r ../../outside.txt\n"
            "-r gone.txt\n"
        ),
        "requirements/base.txt": "b>1  # c\n-r dev.txt\n",
    }
    lines = read_requirements_file("requirements/dev.txt", files.get)
    assert lines.requirements == ("a==1", "b>1")
    assert lines.notes == (
        "requirements/dev.txt: -e git+https://example.org/x is no package of an index",
        "requirements/gone.txt is asked for and is not there",
    )


def test_requirements_are_kept_for_the_python_at_hand() -> None:
    found = sort_requirements(
        [
            "a ; python_version < '3.9'",
            "b ; python_version >= '3.9'",
            "c[x]>1",
            "c[x]>1",
            "Own[extra]",
            "d @ https://user:secret@example.org/d.whl",
            "not a requirement",
            "e ; extra == 'x'",
        ],
        "own",
        (3, 8),
    )
    assert [str(one) for one in found.usable] == ["a", "c[x]>1"]
    assert found.refused[0] == "d: required from example.org, no index"
    assert found.refused[1].startswith("not a requirement: not a requirement (")


def test_files_of_a_project_are_believed_in_order(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("setup(name='x', install_requires=['old'])")
    (tmp_path / "setup.cfg").write_text("[options]\ninstall_requires = new\n")
    (tmp_path / "requirements.txt").write_text("pinned==1\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/requirements.txt").write_text("mock\n")
    declared = read_project(tmp_path)
    assert declared.requires == ("new",)
    assert declared.test_requires == ("pytest", "mock")


def test_an_application_is_what_its_requirements_file_says(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("flask\n")
    assert read_project(tmp_path).requires == ("flask",)
    assert read_project(tmp_path / "tests") == Declared()


def test_declarations_are_not_read_through_links(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("[project]\nname = 'secret'")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "pyproject.toml").symlink_to(tmp_path / "secret")
    assert read_project(tree) == Declared()


@pytest.mark.parametrize(
    ("tags", "versions"),
    [
        (("cp310-cp310-manylinux_2_17_x86_64", "cp310-cp310-manylinux2014_x86_64"), {(3, 10)}),
        (("cp38.cp39-cp38-linux_x86_64",), {(3, 8), (3, 9)}),
        (("cp37-abi3-manylinux2014_x86_64",), set()),
        (("py3-none-any",), set()),
    ],
)
def test_an_unpacked_wheel_says_what_it_was_compiled_for(
    tmp_path: Path, tags: tuple[str, ...], versions: set[tuple[int, int]]
) -> None:
    folder = tmp_path / "thing-1.0.dist-info"
    folder.mkdir()
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\n" + "".join(f"Tag: {one}\n" for one in tags))

    assert compiled_for(tmp_path) == versions


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ("", ("Django",)),
        ("install_requires=['django-filter'], ", ("django-filter", "Django")),
        ("install_requires=['DJANGO>=2'], ", ("DJANGO>=2",)),
    ],
)
def test_the_framework_that_a_project_is_for_is_required(
    tmp_path: Path, requires: str, expected: tuple[str, ...]
) -> None:
    classified = "classifiers=['Framework :: Django', 'Framework :: Django :: 3.2']"
    (tmp_path / "setup.py").write_text(f"setup(name='x', {requires}{classified})\n")
    assert read_project(tmp_path).requires == expected


def test_what_is_no_framework_of_the_index_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text(
        "setup(name='x', classifiers=['Framework :: Django CMS', 'Framework :: Jupyter'])\n"
    )
    assert read_project(tmp_path).requires is None
