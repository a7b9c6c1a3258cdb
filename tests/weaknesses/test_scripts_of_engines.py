"""What an engine for JavaScript runs is attacked in its own language."""

from countermine.core.spans import tree_path
from countermine.core.witnesses import Witness
from countermine.weaknesses.code_injection.witness import WITNESS
from tests.weaknesses.witness_bench import finding_of
from tests.weaknesses.witness_targets import Target, function

SOURCE = "import js2py\n\ndef run(script):\n    return js2py.eval_js(script)\n"


def test_a_script_imports_what_python_has() -> None:
    target: Target = function(
        "script", "code-injection", "js2py.eval_js", "script", (SOURCE, SOURCE, SOURCE)
    )

    made = WITNESS.make(finding_of(target, SOURCE), {tree_path("app.py"): SOURCE.encode()})

    assert isinstance(made, Witness)
    assert all("pyimport" in one.inputs[0].text for one in made.attacks)
    assert [one.name for one in made.controls] == ["number"]
