from pathlib import Path

from countermine.target.declared import Declared
from countermine.target.layout import (
    compare,
    guess_roots,
    place_generated,
    place_metadata,
    place_scripts,
    place_told_metadata,
)


def write(root: Path, *names: str, text: str = "") -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text or f"# {name}\n")
    return root


def test_roots_are_guessed_by_their_looks(tmp_path: Path) -> None:
    assert guess_roots(write(tmp_path / "a", "src/p/__init__.py", "tests/__init__.py")) == ("src",)
    assert guess_roots(write(tmp_path / "b", "p/__init__.py", "setup.py")) == (".",)
    assert guess_roots(write(tmp_path / "c", "m.py", "src/m.c")) == (".",)
    assert guess_roots(write(tmp_path / "d", "src/p/__init__.py", "m.py")) == ("src", ".")
    assert guess_roots(write(tmp_path / "e", "readme")) == (".",)


def test_the_wheel_tells_where_the_code_lies(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "src/p/__init__.py", "src/p/m.py", "setup.py")
    contents = write(tmp_path / "wheel", "p/__init__.py", "p/m.py", "p-1.dist-info/METADATA")
    layout = compare(root, contents)
    assert (layout.import_roots, layout.generated, layout.mapped) == (("src",), (), False)


def test_a_folder_of_any_name_can_be_the_root(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "code/p/__init__.py")
    assert compare(root, write(tmp_path / "wheel", "p/__init__.py")).import_roots == ("code",)


def test_files_that_only_the_build_makes_are_laid_out_as_the_tree(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "src/p/__init__.py")
    contents = write(
        tmp_path / "wheel",
        "p/__init__.py",
        "p/_version.py",
        "p/fast.so",
        "p-1.data/purelib/p/data.bin",
        "p-1.data/scripts/run",
        "p-1.dist-info/METADATA",
    )
    layout = compare(root, contents)
    assert place_generated(layout, tmp_path / "generated")
    made = sorted(
        path.relative_to(tmp_path / "generated").as_posix()
        for path in (tmp_path / "generated").rglob("*")
        if path.is_file()
    )
    assert made == ["src/p/_version.py", "src/p/data.bin", "src/p/fast.so"]


def test_a_moved_module_is_not_taken_for_a_generated_one(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "p/__init__.py")
    write(root, "lib/inner/m.py", text="x = 1\n")
    contents = write(tmp_path / "wheel", "p/__init__.py")
    write(contents, "p/inner/m.py", text="x = 1\n")
    layout = compare(root, contents)
    assert (layout.generated, layout.mapped) == ((), True)


def test_a_wheel_of_the_tree_itself_generates_nothing(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "m.py")
    layout = compare(root, write(tmp_path / "wheel", "m.py"))
    assert not place_generated(layout, tmp_path / "generated")
    assert not (tmp_path / "generated").exists()


def test_metadata_is_installed_without_the_list_of_files(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(site, "My_Thing-0.9.dist-info/METADATA", "other-1.dist-info/METADATA")
    contents = write(
        tmp_path / "wheel", "my_thing-1.0.dist-info/METADATA", "my_thing-1.0.dist-info/RECORD"
    )
    place_metadata(contents, site)
    assert sorted(path.relative_to(site).as_posix() for path in site.rglob("*/*")) == [
        "my_thing-1.0.dist-info/METADATA",
        "other-1.dist-info/METADATA",
    ]


def test_metadata_of_a_source_archive_serves_where_nothing_could_be_built(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "my_thing.egg-info/entry_points.txt")
    write(root, "PKG-INFO", text="Metadata-Version: 1.2\nName: my-thing\nVersion: 1.0\n")
    site = tmp_path / "site"
    site.mkdir()
    place_told_metadata(root, Declared(name="my-thing", version="1.0"), site)
    folder = site / "my_thing-1.0.dist-info"
    assert (folder / "METADATA").read_text().startswith("Metadata-Version: 1.2")
    assert (folder / "entry_points.txt").is_file()


def test_a_name_that_is_none_installs_nothing(tmp_path: Path) -> None:
    for name, version in (("../evil", "1"), (None, "1"), ("a", "1/../..")):
        place_told_metadata(tmp_path, Declared(name=name, version=version), tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_metadata_of_an_unpacked_wheel_is_taken_over(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", "a-1.0.dist-info/METADATA", "a-1.0.dist-info/entry_points.txt")
    site = tmp_path / "site"
    site.mkdir()
    place_told_metadata(root, Declared(name="a", version="1.0"), site)
    assert (site / "a-1.0.dist-info/METADATA").read_text() == "# a-1.0.dist-info/METADATA\n"
    assert (site / "a-1.0.dist-info/entry_points.txt").is_file()


def test_only_commands_that_can_be_commands_are_written(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "bin"
    write(folder, "taken")
    text = (
        "[console_scripts]\nGood-one = p.m:run.it [extra]\n../evil = p:x\ntaken = p:x\n"
        "bad = p:x(); import os\nworse = p\n[other]\nno = p:x\n"
    )
    write(site, "p-1.dist-info/entry_points.txt", text=text)
    write(site, "q-1.dist-info/entry_points.txt", text="[console_scripts]\nq = q:q\n")
    write(site, "r-1.dist-info/entry_points.txt", text="broken")
    place_scripts(site, {"p", "r"}, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["Good-one", "taken"]
    assert "from p.m import run\nsys.exit(run.it())" in (folder / "Good-one").read_text()
