"""A program as one ES module: every version and region of its checks, as data and the functions they share.

Reads: a program's timelines, checked; the vocabulary; the tree of regions.
Gives: the module's text, which `decide.js` reads.
Never: writes words, titles, questions or sources; `numbered` says to which interval they belong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from policyengine.model import checked, types
from policyengine.model.authored import CheckEntry, Program
from policyengine.model.checked import Check, CheckedPolicy, FactDeclaration, Requirement, inputs_first
from policyengine.model.operators import TODAY
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap
from policyengine.targets.javascript.expressions import expression_function
from policyengine.targets.javascript.quoting import array, quote, record, table

Intervals = tuple[CheckedPolicy | Gap, ...]


def numbered(timelines: Mapping[str, Intervals]) -> Intervals:
    """List the intervals of all regions; an interval's place in it is its `index` in JavaScript."""
    return tuple(interval for region in timelines for interval in timelines[region])


def program_module(
    program: Program,
    timelines: Mapping[str, Intervals],
    tree: RegionTree,
    vocabulary: Mapping[str, FactDeclaration],
) -> str:
    """Write a program's module, `export const program = {…}`; equal policies give equal texts."""
    return _Module(program, timelines, tree, vocabulary).text()


@dataclass(frozen=True, slots=True)
class _Module:
    """One module as it is written, with the functions and the editions of checks met so far, by their text."""

    program: Program
    timelines: Mapping[str, Intervals]
    tree: RegionTree
    vocabulary: Mapping[str, FactDeclaration]
    shapes: dict[str, int] = field(default_factory=dict)
    editions: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        program = {
            "name": quote(self.program.name),
            "checks": table({entry.name: _selectors(entry) for entry in self.program.checks}),
            "timelines": table(self.timeline_texts()),
            "parents": self.parents(),
            "derived": table({fact.path: self.derivation(fact) for fact in inputs_first(self.vocabulary)}),
            "steps": table({path: quote(step) for path, step in _steps(self.vocabulary)}),
        }
        lines = (
            "// Made by policyengine; runtime.js says what an algebra `o` is, decide.js decides.",
            *_constant("shapes", self.shapes),
            "const ask = (shape, constants) => (o) => shapes[shape](o, constants);",
            "const under = (parent, regions) => regions.map((region) => [region, parent]);",
            *_constant("editions", self.editions),
            "export const program = {",
            *(f"{name}:{code}," for name, code in program.items()),
            "};",
        )
        return "\n".join(lines) + "\n"

    def timeline_texts(self) -> dict[str, str]:
        indices = iter(range(len(numbered(self.timelines))))
        return {
            region: array(self.interval(interval, next(indices)) for interval in timeline)
            for region, timeline in self.timelines.items()
        }

    def interval(self, interval: CheckedPolicy | Gap, index: int) -> str:
        checks = "null"
        if isinstance(interval, CheckedPolicy):
            checks = table({name: f"editions[{self.edition(check)}]" for name, check in interval.checks.items()})
        end = None if interval.end is None else interval.end.toordinal()
        days = {"start": quote(interval.start.toordinal()), "end": quote(end)}
        return record({"index": quote(index), **days, "checks": checks})

    def edition(self, check: Check) -> int:
        """Give the number of what a check says; equal ones share it."""
        values = (record({"id": quote(value.id), "expression": self.ask(value.expression)}) for value in check.values)
        text = record(
            {
                "clauses": array(self.ask(clause.expression) for clause in check.clauses),
                "expression": self.ask(check.expression),
                "requirements": array(self.requirement(requirement) for requirement in check.requirements),
                "values": array(values),
            }
        )
        return self.editions.setdefault(text, len(self.editions))

    def requirement(self, requirement: Requirement) -> str:
        waiver = requirement.waiver
        return record(
            {
                "id": quote(requirement.id),
                "kind": quote(requirement.kind.value),
                "parent": quote(requirement.parent),
                "clause": quote(requirement.clause),
                "expression": self.ask(requirement.expression),
                "waivedUntil": quote(None if waiver is None else waiver.until.toordinal()),
                "obliges": quote(requirement.obliges is not None),
            }
        )

    def ask(self, expr: checked.Expr) -> str:
        """Write an expression as one of the shared functions with its own constants."""
        function = expression_function(expr)
        shape = self.shapes.setdefault(function.text, len(self.shapes))
        return f"ask({shape},{quote(function.constants)})"

    def derivation(self, fact: FactDeclaration) -> str:
        assert fact.derived is not None
        return record({"inputs": quote(fact.inputs), "expression": self.ask(fact.derived)})

    def parents(self) -> str:
        """Write the tree: most regions are part of the root, which is named once for all of them."""
        regions: dict[str, list[str]] = {}
        roots: list[str] = []
        for region, parent in self.tree.parents.items():
            (roots if parent is None else regions.setdefault(parent, [])).append(region)
        known = [array((quote(root), quote(None))) for root in roots]
        known += [f"...under({quote(parent)},{quote(tuple(parts))})" for parent, parts in regions.items()]
        return f"new Map({array(known)})"


def _constant(name: str, items: Iterable[str]) -> tuple[str, ...]:
    return (f"const {name} = [", *(f"{item}," for item in items), "];")


def _selectors(entry: CheckEntry) -> str:
    version = None if entry.version_by.text == TODAY else entry.version_by.text
    return record({"regionBy": quote(entry.region_by.text), "versionBy": quote(version)})


def _steps(vocabulary: Mapping[str, FactDeclaration]) -> Iterable[tuple[str, int]]:
    """List the facts and fields of time that move in steps of more than one underneath."""
    for path, fact in vocabulary.items():
        named = {path: fact, **{f"{path}.{item.path}": item for item in fact.fields}}
        for name, declared in named.items():
            if isinstance(declared.type, types.Duration | types.Period) and declared.unit_size != 1:
                yield name, declared.unit_size
