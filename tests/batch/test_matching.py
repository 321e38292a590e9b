"""Which column is which fact: by name, by path, in a struct, by the caller's word, whatever else columns are called."""

import datetime
from typing import Any

import pyarrow as pa
import pytest

from policyengine.batch import TablePlan
from policyengine.model.errors import InvalidFact, InvalidTable, UnknownName
from questions import shipped
from table_policies import club

ON = datetime.date(2024, 6, 1)
HOSTILE = ('a"b', "a.b", " ", "it's", "héé 😀", "`", "creator. followers", "--", "followers; DROP", "SELECT", "value")


def table(**columns: Any) -> pa.Table:
    return pa.table({name: pa.array([value]) for name, value in columns.items()})


def plan(source: pa.Table, **options: Any) -> TablePlan:
    return shipped().table_plan("series", source, on=ON, **{"check": "eligibility", "region": "KR", **options})


def first(source: pa.Table, **options: Any) -> dict[str, Any]:
    """Decide the table's one row; in Korea 10,000 followers are asked for."""
    asked = {"check": "eligibility", "region": "KR", **options}
    answer: dict[str, Any] = shipped().decide_table("series", source, on=ON, **asked).to_pylist()[0]
    return answer


def enough(answer: dict[str, Any]) -> bool | None:
    """Say whether the row has followers enough."""
    return None if "followers" in answer["eligibility_unknown"] else "followers" not in answer["eligibility_unmet"]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (pa.table({"creator.followers": [20_000]}), "creator.followers"),
        (pa.table({"creator_followers": [20_000]}), "creator_followers"),
        (pa.table({"followers": [20_000]}), "followers"),
        (pa.table({"creator": [{"followers": 20_000}]}), "creator.followers"),
    ],
    ids=["path", "underscore", "bare", "struct"],
)
def test_a_fact_is_found_under_each_of_its_names(source: pa.Table, place: str) -> None:
    assert plan(source).facts == {"creator.followers": place}
    assert plan(source).kept == []
    assert enough(first(source)) is True


@pytest.mark.parametrize("name", HOSTILE)
def test_a_column_of_any_name_holds_a_fact_when_the_caller_says_so(name: str) -> None:
    columns = {"creator.followers": name}

    assert enough(first(table(**{name: 20_000, "x": 1}), columns=columns)) is True
    assert enough(first(table(**{name: 5, "x": 1}), columns=columns)) is False


@pytest.mark.parametrize("name", HOSTILE)
def test_a_column_of_any_name_is_kept_under_its_name(name: str) -> None:
    assert first(table(**{name: 7, "id": 8}))[name] == 7


@pytest.mark.parametrize(
    "name",
    ["source", "given", "asked", "routed", "decided", "eligibility_rules", "today", "policy", "kept: id", "region_2",
     "number of the row", "creator.region: kept", "eligibility: policy", "since", "item"],
)  # fmt: skip
def test_a_column_that_is_called_as_a_part_of_the_statement_is_kept_and_read(name: str) -> None:
    kept = first(table(**{name: 7, "id": 8, "followers": 20_000}))
    assert (kept[name], kept["id"], enough(kept)) == (7, 8, True)

    read = first(table(**{name: 20_000, "id": 8}), columns={"creator.followers": name})
    assert enough(read) is True


@pytest.mark.parametrize("name", ["source", "given", "creator", "eligibility_rules"])
def test_a_field_is_read_from_its_struct_though_columns_and_tables_have_its_names(name: str) -> None:
    source = table(**{name: {"followers": 20_000, name: 5}, "followers": 5})
    told = {"creator.followers": f"{name}.followers"}

    assert enough(first(source, columns=told, ignore_extras=True)) is True
    assert enough(first(source, columns={"creator.followers": f"{name}.{name}"}, ignore_extras=True)) is False


def test_a_name_with_a_dot_is_a_column_before_it_is_a_field() -> None:
    source = table(**{"a.followers": 20_000, "a": {"followers": 5}})

    assert enough(first(source, columns={"creator.followers": "a.followers"})) is True


def test_a_bare_name_that_two_facts_have_is_neither() -> None:
    clauses = "a: {require: f.n >= 5}, b: {require: f.dec1 >= 5}, c: {require: g.n >= 5}"
    policies = club({"world/2023-01-01": f"checks: {{joining: {{{clauses}}}}}"})
    source = table(n=5, dec1=5)

    assert policies.table_plan("club", source, on=ON).facts == {"f.dec1": "dec1"}


def test_two_columns_that_could_be_one_fact_are_refused_by_its_name() -> None:
    source = table(followers=1, creator_followers=20_000)

    with pytest.raises(InvalidFact) as refused:
        plan(source)
    assert refused.value.fact == "creator.followers"
    assert enough(first(source, columns={"creator.followers": "creator_followers"})) is True


def test_one_column_may_hold_two_facts() -> None:
    told = {"creator.followers": "n", "creator.views_30d": "n"}

    assert plan(table(n=20_000), columns=told).facts.keys() == told.keys()


@pytest.mark.parametrize(
    ("told", "kind", "name"),
    [
        ({"creator.folowers": "n"}, "fact", "creator.folowers"),
        ({"creator.followers": "m"}, "column", "m"),
        ({"creator.followers": "n.x"}, "column", "n.x"),
        ({"effect.videos": "m"}, "column", "m"),
    ],
)
def test_a_map_of_columns_names_what_there_is(told: dict[str, str], kind: str, name: str) -> None:
    with pytest.raises(UnknownName) as refused:
        plan(table(n=1), columns=told)
    assert (refused.value.kind, refused.value.name) == (kind, name)


def test_a_misspelt_field_of_a_struct_is_refused_unless_extras_are_ignored() -> None:
    source = table(creator={"folowers": 1, "region": "KR"})

    with pytest.raises(InvalidFact) as refused:
        plan(source)
    assert (refused.value.fact, refused.value.help) == ("creator.folowers", "did you mean `followers`?")
    assert plan(source, ignore_extras=True).facts == {"creator.region": "creator.region"}


@pytest.mark.parametrize("names", [("id", "id"), ("id", "ID"), ("Followers", "followers")])
def test_columns_that_differ_in_capitals_only_are_refused(names: tuple[str, str]) -> None:
    source = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=list(names))

    with pytest.raises(InvalidTable, match=names[0]):
        plan(source)


def test_fields_that_differ_in_capitals_only_are_refused() -> None:
    source = pa.table({"creator": pa.array([{"Followers": 20_000, "followers": 1}])})

    with pytest.raises(InvalidFact, match=r"creator\.followers"):
        plan(source, ignore_extras=True)


@pytest.mark.parametrize("name", ["invalid", "INVALID", "eligibility_outcome", "Eligibility_Policy"])
def test_a_kept_column_that_the_answer_has_too_is_refused_by_name(name: str) -> None:
    source = table(**{name: 1, "followers": 20_000})

    with pytest.raises(InvalidTable, match=name.casefold()):
        plan(source)
    assert enough(first(source, keep=[])) is True


def test_a_fact_may_be_kept_and_read() -> None:
    answer = first(table(**{"creator.region": "KR", "followers": 20_000}), keep=["creator.region", "followers"])

    assert (answer["creator.region"], answer["followers"], enough(answer)) == ("KR", 20_000, True)


def test_one_name_may_be_kept_without_a_list() -> None:
    assert plan(table(id=1, other=2), keep="id").kept == ("id",)


def test_what_is_kept_must_be_there_and_once() -> None:
    with pytest.raises(UnknownName, match="idd"):
        plan(table(id=1), keep=["idd"])
    with pytest.raises(InvalidTable, match="id"):
        plan(table(id=1), keep=["id", "id"])


def test_a_table_without_any_fact_is_unknown_in_all_rows() -> None:
    source = pa.table({"id": [3, 1, 2]})
    answers = shipped().decide_table("series", source, on=ON).to_pylist()

    assert [(each["id"], each["invalid"], each["eligibility_outcome"]) for each in answers] == [
        (3, None, "unknown"), (1, None, "unknown"), (2, None, "unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_may_be_short(rows: int) -> None:
    source = pa.table({"region": pa.array(["KR"] * rows, pa.string()), "followers": pa.array([5] * rows, pa.int64())})

    answer = shipped().decide_table("series", source, on=ON)

    assert answer.num_rows == rows
    assert answer.column_names == ["invalid", *_columns(plan(source, check=["eligibility", "limits"]))]


def _columns(planned: TablePlan) -> list[str]:
    return [
        name
        for each in planned.checks.values()
        for name in (each.outcome, each.unmet, each.unknown, *each.values, each.policy)
    ]


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(InvalidTable):
        plan(pa.table({}))
