"""Signals: what is sent is handed to every function that was connected, wherever it stands."""

from dataclasses import dataclass

from countermine.flow import ir
from countermine.flow.bind import bind
from countermine.flow.dispatch import MODELS, evaluate
from countermine.flow.frame import Arguments, CallSite, Engine, Frame
from countermine.flow.index import FunctionInfo
from countermine.flow.values import UNKNOWN, Facts, Value
from countermine.flow.variants import function_key

_RECEIVERS = frozenset({"django.dispatch.receiver", "django.dispatch.dispatcher.receiver"})
_SENDING = ("send", "send_robust", "asend", "asend_robust")
_CLASSES = ("django.dispatch.Signal", "django.dispatch.dispatcher.Signal")


@dataclass(slots=True, eq=False)
class Connected:
    """That a function is called with what one signal sends."""

    signal: Value
    """The object at the top level of a module; known by its identity."""
    name: str
    """By which the receiver knows it."""
    function: FunctionInfo


@dataclass(slots=True, eq=False)
class _Sent:
    signal: Value
    arguments: Arguments
    facts: Facts
    frame: Frame
    node: ir.Call


class Signals:
    """Which functions are connected to which signals, and where those are sent."""

    def __init__(self) -> None:
        """Begin with no signal known."""
        self._connected: list[Connected] = []
        self._asked: set[str] = set()
        self._sent: list[_Sent] = []
        self._linked: set[tuple[int, str]] = set()

    def connect(self, signal: Value, name: str, function: FunctionInfo) -> None:
        """Remember that a function is called with what a signal sends."""
        if not any(c.signal is signal and c.function is function for c in self._connected):
            self._connected.append(Connected(signal, name, function))

    def send(self, frame: Frame, node: ir.Call, signal: Value, arguments: Arguments) -> None:
        """Remember what a signal sends."""
        self._sent.append(_Sent(signal, arguments, frame.state.facts, frame, node))

    def of(self, engine: Engine, function: FunctionInfo) -> list[Connected]:
        """Return the signals that a function receives, as far as it is known."""
        key = function_key(function)
        if key not in self._asked:
            self._asked.add(key)
            for decorator in function.decorators:
                self._decorated(engine, function, decorator)
        return [one for one in self._connected if one.function is function]

    def _decorated(self, engine: Engine, function: FunctionInfo, decorator: ir.Expr) -> None:
        if not isinstance(decorator, ir.Call) or not decorator.arguments:
            return
        of = engine.static_value(function.module, decorator.function)
        if of.ref not in _RECEIVERS:
            return
        given = decorator.arguments[0].value
        for node in given.items if isinstance(given, ir.Sequence) else [given]:
            if isinstance(node, (ir.Name, ir.Attr)):
                signal = engine.static_value(function.module, node)
                if signal.type in _CLASSES:
                    self.connect(signal, node.name, function)

    def calls(self, engine: Engine, function: FunctionInfo) -> list[CallSite]:
        """Return the calls of a receiver by what was sent, each only once."""
        signals = self.of(engine, function)
        key = function_key(function)
        found: list[CallSite] = []
        for number, sent in enumerate(self._sent):
            if (number, key) in self._linked or not any(s.signal is sent.signal for s in signals):
                continue
            self._linked.add((number, key))
            named = dict(sent.arguments.keywords)
            for value in sent.arguments.positional[:1]:
                named.setdefault("sender", value)
            named.setdefault("signal", UNKNOWN)
            given = Arguments([], named, None, sent.arguments.mapping)
            bound = bind(sent.frame, engine.lowered(function), function, None, given)
            place = (sent.frame.module.path, sent.node.start, sent.node.end, sent.frame.qualname)
            found.append(CallSite(sent.frame.key, key, bound, sent.facts, *place))
        return found


def _signal(frame: Frame, node: ir.Call) -> Value | None:
    """Return the signal whose method is called."""
    if not isinstance(node.function, ir.Attr):
        return None
    target = node.function.target
    # The body of a module has a value of its own for what others see at its top level.
    top = frame.is_top
    found = frame.engine.static_value(frame.module, target) if top else evaluate(frame, target)
    return found if found.type in _CLASSES else None


def _send(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    signal = _signal(frame, node)
    if signal is not None:
        frame.engine.signals.send(frame, node, signal, arguments)
    return UNKNOWN


def _connect(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    signal = _signal(frame, node)
    receiver = arguments.at(0, "receiver")
    target = node.function.target if isinstance(node.function, ir.Attr) else None
    if (
        signal is not None
        and receiver is not None
        and isinstance(receiver.target, FunctionInfo)
        and receiver.target.owner is None
        and isinstance(target, (ir.Name, ir.Attr))
    ):
        frame.engine.signals.connect(signal, target.name, receiver.target)
    return UNKNOWN


MODELS.update({f"{owner}.{name}": _send for owner in _CLASSES for name in _SENDING})
MODELS.update({f"{owner}.connect": _connect for owner in _CLASSES})
