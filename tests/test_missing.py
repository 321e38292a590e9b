"""Missing facts are those that still matter: without them nothing is decided, and with them everything that can be."""

import datetime
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import callers
import little_policies
import pytest
import strategies
from callers import Caller, Facts, Position
from drawing import Draw, examples, pick
from hypothesis import given
from hypothesis import strategies as st
from little_policies import Folder, Member
from strategies import Situation
from workbench import bench

import policyengine
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.door import Door
from policyengine.missing import unknown_facts
from policyengine.model import checked
from policyengine.model.decision import Missing, Outcome
from policyengine.model.operators import Aggregate
from policyengine.targets.interpreter import Environment, Record, evaluate

ROOT = Path(__file__).parents[1]


# expressions


def _explained(expr: checked.Expr, given_: Environment) -> bool:
    """Say whether some part is unknown though all it reads is known: an open list, a wide region, an extreme of none."""
    match expr:
        case checked.InRegions(operand) if evaluate(operand, given_) is not None and evaluate(expr, given_) is None:
            return True
        case checked.Quantified() | checked.CountWhere() | checked.Fold():
            return _explained_over_items(expr, given_)
        case _:
            return any(_explained(child, given_) for child in checked.children(expr))


def _explained_over_items(expr: checked.Quantified | checked.CountWhere | checked.Fold, given_: Environment) -> bool:
    records = given_.facts.get(expr.items)
    if not isinstance(records, Sequence):
        return False
    inside = [replace(given_, items={**given_.items, expr.variable: record}) for record in records]  # type: ignore[dict-item]
    if isinstance(expr, checked.Fold) and expr.aggregate is not Aggregate.SUM:
        kept = [expr.where is None or evaluate(expr.where, each) for each in inside]
        if True not in kept and None not in kept:
            return True
    return any(_explained(child, each) for child in checked.children(expr) for each in inside)


@pytest.mark.fuzz
@examples(2_000)
@given(strategies.asked(strategies.expressions()))
def test_an_unknown_value_misses_something_or_is_unknown_whatever_is_given(case: tuple[str, list[Situation]]) -> None:
    source, [situation] = case
    expr, environment = strategies.proved(source).expr, situation.environment(bench().door)
    missing = list(unknown_facts(expr, environment))

    assert bool(missing) <= (evaluate(expr, environment) is None)
    assert missing or evaluate(expr, environment) is not None or _explained(expr, environment)


@pytest.mark.fuzz
@examples(1_500)
@given(strategies.asked(strategies.expressions()), st.data())
def test_nothing_else_decides_while_the_missing_facts_stay_unknown(
    case: tuple[str, list[Situation]], data: st.DataObject
) -> None:
    source, [situation] = case
    expr, door = strategies.proved(source).expr, bench().door
    environment = situation.environment(door)
    missing = set(unknown_facts(expr, environment))
    everything = _filled(Caller(data.draw, door), expr, situation)

    filled = _only(everything, environment, missing, door)

    assert evaluate(expr, environment) is not None or evaluate(expr, filled) is None
