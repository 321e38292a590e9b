"""What the docs site is about: checked policies, the day it is made for, and which regions they name.

Reads: `Policies`, the day.
Gives: `Book`, shared by all pages of all languages.
"""

import datetime
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath

from policyengine.decide import Policies
from policyengine.model import types
from policyengine.model.authored import PolicyFile, Program
from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.model.resolved import Gap
from policyengine.model.span import Source

Interval = CheckedPolicy | Gap


@dataclass(frozen=True)
class Book:
    """Everything the pages tell. `folder` is the folder of policies as places show it."""

    policies: Policies
    today: datetime.date
    folder: str
    _states: dict[frozenset[str], Hashable] = field(default_factory=dict, repr=False, compare=False)

    @property
    def programs(self) -> Mapping[str, Program]:
        """The programs by name."""
        return self.policies.compiled.programs

    @cached_property
    def root(self) -> str:
        """The root of the tree of regions."""
        return next(region for region, part_of in self.policies.compiled.tree.parents.items() if part_of is None)

    @cached_property
    def files(self) -> Mapping[str, PolicyFile]:
        """The policy files that are not drafts, by path."""
        return {file.source.path: file for file in self.policies.compiled.authored.files if not file.draft}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every file that a value may come from, by its path within the folder, in the order of these paths."""
        authored = self.policies.compiled.authored
        found = [file.source for file in self.files.values()]
        found += [file.source for file in authored.facts]
        found += [program.source for program in authored.programs]
        found += [language.span.source for language in authored.languages]
        found += [region.span.source for region in authored.regions]
        return {self.within(source.path): source for source in sorted(found, key=lambda one: one.path)}

    def within(self, path: str) -> str:
        """Give a path as it is within the folder: `series/world/2024-05-01.yaml`."""
        return PurePosixPath(path).relative_to(self.folder).as_posix()

    def state(self, programs: Iterable[str]) -> Hashable:
        """Tell apart all that pages about some programs show: their files, and the files that all programs share.

        Titles of programs stand in every page's menu, and so do the places of files.
        """
        wanted = frozenset(programs)
        if wanted not in self._states:
            self._states[wanted] = (
                self.today,
                tuple(
                    (path, source.text if self._counts(path, wanted) else None) for path, source in self.sources.items()
                ),
            )
        return self._states[wanted]

    def _counts(self, path: str, programs: frozenset[str]) -> bool:
        folder, _, name = path.partition("/")
        return folder in programs or folder not in self.programs or name == "program.yaml"

    def timeline(self, program: str, region: str) -> tuple[Interval, ...]:
        """Give the intervals of a region, earliest first; a withdrawal is one, whatever changes elsewhere meanwhile."""
        found: list[Interval] = []
        for interval in self.policies.timeline(program, region=region):
            last = found[-1] if found else None
            if isinstance(interval, Gap) and isinstance(last, Gap) and interval.file is last.file:
                found[-1] = replace(last, end=interval.end)
            else:
                found.append(interval)
        return tuple(found)

    def now(self, program: str, region: str) -> Interval | None:
        """Give what is in force today; None before the first version."""
        return self.on(program, region, self.today)

    def on(self, program: str, region: str, day: datetime.date) -> Interval | None:
        """Give what is in force on a day; None before the first version."""
        held = (i for i in self.timeline(program, region) if i.start <= day and (i.end is None or day < i.end))
        return next(held, None)

    def layered(self, program: str) -> Sequence[str]:
        """Give the regions that have files of their own, in the order of the tree."""
        own = self.policies.compiled.timelines[program]
        return [region for region in self.policies.compiled.tree.parents if region in own]

    @cached_property
    def named(self) -> Sequence[str]:
        """The regions that any program names, in the order of the tree: by files of their own, or on a list.

        Parts of a named one are among them; the root is not.
        """
        found = {region for program in self.programs for region in self.layered(program)}
        for program in self.programs:
            for parameter in self._lists(program):
                found |= {str(region) for region in _items(parameter)}
        found.discard(self.root)
        return [region for region, chain in self.policies.compiled.tree.chains.items() if not found.isdisjoint(chain)]

    def _lists(self, program: str) -> Iterator[Parameter]:
        for timeline in self.policies.compiled.timelines[program].values():
            for interval in timeline:
                if isinstance(interval, CheckedPolicy):
                    yield from (p for p in interval.parameters.values() if isinstance(p.type, types.Region))


def _items(parameter: Parameter) -> Sequence[object]:
    return parameter.raw if isinstance(parameter.raw, tuple) else (parameter.raw,)
