"""Questions of one's own: two rules, and what always or never holds."""

import datetime
from collections.abc import Callable
from functools import cache

import pytest

import policyengine
from policyengine.model.errors import InvalidQuestion
from policyengine.prove import Proof, Verdict
from policyengine.prove.questions import Rules, always, disjoint, equivalent, implies, never
from prove.workshops import SHIPPED, failing

DAY = datetime.date(2024, 5, 1)
KR, ZA, ID = (Rules(region, DAY) for region in ("KR", "ZA", "ID"))
EARLIER = Rules("KR", datetime.date(2023, 6, 6))


@cache
def policies() -> policyengine.Policies:
    return policyengine.load(SHIPPED)


@pytest.mark.parametrize(
    ("ask", "first", "second", "check", "held"),
    [
        (equivalent, KR, KR, "eligibility", True),
        (equivalent, KR, ZA, "eligibility", False),
        (equivalent, KR, ZA, "limits", True),
        (equivalent, KR, EARLIER, "limits", False),
        (implies, KR, ZA, "eligibility", True),
        (implies, ZA, KR, "eligibility", False),
        (implies, KR, EARLIER, "eligibility", True),
        (disjoint, KR, ZA, "eligibility", False),
        (disjoint, KR, ID, "eligibility", True),  # in Indonesia nobody can be told to pass
    ],
)
def test_two_rules_are_compared_for_everyone(
    ask: Callable[..., Proof],
    first: Rules,
    second: Rules,
    check: str,
    held: bool,  # noqa: FBT001
) -> None:
    proof = ask(policies(), "series", check, first, second)

    assert (proof.verdict is Verdict.PROVED) == held
    for each in proof.counterexamples:
        assert failing(SHIPPED, "series", each.case) == []


def test_what_holds_of_nobody_and_of_everybody() -> None:
    young = "creator.age < 18 years"

    assert never(policies(), "series", "eligibility", young, whenever="eligibility=met").verdict is Verdict.PROVED
    found = always(policies(), "series", "limits", {"limits": "met"}, whenever="series.price <= 190 USD")
    assert found.verdict is Verdict.REFUTED
    assert failing(SHIPPED, "series", found.counterexamples[0].case) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("creator.folowers > 3", "no fact named `creator.folowers`.*did you mean"),
        ("creator.followers", "followers, and not a yes or no"),
        ("adlut=met", "no requirement `adlut`; did you mean `adult`"),
        ("adult=perhaps", "`perhaps` is no outcome"),
        ("creator.age >=", "creator.age >="),
    ],
)
def test_a_question_that_is_none_is_refused(statement: str, message: str) -> None:
    with pytest.raises(InvalidQuestion, match=message):
        always(policies(), "series", "eligibility", statement)


def test_rules_that_are_not_there_are_refused() -> None:
    with pytest.raises(InvalidQuestion, match="does not offer `eligibility` in KR on 1999-01-01"):
        implies(policies(), "series", "eligibility", Rules("KR", datetime.date(1999, 1, 1)), KR)
