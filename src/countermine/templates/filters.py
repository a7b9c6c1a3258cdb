"""What the filters of template languages do to what they are given."""

from enum import Enum, auto


class Effect(Enum):
    """What a filter makes of its value."""

    PASSES = auto()
    """The same text, or a part of it, or the same elements."""
    HARMLESS = auto()
    """A number, or a text that no page takes for code."""
    RAW = auto()
    """The same text, and it is put into the page as it is."""
    ESCAPES = auto()
    """The same text, escaped for HTML."""
    SCRIPT = auto()
    """Escaped so that it can stand in a script."""
    FIRST = auto()
    """One of the elements."""
    JOINS = auto()
    UNKNOWN = auto()


_NAMES: dict[Effect, str] = {
    Effect.PASSES: (
        "trim strip upper lower title capitalize capfirst default d default_if_none replace "
        "truncate truncatechars truncatewords truncatechars_html truncatewords_html center indent "
        "list sort dictsort dictsortreversed unique reverse batch slice select reject selectattr "
        "rejectattr string wordwrap ljust rjust add cut format map items lower attr groupby "
        "stringformat make_list slugify_unicode truncate_html n unicode str decode"
    ),
    Effect.HARMLESS: (
        "int float length count wordcount round abs sum filesizeformat date time timesince "
        "timeuntil floatformat intcomma intword naturaltime naturalday pluralize length_is "
        "divisibleby get_digit yesno slugify urlencode iriencode striptags phone2numeric "
        "pprint_length json_script strftime datetimeformat dateformat url_encode quote "
        "quote_plus urlquote md5 sha1 sha256 hash b64encode base64 static tojson_attr xmlattr"
    ),
    Effect.RAW: "safe safeseq raw markup mark_safe noescape",
    Effect.ESCAPES: (
        "escape e forceescape force_escape h x xml_escape html_escape linebreaks linebreaksbr "
        "urlize urlizetrunc linenumbers unordered_list bleach sanitize sanitize_html clean "
        "clean_html nh3 purify"
    ),
    Effect.SCRIPT: "tojson escapejs json_htmlsafe to_json htmlsafe_json",
    Effect.FIRST: "first last random min max",
    Effect.JOINS: "join",
}
_EFFECTS = {name: effect for effect, names in _NAMES.items() for name in names.split()}


def effect_of(name: str) -> Effect:
    """Return what a filter of that name does."""
    return _EFFECTS.get(name.rpartition(".")[2], Effect.UNKNOWN)
