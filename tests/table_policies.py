"""Generated folders of policies for tables: two checks with values, in versions and layers. Not a test.

As `little_policies`, and what a table makes hard: values whose types differ between versions, checks that some versions
lack, requirements of some regions only, numbers and lists of regions that narrower files replace, names that SQL has
uses for.
"""

import datetime
from collections.abc import Iterator, Mapping

from hypothesis import assume
from hypothesis import strategies as st

import strategies
from drawing import Draw, numbers_below, pick, rarely
from little_policies import _LANGUAGES, _NAMES
from policyengine.decide import Policies
from policyengine.model.diagnostic import has_errors
from policyengine.pipeline import compile_folder
from workbench import VOCABULARY

REGIONS = ("JP", "KR", "asia", "FR", "ID", "US-CA", "world")
FIRST = datetime.date(2023, 6, 1)
_IDS = ("a", "b", "c", "policy", "invalid", "region")
"""Ids of requirements: some are words that statements use too."""
_NUMBERS = {
    "ten": ("12", "9"),
    "some_followers": ("500 followers", "10_000 followers"),
    "some_views": ("3.5 views", "1 views"),
    "top_price": ("99.99 USD", "250 USD"),
    "portion": ("50%", "60%"),
    "grace": ("31 days", "1 days"),
    "short_time": ("60 seconds", "2 minutes"),
    "min_age": ("19 years", "21 years"),
    "launch": ("2024-01-01", "2024-02-29"),
    "holidays": ("[2024-01-01, 2024-06-15]", "[2023-06-06]"),
    "good_kinds": ('["personal", "media"]', '["business"]'),
}
_LISTS = {"opened": ("[KR, FR]", "[asia]"), "shut": ("[world]", "[US-CA, JP]")}


@st.composite
def folders(draw: Draw) -> Policies:
    """Give a folder of policies, compiled; one that cannot be proved exact is left out."""
    files = {"club/program.yaml": _program(draw)}
    for region, least, most in (("world", 1, 3), ("asia", 0, 2), ("JP", 0, 2), ("US-CA", 0, 1)):
        day = FIRST if region == "world" else FIRST + datetime.timedelta(days=pick(draw, (0, 1, 100, 200)))
        for number in range(least + draw(numbers_below(most - least + 1))):
            day += datetime.timedelta(days=pick(draw, (1, 60, 250))) if number else datetime.timedelta()
            withdrawn = number > 0 and rarely(draw, 6)
            body = "withdrawn: true" if withdrawn else "\n".join(_rules(draw, region, day, number))
            files[f"club/{region}/{day}.yaml"] = f"program: club\nregion: {region}\neffective: {day}\n{body}\n"
    compiled, diagnostics = compile_folder(VOCABULARY, texts=files)
    problems = {each.code for each in diagnostics if has_errors([each])}
    assert problems <= {
        "number-range",
        "date-range",
        "too-deep",
        "unreachable",
        "always-met",
        "never-met",
        "waives-nothing",
        "overrides-nothing",
    }, diagnostics
    assume(not problems)
    assert compiled is not None
    return Policies(compiled, diagnostics)


def club(files: Mapping[str, str], checks: tuple[str, ...] = ("joining",)) -> Policies:
    """Compile a program of files by region and day, which say only what they are about."""
    reads = ", ".join(f"{outcome}: {_LANGUAGES}" for outcome in ("met", "unmet", "unknown", "not_offered"))
    entries = "\n".join(
        f"  {check}: {{title: {_LANGUAGES}, region_by: f.{'r2' if check == 'selling' else 'r'}, version_by: today, "
        f"reads: {{{reads}}}}}"
        for check in checks
    )
    texts = {"club/program.yaml": f"program: club\ntitle: {_LANGUAGES}\nabout: {_LANGUAGES}\ngrants: {_LANGUAGES}\n"
                                  f"checks:\n{entries}\n"}  # fmt: skip
    for place, text in files.items():
        region, day = place.split("/")
        sources = "sources: {page: {title: A page, publisher: Somebody, certainty: high}}\n" * ("page" in text)
        texts[f"club/{place}.yaml"] = f"program: club\nregion: {region}\neffective: {day}\n{sources}{text}\n"
    compiled, diagnostics = compile_folder(VOCABULARY, texts=texts)
    assert compiled is not None
    assert not has_errors(diagnostics), diagnostics
    return Policies(compiled, diagnostics)


def _program(draw: Draw) -> str:
    reads = ", ".join(f"{outcome}: {_LANGUAGES}" for outcome in ("met", "unmet", "unknown", "not_offered"))
    version = pick(draw, ("today", "today", "f.recent"))
    selling = pick(draw, ("f.r", "f.r", "f.r2"))
    return (
        f"program: club\ntitle: {_LANGUAGES}\nabout: {_LANGUAGES}\ngrants: {_LANGUAGES}\nchecks:\n"
        f"  joining: {{title: {_LANGUAGES}, region_by: f.r, version_by: {version}, reads: {{{reads}}}}}\n"
        f"  selling: {{title: {_LANGUAGES}, region_by: {selling}, version_by: today, reads: {{{reads}}}}}\n"
    )


def _rules(draw: Draw, region: str, day: datetime.date, number: int) -> Iterator[str]:
    if region == "world":
        yield from _world(draw, number)
    else:
        yield from _narrower(draw, region)
    lifted = [name for name in ("a", "policy", "g") if rarely(draw, 4)]
    if lifted:
        yield "waivers:"
        for name in lifted:
            until = day + datetime.timedelta(days=pick(draw, (1, 30, 150, 400)))
            yield f"  {name}: {{until: {until}, because: {_LANGUAGES}}}"


def _world(draw: Draw, number: int) -> Iterator[str]:
    yield from _NAMES
    yield "checks:"
    yield "  joining:"
    yield f"    a: {_leaf(draw)}"
    yield f"    policy: {_leaf(draw)}"
    yield f"    g:\n      {pick(draw, ('any_of', 'all_of'))}:"
    yield from (f"        {name}: {_leaf(draw)}" for name in ("b", "c", *(("invalid",) if rarely(draw, 2) else ())))
    if rarely(draw, 2):
        yield f"    only_{number}: {_leaf(draw)}"
    sells = not rarely(draw, 4)
    if sells:
        yield "  selling:"
        yield from (f"    {name}: {_leaf(draw)}" for name in ("region", "a2")[: pick(draw, (1, 2))])
    yield "values:"
    yield "  joining:"
    yield f"    cap: {_value(draw)}"
    if rarely(draw, 2):
        yield f"    prize: {_value(draw)}"
    if sells and rarely(draw, 2):
        yield f"  selling: {{cap: {_value(draw)}}}"


def _narrower(draw: Draw, region: str) -> Iterator[str]:
    numbers = [name for name in _NUMBERS if rarely(draw, 3)]
    lists = [name for name in _LISTS if rarely(draw, 4)]
    if numbers or lists:
        yield "sources: {page: {title: A page, publisher: Somebody, certainty: high}}"
        yield "parameters:"
        yield from (f"  {name}: {{value: {pick(draw, _NUMBERS[name])}, source: page}}" for name in numbers)
        for name in lists:
            opened = ", open: true" if rarely(draw, 2) else ""
            yield f"  {name}: {{regions: {pick(draw, _LISTS[name])}{opened}, source: page}}"
    changed = [f"    {name}: {_leaf(draw)}" for name in ("a", "policy", "b") if rarely(draw, 4)]
    if rarely(draw, 3):
        changed.append(f"    n_{region.lower().replace('-', '_')}: {_leaf(draw, 'new: true')}")
    if rarely(draw, 6):
        changed = [line for line in changed if not line.startswith("    b:")] + ["    g: {removed: true}"]
    if changed:
        yield "checks:"
        yield "  joining:"
        yield from changed
    if rarely(draw, 3):
        yield f"values: {{joining: {{cap: {_value(draw)}}}}}"


def _leaf(draw: Draw, more: str = "") -> str:
    source = draw(_CLAUSES)
    range_ = strategies.proved(source).range
    if range_ is not None and range_.single:
        source = "f.a"
    return f"{{require: '{source}'{', ' if more else ''}{more}}}"


def _value(draw: Draw) -> str:
    source = draw(_VALUES)
    return f"{{expression: '{source}', title: {_LANGUAGES}}}"


_PLAIN_VALUES = (
            "f.usd", "2 * f.usd", "f.jpy", "f.eur * 2.5", "f.kwd", "f.fine", "f.n", "half", "portion", "f.pct * 2",
            "f.pct1", "f.d", "today + grace", "f.dur", "f.per", "min_age", "f.c", "f.t", "f.r", "f.a",
            "f.followers * 50%", "top_price", "price",
)  # fmt: skip
_CLAUSES = st.integers(0, 9).flatmap(
    lambda number: strategies.clauses() if number else strategies.expressions(truths=True, dated=True)
)
_VALUES = st.integers(0, 9).flatmap(
    lambda number: st.sampled_from(_PLAIN_VALUES) if number else strategies.expressions()
)
