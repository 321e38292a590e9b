"""What a statement is made of: one for all regions and days, whatever names policies use."""

import datetime
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp, parse

import policyengine
import tables
from little_policies import _LANGUAGES
from policyengine.batch import TablePlan
from policyengine.decide import Policies
from table_policies import club

ROOT = Path(__file__).parents[2]
DAY = datetime.date(2024, 6, 1)
REGIONS, VERSIONS = 94, 10


# policies of a few lines


def answers(policies: Policies, rows: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    """Decide rows of facts of `f` (and `x`), each column under its path."""
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    listed: list[dict[str, Any]] = policies.decide_table("club", table, on=DAY, **options).to_pylist()
    return listed


@pytest.mark.parametrize("name", ["policy", "invalid", "region", "since", "until", "outcome", "today2", "rule_1"])
def test_a_requirement_may_have_a_name_that_the_statement_uses(name: str) -> None:
    policies = club(
        {
            "world/2023-01-01": f"checks: {{joining: {{{name}: {{require: f.n >= 5}}, other: {{require: f.a}}}}}}",
            "JP/2023-01-01": f"checks: {{joining: {{{name}: {{require: f.n >= 9}}}}}}",
        }
    )

    found = answers(policies, [{"f.r": region, "f.n": 7, "f.a": True} for region in ("world", "JP")])

    assert [row["joining_unmet"] for row in found] == [[], [name]]


@pytest.mark.parametrize("name", ["policy", "invalid", "region", "since", "until", "joining_rule", "outcome_rule"])
def test_a_parameter_may_have_a_name_that_the_statement_uses(name: str) -> None:
    parameter = "parameters: {{{name}: {{value: {value}, source: page}}}}\n"
    policies = club(
        {
            "world/2023-01-01": parameter.format(name=name, value=5)
            + f"checks: {{joining: {{joining: {{require: f.n >= {name}}}, outcome: {{require: f.a}}}}}}",
            "JP/2023-01-01": parameter.format(name=name, value=9),
            "KR/2023-01-01": "checks: {joining: {outcome: {require: f.m >= 1}, more: {require: f.m >= 2, new: true}}}",
        }
    )

    found = answers(policies, [{"f.r": region, "f.n": 7, "f.m": 1, "f.a": True} for region in ("world", "JP", "KR")])

    assert [row["joining_unmet"] for row in found] == [[], ["joining"], ["more"]]


@pytest.mark.parametrize("name", ["policy", "region", "regions", "since", "until", "invalid", "limit", "item", "given"])
def test_a_bound_name_hides_what_the_tables_of_rules_have(name: str) -> None:
    policies = club(
        {
            "world/2023-01-01": "parameters: {limit: {value: 5, source: page}}\n"
            f"checks: {{joining: {{each: {{require: 'every {name} in x.others satisfies {name}.n >= 5'}}}}, "
            "second: {other: {require: f.n >= limit}}}"
            if name != "limit"
            else "checks: {joining: {each: {require: 'every limit in x.others satisfies limit.n >= 5'}}}",
            "JP/2023-01-01": "parameters: {limit: {value: 9, source: page}}" if name != "limit" else "",
            "KR/2023-01-01": f"checks: {{joining: {{each: {{require: 'some {name} in x.others satisfies {name}.n >= 5'"
            "}}}",
        },
        ("joining", "second"),
    )
    items = [{"n": 5}, {"n": 4}]

    found = answers(
        policies, [{"f.r": region, "f.n": 1, "x.others": items} for region in ("world", "JP", "KR")], check="joining"
    )

    assert [row["joining_outcome"] for row in found] == ["unmet", "unmet", "met"]


def test_values_of_one_name_and_several_kinds_stand_in_columns_of_their_own() -> None:
    def value(source: str) -> str:
        return f"values: {{joining: {{cap: {{expression: {source}, title: {_LANGUAGES}}}}}}}"

    rest = "checks: {joining: {a: {require: f.a}}}\n"
    policies = club(
        {
            "world/2023-01-01": rest + value("2 * f.n"),
            "JP/2023-01-01": value("f.usd"),
            "KR/2023-01-01": value("f.pct1"),
            "FR/2023-01-01": value("f.jpy"),
            "ID/2023-01-01": value("f.r"),
            "ZA/2023-01-01": value("f.dec1"),
        }
    )
    codes = ("world", "JP", "KR", "FR", "ID", "ZA")
    facts = {"f.n": 7, "f.usd": "1.50 USD", "f.pct1": "55.5%", "f.jpy": 3, "f.dec1": "2.5"}

    found = answers(policies, [{"f.r": code, **facts} for code in codes])

    given = [{name: str(cell) for name, cell in row.items() if "_cap" in name and cell is not None} for row in found]
    assert given == [
        {"joining_cap_number": "14.0"}, {"joining_cap_USD": "1.50"}, {"joining_cap_percent": "55.5"},
        {"joining_cap_JPY": "3"}, {"joining_cap_region": "ID"}, {"joining_cap_number": "2.5"},
    ]  # fmt: skip


def test_a_region_that_is_not_in_the_tree_is_invalid_wherever_it_stands() -> None:
    clauses = "a: {require: 'f.r2 in [asia]'}, b: {require: 'some item in x.items satisfies item.place in [FR]'}"
    policies = club({"world/2023-01-01": f"checks: {{joining: {{{clauses}}}}}"})
    rows: list[dict[str, Any]] = [
        {"f.r": "KR", "f.r2": "KR", "x.items": [{"place": "FR"}]},
        {"f.r": "KR", "f.r2": "ZZ", "x.items": [{"place": "FR"}]},
        {"f.r": "kr", "f.r2": "KR", "x.items": []},
        {"f.r": "KR", "f.r2": None, "x.items": [{"place": "FR"}, {"place": "ZZ"}, None]},
    ]

    assert [(row["joining_outcome"], row["invalid"]) for row in answers(policies, rows)] == [
        ("met", None), ("invalid", "f.r2"), ("invalid", "f.r"), ("invalid", "x.items"),
    ]  # fmt: skip


def test_a_row_whose_region_is_invalid_for_one_check_has_no_findings_for_another() -> None:
    policies = club(
        {"world/2023-01-01": "checks: {joining: {a: {require: f.a}}, selling: {b: {require: f.a}}}"},
        ("joining", "selling"),
    )

    (row,) = answers(policies, [{"f.r": "KR", "f.r2": "ZZ", "f.a": False}])

    assert (row["invalid"], row["joining_outcome"], row["selling_outcome"]) == ("f.r2", "invalid", "invalid")
    assert (row["joining_unmet"], row["joining_policy"]) == (None, None)


# a large folder


@cache
def large() -> Policies:
    """Make policies of 94 regions that have ten versions of Series each, and fewer of the other programs."""
    sys.path.append(str(ROOT / "bench"))
    from generated_policies import write

    with TemporaryDirectory() as folder:
        write(Path(folder) / "policies", ROOT / "policies", versions={"series": VERSIONS})
        return policyengine.load(Path(folder) / "policies")


def _plan(program: str, *, by_row: bool) -> TablePlan:
    path = {fact: fact for fact in large().compiled.vocabulary if fact.startswith(("creator.", "effect.", "video."))}
    columns = {name: pa.array([], pa.string()) for name in path if name not in ("creator.effects", "series.videos")}
    source = pa.table({"day": pa.array([], pa.date32()), **columns})
    return large().table_plan(program, source, on="day" if by_row else DAY)


PROGRAMS = ("series", "creator-rewards", "effect-creator-rewards")


@pytest.mark.fuzz
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("by_row", [False, True], ids=["one day", "days"])
def test_policies_that_differ_in_numbers_only_share_their_expressions(program: str, *, by_row: bool) -> None:
    (tree,) = parse(_plan(program, by_row=by_row).sql(), dialect="duckdb")
    assert isinstance(tree, exp.Select)
    stages = {stage.alias: stage.this for stage in tree.args["with_"].expressions}
    rules = {name: stage for name, stage in stages.items() if name.endswith("_rules")}
    listed = {name: len(next(stage.find_all(exp.Values)).expressions) for name, stage in rules.items()}
    columns = {name: len(stage.expressions) for name, stage in rules.items()}
    branches = {
        each.alias: len(each.this.args["ifs"])
        for name in ("asked", "routed") if name in stages
        for each in stages[name].expressions
        if isinstance(each, exp.Alias) and isinstance(each.this, exp.Case) and ": " in each.alias
    }  # fmt: skip
    print(f"{program}: rows {listed}, columns {columns}, branches {branches}")  # noqa: T201 -- measured

    versions = VERSIONS if program == "series" else 1
    assert max(listed.values()) > (REGIONS * versions if by_row else REGIONS // 3)
    assert max(columns.values()) < 20
    assert max(branches.values()) <= 2


@pytest.mark.fuzz
def test_a_row_for_each_region_and_day_of_a_large_folder_is_decided_as_alone() -> None:
    for number, program in enumerate(PROGRAMS):
        timelines = large().compiled.timelines[program]
        days = sorted({each.start for timeline in timelines.values() for each in timeline})
        drawing = tables.Drawing(tables.seeded(number), large(), program, list(timelines), days)
        table = drawing.table(700, tables.DAY, {"masks": number == 1}, everything=True)
        arrow = table.arrow
        found = tables.differences(table, table.plan(arrow), table.ask(arrow).to_pylist())
        assert not found, "\n".join(found[:3])
