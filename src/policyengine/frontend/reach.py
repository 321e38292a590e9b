"""The versions that an invariant is about, by its regions and days, and what requirements each of them has.

Reads: an entry, the timelines of its program, and the drafts beside them.
Gives: `reached`, the ids of one version after another.
Never: leaves a version out; of a draft it gives all that it could have, whatever it is laid over.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

from policyengine.model.authored import InvariantEntry, PolicyFile, RequirementEntry
from policyengine.model.checked import CheckedPolicy
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap
from policyengine.model.span import Span

Timelines = Mapping[str, Sequence[CheckedPolicy | Gap]]
"""By region, of those that have files of their own."""
Ids = frozenset[str]


def reached(
    entry: InvariantEntry, timelines: Timelines, files: Sequence[PolicyFile], tree: RegionTree
) -> tuple[Ids, ...]:
    """Give what the check's requirements are called in each version; nothing when there is no such version."""
    named = {region.text for region in entry.regions}
    chains = [chain for chain in tree.chains.values() if not named or not named.isdisjoint(chain)]
    drafts = [file for file in files if file.draft and entry.check.text in file.check_spans]
    found = [*_published(entry, timelines, chains)]
    for draft in drafts:
        below = [chain for chain in chains if draft.region.text in chain]
        if below and _meets(entry, draft.effective, _next(draft, files)):
            own = dict(requirements(draft.checks.get(entry.check.text, ())))
            found.append(frozenset(own).union(*_published(entry, timelines, below)))
    return tuple(dict.fromkeys(found))


def requirements(entries: Iterable[RequirementEntry]) -> Iterator[tuple[str, Span]]:
    """Give the ids that a file gives to requirements, groups too, with their places."""
    for entry in entries:
        if not entry.removed:
            yield entry.id, entry.span
            yield from requirements(entry.children)


def _published(entry: InvariantEntry, timelines: Timelines, chains: Iterable[Sequence[str]]) -> Iterator[Ids]:
    deciding = (next((node for node in reversed(chain) if node in timelines), None) for chain in chains)
    for region in dict.fromkeys(deciding):
        for policy in timelines[region] if region is not None else ():
            if isinstance(policy, CheckedPolicy) and _meets(entry, policy.start, policy.end):
                check = policy.checks.get(entry.check.text)
                if check is not None:
                    yield frozenset(requirement.id for requirement in check.requirements)


def _meets(entry: InvariantEntry, start: datetime.date, end: datetime.date | None) -> bool:
    """Say whether the entry is about one of the days `[start, end)`."""
    return (entry.end is None or start < entry.end) and (entry.start is None or end is None or entry.start < end)


def _next(draft: PolicyFile, files: Iterable[PolicyFile]) -> datetime.date | None:
    """Give the day on which another file would take a draft's place."""
    later = (f.effective for f in files if f.region.text == draft.region.text and not f.draft)
    return min((day for day in later if day > draft.effective), default=None)
