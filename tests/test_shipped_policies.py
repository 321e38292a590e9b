"""The shipped policies say what their sources say: every figure, every region, and nothing beside them."""

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from babel import Locale

import policyengine
from policyengine import Outcome, Policies
from policyengine.model import syntax
from policyengine.model.authored import ParameterEntry, PolicyFile, RequirementEntry
from policyengine.model.checked import CheckedPolicy
from policyengine.model.values import literal

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "policies"
PATHS = sorted(path.relative_to(ROOT).as_posix() for path in FOLDER.rglob("*.yaml"))

FIGURES = {
    "series/world/2023-03-07": {
        "min_age": "18 years",
        "min_account_age": "30 days",
        "eligible_account_types": '["personal"]',
        "min_public_videos": "3 videos",
        "min_views": "1_000 views",
        "max_videos": "80 videos",
        "min_video_length": "30 seconds",
        "max_video_length": "20 minutes",
        "min_price": "0.99 USD",
        "max_price": "189.99 USD",
    },
    "series/world/2023-06-06": {
        "min_age": "18 years",
        "available_regions": "[KR, ZA]",
        "min_account_age": "30 days",
        "min_public_videos": "3 videos",
        "min_views": "1_000 views",
        "min_followers": "10_000 followers",
        "max_videos": "80 videos",
        "max_video_length": "20 minutes",
        "min_price": "0.99 USD",
        "max_price": "190 USD",
    },
    "series/world/2024-05-01": {
        "min_age": "18 years",
        "available_regions": "[KR, ZA]",
        "min_account_age": "30 days",
        "eligible_account_types": '["personal", "business"]',
        "min_public_videos": "3 videos",
        "min_views": "1_000 views",
        "min_followers": "10_000 followers",
        "max_videos": "80 videos",
        "min_video_length": "30 seconds",
        "max_video_length": "20 minutes",
        "min_price": "0.99 USD",
        "max_price": "189.99 USD",
    },
    "series/KR/2024-05-01": {"min_age": "19 years"},
    "creator-rewards/world/2021-03-25": {
        "min_age": "18 years",
        "available_regions": "[GB]",
        "min_followers": "10_000 followers",
        "min_views": "100_000 views",
    },
    "creator-rewards/world/2023-05-03": {
        "min_age": "18 years",
        "available_regions": "[US]",
        "min_followers": "10_000 followers",
        "min_views": "100_000 views",
        "min_length": "1 minutes",
    },
    "creator-rewards/world/2023-12-16": {
        "min_age": "18 years",
        "available_regions": "[DE, FR, GB, US]",
        "min_followers": "10_000 followers",
        "min_views": "100_000 views",
        "min_length": "1 minutes",
    },
    "creator-rewards/world/2024-03-20": {
        "min_age": "18 years",
        "available_regions": "[BR, DE, FR, GB, JP, KR, US]",
        "eligible_account_types": '["personal"]',
        "min_followers": "10_000 followers",
        "min_views": "100_000 views",
        "min_length": "1 minutes",
    },
    "creator-rewards/KR/2024-03-20": {"min_age": "19 years"},
    "creator-rewards/world/2025-10-01": {
        "min_age": "18 years",
        "available_regions": "[BR, DE, FR, GB, JP, KR, MX, US]",
        "eligible_account_types": '["personal"]',
        "min_followers": "10_000 followers",
        "min_views": "100_000 views",
        "min_length": "1 minutes",
    },
    "effect-creator-rewards/world/2023-05-16": {
        "available_regions": "6 regions",
        "min_videos": "500_000 videos",
        "window": "90 days",
        "base_payout": "700 USD",
        "step_payout": "140 USD",
        "step_videos": "100_000 videos",
    },
    "effect-creator-rewards/world/2023-10-11": {
        "available_regions": "20 regions",
        "min_effects": "5 effects",
        "min_badge_effects": "3 effects",
        "min_badge_videos": "1_000 videos",
        "min_videos": "200_000 videos",
        "window": "90 days",
        "max_payout_per_effect": "14_000 USD",
        "max_payout_per_month": "50_000 USD",
    },
    "effect-creator-rewards/world/2024-03-12": {
        "available_regions": "53 regions",
        "min_effects": "5 effects",
        "min_badge_effects": "3 effects",
        "min_badge_videos": "1_000 videos",
        "min_videos": "100_000 videos",
        "window": "90 days",
        "max_payout_per_effect": "14_000 USD",
        "max_payout_per_month": "50_000 USD",
    },
    "effect-creator-rewards/world/2024-07-01": {
        "min_age": "18 years",
        "available_regions": "53 regions",
        "eligible_badges": '["gold", "platinum", "diamond"]',
        "min_effects": "5 effects",
        "min_badge_effects": "3 effects",
        "min_badge_videos": "1_000 videos",
        "min_videos": "5_000 videos",
        "window": "30 days",
    },
}
"""Every parameter of every file, as the sources have it. Long lists of regions stand in `COUNTRIES`."""

OPEN_LISTS = {
    "series/world/2023-06-06": 94,
    "series/world/2024-05-01": 94,
    "creator-rewards/world/2021-03-25": None,
}
"""Lists of regions whose source names only some, and how many it says there are."""

FIRST_SIX = "US FR DE IT ES GB"
FOURTEEN_MORE = "AU BR CA FI ID IE JP KR MY NL PH PL AE VN"
THIRTY_THREE_MORE = "AR AT BH BE BY CL CO CZ DK EC EG GR HU IL KZ KW MX MA NZ NO OM PE PT QA RO SA ZA SE CH TW TH TR UY"
COUNTRIES = {
    "2023-05-16": FIRST_SIX,
    "2023-10-11": f"{FIRST_SIX} {FOURTEEN_MORE}",
    "2024-03-12": f"{FIRST_SIX} {FOURTEEN_MORE} {THIRTY_THREE_MORE}",
    "2024-07-01": f"{FIRST_SIX} {FOURTEEN_MORE} {THIRTY_THREE_MORE}",
}
"""Where Effect Creator Rewards is offered, by the file's day."""

DISPUTES = {
    ("series/world/2023-06-06", "max_price", "189.99 USD"),
    ("series/world/2023-06-06", "min_public_videos", "4 videos"),
    ("series/world/2024-05-01", "max_price", "190 USD"),
    ("series/world/2024-05-01", "min_account_age", "31 days"),
    ("creator-rewards/world/2024-03-20", "min_followers", "50_000 followers"),
}
"""Some of what other sources report: shown, never used."""

ASSUMED_DAYS = {
    "series/world/2024-05-01",
    "series/KR/2024-05-01",
    "creator-rewards/world/2024-03-20",
    "creator-rewards/KR/2024-03-20",
    "effect-creator-rewards/world/2024-07-01",
}
"""Files whose effective day no source gives."""

KOSOVO = "XK"
NO_COUNTRIES = set("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
"""Two-letter codes that Babel has and ISO 3166-1 does not assign: some islands, unions, test locales."""


@cache
def policies() -> Policies:
    return policyengine.load(FOLDER)


def shipped() -> dict[str, PolicyFile]:
    """Give every policy file by the end of its path: `series/world/2023-06-06`."""
    prefix = FOLDER.relative_to(ROOT).as_posix()
    files = policies().compiled.authored.files
    return {re.sub(rf"^.*?{prefix}/(.*)\.yaml$", r"\1", file.source.path): file for file in files}


def interval(name: str) -> CheckedPolicy:
    """Give what is in force on the first day of a file."""
    program, region, day = name.split("/")
    policy = policies().in_force(program, region=region, on=datetime.date.fromisoformat(day)).policy
    assert policy is not None
    return policy


# the folder


def test_the_shipped_policies_have_no_problem_not_even_a_warning() -> None:
    assert policies().diagnostics == ()


def test_the_files_are_those_that_have_figures() -> None:
    assert shipped().keys() == FIGURES.keys()


@pytest.mark.parametrize("path", PATHS)
def test_a_files_first_line_names_its_schema(path: str) -> None:
    _, *parts = Path(path).parts
    first = (ROOT / path).read_text("utf-8").splitlines()[0]

    assert first == f"# yaml-language-server: $schema={'../' * len(parts)}schemas/{kind(parts)}.schema.json"
    assert ((ROOT / path).parent / first.partition("=")[2]).is_file()


def kind(parts: Sequence[str]) -> str:
    """Give the kind of a file by its place in the folder."""
    match parts:
        case (name,) | (_, ("program.yaml" | "invariants.yaml") as name):
            return name.removesuffix(".yaml")
        case ("facts", _):
            return "facts"
        case (_, "cases", _):
            return "cases"
        case _:
            return "policy"


def test_no_draft_is_in_force() -> None:
    timelines = [t for of_program in policies().compiled.timelines.values() for t in of_program.values()]
    in_force = {
        path
        for timeline in timelines
        for policy in timeline
        if isinstance(policy, CheckedPolicy)
        for path in policy.files
    }

    assert in_force == {file.source.path for file in policies().compiled.authored.files if not file.draft}


def test_there_are_at_least_60_cases() -> None:
    assert sum(len(file.cases) for file in policies().compiled.authored.cases) >= 60


# regions


def test_the_countries_are_those_of_iso_3166_and_kosovo() -> None:
    codes = {node.id for node in policies().compiled.authored.regions} - {"world"}
    known = {str(code) for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))}

    assert codes == known - NO_COUNTRIES
    assert KOSOVO in codes
    assert len(codes - {KOSOVO}) == 249  # as many as ISO 3166-1 assigns


@pytest.mark.parametrize("language", ["en", "id"])
def test_countries_have_the_names_that_babel_gives(language: str) -> None:
    names = Locale(language).territories
    nodes = [node for node in policies().compiled.authored.regions if node.id != "world"]

    assert {node.id: node.name.get(language) for node in nodes} == {node.id: names[node.id] for node in nodes}


# figures


EVERY_FIGURE = [(name, parameter, figure) for name, of_file in FIGURES.items() for parameter, figure in of_file.items()]


@pytest.mark.parametrize(("name", "parameter", "figure"), EVERY_FIGURE)
def test_a_parameter_has_the_figure_of_its_source(name: str, parameter: str, figure: str) -> None:
    found = interval(name).parameters[parameter]
    shown = literal(found.raw, found.type)

    assert isinstance(found.raw, tuple) or not figure.endswith(" regions")
    assert (f"{len(found.raw)} regions" if figure.endswith(" regions") else shown) == figure  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FIGURES)
def test_a_file_has_no_other_parameters(name: str) -> None:
    assert {entry.id for entry in shipped()[name].parameters} == FIGURES[name].keys()


@pytest.mark.parametrize("day", COUNTRIES)
def test_effects_earn_in_exactly_the_countries_that_were_announced(day: str) -> None:
    listed = interval(f"effect-creator-rewards/world/{day}").parameters["available_regions"]

    assert isinstance(listed.raw, tuple)
    assert sorted(map(str, listed.raw)) == sorted(COUNTRIES[day].split())
    assert len(set(listed.raw)) == len(listed.raw)


def test_only_lists_that_no_source_completes_are_open() -> None:
    found = {
        name: parameter.size for name, file in shipped().items() for parameter in file.parameters if parameter.open
    }

    assert found == OPEN_LISTS


def test_what_other_sources_report_is_kept_beside_the_figure() -> None:
    found = {
        (name, entry.id, str(report.value))
        for name, file in shipped().items()
        for entry in file.parameters
        for report in entry.also_reported
    }

    assert found >= DISPUTES


def test_days_that_no_source_gives_are_marked_as_assumed() -> None:
    assert {name for name, file in shipped().items() if file.assumed is not None} == ASSUMED_DAYS


@pytest.mark.parametrize(
    ("videos", "payout"),
    [
        (499_999, "0 USD"),
        (500_000, "700 USD"),
        (599_999, "700 USD"),
        (600_000, "840 USD"),
        (1_000_000, "1_400 USD"),
    ],
)
def test_the_first_payouts_are_those_of_the_published_rule(videos: int, payout: str) -> None:
    facts = {"creator": {"region": "US"}, "effect": {"published": "2023-06-01", "videos": videos}}
    decision = policies().decide("effect-creator-rewards", facts, check="effect", on=datetime.date(2024, 1, 1))

    assert decision.values["payout"].literal == payout


@pytest.mark.parametrize(
    ("published", "needed"),
    [("2023-10-10", 500_000), ("2023-10-11", 200_000), ("2024-03-12", 100_000), ("2024-07-01", 5_000)],
)
def test_an_effect_keeps_the_rules_of_the_day_it_was_published(published: str, needed: int) -> None:
    for videos, outcome in ((needed - 1, Outcome.UNMET), (needed, Outcome.MET)):
        facts = {"creator": {"region": "US"}, "effect": {"published": published, "videos": videos}}
        decision = policies().decide("effect-creator-rewards", facts, check="effect", on=datetime.date(2026, 1, 1))

        assert decision.outcome is outcome


@pytest.mark.parametrize("program", ["series", "creator-rewards"])
def test_south_korea_asks_for_19_years_where_the_world_asks_for_18(program: str) -> None:
    ages = {
        region: policies().in_force(program, region=region, on=datetime.date(2026, 1, 1)).parameters["min_age"].value
        for region in ("KR", "US")
    }

    assert ages == {"KR": policyengine.Period(years=19), "US": policyengine.Period(years=18)}


def test_a_country_that_no_source_names_is_unknown_for_series_and_not_out() -> None:
    facts = {"creator": {"region": "ID"}}
    decision = policies().decide("series", facts, check="eligibility", on=datetime.date(2023, 7, 1))
    residence = next(finding for finding in decision.requirements if finding.id == "residence")

    assert residence.outcome is Outcome.UNKNOWN


# sources


def every_parameter() -> Iterator[tuple[str, PolicyFile, ParameterEntry]]:
    for name, file in shipped().items():
        for entry in file.parameters:
            yield f"{name} {entry.id}", file, entry


def test_every_parameter_names_a_source() -> None:
    assert not [name for name, _, entry in every_parameter() if not entry.sources]


def test_no_parameter_rests_on_weak_sources_alone() -> None:
    weak = [
        name
        for name, file, entry in every_parameter()
        if not {file.sources[source.text].certainty for source in entry.sources} & {"high", "medium"}
    ]

    assert not weak


def test_every_certainty_is_one_of_the_four_words() -> None:
    certainties = {source.certainty for file in shipped().values() for source in file.sources.values()}

    assert certainties <= {"high", "medium", "low", "assumption"}


def test_a_requirement_without_a_parameter_names_its_own_source() -> None:
    unsourced = [
        f"{name} {leaf.id}"
        for name, file in shipped().items()
        for leaf in leaves(file)
        if not leaf.sources and not {entry.id for entry in file.parameters} & names_in(leaf.require)
    ]

    assert not unsourced


def test_every_source_is_cited() -> None:
    unused = [
        f"{name} {source}" for name, file in shipped().items() for source in file.sources if source not in cited(file)
    ]

    assert not unused


def test_every_number_of_a_requirement_comes_from_a_parameter() -> None:
    numbers = [
        f"{name} {leaf.id}: {number}"
        for name, file in shipped().items()
        for leaf in leaves(file)
        for number in numbers_in(leaf.require)
    ]

    assert not numbers


def test_every_number_of_a_value_is_a_parameter_or_nothing_at_all() -> None:
    values = [entry for file in shipped().values() for entries in file.values.values() for entry in entries]
    definitions = [entry for file in shipped().values() for entry in file.definitions]
    expressions = [entry.expression for entry in values] + [entry.expression for entry in definitions]

    assert {number for expression in expressions for number in numbers_in(expression)} <= {"0 USD"}


def requirements(file: PolicyFile) -> Iterator[RequirementEntry]:
    """Give the requirements of a file, a group before its children."""
    todo = [entry for entries in file.checks.values() for entry in entries]
    while todo:
        entry = todo.pop(0)
        todo = [*entry.children, *todo]
        yield entry


def leaves(file: PolicyFile) -> Iterator[RequirementEntry]:
    """Give the requirements of a file that ask something themselves."""
    return (entry for entry in requirements(file) if entry.require is not None)


def nodes(expr: object) -> Iterator[syntax.Expr]:
    """Give an expression's parts, and theirs."""
    if isinstance(expr, tuple):
        for part in expr:
            yield from nodes(part)
    elif isinstance(expr, syntax.Expr):
        yield expr
        for slot in type(expr).__slots__:
            yield from nodes(getattr(expr, slot))


def numbers_in(expr: syntax.Expr | None) -> set[str]:
    kinds = syntax.Bare | syntax.Percent | syntax.Quantity | syntax.Money | syntax.Date
    return {str(node) for node in nodes(expr) if isinstance(node, kinds)}


def names_in(expr: syntax.Expr | None) -> set[str]:
    return {node.names[0] for node in nodes(expr) if isinstance(node, syntax.Path)}


def cited(file: PolicyFile) -> set[str]:
    """Give the sources that a file's entries name."""
    groups = [*(entry.sources for entry in requirements(file)), *(entry.sources for entry in file.parameters)]
    reports = [report.source for entry in file.parameters for report in entry.also_reported]
    return {source.text for source in (*(source for group in groups for source in group), *reports)}
