"""How a program's rules in one region came to be what they are, as plain data.

Reads: `Policies`, a program, a region, today.
Gives: `timeline_data`; `begun`, the files that an interval begins with.
"""

import datetime
from collections.abc import Sequence
from typing import Any, assert_never

from policyengine.decide import Policies
from policyengine.model.authored import PolicyFile
from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.model.resolved import Gap
from policyengine.model.values import literal
from policyengine.report.changes import (
    Change,
    ObligationChange,
    ParameterChange,
    RequirementChange,
    ValueChange,
    WaiverChange,
    steps,
)
from policyengine.report.decision_data import texts, waiver


def timeline_data(policies: Policies, program: str, region: str, today: datetime.date) -> dict[str, Any]:
    """Give the intervals as plain data; raises `UnknownName`."""
    timeline = policies.timeline(program, region=region)
    return {
        "program": program,
        "region": region,
        "intervals": [
            {
                "from": interval.start.isoformat(),
                "until": interval.end.isoformat() if interval.end is not None else None,
                "offered": isinstance(interval, CheckedPolicy),
                "scheduled": interval.start > today,
                "files": _files(interval),
                "begins": [
                    {"file": file.source.path, "summary": texts(file.summary), "assumed": texts(file.assumed)}
                    for file in begun(policies, interval)
                ],
                "changes": [_data(change) for change in changed],
            }
            for interval, _, changed in steps(timeline)
        ],
    }


def begun(policies: Policies, interval: CheckedPolicy | Gap) -> Sequence[PolicyFile]:
    """Give the files of an interval that begin with it, widest region first."""
    files = {file.source.path: file for file in policies.compiled.authored.files}
    return [files[path] for path in _files(interval) if files[path].effective == interval.start]


def _files(interval: CheckedPolicy | Gap) -> list[str]:
    return [interval.file.source.path] if isinstance(interval, Gap) else list(interval.files)


def _data(change: Change) -> dict[str, Any]:
    match change:
        case ParameterChange(name, before, after):
            return {"parameter": name, "before": _literal(before), "after": _literal(after)}
        case RequirementChange(check, name, was, is_):
            return {"check": check, "requirement": name, "before": was, "after": is_}
        case WaiverChange(check, name, lifted, lifts):
            return {"check": check, "waiver": name, "before": waiver(lifted), "after": waiver(lifts)}
        case ObligationChange(check, name, owed, owes):
            return {"check": check, "obligation": name, "before": texts(owed), "after": texts(owes)}
        case ValueChange(check, name, old, new):
            sources = (None if value is None else value.source for value in (old, new))
            return {"check": check, "value": name, **dict(zip(("before", "after"), sources, strict=True))}
        case _:
            assert_never(change)


def _literal(parameter: Parameter | None) -> str | None:
    return literal(parameter.raw, parameter.type) if parameter is not None else None
