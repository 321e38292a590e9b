"""Declared facts as data that the form's fields are made from: how to ask, what may be answered, how to write it.

Reads: the vocabulary, the words of one language.
Gives: `fact_data` and `type_data`, plain data; `text_in`, an author's text in a language, else in another.
"""

from collections.abc import Mapping
from typing import Any, assert_never

from policyengine.model import calendar, types
from policyengine.model.checked import FactDeclaration, Privacy, Texts
from policyengine.model.ranges import Range
from policyengine.targets import prose
from policyengine.targets.prose.sentences import item_word

Data = dict[str, Any]


def fact_data(path: str, declared: FactDeclaration, words: prose.Words) -> Data:
    """Describe a fact, or a field of a list's items, by its whole path: `series.videos.length`."""
    name = prose.name(path, words)
    asked = text_in(words.language.code, declared.question)
    data: Data = {
        "path": path,
        "type": type_data(declared.type, words, path),
        "question": asked or _capitalised(name),
        "name": name,
        "private": declared.privacy is Privacy.PRIVATE,
        "range": _range(declared),
        "unit": declared.unit,
        "size": declared.unit_size,
        "inputs": list(declared.inputs),
    }
    if isinstance(declared.type, types.Records):
        data["item"] = item_word(path, words)
        data["most"] = declared.type.max_items
        data["fields"] = {field.path: fact_data(f"{path}.{field.path}", field, words) for field in declared.fields}
    return data


def type_data(type_: types.Type, words: prose.Words, fact: str | None = None) -> Data:
    """Describe a type; a choice has its words, those of `fact` if it is given."""
    match type_:
        case types.Boolean():
            return {"kind": "boolean"}
        case types.Text():
            return {"kind": "text"}
        case types.Region():
            return {"kind": "region"}
        case types.Date():
            return {"kind": "date"}
        case types.Choice(allowed):
            return {"kind": "choice", "values": [[raw, words.choice(raw, type_, fact)] for raw in allowed]}
        case types.Number(scale, unit, percent):
            return {"kind": "number", "scale": scale, "unit": unit, "percent": percent and unit is None}
        case types.Money(currency, scale):
            places = types.currency_places(currency)
            return {"kind": "money", "scale": scale, "currency": currency, "places": places}
        case types.Duration(whole_days):
            return {"kind": "duration", "wholeDays": whole_days}
        case types.Period():
            return {"kind": "period"}
        case types.Records(unit=unit):
            return {"kind": "list", "unit": unit}
        case types.Poison():
            raise AssertionError(type_)
        case _:
            assert_never(type_)


def text_in(language: str, texts: Texts | None) -> str | None:
    """Give an author's text, in another language when this one lacks it; None when there is none."""
    return None if texts is None else texts.nearest(language)


def units_data(facts: Mapping[str, FactDeclaration], words: prose.Words) -> dict[str, list[str]]:
    """Give the words, singular and plural, of every unit that facts have, and of time."""
    declared = [one for fact in facts.values() for one in (fact, *fact.fields)]
    units = [f"{unit}s" for unit in (*types.SECONDS, *types.MONTHS)]
    units += [unit for one in declared if (unit := _unit(one)) is not None]
    return {unit: list(words.unit(unit)) for unit in dict.fromkeys(units)}


def _unit(declared: FactDeclaration) -> str | None:
    return declared.type.unit if isinstance(declared.type, types.Records) else declared.unit


def _range(declared: FactDeclaration) -> list[int] | None:
    proved = Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)
    range_ = declared.range or (proved if isinstance(declared.type, types.Date) else None)
    return None if range_ is None else [range_.low, range_.high]


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
