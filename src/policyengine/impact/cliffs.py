"""Cliffs: how many would be in, and how many out, as one parameter moves and all else stays.

Reads: the rules of one side for one check, a population.
Gives: `Cliff`s: a grid of values for each number that the check reads, every region's own moving alike.
Never: guesses what another number would make of a rule: the rules are composed anew with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from policyengine.impact.figures import INVALID, Cliff, Jump, Point
from policyengine.impact.population import Population, Progress
from policyengine.impact.questions import ask, whole
from policyengine.impact.rules import Place, Rules, counting
from policyengine.impact.worth import MEASURED, Valued, step_between, worths
from policyengine.model import checked, types
from policyengine.model.checked import BOOLEAN, Check, CheckedPolicy, Expr
from policyengine.model.decision import Outcome
from policyengine.targets import prose
from policyengine.targets.sql.tallies import Having

FACTORS = tuple(Fraction(percent, 100) for percent in range(50, 151, 5))
"""A parameter takes these parts of its own value."""
FEWEST = 11
"""Where that makes fewer different values, it moves by whole steps instead: so many, or those that are not below 0."""


@dataclass(frozen=True, slots=True)
class _Move:
    """A value that a parameter takes: `moved` by how much, and what each of its own values becomes."""

    moved: str
    becomes: Mapping[int, int]
    now: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that the check reads: its own values by region, the values to try, and the checks with each.

    `reading` are the clauses that read it, of each policy.
    """

    name: str
    valued: Sequence[Valued]
    tried: Sequence[tuple[_Move, Mapping[Place, Check]]]
    reading: Mapping[Place, frozenset[int]]


def parameters(rules: Rules) -> Sequence[Parameter]:
    """Give the parameters that the outcome depends on, and that are one number."""
    names = dict.fromkeys(name for policy in rules.in_force() for name in policy.parameters)
    return [found for name in names if (found := _parameter(rules, name)) is not None]


def cliffs(
    rules: Rules, moved: Sequence[Parameter], population: Population, words: prose.Words, steps: Iterator[Progress]
) -> Iterator[Cliff]:
    """Move each parameter: first ask on whom none of its values tells, then the others, value by value."""
    if not moved:
        return

    def bounds(policy: CheckedPolicy, check: Check) -> Mapping[str, Expr]:
        return {
            f"{parameter.name} {what}": expression
            for parameter in moved
            for what, expression in _bounds(policy, check, parameter).items()
        }

    asked = ask(rules, population, bounds)
    counts: dict[str, Sequence[Having]] = {
        _ROWS: (),
        **{outcome: [Having(asked.outcome, outcome)] for outcome in (*_DECIDED, INVALID)},
    }
    for parameter in moved:
        in_, out = (f"{parameter.name} {what}" for what in (_IF_UNMET, _IF_MET))
        counts |= {in_: [Having(asked.columns[in_])], out: [Having(asked.columns[out], wanted=False)]}
    all_ = asked.counts(population, counts, next(steps))
    titles = rules.side.policies.compiled.programs[rules.program].parameters
    for parameter in moved:
        points = tuple(_points(rules, parameter, population, all_, words, next(steps)))
        title = titles.get(parameter.name)
        shown = title.nearest(words.language.code) if title is not None else None
        yield Cliff(parameter.name, shown or parameter.name, all_[_ROWS] - all_[INVALID], points, _jump(points))


def _parameter(rules: Rules, name: str) -> Parameter | None:
    """Find out what a parameter does to the check; None when it does nothing, or is no number."""
    valued = [
        (policy.region, found.raw, found.type)
        for policy in rules.in_force()
        if (found := policy.parameters.get(name)) is not None
        and isinstance(found.raw, int)
        and isinstance(found.type, MEASURED)
    ]
    if not valued:
        return None
    moves = _moves([own for _, own, _ in valued], valued[0][2])
    ends = [each for each in (moves[0], moves[-1]) if _differing(rules, rules.composed_with(name, each.becomes))]
    if not ends:
        return None
    composed = [(move, rules.composed_with(name, move.becomes)) for move in moves]
    tried = [(move, checks) for move, checks in composed if checks is not None]
    reading: dict[Place, frozenset[int]] = {}
    for _, checks in tried:
        for place, clauses in _differing(rules, checks).items():
            reading[place] = reading.get(place, frozenset()) | clauses
    return Parameter(name, valued, tried, reading)


def _differing(rules: Rules, checks: Mapping[Place, Check] | None) -> Mapping[Place, frozenset[int]]:
    """Give the clauses that are others than they are, where there are some, and that count."""
    found: dict[Place, frozenset[int]] = {}
    for policy in rules.in_force() if checks is not None else ():
        check, other = rules.check(policy), _composed(rules, checks or {}, policy)
        pairs = enumerate(zip(check.clauses, other.clauses, strict=True))
        differing = {index for index, (one, two) in pairs if one.expression != two.expression}
        if differing & counting(check):
            found[_place(policy)] = frozenset(differing & counting(check))
    return found


def _composed(rules: Rules, checks: Mapping[Place, Check], policy: CheckedPolicy) -> Check:
    """Give the check that stands for a policy's; of a region whose own files come later, that of the region around."""
    found = checks.get(_place(policy))
    around = reversed(rules.policies.compiled.tree.chain(policy.region))
    return found or next(check for region in around for (where, _), check in checks.items() if where == region)


def _bounds(policy: CheckedPolicy, check: Check, parameter: Parameter) -> Mapping[str, Expr]:
    """Ask what the outcome would be if what reads the parameter were met, and if it were not.

    A requirement is in a check once, and not negated there: between the two it can do no more. Where several read the
    parameter, every value tells on everybody; where none does, on nobody.
    """
    reading = parameter.reading.get(_place(policy), frozenset())
    if not reading:
        return dict.fromkeys((_IF_MET, _IF_UNMET), whole(check, {}))
    if len(reading) > 1:
        return {_IF_MET: _YES, _IF_UNMET: _NO}
    (index,) = reading
    return {_IF_MET: whole(check, {index: _YES}), _IF_UNMET: whole(check, {index: _NO})}


def _points(
    rules: Rules,
    parameter: Parameter,
    population: Population,
    all_: Mapping[str, int],
    words: prose.Words,
    progress: Progress,
) -> Iterator[Point]:
    """Count those on whom the parameter tells, and add the others."""

    def questions(policy: CheckedPolicy, check: Check) -> Mapping[str, Expr]:
        reading = parameter.reading.get(_place(policy), frozenset())
        composed = [_composed(rules, checks, policy) for _, checks in parameter.tried]
        tried = {str(number): _tried(check, reading) for number, check in enumerate(composed)}
        return {**_bounds(policy, check, parameter), **tried}

    asked = ask(rules, population, questions)
    if_met, if_unmet = asked.columns[_IF_MET], asked.columns[_IF_UNMET]
    counts: dict[str, Sequence[Having]] = {}
    for number in range(len(parameter.tried)):
        column = asked.columns[str(number)]
        counts[f"{number} met"] = [Having(if_met), Having(column)]
        counts[f"{number} unmet"] = [Having(if_unmet, wanted=False), Having(column, wanted=False)]
    within = [Having(if_met, wanted=False, otherwise=True), Having(if_unmet, otherwise=True)]
    found = asked.counts(population, counts, progress, within)
    decided = sum(all_[outcome] for outcome in _DECIDED)
    for number, (move, _) in enumerate(parameter.tried):
        values = [(region, move.becomes[own], type_) for region, own, type_ in parameter.valued]
        met = all_[f"{parameter.name} {_IF_UNMET}"] + found[f"{number} met"]
        unmet = all_[f"{parameter.name} {_IF_MET}"] + found[f"{number} unmet"]
        yield Point(move.moved, values[0][1], worths(values, words), met, unmet, decided - met - unmet, move.now)


def _tried(check: Check, reading: frozenset[int]) -> Expr:
    """Ask with a value of the parameter: the one requirement that reads it, or the whole check."""
    if len(reading) != 1:
        return whole(check, {}) if reading else _NO
    (index,) = reading
    return check.clauses[index].expression


def _jump(points: Sequence[Point]) -> Jump | None:
    steps = [Jump(place, place + 1, after.met - before.met) for place, (before, after) in enumerate(pairwise(points))]
    found = max(steps, key=lambda step: abs(step.rows), default=None)
    return found if found is not None and found.rows else None


def _moves(owns: Sequence[int], type_: types.Type) -> Sequence[_Move]:
    """Give the values to try, from low to high in the widest region; what is the same there is tried once."""
    step = step_between(owns, type_)
    found = _unique(
        _Move(f"{int(factor * 100)}%", {own: _rounded(own * factor, step) for own in owns}, factor == 1)
        for factor in FACTORS
    )
    if len(found) < FEWEST:
        reach = FEWEST // 2
        lowest = min(*owns, 0)
        found = _unique(
            _Move(f"{steps:+}", {own: own + steps * step for own in owns}, steps == 0)
            for steps in range(-reach, reach + 1)
            if min(owns) + steps * step >= lowest
        )
    return sorted(found, key=lambda move: next(iter(move.becomes.values())))


def _unique(moves: Iterator[_Move]) -> list[_Move]:
    """Keep one of the moves that give the widest region the same value: the one that moves nothing, or the first."""
    found: dict[int, _Move] = {}
    for move in moves:
        widest = next(iter(move.becomes.values()))
        if widest not in found or move.now:
            found[widest] = move
    return list(found.values())


def _rounded(value: Fraction, step: int) -> int:
    """Round to the nearest step; what lies in the middle goes up."""
    return int((value / step + Fraction(1, 2)).__floor__()) * step


def _place(policy: CheckedPolicy) -> Place:
    return policy.region, policy.start


_IF_MET, _IF_UNMET = "if met", "if unmet"
_YES, _NO = checked.Literal(value=True, type=BOOLEAN), checked.Literal(value=False, type=BOOLEAN)
_DECIDED = (Outcome.MET.value, Outcome.UNMET.value, Outcome.UNKNOWN.value)
_ROWS = "all rows"
