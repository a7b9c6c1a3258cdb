import io
import tarfile

import pytest

from countermine.core.spans import tree_path
from countermine.prove.drive.archive_plan import archive_plan
from countermine.testing.findings import finding_at


@pytest.mark.parametrize("mode", ["r:", "r:gz"])
def test_every_archive_of_a_plan_is_of_the_kind_that_the_target_opens(mode: str) -> None:
    code = f"def unpack(path):\n    tarfile.open(path, {mode!r}).extractall()\n".encode()
    finding = finding_at("app.py", code, code.splitlines()[1].strip())
    plan = archive_plan(finding, {tree_path("app.py"): code})
    for payload in (*plan.attacks, *plan.controls):
        data = io.BytesIO(payload.text.encode("latin-1"))
        with tarfile.open(fileobj=data, mode=mode) as archive:
            assert archive.getnames(), payload.name
