"""Remedies: a list of arguments instead of a shell's text, else quotes around what is computed."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import Built, assigned_values, module_value, where_built
from countermine.fix.pieces import Hole, Piece, Text, decompose
from countermine.fix.programs import ends_options
from countermine.fix.retext import Code, Insert, NewPart, joined_code, rewrite_text, text_code
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.scripted import is_in_script
from countermine.fix.shell_text import Command, Quoted, read_command
from countermine.fix.site import (
    Site,
    argument,
    fitting,
    has_starred,
    misfit,
    sink_call,
    tainted_argument,
)
from countermine.fix.tree import dotted

_WITH_SHELL_KEYWORD = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")
)
_BUILTINS_OF_SHELL = frozenset(
    [
        "cd",
        "export",
        "set",
        "unset",
        "source",
        ".",
        "alias",
        "exec",
        "eval",
        "ulimit",
        "umask",
        "trap",
        "wait",
        "exit",
        "read",
        "test",
        "[",
        ":",
        "if",
        "for",
        "while",
        "case",
        "until",
        "function",
        "return",
        "shift",
        "type",
        "command",
        "builtin",
        "time",
    ]
)


def _command(site: Site, call: cst.Call) -> tuple[Built, Command]:
    """Return the expression that makes a call's command, and the command's parts."""
    arg = tainted_argument(site, call)
    if arg is None or has_starred(call):
        misfit("which argument is the command cannot be told")
    built = fitting(where_built(site, arg.value))
    pieces = decompose(built.expression)
    if pieces is None or not any(isinstance(piece, Text) for piece in pieces):
        misfit("the whole command comes from elsewhere, so no part can be set apart")
    if not any(isinstance(piece, Hole) for piece in pieces):
        misfit("the command is constant")
    command = fitting(read_command(pieces))
    if is_in_script(command):
        misfit("what is computed is a part of the script that a program runs")
    return built, command


def _is_shell(site: Site, call: cst.Call) -> bool:
    """Tell whether a call of subprocess surely starts a shell."""
    shell = argument(call, None, "shell")
    if shell is None or site.callee(call) not in _WITH_SHELL_KEYWORD:
        return False
    value = shell.value
    values = assigned_values(site, value.value) if isinstance(value, cst.Name) else []
    if values or not isinstance(value, cst.Name) or value.value == "True":
        return all(site.code(one) in {"True", "1"} for one in values or [value])
    known = module_value(site, value.value)
    return known is not None and site.code(known) in {"True", "1"}


def _argument_list(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or not _is_shell(site, call):
        misfit("the call has no shell=True to do without")
    shell = argument(call, None, "shell")
    if shell is None or site.code(shell.value) not in {"True", "1"}:
        misfit("the switch to the shell is set elsewhere")
    if argument(call, None, "executable") is not None:
        misfit("the call names the shell that it wants")
    built, command = _command(site, call)
    if any(_is_quoted_already(site, part) for part in command.parts):
        misfit("what is computed in the command is quoted for the shell already")
    if any(_joined(site, part) is not None for part in command.parts):
        misfit("what is computed in the command is several words")
    words = _with_end_of_options(site, _plain_words(command))
    codes = [word if isinstance(word, str) else _word_code(site, word) for word in words]
    draft.remove_argument(call, shell)
    draft.replace(built.expression, "[" + ", ".join(codes) + "]")
    return "Run the command without a shell"


_QUOTING = frozenset({"shlex.quote", "pipes.quote", "shlex.join"})


def _is_quoted_already(site: Site, part: Text | Hole | Quoted) -> bool:
    return isinstance(part, Hole) and site.callee(part.node) in _QUOTING


def _plain_words(command: Command) -> tuple[tuple[Piece, ...], ...]:
    words = command.words
    if not words:
        misfit("the command is more than one program with its arguments")
    program = words[0]
    if any(isinstance(piece, Hole) for piece in program):
        misfit("the program itself is computed")
    name = "".join(piece.raw for piece in program if isinstance(piece, Text))
    if name in _BUILTINS_OF_SHELL or "=" in name:
        misfit(f"{name!r} is the shell's own")
    return words


def _with_end_of_options(
    site: Site, words: tuple[tuple[Piece, ...], ...]
) -> list[tuple[Piece, ...] | str]:
    """Put ``--`` before the first computed word, so that none of them becomes an option."""
    computed = [
        index
        for index, word in enumerate(words)
        if word and isinstance(word[0], Hole) and not _is_safe(site, word[0])
    ]
    if not computed:
        return list(words)
    constants = [_constant_word(word) for word in words]
    if "--" in constants[: computed[0]]:
        return list(words)
    if not ends_options(constants[: computed[0]]):
        misfit("a value would become an option where it begins with a dash")
    if any((text or "").startswith("-") for text in constants[computed[0] :]):
        misfit("options stand behind a computed word")
    return [*words[: computed[0]], '"--"', *words[computed[0] :]]


def _constant_word(word: tuple[Piece, ...]) -> str | None:
    texts = [piece.value for piece in word if isinstance(piece, Text)]
    return "".join(texts) if len(texts) == len(word) else None


def _word_code(site: Site, word: tuple[Piece, ...]) -> str:
    if len(word) == 1 and isinstance(word[0], Hole):
        return text_code(site, word[0])
    return fitting(joined_code(site, word)) if word else '""'


def _quoted(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None:
        misfit("the command is not an argument of a call")
    if site.callee(call) in _WITH_SHELL_KEYWORD and not _is_shell(site, call):
        misfit("the call starts no shell, so quotes would not help")
    built, command = _command(site, call)
    program = _computed_program(command)
    unsafe = [one for one in command.parts if one is not program and not _is_safe(site, one)]
    if program is not None and not unsafe:
        misfit("the program itself is computed")
    if not unsafe:
        misfit("everything that is computed in the command is quoted already")
    lists = [_joined(site, one) for one in unsafe]
    plain = [
        part for part in unsafe if isinstance(part, Hole) and not part.conversion and not part.spec
    ]
    here = all(one is None or len(plain) == len(unsafe) for one in lists)
    if not here or any(one is _NOT_HERE for one in lists):
        misfit("what is computed in the command is several words, put together elsewhere")
    if len(plain) == len(unsafe):
        for part, words in zip(plain, lists, strict=True):
            _quote_words(site, draft, part, words)
        return _QUOTED
    quote = draft.member("shlex", "quote")
    new: list[NewPart] = [] if program is None else [program]
    for one in command.parts[len(new) :]:
        new += _with_quotes(site, one, quote)
    problem = rewrite_text(site, draft, built.expression, new)
    return problem or _QUOTED


def _quote_words(site: Site, draft: Draft, part: Hole, words: cst.BaseExpression | None) -> None:
    """Quote a word, or each of several that are joined."""
    quote = draft.member("shlex", "quote")
    if words is None:
        draft.replace(part.node, f"{quote}({text_code(site, part)})")
        return
    around = ("(", ")") if isinstance(words, cst.GeneratorExp) else ("", "")
    draft.wrap(words, f"map({quote}, {around[0]}", f"{around[1]})")


_NOT_HERE = cst.Name("joined")
"""Stands for words that are put together in another statement."""


def _joined(site: Site, part: Text | Hole | Quoted) -> cst.BaseExpression | None:
    """Return what becomes several words of the command, joined with blanks, outside quotes."""
    if not isinstance(part, Hole):
        return None
    node = part.node
    if isinstance(node, cst.Name):
        values = assigned_values(site, node.value)
        return _NOT_HERE if any(_words_of(one) is not None for one in values) else None
    return _words_of(node)


def _words_of(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the argument of a join with blanks."""
    if not isinstance(node, cst.Call) or len(node.args) != 1 or node.args[0].star:
        return None
    join = node.func
    if not isinstance(join, cst.Attribute) or join.attr.value != "join":
        return None
    between = join.value
    text = between.evaluated_value if isinstance(between, cst.SimpleString) else None
    return node.args[0].value if isinstance(text, str) and text and not text.strip() else None


def _is_each_quoted(site: Site, words: cst.BaseExpression) -> bool:
    match words:
        case cst.Call(func=cst.Name(value="map"), args=[cst.Arg(value=function), _]):
            return site.resolve(function) in _QUOTING
        case cst.GeneratorExp(elt=cst.Call() as each) | cst.ListComp(elt=cst.Call() as each):
            return site.callee(each) in _QUOTING
        case _:
            return False


def _computed_program(command: Command) -> Hole | None:
    """Return the value that a command begins with, and which is what is run: quotes leave it so."""
    first, *rest = command.parts
    behind = rest[0] if rest else None
    is_word = isinstance(behind, Text) and behind.value[:1].isspace()
    return first if isinstance(first, Hole) and is_word else None


def _with_quotes(site: Site, part: Text | Hole | Quoted, quote: str) -> list[NewPart]:
    """Return a part of the command with a call of ``shlex.quote`` around what needs it."""
    if isinstance(part, Quoted):
        token = next((inner.token for inner in part.parts if inner.token is not None), None)
        if _is_safe(site, part):
            mark = Insert(text=part.quote, token=token)
            return [mark, *part.parts, mark]
        return [Code(code=f"{quote}({_word_code(site, part.parts)})", token=token)]
    if _is_safe(site, part) or isinstance(part, Text):
        return [part]
    return [Code(code=f"{quote}({text_code(site, part)})", token=part.token)]


def _is_safe(site: Site, part: Text | Hole | Quoted) -> bool:
    """Tell whether a part needs no quotes: a constant, a number, or quoted already."""
    if isinstance(part, Text):
        return True
    if isinstance(part, Quoted):
        return all(_is_safe(site, inner) for inner in part.parts)
    if isinstance(part.node, cst.Call):
        words = _words_of(part.node)
        quoted = words is not None and _is_each_quoted(site, words)
        return quoted or site.callee(part.node) in _QUOTING | {"int", "len"}
    written = dotted(part.node)
    return part.number or (written is not None and written.rpartition(".")[2].isupper())


_QUOTED = "Quote what is put into the shell command"

REMEDIES = (
    remedy("argument-list", _argument_list),
    remedy("shell-quote", _quoted, along_trace=True),
)
