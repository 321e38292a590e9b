"""Generated folders of policies: one check over the conformance vocabulary, in versions and layers. Not a test.

Every version of the world has the same ids, so that narrower files and waivers always have something to change.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from hypothesis import strategies as st

import callers
import strategies
from callers import Caller, Facts
from drawing import Draw, numbers_below, pick, rarely
from policyengine.decide import Policies
from policyengine.model import syntax
from policyengine.model.checked import CheckedPolicy
from policyengine.model.diagnostic import has_errors
from policyengine.pipeline import compile_folder
from workbench import VOCABULARY

REGIONS = ("JP", "KR", "asia", "FR", "ID", "world")
_IDS = ("a", "b", "c", "d", "e")
_LIFTED = ("a", "b", "g", "h", "e")
_FIRST = datetime.date(2023, 6, 1)
_LANGUAGES = "{en: x, id: x}"


@dataclass(frozen=True)
class Folder:
    """The texts of one program's files, by path."""

    texts: tuple[tuple[str, str], ...]

    @cached_property
    def policies(self) -> Policies:
        """The folder, compiled."""
        return _compiled(self.texts)


@lru_cache(maxsize=4)
def _compiled(texts: tuple[tuple[str, str], ...]) -> Policies:
    compiled, diagnostics = compile_folder(VOCABULARY, texts=dict(texts))
    assert compiled is not None
    assert not has_errors(diagnostics), diagnostics
    return Policies(compiled, diagnostics)


@st.composite
def folders(draw: Draw) -> Folder:
    """Give a little folder of policies."""
    version_by = pick(draw, ("today", "today", "today", "f.recent"))
    files = {"club/program.yaml": _program(version_by)}
    for region, least, most in (("world", 1, 3), ("asia", 0, 2), ("JP", 0, 1)):
        day = _FIRST if region == "world" else _FIRST + datetime.timedelta(days=pick(draw, (0, 1, 100, 200)))
        for number in range(least + draw(numbers_below(most - least + 1))):
            day += datetime.timedelta(days=pick(draw, (1, 60, 250))) if number else datetime.timedelta()
            withdrawn = number > 0 and rarely(draw, 5)
            body = "withdrawn: true\n" if withdrawn else _rules(draw, region, day)
            files[f"club/{region}/{day}.yaml"] = f"program: club\nregion: {region}\neffective: {day}\n{body}"
    return Folder(tuple(files.items()))


def written(clauses: Mapping[str, str], waived: Sequence[str] = ()) -> Folder:
    """Write a folder of one version, whose check has these clauses; some are waived for long."""
    lines = ["program: club", "region: world", f"effective: {_FIRST}", *_NAMES, "checks:", "  joining:"]
    lines += [f"    {name}: {{require: '{source}'}}" for name, source in clauses.items()]
    lines += ["waivers:"] if waived else []
    lines += [f"  {name}: {{until: 2099-01-01, because: {_LANGUAGES}}}" for name in waived]
    return Folder((("club/program.yaml", _program("today")), (f"club/world/{_FIRST}.yaml", "\n".join(lines))))


def _program(version_by: str) -> str:
    reads = ", ".join(f"{outcome}: {_LANGUAGES}" for outcome in ("met", "unmet", "unknown", "not_offered"))
    return (
        f"program: club\ntitle: {_LANGUAGES}\nabout: {_LANGUAGES}\ngrants: {_LANGUAGES}\nchecks:\n"
        f"  joining: {{title: {_LANGUAGES}, region_by: f.r, version_by: {version_by}, reads: {{{reads}}}}}\n"
    )


def _rules(draw: Draw, region: str, day: datetime.date) -> str:
    if region == "world":
        lines = [*_NAMES, "checks:", "  joining:", *_tree(draw)]
    else:
        changed = [name for name in _IDS if rarely(draw, 2)]
        lines = ["checks:", "  joining:", *(f"    {name}: {_leaf(draw)}" for name in changed)] if changed else []
        if rarely(draw, 3):
            lines = lines or ["checks:", "  joining:"]
            lines.append(f"    n_{region.lower()}: {_leaf(draw, 'new: true')}")
    lifted = [name for name in _LIFTED if rarely(draw, 4)]
    if lifted:
        lines.append("waivers:")
        for name in lifted:
            until = day + datetime.timedelta(days=pick(draw, (1, 30, 150, 400)))
            lines.append(f"  {name}: {{until: {until}, because: {_LANGUAGES}}}")
    return "\n".join(lines) + "\n"


def _tree(draw: Draw) -> Iterator[str]:
    yield f"    a: {_leaf(draw)}"
    for group, children in (("g", ("b", "c")), ("h", ("d", "e"))):
        yield f"    {group}:\n      {pick(draw, ('any_of', 'any_of', 'all_of'))}:"
        yield from (f"        {name}: {_leaf(draw)}" for name in children)


def _leaf(draw: Draw, more: str = "") -> str:
    source = draw(_CLAUSES)
    range_ = strategies.proved(source).range
    if range_ is not None and range_.single:  # always or never met, whatever the facts are
        source = "f.a"
    return f"{{require: '{source}'{', ' if more else ''}{more}}}"


_CLAUSES = st.one_of(strategies.clauses(), strategies.expressions(truths=True, dated=True))


def _names() -> Iterator[str]:
    """Write the parameters and definitions that expressions use."""
    yield "sources: {page: {title: A page, publisher: Somebody, certainty: high}}"
    yield "parameters:"
    for name, value in strategies.NAMES.parameters.items():
        shown = str(value) if not isinstance(value, tuple) else str(syntax.List(value, value[0].span))
        yield f"  {name}: {{value: {shown}, source: page}}"
    for name, (regions, is_open) in strategies.NAMES.regions.items():
        opened = ", open: true" if is_open else ""
        yield f"  {name}: {{regions: [{', '.join(regions)}]{opened}, source: page}}"
    yield "definitions:"
    for name, source in strategies.NAMES.definitions.items():
        yield f"  {name}: {{expression: '{source}'}}"


_NAMES = tuple(_names())


@dataclass(frozen=True)
class Member:
    """Somebody who asks a folder on a day."""

    region: str
    on: datetime.date
    facts: Facts


@st.composite
def members(draw: Draw, folder: Folder, *, known: bool = False, derived: bool = True) -> Member:
    """Give somebody who asks on a day near some version, and of whom little is unknown, or nothing when `known`.

    A derived fact is given only without its inputs unless `derived`: they would contradict it on another day.
    """
    policies = folder.policies
    region = pick(draw, REGIONS)
    timelines = policies.compiled.timelines["club"]
    cuts = [interval.start for intervals in timelines.values() for interval in intervals]
    on = pick(draw, cuts) + datetime.timedelta(days=pick(draw, (0, -1, 1, 30, -40, -300)))
    caller = Caller(draw, policies.door, near=on)
    checks = [p.checks["joining"] for each in timelines.values() for p in each if isinstance(p, CheckedPolicy)]
    wanted: Mapping[str, frozenset[str]] = callers.everything(
        policies.door.vocabulary, list(dict.fromkeys(name for check in checks for name in check.facts))
    )
    often = 2 if derived else 0
    facts = caller.known(wanted, on, derived=often) if known else caller.some(wanted, on, derived=often, few=True)
    facts.setdefault("f", {})["r"] = region
    if not derived:
        caller.give_derived_alone(facts, wanted)
    return Member(region, on, facts)
