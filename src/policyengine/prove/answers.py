"""A question asked of every meaning of a check: of families first, and of each member of those where somebody fits.

Reads: families under examination.
Gives: `proof`, with those who stand against it as authors' cases.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from policyengine.model.decision import Outcome
from policyengine.prove.asking import Asked
from policyengine.prove.case_text import case_text
from policyengine.prove.examined import Examined, Question
from policyengine.prove.families import Family
from policyengine.prove.places import Place
from policyengine.prove.proofs import Counterexample, Kind, Proof, Verdict
from policyengine.targets.interpreter import Environment, evaluate
from policyengine.targets.smt import CannotProve, Model, Undecided, Unsat

MOST_SHOWN = 3
"""So many who stand against one thing are shown."""
Asks = Callable[[Examined], Question | None]
"""The question that is asked of a check; None where it is not spoken of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All meanings of a check: its families, and the examination of each."""

    families: tuple[tuple[Family, Examined], ...]

    def each(self) -> Iterator[Examined]:
        """Give the examination of each meaning alone."""
        for family, examined in self.families:
            if len(family.members) == 1:
                yield examined
            else:
                yield from (examined.member(meaning) for meaning in family.members)

    def answers(self, asks: Asks) -> Iterator[tuple[Examined, Question, Model | Unsat | Undecided | bool | str]]:
        """Ask; a text says what cannot be said exactly."""
        for family, examined in self.families:
            question = asks(examined)
            if question is None:
                continue
            answer = _answer(partial(examined.nobody, question))
            if isinstance(answer, Unsat) or len(family.members) == 1:
                yield examined, question, answer
                continue
            for meaning, numbers in zip(family.members, family.numbers, strict=True):
                member = examined.member(meaning)
                own = asks(member)
                if own is not None:
                    yield member, own, _answer(partial(examined.nobody_of, meaning, numbers, question, own.where))


def _answer(ask: Callable[[], Model | Unsat | Undecided | bool]) -> Model | Unsat | Undecided | bool | str:
    try:
        return ask()
    except CannotProve as refusal:
        return f"there is no exact term for {refusal}"


def proof(standing: Standing, asks: Asks, kind: Kind, names: tuple[str, str, str], says: Mapping[str, str]) -> Proof:
    """Ask everywhere; nobody may fit. `names` are the program, the check, and the id of what is asked."""
    policies, bounds = 0, dict[str, int]()
    against: list[Counterexample] = []
    why: str | None = None
    for examined, question, answer in standing.answers(asks):
        policies += len(examined.digests)
        if isinstance(answer, Unsat):
            bounds |= answer.up_to
            continue
        if isinstance(answer, Model | bool):
            found = examined.simplest(question) if len(against) < MOST_SHOWN else None
            if isinstance(found, Model):
                against.append(_counterexample(examined, question, found, names[2]))
        else:
            why = answer if isinstance(answer, str) else f"in {examined.timeout:g} s"
    if policies == 0:
        why = "no policy that it speaks of"
    verdict = Verdict.REFUTED if against else Verdict.NOT_DECIDED if why is not None else Verdict.PROVED
    return Proof(kind, *names, says, verdict, policies, bounds, tuple(against), why)


def _counterexample(examined: Examined, question: Question, model: Model, about: str) -> Counterexample:
    asked = examined.asked(question.callers)
    place = place_of(examined, model)
    titles = [about] if question.callers == 1 else [f"{about}, before", f"{about}, after"]
    cases = [case_of(examined, asked, model, title, caller) for caller, title in enumerate(titles)]
    return Counterexample(str(place), "\n".join(cases))


def place_of(examined: Examined, model: Model) -> Place:
    """Give the place that a creator belongs to."""
    facts, meaning = model.facts(), examined.meaning
    picked = model.today if meaning.by_fact is None else facts[meaning.by_fact]
    region = facts[meaning.entry.region_by.text]
    assert isinstance(picked, int)
    day = datetime.date.fromordinal(picked)
    return next(each for each in meaning.places if region in each.regions and each.first <= day <= each.last)


def case_of(examined: Examined, asked: Asked, model: Model, title: str, caller: int = 0) -> str:
    """Write a creator as a case that expects what the check now says."""
    meaning = examined.meaning
    outcome = evaluate(meaning.expression, Environment(asked.facts(model, caller), model.today))
    assert outcome is None or isinstance(outcome, bool)
    return case_text(
        title,
        model.facts(caller),
        datetime.date.fromordinal(model.today),
        {meaning.check.name: Outcome.of(outcome).value},
        examined.scope.vocabulary,
        meaning.entry.region_by.text,
    )
