"""Every number of an impact is what deciding people one by one gives."""

import datetime
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow.parquet as pq
import pytest

import impacts
from impacts import ON, Answer, answer
from policyengine.impact import CheckImpact, Impact, Kind, Side, measure, side
from policyengine.impact.causes import Answered, difference
from policyengine.impact.figures import OUTCOMES, Cliff, Close, NearMisses

ROWS = impacts.people(600)


@cache
def home() -> Path:
    """Give the folder of policies and the people, written once."""
    path = Path(mkdtemp(prefix="impact-"))
    impacts.folder(path / "policies")
    impacts.parquet(path / "people.parquet", ROWS, synthetic="true", notice="made up")
    return path


@cache
def sides() -> tuple[Side, Side]:
    return tuple(side(day, home() / "policies", ON) for day in ("2025-06-01", "2026-02-01"))  # type: ignore[return-value]


@cache
def measured() -> Impact:
    return measure(*sides(), "club", home() / "people.parquet", on=ON, checks=("joining", "staying"))


def of(check: str) -> CheckImpact:
    return next(each for each in measured().checks if each.check == check)


@cache
def pairs(check: str) -> Sequence[tuple[Answer, Answer]]:
    before, after = sides()
    return [(answer(before, check, row), answer(after, check, row)) for row in ROWS]


@pytest.mark.parametrize("check", ["joining", "staying"])
def test_outcomes_before_and_after_are_those_of_each_person(check: str) -> None:
    expected = Counter((before.outcome, after.outcome) for before, after in pairs(check))

    assert {(each.before, each.after): each.rows for each in of(check).flow.transitions} == expected


def test_the_people_of_this_test_change_in_many_ways() -> None:
    kinds = {Kind.of(before.outcome, after.outcome) for before, after in pairs("joining")}

    assert {Kind.GAINS, Kind.LOSES, Kind.UNKNOWN, Kind.SETTLES, Kind.SAME, Kind.UNREADABLE} <= kinds


def test_what_goes_by_a_fact_changes_for_nobody_by_the_day_of_a_side() -> None:
    assert of("staying").flow.changed == 0
    assert of("staying").by_fact == "creator.joined"


def test_regions_hold_the_rows_that_can_be_read() -> None:
    expected: dict[str | None, Counter[tuple[str, str]]] = {}
    for row, (before, after) in zip(ROWS, pairs("joining"), strict=True):
        if "invalid" not in (before.outcome, after.outcome):
            expected.setdefault(row["region"], Counter())[before.outcome, after.outcome] += 1

    found = {
        each.region: {(t.before, t.after): t.rows for t in each.flow.transitions} for each in of("joining").regions
    }

    assert found == expected


def test_regions_where_most_people_feel_a_change_come_first() -> None:
    felt = [each.flow.felt for each in of("joining").regions]

    assert felt == sorted(felt, reverse=True)
    assert felt[0] > 0


def test_rows_that_cannot_be_read_are_counted_by_the_fact() -> None:
    expected = Counter(
        (name, each.refused) for pair in pairs("joining") for name, each in zip(("before", "after"), pair, strict=True)
        if each.refused is not None
    )  # fmt: skip

    assert {(each.side, each.fact): each.rows for each in of("joining").unreadable} == expected


def test_the_requirements_that_made_the_difference_are_those_the_outcome_hangs_on() -> None:
    leaves = {leaf for pair in pairs("joining") for each in pair if each.check for leaf in each.leaves()}
    found = {(each.kind, each.requirement): each.rows for each in of("joining").causes if each.requirement in leaves}

    assert found == impacts.expected_causes(pairs("joining"))


def test_a_group_made_the_difference_where_its_leaves_are_as_they_were() -> None:
    assert "audience" in {cause.requirement for cause in of("joining").causes_of(Kind.LOSES)}


def test_nobody_loses_by_nothing() -> None:
    for kind in Kind:
        rows = of("joining").flow.of_kind(kind)
        causes = list(of("joining").causes_of(kind))
        if kind not in (Kind.SAME, Kind.UNREADABLE):
            assert rows <= sum(cause.rows for cause in causes)
            assert rows >= max((cause.rows for cause in causes), default=0)
            assert rows >= sum(cause.alone for cause in causes)


def test_what_made_the_difference_alone_is_the_only_one() -> None:
    expected: Counter[tuple[Kind, str]] = Counter()
    for before, after in pairs("joining"):
        if before.outcome != after.outcome and before.check and after.check:
            made = difference(
                Answered(before.outcome, before.check, before.truths),
                Answered(after.outcome, after.check, after.truths),
            )
            if len(made) == 1:
                expected[Kind.of(before.outcome, after.outcome), made[0]] += 1

    found = {(each.kind, each.requirement): each.alone for each in of("joining").causes if each.alone}

    assert found == expected


def test_causes_are_in_regions() -> None:
    for cause in of("joining").causes:
        assert sum(rows for _, rows in cause.regions) == cause.rows


def test_a_cause_says_what_changed_where_it_changed() -> None:
    causes = {cause.requirement: cause for cause in of("joining").causes}

    assert (causes["adult"].before, causes["adult"].after, causes["adult"].where) == (
        "The creator’s age is at least 18 years.".replace("’", "'"),
        "The creator's age is at least 16 years.",
        None,
    )
    assert causes["invited"].before is None
    assert causes["patience"].after is None


# near misses

Value = Callable[[Mapping[str, Any]], int | None]


def _age(row: Mapping[str, Any]) -> int | None:
    born = row["birth_date"]
    return None if born is None else ON.year - born.year - ((ON.month, ON.day) < (born.month, born.day))


NEAR = {
    # requirement, number: the value, the threshold by region, the margin, whether high passes, what would pass
    ("adult", 0): (_age, {"KR": 19}, 18, 1, True, ("birth_date", datetime.date(1990, 1, 1))),
    ("followers", 0): (lambda row: row["followers"], {}, 1_000, 100, True, ("followers", 1_000)),
    ("patience", 0): (lambda row: row["watched"], {}, 90, 9, None, ("watched", 91)),
    ("moderate", 0): (lambda row: row["rate"], {}, 40, 4, False, ("rate", 40)),
    ("moderate", 1): (lambda row: row["followers"], {}, 9_500, 950, False, ("followers", 9_500)),
}


@pytest.mark.parametrize("place", NEAR, ids=str)
def test_near_misses_are_those_within_a_tenth(place: tuple[str, int]) -> None:
    value, by_region, usual, margin, high, (fact, enough) = NEAR[place]
    before = sides()[0]
    counted: Counter[str] = Counter()
    for row, (decided, _) in zip(ROWS, pairs("joining"), strict=True):
        number = value(row)
        if decided.check is None or number is None:
            continue
        threshold = by_region.get(row["region"], usual)
        passes = number > threshold if high is None else number >= threshold if high else number <= threshold
        close = abs(number - threshold) <= margin
        counted.update(["passes" if passes else "fails"])
        if close:
            counted.update(["just_passes" if passes else "just_fails"])
        if close and not passes and decided.outcome != "met":
            counted["would_turn"] += answer(before, "joining", {**row, fact: enough}).outcome == "met"

    assert counts(near(place).before) == {name: counted[name] for name in COUNTS}
    assert counted["just_fails"] > 0
    assert counted["just_passes"] > 0


COUNTS = ("passes", "fails", "just_passes", "just_fails", "would_turn")


def near(place: tuple[str, int]) -> NearMisses:
    return next(each for each in of("joining").near_misses if (each.requirement, each.number) == place)


def counts(close: Close | None) -> dict[str, int]:
    return {name: getattr(close, name) for name in COUNTS}


def test_thresholds_and_margins_are_said_with_the_regions_that_have_their_own() -> None:
    close = near(("adult", 0)).before
    assert close is not None

    assert [(one.literal, one.regions) for one in close.thresholds] == [("18 years", ()), ("19 years", ("KR",))]
    assert [one.literal for one in close.margins] == ["1 years"]


def test_a_threshold_that_one_side_lacks_is_nobodys_there() -> None:
    assert near(("patience", 0)).after is None
    assert near(("patience", 0)).before is not None


# cliffs


@pytest.mark.parametrize(
    ("name", "written"),
    [("min_age", "16 years"), ("min_followers", "1_000 followers"), ("max_rate", "40%")],
)
def test_cliffs_are_what_rules_with_another_number_decide(name: str, written: str, tmp_path: Path) -> None:
    found = cliff("joining", name)

    assert [point.values[0].literal for point in found.points if point.now] == [written]
    for point in found.points[:: max(len(found.points) // 5, 1)]:
        values = {one.regions: one.literal for one in point.values}
        later = impacts.LATER.replace(f"{name}: {{value: {written}", f"{name}: {{value: {values[()]}")
        korea = impacts.KOREA.replace("value: 19 years", f"value: {values.get(('KR',), values[()])}")
        texts = {
            "club/world/2026-01-01.yaml": later,
            "club/KR/2025-01-01.yaml": korea if name == "min_age" else impacts.KOREA,
        }
        moved = side("2026-02-01", impacts.folder(tmp_path / point.moved, **texts), ON)
        counted = impacts.outcomes(moved, "joining", ROWS)

        assert (point.met, point.unmet, point.unknown) == (counted["met"], counted["unmet"], counted["unknown"]), point


def cliff(check: str, name: str) -> Cliff:
    return next(each for each in of(check).cliffs if each.parameter == name)


def test_where_a_number_is_now_the_outcomes_are_those_after() -> None:
    for check in measured().checks:
        for each in check.cliffs:
            (now,) = (point for point in each.points if point.now)

            assert (now.met, now.unmet, now.unknown) == tuple(check.flow.after(name) for name in OUTCOMES[:3])


def test_the_largest_step_is_between_neighbours() -> None:
    found = cliff("joining", "min_followers")
    assert found.jump is not None
    steps = [after.met - before.met for before, after in pairwise(found.points)]

    assert found.jump.end == found.jump.start + 1
    assert abs(found.jump.rows) == max(map(abs, steps))
    assert found.jump.rows == steps[found.jump.start]


def test_the_values_of_a_number_are_in_steps_of_its_unit_and_go_up() -> None:
    points = cliff("joining", "min_age").points

    assert [point.values[0].literal for point in points] == [f"{years} years" for years in range(8, 25)]
    assert all(before.at < after.at for before, after in pairwise(points))


def test_money_moves_by_cents_where_its_requirement_goes_by_a_fact() -> None:
    assert [point.values[0].literal for point in cliff("staying", "min_spent").points][:2] == ["12.50 USD", "13.75 USD"]


# other people, other rules


def test_people_may_be_records_in_json_lines(tmp_path: Path) -> None:
    people = tmp_path / "people.jsonl"
    lines = [json.dumps({"creator": row}, default=str) for row in ROWS]
    people.write_text("\n".join(lines), "utf-8")

    (found,) = measure(*sides(), "club", people, on=ON, checks=("joining",)).checks

    assert (found.flow, found.regions, found.causes) == (
        of("joining").flow,
        of("joining").regions,
        of("joining").causes,
    )
    assert found.columns["creator.followers"] == "creator.followers"


def test_people_may_be_an_arrow_table_whose_columns_have_dots() -> None:
    table = pq.read_table(home() / "people.parquet")
    renamed = table.rename_columns([f"creator.{name}" for name in table.column_names])

    found = measure(*sides(), "club", renamed, on=ON, checks=("joining",))

    assert found.checks[0].flow == of("joining").flow
    assert found.population.name == "a table (Table)"


def test_a_number_that_several_requirements_read_moves_in_all_of_them(tmp_path: Path) -> None:
    moderate = "creator.rate <= max_rate and not creator.followers > 9_500 followers"
    text = impacts.LATER.replace(moderate, "creator.rate <= max_rate and creator.followers <= 9 * min_followers")
    texts = {"club/world/2026-01-01.yaml": text}
    after = side("2026-02-01", impacts.folder(tmp_path / "now", **texts), ON)
    (found,) = measure(after, after, "club", home() / "people.parquet", on=ON, checks=("joining",)).checks
    moving = next(each for each in found.cliffs if each.parameter == "min_followers")

    for point in moving.points[::7]:
        value = point.values[0].literal
        texts = {"club/world/2026-01-01.yaml": text.replace("1_000 followers", value)}
        moved = side("2026-02-01", impacts.folder(tmp_path / point.moved, **texts), ON)
        counted = impacts.outcomes(moved, "joining", ROWS)

        assert (point.met, point.unmet, point.unknown) == (counted["met"], counted["unmet"], counted["unknown"])


def test_a_program_that_is_not_offered_before_is_offered_after() -> None:
    before = side("2024-01-01", home() / "policies", ON)
    (found,) = measure(before, sides()[1], "club", home() / "people.parquet", on=ON, checks=("joining",)).checks
    counted = Counter(pair[1].outcome for pair, row in zip(pairs("joining"), ROWS, strict=True) if row["region"])

    assert found.flow.of_kind(Kind.GAINS) == counted["met"]
    assert found.flow.of_kind(Kind.OFFERED) == counted["unmet"]
    assert {cause.requirement for cause in found.causes} == {None}
    assert [each.before for each in found.near_misses] == [None] * len(found.near_misses)


def test_a_waived_requirement_makes_the_difference_to_those_who_fail_it(tmp_path: Path) -> None:
    waiver = "waivers:\n  adult: {until: 2099-01-01, because: {en: x, id: x}}\n"
    texts = {"club/world/2026-01-01.yaml": impacts.LATER.replace("16 years", "18 years") + waiver}
    without = {"club/world/2026-01-01.yaml": impacts.LATER.replace("16 years", "18 years")}
    before, after = (
        side("2026-02-01", impacts.folder(tmp_path / name, **each), ON) for name, each in (("a", without), ("b", texts))
    )
    (found,) = measure(before, after, "club", home() / "people.parquet", on=ON, checks=("joining",)).checks

    assert found.flow.of_kind(Kind.GAINS) > 0
    assert {cause.requirement for cause in found.causes} == {"adult"}
    assert [cause.alone == cause.rows for cause in found.causes] == [True] * len(found.causes)
    assert "adult" not in {each.requirement for each in found.near_misses if each.after}
    assert "min_age" not in {each.parameter for each in found.cliffs}
