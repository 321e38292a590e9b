"""A plan says what deciding a table does, and refuses what cannot be asked."""

import datetime
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from policyengine.batch import TablePlan
from policyengine.model.errors import InvalidFact, UnknownName
from questions import shipped

ON = datetime.date(2024, 6, 1)
PEOPLE = pa.table(
    {
        "id": pa.array([], pa.int64()),
        "region": pa.array([], pa.string()),
        "birth_date": pa.array([], pa.date32()),
        "followers": pa.array([], pa.int64()),
        "badge": pa.array([], pa.string()),
        "day": pa.array([], pa.date32()),
        "moment": pa.array([], pa.timestamp("us")),
    }
)


def plan(program: str = "series", on: Any = ON, **options: Any) -> TablePlan:
    return shipped().table_plan(program, PEOPLE, on=on, **options)


def test_a_plan_says_which_column_is_which_fact_and_which_facts_have_none() -> None:
    found = plan(check="eligibility")

    assert found.facts == {
        "creator.region": "region", "creator.birth_date": "birth_date", "creator.followers": "followers",
    }  # fmt: skip
    assert "creator.views_30d" in found.missing
    assert not {"creator.age", *found.facts} & set(found.missing)


def test_a_derived_fact_is_missing_where_what_it_is_made_from_is() -> None:
    assert {"creator.account_age", "creator.account_opened"} <= set(plan(check="eligibility").missing)


def test_facts_that_no_policy_of_the_day_reads_are_not_looked_for() -> None:
    assert "creator.invited" not in plan(check="eligibility").missing
    assert "creator.invited" in plan(check="eligibility", on=datetime.date(2023, 4, 1)).missing
    assert "creator.invited" in plan(check="eligibility", on="day").missing


def test_a_region_for_all_rows_is_not_missing() -> None:
    source = pa.table({"id": [1]})

    assert "creator.region" in shipped().table_plan("series", source, on=ON).missing
    assert "creator.region" not in shipped().table_plan("series", source, on=ON, region="KR").missing


def test_columns_are_kept_that_are_not_called_as_a_fact_is() -> None:
    assert plan().kept == ["id", "day", "moment"]
    assert plan(keep=["followers", "id"]).kept == ["followers", "id"]
    assert plan(keep=[]).kept == []


@pytest.mark.parametrize("masks", [False, True], ids=["lists", "masks"])
@pytest.mark.parametrize("program", ["series", "creator-rewards", "effect-creator-rewards"])
@pytest.mark.parametrize("on", [ON, "day", datetime.date(2020, 1, 1)], ids=str)
def test_a_plan_names_the_columns_of_the_answer(program: str, on: Any, *, masks: bool) -> None:
    found = plan(program, on, masks=masks)

    answer = shipped().decide_table(program, PEOPLE, on=on, masks=masks)

    named = [
        name
        for each in found.checks.values()
        for name in (each.outcome, each.unmet, each.unknown, *each.values, each.policy)
    ]
    assert answer.column_names == [*found.kept, "invalid", *named]


@pytest.mark.parametrize("on", [ON, "day"], ids=str)
def test_the_types_of_an_answer_are_those_of_people_s_tables(on: Any) -> None:
    answer = shipped().decide_table("effect-creator-rewards", PEOPLE, on=on)
    types = {field.name: str(field.type) for field in answer.schema}

    assert types["effect_payout"].startswith("decimal128(")
    assert types["eligibility_unmet"] == "list<l: string>" or types["eligibility_unmet"].startswith("list<")
    assert {types[name] for name in ("invalid", "effect_outcome", "effect_policy")} == {"string"}


def test_a_plan_writes_one_statement_that_says_what_each_requirement_says() -> None:
    text = plan(check="eligibility").sql(pretty=True)

    assert text.startswith("WITH ")
    assert ";" not in text
    assert "You have at least 10,000 followers. [policies/series/world/2024-05-01.yaml:" in text


Wrong = tuple[Callable[[], object], type[Exception], str]
WRONG: dict[str, Wrong] = {
    "program": (lambda: plan("serie"), UnknownName, "serie"),
    "check": (lambda: plan(check="elig"), UnknownName, "elig"),
    "checks": (lambda: plan(check=["eligibility", "elig"]), UnknownName, "elig"),
    "region": (lambda: plan(region="XX"), UnknownName, "XX"),
    "column of days": (lambda: plan(on="dya"), UnknownName, "dya"),
    "days that are numbers": (lambda: plan(on="id"), InvalidFact, "today"),
    "days that are moments": (lambda: plan(on="moment"), InvalidFact, "today"),
    "a moment": (lambda: plan(on=datetime.datetime(2024, 1, 1)), InvalidFact, "today"),  # noqa: DTZ001
    "a day too early": (lambda: plan(on=datetime.date(1899, 12, 31)), InvalidFact, "today"),
    "a fact in the wrong type": (lambda: plan(columns={"creator.birth_date": "id"}), InvalidFact, "creator.birth_date"),
    "version of nothing": (lambda: plan(version=ON), InvalidFact, "version"),
    "column of versions": (lambda: plan("effect-creator-rewards", version="dya"), UnknownName, "dya"),
    "versions in the wrong type": (
        lambda: plan("effect-creator-rewards", version="id"), InvalidFact, "effect.published",
    ),
    "a version that is a moment": (
        lambda: plan("effect-creator-rewards", version=datetime.datetime(2024, 1, 1)), InvalidFact, "today",  # noqa: DTZ001
    ),
    "option": (lambda: plan(mask=True), TypeError, "masks"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_asked_is_refused_by_name(wrong: str) -> None:
    ask, error, name = WRONG[wrong]

    with pytest.raises(error, match=name):
        ask()


@pytest.mark.parametrize(
    "type_", [pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us"), pa.list_(pa.int64()), pa.binary()], ids=str
)
def test_a_column_that_cannot_hold_its_fact_is_refused_before_a_row_is_read(type_: pa.DataType) -> None:
    source = pa.table({"followers": pa.array([], type_)})

    with pytest.raises(InvalidFact) as refused:
        shipped().table_plan("series", source, on=ON)

    assert refused.value.fact == "creator.followers"
