"""SMT: checked expressions as z3 terms, so that what they say can be proved for all facts at once.

Reads: checked expressions, declarations, the tree of regions, a day or a range of days.
Gives: a `Problem`, whose terms speak of three truth values; its answers are facts, that there are none, or undecided.
Never: approximates in silence: what has no exact term is refused by name; an answer that holds up to a bound says so.
"""

from policyengine.targets.smt.answers import (
    Answer,
    Evaluate,
    Model,
    Undecided,
    Unsat,
    completed,
    confirmed,
    to_caller,
)
from policyengine.targets.smt.kinds import Kinds
from policyengine.targets.smt.problem import Problem
from policyengine.targets.smt.slots import Slot
from policyengine.targets.smt.terms import CannotProve, Truth, Value, both, either, opposite, same

__all__ = [
    "Answer",
    "CannotProve",
    "Evaluate",
    "Kinds",
    "Model",
    "Problem",
    "Slot",
    "Truth",
    "Undecided",
    "Unsat",
    "Value",
    "both",
    "completed",
    "confirmed",
    "either",
    "opposite",
    "same",
    "to_caller",
]
