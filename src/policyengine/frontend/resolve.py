"""Region chains and effective days become intervals; of every id one entry wins.

Reads: `PolicySet`.
Gives: for each region that has files of its own, its timeline of `ResolvedPolicy` and `Gap`, day by day without holes
from the first effective day on. A region without files has the timeline of its nearest ancestor that has some.
Never: looks into an expression.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol, TypeVar

from policyengine.model.authored import Name, PolicyFile, Program, RegionNode, RequirementEntry, WaiverEntry
from policyengine.model.diagnostic import Diagnostic, Note, Severity, did_you_mean
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap, ResolvedPolicy, ResolvedRequirement, Winner
from policyengine.model.span import Span

ROOT = "world"
Timeline = tuple[ResolvedPolicy | Gap, ...]


def region_tree(nodes: Sequence[RegionNode], problems: list[Diagnostic]) -> RegionTree:
    """Build the tree. What keeps a node's chain from the root is reported once, and the node is left out."""
    known = {node.id: node for node in nodes}
    cyclic: set[str] = set()
    parents: dict[str, str | None] = {ROOT: None}
    if ROOT not in known:
        span = nodes[0].span if nodes else None
        if span is not None:
            problems.append(Diagnostic("missing-key", f"the tree of regions needs its root, `{ROOT}`", span))
    for node in nodes:
        if node.part_of is None and node.id != ROOT:
            message = f"`{node.id}` is part of nothing; only `{ROOT}` is the root"
            problems.append(Diagnostic("missing-key", message, node.span, help="add `part_of`"))
        elif node.part_of is not None and node.part_of.text not in known:
            problems.append(_unknown_region(node.part_of, known))
        elif node.part_of is not None and (cycle := _cycle(node, known)) and node.id not in cyclic:
            cyclic.update(cycle)
            message = f"`{node.id}` lies within itself: {' → '.join(cycle)}"
            problems.append(Diagnostic("cyclic-region", message, node.part_of.span))
    for node in nodes:
        if _reaches_root(node, known):
            parents[node.id] = node.part_of.text if node.part_of else None
    return RegionTree(parents)


def _unknown_region(name: Name, known: Iterable[str]) -> Diagnostic:
    help_ = did_you_mean(name.text, known)
    return Diagnostic("unknown-region", f"no region named `{name}`", name.span, help=help_)


def _cycle(node: RegionNode, known: Mapping[str, RegionNode]) -> list[str] | None:
    path = [node.id]
    above = node
    while above.part_of is not None and above.part_of.text in known and len(path) <= len(known):
        above = known[above.part_of.text]
        path.append(above.id)
        if above.id == node.id:
            return path
    return None


def _reaches_root(node: RegionNode, known: Mapping[str, RegionNode]) -> bool:
    seen: set[str] = set()
    while node.part_of is not None and node.id not in seen and node.part_of.text in known:
        seen.add(node.id)
        node = known[node.part_of.text]
    return node.id == ROOT


def resolve(
    program: Program,
    files: Iterable[PolicyFile],
    tree: RegionTree,
    problems: list[Diagnostic],
) -> dict[str, Timeline]:
    """Resolve one program: a timeline for each region with files of its own, wider regions first."""
    layers = _layers(program, files, tree, problems)
    timelines = {}
    for region in sorted(layers, key=lambda region: len(tree.chain(region))):
        chain = [layers[node] for node in tree.chain(region) if node in layers]
        timelines[region] = _timeline(program, region, chain, problems)
    return timelines


def _layers(
    program: Program,
    files: Iterable[PolicyFile],
    tree: RegionTree,
    problems: list[Diagnostic],
) -> dict[str, list[PolicyFile]]:
    """Group the files in force some day by region, each group by day; report what cannot be placed."""
    layers: dict[str, list[PolicyFile]] = defaultdict(list)
    declared = {check.name for check in program.checks}
    for file in sorted(files, key=lambda file: (file.effective, len(file.source.path))):
        if file.region.text not in tree:
            problems.append(_unknown_region(file.region, tree.parents))
            continue
        problems.extend(_undeclared_checks(file, declared))
        problems.extend(_misplaced_flags(file))
        problems.extend(_ended_waivers(file))
        if file.draft:
            continue
        group = layers[file.region.text]
        if group and group[-1].effective == file.effective:
            notes = (Note("the other file", group[-1].effective_span),)
            message = f"`{file.region}` has another file for {file.effective}"
            help_ = "a draft says `draft: true`; a change of rules has a day of its own"
            problems.append(Diagnostic("duplicate-version", message, file.effective_span, help_, notes))
            continue
        group.append(file)
    return dict(layers)


def _undeclared_checks(file: PolicyFile, declared: set[str]) -> Iterable[Diagnostic]:
    named = [Name(name, span) for name, span in file.check_spans.items()]
    for name in (*named, *(waiver.check for waiver in file.waivers if waiver.check)):
        if name.text not in declared:
            message = f"program.yaml declares no check `{name}`"
            help_ = did_you_mean(name.text, declared)
            yield Diagnostic("unknown-check", message, name.span, help=help_)


def _misplaced_flags(file: PolicyFile) -> Iterable[Diagnostic]:
    """Report `new` and `removed` in the root's files: nothing is wider."""
    if file.region.text != ROOT:
        return
    sections: list[Iterable[_Flagged]] = [
        file.parameters,
        file.definitions,
        *file.checks.values(),
        *file.values.values(),
    ]
    for entry in (entry for section in sections for entry in section):
        if entry.new or entry.removed:
            message = f"`{'new' if entry.new else 'removed'}: true` has no meaning in a file of `{ROOT}`"
            help_ = f"a file of `{ROOT}` overrides nothing: it holds all that is in force from its day on"
            yield Diagnostic("misplaced-flag", message, entry.span, help=help_)


def _ended_waivers(file: PolicyFile) -> Iterable[Diagnostic]:
    for waiver in file.waivers:
        if waiver.until <= file.effective:
            message = f"the waiver of `{waiver.id}` has ended when this file comes into force"
            yield Diagnostic("unused", message, waiver.span, severity=Severity.WARNING)


def _timeline(
    program: Program,
    region: str,
    chain: Sequence[Sequence[PolicyFile]],
    problems: list[Diagnostic],
) -> Timeline:
    """Cut the days at every effective day and every end of a waiver in force, and merge each interval's files."""
    starts = {file.effective for layer in chain for file in layer}
    ends = {waiver.until for layer in chain for file in layer for waiver in file.waivers}
    first = min(starts)
    days: list[datetime.date | None] = [*sorted(starts | {end for end in ends if end > first}), None]
    intervals: list[ResolvedPolicy | Gap] = []
    found: list[Diagnostic] = []
    for start, end in pairwise(days):
        assert start is not None
        in_force = [file for layer in chain if (file := _latest(layer, start)) is not None]
        withdrawn = next((file for file in in_force if file.withdrawn), None)
        if withdrawn is not None:
            intervals.append(Gap(program.name, region, start, end, withdrawn))
        else:
            intervals.append(_merge(program, region, (start, end), in_force, found))
    # a mistake in many intervals is one mistake: it stands for the first of them
    problems.extend({(problem.code, problem.span.key): problem for problem in reversed(found)}.values())
    return tuple(intervals)


def _latest(layer: Sequence[PolicyFile], day: datetime.date) -> PolicyFile | None:
    return max((file for file in layer if file.effective <= day), key=lambda file: file.effective, default=None)


class _Flagged(Protocol):
    """What every entry of a narrower file has."""

    @property
    def id(self) -> str: ...
    @property
    def new(self) -> bool: ...
    @property
    def removed(self) -> bool: ...
    @property
    def span(self) -> Span: ...


_E = TypeVar("_E", bound=_Flagged)


def _merge(
    program: Program,
    region: str,
    days: tuple[datetime.date, datetime.date | None],
    files: Sequence[PolicyFile],
    problems: list[Diagnostic],
) -> ResolvedPolicy:
    """Merge the files of one interval, widest first: the widest is the base, every other one overrides."""
    parameters: dict[str, Winner] = {}  # type: ignore[type-arg]
    definitions: dict[str, Winner] = {}  # type: ignore[type-arg]
    values: dict[str, dict[str, Winner]] = {}  # type: ignore[type-arg]
    checks: dict[str, tuple[ResolvedRequirement, ...]] = {}
    declared = [check.name for check in program.checks]
    found: list[Diagnostic] = []
    for index, file in enumerate(files):
        merge = _Merge(file, days[0], base=index == 0, problems=found)
        parameters = merge.section(parameters, file.parameters)
        definitions = merge.section(definitions, file.definitions)
        for check in (name for name in declared if name in file.check_spans):
            values[check] = merge.section(values.get(check, {}), file.values.get(check, ()))
            checks[check] = merge.requirements(checks.get(check, ()), file.checks.get(check, ()))
    if not found:
        empty = [check for check in checks if not checks[check] and not values[check]]
        found = [_empty_check(check, files) for check in empty]
    problems.extend(found)
    named = {check: checks.get(check, ()) for check in declared}
    waivers = _waivers(files, days[0], named, problems)
    return ResolvedPolicy(program.name, region, *days, tuple(files), parameters, definitions, checks, values, waivers)


def _empty_check(name: str, files: Sequence[PolicyFile]) -> Diagnostic:
    """Report a check of which nothing is left, in the narrowest file that speaks of it."""
    span = next(file.check_spans[name] for file in reversed(files) if name in file.check_spans)
    help_ = "a check of a file has at least one requirement or value"
    return Diagnostic("empty-check", f"the check `{name}` has no requirements", span, help=help_)


@dataclass(frozen=True, slots=True)
class _Merge:
    """One file's entries laid over what wider files gave."""

    file: PolicyFile
    day: datetime.date
    base: bool
    problems: list[Diagnostic]

    def fits(self, entry: _Flagged, wider: Iterable[str]) -> bool:
        """Say whether an entry has what it overrides, or overrides nothing and says so."""
        known = list(wider)
        if self.file.region.text == ROOT:
            return not entry.removed  # reported as misplaced
        if entry.new and entry.id in known:
            message = f"a wider file already has `{entry.id}`"
            way_out = "take `new: true` out to override it, or choose another id"
            self.problems.append(Diagnostic("already-there", message, entry.span, help=way_out))
            return False
        if entry.id not in known and (entry.removed or not (entry.new or self.base)):
            message = f"no wider file in force on {self.day} has `{entry.id}`"
            help_ = did_you_mean(entry.id, known)
            if not entry.removed:
                help_ = f"{help_} if not, `new: true` adds it" if help_ else "`new: true` adds it"
            self.problems.append(Diagnostic("overrides-nothing", message, entry.span, help=help_))
            return False
        return True

    def section(self, wider: Mapping[str, Winner], entries: Iterable[_E]) -> dict[str, Winner]:  # type: ignore[type-arg]
        merged = dict(wider)
        for entry in entries:
            if not self.fits(entry, wider):
                continue
            if entry.removed:
                del merged[entry.id]
            else:
                merged[entry.id] = Winner(entry, self.file)
        return merged

    def requirements(
        self,
        wider: tuple[ResolvedRequirement, ...],
        entries: Iterable[RequirementEntry],
    ) -> tuple[ResolvedRequirement, ...]:
        merged = wider
        known = [requirement.entry.id for requirement in walk(wider)]
        for entry in entries:
            if not self.fits(entry, known):
                continue
            self.problems.extend(_emptied(merged, entry))
            if self.base or entry.new:
                merged = (*merged, self.own(entry))
            else:
                put = None if entry.removed else self.own(entry)
                merged = _replaced(merged, entry.id, put)
        return _unique(merged, {}, self.problems)

    def own(self, entry: RequirementEntry) -> ResolvedRequirement:
        return ResolvedRequirement(entry, self.file, tuple(self.own(child) for child in entry.children))


def walk(requirements: Iterable[ResolvedRequirement]) -> Iterable[ResolvedRequirement]:
    """Give requirements in the author's order, a group before its children."""
    for requirement in requirements:
        yield requirement
        yield from walk(requirement.children)


def _replaced(
    requirements: tuple[ResolvedRequirement, ...],
    name: str,
    put: ResolvedRequirement | None,
) -> tuple[ResolvedRequirement, ...]:
    """Put a requirement in the place of the one with an id; None takes it out."""
    result = []
    for requirement in requirements:
        if requirement.entry.id != name:
            result.append(replace(requirement, children=_replaced(requirement.children, name, put)))
        elif put is not None:
            result.append(put)
    return tuple(result)


def _emptied(requirements: tuple[ResolvedRequirement, ...], entry: RequirementEntry) -> Iterable[Diagnostic]:
    """Report an entry that takes the last requirement out of a group."""
    for group in (requirement.entry.id for requirement in walk(requirements) if _holds_only(requirement, entry.id)):
        if entry.removed:
            message = f"without `{entry.id}` the group `{group}` has no requirements"
            help_ = f"take the whole group out: `{group}: {{removed: true}}`"
            yield Diagnostic("empty-group", message, entry.span, help=help_)


def _holds_only(group: ResolvedRequirement, name: str) -> bool:
    return [child.entry.id for child in group.children] == [name]


def _unique(
    requirements: tuple[ResolvedRequirement, ...], seen: dict[str, RequirementEntry], problems: list[Diagnostic]
) -> tuple[ResolvedRequirement, ...]:
    """Report ids that stand twice and keep the first: later passes look requirements up by id."""
    kept = []
    for requirement in requirements:
        entry = requirement.entry
        first = seen.setdefault(entry.id, entry)
        if first is entry:
            kept.append(replace(requirement, children=_unique(requirement.children, seen, problems)))
        else:
            notes = (Note("the other one", first.span),)
            message = f"`{entry.id}` stands twice in this check"
            problems.append(Diagnostic("duplicate-id", message, entry.span, notes=notes))
    return tuple(kept)


def _waivers(
    files: Sequence[PolicyFile],
    day: datetime.date,
    checks: Mapping[str, tuple[ResolvedRequirement, ...]],
    problems: list[Diagnostic],
) -> dict[tuple[str, str], Winner[WaiverEntry]]:
    found: dict[tuple[str, str], Winner[WaiverEntry]] = {}
    ids = {check: [r.entry.id for r in walk(requirements)] for check, requirements in checks.items()}
    for file in files:
        for waiver in file.waivers:
            named = [waiver.check.text] if waiver.check else list(checks)
            if day >= waiver.until or not ids.keys() & named:  # a check that is not declared was reported
                continue
            holders = [check for check in named if waiver.id in ids.get(check, ())]
            if not holders:
                problems.append(_waives_nothing(waiver, day, ids))
            elif len(holders) > 1:
                message = f"`{waiver.id}` is a requirement of {' and '.join(f'`{c}`' for c in holders)}"
                help_ = f"say which one is meant: `check: {holders[0]}`"
                problems.append(Diagnostic("ambiguous-waiver", message, waiver.span, help=help_))
            else:
                found[holders[0], waiver.id] = Winner(waiver, file)
    return found


def _waives_nothing(waiver: WaiverEntry, day: datetime.date, ids: Mapping[str, Sequence[str]]) -> Diagnostic:
    elsewhere = [check for check, known in ids.items() if waiver.id in known]
    if waiver.check and elsewhere:
        message = f"on {day} the check `{waiver.check}` has no requirement `{waiver.id}` to waive"
        help_: str | None = f"it is a requirement of `{elsewhere[0]}`"
    else:
        message = f"on {day} there is no requirement `{waiver.id}` to waive"
        help_ = did_you_mean(waiver.id, [name for known in ids.values() for name in known])
    return Diagnostic("waives-nothing", message, waiver.span, help=help_)
