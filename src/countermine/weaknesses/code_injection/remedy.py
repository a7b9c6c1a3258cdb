"""Remedies: what comes from outside is read as data, never run."""

import re

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import assigned_values
from countermine.fix.pieces import Hole, Text, decompose
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, has_starred, misfit, other_kind, sink_call
from countermine.weaknesses.code_injection.conversions import by_type_name

_CALCULATES = re.compile(r"calc|expr|formula|math|comput|equation|arith|evaluat", re.IGNORECASE)
_OWNER = re.compile(r"^([A-Za-z_][\w.]*)\.$")
_MEMBER_END = re.compile(r"^((?:\.\w+)*)$")


def _eval_call(site: Site) -> cst.Call:
    call = sink_call(site)
    if call is None or site.callee(call) not in {"eval", "builtins.eval"}:
        misfit("only a call of eval can be read as data; what exec runs are statements")
    if has_starred(call) or any(arg.keyword for arg in call.args) or not call.args:
        misfit("the arguments of eval cannot be told apart")
    return call


def _member(site: Site, draft: Draft) -> str | NoRemedy:
    """``eval("models." + name)`` means an attribute."""
    call = _eval_call(site)
    pieces = decompose(call.args[0].value)
    if len(call.args) != 1 or pieces is None or len(pieces) not in {2, 3}:
        other_kind()
    owner, hole, *rest = pieces
    if not isinstance(owner, Text) or not isinstance(hole, Hole) or hole.conversion or hole.spec:
        other_kind()
    named = _OWNER.match(owner.value)
    end = rest[0].value if rest and isinstance(rest[0], Text) else ""
    if named is None or not _MEMBER_END.match(end) or (rest and not end):
        other_kind()
    draft.replace(call, f"getattr({named[1]}, {site.code(hole.node)}){end}")
    return "Look the attribute up instead of evaluating its name"


_NAMES_HELPER = '''
def _evaluate(expression, names):
    """Return the value of literals, operators, names and calls of names; refuse others."""
    plain = {{"abs": abs, "bool": bool, "float": float, "int": int, "len": len, "max": max,
              "min": min, "round": round, "str": str, "sum": sum}}
    operators = {{
        {ast}.Add: {operator}.add,
        {ast}.Sub: {operator}.sub,
        {ast}.Mult: {operator}.mul,
        {ast}.Div: {operator}.truediv,
        {ast}.FloorDiv: {operator}.floordiv,
        {ast}.Mod: {operator}.mod,
        {ast}.Pow: {operator}.pow,
        {ast}.LShift: {operator}.lshift,
        {ast}.RShift: {operator}.rshift,
        {ast}.BitAnd: {operator}.and_,
        {ast}.BitOr: {operator}.or_,
        {ast}.BitXor: {operator}.xor,
        {ast}.USub: {operator}.neg,
        {ast}.UAdd: {operator}.pos,
        {ast}.Invert: {operator}.invert,
        {ast}.Not: {operator}.not_,
        {ast}.Eq: {operator}.eq,
        {ast}.NotEq: {operator}.ne,
        {ast}.Lt: {operator}.lt,
        {ast}.LtE: {operator}.le,
        {ast}.Gt: {operator}.gt,
        {ast}.GtE: {operator}.ge,
    }}

    def value(node):
        if isinstance(node, {ast}.Name):
            if node.id.startswith("__") or node.id not in {{**plain, **names}}:
                raise NameError(f"name {{node.id!r}} is not defined")
            return {{**plain, **names}}[node.id]
        if isinstance(node, {ast}.Call) and isinstance(node.func, {ast}.Name):
            arguments = [value(argument) for argument in node.args]
            return value(node.func)(*arguments, **{{k.arg: value(k.value) for k in node.keywords}})
        if isinstance(node, {ast}.BinOp) and type(node.op) in operators:
            return operators[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, {ast}.UnaryOp) and type(node.op) in operators:
            return operators[type(node.op)](value(node.operand))
        if isinstance(node, {ast}.Compare) and all(type(one) in operators for one in node.ops):
            left = value(node.left)
            for sign, other in zip(node.ops, node.comparators):
                right = value(other)
                found = operators[type(sign)](left, right)
                if other is not node.comparators[-1] and not found:
                    break
                left = right
            return found
        if isinstance(node, {ast}.BoolOp):
            for part in node.values:
                found = value(part)
                if bool(found) == isinstance(node.op, {ast}.Or):
                    break
            return found
        if isinstance(node, {ast}.IfExp):
            return value(node.body) if value(node.test) else value(node.orelse)
        if isinstance(node, {ast}.List):
            return [value(item) for item in node.elts]
        if isinstance(node, {ast}.Tuple):
            return tuple(value(item) for item in node.elts)
        if isinstance(node, {ast}.Dict):
            return {{value(k): value(v) for k, v in zip(node.keys, node.values)}}
        try:
            return {ast}.literal_eval(node)
        except ValueError as error:
            raise SyntaxError(str(error)) from error

    if not isinstance(expression, {ast}.AST):
        expression = {ast}.parse(expression.strip(), mode="eval")
    return value(expression.body)
'''


def _known_names(site: Site, draft: Draft) -> str | NoRemedy:
    """An expression over given names: literals and calls of the names, nothing else."""
    call = _eval_call(site)
    names = _namespace(site, call)
    if names is None:
        other_kind()
    ast, operator = (draft.module_in_helper(name) for name in ("ast", "operator"))
    helper = draft.helper("_evaluate", _NAMES_HELPER.format(ast=ast, operator=operator))
    draft.replace(call, f"{helper}({_source(site, call)}, {names})")
    return "Evaluate literals, operators and calls of the given names only"


def _source(site: Site, call: cst.Call) -> str:
    """Return the code of the expression itself, which may be compiled on the way."""
    source = call.args[0].value
    if isinstance(source, cst.Name):
        values = assigned_values(site, source.value)
        if len(values) == 1 and site.callee(values[0]) == "compile":
            misfit("the expression is compiled before, for more than this call")
    if isinstance(source, cst.Call) and site.callee(source) == "compile":
        first = source.args[0] if source.args else None
        if first is None or first.keyword or first.star:
            misfit("what is compiled cannot be told")
        return site.code(first.value)
    return site.code(source)


def _namespace(site: Site, call: cst.Call) -> str | None:
    """Return the code of the names that the expression may use, ``None`` where there are none."""
    given = [arg.value for arg in call.args[1:]]
    real = [node for node in given if not _is_bare(node)]
    for node in real:
        if site.callee(node) in {"globals", "locals", "vars"}:
            misfit("the expression may use every name of the program")
    if not real:
        return None
    if len(real) == 1:
        return site.code(real[0])
    return "{" + ", ".join(f"**{site.code(node)}" for node in real) + "}"


def _is_bare(node: cst.BaseExpression) -> bool:
    """Tell whether names are empty but for builtins."""
    if isinstance(node, cst.Name) and node.value == "None":
        return True
    return isinstance(node, cst.Dict) and all(
        isinstance(element, cst.DictElement)
        and isinstance(element.key, cst.SimpleString)
        and element.key.evaluated_value == "__builtins__"
        for element in node.elements
    )


_ARITHMETIC_HELPER = '''
def _calculate(expression):
    """Return the value of an expression of numbers and operators; refuse anything else."""
    operators = {{
        {ast}.Add: {operator}.add,
        {ast}.Sub: {operator}.sub,
        {ast}.Mult: {operator}.mul,
        {ast}.Div: {operator}.truediv,
        {ast}.FloorDiv: {operator}.floordiv,
        {ast}.Mod: {operator}.mod,
        {ast}.USub: {operator}.neg,
        {ast}.UAdd: {operator}.pos,
    }}

    def value(node):
        if isinstance(node, {ast}.BinOp) and type(node.op) in operators:
            return operators[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, {ast}.UnaryOp) and type(node.op) in operators:
            return operators[type(node.op)](value(node.operand))
        number = {ast}.literal_eval(node)
        if not isinstance(number, (int, float, complex)):
            raise ValueError(f"{{number!r}} is not a number")
        return number

    return value({ast}.parse(expression.strip(), mode="eval").body)
'''


def _arithmetic(site: Site, draft: Draft) -> str | NoRemedy:
    """What is called a calculation is one."""
    call = _eval_call(site)
    if not _reads_text(site, call):
        misfit("the expression is compiled before")
    around = site.function.name.value if site.function else ""
    if not _CALCULATES.search(f"{around} {site.code(call.args[0])}"):
        other_kind()
    helper = draft.helper(
        "_calculate",
        _ARITHMETIC_HELPER.format(
            ast=draft.module_in_helper("ast"), operator=draft.module_in_helper("operator")
        ),
    )
    draft.replace(call, f"{helper}({site.code(call.args[0].value)})")
    return "Calculate with numbers and operators only"


def _literal(site: Site, draft: Draft) -> str | NoRemedy:
    """A value that the program goes on with is a literal."""
    call = _eval_call(site)
    if not _reads_text(site, call):
        misfit("the expression is compiled before")
    parents = [node for node in site.chain if isinstance(node, cst.Expr) and node.value is call]
    if parents:
        misfit("the value is not used, so the expression is there for what it does")
    if any(isinstance(node, cst.Call) and node.func is call for node in site.chain):
        misfit("the value is called, so it is no literal")
    pieces = decompose(call.args[0].value)
    if pieces is not None and any(isinstance(p, Text) and "(" in p.value for p in pieces):
        misfit("the expression calls something, so it is no literal")
    evaluate = draft.member("ast", "literal_eval")
    draft.replace(call, f"{evaluate}({site.code(call.args[0].value)})")
    return "Read the value as a literal instead of evaluating it"


def _reads_text(site: Site, call: cst.Call) -> bool:
    if _namespace(site, call) is not None:
        misfit("the expression uses names that it is given")
    source = call.args[0].value
    values = assigned_values(site, source.value) if isinstance(source, cst.Name) else [source]
    return not any(site.callee(value) in {"compile", "ast.parse"} for value in values)


REMEDIES = (
    remedy("attribute-lookup", _member),
    remedy("conversion-by-name", by_type_name),
    remedy("known-names", _known_names),
    remedy("arithmetic", _arithmetic),
    remedy("literal-eval", _literal),
)
