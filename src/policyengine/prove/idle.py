"""Overrides and waivers that do nothing: without them the policy is the same for everyone, wherever they stand.

Reads: a program's timelines, their files.
Gives: problems in `Looked`.
Never: minds an override that changes what people read, or where a number comes from, beside what the entry says.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from policyengine.model.authored import PolicyFile
from policyengine.model.checked import Check, CheckedPolicy, Parameter, Requirement
from policyengine.model.span import Span
from policyengine.prove import variants
from policyengine.prove.lints import Looked
from policyengine.prove.otherwise import Does, Otherwise
from policyengine.prove.places import Place, Timelines, places
from policyengine.prove.variants import Variants

_Change = Callable[[PolicyFile], PolicyFile]
_Shows = Callable[[CheckedPolicy, CheckedPolicy], bool]
_RESTATED = "take it out: the wider file holds here, too"


@dataclass(frozen=True, slots=True)
class _Written:
    """An entry, how its file would be without it, and whether a policy without it shows something else."""

    span: Span
    path: str
    message: str
    help: str
    without: _Change
    shows: _Shows


def look(otherwise: Otherwise, standing: Sequence[Timelines], looked: Looked) -> None:
    """Look at every override and waiver, in all policies that it is part of."""
    found: dict[tuple[str, int, int], tuple[_Written, list[tuple[Variants, Place]]]] = {}
    for timelines in standing:
        composer = Variants.of(otherwise.compiled, otherwise.program, timelines.files)
        for place in places(otherwise.compiled, timelines):
            for written in _entries(composer, place):
                found.setdefault(written.span.key, (written, []))[1].append((composer, place))
    for written, within in found.values():
        does = _somewhere(otherwise, written, within)
        looked.take(does, written.span, "redundant", written.message, written.help)


def _somewhere(otherwise: Otherwise, written: _Written, within: Sequence[tuple[Variants, Place]]) -> Does:
    why: str | None = None
    for composer, place in within:
        other = composer.changed(place, written.path, written.without)
        # without it the policy would be a mistake, or show something else
        if other is None or written.shows(place.policy, other):
            return True
        does = otherwise.differ(place, other)
        if does is True:
            return True
        why = does if isinstance(does, str) else why
    return why if why is not None else False


def _entries(composer: Variants, place: Place) -> Iterator[_Written]:
    """Give what the place's own file replaces, and what any of its files waives."""
    file = composer.own(place)
    if file is not None:
        yield from _overrides(file)
    for path in place.policy.files:
        yield from _waivers(composer.files[path], place)


def _overrides(file: PolicyFile) -> Iterator[_Written]:
    path, region = file.source.path, file.region.text

    def written(name: str, span: Span, without: _Change, shows: _Shows) -> _Written:
        message = f"the override of `{name}` changes nothing in `{region}`"
        return _Written(span, path, message, _RESTATED, without, shows)

    for parameter in file.parameters:
        if not parameter.new:
            without = partial(variants.without_parameter, name=parameter.id)
            yield written(parameter.id, parameter.span, without, _in_words_alone(parameter.id))
    for definition in file.definitions:
        if not definition.new:
            without = partial(variants.without_definition, name=definition.id)
            yield written(definition.id, definition.span, without, _nothing_shown)
    for check, listed in file.checks.items():
        for requirement in listed:
            if not requirement.new:
                without = partial(variants.without_requirement, check=check, name=requirement.id)
                yield written(requirement.id, requirement.span, without, _other_words(check, requirement.id))
    for check, values in file.values.items():
        for value in values:
            if not value.new:
                without = partial(variants.without_value, check=check, name=value.id)
                yield written(value.id, value.span, without, _nothing_shown)


def _waivers(file: PolicyFile, place: Place) -> Iterator[_Written]:
    for waiver in file.waivers:
        if waiver.until > place.policy.start:
            check = waiver.check.text if waiver.check is not None else None
            yield _Written(
                waiver.span,
                file.source.path,
                f"the waiver of `{waiver.id}` never applies: nobody passes who would not pass without it",
                "take it out, or look at what else stops everyone",
                partial(variants.without_waiver, check=check, name=waiver.id),
                _nothing_shown,
            )


def _nothing_shown(_policy: CheckedPolicy, _other: CheckedPolicy) -> bool:
    return False


def _in_words_alone(name: str) -> _Shows:
    """Say of a parameter that no expression reads, but for words, whether its value is another."""

    def shows(policy: CheckedPolicy, other: CheckedPolicy) -> bool:
        digests = [{check.digest for check in each.checks.values()} for each in (policy, other)]
        values = [_value(each.parameters.get(name)) for each in (policy, other)]
        return digests[0] == digests[1] and values[0] != values[1]

    return shows


def _value(parameter: Parameter | None) -> object:
    return parameter and (parameter.raw, parameter.type, parameter.open, parameter.size)


def _other_words(check: str, name: str) -> _Shows:
    """Say whether a requirement, or one of its group, has other words."""

    def words(policy: CheckedPolicy) -> list[object]:
        if check not in policy.checks:
            return []
        listed = policy.checks[check].requirements
        return [(each.id, each.says, each.obliges) for each in listed if _within(each, name, policy.checks[check])]

    return lambda policy, other: words(policy) != words(other)


def _within(requirement: Requirement, group: str, check: Check) -> bool:
    while requirement.id != group:
        if requirement.parent is None:
            return False
        requirement = check.requirement(requirement.parent)
    return True
