"""Where and when a program is offered, in words: the names on a list of regions, and a withdrawal.

Reads: checked policies, their timelines.
Gives: `listed`, `is_wider`, `withdrawn`.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace

from policyengine.model import checked, types
from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap
from policyengine.report.wording import day, wording
from policyengine.targets import prose

_MOST_NAMES = 12


def listed(node: checked.InRegions, parameter: Parameter, words: prose.Words) -> str:
    """Name the regions on a list, or count them when they are many."""
    if len(node.members) > _MOST_NAMES:
        return prose.parameter(replace(parameter, open=False), words)
    return prose.values(node.members, types.Region(), words, "and")


def is_wider(region: str, node: checked.InRegions, tree: RegionTree) -> bool:
    """Say whether a region holds one that is on a list."""
    return any(region in tree.chain(member) for member in node.members)


def withdrawn(gap: Gap, timeline: Sequence[CheckedPolicy | Gap], words: prose.Words) -> tuple[str, ...]:
    """Say why, as the author does, and since when a program is withdrawn."""
    ours, since = wording(words.language.code), day(gap.file.effective, words)
    again = next((i.start for i in timeline if i.start > gap.start and not isinstance(i, Gap)), None)
    said = ours.withdrawn.format(start=since)
    if again is not None:
        last = day(again - datetime.timedelta(days=1), words)
        said = ours.withdrawn_until.format(start=since, last=last)
    summary = gap.file.summary.get(words.language.code) if gap.file.summary is not None else None
    return (said,) if summary is None else (summary, said)
