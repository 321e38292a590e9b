"""Which layer won: what holds in each region of a chain on a day, so that an override shows what it replaced.

Reads: `Policies`.
Gives: `layers`, widest first; `below`, the layer that an entry of one region was laid over.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from policyengine.decide import Policies
from policyengine.model.checked import Check, CheckedPolicy, Origin, Parameter, Requirement


@dataclass(frozen=True, slots=True)
class Layer:
    """A region with a file of its own in force, and what held with it and all wider ones."""

    region: str
    policy: CheckedPolicy


def layers(policies: Policies, program: str, region: str, on: datetime.date) -> tuple[Layer, ...]:
    """Give the layers of a region on a day; empty when the program is not offered."""
    found: list[Layer] = []
    for node in policies.compiled.tree.chain(region):
        policy = policies.in_force(program, region=node, on=on).policy
        if policy is not None and (not found or policy.files != found[-1].policy.files):
            found.append(Layer(node, policy))
    return tuple(found)


def below(chain: Sequence[Layer], origin: Origin) -> Layer | None:
    """Give the layer under the one that an entry comes from; None when there is none."""
    regions = [layer.region for layer in chain]
    index = regions.index(origin.region) if origin.region in regions else 0
    return chain[index - 1] if index > 0 else None


def replaced_parameter(chain: Sequence[Layer], parameter: Parameter) -> tuple[Layer, Parameter] | None:
    """Give the parameter that one overrides, with its layer; None when it overrides none."""
    layer = below(chain, parameter.origin)
    wider = layer.policy.parameters.get(parameter.id) if layer is not None else None
    return (layer, wider) if layer is not None and wider is not None else None


def replaced_requirement(chain: Sequence[Layer], check: str, requirement: Requirement) -> tuple[Layer, str] | None:
    """Give what a requirement that one overrides needed, with its layer; None when it overrides none."""
    layer = below(chain, requirement.origin)
    if layer is None or check not in layer.policy.checks:
        return None
    wider = layer.policy.checks[check]
    found = next((one for one in wider.requirements if one.id == requirement.id), None)
    return (layer, needed(wider, found)) if found is not None else None


def needed(check: Check, requirement: Requirement) -> str:
    """Give what a requirement needs, as the author's language writes it: parameters as their values."""
    if requirement.clause is not None:
        return check.clauses[requirement.clause].source
    return f"{requirement.kind.value}: {', '.join(requirement.children)}"
