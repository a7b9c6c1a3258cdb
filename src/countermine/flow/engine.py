"""The engine: answers what the interpreter asks, and remembers every answer."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

from countermine.catalogue.schema import Catalogue, Handler
from countermine.flow import bind, class_bodies, decorators, execute, injection, ir
from countermine.flow.assumptions import Assumptions
from countermine.flow.bounds import Bounds
from countermine.flow.budget import Budget
from countermine.flow.called_by import CalledBy
from countermine.flow.captured import Captured
from countermine.flow.declarations import Declarations
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Analysed, Frame, Summary, TemplateSource
from countermine.flow.handlers import give_request
from countermine.flow.hierarchy import Hierarchy
from countermine.flow.index import (
    MODULE_BODY,
    ClassInfo,
    FunctionInfo,
    ModuleInfo,
    Project,
)
from countermine.flow.joining import join
from countermine.flow.lasting import without_parameters
from countermine.flow.lookups import absolute, naming_attributes, stores
from countermine.flow.part_runs import Parts
from countermine.flow.registries import Registries, kept_in
from countermine.flow.request_context import RequestContext
from countermine.flow.signals import Signals
from countermine.flow.summaries import passing, summary_of
from countermine.flow.surroundings import body_value, scopes_of
from countermine.flow.top_level import TopLevel
from countermine.flow.values import UNKNOWN, Closure, Value, all_taints, altered
from countermine.flow.variants import (
    function_key,
    info_of,
    own_receiver,
    receiver_value,
)

RECURSIONS = 4
"""Times a function that calls itself is interpreted, until its result stays as it is."""


class FlowEngine:
    """Interprets functions on demand; one per unit of work, since its answers are remembered."""

    def __init__(
        self,
        project: Project,
        catalogue: Catalogue,
        bounds: Bounds,
        templates: TemplateSource | None = None,
    ) -> None:
        """Analyse this project, and these templates where it renders them."""
        self.templates = templates
        self.project = project
        self.catalogue = catalogue
        self.bounds = bounds
        self.hierarchy = Hierarchy(catalogue, self.static_value)
        self.declarations = Declarations(
            project, self.hierarchy, self._annotated, self.lowered, absolute
        )
        self.analysed: dict[str, Analysed] = {}
        self.notes: set[tuple[str, str]] = set()
        self.closures: dict[str, Closure] = {}
        self._storing: dict[tuple[ClassInfo, str], list[FunctionInfo]] = {}
        self._naming: dict[ClassInfo, dict[bytes, list[FunctionInfo]]] = {}
        self._called: set[str] = set()
        self._assumptions = Assumptions(catalogue, self.hierarchy)
        self._budget = Budget()
        self.parts = Parts(self)
        self._looked_at = ""
        """Key of the function of which only a part is run at the moment."""
        self.is_cut_short = False
        """The last look came to its bound."""
        self._running: list[Frame] = []
        """What is run at the moment, the innermost last."""
        self._class_values: dict[tuple[str, str], Value | None] = {}
        self._attributes: dict[tuple[ClassInfo, str], Value | None] = {}
        self.request_context = RequestContext(project, self.generic)
        self.signals = Signals()
        self._registries = Registries(self)
        self._top_level = TopLevel(self, project, self._budget, self._registries)
        self._active: list[str] = []
        self._own_results: dict[str, Summary] = {}
        self._wrappers: dict[FunctionInfo, Value | None] = {}
        self._captured = Captured()
        self._called_by = CalledBy(self, self._static)
        self._injecting: dict[str, bool] = {}
        self._entered: dict[str, Handler] = {}
        self._local_classes: dict[ir.DefineClass, ClassInfo | None] = {}

    def unknown(self, path: str, reason: str) -> None:
        """Record that a bound was hit."""
        self.notes.add((path, reason))

    @property
    def steps(self) -> int:
        """Return how many abstract instructions were interpreted so far."""
        return self._budget.steps

    # names at the top level

    def global_value(self, module: ModuleInfo, name: str) -> Value | None:
        """Return what a name is at the top level of a module; ``None`` if it is not bound."""
        return self._top_level.value(module, name)

    def imported(self, module: ModuleInfo, name: ir.Imported) -> Value:
        """Return what an import binds."""
        return self._top_level.imported(module, name)

    def is_known(self, imported: Value) -> bool:
        """Tell whether an import gives something that the catalogue speaks of."""
        return self._top_level.is_known(imported)

    def submodule(self, module: ModuleInfo, name: str) -> Value | None:
        """Return a module below a package."""
        return self._top_level.submodule(module, name)

    def is_running(self, function: FunctionInfo) -> bool:
        """Tell whether a function, in whatever context, is being run."""
        return any(key.startswith(function_key(function)) for key in self._active)

    def static_value(self, module: ModuleInfo, expression: ir.Expr) -> Value:
        """Return what an expression is at the top level of a module."""
        frame = self._static(module)
        return UNKNOWN if frame is None else evaluate(frame, expression)

    def _static(self, module: ModuleInfo) -> Frame | None:
        """Return an activation in which expressions are what they are at the top level."""
        if module.body is None:
            return None
        blank = ir.Function(0, 0, MODULE_BODY, 0, [], [])
        return Frame(self, module.body, blank, f"{module.path}::static", MODULE_BODY)

    # classes

    def class_value(self, owner: ClassInfo, name: str) -> Value | None:
        """Return a value assigned in the body of a class."""
        if owner.around is not None:
            return body_value(owner, name)
        key = (f"{owner.module.path}:{owner.start}", name)
        if key not in self._class_values:
            self._class_values[key] = None
            frame = self._static(owner.module)
            self._class_values[key] = class_bodies.assigned(frame, self.project, owner, name)
            self._budget.forget_with(partial(self._class_values.pop, key, None))
        return self._class_values[key]

    def local_class(self, frame: Frame, node: ir.DefineClass) -> ClassInfo | None:
        """Return the class that a function defines; the same one each time."""
        if node not in self._local_classes:
            place = (node.start, node.end)
            found = self.project.local_class(frame.module, place, f"{frame.qualname}.")
            self._local_classes[node] = found
        return self._local_classes[node]

    def instance_value(self, owner: ClassInfo, name: str) -> Value | None:
        """Return what methods store in an attribute; taint of their parameters is left out."""
        key = (owner, name)
        if key in self._attributes:
            return self._attributes[key]
        self._attributes[key] = None
        found: Value | None = None
        for method in self.storing(owner, name):
            value = self._kept_by(method, name)
            if value is not None:
                value = without_parameters(value)
                found = value if found is None else join(found, value)
        if found is not None and found.type is None:
            found = kept_in(
                self._registries, self.project.parsed(), self.storing(owner, name), name, found
            )
        self._attributes[key] = found
        self._budget.forget_with(partial(self._attributes.pop, key, None))
        return found

    def _kept_by(self, method: FunctionInfo, name: str) -> Value | None:
        """Return what a method sets an attribute of its receiver to; ``None`` if it does not."""
        known = self._known(function_key(method))
        if known is None:
            part = None if scopes_of(method) else self.parts.stored(method, name)
            if part is not None:
                return part.stores.get(name)
            known = self.generic(method)
        return known.summary.stores.get(name)

    def _annotated(
        self, module: ModuleInfo, annotation: ir.Expr | None
    ) -> "str | ClassInfo | None":
        frame = self._static(module)
        if annotation is None or frame is None:
            return None
        return execute.annotation_type(frame, annotation)

    def storing(self, owner: ClassInfo, name: str) -> list[FunctionInfo]:
        """Return the methods of a class and its bases that may set an attribute."""
        known = self._storing.get((owner, name))
        if known is not None:
            return known
        found: list[FunctionInfo] = []
        self._storing[(owner, name)] = found
        word = name.encode()
        for current in self.hierarchy.line(owner):
            if not isinstance(current, ClassInfo):
                continue
            naming = self._naming.get(current)
            if naming is None:
                naming = self._naming[current] = naming_attributes(current)
            text = current.module.text
            found.extend(
                method
                for method in naming.get(word, ())
                if stores(text[method.start : method.end], b"." + word)
            )
        return found

    def wrapper(self, function: FunctionInfo) -> Value | None:
        """Return what decorators of the target's own put in the place of a function."""
        if function in self._wrappers:
            return self._wrappers[function]
        self._wrappers[function] = None
        self._wrappers[function] = decorators.stand_in(self, function)
        self._budget.forget_with(partial(self._wrappers.pop, function, None))
        return self._wrappers[function]

    def free_names(self, function: ir.Function) -> tuple[str, ...]:
        """Return the names that a function and those inside it read."""
        return self._captured.names(function)

    # functions

    @contextmanager
    def within(self, key: str) -> Iterator[None]:
        """Run something in the name of a function, which counts as a call."""
        if not self._active:
            self._budget.begin(self.bounds.root_steps)
        self._active.append(key)
        try:
            yield
        finally:
            self._leave()

    def begin(self, callee: FunctionInfo, key: str, arguments: list[Value]) -> list[Value]:
        """Return what a function sees of arguments of which nothing is known."""
        parameters = [
            bind.symbolic(value, bind.parameter_taint(key, place), "")
            for place, value in enumerate(arguments)
        ]
        if callee.owner is not None and parameters:
            parameters[0] = receiver_value(callee, callee.owner, parameters[0])
        handler = self.handler(callee)
        if handler is not None:
            place = 1 if callee.owner is not None else 0
            give_request(handler, self.lowered(callee), parameters, place)
        return parameters

    def run_part(self, frame: Frame, parameters: list[Value]) -> None:
        """Run a part in the name of the whole function.

        What it calls would otherwise run that in between, and remember a half-known state.
        """
        if self._may_inject(frame.module) and self.handler(frame.info) is not None:
            injection.inject(frame, parameters, self.declarations.alias)
        key = function_key(frame.info)
        first = not self._active
        with self.within(key):
            if first:
                self._budget.begin(self.bounds.look_steps)
                self._looked_at = key
            if not self._is_stopped:
                self._execute(frame, parameters)
        if first:
            self._looked_at, self.is_cut_short = "", self._budget.is_cut
        self._budget.steps += frame.steps

    def lowered(self, callee: FunctionInfo | Closure) -> ir.Function:
        """Return a function's form."""
        return callee.function if isinstance(callee, Closure) else self.project.lowered(callee)

    def generic(self, callee: FunctionInfo | Closure) -> Analysed:
        """Return a function analysed with nothing assumed of its arguments."""
        known = self._known(function_key(callee))
        if known is not None:
            return known
        function = self.lowered(callee)
        unknown = [UNKNOWN] * len(function.parameters)
        own = callee.owner if isinstance(callee, FunctionInfo) else None
        summary = self.summarise(callee, unknown, own)
        known = self.analysed.get(summary.key)
        if known is None:
            info = info_of(callee)
            known = Analysed(
                summary.key, info, function, info.qualname, [], generic=True, summary=summary
            )
        return known

    def is_analysed(self, function: FunctionInfo) -> bool:
        """Tell whether the whole function was interpreted with nothing assumed."""
        return self._known(function_key(function)) is not None

    def _known(self, key: str) -> Analysed | None:
        """Return a function as it was analysed, if nothing was left out for want of steps."""
        return self.analysed.get(key) if self._budget.is_whole(key) else None

    def summarise(
        self, callee: FunctionInfo | Closure, arguments: list[Value], own: ClassInfo | None
    ) -> Summary:
        """Return what a call with these arguments does."""
        function = self.lowered(callee)
        method = own_receiver(callee) is not None
        contexts = self._assumptions.of(function, arguments, method=method)
        found = self._summarised(callee, function, arguments, own, contexts)
        if found.result.others and not any(contexts):
            # A factory: which class it gives is told by what it is called with.
            contexts = [
                "" if method and not place else bind.assumed(value)
                for place, value in enumerate(arguments)
            ]
            if any(contexts):
                found = self._summarised(callee, function, arguments, own, contexts)
        return found

    def _summarised(
        self,
        callee: FunctionInfo | Closure,
        function: ir.Function,
        arguments: list[Value],
        own: ClassInfo | None,
        contexts: list[str],
    ) -> Summary:
        key = function_key(callee)
        key += self._captured.version(callee, function)
        if any(contexts):
            contexts = self._affordable(callee, key, contexts)
        if own is not None and isinstance(callee, FunctionInfo) and own is not callee.owner:
            if self._assumptions.is_specialised(key, own):
                key += f"<{own.module.path}:{own.start}>"
            else:
                own = callee.owner
        if any(contexts):
            key += "(" + ",".join(contexts) + ")"
        known = self._known(key)
        if known is not None:
            return known.summary
        if (left_out := self._left_out(callee, key, len(arguments))) is not None:
            return left_out
        with self._budget.of_contexts(function_key(callee)) if any(contexts) else nullcontext():
            return self._interpret(callee, function, key, arguments, contexts, own)

    def _affordable(
        self, callee: FunctionInfo | Closure, key: str, contexts: list[str]
    ) -> list[str]:
        """Return what is assumed of the arguments, as far as that may be analysed apart."""
        if self._budget.allows_contexts(function_key(callee)):
            return self._assumptions.bounded(key, contexts, self._active)
        return [""] * len(contexts)

    def _left_out(
        self, callee: FunctionInfo | Closure, key: str, parameters: int
    ) -> Summary | None:
        """Return what a function is taken to do that is not followed now."""
        if key in self._active:
            recursive = key == self._active[-1]
            return self._own_result(key) if recursive else passing(key, parameters)
        if len(self._active) >= self.bounds.call_depth:
            info = info_of(callee)
            reason = f"calls nested deeper than {self.bounds.call_depth} at {info.qualname}"
            self.unknown(info.module.path, reason)
            return passing(key, parameters)
        if not self._active:
            self._budget.begin(self.bounds.root_steps)
        elif self._budget.is_spent:
            self._leave_out()
            return passing(key, parameters)
        return None

    def _leave_out(self) -> None:
        """Leave something out; record it unless the function was only looked at.

        A look that comes to its bound tells nothing: what is left of it is not worth its time.
        """
        self._budget.is_cut = True
        if self._is_stopped:
            for frame in self._running:
                frame.exhausted = True
            return
        path, name, _ = self._active[0].split(":", 2)
        steps = self.bounds.root_steps
        self.unknown(path, f"{name} takes more than {steps} steps with all that it calls")

    @property
    def _is_stopped(self) -> bool:
        """A look came to its bound; what it runs comes to an end now, and is forgotten then."""
        return self._budget.is_cut and self._active[0] == self._looked_at

    def _interpret(
        self,
        callee: FunctionInfo | Closure,
        function: ir.Function,
        key: str,
        arguments: list[Value],
        contexts: list[str],
        own: ClassInfo | None,
    ) -> Summary:
        info = info_of(callee)
        qualname = callee.qualname
        if isinstance(callee, Closure):
            self.closures[key] = callee
            self._called.add(callee.key)
        parameters = [
            bind.symbolic(value, bind.parameter_taint(key, place), context)
            for place, (value, context) in enumerate(zip(arguments, contexts, strict=True))
        ]
        if isinstance(callee, FunctionInfo) and callee.owner is not None and parameters:
            known = self._assumptions.held(arguments[0]) if contexts[0] else {}
            held = bind.held_fields(known, parameters[0])
            parameters[0] = receiver_value(callee, own or callee.owner, parameters[0])
            if held:
                parameters[0] = altered(parameters[0], fields=held)
        handler = self.handler(callee)
        if handler is not None:
            place = 1 if isinstance(callee, FunctionInfo) and callee.owner is not None else 0
            give_request(handler, function, parameters, place)
        self._own_results.pop(key, None)
        number = 0
        while True:
            number += 1
            frame = Frame(self, info, function, key, qualname)
            frame.page = None if handler is None else handler.returns
            self._run(frame, callee, parameters)
            self._budget.steps += frame.steps
            summary = summary_of(frame)
            if self._is_settled(key, summary) or number == RECURSIONS:
                break
            if number + 1 == RECURSIONS:
                self._own_results[key] = passing(key, len(arguments))
        generic = not any(contexts)
        self._budget.settle(key, is_own=not self._active)
        self.analysed[key] = Analysed(
            key,
            info,
            function,
            qualname,
            parameters,
            generic,
            summary,
            own,
            frame.flows,
            frame.calls,
        )
        return summary

    def _run(self, frame: Frame, callee: FunctionInfo | Closure, parameters: list[Value]) -> None:
        frame.scopes = scopes_of(callee)
        if isinstance(callee, FunctionInfo):
            self._check_decorators(frame, callee)
        if self._may_inject(frame.module) and self.handler(callee) is not None:
            injection.inject(frame, parameters, self.declarations.alias)
        self._active.append(frame.key)
        self._execute(frame, parameters)
        for closure in list(frame.defined.values()):
            if closure.key not in self._called:
                self.generic(closure)
        for owner in frame.classes.values():
            for method in (*owner.methods.values(), *owner.setters):
                self.summarise(method, [UNKNOWN] * len(self.lowered(method).parameters), owner)
        self._leave()

    def _execute(self, frame: Frame, parameters: list[Value]) -> None:
        self._running.append(frame)
        execute.run(frame, parameters)
        self._running.pop()

    def _leave(self) -> None:
        """Come back from a function to who called it, if anybody did."""
        self._active.pop()
        if not self._active:
            self._budget.end()

    def _may_inject(self, module: ModuleInfo) -> bool:
        """Tell whether a module speaks of dependencies that a framework computes."""
        known = self._injecting.get(module.path)
        if known is None:
            known = self._injecting[module.path] = injection.WORD in module.text
        return known

    def _own_result(self, key: str) -> Summary:
        """Return what a function that calls itself is known to do so far."""
        return self._own_results.setdefault(key, Summary(key))

    def _is_settled(self, key: str, summary: Summary) -> bool:
        """Tell whether what a function does is what its calls of itself were taken to do."""
        taken = self._own_results.get(key)
        if taken is None:
            return True
        before, after = ({t.origin.key for t in all_taints(s.result)} for s in (taken, summary))
        self._own_results[key] = summary
        return after <= before

    def _check_decorators(self, frame: Frame, callee: FunctionInfo) -> None:
        """Look for decorators that are dangerous by themselves."""
        static = self._static(callee.module) if callee.decorators else None
        if static is not None:
            for decorator in callee.decorators:
                execute.check_decorator(frame, static, decorator)

    def enter(self, callee: FunctionInfo | Closure, handler: Handler) -> None:
        """Remember that a framework calls a function, and analyse it as called so."""
        key = function_key(callee)
        if key in self._entered:
            return
        self._entered[key] = handler
        if isinstance(callee, Closure):
            callee.handler = callee.handler or handler
        function = self.lowered(callee)
        arguments = [UNKNOWN] * len(function.parameters)
        place = 1 if isinstance(callee, FunctionInfo) and callee.owner is not None else 0
        give_request(handler, function, arguments, place)
        if any(value.type is not None for value in arguments):
            self.summarise(callee, arguments, None)

    def handler(self, callee: FunctionInfo | Closure) -> Handler | None:
        """Return how a framework calls a function, if one does."""
        if isinstance(callee, Closure):
            return callee.handler
        return self._called_by.of(callee) or self._entered.get(function_key(callee))
