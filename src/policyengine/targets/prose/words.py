"""What prose needs to know of the policies to write in one language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from policyengine.model import authored, checked, types

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Words:
    """A language, and the names and words that the policies declare; built once per language.

    `regions` are the names of the tree's nodes by id, `facts` the declared facts by path.
    """

    language: authored.Language
    regions: Mapping[str, checked.Texts]
    facts: Mapping[str, checked.FactDeclaration]

    def fact(self, path: str) -> checked.FactDeclaration | None:
        """Find a fact, or a field of a list: `series.videos.length`, `series.videos[2].length`."""
        plain = _INDEX.sub("", path)
        if plain in self.facts:
            return self.facts[plain]
        items, _, field = plain.rpartition(".")
        fields = self.facts[items].fields if items in self.facts else ()
        return next((declared for declared in fields if declared.path == field), None)

    def unit(self, unit: str) -> tuple[str, str]:
        """Give a unit's words, singular and plural; an undeclared one stands for itself."""
        units = self.language.units
        return units.get(unit) or units.get(types.time_unit(unit) or unit) or (unit, unit)

    def region(self, region: str) -> str:
        """Give a region's name, or its code where the language has none."""
        return (self.regions[region].get(self.language.code) if region in self.regions else None) or region

    def choice(self, raw: str, type_: types.Choice, path: str | None) -> str:
        """Give the words of a choice as its fact declares them.

        A constant on its own (`path` is None) has the words of the facts that declare all its values, if they
        agree.
        """
        if path is not None:
            fact = self.fact(path)
            return (_choice_word(fact, raw, self.language.code) if fact is not None else None) or raw
        everywhere = (fact for one in self.facts.values() for fact in (one, *one.fields))
        declaring = [fact for fact in everywhere if {raw, *type_.values} <= fact.words.keys()]
        found = {_choice_word(fact, raw, self.language.code) for fact in declaring}
        return (found.pop() if len(found) == 1 else None) or raw


def _choice_word(fact: checked.FactDeclaration, raw: str, language: str) -> str | None:
    return fact.words[raw].get(language) if raw in fact.words else None
