"""What a model writes, as words that can stand in a report: one line, no more than a sentence."""

import unicodedata

MAX_SENTENCE = 300
MAX_NAME = 80


def one_sentence(said: str) -> str | None:
    """Return the words on one line, cut where they are long; ``None`` where there are none."""
    line = " ".join("".join(map(_printable, said)).split())
    if not any(character.isalpha() for character in line):
        return None
    cut = line if len(line) <= MAX_SENTENCE else f"{line[: MAX_SENTENCE - 3].rstrip()}..."
    return cut if cut[-1] in ".!?" else f"{cut}."


def model_name(said: str) -> str:
    """Return the name that a model goes by, as it can stand in a report."""
    line = " ".join("".join(map(_printable, said)).split())[:MAX_NAME]
    return line or "(unnamed)"


def _printable(character: str) -> str:
    """Return a character that shows; what moves, hides or turns text is a blank."""
    return " " if unicodedata.category(character)[0] in "CZ" else character
