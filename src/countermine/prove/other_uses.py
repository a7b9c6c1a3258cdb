"""Legitimate uses of another kind than the known one: no value at all, and values that stretch.

A default that a program chose itself has to work as before. What is long, has letters of other
languages, or signs that mean something in a page may be refused by a patch that says what it takes;
to make something else of it in silence is another matter. See docs/decisions/0048.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from countermine.core.entrypoints import Channel
from countermine.core.witnesses import Encoding, Input, Observation, Stimulus, Witness, WitnessKind
from countermine.prove.drive.fields_beside import BESIDE, SESSION
from countermine.prove.drive.fuller_documents import broken, with_link
from countermine.prove.drive.payloads import PROBE
from countermine.prove.evidence import evidence, named
from countermine.prove.judging import doubt
from countermine.prove.moved import COMPARISONS, FILE, STATEMENT, WORDS, comparisons
from countermine.prove.records import ControlRecord
from countermine.prove.steps import Broken, Step, Unsettled

_LEFT_OUT = "-left-out"
_STRETCHED = "-stretched-"
_REFUSED = "-refused"
_BESIDE = "-beside-"
_SIGNIFICANT = (BESIDE, BESIDE.title(), f"{BESIDE}\u00e9\u03bb", f"{BESIDE}\u03bb", BESIDE * 9)
"""Texts that differ in what may be dropped: capitals, letters of other languages, what is long."""
_GUESS = "-wrong-guess-"
_GUESSED = "timing-unsafe-comparison"
_GUESSES = ("{compared:begun}", "{compared:longer}", "{compared:nothing}", "{compared:turned}")
"""Made of the right one by the harness, which sees what a guess is compared with."""
_FIELDS = frozenset({Channel.QUERY, Channel.FORM, Channel.JSON, Channel.COOKIE})
_UNUSED = f"{PROBE}unused"
"""A field that no program asks for: the request stays of its kind without the value."""
_OWN_PAGE = f"http://localhost/{PROBE}"
_LONG = PROBE * 700
_FOREIGN = f"{PROBE}\u00e9\u03bb"
_REFUSAL = re.compile(r"[45]\d\d\b")
_MARKUP = re.compile(r"</?[a-zA-Z]|\btext/html\b")
_PAGES = frozenset({"cross-site-scripting", "template-injection"})
_TEXTS: dict[str, tuple[str, ...]] = {
    "argument-injection": (_LONG, _FOREIGN),
    "command-injection": (_LONG, _FOREIGN),
    "cross-site-scripting": (_LONG, "Cmprobe O'Neil & Co"),
    "log-injection": (_LONG,),
    "open-redirect": (f"/{PROBE}/Two?Next=Three",),
    "path-traversal": (f"{PROBE}-long.txt", f"{PROBE}-bytes.txt", f"{PROBE}Two.TXT"),
    "sql-injection": (_LONG,),
    "template-injection": (_LONG, "Cmprobe O'Neil & Co"),
    "xpath-injection": (_LONG,),
}
"""What is tried by weakness; of files with such names, the harness fills what they are called."""


def other_uses(witness: Witness) -> tuple[Stimulus, ...]:
    """Return uses without the value, and with values that stretch what is usual."""
    beside = tuple(_beside(witness)) if witness.script is None else ()
    return (*_other_values(witness), *beside)


def _other_values(witness: Witness) -> tuple[Stimulus, ...]:
    if witness.weakness == _GUESSED and witness.script is None:
        return tuple(_wrong_guesses(witness))
    if witness.kind is WitnessKind.STRUCTURAL or witness.script is not None:
        return ()
    return (*_left_out(witness), *_stretched(witness), *_documents(witness))


def _left_out(witness: Witness) -> Iterator[Stimulus]:
    control = witness.controls[0]
    if len(control.inputs) != 1 or control.inputs[0].channel not in _FIELDS:
        return
    (given,) = control.inputs
    if given.key is None or given.packing is not None:
        return
    unused = replace(given, key=_UNUSED, text=PROBE, encoding=Encoding.PLAIN, alternatives=())
    yield replace(control, name=f"{control.name}{_LEFT_OUT}", inputs=(unused,))
    if witness.weakness == "open-redirect":
        # Where nothing is asked for, programs send visitors back to the page they came from.
        page = Input(channel=Channel.HEADER, key="Referer", text=_OWN_PAGE)
        name = f"{control.name}-with-a-referrer{_LEFT_OUT}"
        yield replace(control, name=name, inputs=(unused, page))


def _stretched(witness: Witness) -> Iterator[Stimulus]:
    control = witness.controls[0]
    if len(control.inputs) != 1:
        return
    (given,) = control.inputs
    plain = given.encoding is Encoding.PLAIN and given.packing is None
    if not plain or given.alternatives or given.samples:
        return
    if not given.text.removeprefix("/").startswith(PROBE):
        return
    for number, text in enumerate(_TEXTS.get(witness.weakness, ()), start=1):
        changed = (replace(given, text=text),)
        yield replace(control, name=f"{control.name}{_STRETCHED}{number}", inputs=changed)


def _beside(witness: Witness) -> Iterator[Stimulus]:
    """Yield the known use with something in another field, one at a time."""
    control = witness.controls[0]
    for number, given in enumerate(witness.beside, start=1):
        texts: tuple[str, ...] = (given.text,)
        if given.key != SESSION:
            texts = _SIGNIFICANT if witness.kind is WitnessKind.STRUCTURAL else (given.text, "1")
        for place, text in enumerate(texts, start=1):
            inputs = (*control.inputs, replace(given, text=text))
            yield replace(control, name=f"{control.name}{_BESIDE}{number}-{place}", inputs=inputs)


def _wrong_guesses(witness: Witness) -> Iterator[Stimulus]:
    """Yield guesses that are nearly right, nothing at all, and no text of a secret."""
    control = witness.controls[0]
    if len(control.inputs) != 1 or control.inputs[0].encoding is Encoding.BASIC:
        return
    (given,) = control.inputs
    if not given.alternatives:
        return
    changed = [replace(given, alternatives=(one,)) for one in _GUESSES]
    changed.append(replace(given, text=_FOREIGN, alternatives=()))
    for number, one in enumerate(changed, start=1):
        yield replace(control, name=f"{control.name}{_GUESS}{number}", inputs=(one,))


def _documents(witness: Witness) -> Iterator[Stimulus]:
    control = witness.controls[0]
    if len(control.inputs) != 1:
        return
    (given,) = control.inputs
    plain = replace(given, alternatives=(), samples=())
    unreadable = broken(witness)
    if unreadable is not None:
        inputs = (replace(plain, text=unreadable),)
        yield replace(control, name=f"{control.name}{_REFUSED}", inputs=inputs)
    archive = with_link(given.text)
    if archive is not None:
        inputs = (replace(plain, text=archive),)
        yield replace(control, name=f"{control.name}{_STRETCHED}by-a-link", inputs=inputs)


def is_refused(use: Stimulus, driven: Sequence[Observation]) -> bool:
    """Tell whether a use is one that nothing can read, and was refused in every drive."""
    return use.name.endswith(_REFUSED) and all(one.error is not None for one in driven)


def has_no_value(name: str) -> bool:
    """Tell whether a use goes without the value; what is found then, is not found by it."""
    return name.removesuffix("-again").endswith(_LEFT_OUT)


def is_other(name: str) -> bool:
    """Tell whether a use is one of these."""
    return (
        has_no_value(name)
        or _STRETCHED in name
        or name.endswith(_REFUSED)
        or _GUESS in name
        or _BESIDE in name
    )


def compared(
    witness: Witness, records: Sequence[ControlRecord], driven: Sequence[Observation]
) -> Step | None:
    """Return what stops the ladder where one of these uses came to another result.

    Args:
        witness: Of the case.
        records: What the uses gave on the unpatched tree.
        driven: What they gave on the patched one.
    """
    before = {one.name: one for one in records}
    for seen in driven:
        known = before[seen.stimulus]
        if not known.comparable:
            continue
        pages = _is_page(witness, known)
        if _BESIDE in seen.stimulus:
            step = _with_field(witness, known, seen, pages=pages)
            if step is not None:
                return step
            continue
        if has_no_value(seen.stimulus):
            step = _default(known, seen, pages=pages)
        elif _GUESS in seen.stimulus:
            step = _guessed(known, seen)
        elif known.result is None:
            step = _taken(seen)
        else:
            step = _in_silence(known, seen, pages=pages) or _files(witness, known, seen)
        if step is not None:
            return step
    return _mixed_up(before, driven)


def _mixed_up(before: Mapping[str, ControlRecord], driven: Sequence[Observation]) -> Step | None:
    """Return the step for values that came to different results before and come to the same now."""
    told = [one for one in driven if _BESIDE in one.stimulus and one.error is None]
    for place, one in enumerate(told):
        for other in told[place + 1 :]:
            results = before[one.stimulus].result, before[other.stimulus].result
            if one.result == other.result and results[0] != results[1]:
                reason = "different values come to the same with the patch, and did not before"
                failure = f"{one.stimulus} is {other.stimulus}"
                return Broken(reason=reason, failures=(failure,))
    return None


def _with_field(
    witness: Witness, before: ControlRecord, seen: Observation, *, pages: bool
) -> Step | None:
    """Return the step for a use with another field that comes to something else, in silence."""
    if seen.error is not None or doubt(seen) is not None or _REFUSAL.match(seen.result or ""):
        return None
    what = ""
    structural = witness.kind is WitnessKind.STRUCTURAL
    same = seen.result == before.result or (
        pages and _page(before.result or "") == _page(seen.result or "")
    )
    if not same and not structural:
        what = "the result"
    counted = tuple(one for one in COMPARISONS if not (before.found and one == STATEMENT))
    now = comparisons(witness, (seen,))
    for kinds in (counted, (WORDS,)):
        was, is_ = (
            Counter(one for one in some if one.startswith(kinds))
            for some in (before.elsewhere, now)
        )
        if was != is_ and (kinds is counted or is_):
            what = ", ".join(sorted((was - is_) or (is_ - was)))
    if not what:
        return None
    reason = f"with another field given the patch comes to something else ({what})"
    return Unsettled(
        reason=reason,
        evidence=(evidence("before", str(before.result)), evidence("after", str(seen.result))),
    )


def _default(before: ControlRecord, seen: Observation, *, pages: bool) -> Step | None:
    if seen.error is None and doubt(seen) is not None:
        return None
    same = seen.result == before.result or (
        pages and _page(before.result or "") == _page(seen.result or "")
    )
    if seen.error is None and same:
        return None
    return Broken(
        reason="where no value is given, the patch does not do what was done before",
        failures=(f"{seen.stimulus}: another result",),
        evidence=(evidence("before", str(before.result)), evidence("after", str(seen.result))),
    )


def _in_silence(before: ControlRecord, seen: Observation, *, pages: bool) -> Step | None:
    """Return the step for a value that is neither refused nor handled as before."""
    if seen.error is not None or doubt(seen) is not None or seen.result == before.result:
        return None
    if pages and _unescaped(before.result or "") == _unescaped(seen.result or ""):
        return None
    return Unsettled(
        reason=f"of the unusual value {named([seen.stimulus])} the patch makes something else",
        evidence=(evidence("before", str(before.result)), evidence("after", str(seen.result))),
    )


def _is_page(witness: Witness, before: ControlRecord) -> bool:
    """Tell whether what comes back is a page, where an escaped sign is shown as it was."""
    if witness.weakness != "template-injection":
        return witness.weakness in _PAGES
    return _MARKUP.search(before.result or "") is not None or "render_template" in witness.sink


def _guessed(before: ControlRecord, seen: Observation) -> Step | None:
    """Return the step for a wrong guess that the patch takes for another one than before."""
    if seen.error is not None or doubt(seen) is not None or seen.result == before.result:
        return None
    return Broken(
        reason=f"of the wrong guess {named([seen.stimulus])} the patch thinks otherwise",
        failures=(f"{seen.stimulus}: another result",),
        evidence=(evidence("before", str(before.result)), evidence("after", str(seen.result))),
    )


def _taken(seen: Observation) -> Step | None:
    """Return the step for what nothing could read before: an error that is swallowed, say."""
    if seen.error is not None or doubt(seen) is not None:
        return None
    reason = "with the patch something is made of what could not be read before"
    return Unsettled(reason=reason, evidence=(evidence("after", str(seen.result)),))


def _files(witness: Witness, before: ControlRecord, seen: Observation) -> Step | None:
    """Return the step for files that a value which is not refused leaves otherwise than before."""
    if seen.error is not None or doubt(seen) is not None:
        return None
    was = {one for one in before.elsewhere if one.startswith(FILE)}
    now = {one for one in comparisons(witness, (seen,)) if one.startswith(FILE)}
    if was == now:
        return None
    reason = f"of the unusual value {named([seen.stimulus])} the patch leaves other files"
    return Unsettled(reason=reason, evidence=(evidence("differ", "\n".join(sorted(was ^ now))),))


def _unescaped(text: str) -> str:
    """Return what a page shows, whichever quotes stand around it when it is told."""
    return unescape(text).translate(dict.fromkeys(map(ord, "'\"\\")))


def _page(text: str) -> tuple[list[str], str]:
    """Return the elements and the text of a page."""
    tree = LexborHTMLParser(text)
    seen = [f"{node.tag} {sorted(node.attributes.items(), key=str)}" for node in tree.css("*")]
    return seen, _unescaped(tree.text())
