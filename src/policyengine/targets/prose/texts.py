"""Authors' texts with their parameters filled in.

Gives: `fill` for a text, `parameter` for one parameter's value.
"""

from collections.abc import Mapping
from decimal import Decimal

from policyengine.model import checked, types
from policyengine.model.templates import placeholders
from policyengine.targets.prose.languages import grammar
from policyengine.targets.prose.numbers import decimal, joined, value, values
from policyengine.targets.prose.words import Words

_LONG = 12  # more regions than these are counted, not named


def fill(template: str, parameters: Mapping[str, checked.Parameter], words: Words) -> str:
    """Write each `{name}` of a parameter as its value; braces around anything else stay as they are."""
    pieces, done = [], 0
    for name, start, end in placeholders(template):
        if name in parameters:
            pieces += [template[done:start], parameter(parameters[name], words)]
            done = end
    return "".join([*pieces, template[done:]])


def parameter(constant: checked.Parameter, words: Words) -> str:
    """Write a parameter's value; a list is joined with "or", a long or open list of regions is cut short."""
    match constant.raw, constant.type:
        case tuple() as regions, types.Region():
            return _regions([str(region) for region in regions], constant, words)
        case tuple() as raws, type_:
            return values(raws, type_, words, "or")
        case raw, type_:
            return value(raw, type_, words)


def _regions(regions: list[str], constant: checked.Parameter, words: Words) -> str:
    patterns = grammar(words)
    counted = patterns.regions.format(number=decimal(Decimal(len(regions)), words))
    names = [counted] if len(regions) > _LONG else [words.region(region) for region in regions]
    if not constant.open:
        return joined(names, words, "or")
    text = joined([*names, patterns.others], words, "and")
    if constant.size is None:
        return text
    return patterns.in_all.format(names=text, number=decimal(Decimal(constant.size), words))
