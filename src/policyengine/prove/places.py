"""Where each meaning stands: checks that mean the same are one, over all the regions and days that they decide.

Reads: `Compiled`; drafts, each as if it were published beside the rest.
Gives: `Meaning`, `Place`, and what is wrong with drafts.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policyengine.compiled import Compiled, Intervals, with_files
from policyengine.model.authored import CheckEntry, PolicyFile
from policyengine.model.checked import Check, CheckedPolicy, Expr, Origin, Requirement, with_clauses
from policyengine.model.diagnostic import Diagnostic, has_errors
from policyengine.model.operators import TODAY
from policyengine.plan import FIRST, LAST

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A policy, the regions that it decides for, and its first and last day.

    `regions` are its own and, of those without policy files, the ones below it. `draft` is the path of a draft that
    the policy is made with.
    """

    policy: CheckedPolicy
    regions: tuple[str, ...]
    first: datetime.date
    last: datetime.date
    draft: str | None = None

    def __str__(self) -> str:
        since = f"`{self.policy.region}` from {self.policy.start} on"
        return f"{since}, with the draft {self.draft}" if self.draft else since


@dataclass(frozen=True, slots=True)
class Meaning:
    """A check of a program, as it stands wherever it means just this."""

    program: str
    entry: CheckEntry
    check: Check
    places: tuple[Place, ...]

    @property
    def expression(self) -> Expr:
        """The check over facts."""
        return with_clauses(self.check.expression, self.check.clauses)

    def requirement(self, name: str) -> Expr:
        """Give a requirement over facts; KeyError when the check has none of that name."""
        return with_clauses(self.check.requirement(name).expression, self.check.clauses)

    @property
    def by_fact(self) -> str | None:
        """The fact that picks the version; None when the day does."""
        return None if self.entry.version_by.text == TODAY else self.entry.version_by.text

    def origins(self, name: str) -> Iterator[tuple[Place, Origin]]:
        """Give where a requirement stands, for each place: equal meanings may stand in several files."""
        for place in self.places:
            yield place, place.policy.checks[self.check.name].requirement(name).origin

    def own(self, place: Place) -> Mapping[str, Requirement]:
        """Give the requirements of one place, with its words and origins."""
        return {each.id: each for each in place.policy.checks[self.check.name].requirements}


@dataclass(frozen=True, slots=True)
class Timelines:
    """The timelines of one program, as they are or with a draft among them."""

    program: str
    by_region: Mapping[str, Intervals]
    files: tuple[PolicyFile, ...]
    draft: PolicyFile | None = None


def timelines(compiled: Compiled, program: str) -> tuple[tuple[Timelines, ...], tuple[Diagnostic, ...]]:
    """Give a program's timelines, then those with each draft that could be composed, and what is wrong with others."""
    files = tuple(file for file in compiled.authored.files if file.program.text == program)
    found: list[Timelines] = [Timelines(program, compiled.timelines[program], files)]
    problems: list[Diagnostic] = []
    for draft in (file for file in files if file.draft):
        published = replace(draft, draft=False)
        others = tuple(file for file in files if file.draft or _version(file) != _version(draft))
        together = (*(file for file in others if file is not draft), published)
        by_region, wrong = with_files(compiled, program, together)
        problems += wrong
        if not has_errors(wrong):
            found.append(Timelines(program, by_region, together, published))
    return tuple(found), tuple(problems)


def _version(file: PolicyFile) -> tuple[str, datetime.date]:
    return file.region.text, file.effective


def meanings(compiled: Compiled, entry: CheckEntry, standing: Sequence[Timelines]) -> tuple[Meaning, ...]:
    """Give a check's meanings, each with all its places."""
    found: dict[str, list[Place]] = defaultdict(list)
    for each in standing:
        for place in places(compiled, each):
            if entry.name in place.policy.checks:
                found[place.policy.checks[entry.name].digest].append(place)
    return tuple(
        Meaning(standing[0].program, entry, alike[0].policy.checks[entry.name], tuple(alike))
        for alike in found.values()
    )


def places(compiled: Compiled, standing: Timelines) -> Iterator[Place]:
    """Give the policies that decide for some region; with a draft, those that it is part of."""
    below = compiled.tree.below(standing.by_region)
    draft = standing.draft.source.path if standing.draft is not None else None
    for region, timeline in standing.by_region.items():
        for policy in timeline:
            if not isinstance(policy, CheckedPolicy) or (draft is not None and draft not in policy.files):
                continue
            last = LAST if policy.end is None else min(policy.end - DAY, LAST)
            if below[region] and max(policy.start, FIRST) <= last:
                yield Place(policy, below[region], max(policy.start, FIRST), last, draft)
