"""Runs Pysa on a tree with the taint models that come with it.

    python bench/pysa.py PYRE TREE REPORT

Pysa takes a configuration file beside the code and writes a folder; here both are temporary, and
the list of its findings is what is kept.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main(pyre: Path, tree: Path, report: Path) -> int:
    """Scan a tree; return Pysa's exit code."""
    models = pyre.parents[1] / "lib" / "pyre_check" / "taint"
    with tempfile.TemporaryDirectory() as folder:
        # What lies below a hidden folder, as our trees do, Pysa leaves out.
        shutil.copytree(tree, Path(folder) / "source", symlinks=True)
        settings = {"source_directories": ["source"], "taint_models_path": [str(models)]}
        (Path(folder) / ".pyre_configuration").write_text(json.dumps(settings), encoding="utf-8")
        results = Path(folder) / "results"
        done = subprocess.run(
            [pyre, "--noninteractive", "analyze", "--no-verify", "--save-results-to", results],
            cwd=folder,
            env={**os.environ, "PATH": f"{pyre.parent}{os.pathsep}{os.environ['PATH']}"},
            check=False,
            stdout=subprocess.DEVNULL,
        )
        found = results / "errors.json"
        if found.is_file():
            shutil.copyfile(found, report)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main(*(Path(each) for each in sys.argv[1:4])))
