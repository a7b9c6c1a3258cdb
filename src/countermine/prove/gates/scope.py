"""Gate 3: the patch applies, touches what the case is about, and leaves the judge alone."""

from countermine.core.errors import EditConflictError
from countermine.core.patches import Patch, apply
from countermine.prove import configured, constructs, deceptions
from countermine.prove import scope as case_scope
from countermine.prove.records import Claim
from countermine.prove.setting import Setting
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.prove.trees import leads_away, read_texts


def scope(setting: Setting, claim: Claim, patch: Patch) -> Step:
    """Check a patch without running anything."""
    texts = read_texts(setting.root, patch.paths)
    linked = [path for path in patch.paths if leads_away(setting.root, path)]
    if linked:
        failure = f"touches {linked[0]}, which is a link or below one"
        return Broken(reason=f"the patch {failure}", failures=(failure,))
    try:
        after = apply(patch, texts)
    except EditConflictError as error:
        return Broken(reason=f"the patch does not apply: {error}", failures=(str(error),))
    found = case_scope.violations(claim, patch, texts, after)
    found += constructs.violations(texts, after, claim.witness, patch.origin)
    found += configured.violations(texts, after, claim.witness.driver)
    has_module = deceptions.modules_of(setting.root, setting.environment)
    found += deceptions.violations(texts, after, patch.origin, has_module)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        return Broken(reason=f"out of scope: {found[0]}{more}", failures=found)
    large = case_scope.too_large(patch)
    if large:
        reason = f"it {large[0]}: that is a redesign, and no witness of one flaw drives it"
        return Unsettled(reason=reason)
    besides = case_scope.beyond(claim, patch, texts, after)
    if besides:
        reason = f"it also changes {besides[0]}, which the case is not about and nothing drives"
        return Unsettled(reason=f"{reason}: that is for people to judge")
    files = "1 file" if len(patch.paths) == 1 else f"{len(patch.paths)} files"
    return Passed(reason=f"applies, and touches {files} of the case: {', '.join(patch.paths)}")
