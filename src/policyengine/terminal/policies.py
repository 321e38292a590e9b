"""What is in force in one region on one day, as a page: parameters, requirements, sources.

Reads: `Policies`, a program, a region, a day.
Gives: `policy_rows`, in any language of the policies.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from policyengine.decide import Policies
from policyengine.model import types
from policyengine.model.authored import Program
from policyengine.model.checked import (
    Check,
    CheckedPolicy,
    Kind,
    Origin,
    Parameter,
    Requirement,
    SourceNote,
    Texts,
)
from policyengine.model.resolved import Gap
from policyengine.report.layers import Layer, layers, replaced_parameter, replaced_requirement
from policyengine.report.page import BLANK, Piece, Row, Style, cells, heading, row
from policyengine.report.policy_data import requirement_source, requirement_words, value_source
from policyengine.report.wording import Wording, day, held, wording
from policyengine.targets import prose


def policy_rows(policies: Policies, program: str, region: str, on: datetime.date, language: str) -> Iterator[Row]:
    """Lay out what holds; raises `UnknownName`."""
    interval = policies.in_force(program, region=region, on=on).interval
    words, ours = policies.words[language], wording(language)
    declared = policies.compiled.programs[program]
    title = declared.title.get(language) or program
    yield row(Piece(title, Style.STRONG), Piece(f" · {words.region(region)} · {day(on, words)}", Style.DIM))
    if isinstance(interval, CheckedPolicy):
        yield row(Piece(held(interval.start, interval.end, words), Style.DIM))
        chain = layers(policies, program, region, on)
        yield from _Page(policies, declared, interval, chain, words, ours).rows()
        return
    yield BLANK
    if isinstance(interval, Gap):
        yield row(Piece(f"– {ours.no_policy}", Style.BAD))
        if interval.file.summary is not None and (said := interval.file.summary.get(language)) is not None:
            yield row(said, indent=2)
        yield row(
            Piece(f"{held(interval.start, interval.end, words)} · {interval.file.source.path}", Style.DIM),
            indent=2,
        )
        return
    timeline = policies.timeline(program, region=region)
    yield row(Piece(f"– {ours.no_policy}", Style.BAD))
    if timeline:
        yield row(ours.not_yet.format(start=day(timeline[0].start, words)), indent=2)
    else:
        yield row(ours.no_rules.format(region=words.region(region)), indent=2)


@dataclass(frozen=True, slots=True)
class _Page:
    """A policy with the layers it is made of; `cited` numbers its sources as they come up."""

    policies: Policies
    program: Program
    policy: CheckedPolicy
    chain: Sequence[Layer]
    words: prose.Words
    ours: Wording
    cited: dict[tuple[str, str | None], SourceNote] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        if self.policy.parameters:
            yield from heading(self.ours.parameters)
        width = max((cells(name) for name in self.policy.parameters), default=0)
        for parameter in self.policy.parameters.values():
            yield from self.parameter(parameter, min(width, _WIDEST_NAME))
        for entry in self.program.checks:
            if entry.name in self.policy.checks:
                yield from self.check(self.policy.checks[entry.name], self.text(entry.title) or entry.name)
        if self.cited:
            yield from heading(self.ours.sources)
        for number, source in enumerate(self.cited.values(), start=1):
            yield from self.source(number, source)

    def text(self, texts: Texts | None) -> str | None:
        return texts.get(self.words.language.code) if texts is not None else None

    def parameter(self, parameter: Parameter, width: int) -> Iterator[Row]:
        value = prose.parameter(parameter, self.words)
        name = parameter.id + " " * (width - cells(parameter.id))
        lead = (Piece(f"  {name}  ", Style.ACCENT),)
        yield Row((Piece(value, Style.STRONG), *self.references(parameter.origin.sources)), lead, " " * (width + 4))
        yield from _codes(parameter)
        wider = replaced_parameter(self.chain, parameter)
        instead = prose.parameter(wider[1], self.words) if wider is not None else None
        yield row(*self.place(parameter.origin, instead), indent=4)
        for other in parameter.also_reported:
            shown = Parameter(parameter.id, other.value, other.type, parameter.origin)
            text = self.ours.disputed.format(value=prose.parameter(shown, self.words))
            yield row(Piece(text, Style.DOUBT), *self.references((other.source,)), indent=4)
            yield from _codes(shown)
            if (note := self.text(other.note)) is not None:
                yield row(note, indent=6)
        if (note := self.text(parameter.note)) is not None:
            yield row(note, indent=4)

    def check(self, check: Check, title: str) -> Iterator[Row]:
        yield BLANK
        yield row(Piece(title, Style.STRONG), Piece(f"  {check.name} · {check.digest[:12]}", Style.DIM))
        for requirement in check.requirements:
            if requirement.parent is None:
                yield from self.requirement(check, requirement, "  ", "  ")
        for value in check.values:
            title = self.text(value.title) or value.id
            yield Row((Piece(title), *self.references(value.origin.sources)), (Piece("  = ", Style.DIM),), "    ")
            source = value_source(self.policies, check.name, value)
            place = self.place(value.origin, None)
            yield row(Piece(value.id, Style.ACCENT), Piece(f"  {source} · ", Style.DIM), *place, indent=4)

    def requirement(self, check: Check, requirement: Requirement, lead: str, follow: str) -> Iterator[Row]:
        text = requirement_words(requirement, check, self.policy.parameters, self.words)
        if requirement.kind is not Kind.REQUIRE and self.text(requirement.says) is None:
            text = self.ours.any_of if requirement.kind is Kind.ANY_OF else self.ours.all_of
        pieces = [Piece(text), *self.references(requirement.origin.sources)]
        if requirement.kind is Kind.ANY_OF and self.text(requirement.says) is not None:
            pieces.append(Piece(f" ({self.ours.one_is_enough})", Style.DIM))
        yield Row(tuple(pieces), (Piece(f"{lead}• ", Style.DIM),), f"{follow}  ")
        for detail in self.details(check, requirement):
            yield Row(detail.pieces, (Piece(f"{follow}  ", Style.DIM),), f"{follow}  ")
        for child in requirement.children:
            last = child == requirement.children[-1]
            yield from self.requirement(
                check,
                check.requirement(child),
                f"{follow}  {'└ ' if last else '├ '}",
                f"{follow}  {'  ' if last else '│ '}",
            )

    def details(self, check: Check, requirement: Requirement) -> Iterator[Row]:
        written = requirement_source(self.policies, check.name, requirement)
        needs = f"  {written}" if written is not None else ""
        wider = replaced_requirement(self.chain, check.name, requirement)
        place = self.place(requirement.origin, wider[1] if wider is not None else None)
        yield row(Piece(requirement.id, Style.ACCENT), Piece(f"{needs} · ", Style.DIM), *place)
        if (obliges := self.text(requirement.obliges)) is not None:
            said = prose.fill(obliges, self.policy.parameters, self.words)
            yield row(self.ours.obliges.format(words=said))
        if requirement.waiver is not None:
            because = self.text(requirement.waiver.because) or ""
            until = day(requirement.waiver.until, self.words)
            yield row(Piece(self.ours.waived.format(day=until, because=because), Style.DOUBT))
        if requirement.binding:
            yield row(Piece(self.ours.binding, Style.DIM))

    def place(self, origin: Origin, instead: str | None) -> tuple[Piece, ...]:
        """Say where an entry is written; if a narrower layer won, which and over what."""
        where = Piece(f"{origin.path}:{origin.span.line}", Style.DIM)
        if origin.region == self.chain[0].region:
            return (where,)
        over = self.ours.instead_of.format(value=instead) if instead is not None else self.ours.added_here
        return (
            Piece(f"{self.words.region(origin.region)}, {over}", Style.DOUBT),
            Piece(" · ", Style.DIM),
            where,
        )

    def references(self, sources: Iterable[SourceNote]) -> tuple[Piece, ...]:
        """Give what is cited as numbers; one page has one number, whichever file cites it."""
        numbers = []
        for source in sources:
            key = (source.title, source.url)
            self.cited.setdefault(key, source)
            numbers.append(list(self.cited).index(key) + 1)
        shown = " ".join(str(number) for number in sorted(set(numbers)))
        return (Piece(f" [{shown}]", Style.DIM),) if shown else ()

    def source(self, number: int, source: SourceNote) -> Iterator[Row]:
        lead = f"  [{number}] "
        certainty = self.ours.certainty.get(source.certainty, source.certainty)
        dated = f", {source.published}" if source.published else ""
        sure = Style.DIM if source.certainty == "high" else Style.DOUBT
        yield Row(
            (
                Piece(source.title),
                Piece(f" · {source.publisher}{dated} · ", Style.DIM),
                Piece(certainty, sure),
            ),
            (Piece(lead, Style.DIM),),
            " " * len(lead),
        )
        if source.url is not None:
            yield row(Piece(source.url, Style.DIM), indent=len(lead))


def _codes(parameter: Parameter) -> Iterator[Row]:
    """Give the codes of regions that are too many to be named."""
    if isinstance(parameter.type, types.Region) and isinstance(parameter.raw, tuple) and len(parameter.raw) > _MOST:
        yield row(Piece(" ".join(str(region) for region in parameter.raw), Style.DIM), indent=4)


_MOST = 12
_WIDEST_NAME = 24
