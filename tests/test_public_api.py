"""What a service gets from `import policyengine`: names, a light import, values that no one can change."""

import datetime
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import FrozenInstanceError
from functools import cache
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

import policyengine
from policyengine import Decision, InForce, Outcome, Policies

ROOT = Path(__file__).parent.parent
DAY = datetime.date(2024, 6, 1)
HEAVY = "yaml lark interegular jsonschema click rich"


@cache
def policies() -> Policies:
    return policyengine.load(ROOT / "policies")


def facts(**changed: object) -> dict[str, Any]:
    """Give a creator who is eligible in South Africa, but for what is changed."""
    usual = json.loads((ROOT / "examples" / "south-africa-eligible.json").read_text("utf-8"))
    return {"creator": {**usual["creator"], **changed}}


def decide(**changed: object) -> Decision:
    return policies().decide("series", facts(**changed), check="eligibility", on=DAY)


def run(code: str) -> str:
    """Run Python in a fresh process that finds the package where this one does."""
    found = Path(policyengine.__file__).parent.parent
    script = f"import sys; sys.path.insert(0, {str(found)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


# names


@pytest.mark.parametrize("name", policyengine.__all__)
def test_every_public_name_can_be_imported_and_is_documented(name: str) -> None:
    assert getattr(policyengine, name).__doc__


def test_public_names_are_sorted_and_are_what_dir_shows() -> None:
    assert list(policyengine.__all__) == sorted(policyengine.__all__) == dir(policyengine)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        policyengine.laod  # noqa: B018


def test_every_exception_is_a_policy_engine_error() -> None:
    raised = [getattr(policyengine, name) for name in policyengine.__all__]
    exceptions = [one for one in raised if isinstance(one, type) and issubclass(one, Exception)]

    assert len(exceptions) == 5
    assert all(issubclass(one, policyengine.PolicyEngineError) for one in exceptions)


# the price of an import


def test_importing_the_package_loads_no_library() -> None:
    loaded = run(f"import policyengine; print([name for name in {HEAVY.split()!r} if name in sys.modules])")

    assert loaded == "[]"


def test_importing_the_package_loads_none_of_its_own_modules_either() -> None:
    loaded = run("import policyengine; print([name for name in sys.modules if name.startswith('policyengine.')])")

    assert loaded == "[]"


def test_loading_and_deciding_need_neither_command_line_nor_terminal() -> None:
    code = """
import datetime, policyengine
from pathlib import Path
policies = policyengine.load("policies")
facts = Path("examples/south-africa-eligible.json").read_text("utf-8")
decision = policies.decide("series", facts, check="eligibility", on=datetime.date(2024, 6, 1))
print(decision.outcome, [name for name in ("click", "rich") if name in sys.modules])
"""
    assert run(code) == "met []"


# threads


def test_threads_that_share_policies_get_equal_decisions() -> None:
    fresh = policyengine.load(ROOT / "policies")  # so that all threads meet the first decision
    creators = [
        facts(),
        facts(region="KR", birth_date="2005-06-02"),
        facts(region="ID"),
        facts(followers=900),
        facts(followers=900, sold_elsewhere=True),
        facts(views_30d=None, account_opened=None),
    ]
    together = Barrier(8)

    def decide_all() -> list[dict[str, Any]]:
        together.wait()
        made = [fresh.decide("series", creator, check="eligibility", on=DAY) for _ in range(20) for creator in creators]
        return [_read(decision) for decision in made]

    with ThreadPoolExecutor(8) as pool:
        results = [future.result() for future in [pool.submit(decide_all) for _ in range(8)]]

    alone = [_read(policies().decide("series", creator, check="eligibility", on=DAY)) for creator in creators] * 20
    assert results == [alone] * 8


def _read(decision: Decision) -> dict[str, Any]:
    """Read everything that a decision says, so that all of it is worked out."""
    return {
        "outcome": decision.outcome,
        "findings": [(finding.id, finding.outcome, finding.words) for finding in decision.requirements],
        "because": decision.because(),
        "obligations": decision.obligations,
        "missing": decision.missing,
        "advice": decision.advice,
        "met_on": decision.met_on,
        "digest": decision.policy.digest,
    }


# what no one can change


def test_a_decision_cannot_be_changed() -> None:
    decision = decide()

    with pytest.raises(AttributeError):
        decision.outcome = Outcome.UNMET  # type: ignore[misc]
    with pytest.raises(AttributeError):
        decision.note = "mine"  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        decision[0] = None  # type: ignore[index]


def in_force() -> InForce:
    return policies().in_force("series", region="KR", on=DAY)


def mistakes() -> tuple[policyengine.Diagnostic, ...]:
    with pytest.raises(policyengine.InvalidPolicies) as raised:
        policyengine.load(ROOT / "tests" / "errors" / "unknown-names")
    return raised.value.diagnostics


PARTS: dict[str, Callable[[], object]] = {
    "finding": lambda: decide().requirements[0],
    "identity": lambda: decide().policy,
    "missing fact": lambda: decide(views_30d=None).missing[0],
    "obligation": lambda: decide(followers=900, sold_elsewhere=True).obligations[0],
    "alternative": lambda: decide(followers=900).advice[0],
    "change": lambda: decide(followers=900).advice[0].changes[0],
    "in force": in_force,
    "parameter": lambda: in_force().parameters["min_age"],
    "diagnostic": lambda: mistakes()[0],
}


@pytest.mark.parametrize("part", PARTS)
def test_what_is_read_from_a_result_is_frozen(part: str) -> None:
    value = PARTS[part]()
    field = next(iter(type(value).__slots__))  # type: ignore[attr-defined]

    with pytest.raises(FrozenInstanceError):
        setattr(value, field, None)


def test_a_decision_leaves_the_callers_facts_alone() -> None:
    given = facts(followers=900)
    before = deepcopy(given)

    _read(policies().decide("series", given, check="eligibility", on=DAY))
    policies().decide("series", {"creator": {}}, check="eligibility", on=DAY, region="ZA")

    assert given == before


def test_a_decision_stands_when_the_facts_are_changed_after_it() -> None:
    given = facts()
    decision = policies().decide("series", given, check="eligibility", on=DAY)
    before = decision.requirements

    given["creator"]["followers"] = 0

    assert decision.outcome is Outcome.MET
    assert decision.requirements == before


# typed answers


def test_parameters_are_typed_values() -> None:
    parameters = in_force().parameters

    assert parameters["min_age"].value == policyengine.Period(years=19)
    assert parameters["min_price"].value == policyengine.Money(amount=_decimal("0.99"), currency="USD")
    assert parameters["max_video_length"].value == datetime.timedelta(minutes=20)
    assert parameters["available_regions"].value == ("KR", "ZA")
    assert str(parameters["max_videos"]) == "80 videos"


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def test_policies_with_mistakes_are_refused_with_every_diagnostic() -> None:
    found = mistakes()

    assert len(found) > 1
    assert all(str(one).startswith(one.span.path) for one in found)


def test_a_wrong_fact_is_named_with_what_was_expected() -> None:
    with pytest.raises(policyengine.InvalidFact) as raised:
        decide(followers="many")

    assert raised.value.fact == "creator.followers"
    assert raised.value.expected == "a whole number of followers from 0 to 10_000_000_000"


@pytest.mark.parametrize(
    ("program", "check", "region", "kind"),
    [
        ("serie", "eligibility", "ZA", "program"),
        ("series", "eligibilty", "ZA", "check"),
        ("series", "eligibility", "ZZ", "region"),
    ],
)
def test_an_unknown_name_is_a_lookup_error(program: str, check: str, region: str, kind: str) -> None:
    with pytest.raises(policyengine.UnknownName) as raised:
        policies().decide(program, {"creator": {}}, check=check, on=DAY, region=region)

    assert raised.value.kind == kind
    assert isinstance(raised.value, LookupError)


def test_a_program_that_is_not_offered_is_an_answer_and_no_exception() -> None:
    before = policies().decide("series", facts(), check="eligibility", on=datetime.date(2020, 1, 1))

    assert before.outcome is Outcome.NOT_OFFERED
    assert not policies().in_force("series", region="ZA", on=datetime.date(2020, 1, 1)).offered
