"""What a program says in one region on one day: typed parameters, checks, files.

Reads: an interval of a timeline.
Gives: `InForce`, and parameters that print as people write them.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from policyengine.model.checked import CheckedPolicy, Origin, Parameter
from policyengine.model.resolved import Gap
from policyengine.model.values import Value, literal, to_python
from policyengine.targets import prose


@dataclass(frozen=True, slots=True)
class ParameterInForce:
    """A parameter: its value as Python sees it (a tuple for a list), its unit, and where it comes from.

    `str()` writes it in the first language: `80 videos`.
    """

    parameter: Parameter
    _words: Mapping[str, prose.Words] = field(repr=False)

    @property
    def value(self) -> Value | tuple[Value, ...]:
        """The value: int, Decimal, Money, Period, timedelta, date, bool or str; a tuple of these for a list."""
        raw, type_ = self.parameter.raw, self.parameter.type
        return tuple(to_python(item, type_) for item in raw) if isinstance(raw, tuple) else to_python(raw, type_)

    @property
    def literal(self) -> str:
        """The value as the language writes it: `80 videos`."""
        return literal(self.parameter.raw, self.parameter.type)

    @property
    def origin(self) -> Origin:
        """The file, the place and the layer it comes from, with its sources."""
        return self.parameter.origin

    def words(self, language: str) -> str:
        """Write the value in a language; KeyError when the policies have no such language."""
        return prose.parameter(self.parameter, self._words[language])

    def __str__(self) -> str:
        return self.words(next(iter(self._words)))


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds on a day: an interval of the timeline, or nothing."""

    program: str
    region: str
    on: datetime.date
    interval: CheckedPolicy | Gap | None
    _words: Mapping[str, prose.Words] = field(repr=False)

    @property
    def offered(self) -> bool:
        """Whether a policy is in force."""
        return isinstance(self.interval, CheckedPolicy)

    @property
    def policy(self) -> CheckedPolicy | None:
        """The checked policy, or None when the program is not offered."""
        return self.interval if isinstance(self.interval, CheckedPolicy) else None

    @property
    def parameters(self) -> Mapping[str, ParameterInForce]:
        """The parameters by id; none when the program is not offered."""
        if not isinstance(self.interval, CheckedPolicy):
            return {}
        found = {name: ParameterInForce(p, self._words) for name, p in self.interval.parameters.items()}
        return MappingProxyType(found)

    @property
    def files(self) -> tuple[str, ...]:
        """The policy files in force, widest region first."""
        return self.interval.files if isinstance(self.interval, CheckedPolicy) else ()
