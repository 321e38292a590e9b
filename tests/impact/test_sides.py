"""What a side may be, and what is said of one that is none."""

import datetime
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

import impacts
from impacts import ON, ROOT, answer
from policyengine.impact import measure, side
from policyengine.model.errors import InvalidPolicies, InvalidSide

ROWS = impacts.people(200, seed=3)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("impact")
    impacts.folder(path / "policies")
    impacts.parquet(path / "people.parquet", ROWS)
    return path


@pytest.fixture(autouse=True)
def _there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)


FOLDER = Path("policies")
DRAFT = "policies/club/world/2026-03-01.younger.yaml"


def test_a_day_is_the_rules_then_in_force() -> None:
    found = side("2025-06-01", FOLDER, ON)

    assert (found.kind, found.day, found.label) == ("day", datetime.date(2025, 6, 1), "the rules of 2025-06-01")


def test_a_draft_is_looked_at_from_its_day_as_if_it_were_published() -> None:
    found = side(DRAFT, FOLDER, ON)
    policy = found.policies.in_force("club", region="ZA", on=found.day).policy
    assert policy is not None

    assert (found.kind, found.day) == ("draft", datetime.date(2026, 3, 1))
    assert policy.parameters["min_age"].raw == 14 * 12
    assert [found.path(each) for each in policy.files] == [DRAFT]


def test_without_a_side_a_draft_is_in_force_nowhere() -> None:
    found = side("2026-03-01", FOLDER, ON)
    policy = found.policies.in_force("club", region="ZA", on=found.day).policy
    assert policy is not None

    assert policy.parameters["min_age"].raw == 16 * 12


def test_a_draft_wins_over_the_file_of_its_day(tmp_path: Path) -> None:
    folder = impacts.folder(
        tmp_path / "policies",
        **{"club/world/2026-01-01.draft.yaml": impacts.DRAFT.replace("2026-03-01", "2026-01-01")},
    )
    found = side(str(folder / "club/world/2026-01-01.draft.yaml"), folder, ON)
    policy = found.policies.in_force("club", region="ZA", on=found.day).policy
    assert policy is not None

    assert policy.parameters["min_age"].raw == 14 * 12


def test_a_draft_lies_in_its_own_folder_whatever_the_other_is(tmp_path: Path) -> None:
    other = impacts.folder(tmp_path / "other")

    assert side(str(other / "club/world/2026-03-01.younger.yaml"), FOLDER, ON).folder == str(other)


def test_a_published_file_is_the_rules_of_its_day() -> None:
    found = side("policies/club/world/2026-01-01.yaml", FOLDER, ON)

    assert (found.kind, found.day) == ("day", datetime.date(2026, 1, 1))


@pytest.mark.parametrize("mark", ["draft: true", "draft:  true  # not yet", "draft: true\r"])
def test_the_mark_of_a_draft_is_taken_out_and_all_else_stays_in_place(mark: str, tmp_path: Path) -> None:
    text = impacts.DRAFT.replace("draft: true", mark).replace("creator.sold}", "creator.solt}")
    folder = impacts.folder(tmp_path / "policies", **{"club/world/2026-03-01.younger.yaml": text})

    with pytest.raises(InvalidPolicies) as raised:
        side(str(folder / "club/world/2026-03-01.younger.yaml"), folder, ON)

    (problem,) = raised.value.diagnostics
    assert problem.code == "unknown-fact"
    assert problem.span.path.endswith("2026-03-01.younger.yaml")
    assert problem.span.text == "creator.solt"
    assert problem.span.source.line(problem.span.line).strip() == "sold: {require: creator.solt}"
    assert "draft" in problem.span.source.text


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("draft: true\n", "", "misplaced-file"),
        ("checks:", "chekcs:", "unknown-key"),
        ("region: world", "region: world\n  x: [", None),
    ],
)
def test_every_mistake_of_a_draft_is_told_once_and_on_its_own_lines(
    before: str, after: str, code: str | None, tmp_path: Path
) -> None:
    text = impacts.DRAFT.replace(before, after, 1)
    folder = impacts.folder(tmp_path / "policies", **{"club/world/2026-03-01.younger.yaml": text})

    with pytest.raises(InvalidPolicies) as raised:
        side(str(folder / "club/world/2026-03-01.younger.yaml"), folder, ON)

    problems = raised.value.diagnostics
    assert len({(each.code, each.span.key) for each in problems}) == len(problems)
    assert {Path(each.span.path).name for each in problems} == {"2026-03-01.younger.yaml"}
    assert code is None or code in {each.code for each in problems}


def test_a_draft_that_says_so_in_another_way_is_refused(tmp_path: Path) -> None:
    text = impacts.DRAFT.replace("draft: true", '"draft": true')
    folder = impacts.folder(tmp_path / "policies", **{"club/world/2026-03-01.younger.yaml": text})

    with pytest.raises(InvalidSide, match="a line `draft: true`"):
        side(str(folder / "club/world/2026-03-01.younger.yaml"), folder, ON)


def test_two_folders_are_compared_where_a_fact_may_be_more(tmp_path: Path) -> None:
    facts = impacts.CREATOR.replace("range: [0, 10_000]", "range: [0, 1_000_000]")
    other = impacts.folder(tmp_path / "other", **{"facts/creator.yaml": facts})
    sides = side("policies", FOLDER, ON), side(str(other), FOLDER, ON)
    expected = Counter(tuple(answer(each, "joining", row).outcome for each in sides) for row in ROWS)

    found = measure(*sides, "club", "people.parquet", on=ON).checks[0]

    assert {(each.before, each.after): each.rows for each in found.flow.transitions} == expected
    assert sum(rows for (before, after), rows in expected.items() if (before, after) == ("invalid", "unmet")) > 0
    assert {each.side for each in found.unreadable if each.fact == "creator.followers"} == {"before"}


def test_a_check_that_one_side_lacks_is_left_out(tmp_path: Path) -> None:
    program = impacts.PROGRAM.replace("  selling:", "  trading:")
    later = {name: text.replace("  selling:", "  trading:") for name, text in FILES.items()}
    other = impacts.folder(tmp_path / "other", **{"club/program.yaml": program}, **later)

    found = measure(side("policies", FOLDER, ON), side(str(other), FOLDER, ON), "club", "people.parquet", on=ON)

    assert {each.check: each.because for each in found.left_out} == {
        "selling": "only the rules before ask it",
        "trading": "only the rules after ask it",
        "staying": "its version goes by `creator.joined`, not by the day, and both sides have the same versions",
    }


FILES = {
    "club/world/2025-01-01.yaml": impacts.WORLD,
    "club/world/2026-01-01.yaml": impacts.LATER,
    "club/world/2026-03-01.younger.yaml": impacts.DRAFT,
}


def test_a_check_of_whose_facts_there_are_none_is_left_out() -> None:
    sides = side("2025-06-01", FOLDER, ON), side(DRAFT, FOLDER, ON)

    found = measure(*sides, "club", "people.parquet", on=ON)

    assert [each.check for each in found.checks] == ["joining", "staying"]
    assert [(each.check, each.because) for each in found.left_out] == [
        ("selling", "the population has none of its facts: shop.price")
    ]


def test_a_draft_goes_on_in_versions_that_a_fact_picks() -> None:
    sides = side("2026-02-01", FOLDER, ON), side(DRAFT, FOLDER, ON)
    expected = Counter(tuple(answer(each, "joining", row).outcome for each in sides) for row in ROWS)

    found = measure(*sides, "club", "people.parquet", on=ON, checks=("joining",)).checks[0]

    assert {(each.before, each.after): each.rows for each in found.flow.transitions} == expected


# git


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("repository")
    impacts.folder(path / "rules" / "policies")
    for command in ("init -q", "add .", "commit -q -m first"):
        git(path, *command.split())
    world = path / "rules/policies/club/world/2026-01-01.yaml"
    world.write_text(impacts.LATER.replace("16 years", "15 years"), "utf-8")
    (path / "rules/policies/club/JP").mkdir()
    (path / "rules/policies/club/JP/2026-01-01.yaml").write_text(
        impacts.KOREA.replace("KR", "JP").replace("2025", "2026"), "utf-8"
    )
    return path


def git(path: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(path), *names, *arguments], check=True, capture_output=True)


def test_a_revision_is_the_folder_as_it_was(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "rules")
    before = side("HEAD", FOLDER, ON)
    ages = [
        found.policies.in_force("club", region="JP", on=ON).parameters["min_age"].literal
        for found in (before, side("2026-02-01", FOLDER, ON))
    ]
    policy = before.policies.in_force("club", region="JP", on=ON).policy
    assert policy is not None

    assert ages == ["16 years", "19 years"]
    assert (before.kind, before.label, before.day) == ("revision", "the revision HEAD", ON)
    assert policy.files == ("policies@HEAD/club/world/2026-01-01.yaml",)


@pytest.mark.parametrize(
    "text",
    [
        "no-such-thing",
        "--upload-pack=x",
        "HEAD~7",
        "",
        "a b",
        "2026-13-01",
        "x.yaml",
        "policies/regions.yaml",
        "people.parquet",
    ],
)
def test_what_names_no_rules_is_refused_politely(
    text: str, repository: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "rules")
    shutil.copy(home / "people.parquet", "people.parquet")

    with pytest.raises(InvalidSide):
        side(text, FOLDER, ON)


def test_a_revision_needs_a_repository() -> None:
    with pytest.raises(InvalidSide, match="lies in no git repository"):
        side("HEAD", FOLDER, ON)


def test_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSide, match="no folder of policies"):
        side(str(tmp_path), FOLDER, ON)


# shipped programs


@pytest.mark.parametrize(
    ("program", "days"),
    [
        ("series", ("2023-06-06", "2024-05-01")),
        ("creator-rewards", ("2023-12-16", "2025-10-01")),
        ("effect-creator-rewards", ("2023-10-11", "2024-07-01")),
    ],
)
def test_shipped_programs_change_for_each_person_as_each_is_decided(program: str, days: tuple[str, str]) -> None:
    rows = [{**row, **more} for row, more in zip(ROWS, _more(), strict=False)]
    impacts.parquet(Path("more.parquet"), rows)
    sides = [side(day, ROOT / "policies", ON) for day in days]

    found = measure(sides[0], sides[1], program, "more.parquet", on=ON)

    assert found.checks
    for each in found.checks:
        if each.by_fact is None:
            pairs = [tuple(answer(one, each.check, row, program).outcome for one in sides) for row in rows]

            assert {(t.before, t.after): t.rows for t in each.flow.transitions} == Counter(pairs)


def _more() -> list[dict[str, object]]:
    kinds = ("personal", "business", "political", "private", None)
    return [
        {
            "account_opened": datetime.date(2026, 5, 20) + datetime.timedelta(days=number % 31),
            "account_type": kinds[number % 5],
            "public_videos_30d": number % 7,
            "views_30d": 500 * (number % 9) if number % 11 else None,
            "repeat_violations": number % 13 == 0,
            "original_content": number % 6 != 0,
            "followers": 8_000 + 150 * (number % 30),
            "badge": ("none", "gold", "platinum", "diamond")[number % 4],
        }
        for number in range(200)
    ]
