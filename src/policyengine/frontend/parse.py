"""Expressions: from a stretch of a file to a syntax tree, with every place in that file.

Reads: a `Span`. The grammar is `grammar.lark`; Lark's home is here.
Gives: `syntax.Expr`, or diagnostics.
Never: looks a name up, or recurses over what an author wrote.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from lark import Lark, Token, Tree, lexer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.utils import TextSlice

from policyengine.model import syntax
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.operators import KEYWORDS, Aggregate, Comparison, Quantifier
from policyengine.model.span import Source, Span

MAX_DEPTH = 64
"""How deep brackets, `if`, quantifiers, calls, `not` and `-` may nest: our passes recurse over them."""


def parse(span: Span, problems: list[Diagnostic]) -> syntax.Expr | None:
    """Parse the expression that `span` covers; None when it is not one, with the reason in `problems`."""
    try:
        tree = _parser().parse(TextSlice(span.source.text, span.start, span.end))
    except UnexpectedInput as error:
        problems.append(_syntax_error(error, span))
        return None
    built = _build(tree, span.source)
    if built.too_deep is not None:
        problems.append(
            Diagnostic(
                "too-deep",
                f"nested deeper than {MAX_DEPTH} levels",
                built.too_deep,
                help="give a part of it a name under `definitions`",
            ),
        )
        return None
    return built.node


def parse_text(text: str, path: str = "<expression>") -> tuple[syntax.Expr | None, tuple[Diagnostic, ...]]:
    """Parse a text that stands in no file."""
    problems: list[Diagnostic] = []
    source = Source(path, text)
    return parse(Span(source, 0, len(text)), problems), tuple(problems)


_MAX_DIGITS = 40
"""A longer number is read as 10^40: it is out of every range, and Python itself reads at most 4,300 digits."""


@cache
def _parser() -> Lark:
    grammar = files("policyengine.frontend").joinpath("grammar.lark").read_text("utf-8")
    with _collisions_unchecked():
        return Lark(grammar, parser="lalr", keep_all_tokens=True, maybe_placeholders=False)


@contextmanager
def _collisions_unchecked() -> Iterator[None]:
    """Keep Lark from comparing all tokens of its own grammar and ours: a test does, with `strict=True`.

    Where interegular is installed Lark compares them at every start, strict or not, for 0.2 s.
    """
    lexer.has_interegular, installed = False, lexer.has_interegular
    try:
        yield
    finally:
        lexer.has_interegular = installed


@dataclass(frozen=True, slots=True)
class _Built:
    """A finished part: its node, its place (with any parentheses), how deep it nests, and where that is too deep."""

    node: syntax.Expr
    span: Span
    depth: int
    too_deep: Span | None


_Part = Token | _Built
_DEEPER = frozenset(
    "parenthesis list conditional quantified negate negative count count_where fold extreme call".split(),
)


def _build(tree: Tree[Token], source: Source) -> _Built:
    done: dict[int, _Built] = {}
    for subtree in tree.iter_subtrees():  # children come before their parents
        parts = [part if isinstance(part, Token) else done[id(part)] for part in subtree.children]
        span = Span(source, _start(parts[0]), _end(parts[-1]))
        inner = [part for part in parts if isinstance(part, _Built)]
        depth = max((part.depth for part in inner), default=0) + (subtree.data in _DEEPER)
        too_deep = next((part.too_deep for part in inner if part.too_deep), None)
        if too_deep is None and depth > MAX_DEPTH:
            too_deep = span
        done[id(subtree)] = _Built(_FORMS[subtree.data](_Parts(parts, span)), span, depth, too_deep)
    return done[id(tree)]


def _start(part: _Part) -> int:
    if isinstance(part, _Built):
        return part.span.start
    assert part.start_pos is not None
    return part.start_pos


def _end(part: _Part) -> int:
    if isinstance(part, _Built):
        return part.span.end
    assert part.end_pos is not None
    return part.end_pos


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of one form, read by what they are."""

    parts: list[_Part]
    span: Span

    @property
    def nodes(self) -> tuple[syntax.Expr, ...]:
        return tuple(part.node for part in self.parts if isinstance(part, _Built))

    @property
    def node(self) -> syntax.Expr:
        return self.nodes[0]

    @property
    def path(self) -> syntax.Path:
        return next(node for node in self.nodes if isinstance(node, syntax.Path))

    def tokens(self, *kinds: str) -> list[Token]:
        return [part for part in self.parts if isinstance(part, Token) and part.type in kinds]

    def token(self, kind: str) -> Token:
        return self.tokens(kind)[0]

    def name(self) -> tuple[str, Span]:
        token = self.token("NAME")
        return str(token), Span(self.span.source, _start(token), _end(token))

    def number(self) -> syntax.Number:
        whole, _, fraction = self.token("NUMBER").replace("_", "").partition(".")
        if len(whole) + len(fraction) > _MAX_DIGITS:
            return syntax.Number(10**_MAX_DIGITS, 0)
        return syntax.Number(int(whole + fraction), len(fraction))


def _fold(form: _Parts) -> syntax.Fold:
    name, name_span = form.name()
    # `min(a.b for …)`: the term may be a path too, so the items are the second node
    term, items, *where = form.nodes
    assert isinstance(items, syntax.Path)
    function = Aggregate(str(form.token("FOLD")))
    return syntax.Fold(function, term, name, items, where[0] if where else None, form.span, name_span)


def _quantified(form: _Parts) -> syntax.Quantified:
    name, name_span = form.name()
    items, body = form.nodes
    assert isinstance(items, syntax.Path)
    return syntax.Quantified(Quantifier(str(form.token("QUANTIFIER"))), name, items, body, form.span, name_span)


def _count_where(form: _Parts) -> syntax.Count:
    name, name_span = form.name()
    items, where = form.nodes
    assert isinstance(items, syntax.Path)
    return syntax.Count(items, name, where, form.span, name_span)


def _conditional(form: _Parts) -> syntax.Conditional:
    condition, then, otherwise = form.nodes
    return syntax.Conditional(condition, then, otherwise, form.span)


def _member(form: _Parts) -> syntax.Member:
    operand, members = form.nodes
    return syntax.Member(operand, members, bool(form.tokens("NOT")), form.span)


def _sum(form: _Parts) -> syntax.Sum:
    first, *others = form.nodes
    signs = [token.type == "MINUS" for token in form.tokens("PLUS", "MINUS")]
    return syntax.Sum(first, tuple(zip(signs, others, strict=True)), form.span)


def _compare(form: _Parts) -> syntax.Compare:
    operators = tuple(Comparison(str(token)) for token in form.tokens("COMPARISON"))
    return syntax.Compare(form.nodes, operators, form.span)


_FORMS: dict[str, Callable[[_Parts], syntax.Expr]] = {
    "start": lambda form: form.node,
    "parenthesis": lambda form: form.node,
    "conditional": _conditional,
    "quantified": _quantified,
    "disjunction": lambda form: syntax.Or(form.nodes, form.span),
    "conjunction": lambda form: syntax.And(form.nodes, form.span),
    "negate": lambda form: syntax.Not(form.node, form.span),
    "compare": _compare,
    "member": _member,
    "list": lambda form: syntax.List(form.nodes, form.span),
    "sum": _sum,
    "product": lambda form: syntax.Product(form.nodes, form.span),
    "negative": lambda form: syntax.Negative(form.node, form.span),
    "bare": lambda form: syntax.Bare(form.number(), form.span),
    "percent": lambda form: syntax.Percent(form.number(), form.span),
    "quantity": lambda form: syntax.Quantity(form.number(), form.name()[0], form.span),
    "money": lambda form: syntax.Money(form.number(), str(form.token("CURRENCY")), form.span),
    "date": lambda form: syntax.Date(str(form.token("DATE")), form.span),
    "text": lambda form: syntax.Text(form.token("TEXT")[1:-1], form.span),
    "truth": lambda form: syntax.Truth(form.token("TRUTH") == "true", form.span),
    "region": lambda form: syntax.Region(str(form.token("REGION")), form.span),
    "path": lambda form: syntax.Path(tuple(map(str, form.tokens("NAME"))), form.span),
    "count": lambda form: syntax.Count(form.path, None, None, form.span, form.path.span),
    "count_where": _count_where,
    "fold": _fold,
    "extreme": lambda form: syntax.Extreme(Aggregate(str(form.token("FOLD"))), form.nodes, form.span),
    "call": lambda form: syntax.Call(form.name()[0], form.nodes, form.span),
}


def _syntax_error(error: UnexpectedInput, span: Span) -> Diagnostic:
    if isinstance(error, UnexpectedCharacters):
        start = cast("int", error.pos_in_stream)  # Lark declares it as None
        return _foreign(Span(span.source, start, start + len(_word(span, start))))
    assert isinstance(error, UnexpectedToken)
    if error.token.type == "$END":
        return _too_short(error, span)
    place = Span(span.source, _start(error.token), _end(error.token))
    signs = _signs(place, span)
    if signs.text in _INSTEAD:  # two operators of ours, and one of other languages: `<>`, `**`
        return _foreign(signs)
    help_ = _token_help(error, place)
    return Diagnostic("syntax-error", f"`{place.text}` cannot stand here", place, help=help_)


def _foreign(place: Span) -> Diagnostic:
    message = f"`{place.text}` is not part of the language"
    return Diagnostic("syntax-error", message, place, help=_word_help(place.text))


def _too_short(error: UnexpectedToken, span: Span) -> Diagnostic:
    if not span.text.strip():
        return Diagnostic("syntax-error", "an expression is missing", span)
    end = span.start + len(span.text.rstrip())
    place = Span(span.source, end - 1, end)
    return Diagnostic("syntax-error", "the expression ends too early", place, help=_end_help(error, span.text))


def _word(span: Span, start: int) -> str:
    """Give what an author would call the thing at `start`: a run of word or of other characters."""
    text = span.source.text
    end = start + 1
    wordy = text[start].isalnum() or text[start] == "_"
    while end < span.end and not text[end].isspace():
        more = text[end].isalnum() or text[end] in "_.-" if wordy else text[end] in "=&|<>!/"
        if not more:
            break
        end += 1
    return text[start:end]


def _signs(place: Span, within: Span) -> Span:
    """Give the run of operator characters around a token."""
    start, end, text = place.start, place.end, within.source.text
    while within.start < start and text[start - 1] in "=&|<>!/*":
        start -= 1
    while end < within.end and text[end] in "=&|<>!/*":
        end += 1
    return Span(within.source, start, end)


_INSTEAD = {
    "=": "a comparison is written `==`",
    "&": "write `and`",
    "&&": "write `and`",
    "|": "write `or`",
    "||": "write `or`",
    "!": "write `not`",
    "<>": "write `!=`",
    "=>": "write `>=`",
    "=<": "write `<=`",
    "/": "there is no division; `full_steps(x, n)` counts whole steps",
    "//": "there is no division; `full_steps(x, n)` counts whole steps",
    "'": 'a text stands in double quotes: `"personal"`',
    '"': 'a text ends with `"` on the same line and holds no backslash',
    "{": "there are no braces in expressions; a `{name}` belongs in a text",
    ";": "an expression is one expression",
    "**": "there are no powers",
    **dict.fromkeys("$€£¥", "an amount names its currency: `190 USD`"),
}


def _word_help(word: str) -> str | None:
    if word in _INSTEAD:
        return _INSTEAD[word]
    if word.lower() in KEYWORDS:
        return f"write `{word.lower()}`"
    if "-" in word and word[0].isdigit():
        return "a date is written `2023-06-06`"
    if word.startswith("0") and word[1:2].isdigit():
        return "a number has no leading zero"
    if word[0].isdigit():
        return "a number is written `10_000` or `4.75`, its unit after a space: `20 minutes`"
    if word[0].isalpha():
        return "names are lower case with underscores; regions are codes such as `ID` or `US-CA`"
    return None


def _token_help(error: UnexpectedToken, place: Span) -> str | None:
    token = error.token
    if token.type in ("QUANTIFIER", "IF", "NOT"):
        return f"after `and`, `or`, `not` and operators, put `{token} …` in parentheses"
    if token.type == "COMPARISON" and "COMPARISON" not in error.accepts:
        return "a comparison compares plain values; put other parts in parentheses"
    if str(token) in KEYWORDS:
        return f"`{token}` is a word of the language; it cannot be a name"
    if str(token).lower() in KEYWORDS:
        return f"write `{token.lower()}`"
    if token.type in ("NAME", "NUMBER", "TEXT", "REGION", "DATE", "TRUTH", "CURRENCY"):
        return "two values in a row: is an operator missing between them?"
    if place.source.text[place.end : place.end + 1].isdigit():
        return {",": "thousands are separated by `_`: `10_000`", ".": "write a zero before it: `0.5`"}.get(token)
    return {"[": "a list stands on the right of `in`", ")": "is there an opening parenthesis for it?"}.get(token)


def _end_help(error: UnexpectedToken, text: str) -> str | None:
    needed = next((words for token, words in _GOES_ON.items() if token in error.accepts), None)
    if needed is not None:
        return needed
    missing = text.count("(") - text.count(")")
    if missing > 0:
        return "a parenthesis is not closed" if missing == 1 else f"{missing} parentheses are not closed"
    if text.count("[") > text.count("]"):
        return "a bracket is not closed"
    return None


_GOES_ON = {
    "THEN": "`if …` goes on with `then … else …`",
    "ELSE": "`if … then …` goes on with `else …`",
    "SATISFIES": "`every` and `some` go on with `satisfies …`",
}
