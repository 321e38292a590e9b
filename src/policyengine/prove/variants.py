"""What a policy would be with one thing otherwise: without an override or a waiver, or with what else is reported.

Reads: a place, the policy files of its chain.
Gives: policies of one interval, composed anew. None where the change is a mistake.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from policyengine.compiled import Compiled
from policyengine.frontend.check import Scope
from policyengine.frontend.compose import compose
from policyengine.frontend.resolve import resolve
from policyengine.frontend.vocabulary import units_of
from policyengine.model.authored import AlsoReported, Name, ParameterEntry, PolicyFile
from policyengine.model.checked import CheckedPolicy
from policyengine.model.diagnostic import Diagnostic, has_errors
from policyengine.model.resolved import ResolvedPolicy
from policyengine.prove.places import Place

NEVER_MET = "unreachable"
"""An error that does not keep a policy from having a meaning."""


@dataclass(frozen=True, slots=True)
class Variants:
    """Composes one program's policies anew."""

    compiled: Compiled
    program: str
    files: dict[str, PolicyFile]
    """By path; a draft among them as if it were published."""
    scope: Scope
    _made: dict[tuple[object, ...], CheckedPolicy | None] = field(default_factory=dict)

    @classmethod
    def of(cls, compiled: Compiled, program: str, files: Sequence[PolicyFile]) -> "Variants":
        """Take the files of a timeline."""
        scope = Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
        return cls(compiled, program, {file.source.path: file for file in files}, scope)

    def own(self, place: Place) -> PolicyFile | None:
        """Give the file of the place's own region that is in force; None for the world's, which overrides nothing."""
        found = (self.files[path] for path in place.policy.files[1:])
        return next((file for file in found if file.region.text == place.policy.region), None)

    def changed(self, place: Place, path: str, change: Callable[[PolicyFile], PolicyFile]) -> CheckedPolicy | None:
        """Compose the policy of a place with one of its files changed."""
        files = [self.files[each] for each in place.policy.files]
        return self.composed([change(file) if file.source.path == path else file for file in files], place.policy)

    def composed(self, files: Sequence[PolicyFile], like: CheckedPolicy) -> CheckedPolicy | None:
        """Compose the interval in which a policy begins, from the files of its chain.

        What comes out has the checks and the parameters of that policy, and may have the name of another region whose
        files say the same.
        """
        key = tuple(_content(file, like.start) for file in files)
        if key not in self._made:
            self._made[key] = self._composed(files, like)
        return self._made[key]

    def _composed(self, files: Sequence[PolicyFile], like: CheckedPolicy) -> CheckedPolicy | None:
        problems: list[Diagnostic] = []
        declared = self.compiled.programs[self.program]
        # what is wrong on other days is wrong there already
        timeline = resolve(declared, files, self.scope.regions, []).get(like.region, ())
        found = next((each for each in timeline if _holds(each.start, each.end, like.start)), None)
        if not isinstance(found, ResolvedPolicy):
            return None
        result = compose(found, declared.checks, self.scope, problems).policy
        return None if any(has_errors([each]) and each.code != NEVER_MET for each in problems) else result


def _content(file: PolicyFile, day: datetime.date) -> tuple[object, ...]:
    """Name what a file says on a day; one that has more than parameters and waivers stands for itself."""
    parameters = tuple(
        (
            each.id,
            str(each.value),
            tuple(str(item) for item in each.items or ()),
            each.regions,
            each.open,
            each.new,
            each.removed,
        )
        for each in file.parameters
    )
    waivers = tuple((each.id, each.check and each.check.text) for each in file.waivers if each.until > day)
    own = file.source.path if file.checks or file.values or file.definitions else ""
    return (own, parameters, waivers, file.withdrawn)


def _holds(start: datetime.date, end: datetime.date | None, day: datetime.date) -> bool:
    return start <= day and (end is None or day < end)


def without_parameter(file: PolicyFile, name: str) -> PolicyFile:
    """Take an entry out."""
    return replace(file, parameters=tuple(entry for entry in file.parameters if entry.id != name))


def without_definition(file: PolicyFile, name: str) -> PolicyFile:
    """Take an entry out."""
    return replace(file, definitions=tuple(entry for entry in file.definitions if entry.id != name))


def without_requirement(file: PolicyFile, check: str, name: str) -> PolicyFile:
    """Take an entry out."""
    checks = {**file.checks, check: tuple(entry for entry in file.checks[check] if entry.id != name)}
    return replace(file, checks=checks)


def without_value(file: PolicyFile, check: str, name: str) -> PolicyFile:
    """Take an entry out."""
    values = {**file.values, check: tuple(entry for entry in file.values[check] if entry.id != name)}
    return replace(file, values=values)


def without_waiver(file: PolicyFile, check: str | None, name: str) -> PolicyFile:
    """Take a waiver out; `check` is the one it names."""
    kept = tuple(w for w in file.waivers if (w.id, w.check.text if w.check else None) != (name, check))
    return replace(file, waivers=kept)


def as_reported(file: PolicyFile, entry: ParameterEntry, other: AlsoReported) -> PolicyFile:
    """Give a parameter the value that another source reports."""
    regions = None
    items = other.items
    if entry.regions is not None and other.items is not None:
        regions, items = _as_regions(other), None
    changed = replace(entry, value=other.value, items=items, regions=regions, open=False, size=None)
    return replace(file, parameters=tuple(changed if each.id == entry.id else each for each in file.parameters))


def _as_regions(other: AlsoReported) -> tuple[Name, ...]:
    """Give the names of a list of regions, which stands as a list of codes and groups."""
    assert other.items is not None
    return tuple(Name(str(item), item.span) for item in other.items)
