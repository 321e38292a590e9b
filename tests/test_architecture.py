"""The rooms of docs/architecture.md, held by reading the imports: who may know whom; how a module looks."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from lark import Lark

from policyengine.model.diagnostic import CODES

SRC = Path(__file__).parent.parent / "src"
OURS = "policyengine"

ROOMS = {
    "model": ("model",),
    "frontend": ("model", "frontend"),
    "targets": ("model", "targets"),
}
"""What the modules of a folder may import of ours; modules at the top may import everything."""

HOMES = {
    "yaml": "policyengine.frontend.yaml_nodes",
    "jsonschema": "policyengine.frontend.schema",
    "lark": "policyengine.frontend.parse",
    "click": "policyengine.cli",
    "rich": "policyengine.terminal",
    "pytest": "policyengine.pytest_plugin",
    "mkdocs": "policyengine.site.plugin",
    "jinja2": "policyengine.site",
    "markupsafe": "policyengine.site",
    "pygments": "policyengine.site.highlight",
    "sqlglot": "policyengine.targets.sql",
    "duckdb": "policyengine.batch.duck",
    "pyspark": "policyengine.batch.spark",
    "z3": "policyengine.targets.smt",
}
"""The one module or package that knows a library: it can be replaced behind that face."""

LONG = {
    "policyengine.frontend.check": "one function for each form of expression, which belong side by side",
    "policyengine.model.checked": "the whole checked tree, and what is made of it, on one page",
}
"""Modules over 400 lines, with the reason."""


def _name(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


MODULES = {_name(path): path for path in sorted((SRC / OURS).rglob("*.py"))}
each_module = pytest.mark.parametrize("name", MODULES)


def imports(name: str) -> Iterator[str]:
    """Give every module that a module imports, inside functions and for type checking too."""
    for node in ast.walk(_tree(name)):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                for alias in names:
                    whole = f"{module}.{alias.name}"
                    yield whole if whole in MODULES else module
            case _:
                pass


def room(name: str) -> str:
    """Give the folder of a module, or "" for the top."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else ""


def target(name: str) -> str:
    """Give which target a module belongs to: `interpreter`, `python`, `prose`."""
    parts = name.split(".")
    return parts[2] if len(parts) > 2 and parts[1] == "targets" else ""


@each_module
def test_a_module_imports_only_the_rooms_that_its_own_may_know(name: str) -> None:
    allowed = ROOMS.get(room(name))
    ours = [module for module in imports(name) if module.split(".")[0] == OURS]

    assert allowed is None or {room(module) for module in ours} <= set(allowed), ours


@each_module
def test_no_target_imports_another(name: str) -> None:
    others = {target(module) for module in imports(name)} - {""}

    assert not target(name) or others <= {target(name)}


@each_module
def test_every_library_has_one_home(name: str) -> None:
    libraries = {module.split(".")[0] for module in imports(name)} - sys.stdlib_module_names - {OURS}

    for library in libraries:
        home = HOMES[library]
        assert name == home or name.startswith(f"{home}."), f"{library} is the business of {home}"


def test_every_home_is_lived_in() -> None:
    for library, home in HOMES.items():
        inhabitants = [name for name in MODULES if name == home or name.startswith(f"{home}.")]

        assert any(module.split(".")[0] == library for name in inhabitants for module in imports(name)), library


@each_module
def test_a_module_says_on_one_line_what_it_is(name: str) -> None:
    first, *rest = (ast.get_docstring(_tree(name)) or "").splitlines()

    assert first.endswith("."), first
    assert rest[:1] in ([], [""]), "a blank line stands after the first"


@each_module
def test_a_module_is_short_or_says_why_not(name: str) -> None:
    lines = MODULES[name].read_text("utf-8").count("\n")

    assert (lines > 400) == (name in LONG), lines


def test_every_code_of_a_diagnostic_is_reported_somewhere() -> None:
    texts = {
        node.value
        for name in MODULES
        if name != "policyengine.model.diagnostic"
        for node in ast.walk(_tree(name))
        if isinstance(node, ast.Constant)
    }

    assert not CODES.keys() - texts


def test_the_grammar_has_no_conflicts_and_no_tokens_that_collide() -> None:
    grammar = files("policyengine.frontend").joinpath("grammar.lark").read_text("utf-8")

    # `strict` turns every conflict and every collision into an error; lark needs interegular for it
    parser = Lark(grammar, parser="lalr", strict=True, keep_all_tokens=True, maybe_placeholders=False)

    assert parser.parse("creator.age >= 18 years").data == "start"
