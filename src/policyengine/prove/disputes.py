"""Who would be flipped if another source were right: the values that are also reported, tried in place of the used.

Reads: a program's timelines, their files.
Gives: a note for each reported value that would change an outcome.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policyengine.model.authored import AlsoReported, ParameterEntry, PolicyFile
from policyengine.model.checked import Parameter
from policyengine.model.decision import Outcome
from policyengine.model.diagnostic import Note
from policyengine.model.values import literal
from policyengine.prove.asking import reads
from policyengine.prove.case_text import in_words
from policyengine.prove.comparing import Pair
from policyengine.prove.differences import Comparison, changed, outcomes
from policyengine.prove.otherwise import Otherwise
from policyengine.prove.places import Place, Timelines, places
from policyengine.prove.variants import Variants, as_reported
from policyengine.targets.interpreter import Given
from policyengine.targets.smt import CannotProve, Model, Unsat


@dataclass(slots=True)
class Disputes:
    """Tries what else is reported in one program; a flip is worked out once for each two meanings."""

    otherwise: Otherwise
    _flips: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def notes(self, standing: Timelines) -> Iterator[Note]:
        """Give the notes, each at the value that is also reported, for the first policy in which it matters."""
        composer = Variants.of(self.otherwise.compiled, self.otherwise.program, standing.files)
        told: set[tuple[str, int, int]] = set()
        for place in places(self.otherwise.compiled, standing):
            for parameter in place.policy.parameters.values():
                file = composer.files[parameter.origin.path]
                entry = next(each for each in file.parameters if each.id == parameter.id)
                for other in entry.also_reported:
                    if other.span.key not in told:
                        found = self._note(composer, place, parameter, file, entry, other)
                        if found is not None:
                            told.add(other.span.key)
                            yield found

    def _note(
        self,
        composer: Variants,
        place: Place,
        parameter: Parameter,
        file: PolicyFile,
        entry: ParameterEntry,
        other: AlsoReported,
    ) -> Note | None:
        other_policy = composer.changed(place, file.source.path, lambda each: as_reported(each, entry, other))
        if other_policy is None:
            return None
        flips = [flip for pair in self.otherwise.pairs(place, other_policy) for flip in self._flipped(pair)]
        if not flips:
            return None
        reported = other_policy.parameters[entry.id]
        publisher = file.sources[other.source.text].publisher
        values = f"`{literal(reported.raw, reported.type)}` instead of `{literal(parameter.raw, parameter.type)}`"
        message = f"if {publisher} is right, `{entry.id}` is {values}: {'; '.join(flips)}"
        return Note(message, other.span)

    def _flipped(self, pair: Pair) -> Sequence[str]:
        if pair.before is None or pair.after is None:
            return ()
        key = self.otherwise.name(pair)
        if key not in self._flips:
            try:
                self._flips[key] = tuple(self._told(pair))
            except CannotProve:
                self._flips[key] = ()
        return self._flips[key]

    def _told(self, pair: Pair) -> Iterator[str]:
        comparison = Comparison(pair, self.otherwise.scope, self.otherwise.timeout)
        if comparison.one_form() or self._flips_nobody(comparison):
            return
        read = reads(changed(*comparison.sides), self.otherwise.scope.vocabulary)
        found: dict[str, tuple[Outcome, Outcome, Mapping[str, Given]]] = {}
        for near in self.otherwise.near(comparison):
            if near.before is True or near.after is True:
                direction = "gains" if near.after is True else "loses"
                found.setdefault(direction, (Outcome.of(near.before), Outcome.of(near.after), near.facts))
        for now, then, facts in (found or self._solved(comparison)).values():
            who = in_words(facts, self.otherwise.scope.vocabulary, read)
            yield f"`{pair.entry.name}` is {then.value} instead of {now.value}, with {who}"

    def _flips_nobody(self, comparison: Comparison) -> bool:
        common = replace(comparison, common=self.otherwise.common(comparison.pair), _asked=[])
        flips = common.asked().holds(claim for _, claim in common.flips())
        return isinstance(common.asked().find(common.asked().here(), flips), Unsat)

    def _solved(self, comparison: Comparison) -> Mapping[str, tuple[Outcome, Outcome, Mapping[str, Given]]]:
        solved: dict[str, tuple[Outcome, Outcome, Mapping[str, Given]]] = {}
        for direction, claim in comparison.flips():
            model = comparison.simplest(claim)
            if isinstance(model, Model):
                now, then = outcomes(comparison.asked(), model, comparison.sides)
                self.otherwise.learn(comparison.pair, model)
                solved[direction] = now, then, model.facts()
        return solved
