"""Compiled Python: a checked expression, or a whole check with its fact readers, as a function.

Reads: `checked.Expr`, `checked.Check`.
Gives: functions made through Python's `ast` and `compile`; never by joining strings.
Never: decides which policy is in force, or words an outcome.
"""

from policyengine.targets.python.checks import CheckFunction, compile_check
from policyengine.targets.python.expressions import Compiled, compile_expression
from policyengine.targets.python.readers import DoorReaders

__all__ = ["CheckFunction", "Compiled", "DoorReaders", "compile_check", "compile_expression"]
