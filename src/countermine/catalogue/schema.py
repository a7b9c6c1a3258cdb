"""The rows of a catalogue; docs/catalogue.md says how they are written in TOML."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.levels import SourceLevel

Constant: TypeAlias = str | int | float | bool | None
"""A value that a condition compares with; ``None`` is Python's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """Which argument of a call: by position, by keyword, both, the receiver, or every one.

    Or what is spread over the keywords.
    """

    position: int | None = None
    """0 for the first after the receiver."""
    keyword: str | None = None
    receiver: bool = False
    every: bool = False
    mapping: bool = False
    """What is spread as ``**mapping``, as far as its keys are not known."""
    onwards: int | None = None
    """Every argument from that position on, as one list."""


class Part(StrEnum):
    """Where in the argument taint makes the danger."""

    ANY = "any"
    """Anywhere in the value, elements of lists and dictionaries included."""
    STRING = "string"
    """In a text; an element of a list is no danger."""
    PROGRAM = "program"
    """The value itself, or the first element of a list: what is started."""
    OPTION = "option"
    """A later element of a list that may begin with a dash and has no ``--`` before it."""
    SCRIPT = "script"
    """The text that a list hands to a shell: ``["sh", "-c", text]``."""
    INSIDE = "inside"
    """In an item that is known, however deep; not in what nothing is known of."""
    START = "start"
    """The text begins with what is tainted: an absolute path, a scheme."""
    HOST = "host"
    """The text is a URL whose scheme or host is tainted."""
    FIELD = "field"
    """In an item, however deep, that may be more than a text: what comes as JSON has structure."""


class Requirement(StrEnum):
    """What it takes for a call to be reported."""

    TAINT = "taint"
    """The argument is tainted."""
    CALL = "call"
    """The call itself, its conditions given; taint makes it surer."""


class Form(StrEnum):
    """How a sink is reached."""

    CALL = "call"
    CALLED = "called"
    """A call of what the call gives: ``getattr(thing, name)()``."""
    STORE = "store"
    """An assignment to the attribute, or for a name that ends in ``[]`` to an item."""
    SETTING = "setting"
    """An assignment to the last part of the name at the top level of a module, or in the body of a
    class there: ``DEBUG = True``."""
    DECORATOR = "decorator"
    """The decorator of a function."""
    TABLE = "table"
    """A text of a table that is assigned at the top level of a module or class, and of which each
    text is handed to what the name is."""
    COMPARE = "compare"
    """A comparison with a variable, attribute or key of that name, or of a name that ends so behind
    an underscore, in small or capital letters."""


class Test(StrEnum):
    """What a condition asks of an argument."""

    __test__ = False

    EQUALS = "equals"
    """It is a known constant, and one of the values."""
    BY_DEFAULT = "by_default"
    """It is one of the values unless whoever calls says otherwise: a parameter with that default,
    or an attribute that the constructor sets from one."""
    DIFFERS = "differs"
    """It is not a known constant among the values; absent counts."""
    INCLUDES = "includes"
    """It is a list, tuple or set that is written out and holds one of the values, or one of them
    itself."""
    EXCLUDES = "excludes"
    """It is a list, tuple or set of which all is known, and holds none of the values."""
    BELOW = "below"
    """It is a known number that is smaller."""
    ABSENT = "absent"
    PRESENT = "present"
    CONSTANT = "constant"
    """Its value is known."""
    COMPUTED = "computed"
    """It is there and its value is not known."""
    NAMED = "named"
    """It resolves to one of these dotted names."""
    NOT_NAMED = "not_named"
    """It is absent or resolves to none of these dotted names."""
    SPELT = "spelt"
    """What stands there is, or joins into a text, a variable, attribute or key with such a name."""
    WRITTEN = "written"
    """What stands there in the code has the regular expression in it."""
    MATCHES = "matches"
    """It is a known text in which the regular expression is found."""
    UNLIKE = "unlike"
    """It is absent, or no text with a known beginning that the regular expression matches."""
    BEGINS = "begins"
    """It is a text whose known beginning, up to what is tainted, the regular expression matches."""
    PROGRAM = "program"
    """It is an argument list or a command line that starts one of these programs; Python's None
    stands for a program that is not known."""
    SET = "set"
    """One of these settings was made on it before, by the call of a ``Setting``."""
    HAS = "has"
    """The module around it names one of these words."""
    HAS_NEARBY = "has_nearby"
    """The function around it, or the whole class of a method, names one of these words."""
    IMPORTS = "imports"
    """The module around it imports one of these packages."""
    FILE = "file"
    """The path of the file, from the root of the target, matches the expression."""
    LACKS = "lacks"
    """The module around it names none of these words."""
    LACKS_NEARBY = "lacks_nearby"
    """The function around it, or the whole class of a method, names none of these words."""
    LACKS_WITHIN = "lacks_within"
    """The function around it alone names none of these words."""
    COST = "cost"
    """It is a regular expression whose cost grows so. The first value is ``exponential``,
    ``exponential-full`` (where the whole text must match) or ``not-exponential``; or where a match
    may lie (``match``, ``search``, ``full``) for a power of the length. The second, where there is
    one, is the position of the flags."""
    FUNCTION = "function"
    """The enclosing function, or the name the result goes to, matches the expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition on a call; all conditions of a row must hold."""

    argument: Argument | None
    """``None`` for tests that are not about an argument."""
    test: Test
    values: tuple[Constant, ...] = ()
    pattern: re.Pattern[str] | None = None
    item: str | None = None
    """The condition is about the item of this key in the argument, a dictionary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A name or call whose value comes from outside."""

    names: tuple[str, ...]
    level: SourceLevel
    channel: Channel
    form: str = "value"
    """``value``: reading the name gives it; ``call``: calling the name does; ``element``:
    iterating over what the call returns does."""
    key: Argument | None = None
    """The argument of a call that names the key: a form field, a header."""
    keys: tuple[str, ...] = ()
    """Only these keys, in small letters; every one when empty."""
    note: str = ""
    """What it is, in a few words, for traces."""
    turns: tuple[tuple[str, str], ...] = ()
    """Pairs of kinds: at a sink of the first it counts as the second."""
    harmless: tuple[str, ...] = ()
    """Kinds of sinks that it does no harm at."""
    imports: tuple[str, ...] = ()
    """The module must import one of these packages."""
    kinds: tuple[str, ...] = ()
    """It counts at sinks of these kinds only; empty: at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A call that is dangerous with a tainted argument, or by itself."""

    names: tuple[str, ...]
    kind: str
    arguments: tuple[Argument, ...] = ()
    part: Part = Part.ANY
    requires: Requirement = Requirement.TAINT
    form: Form = Form.CALL
    when: tuple[Condition, ...] = ()
    receivers: tuple[str, ...] = ()
    """For a name ``*.method``: the receiver's own name must contain one of these texts."""
    words: tuple[str, ...] = ()
    """What stands in the text of a file where the sink is used, if not the last part of a name."""
    item: str | None = None
    """The item of the argument that is dangerous, not the whole."""
    levels: tuple[SourceLevel, ...] = ()
    """Only taint from these levels counts here; empty: the levels of the weakness."""
    channels: tuple[Channel, ...] = ()
    """Only what enters through these counts here; empty: whatever enters."""
    note: str = ""
    remedy: str | None = None
    """Name of the remedy that usually fits."""
    likely: bool = True
    """False where many calls that look like this are harmless: lowers the confidence."""
    sure: bool = False
    """Only flows of which every step is known count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanitizer:
    """A call whose result is harmless for some kinds."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    """``*`` stands for every kind."""
    when: tuple[Condition, ...] = ()
    keeps: Argument | None = None
    """The argument that is as harmful in the result as it was before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A test after which its subject is harmless for some kinds."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    argument: Argument
    """The subject."""
    safe: str = "true"
    """``true`` or ``false``: the result that means harmless; ``returns``: coming back does."""
    normalised: bool = False
    """Counts only for a path that was resolved first (a sanitizer of kind ``:normal``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagator:
    """A call through which taint passes in a way that its name does not tell."""

    names: tuple[str, ...]
    inputs: tuple[Argument, ...]
    """Empty: nothing passes."""
    to_receiver: bool = False
    """The receiver becomes tainted too."""
    harmless: tuple[str, ...] = ()
    """Kinds of sinks at which the receiver does no harm by it."""
    callback: Argument | None = None
    """The argument that is a function called with the inputs."""
    decodes: bool = False
    """What the inputs were checked for, or escaped, is undone."""
    several: bool = False
    """What it gives then is no text but a collection of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A method that sets something of its receiver up, for conditions of later calls."""

    names: tuple[str, ...]
    sets: str
    """Name of the setting, for ``Test.SET``."""
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeOf:
    """What type a name has, or a call returns."""

    names: tuple[str, ...]
    type: str
    call: bool
    """True: the type of what calling the name returns; false: of the name itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """The bases of a library's class."""

    names: tuple[str, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """Functions that a framework calls with what came from outside."""

    kind: EntryKind
    decorators: tuple[str, ...] = ()
    """A name that begins with ``*.`` is an attribute of what nobody knows, such as a parameter."""
    bases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    """With bases: the methods that are called. A name may end in ``*``."""
    registrars: tuple[str, ...] = ()
    """Calls, or attributes that are set, which hand a function over to the framework."""
    function: Argument | None = None
    """With registrars: the argument that is the function, or a class with these methods."""
    request: tuple[str, ...] = ()
    """Types of the first parameters, ``*`` where one has none that is known."""
    carries: tuple[int, ...] = ()
    """Places of the parameters that hold what came from outside; every one if empty."""
    level: SourceLevel = SourceLevel.REMOTE
    channel: Channel = Channel.PATH
    """Of the other parameters."""
    returns: str | None = None
    """The sink kind that the returned text makes, such as ``html``."""
    parameters: tuple[str, ...] = ()
    """Without decorator and base: functions whose first parameters (the receiver not counted)
    have these names."""
    imports: tuple[str, ...] = ()
    """With parameters, registrars or ``*.`` decorators: the module must import one of these
    packages."""


class Escapes(StrEnum):
    """Whether a template escapes what it puts into a page."""

    ALWAYS = "always"
    SUFFIX = "suffix"
    """Where the name of the file says that it is HTML."""
    NEVER = "never"
    RECEIVER = "receiver"
    """As what it was loaded from was set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCall:
    """A call that renders a template, loads one, or sets up what loads them."""

    names: tuple[str, ...]
    form: str = "render"
    """``render``; ``return``: what the method, or the function below the decorator, returns is
    what the template sees; ``load``: the result is the template; ``setup``: it loads templates."""
    syntax: str = "jinja2"
    file: tuple[Argument, ...] = ()
    """The name of the file: the first of these that is known. The receiver: what was loaded."""
    text: Argument | None = None
    """The source of the template, instead of a file."""
    context: tuple[Argument, ...] = ()
    """What the template sees as variables, beside the other keyword arguments of the call."""
    attribute: str | None = None
    """Attribute of the receiver that holds the name of the file."""
    escapes: Escapes = Escapes.ALWAYS
    setting: Argument | None = None
    """With ``setup``: the argument that turns escaping on."""
    globals: tuple[tuple[str, str], ...] = ()
    """Names that the template sees besides, with the dotted names of what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of one document, or of many."""

    sources: tuple[Source, ...] = ()
    sinks: tuple[Sink, ...] = ()
    sanitizers: tuple[Sanitizer, ...] = ()
    guards: tuple[Guard, ...] = ()
    propagators: tuple[Propagator, ...] = ()
    settings: tuple[Setting, ...] = ()
    types: tuple[TypeOf, ...] = ()
    classes: tuple[ClassRow, ...] = ()
    handlers: tuple[Handler, ...] = ()
    templates: tuple[TemplateCall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything known, by name. A name ``*.method`` is a method of a receiver of unknown type."""

    rows: Rows
    sources: dict[str, tuple[Source, ...]] = field(repr=False)
    sinks: dict[str, tuple[Sink, ...]] = field(repr=False)
    sanitizers: dict[str, tuple[Sanitizer, ...]] = field(repr=False)
    guards: dict[str, tuple[Guard, ...]] = field(repr=False)
    propagators: dict[str, tuple[Propagator, ...]] = field(repr=False)
    settings: dict[str, tuple[Setting, ...]] = field(repr=False)
    value_types: dict[str, str] = field(repr=False)
    call_types: dict[str, str] = field(repr=False)
    bases: dict[str, tuple[str, ...]] = field(repr=False)
    decorators: dict[str, Handler] = field(repr=False)
    unowned_decorators: dict[str, tuple[Handler, ...]] = field(repr=False)
    """Decorators that are attributes of what nobody knows, by their name (``route``)."""
    handler_bases: dict[str, tuple[Handler, ...]] = field(repr=False)
    set_names: dict[str, tuple[tuple[str, Sink], ...]] = field(repr=False)
    """Sinks that are assignments at the top level, with their full names, by the last part."""
    marks: dict[str, tuple[tuple[str, Sink], ...]] = field(repr=False)
    """Sinks that are decorators, the same way."""
    templates: dict[str, tuple[TemplateCall, ...]] = field(repr=False)
    registrars: dict[str, tuple[Handler, ...]] = field(repr=False)
    class_registrars: tuple[str, ...] = field(repr=False)
    """Packages that a whole class can be handed over to."""
    generated_bases: tuple[tuple[str, Handler], ...] = field(repr=False)
    """Ends of the names of classes that are generated, and how their methods are called."""
    named_handlers: tuple[Handler, ...] = field(repr=False)
    """Handlers that are told by the names of their parameters."""
    bringing: frozenset[str] = field(repr=False)
    """Classes and modules of which attributes or methods are sources."""
