"""Proofs that something an author wrote does nothing: it never fails, is never met, another does it, it never matters.

An entry stands in many policies, of regions and intervals; it does something when it does in one of them.
Reads: all meanings of a program's checks, with their places.
Gives: a diagnostic for each entry that does nothing, and how many were looked at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from policyengine.model import checked, types
from policyengine.model.checked import Check, Expr, Kind, Requirement, with_clauses
from policyengine.model.diagnostic import Diagnostic, Note
from policyengine.model.span import Span
from policyengine.prove.answers import Standing
from policyengine.prove.asking import Asked, Claim, reads
from policyengine.prove.examined import Examined, Question
from policyengine.prove.folding import for_regions, whole
from policyengine.prove.places import Meaning
from policyengine.targets.smt import CannotProve, Model, Undecided, Unsat

Key = tuple[str, int, int]
Does = bool | str | None
"""Whether something does anything: yes, no, or why that was not decided."""
Answered = Model | Unsat | Undecided | bool


@dataclass(slots=True)
class Looked:
    """What was looked at: how many entries, and what is wrong with some."""

    entries: int = 0
    problems: list[Diagnostic] = field(default_factory=list)

    def take(self, does: Does, span: Span, code: str, message: str, help_: str | None = None, *notes: Note) -> None:
        """Take in whether an entry does anything."""
        self.entries += 1
        if isinstance(does, str):
            self.problems.append(Diagnostic("not-proved", f"whether {message} was not decided: {does}", span))
        elif not does:
            self.problems.append(Diagnostic(code, message, span, help_, notes))


@dataclass(frozen=True, slots=True)
class Entry:
    """A requirement as it is written, and all checks that it is part of."""

    requirement: Requirement
    within: tuple[tuple[Examined, Requirement], ...]


def entries(standing: Standing) -> tuple[Entry, ...]:
    """Give the requirements of a check in all policies, each as often as it is written."""
    found: dict[Key, list[tuple[Examined, Requirement]]] = defaultdict(list)
    for examined in standing.each():
        for place in examined.meaning.places:
            for requirement in examined.meaning.own(place).values():
                listed = found[requirement.origin.span.key]
                if not any(known is examined for known, _ in listed):
                    listed.append((examined, requirement))
    return tuple(Entry(listed[0][1], tuple(listed)) for listed in found.values())


def looked_at(standing: Standing) -> Looked:
    """Look at a check's requirements: leaves that never fail or are never met, siblings, alternatives."""
    looked = Looked()
    written = entries(standing)
    idle: set[Key] = set()
    for entry in written:
        span, name = entry.requirement.origin.span, entry.requirement.id
        if entry.requirement.kind is not Kind.REQUIRE:
            continue
        for truth, word in ((False, "fail"), (True, "be met")):
            does = _somewhere(entry, _may_be(truth))
            if does is False:
                idle.add(span.key)
            message = f"`{name}` can never {word}, in no region and on no day"
            looked.take(does, span, "unreachable", message, "the other requirements stand without it")
    for first, second in _siblings(written):
        if idle.isdisjoint({first.requirement.origin.span.key, second.requirement.origin.span.key}):
            does = _implied(first, second)
            message = f"`{first.requirement.id}` asks nothing more than `{second.requirement.id}` does"
            note = Note("whoever meets this meets both", second.requirement.origin.span)
            looked.take(does, first.requirement.origin.span, "redundant", message, "take it out", note)
    for entry in written:
        if entry.requirement.parent is not None and any(_alternative(each, r) for each, r in entry.within):
            does = _somewhere(entry, _matters)
            message = f"the alternative `{entry.requirement.id}` never matters: without it everyone fares the same"
            looked.take(does, entry.requirement.origin.span, "redundant", message, "take it out, or widen it")
    return looked


def nobody_passes(standing: Standing, looked: Looked) -> None:
    """Report the policies whose check no creator there could be passes."""
    for family, examined in standing.families:
        passing = _Passing(examined)
        for meaning, numbers in zip(family.members, family.numbers, strict=True):
            place, check = meaning.places[0], meaning.check
            if check.requirements:
                first = place.policy.checks[check.name].requirements[0]
                message = f"no creator can pass `{check.name}` in {place}"
                does = passing.somebody(meaning, numbers)
                looked.take(does, first.origin.span, "impassable", message, "two requirements may exclude each other")


@dataclass(slots=True)
class _Passing:
    """Those who pass some of a family: they often pass the next."""

    examined: Examined
    known: list[Model] = field(init=False)

    def __post_init__(self) -> None:
        someone = _someone(self.examined) if self.examined.constants else None
        self.known = [] if someone is None else [someone]

    def somebody(self, meaning: Meaning, numbers: Mapping[str, int]) -> Does:
        """Say whether somebody passes one of the family."""
        region_by, alone = meaning.entry.region_by.text, self.examined.member(meaning)
        regions = {region for place in meaning.places for region in place.regions}
        if whole(for_regions(meaning.check, region_by, regions)) == _NOBODY:
            return False
        if any(alone.passed_by(someone) for someone in self.known):
            return True
        return _does(lambda: self._found(meaning, numbers), self.examined)

    def _found(self, meaning: Meaning, numbers: Mapping[str, int]) -> Answered:
        passes = Question(("passes",), lambda asked: [asked.is_(self.examined.meaning.expression, True)])
        answer = self.examined.nobody_of(meaning, numbers, passes)
        if isinstance(answer, Model):
            self.known.insert(0, answer)
        return answer


def _someone(examined: Examined) -> Model | None:
    try:
        return examined.passing()
    except CannotProve:
        return None


_NOBODY = checked.Literal(value=False, type=checked.BOOLEAN)


def _may_be(truth: bool) -> Callable[[Examined, Requirement], Question]:  # noqa: FBT001 -- the outcome itself
    def asks(examined: Examined, requirement: Requirement) -> Question:
        expr = examined.meaning.requirement(requirement.id)
        read = reads([expr], examined.scope.vocabulary)
        lists = any(isinstance(examined.scope.vocabulary[path].type, types.Records) for path in read)

        def claims(asked: Asked) -> Sequence[Claim]:
            if truth or lists:
                return [asked.is_(expr, truth)]
            # what is unknown of someone of whom all is known: an open list, which says so of those it does not name
            open_ = asked.both(asked.is_(expr, None), *(asked.known(path) for path in sorted(read)))
            return [asked.holds([asked.is_(expr, False), open_])]

        return Question(("may be", requirement.id, truth), claims)

    return asks


def _matters(examined: Examined, requirement: Requirement) -> Question:
    check = examined.meaning.check
    without = with_clauses(rebuilt(check, requirement.id), check.clauses)
    return Question(
        ("matters", requirement.id),
        lambda asked: [asked.differ(examined.meaning.expression, without)],
        besides=(without,),
    )


def _somewhere(entry: Entry, asks: Callable[[Examined, Requirement], Question]) -> Does:
    """Ask in one policy after another until somebody is found."""
    why: str | None = None
    for examined, requirement in entry.within:
        does = _possible(examined, asks(examined, requirement))
        if does is True:
            return True
        why = does if isinstance(does, str) else why
    return why if why is not None else False


def _possible(examined: Examined, question: Question) -> Does:
    return _does(lambda: examined.nobody(question), examined)


def _does(ask: Callable[[], Answered], examined: Examined) -> Does:
    try:
        answer = ask()
    except CannotProve as refusal:
        return f"there is no exact term for {refusal}"
    if isinstance(answer, Undecided):
        return f"in {examined.timeout:g} s"
    if isinstance(answer, Unsat):
        return False if answer.proved else f"beyond {dict(answer.up_to)} records"
    return True


# siblings


def _siblings(written: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Give two requirements that must both be met and read a fact in common, in both orders."""
    for first, second in permutations(written, 2):
        one, other = first.requirement, second.requirement
        if one.id != other.id and one.parent == other.parent and _together(first, second):
            yield first, second


def _together(first: Entry, second: Entry) -> Sequence[Examined]:
    shared = {id(examined): requirement for examined, requirement in second.within}
    found = []
    for examined, requirement in first.within:
        other = shared.get(id(examined))
        if other is None or requirement.parent != other.parent or _alternative(examined, requirement):
            continue
        meaning = examined.meaning
        vocabulary = examined.scope.vocabulary
        facts = [reads([meaning.requirement(each.id)], vocabulary) for each in (requirement, other)]
        if not facts[0].isdisjoint(facts[1]):
            found.append(examined)
    return found


def _implied(first: Entry, second: Entry) -> Does:
    """Say whether someone meets the second without the first, where both are asked for."""
    why: str | None = None
    for examined in _together(first, second):
        does = _possible(examined, _apart(examined, first.requirement.id, second.requirement.id))
        if does is True:
            return True
        why = does if isinstance(does, str) else why
    return why if why is not None else False


def _apart(examined: Examined, first: str, second: str) -> Question:
    one, other = (examined.meaning.requirement(name) for name in (first, second))
    return Question(("implied", first, second), lambda asked: [asked.is_(other, True), asked.is_(one, False, None)])


def _alternative(examined: Examined, requirement: Requirement) -> bool:
    parent = requirement.parent
    return parent is not None and examined.meaning.check.requirement(parent).kind is Kind.ANY_OF


def rebuilt(check: Check, without: str) -> Expr:
    """Give a check's expression over clauses as if one alternative were not there."""

    def whole(name: str) -> Expr:
        requirement = check.requirement(name)
        if requirement.waiver is not None:
            return checked.Literal(value=True, type=checked.BOOLEAN)
        if requirement.clause is not None:
            return checked.ClauseRef(requirement.clause)
        return joined(requirement.kind, [each for each in requirement.children if each != without])

    def joined(kind: Kind, names: Sequence[str]) -> Expr:
        parts = tuple(whole(name) for name in names)
        if not parts:
            return checked.Literal(value=kind is Kind.ALL_OF, type=checked.BOOLEAN)
        return checked.Or(parts) if kind is Kind.ANY_OF else checked.And(parts)

    return joined(Kind.ALL_OF, [each.id for each in check.requirements if each.parent is None])
