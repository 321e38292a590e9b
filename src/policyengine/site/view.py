"""One language's way of showing the policies: numbers, rules, sources and days in its words.

Reads: a `Book`.
Gives: `View`, which makes the parts that pages are made of.
Never: writes HTML, or a word that is neither the author's nor of the tables of words.
"""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policyengine.model import types
from policyengine.model.checked import (
    Check,
    CheckedPolicy,
    NamedValue,
    Origin,
    Parameter,
    Requirement,
    SourceNote,
    Texts,
    with_clauses,
)
from policyengine.model.span import Span
from policyengine.report.decision_sources import parameter_names
from policyengine.report.layers import Layer as WonLayer
from policyengine.report.layers import layers, replaced_parameter, replaced_requirement
from policyengine.report.policy_data import requirement_source, requirement_words, value_source
from policyengine.report.wording import Wording, wording
from policyengine.report.wording import day as day_words
from policyengine.site.book import Book, Interval
from policyengine.site.parts import CheckRules, Citation, Dispute, Formula, Layer, Number, Place, Rule
from policyengine.site.texts import texts
from policyengine.targets import prose


@dataclass(frozen=True)
class View:
    """What pages of one language say."""

    book: Book
    language: str
    _made: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False, compare=False)
    """What was made of a policy and its layers; both live as long as the book."""

    @cached_property
    def words(self) -> prose.Words:
        """What prose needs."""
        return self.book.policies.words[self.language]

    @cached_property
    def ours(self) -> Wording:
        """The fixed words of decisions and timelines."""
        return wording(self.language)

    @cached_property
    def texts(self) -> Mapping[str, Any]:
        """The fixed words of the site."""
        return texts(self.language)

    # words

    def text(self, said: Texts | None) -> str | None:
        """Give an author's text, in another language when this one lacks it; None when there is none."""
        return None if said is None else said.nearest(self.language)

    def day(self, day: datetime.date) -> str:
        """Write a day."""
        return day_words(day, self.words)

    def days(self, interval: Interval) -> str:
        """Write the days of an interval: from its first to its last."""
        if interval.end is None:
            return str(self.texts["days"]["since"]).format(start=self.day(interval.start))
        last = self.day(interval.end - datetime.timedelta(days=1))
        return str(self.texts["days"]["during"]).format(start=self.day(interval.start), last=last)

    def region(self, region: str) -> str:
        """Name a region."""
        return self.words.region(region)

    def program(self, program: str) -> str:
        """Name a program."""
        return self.text(self.book.programs[program].title) or program

    def parameter(self, program: str, name: str) -> str | None:
        """Give what people call a parameter; None when nobody said."""
        return self.text(self.book.programs[program].parameters.get(name))

    def value(self, parameter: Parameter) -> str:
        """Write a parameter's value."""
        return prose.parameter(parameter, self.words)

    # places and sources

    def place(self, span: Span) -> Place:
        """Give a place within the folder of policies."""
        path = self.book.within(span.path)
        return Place(path, span.line, f"{'/'.join(path.split('/')[-2:])}:{span.line}")

    def citation(self, source: SourceNote) -> Citation:
        """Give a cited source."""
        return Citation(
            anchor(source),
            source.title,
            source.publisher,
            source.url if source.url is not None and source.url.startswith(("https://", "http://")) else None,
            self.day(datetime.date.fromisoformat(source.published)) if source.published else None,
            source.certainty,
            self.ours.certainty.get(source.certainty, source.certainty),
            self.text(source.note),
        )

    def citations(self, sources: Iterable[SourceNote]) -> tuple[Citation, ...]:
        """Give cited sources, each page once."""
        return tuple({found.anchor: found for found in map(self.citation, sources)}.values())

    # what holds in a region

    def chain(self, program: str, region: str, on: datetime.date) -> tuple[WonLayer, ...]:
        """Give the layers of a region on a day, widest first."""
        return layers(self.book.policies, program, region, on)

    def numbers(self, policy: CheckedPolicy, chain: tuple[WonLayer, ...]) -> tuple[Number, ...]:
        """Give a policy's parameters, in the author's order."""
        # most regions have a wider one's policy: what is made of it serves them all
        key = ("numbers", id(policy), *(id(layer.policy) for layer in chain))
        if key not in self._made:
            self._made[key] = tuple(self._number(policy, each, chain) for each in policy.parameters.values())
        found: tuple[Number, ...] = self._made[key]
        return found

    def _number(self, policy: CheckedPolicy, parameter: Parameter, chain: tuple[WonLayer, ...]) -> Number:
        wider = replaced_parameter(chain, parameter)
        listed = parameter.raw if isinstance(parameter.type, types.Region) else ()
        codes = [str(region) for region in (listed if isinstance(listed, tuple) else (listed,))]
        return Number(
            parameter.id,
            self.parameter(policy.program, parameter.id),
            self.value(parameter),
            self.citations(parameter.origin.sources),
            tuple(
                Dispute(
                    self.value(Parameter(parameter.id, other.value, other.type, parameter.origin)),
                    self.citation(other.source),
                    self.text(other.note),
                )
                for other in parameter.also_reported
            ),
            self.text(parameter.note),
            self.place(parameter.origin.span),
            self._layer(parameter.origin, None if wider is None else self.value(wider[1])),
            tuple(sorted(((region, self.region(region)) for region in codes), key=lambda named: named[1])),
            bool(parameter.open),
        )

    def checks(self, policy: CheckedPolicy, chain: tuple[WonLayer, ...]) -> tuple[CheckRules, ...]:
        """Give a policy's checks, each with its tree of rules."""
        key = ("checks", id(policy), *(id(layer.policy) for layer in chain))
        if key not in self._made:
            entries = self.book.programs[policy.program].checks
            self._made[key] = tuple(
                CheckRules(
                    entry.name,
                    self.text(entry.title) or entry.name,
                    self._rules(policy, policy.checks[entry.name], chain, None),
                    tuple(self._formula(entry.name, value) for value in policy.checks[entry.name].values),
                )
                for entry in entries
                if entry.name in policy.checks
            )
        found: tuple[CheckRules, ...] = self._made[key]
        return found

    def _rules(
        self, policy: CheckedPolicy, check: Check, chain: tuple[WonLayer, ...], parent: str | None
    ) -> tuple[Rule, ...]:
        return tuple(self._rule(policy, check, one, chain) for one in check.requirements if one.parent == parent)

    def _rule(self, policy: CheckedPolicy, check: Check, requirement: Requirement, chain: tuple[WonLayer, ...]) -> Rule:
        wider = replaced_requirement(chain, check.name, requirement)
        leaf = requirement.clause is not None
        said = requirement.says is not None and requirement.says.get(self.language) is not None
        return Rule(
            requirement.id,
            requirement.kind.value,
            self.rule_words(policy, check, requirement),
            prose.sentence(with_clauses(requirement.expression, check.clauses), self.words) if said and leaf else None,
            requirement_source(self.book.policies, check.name, requirement),
            self.filled(policy, requirement.obliges),
            requirement.binding,
            self._waived(requirement),
            self.citations(requirement.origin.sources),
            self.place(requirement.origin.span),
            self._layer(requirement.origin, None if wider is None else wider[1]),
            self._read(policy, check, requirement, chain),
            self._rules(policy, check, chain, requirement.id),
        )

    def _read(
        self, policy: CheckedPolicy, check: Check, requirement: Requirement, chain: tuple[WonLayer, ...]
    ) -> tuple[Number, ...]:
        """Give the parameters that a leaf reads."""
        if requirement.clause is None:
            return ()
        names = set(parameter_names(check.clauses[requirement.clause].expression))
        return tuple(number for number in self.numbers(policy, chain) if number.id in names)

    def rule_words(self, policy: CheckedPolicy, check: Check, requirement: Requirement) -> str:
        """Say a requirement: in the author's words, a group without any by what it takes, a leaf by its expression."""
        said = requirement.says is not None and requirement.says.get(self.language) is not None
        if requirement.children and not said:
            return self.ours.any_of if requirement.kind.value == "any_of" else self.ours.all_of
        return requirement_words(requirement, check, policy.parameters, self.words)

    def filled(self, policy: CheckedPolicy, said: Texts | None) -> str | None:
        """Fill a policy's parameters into an author's text."""
        text = self.text(said)
        return None if text is None else prose.fill(text, policy.parameters, self.words)

    def _waived(self, requirement: Requirement) -> str | None:
        waiver = requirement.waiver
        if waiver is None:
            return None
        return self.ours.waived.format(day=self.day(waiver.until), because=self.text(waiver.because) or "")

    def _formula(self, check: str, value: NamedValue) -> Formula:
        return Formula(
            self.text(value.title) or value.id,
            value_source(self.book.policies, check, value),
            self.place(value.origin.span),
            self.citations(value.origin.sources),
        )

    def _layer(self, origin: Origin, instead: str | None) -> Layer:
        return Layer(origin.region, self.region(origin.region), origin.region != self.book.root, instead)


def anchor(source: SourceNote) -> str:
    """Give a cited source's place on the page of sources: the same for the same title and address."""
    digest = hashlib.sha256(f"{source.title}\n{source.publisher}\n{source.url}".encode()).hexdigest()
    return f"source-{digest[:8]}"
