"""The SMT target in z3: questions with pinned facts, and questions for facts. Not a test."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import z3

from policyengine.model import checked, types
from policyengine.model.ranges import Range
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.smt import (
    Answer,
    Model,
    Problem,
    Truth,
    Value,
    completed,
    confirmed,
    opposite,
    to_caller,
)
from policyengine.targets.smt.facts import code
from sql_engine import Asked, together
from workbench import bench


def meaning(expr: checked.Expr, facts: Mapping[str, Given], today: int) -> Raw | None:
    """Evaluate with the reference interpreter."""
    return evaluate(expr, Environment(facts, today))


def problem(expr: checked.Expr, today: int | Range, **options: Any) -> Problem:
    """Make a problem of one expression over the vocabulary of `conformance/`."""
    return Problem([expr], bench().scope.facts, bench().scope.regions, today, **options)


def term(asked: Problem, expr: checked.Expr) -> Truth | Value:
    """Give the term of an expression of any type."""
    return asked.callers[0].term(expr)


def is_(asked: Problem, found: Truth | Value, raw: Raw | None, type_: types.Type) -> z3.BoolRef:
    """Say that a term is a value underneath, or unknown."""
    if raw is None:
        return opposite(found.known)
    if isinstance(found, Truth):
        return found.true if raw else found.false
    return z3.And(found.known, found.term == code(raw, type_, asked._ground).term)


# facts pinned


def asked(questions: Sequence[Asked]) -> list[Raw | None]:
    """Answer each question by a model of its facts, and prove that no other answer is possible."""
    answers: list[Raw | None] = []
    for expr, rows in together(questions):
        group = [questions[row] for row in rows]
        days = [each.today.toordinal() for each in group]
        whole = problem(expr, Range(min(days), max(days)), kinds=_most_records(group), context=_context())
        found = term(whole, expr)
        facts = [[whole.on(day), *whole.pinned(each.facts)] for each, day in zip(group, days, strict=True)]
        whole._new_definitions()  # says them
        defined = z3.And(whole._ground.definitions, _context())
        answers += [_answer(whole, found, [defined, *conditions], expr) for conditions in facts]
    return answers


@cache
def _context() -> z3.Context:
    """Share one: making it takes longer than most answers."""
    return z3.Context()


def _most_records(group: Sequence[Asked]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in group:
        for path, value in each.facts.items():
            if isinstance(value, Sequence) and not isinstance(value, str):
                different = {tuple(sorted(record.items(), key=str)) for record in value}
                found[path] = max(found.get(path, 0), len(different))
    return found


def _answer(whole: Problem, found: Truth | Value, facts: list[z3.BoolRef], expr: checked.Expr) -> Raw | None:
    # not the solver that is kept: alone, z3 works out what is pinned before it starts to search
    solver, others = z3.Solver(ctx=_context()), z3.Solver(ctx=_context())
    solver.add(*facts)
    assert solver.check() == z3.sat, f"no such facts: {expr}"
    answer = _read(whole, found, solver.model(), expr)
    others.add(*facts, z3.Not(is_(whole, found, answer, _type(expr))))
    assert others.check() == z3.unsat, f"another answer than {answer} is possible: {expr}"
    return answer


def _read(whole: Problem, found: Truth | Value, model: z3.ModelRef, expr: checked.Expr) -> Raw | None:
    def holds(truth: z3.BoolRef) -> bool:
        return bool(z3.is_true(model.eval(truth, model_completion=True)))

    if not holds(found.known):
        return None
    if isinstance(found, Truth):
        return holds(found.true)
    number: int = model.eval(found.term, model_completion=True).as_long()
    match _type(expr):
        case types.Region():
            return whole._ground.regions.region(number)
        case types.Text() | types.Choice():
            return whole._ground.texts.text(number)
        case _:
            return number


def _type(expr: checked.Expr) -> types.Type:
    found = getattr(expr, "type", types.Number())
    return found if isinstance(found, types.Region | types.Text | types.Choice) else types.Number()


# facts wanted


def outcomes(expr: checked.Expr, today: int | Range, timeout_ms: int = 1_000) -> dict[bool | None, Answer]:
    """Ask for facts that make a truth true, false, unknown; each model is confirmed, and comes in through the door."""
    whole = problem(expr, today)
    truth = whole.truth(expr)
    found: dict[bool | None, Answer] = {}
    for wanted, condition in ((True, truth.true), (False, truth.false), (None, truth.unknown)):
        answer = whole.solve(condition, timeout_ms=timeout_ms)
        if isinstance(answer, Model):
            come_in(answer)
            confirmed(answer, {expr: wanted}, bench().scope.facts, meaning)
        found[wanted] = answer
    return found


def come_in(model: Model) -> None:
    """Hand the facts of a model in, as a caller does: the door reads the same facts."""
    vocabulary = bench().scope.facts
    handed = to_caller(model.facts(), vocabulary)
    read = bench().door.read(handed, model.today)

    assert read == completed(model.facts(), model.today, vocabulary, meaning), handed
