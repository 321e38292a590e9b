"""Policy as code for creator programs: eligibility and limits by region and day, with reasons.

    import policyengine

    policies = policyengine.load("policies")
    decision = policies.decide("series", facts, check="eligibility", on=date(2024, 6, 1))

Names are imported when they are first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policyengine.decide import Policies, load
    from policyengine.decision import Decision
    from policyengine.in_force import InForce
    from policyengine.model.decision import Outcome
    from policyengine.model.diagnostic import Diagnostic
    from policyengine.model.errors import InvalidFact, InvalidPolicies, InvalidTable, PolicyEngineError, UnknownName
    from policyengine.model.values import Money, Period

_HOMES = {
    "Decision": "decision",
    "Diagnostic": "model.diagnostic",
    "InForce": "in_force",
    "InvalidFact": "model.errors",
    "InvalidPolicies": "model.errors",
    "InvalidTable": "model.errors",
    "Money": "model.values",
    "Outcome": "model.decision",
    "Period": "model.values",
    "Policies": "decide",
    "PolicyEngineError": "model.errors",
    "UnknownName": "model.errors",
    "load": "decide",
}

__all__ = [
    "Decision",
    "Diagnostic",
    "InForce",
    "InvalidFact",
    "InvalidPolicies",
    "InvalidTable",
    "Money",
    "Outcome",
    "Period",
    "Policies",
    "PolicyEngineError",
    "UnknownName",
    "load",
]


def __getattr__(name: str) -> object:
    """Import a public name from its home module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
