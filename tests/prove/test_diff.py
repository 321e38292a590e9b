"""What changes from one set of rules to another: the same for everyone, or someone in each direction."""

import datetime
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from policyengine.cli import commands
from policyengine.model.errors import InvalidSide
from policyengine.prove.diff import diff, rules
from prove.workshops import SHIPPED, failing

ON = datetime.date(2026, 1, 1)


def directions(before: str, after: str, program: str = "series") -> set[tuple[str, str]]:
    old, new = (rules(text, SHIPPED, ON) for text in (before, after))
    (found,) = diff(old, new, [program])
    return {(flip.check, flip.direction) for flip in found.flips}


def test_a_folder_is_the_same_as_itself() -> None:
    old, new = rules(str(SHIPPED), SHIPPED, ON), rules(str(SHIPPED), SHIPPED, ON)

    assert all(each.same and not each.entries for each in diff(old, new))


def test_days_differ_in_both_directions() -> None:
    assert directions("2023-03-07", "2023-06-06") >= {
        ("eligibility", "gains"),
        ("eligibility", "loses"),
        ("eligibility", "obligations"),
        ("limits", "gains"),
    }
    assert directions("2024-05-01", "2024-05-01") == set()


def test_values_that_differ_are_told() -> None:
    assert ("effect", "values") in directions("2023-05-16", "2024-03-12", "effect-creator-rewards")


def test_regions_are_compared_as_if_everyone_lived_in_both() -> None:
    assert directions("ZA", "KR") == {("eligibility", "loses")}
    assert directions("KR", "ZA") == {("eligibility", "gains")}


@pytest.mark.parametrize("pair", [("2023-03-07", "2023-06-06"), ("2023-06-06", "2024-05-01"), ("ZA", "KR")])
def test_whoever_is_shown_fares_as_the_rules_after_say(pair: tuple[str, str]) -> None:
    old, new = (rules(text, SHIPPED, ON) for text in pair)

    for each in diff(old, new, ["series"]):
        for flip in each.flips:
            assert failing(SHIPPED, "series", flip.case) == [], flip


def test_a_region_stands_against_a_region() -> None:
    with pytest.raises(InvalidSide, match="a region stands against a region"):
        diff(rules("KR", SHIPPED, ON), rules("2024-05-01", SHIPPED, ON))


def test_a_comment_for_a_pull_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SHIPPED.parent)

    printed = CliRunner().invoke(commands, ["diff", "ZA", "KR", "--program", "series", "--format", "markdown"])

    assert printed.exit_code == 1
    assert "#### `series`: not the same for everyone" in printed.output
    assert "- min\\_age: 18 years → 19 years" in printed.output
    assert printed.output.count("<details>") == printed.output.count("</details>") > 0


def test_a_folder_against_itself_exits_with_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(SHIPPED.parent)
    (tmp_path / "policies").symlink_to(SHIPPED)

    printed = CliRunner().invoke(commands, ["diff", str(tmp_path / "policies")])

    assert printed.exit_code == 0, printed.output
    assert "same for everyone" in printed.output


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with the shipped policies, from where commands run."""
    shutil.copytree(SHIPPED, tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], check=True)
    return tmp_path / "policies"


def _followers(path: Path, number: str, *more: tuple[str, str]) -> str:
    text = path.read_text("utf-8")
    for before, after in (("value: 10_000 followers", f"value: {number} followers"), *more):
        assert before in text
        text = text.replace(before, after)
    return text


def test_a_revision_stands_against_what_lies_there(repository: Path) -> None:
    same = CliRunner().invoke(commands, ["diff", "HEAD"])
    path = repository / "series" / "world" / "2024-05-01.yaml"
    path.write_text(_followers(path, "12_000"), "utf-8")
    changed = CliRunner().invoke(commands, ["diff", "HEAD", "--program", "series"])

    assert (same.exit_code, changed.exit_code) == (0, 1)
    assert "~ min_followers: 10,000 followers → 12,000 followers" in changed.output
    assert "Passes no longer: eligibility, met → unmet, in ZA" in changed.output
    assert "with `creator.followers` 11999" in changed.output


def test_a_draft_alone_stands_against_the_rules_of_its_day(repository: Path) -> None:
    path = repository / "series" / "world" / "2024-05-01.yaml"
    draft = path.with_name("2031-01-01.draft.yaml")
    dated = ("effective: 2024-05-01", "effective: 2031-01-01\ndraft: true")
    draft.write_text(_followers(path, "50_000", dated), "utf-8")
    told = CliRunner().invoke(commands, ["diff", str(draft.relative_to(Path.cwd()))])

    assert told.exit_code == 1, told.output
    assert told.output.startswith("the rules of 2031-01-01 → the draft policies/series/world/2031-01-01.draft.yaml")
    assert "Passes no longer: eligibility, met → unmet, in ZA" in told.output
    assert "on: 2031-01-01" in told.output


@pytest.mark.parametrize(
    "command",
    ["prove", "prove series --always creator.age>=3", "diff 2024-05-01", "cases series --boundary", "test --mutate"],
)
def test_without_the_solver_it_is_said_what_to_install(command: str) -> None:
    given = f"import sys; sys.modules['z3'] = None; sys.argv[1:] = {command.split()}"
    code = f"{given}; from policyengine.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=SHIPPED.parent, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "z3 is not installed: pip install 'creator-policy-engine[prove]'" in done.stderr
    assert "Traceback" not in done.stderr
