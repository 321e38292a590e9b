"""Checked expressions and policies: typed, exact, free of names, regions, dates and scales.

What the checker gives and every target reads. In it a number is a whole number underneath; every change of scale is
a `Scale` node; parameters are literals; definitions are written out; a chain of comparisons is a conjunction.
`None` is never a value here: it is how targets write *unknown*.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.ranges import Range
from policyengine.model.span import Span
from policyengine.model.types import Boolean, Date, Records, Type
from policyengine.model.values import Raw


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; `parameter` remembers the parameter it came from, for words only."""

    value: Raw
    type: Type
    parameter: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A scalar fact: `creator.followers`. A derived fact is one too: its derivation is the reader's business."""

    path: str
    type: Type


@dataclass(frozen=True, slots=True)
class Item:
    """A field of a bound list item: `video.length`."""

    variable: str
    field: str
    type: Type


@dataclass(frozen=True, slots=True)
class Today:
    """The decision's day."""


@dataclass(frozen=True, slots=True)
class ClauseRef:
    """The outcome of a check's clause, by its index; only in the expressions over clauses."""

    index: int


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values underneath, both of one scale."""

    operator: Comparison
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Within:
    """Membership in constants: `creator.account_type in ["personal", "business"]`."""

    operand: "Expr"
    values: tuple[Raw, ...]
    type: Type
    parameter: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class InRegions:
    """Membership of a region in a list of nodes of the tree.

    `truth` says of each region of the tree: met, unmet (False) or unknown (None); see `regions.membership`.
    """

    operand: "Expr"
    members: tuple[str, ...]
    open: bool
    truth: Mapping[str, bool | None] = field(compare=False, repr=False)
    parameter: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """Kleene's conjunction."""

    operands: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene's disjunction."""

    operands: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene's negation."""

    operand: "Expr"


@dataclass(frozen=True, slots=True)
class If:
    """A choice by a condition: unknown when the condition is; only the taken branch counts."""

    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"
    type: Type


@dataclass(frozen=True, slots=True)
class Add:
    """A sum of two or more values of one scale. Dates too: one date and days, or a date and a negated date."""

    operands: tuple["Expr", ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Multiply:
    """A product of two or more; scales add up."""

    operands: tuple["Expr", ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Negate:
    """A value with the other sign."""

    operand: "Expr"
    type: Type


@dataclass(frozen=True, slots=True)
class Scale:
    """A value in `factor` times finer steps: `factor` is a power of ten, or the seconds of a day."""

    operand: "Expr"
    factor: int
    type: Type


@dataclass(frozen=True, slots=True)
class Days:
    """A duration of whole days, in days: seconds / 86,400, which is exact by its type."""

    operand: "Expr"
    type: Type = field(default=Date(), init=False)


@dataclass(frozen=True, slots=True)
class AddMonths:
    """A date plus a period; a day that does not exist is the 1st of the next month."""

    date: "Expr"
    months: "Expr"


@dataclass(frozen=True, slots=True)
class YearsSince:
    """Whole years, in months, from a date to the decision's day; birthdays are counted."""

    date: "Expr"


@dataclass(frozen=True, slots=True)
class FullSteps:
    """How many whole `step` fit into a value; 0 when it is negative. `step` is positive."""

    operand: "Expr"
    step: int
    type: Type


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or greatest of values of one scale; `aggregate` is MIN or MAX."""

    aggregate: Aggregate
    operands: tuple["Expr", ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Quantified:
    """`every` (Kleene's conjunction over the items) or `some` (disjunction)."""

    quantifier: Quantifier
    variable: str
    items: str
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Count:
    """How many items a list fact has."""

    items: str
    type: Type


@dataclass(frozen=True, slots=True)
class CountWhere:
    """How many items pass; unknown if the filter is for any item."""

    variable: str
    items: str
    where: "Expr"
    type: Type


@dataclass(frozen=True, slots=True)
class Fold:
    """The sum, least or greatest of a term over the kept items; least and greatest of none are unknown."""

    aggregate: Aggregate
    term: "Expr"
    variable: str
    items: str
    where: "Expr | None"
    type: Type


Expr = (
    Literal | Fact | Item | Today | ClauseRef | Compare | Within | InRegions | And | Or | Not | If | Add | Multiply
    | Negate | Scale | Days | AddMonths | YearsSince | FullSteps | Extreme | Quantified | Count | CountWhere | Fold
)  # fmt: skip

BOOLEAN = Boolean()


def children(expr: Expr) -> tuple[Expr, ...]:
    """Give the direct parts of an expression, in the order they are written."""
    match expr:
        case Literal() | Fact() | Item() | Today() | ClauseRef() | Count():
            return ()
        case Compare(_, left, right):
            return (left, right)
        case And(operands) | Or(operands) | Add(operands) | Multiply(operands) | Extreme(_, operands):
            return operands
        case If(condition, then, otherwise):
            return (condition, then, otherwise)
        case AddMonths(date, months):
            return (date, months)
        case Within() | InRegions() | Not() | Negate() | Scale() | Days() | FullSteps():
            return (expr.operand,)
        case YearsSince(date):
            return (date,)
        case Quantified(body=body):
            return (body,)
        case CountWhere(where=where):
            return (where,)
        case Fold(term=term, where=where):
            return (term,) if where is None else (term, where)


def with_clauses(expr: Expr, clauses: "tuple[Clause, ...]") -> Expr:
    """Put the clauses' own expressions in the place of references to them, in an expression over clauses."""
    match expr:
        case ClauseRef(index):
            return clauses[index].expression
        case And(operands):
            return And(tuple(with_clauses(operand, clauses) for operand in operands))
        case Or(operands):
            return Or(tuple(with_clauses(operand, clauses) for operand in operands))
        case _:
            return expr


@dataclass(frozen=True, slots=True)
class Texts:
    """One sentence in each language, as (language, text) pairs; `spans` are their places."""

    entries: tuple[tuple[str, str], ...]
    spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    def get(self, language: str) -> str | None:
        """Give the text in a language, or None."""
        return next((text for name, text in self.entries if name == language), None)

    def nearest(self, language: str) -> str | None:
        """Give the text in a language, in another one when this one lacks it; None when there is none at all."""
        return self.get(language) or next((text for _, text in self.entries), None)


class Privacy(Enum):
    """Whether an answer may be shown or shared."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """A declared input.

    `path` is `creator.followers`, or the bare field name inside a list. A plain number from a caller is in `unit`,
    of which one is `unit_size` underneath (20 minutes: 60 each; 55 %: 1 at scale 2). `range` is underneath.
    `derived` gives the value when the caller does not; `inputs` are the facts it reads. `fields` are a list's.
    `range` binds what a caller gives; a derived value may leave it, so expressions are proved with `proved`.
    """

    path: str
    type: Type
    span: Span = field(compare=False, repr=False)
    range: Range | None = None
    proved: Range | None = None
    unit: str | None = None
    unit_size: int = 1
    fields: tuple["FactDeclaration", ...] = ()
    derived: Expr | None = None
    inputs: tuple[str, ...] = ()
    question: Texts | None = field(default=None, compare=False)
    privacy: Privacy = field(default=Privacy.PRIVATE, compare=False)
    words: Mapping[str, Texts] = field(default_factory=dict, compare=False, repr=False)

    @property
    def records(self) -> Records:
        """The type of a list fact."""
        assert isinstance(self.type, Records)
        return self.type


def inputs_first(vocabulary: Mapping[str, FactDeclaration]) -> tuple[FactDeclaration, ...]:
    """Give the derived facts, each after those it is derived from."""
    found: dict[str, FactDeclaration] = {}

    def visit(path: str) -> None:
        for name in vocabulary[path].inputs:
            visit(name)
        found.setdefault(path, vocabulary[path])

    for path in vocabulary:
        visit(path)
    return tuple(fact for fact in found.values() if fact.derived is not None)


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A cited source: where a number comes from and how sure it is."""

    id: str
    title: str
    publisher: str
    certainty: str
    url: str | None
    published: str | None
    note: Texts | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry came from: its place, the layer it stands in, and the sources it cites."""

    span: Span
    region: str
    sources: tuple[SourceNote, ...] = ()

    @property
    def path(self) -> str:
        """The file's path."""
        return self.span.path


@dataclass(frozen=True, slots=True)
class Waiver:
    """Lifts a requirement until a day."""

    until: datetime.date
    because: Texts
    origin: Origin


@dataclass(frozen=True, slots=True)
class Clause:
    """A leaf requirement: a question with a yes, a no, or an unknown.

    `source` is the author's text in canonical form, with parameters and definitions written out.
    """

    id: str
    expression: Expr
    source: str = field(compare=False, repr=False)


class Kind(Enum):
    """How a requirement is made."""

    REQUIRE = "require"
    ALL_OF = "all_of"
    ANY_OF = "any_of"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement as it is shown: a leaf (`clause` is its index) or a group (`children` are ids).

    `expression` is over clauses. A waiver does not change it: it lifts the requirement in its parent's.
    """

    id: str
    kind: Kind
    parent: str | None
    children: tuple[str, ...]
    clause: int | None
    expression: Expr
    waiver: Waiver | None
    obliges: Texts | None
    says: Texts | None
    binding: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A named result that is not a yes or no: a payout, a cap. `source` is as a clause's."""

    id: str
    expression: Expr
    type: Type
    title: Texts | None
    origin: Origin
    source: str = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A named question: clauses, one expression over them, and the requirements as the author grouped them.

    `requirements` are in the author's order, a group before its children. `digest` names the meaning: equal digests,
    equal decisions (design section 3). `facts` are all that clauses, values and their derivations read, by path.
    """

    name: str
    clauses: tuple[Clause, ...]
    expression: Expr
    requirements: tuple[Requirement, ...]
    values: tuple[NamedValue, ...]
    facts: Mapping[str, FactDeclaration]
    digest: str

    def requirement(self, name: str) -> Requirement:
        """Give the requirement with an id; KeyError when there is none."""
        for requirement in self.requirements:
            if requirement.id == name:
                return requirement
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class AlsoReported:
    """What another source says of a parameter: shown as a dispute, never used."""

    value: "Raw | tuple[Raw, ...]"
    type: Type
    source: SourceNote
    note: Texts | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, sourced constant. `raw` is underneath; a tuple for a list, whose `type` is its items'.

    `open` is None but for a region list; `size` is how many regions the source says there are.
    """

    id: str
    raw: Raw | tuple[Raw, ...]
    type: Type
    origin: Origin
    also_reported: tuple[AlsoReported, ...] = ()
    open: bool | None = None
    size: int | None = None
    note: Texts | None = None


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """What is in force for one program, one region and one interval of days `[start, end)`.

    `files` are the policy files of the chain, widest region first.
    """

    program: str
    region: str
    start: datetime.date
    end: datetime.date | None
    files: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    checks: Mapping[str, Check]
