"""An impact as text, as JSON and as a page: complete, plain, and safe whatever the texts hold."""

import datetime
import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import mkdtemp

import pytest
from click.testing import CliRunner, Result

import hostile_policies
import impacts
from impacts import ON
from policyengine import cli
from policyengine.impact import Impact, measure, side
from policyengine.report.impact_data import impact_data
from policyengine.report.impact_page import impact_page, write_page
from policyengine.report.page import plain
from policyengine.terminal.impacts import impact_rows

FROM, TO = "2025-06-01", "policies/club/world/2026-03-01.younger.yaml"


@cache
def home() -> Path:
    path = Path(mkdtemp(prefix="impact-"))
    impacts.folder(path / "policies")
    impacts.parquet(path / "people.parquet", impacts.people(500), synthetic="true", notice="SYNTHETIC: made up.")
    return path


@pytest.fixture(autouse=True)
def _there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home())
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


@cache
def measured() -> Impact:
    sides = side(FROM, Path("policies"), ON), side(TO, Path("policies"), ON)
    return measure(*sides, "club", "people.parquet", on=ON, checks=("joining",))


def test_the_terminal_shows_all_of_it(golden: Callable[[str, str], None]) -> None:
    golden("impact.txt", plain(impact_rows(measured()), 100) + "\n")


def test_no_line_in_the_terminal_is_wider_than_a_hundred_cells() -> None:
    assert max(map(len, plain(impact_rows(measured()), 100).splitlines())) <= 100


def test_json_holds_the_same_numbers() -> None:
    data = impact_data(measured())
    (check,) = data["checks"]

    assert json.loads(json.dumps(data)) == data
    assert sum(each["rows"] for each in check["outcomes"]) == data["population"]["rows"] == 500
    assert sum(check["changes"].values()) == 500
    assert {each["parameter"]: len(each["points"]) for each in check["cliffs"]} == {
        each.parameter: len(each.points) for each in measured().checks[0].cliffs
    }


# the page


class _Seen(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_needs_nothing_else() -> None:
    page = impact_page(measured())
    seen = _Seen(page)

    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(seen.tags)
    assert not [
        name for name, _ in seen.attributes if name in ("src", "href", "style", "srcset") or name.startswith("on")
    ]
    assert not re.search(r"https?:|url\(|@import|//", page.replace("<!doctype html>", ""))


def test_every_plot_says_what_is_seen_and_every_id_is_there_once() -> None:
    seen = _Seen(impact_page(measured()))
    ids = [value for name, value in seen.attributes if name == "id"]
    labels = [each for name, value in seen.attributes if name == "aria-labelledby" for each in value.split()]

    assert len(ids) == len(set(ids))
    assert set(labels) == set(ids)
    assert ("lang", "en") in seen.attributes
    assert seen.tags.count("desc") > 5
    assert seen.tags.count("table") > 8


def test_the_page_says_whom_it_counts_and_by_which_rules() -> None:
    texts = " ".join(_Seen(impact_page(measured())).texts)

    for said in ("people.parquet: 500 rows, synthetic, as of 2026-07-01", "SYNTHETIC: made up.", TO, "2025-06-01"):
        assert said in texts
    assert measured().checks[0].after[0].digest[:12] in texts  # type: ignore[index]
    assert "South Korea" in texts


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(impacts.ROOT / "tests" / "errors" / "_base", tmp_path / "policies"))
    for name, text in hostile_policies.hostile_policies(hostile=True).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    rows = [{**row, "account_type": "personal", "nickname": "x"} for row in impacts.people(60)]
    people = impacts.parquet(tmp_path / "a<script>alert(1).parquet", rows, synthetic="true", notice="<b>&amp;")
    sides = side("2023-07-01", folder, ON), side("2024-06-01", folder, ON)

    seen = _Seen(impact_page(measure(*sides, "series", people, on=ON)))

    assert not {"script", "img", "iframe", "svg/onload"} & set(seen.tags)
    assert "b" in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "href")]
    assert "<b>&amp;" in "".join(seen.texts)


def test_a_page_is_written_aside_and_moved(tmp_path: Path) -> None:
    target = tmp_path / "impact.html"
    target.write_text("old", "utf-8")
    write_page(measured(), target)

    assert target.read_text("utf-8").startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == ["impact.html"]


# the command


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.commands, ["impact", *arguments])


def test_the_command_measures_and_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "impact.html"
    done = run(
        "club", "--population", "people.parquet", "--from", FROM, "--to", TO, "--on", str(ON), "--html", str(page)
    )

    assert done.exit_code == 0, done.output
    assert "What makes the difference" in done.output
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_without_a_side_before_it_is_the_rules_of_the_day() -> None:
    done = run("club", "--population", "people.parquet", "--to", FROM, "--on", str(ON), "--format", "json")

    assert json.loads(done.output)["before"]["day"] == str(ON)


def test_a_column_may_be_told(tmp_path: Path) -> None:
    rows = [
        {("fans" if name == "followers" else name): value for name, value in row.items()} for row in impacts.people(40)
    ]
    people = impacts.parquet(tmp_path / "people.parquet", rows)
    told = ("--column", "creator.followers=fans")
    done = run("club", "--population", str(people), "--to", FROM, "--on", str(ON), "--format", "json", *told)
    data = json.loads(done.output)

    assert data["checks"][0]["facts"]["creator.followers"] == "fans"
    assert data["checks"][0]["missing"] == []


def test_a_broken_draft_is_shown_as_its_author_sees_it(tmp_path: Path) -> None:
    text = impacts.DRAFT.replace("creator.sold}", "creator.solt}")
    folder = impacts.folder(tmp_path / "policies", **{"club/world/2026-03-01.younger.yaml": text})
    draft = str(folder / "club/world/2026-03-01.younger.yaml")
    done = run("club", "--population", "people.parquet", "--to", draft, "--on", str(ON))

    assert done.exit_code == 1
    assert "2026-03-01.younger.yaml:18:" in done.stderr
    assert "did you mean `creator.sold`?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("club", "--population", "nowhere.parquet", "--to", FROM), "cannot be read"),
        (("club", "--population", "people.txt", "--to", FROM), "no table by its name"),
        (("clubs", "--population", "people.parquet", "--to", FROM), "did you mean `club`?"),
        (("club", "--population", "people.parquet", "--to", "no-such"), "no-such"),
        (("club", "--population", "people.parquet", "--to", FROM, "--check", "joinin"), "did you mean `joining`?"),
        (("club", "--population", "people.parquet", "--to", FROM, "--column", "creator.fans=x"), "creator.fans"),
        (("club", "--population", "people.parquet", "--to", FROM, "--column", "creator.age=x"), "no column named `x`"),
        (
            ("club", "--population", "people.parquet", "--to", FROM, "--html", "no/such/folder.html"),
            "cannot be written",
        ),
        (("club", "--population", "people.parquet", "--to", FROM, "--html", "people.parquet"), "no page by its name"),
        (("club", "--population", "people.parquet", "--to", FROM, "--lang", "fr"), "no language `fr`"),
        (("club", "--population", "people.parquet", "--to", "1500-01-01"), "1900-01-01"),
        (("club", "--population", "people.parquet", "--to", "2024-13-01"), "`2024-13-01` is no day"),
    ],
)
def test_wrong_usage_is_said_politely(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, "--on", str(ON))

    assert done.exit_code == 2, done.output
    assert said in done.output
    assert "Traceback" not in done.output


def test_nothing_to_measure_is_found_out_and_said(tmp_path: Path) -> None:
    people = impacts.parquet(tmp_path / "people.parquet", [{"region": "KR", "x": 1}])
    done = run("club", "--population", str(people), "--to", FROM, "--on", str(ON))

    assert done.exit_code == 1
    assert "the population has none of its facts" in done.output


def test_the_day_of_the_people_is_the_same_on_both_sides() -> None:
    later = datetime.date(2031, 1, 1)
    sides = side(FROM, Path("policies"), later), side(FROM, Path("policies"), later)

    assert measure(*sides, "club", "people.parquet", on=later, checks=("joining",)).checks[0].flow.changed == 0
