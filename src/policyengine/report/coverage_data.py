"""What cases see, as plain data.

Reads: `Coverage`.
Gives: `coverage_data`.
"""

from typing import Any

from policyengine.coverage import OUTCOMES, CheckCoverage, Coverage, RequirementCoverage


def coverage_data(coverage: Coverage) -> dict[str, Any]:
    """Give it as JSON holds it; `runs` are counted by outcome, `unseen` are the outcomes that no case saw."""
    return {
        "seen": coverage.seen,
        "of": coverage.of,
        "checks": [_check_data(each) for each in coverage.checks],
    }


def _check_data(covered: CheckCoverage) -> dict[str, Any]:
    policy = covered.policy
    return {
        "program": policy.program,
        "check": covered.check.name,
        "region": policy.region,
        "start": policy.start.isoformat(),
        "end": policy.end.isoformat() if policy.end is not None else None,
        "seen": covered.seen,
        "of": covered.of,
        "requirements": [_requirement_data(each) for each in covered.requirements],
    }


def _requirement_data(covered: RequirementCoverage) -> dict[str, Any]:
    return {
        "id": covered.requirement.id,
        "runs": {outcome.value: covered.runs[outcome] for outcome in OUTCOMES},
        "unseen": [outcome.value for outcome in covered.unseen],
    }
