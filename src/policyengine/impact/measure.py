"""The impact of a change: every check that the people can be asked about, measured.

Reads: two sides, a table of people.
Gives: `measure`.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policyengine.decide import day_to_decide
from policyengine.impact.changes import Changes, changes
from policyengine.impact.cliffs import Parameter, cliffs, parameters
from policyengine.impact.figures import (
    Cause,
    CheckImpact,
    Flow,
    Impact,
    Kind,
    LeftOut,
    PopulationNote,
    RegionFlow,
    SideNote,
)
from policyengine.impact.near_misses import near_misses, side_by_side
from policyengine.impact.population import Population, Progress, check_columns, open_population
from policyengine.impact.rules import Rules, rules_of
from policyengine.impact.sides import Side
from policyengine.model.checked import CheckedPolicy
from policyengine.model.errors import InvalidSide, UnknownName
from policyengine.report.policy_data import requirement_words
from policyengine.targets import prose


def measure(
    before: Side,
    after: Side,
    program: str,
    source: Any,
    *,
    on: datetime.date,
    checks: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    floats: bool = False,
    language: str | None = None,
    progress: Progress = lambda _: None,
) -> Impact:
    """Measure what becomes of people when one side's rules give way to the other's.

    `source` is what `Policies.decide_table` takes, but for Spark's; the people are as they are on the day `on`, which
    both sides see as today. Without `checks` it is all those that the source has any fact for. Words are in the
    language given, or in the first.

    Raises `InvalidTable`, `UnknownName`, and `InvalidFact` for a column that cannot hold its fact.
    """
    for each in (before, after):
        if each.program not in (None, program):
            raise InvalidSide(f"{each.label} is about `{each.program}`", f"a draft of `{program}`")
    population = open_population(source, day_to_decide(on), columns or {}, floats=floats)
    check_columns(population.columns, [before.policies, after.policies])
    words = _words(after, language)
    left_out: list[LeftOut] = []
    pairs = list(_pairs(before, after, program, checks, population, left_out))
    asked = [_Check(*pair, population, words, parameters(pair[1])) for pair in pairs]
    steps = _steps(progress, sum(each.statements for each in asked))
    measured = tuple(each.measured(steps) for each in asked)
    rows = measured[0].flow.rows if measured else 0
    return Impact(
        program,
        after.policies.compiled.programs[program].title.nearest(words.language.code) or program,
        on,
        PopulationNote(population.name, rows, population.synthetic),
        _note(before),
        _note(after),
        measured,
        tuple(left_out),
    )


def _words(side: Side, language: str | None) -> prose.Words:
    known = side.policies.words
    if language is not None and language not in known:
        raise UnknownName("language", language, f"there are {', '.join(known)}")
    return known[language or next(iter(known))]


def _note(side: Side) -> SideNote:
    return SideNote(side.kind, side.label, side.folder, side.day)


def _pairs(
    before: Side,
    after: Side,
    program: str,
    wanted: Sequence[str],
    population: Population,
    left_out: list[LeftOut],
) -> Iterator[tuple[Rules, Rules]]:
    """Give the rules of both sides for the checks that are meant; say which are left out, and why."""
    here, there = (side.policies.checks(program) for side in (before, after))
    for check in dict.fromkeys(wanted or (*there, *here)):
        if not wanted and (check not in here or check not in there):
            side = "before" if check in here else "after"
            left_out.append(LeftOut(check, f"only the rules {side} ask it"))
            continue
        pair = rules_of(before, program, check), rules_of(after, program, check)
        reason = None if wanted else _nothing_to_measure(*pair, population)
        if reason is None:
            yield pair
        else:
            left_out.append(LeftOut(check, reason))


def _nothing_to_measure(before: Rules, after: Rules, population: Population) -> str | None:
    if after.by_fact is not None and before.by_fact == after.by_fact and _same(before, after):
        return f"its version goes by `{after.by_fact}`, not by the day, and both sides have the same versions"
    facts = [path for rules in (before, after) for path in _facts(rules, population)]
    if any(known for _, known in facts):
        return None
    return f"the population has none of its facts: {', '.join(dict.fromkeys(path for path, _ in facts))}"


def _facts(rules: Rules, population: Population) -> Iterator[tuple[str, bool]]:
    """Give what a check reads besides what picks its rules, and whether the population has it."""
    plan = population.plan(rules)
    for policy in rules.in_force():
        for path in rules.check(policy).facts:
            if path not in (rules.entry.region_by.text, rules.by_fact):
                yield path, path not in plan.missing


def _same(before: Rules, after: Rules) -> bool:
    def meanings(rules: Rules) -> Iterable[object]:
        return [(policy.region, policy.start, policy.end, rules.check(policy).digest) for policy in rules.in_force()]

    return meanings(before) == meanings(after)


def _steps(told: Progress, statements: int) -> Iterator[Progress]:
    """Tell how much is done, a statement after the other."""
    for number in range(statements):
        yield lambda part, number=number: told((number + part) / statements)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class _Check:
    before: Rules
    after: Rules
    population: Population
    words: prose.Words
    moved: Sequence[Parameter]

    @property
    def statements(self) -> int:
        """How many statements it takes."""
        return 3 + (1 + len(self.moved) if self.moved else 0)

    def measured(self, steps: Iterator[Progress]) -> CheckImpact:
        counted = changes(self.before, self.after, self.population, next(steps))
        close = near_misses(self.before, self.population, next(steps))
        closer = near_misses(self.after, self.population, next(steps))
        language = self.words.language.code
        entry, plan = self.after.entry, self.population.plan(self.after)
        old = self.population.plan(self.before)
        return CheckImpact(
            entry.name,
            entry.title.nearest(language) or entry.name,
            {outcome: text.nearest(language) or outcome for outcome, text in entry.reads.items()},
            {**old.facts, **plan.facts},
            tuple(dict.fromkeys([*plan.missing, *old.missing])),
            self.after.by_fact,
            self.before.notes(),
            self.after.notes(),
            counted.all(),
            tuple(self.regions(counted)),
            tuple(self.causes(counted)),
            counted.unreadable(),
            tuple(side_by_side(close, closer, self.words)),
            tuple(cliffs(self.after, self.moved, self.population, self.words, steps)),
        )

    def regions(self, counted: Changes) -> Iterator[RegionFlow]:
        """Give the regions: those first where most people feel a change, then those with most changes."""
        flows = {region: Flow.of(rows) for region, rows in counted.regions.items()}
        for region in sorted(flows, key=lambda r: (-flows[r].felt, -flows[r].changed, -flows[r].rows, r or "")):
            yield RegionFlow(region, "region not known" if region is None else self.words.region(region), flows[region])

    def causes(self, counted: Changes) -> Iterator[Cause]:
        """Give the causes by kind, those of most rows first."""
        kinds = list(Kind)
        totals = {reason: sum(regions.values()) for reason, regions in counted.reasons.items()}
        said = self.said()
        for reason in sorted(totals, key=lambda r: (kinds.index(r[0]), -totals[r], r[1] or "")):
            kind, requirement = reason
            regions = sorted(counted.reasons[reason].items(), key=lambda each: (-each[1], each[0] or ""))
            words = said.get(requirement or "", (None, None, None))
            yield Cause(kind, requirement, totals[reason], counted.alone[reason], *words, tuple(regions))

    def said(self) -> Mapping[str, tuple[str | None, str | None, str | None]]:
        """Give what each requirement says before and after, and where: in the widest region where that changed."""
        found: dict[str, tuple[str | None, str | None, str | None]] = {}
        for number, region in enumerate(self.own_regions()):
            before, after = (self.said_in(rules, region) for rules in (self.before, self.after))
            where = self.words.region(region) if number else None
            for name in {**after, **before}:
                pair = before.get(name), after.get(name)
                known = found.get(name)
                if known is None or (known[0] == known[1] and pair[0] != pair[1]):
                    found[name] = (*pair, where)
        return found

    def own_regions(self) -> Sequence[str]:
        """Give the regions for which a side has rules of their own, wider ones first."""
        sides = (self.before, self.after)
        chains = {region: chain for rules in sides for region, chain in rules.policies.compiled.tree.chains.items()}
        regions = {policy.region for rules in sides for policy in rules.in_force()}
        return sorted(regions, key=lambda region: (len(chains[region]), region))

    def said_in(self, rules: Rules, region: str) -> Mapping[str, str]:
        """Give the words of a side's requirements in a region, by its latest rules."""
        if region not in rules.policies.compiled.tree:
            return {}
        timeline = rules.policies.timeline(rules.program, region=region)
        policy = next((each for each in reversed(timeline) if isinstance(each, CheckedPolicy)), None)
        check = policy.checks.get(rules.entry.name) if policy is not None else None
        if policy is None or check is None:
            return {}
        return {
            requirement.id: requirement_words(requirement, check, policy.parameters, self.words)
            for requirement in check.requirements
        }
