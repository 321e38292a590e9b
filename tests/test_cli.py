"""The command line: what it prints, its exit codes, and that no one ever sees a traceback."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from policyengine.cli import commands
from policyengine.model.diagnostic import Diagnostic, Note, Severity
from policyengine.model.span import Source, Span
from policyengine.report.diagnostics import diagnostic_data, diagnostic_rows
from policyengine.report.page import plain
from policyengine.terminal.console import rendered

ROOT = Path(__file__).parent.parent
BASE = ROOT / "tests" / "errors" / "_base"
SCHEMA = json.loads((ROOT / "schemas" / "decision.schema.json").read_text("utf-8"))
ELIGIBLE = '{"creator": {"region": "US", "age": 30, "followers": 20000, "account_type": "personal"}}'
POLICY = "policies/series/world/2023-06-06.yaml"
ANSI = "\x1b["

PIPE_CLOSED, INTERRUPTED = 141, 130


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in a folder that holds a small set of policies, and in no terminal."""
    shutil.copytree(BASE, tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "PYTHONIOENCODING", "POLICYENGINE_SITE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start where the shipped policies are."""
    monkeypatch.chdir(ROOT)


def run(*arguments: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(commands, arguments, input=given)


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new, 1), "utf-8")


def line_of(path: str, part: str) -> int:
    return Path(path).read_text("utf-8").partition(part)[0].count("\n") + 1


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from policyengine.cli import main; main()", *arguments]


# check


def test_check_of_policies_without_a_problem_holds() -> None:
    result = run("check")

    assert re.fullmatch(r"✓ no problems in 1 program, 2 policy files and [0-9] cases?\n", result.stdout)
    assert result.exit_code == 0


def test_check_prints_every_problem_with_its_line_underlined_and_finds_problems() -> None:
    edit(POLICY, "creator.age >= min_age", "creator.aeg >= min_age")
    edit(POLICY, "190 USD", "190 EUR")

    result = run("check")

    number = line_of(POLICY, "creator.aeg")
    assert f"{POLICY}:{number}:16: error[unknown-fact]: " in result.stdout
    assert f"    |\n {number} |       require: creator.aeg >= min_age\n" in result.stdout
    assert "\n    |                ^^^^^^^^^^^\n" in result.stdout
    assert "    = help: did you mean `creator.age`?\n" in result.stdout
    assert result.stdout.count("error[") == 2
    assert result.stdout.splitlines()[-1].startswith("✗ 2 errors in 1 program, 2 policy files and ")
    assert result.exit_code == 1


def test_check_prints_problems_as_data() -> None:
    edit(POLICY, "creator.age >= min_age", "creator.aeg >= min_age")

    result = run("check", "--format", "json")

    (problem,) = json.loads(result.stdout)
    assert problem == {
        "code": "unknown-fact",
        "severity": "error",
        "path": POLICY,
        "line": line_of(POLICY, "creator.aeg"),
        "column": 16,
        "end_line": problem["line"],
        "end_column": 27,
        "message": problem["message"],
        "help": "did you mean `creator.age`?",
        "notes": problem["notes"],
        "page": "diagnostics/unknown-fact/",
    }
    assert {"message", "path", "line", "column", "end_line", "end_column"} == problem["notes"][0].keys()
    assert result.exit_code == 1


@pytest.mark.parametrize("site", ["https://docs.example", "https://docs.example/", None])
def test_a_code_in_a_terminal_is_a_link_to_its_page(site: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if site is not None:
        monkeypatch.setenv("POLICYENGINE_SITE", site)
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, legacy_windows=False)

    text = rendered(diagnostic_rows([found("a: 1", "a")], 80), terminal)

    assert ("https://docs.example/diagnostics/wrong-value/" in text) == (site is not None)


def test_a_warning_holds_and_is_an_error_when_strict() -> None:
    edit(POLICY, ", id: Series dibuka.", "")

    assert "1 warning in" in run("check").stdout
    assert run("check").exit_code == 0
    assert "1 error in" in run("check", "--strict").stdout
    assert run("check", "--strict").exit_code == 1


def test_check_finds_the_folder_that_a_path_lies_in(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(base / "policies" / "series")

    assert run("check", ".").exit_code == 0
    assert run("check", "world/2023-06-06.yaml").exit_code == 0


def test_a_folder_that_holds_no_policies_is_reported() -> None:
    Path("empty").mkdir()

    result = run("check", "empty")

    assert "error[unreadable-file]" in result.stdout
    assert result.exit_code == 1


# decide


def test_decide_answers_every_check_of_a_program_in_the_first_language() -> None:
    result = run("decide", "series", "--region", "KR", given='{"creator": {"age": 18}}')

    assert "✗ Not eligible" in result.stdout
    assert "? Cannot tell yet" in result.stdout
    assert result.stdout.count("─────") > 0
    assert result.exit_code == 0


def test_decide_answers_the_checks_that_are_named_in_the_language_asked_for() -> None:
    result = run("decide", "series", "-", "--check", "eligibility", "--lang", "id", given=ELIGIBLE)

    assert result.stdout.startswith("Series · Bolehkah saya ikut?\n")
    assert "limits" not in result.stdout


def test_decide_gives_data_that_satisfies_the_schema() -> None:
    result = run("decide", "series", "--on", "2024-06-01", "--format", "json", given=ELIGIBLE)

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["check"] for line in lines] == ["eligibility", "limits"]
    for line in lines:
        jsonschema.Draft202012Validator(SCHEMA).validate(line)
        assert "line" not in line


def test_decide_reads_a_file_with_a_byte_order_mark(base: Path) -> None:
    (base / "facts.json").write_text(f"\ufeff{ELIGIBLE}", "utf-8")

    assert run("decide", "series", "facts.json").exit_code == 0


def test_decide_goes_by_today_when_no_day_is_named() -> None:
    result = run("decide", "series", "--check", "limits", "--format", "json", given="{}")

    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", json.loads(result.stdout)["on"])


def test_of_many_lines_each_is_answered_and_a_bad_one_is_reported_by_number_and_fact() -> None:
    lines = f'{ELIGIBLE}\n\n{{"creator": {{"age": -1}}}}\n{{"creator": \n{{"creator": {{"region": "KR"}}}}'

    result = run("decide", "series", "--check", "eligibility", "--format", "json", given=lines)

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    decided = [answer for answer in answers if answer["outcome"] != "invalid"]
    assert [(answer["line"], answer["region"]) for answer in decided] == [(1, "US"), (5, "KR")]
    for answer in decided:
        jsonschema.Draft202012Validator(SCHEMA).validate(answer)
    invalid = [answer for answer in answers if answer["outcome"] == "invalid"]
    assert [(answer["line"], answer["error"]["fact"]) for answer in invalid] == [(3, "creator.age"), (4, "facts")]
    assert re.match(r"standard input:3: error: creator\.age: .*\nstandard input:4: error: facts: .*\n", result.stderr)
    assert result.exit_code == 1


def test_of_many_lines_each_text_says_its_line() -> None:
    result = run("decide", "series", "--check", "eligibility", given=f"{ELIGIBLE}\n{ELIGIBLE}\n")

    assert re.findall(r"── line [0-9]+ ─+", result.stdout) == [f"── line {n} {'─' * 30}" for n in (1, 2)]


@pytest.mark.parametrize("name", ["facts.jsonl", "facts.ndjson"])
def test_a_file_named_so_is_read_line_by_line_even_when_the_first_is_broken(name: str) -> None:
    Path(name).write_text(f"{{\n{ELIGIBLE}\n", "utf-8")

    result = run("decide", "series", name, "--check", "eligibility", "--format", "json")

    assert result.stderr.startswith(f"{name}:1: error: facts: the text is not JSON")
    broken, answer = (json.loads(line) for line in result.stdout.splitlines())
    assert (broken["line"], broken["outcome"], answer["line"]) == (1, "invalid", 2)


def test_a_line_that_is_not_utf_8_is_reported_and_the_others_go_on() -> None:
    lines = ELIGIBLE.encode() + b'\n{"creator": {"region": "\xff"}}\n'

    result = run("decide", "series", "--check", "eligibility", "--format", "json", given=lines)

    assert result.stderr == "standard input:2: error: facts: the text is not UTF-8\n"
    answer, broken = (json.loads(line) for line in result.stdout.splitlines())
    assert (answer["line"], broken["line"], broken["outcome"]) == (1, 2, "invalid")


def test_an_object_over_several_lines_is_one() -> None:
    result = run("decide", "series", "--format", "json", given='\n{"creator":\n{"region": "KR"}\n}\n')

    assert [json.loads(line)["region"] for line in result.stdout.splitlines()] == ["KR", "KR"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            '{"creator": {"folowers": 3}}',
            "standard input:1:14: error[bad-fact]: `creator.folowers`: no such fact",
        ),
        ('{"creator": {"folowers": 3}}', "= help: did you mean `followers`?"),
        ('{"creator":\n {"followers": "x"}}', "standard input:2:3: error[bad-fact]: `creator.followers`: "),
        ('{"creator": {"followers": -1}}', "= help: expected a whole number of followers"),
        ('{"creator": {"region": "XX"}}', "`creator.region`: "),
        ('{"creator": {"age": 3, "age": 4}}', "`age`: the name stands twice in one object"),
        ('{"creator": {"age": 3, }}', "standard input:1:24: error[bad-fact]: the text is not JSON: "),
        ("", "error[bad-fact]: there are no facts here"),
        ("[]", "`facts`: [] is not an object"),
        ("{" * 100_000, "error[bad-fact]: "),
        (b"\xff", "error[bad-fact]: "),
        ('{"creator": {"age": NaN}}', "NaN is not a number"),
        ('{"creator": {"followers": 1e999999999}}', "`creator.followers`: "),
    ],
)
def test_a_mistake_in_the_facts_is_shown_in_its_place(facts: str | bytes, said: str) -> None:
    result = run("decide", "series", given=facts)

    assert said in result.stderr
    assert result.stdout == ""
    assert result.exit_code == 1


# test


def test_cases_that_hold_are_counted() -> None:
    result = run("test")

    assert result.stdout == "✓ 2 cases hold\n"
    assert result.exit_code == 0


def test_a_case_that_fails_is_shown_with_what_was_expected_and_what_came() -> None:
    cases = Path("policies/series/cases/joining.yaml")
    edit(str(cases), "unmet", "met")

    result = run("test", "policies/series")

    assert re.search(r"policies/series/cases/joining\.yaml:[0-9:]+: error\[case-failed\]: ", result.stdout)
    assert "`eligibility` is `unmet`, not `met`" in result.stdout
    assert "^^^" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("✗ 1 of ")
    assert result.exit_code == 1
    (problem,) = json.loads(run("test", str(cases), "--format", "json").stdout)
    assert problem["code"] == "case-failed"


def test_a_file_without_cases_has_none() -> None:
    result = run("test", POLICY)

    assert result.stdout == "– there are no cases here\n"
    assert result.exit_code == 0


# show and timeline


@pytest.mark.usefixtures("at_the_top")
@pytest.mark.parametrize(
    ("name", "arguments", "columns"),
    [
        ("show-series-KR.en", ("show", "series", "KR", "--on", "2024-06-01"), 100),
        ("show-series-KR.id", ("show", "series", "KR", "--on", "2024-06-01", "--lang", "id"), 60),
        ("show-effect-ID.en", ("show", "effect-creator-rewards", "ID", "--on", "2023-12-01"), 100),
        ("show-creator-rewards-KR.en", ("show", "creator-rewards", "KR", "--on", "2025-12-01"), 100),
        ("timeline-series-KR.en", ("timeline", "series", "KR"), 100),
        ("timeline-series-KR.id", ("timeline", "series", "KR", "--lang", "id"), 60),
        ("timeline-effect-US.en", ("timeline", "effect-creator-rewards", "US"), 100),
    ],
)
def test_shipped_policies_read_as_reviewed(
    name: str,
    arguments: tuple[str, ...],
    columns: int,
    golden: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    result = run(*arguments)

    golden(f"{name}.txt", result.stdout)
    assert result.exit_code == 0


def test_show_as_data_names_the_layer_that_won_and_what_it_replaced(
    golden: Callable[[str, str], None],
) -> None:
    result = run("show", "series", "KR", "--on", "2024-06-01", "--format", "json")

    golden("show-base-KR.json", result.stdout)
    (age,) = [one for one in json.loads(result.stdout)["parameters"] if one["id"] == "min_age"]
    assert (age["value"], age["region"]) == ("19 years", "KR")
    assert (age["overrides"]["value"], age["overrides"]["region"]) == ("18 years", "world")


def test_timeline_as_data_lists_what_changes(golden: Callable[[str, str], None]) -> None:
    result = run("timeline", "series", "KR", "--format", "json")

    golden("timeline-base-KR.json", result.stdout)


def test_a_program_that_is_not_offered_yet_is_shown_as_such() -> None:
    result = run("show", "series", "KR", "--on", "2020-01-01")

    assert "– not offered\n  No rules were in force yet: the first ones start on 6 June 2023." in result.stdout
    assert result.exit_code == 0
    assert json.loads(run("show", "series", "KR", "--on", "2020-01-01", "--format", "json").stdout)["offered"] is False


def test_a_withdrawal_is_shown_and_stands_in_the_timeline() -> None:
    Path("policies/series/US").mkdir()
    Path("policies/series/US/2025-01-01.yaml").write_text(
        "program: series\nregion: US\neffective: 2025-01-01\nwithdrawn: true\n"
        "summary: {en: Series leaves., id: Series pergi.}\n",
        "utf-8",
    )
    Path("policies/series/US/2199-01-01.yaml").write_text(
        "program: series\nregion: US\neffective: 2199-01-01\n", "utf-8"
    )

    assert "– not offered\n  Series leaves.\n" in run("show", "series", "US-CA", "--on", "2025-02-01").stdout
    timeline = run("timeline", "series", "US-CA").stdout
    assert "● 1 January 2025 – 31 December 2198 · in force today, not offered" in timeline
    assert "○ 1 January 2199 – · scheduled" in timeline


# usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide", "serie"), "no program named `serie`; did you mean `series`?"),
        (("decide", "series", "--check", "limit"), "no check named `limit`; did you mean `limits`?"),
        (("decide", "series", "--region", "korea"), "no region named `korea`; did you mean `KR`"),
        (("decide", "series", "--region", "kr"), "no region named `kr`; did you mean `KR`?"),
        (("decide", "series", "--region", "XX"), "no region named `XX`; regions have codes, such as `KR`"),
        (("decide", "series", "--on", "today"), "'today' is no day; one is written year-month-day"),
        (("decide", "series", "--on", "1800-01-01"), "from 1900-01-01 to 2199-12-31"),
        (("decide", "series", "--version-day", "2024-01-01"), "the checks of `series` go by today"),
        (("decide", "series", "--lang", "fr"), "the policies have no language `fr`; they have en, id"),
        (("decide", "series", "nowhere.json"), "No such file"),
        (("decide", "series", "policies"), "Is a directory"),
        (("decide", "series", "--policies", "nowhere"), "there is no folder `nowhere`"),
        (("check", "nowhere"), "there is no folder `nowhere`"),
        (("test", "nowhere"), "there is no folder `nowhere`"),
        (("show", "series", "Indonesia"), "no region named `Indonesia`; did you mean `ID` (Indonesia)?"),
        (("timeline", "serie", "KR"), "did you mean `series`?"),
        (("nonsense",), "No such command"),
        (("decide",), "Missing argument"),
    ],
)
def test_wrong_usage_says_what_is_wrong_and_leaves_with_2(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments, given="{}")

    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert result.exit_code == 2


@pytest.mark.parametrize("arguments", [("decide", "series"), ("test",), ("show", "series", "KR")])
def test_nothing_is_decided_by_broken_policies(arguments: tuple[str, ...]) -> None:
    edit(POLICY, "creator.age >= min_age", "creator.aeg >= min_age")

    result = run(*arguments, given="{}")

    assert "error[unknown-fact]" in result.stderr
    assert result.stdout == ""
    assert result.exit_code == 1


def test_a_file_outside_any_folder_of_policies_is_wrong_usage() -> None:
    Path("facts.json").write_text("{}", "utf-8")

    assert run("check", "facts.json").exit_code == 2


def test_help_lists_the_commands_and_the_exit_codes() -> None:
    result = run("--help")

    for name in ("check", "decide", "test", "show", "timeline", "doctor"):
        assert f"\n  {name} " in result.stdout
    assert "Exit codes: 0 held, 1 found problems, 2 wrong usage." in result.stdout
    assert result.exit_code == 0


# doctor and version


def test_doctor_finds_one_owner() -> None:
    result = run("doctor")

    assert "nothing else owns the import name" in result.stdout
    assert result.exit_code == 0


def test_doctor_notices_another_distribution_with_our_import_name(monkeypatch: pytest.MonkeyPatch) -> None:
    owners = {"policyengine": ["creator-policy-engine", "policyengine"]}
    monkeypatch.setattr("policyengine.terminal.doctor.metadata.packages_distributions", lambda: owners)

    result = run("doctor")

    assert "creator-policy-engine and policyengine both own the import name" in result.stdout
    assert "pip uninstall policyengine" in result.stdout
    assert result.exit_code == 1


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"policyengine [0-9]+\.[0-9]+\.[0-9]+\n", run("--version").stdout)


# the terminal


def test_nothing_is_coloured_when_piped() -> None:
    assert ANSI not in run("decide", "series", given=ELIGIBLE).stdout


def test_a_terminal_gets_colours_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert ANSI in run("show", "series", "KR").stdout

    monkeypatch.setenv("NO_COLOR", "1")
    assert ANSI not in run("show", "series", "KR").stdout


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_lines_keep_to_the_width_but_for_places(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    for arguments in (("show", "series", "KR"), ("timeline", "series", "KR"), ("decide", "series")):
        for printed in run(*arguments, given=ELIGIBLE).stdout.splitlines():
            assert len(printed) <= columns or " " not in printed.strip()


def test_what_an_author_wrote_cannot_reach_the_terminal() -> None:
    edit(POLICY, "Series opens.", '"\\e[31mSeries\\e[0m \\u202Eopens."')

    result = run("timeline", "series", "KR")

    assert result.exit_code == 0
    assert not re.search("[\x1b\u202e]", result.stdout)


# diagnostics


def shown(diagnostic: Diagnostic, width: int = 80) -> list[str]:
    return plain(diagnostic_rows([diagnostic], width), width).splitlines()


def found(text: str, part: str, **others: object) -> Diagnostic:
    source = Source("a.yaml", text)
    start = text.index(part)
    return Diagnostic("wrong-value", "no", Span(source, start, start + len(part)), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "part", "expected", "underline"),
    [
        ("a: one two", "two", "a: one two", "       ^^^"),
        ("\ta: one", "one", "    a: one", "       ^^^"),
        ("a: 서울 서울특별시 b", "서울특별시", "a: 서울 서울특별시 b", "        ^^^^^^^^^^"),
        ("a: e\u0301e\u0301 x", "x", "a: e\u0301e\u0301 x", "      ^"),
        ("a: \x1b[31m x", "x", "a: \ufffd[31m x", "         ^"),
        ("a: \u202e x", "x", "a: \ufffd x", "     ^"),
        ("a: one\n  two", "one\n  two", "a: one", "   ^^^"),
        ("a: one\r\nb", "one\r\n", "a: one", "   ^^^"),
    ],
)
def test_the_underline_stands_under_what_it_means(text: str, part: str, expected: str, underline: str) -> None:
    _, _, line, mark, *_ = shown(found(text, part))

    assert line == f" 1 | {expected}"
    assert mark == f"   | {underline}"


def test_a_long_line_is_cut_around_what_is_wrong() -> None:
    text = "x" * 300 + " wrong " + "y" * 300

    _, _, line, mark, *_ = shown(found(text, "wrong"), 60)

    assert len(line) == 60
    start = mark.index("^")
    assert line[start : start + 5] == "wrong"
    assert line[5] == line[-1] == "…"


def test_an_underline_longer_than_the_line_is_cut() -> None:
    _, _, line, mark, *_ = shown(found("a: " + "x" * 300, "x" * 300), 60)

    assert len(line) == 60
    assert mark == f"   | {' ' * 3}{'^' * 51}"


def test_a_huge_line_is_shown_at_once() -> None:
    start = time.perf_counter()

    shown(found("x" * 1_000_000 + "!", "!"))

    assert time.perf_counter() - start < 10


def test_a_problem_of_a_file_as_such_has_no_line_to_show() -> None:
    diagnostic = Diagnostic("unreadable-file", "`a.yaml` is missing", Source("a.yaml", "").whole(), help="make it")

    assert (
        shown(diagnostic)
        == [
            "a.yaml:1:1: error[unreadable-file]: `a.yaml` is missing",
            "   = help: make it",
            "",
        ][:2]
    )


def test_an_empty_place_is_marked_once() -> None:
    source = Source("a.yaml", "a:\n")

    assert shown(Diagnostic("missing-key", "no", Span(source, 2, 2)))[3] == "   |   ^"


def test_a_note_names_its_own_place_and_wraps_under_itself() -> None:
    note = Note("it stands here first, and one can say a lot more about it", Span(Source("b.yaml", "\nb: 1"), 1, 2))

    lines = shown(found("a: 1", "a", notes=(note,), severity=Severity.WARNING), 50)

    assert lines[0] == "a.yaml:1:1: warning[wrong-value]: no"
    assert lines[4:] == [
        "   = note: it stands here first, and one can say a",
        "           lot more about it: b.yaml:2:1",
    ]


def test_a_note_is_data_with_its_place() -> None:
    note = Note("there", Span(Source("b.yaml", "\nb: 1"), 1, 2))

    data = diagnostic_data(found("a: 1", "a", notes=(note, Note("and so on"))))

    assert data["notes"] == [
        {"message": "there", "path": "b.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 2},
        {"message": "and so on"},
    ]


# a real process


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def test_the_command_runs_as_a_process(environment: dict[str, str]) -> None:
    done = subprocess.run(
        command("decide", "series", "--check", "eligibility", "--format", "json"),
        input=ELIGIBLE.encode(),
        capture_output=True,
        env=environment,
        check=True,
    )

    assert json.loads(done.stdout)["region"] == "US"
    assert done.stderr == b""


def test_help_waits_for_no_library_but_click(environment: dict[str, str]) -> None:
    libraries = ("yaml", "lark", "jsonschema", "rich")
    code = f"import sys, policyengine.cli; print([name for name in {libraries} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)

    assert done.stdout == b"[]\n"


def test_a_reader_that_goes_away_ends_it_quietly(environment: dict[str, str]) -> None:
    many = Path("facts.jsonl")
    many.write_text(f"{ELIGIBLE}\n" * 200, "utf-8")

    with subprocess.Popen(
        command("decide", "series", str(many), "--format", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()

        assert process.wait(timeout=60) == PIPE_CLOSED
        assert process.stderr.read() == b""


def test_an_interrupt_ends_it_without_a_traceback(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        command("decide", "series", "--check", "eligibility"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(f"{ELIGIBLE}\n{ELIGIBLE}\n".encode())
        process.stdin.flush()
        process.stdout.readline()  # it is at work
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == INTERRUPTED
        assert b"Traceback" not in process.stderr.read()


def test_an_output_that_knows_no_such_letters_gets_others(environment: dict[str, str]) -> None:
    for arguments in (("show", "series", "KR"), ("show", "series", "KR", "--format", "json"), ("nonsense→",)):
        done = subprocess.run(
            command(*arguments),
            capture_output=True,
            env={**environment, "PYTHONIOENCODING": "ascii"},
            check=False,
        )

        assert b"Traceback" not in done.stderr
        assert done.stdout.isascii()
