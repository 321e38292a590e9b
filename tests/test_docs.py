"""The documents are true: every example runs, every link leads somewhere, every table is complete.

A ```pycon block is a doctest, a ```console block holds commands with what they print; both run at the top of
the repository, in the order of their page. A ```sh block is for reading. A ```policy block holds expressions
(docs/language.md says how to read them). A ```yaml block is part of a shipped file, or with a title one file
of a whole folder.
"""

import ast
import datetime
import doctest
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import policyengine
from policyengine import cli
from policyengine.cases import run_cases
from policyengine.compiled import Compiled
from policyengine.door import Door
from policyengine.frontend import yaml_nodes
from policyengine.frontend.arithmetic import Typed
from policyengine.frontend.check import Checker, Scope
from policyengine.frontend.parse import parse_text
from policyengine.frontend.vocabulary import units_of
from policyengine.model import operators
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.span import Source
from policyengine.model.values import literal
from policyengine.pipeline import compile_folder
from policyengine.targets.interpreter import Environment, Given, evaluate

ROOT = Path(__file__).parent.parent
SRC = Path(policyengine.__file__).parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
DAY = datetime.date(2024, 6, 1)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@dataclass(frozen=True)
class Block:
    """A fenced block: what stands after the fence, the line its text starts on, its text."""

    info: str
    line: int
    text: str


def blocks(page: Path, kind: str) -> list[Block]:
    found = re.finditer(r"^```([^\n]*)\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    text = page.read_text("utf-8")
    every = [Block(block[1], text.count("\n", 0, block.start(2)) + 1, block[2]) for block in found]
    return [block for block in every if block.info.split(" ")[0] == kind]


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


# Python and commands


@each_page
def test_blocks_of_python_print_what_the_page_says(page: Path) -> None:
    parser, flags = doctest.DocTestParser(), doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    names: dict[str, Any] = {}
    report: list[str] = []
    for block in blocks(page, "pycon"):
        test = parser.get_doctest(block.text, names, page.name, str(page), block.line - 1)
        doctest.DocTestRunner(verbose=False, optionflags=flags).run(test, out=report.append, clear_globs=False)
        names = test.globs

    assert not report, "".join(report)


@each_page
def test_python_stands_in_blocks_that_are_run(page: Path) -> None:
    assert not blocks(page, "python")
    assert not blocks(page, "")
    assert not [block for block in blocks(page, "sh") if re.search(r"^\$ ", block.text, re.MULTILINE)]


@each_page
def test_commands_print_what_the_page_says(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    for block in blocks(page, "console"):
        got = printed(block, tmp_path)
        if request.config.getoption("--update-golden", default=False) and "…\n" not in block.text:
            page.write_text(page.read_text("utf-8").replace(block.text, got), "utf-8")
            continue

        assert re.fullmatch(pattern(block.text), got), f"{page.name}:{block.line}\n{got}"


def printed(block: Block, folder: Path) -> str:
    """Run a block's commands, and write the block anew."""
    bin_, here = folder / "bin", edited(block, folder / str(block.line))
    bin_.mkdir(exist_ok=True)
    (bin_ / "policyengine").write_text(_COMMAND, "utf-8")
    (bin_ / "policyengine").chmod(0o755)
    env = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}
    parts = []
    for command in re.findall(r"^\$ (.*?)(?: +# exits with [0-9])?$", block.text, re.MULTILINE):
        run = ["bash", "-c", command]
        pipe, out = subprocess.PIPE, subprocess.STDOUT
        done = subprocess.run(
            run, cwd=here, env=env, stdin=subprocess.DEVNULL, stdout=pipe, stderr=out, text=True, check=False
        )
        code = f"  # exits with {done.returncode}" if done.returncode else ""
        shown = re.sub(r"[ \t]+$", "", done.stdout, flags=re.MULTILINE)
        parts.append(f"$ {command}{code}\n{shown}")
    return "".join(parts)


def edited(block: Block, folder: Path) -> Path:
    """Give where a block's commands run: at the top, or in a copy of the policies that has an author's mistake."""
    edit = re.search(r'edit="(.*?): (.*) → (.*)"', block.info)
    if edit is None:
        return ROOT
    path, before, after = edit.groups()
    shutil.copytree(ROOT / "policies", folder / "policies")
    text = (folder / path).read_text("utf-8")
    assert before in text
    (folder / path).write_text(text.replace(before, after), "utf-8")
    return folder


def pattern(expected: str) -> str:
    """Give the expression that printed text must match: a line of `…` alone stands for any lines."""
    lines = [r"(?:.*\n)*?" if line.strip() == "…" else f"{re.escape(line)}\n" for line in expected.splitlines()]
    return "".join(lines)


_COMMAND = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(SRC.parent)!r})
sys.argv[0] = "policyengine"
from policyengine.cli import main
main()
"""


@each_page
def test_every_target_of_make_exists(page: Path) -> None:
    named = set(re.findall(r"\bmake ([a-z.]+)\b", "".join(block.text for block in blocks(page, "sh"))))

    assert named <= set(re.findall(r"^([a-z.]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)) | {".venv"}


README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("command", cli.commands.commands)
def test_every_command_is_documented(command: str) -> None:
    assert f"`policyengine {command}" in README


def test_every_exit_code_is_documented() -> None:
    codes = re.findall(r"([0-9]) ([a-z]+)", cli.commands.epilog or "")

    assert len(codes) == 3
    for code, meaning in codes:
        assert f"| {code} | {meaning}" in README


# links


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if path.startswith("https://"):
            continue
        found = (page.parent / path).resolve() if path else page

        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """Give the anchors that a page's headings have."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_paths_in_backticks_exist(page: Path) -> None:
    named = re.findall(r"`((?:src|docs|tests|policies|schemas|examples|bench)/[^`\s]*)`", page.read_text("utf-8"))

    for path in named:
        assert re.search(r"[<*{…]", path) or (ROOT / path).exists(), path


# the language


@dataclass(frozen=True)
class Line:
    """An expression of a ```policy block, the facts above it, and what it gives: a literal or a code."""

    expression: str
    facts: str
    gives: str


def lines() -> Iterator[Line]:
    for page in PAGES:
        for block in blocks(page, "policy"):
            facts = "{}"
            for line in filter(None, block.text.splitlines()):
                if line.startswith("given "):
                    facts = line.removeprefix("given ")
                    continue
                expression, mark, rest = re.fullmatch(r"(.*?)\s+([→✗]) (.*)", line).groups()  # type: ignore[union-attr]
                yield Line(expression, facts, rest if mark == "→" else f"✗ {rest}")


LINES = list(lines())


@cache
def shipped() -> tuple[Scope, Door]:
    """Give what expressions of the pages may name: the shipped facts, and parameters of Series on `DAY`."""
    compiled = folder(ROOT / "policies")
    policies = policyengine.Policies(compiled)
    policy = policies.in_force("series", region="world", on=DAY).policy
    assert policy is not None
    units = units_of(compiled.authored.facts)
    return Scope(compiled.vocabulary, compiled.tree, units, policy.parameters), policies.door


def folder(path: Path) -> Compiled:
    compiled, problems = compile_folder(path)
    assert not problems, "\n".join(map(str, problems))
    assert compiled is not None
    return compiled


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.expression)
def test_an_expression_gives_what_the_page_says(line: Line) -> None:
    typed, problems = check(line.expression)
    if typed is None:
        assert line.gives == f"✗ {problems[0].code}", problems[0]
        return

    raw = evaluate(typed.expr, Environment(read_facts(line.facts), DAY.toordinal()))
    assert ("unknown" if raw is None else literal(raw, typed.type)) == line.gives


def check(expression: str) -> tuple[Typed | None, list[Diagnostic]]:
    """Check an expression; None when it has a mistake."""
    tree, found = parse_text(expression)
    problems = list(found)
    typed = Checker(shipped()[0], problems).check(tree) if tree is not None else None
    return (None if problems else typed), problems


def read_facts(text: str) -> dict[str, Given]:
    node = yaml_nodes.read_yaml(Source("facts", text), [])
    assert node is not None, text
    _, door = shipped()
    return door.read(yaml_nodes.data(node), DAY.toordinal())


LANGUAGE = ROOT / "docs" / "language.md"
TRANSLATED = ROOT / "docs" / "id" / "language.md"
OUTCOMES = {
    LANGUAGE: {"met": True, "unmet": False, "unknown": None},
    TRANSLATED: {"terpenuhi": True, "tidak terpenuhi": False, "belum diketahui": None},
}
"""The pages of the language, and how each says the three truths."""

each_language = pytest.mark.parametrize("page", OUTCOMES, ids=lambda page: page.relative_to(ROOT).as_posix())


def cells(page: Path, heading: str) -> Iterator[str]:
    """Give the cells of a column of a page's tables, by its heading."""
    for table in re.findall(r"(?:^\|.*\|\n)+", page.read_text("utf-8"), re.MULTILINE):
        rows = [[cell.strip() for cell in row.strip("|").split(" |")] for row in table.strip().splitlines()]
        if heading in rows[0]:
            yield from (row[rows[0].index(heading)] for row in rows[2:])


@pytest.mark.parametrize(
    ("page", "heading"),
    [(LANGUAGE, "literals"), (LANGUAGE, "example"), (TRANSLATED, "literal"), (TRANSLATED, "contoh")],
    ids=["literals", "example", "literal", "contoh"],
)
def test_what_stands_in_the_tables_of_the_language_is_an_expression(page: Path, heading: str) -> None:
    found = [text for cell in cells(page, heading) for text in re.findall(r"`([^`]+)`", cell)]

    assert len(found) > 8
    assert {text: problems for text in found if (problems := check(text)[1])} == {}


@each_language
@pytest.mark.parametrize("operator", ["and", "or"])
def test_the_truth_tables_are_those_of_the_interpreter(page: Path, operator: str) -> None:
    outcomes = OUTCOMES[page]
    given = {True: "true", False: "false", None: "null"}
    for heading, right in outcomes.items():
        rows = list(zip(cells(page, f"`{operator}`"), cells_of(page, operator, heading), strict=True))
        assert len(rows) == len(outcomes)
        for left, outcome in rows:
            invited = given[outcomes[left.strip("*")]]
            facts = f"{{creator: {{invited: {invited}, sold_elsewhere: {given[right]}}}}}"
            typed, _ = check(f"creator.invited {operator} creator.sold_elsewhere")
            assert typed is not None
            truth = evaluate(typed.expr, Environment(read_facts(facts), DAY.toordinal()))

            assert truth is outcomes[outcome]


def cells_of(page: Path, operator: str, heading: str) -> list[str]:
    """Give a column of one truth table; both tables have the same headings."""
    start = 0 if operator == "and" else 3
    return list(cells(page, heading))[start : start + 3]


@each_language
def test_every_word_and_operator_of_the_language_is_documented(page: Path) -> None:
    text = page.read_text("utf-8")
    symbols = [comparison.value for comparison in operators.Comparison]

    assert [word for word in (*operators.RESERVED, *symbols) if f"`{word}`" not in text] == []


def test_the_translated_language_has_the_same_headings_tables_lists_and_code() -> None:
    english, translated = (shape(page.read_text("utf-8")) for page in (LANGUAGE, TRANSLATED))

    assert translated == english
    assert [block.text for block in blocks(TRANSLATED, "policy")] == [
        block.text for block in blocks(LANGUAGE, "policy")
    ]


def shape(text: str) -> list[str]:
    """Give what starts each line that is more than running text, without the words; in a block, everything."""
    found, fenced = [], False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        start = re.match(r"#+ |- |\|( ---|(?=.*\|$))|```.*|<!--.*", line)
        if fenced or start is not None:
            found.append(line if fenced or start is None else f"{start[0]}{line.count(' |')}")
    return found


def test_the_translated_language_names_the_same_things_in_code() -> None:
    english, translated = (set(re.findall(r"`([^`\n]+)`", page.read_text("utf-8"))) for page in OUTCOMES)

    assert translated == english


# the files


def test_the_files_of_the_page_make_a_folder_without_a_problem(tmp_path: Path) -> None:
    page = ROOT / "docs" / "files.md"
    for block in blocks(page, "yaml"):
        title = re.search(r'title="policies/(.*)"', block.info)
        assert title is not None, f"{page}:{block.line}"
        path = tmp_path / "policies" / title[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")

    compiled = folder(tmp_path / "policies")
    results = run_cases(policyengine.Policies(compiled))
    schemas = {block.text.splitlines()[0].rpartition("/")[2] for block in blocks(page, "yaml")}

    assert results
    assert not [str(problem) for result in results for problem in result.problems]
    assert schemas == {path.name for path in (ROOT / "schemas").glob("*.json")} - {"decision.schema.json"}


def test_a_policy_that_another_page_shows_is_part_of_a_shipped_file() -> None:
    files = [path.read_text("utf-8") for path in (ROOT / "policies").rglob("*.yaml")]
    for page in PAGES:
        if page.name == "files.md":
            continue
        for block in blocks(page, "yaml"):
            for part in re.split(r"^ *# …\n", block.text, flags=re.MULTILINE):
                assert any(part in text for text in files), f"{page.name}:{block.line}"


def test_every_key_of_the_schemas_is_documented() -> None:
    text = (ROOT / "docs" / "files.md").read_text("utf-8")
    for kind in ("languages", "regions", "facts", "program", "policy", "cases", "invariants"):
        schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))

        assert [key for key in keys(schema) if not re.search(rf"\b{key}\b", text)] == []


def keys(schema: Any) -> Iterator[str]:
    """Give the names of all properties that a schema declares."""
    match schema:
        case dict():
            yield from schema.get("properties", {})
            for part in schema.values():
                yield from keys(part)
        case list():
            for part in schema:
                yield from keys(part)
        case _:
            return


# the modules


ARCHITECTURE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- modules: begin -->\n", "<!-- modules: end -->"


def modules() -> str:
    """Write the table of modules: each with the first line of its docstring, folder by folder."""
    rows = ["| module | what it is |", "| --- | --- |"]
    for path in sorted(SRC.rglob("*.py"), key=lambda path: (path.parent, path.name)):
        name = path.relative_to(SRC).as_posix()
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        rows.append(f"| [`{name}`](../src/policyengine/{name}) | {docstring.partition(chr(10))[0]} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_modules_is_up_to_date(request: pytest.FixtureRequest) -> None:
    text = ARCHITECTURE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if request.config.getoption("--update-golden", default=False):
        ARCHITECTURE.write_text(f"{before}{BEGIN}{modules()}{END}{after}", "utf-8")

    assert ARCHITECTURE.read_text("utf-8") == f"{before}{BEGIN}{modules()}{END}{after}", "run with --update-golden"
