"""The symbols of the expression language: what a language without a table of its own is written in."""

from policyengine.model.operators import Aggregate, Comparison
from policyengine.targets.prose.grammar import Grammar, Kind, Named, Noun


def _name(named: Named) -> Noun:
    return Noun(f"{named.owner}.{named.field}")


_FOLDS = {aggregate: f"{aggregate.value}({{term}} for {{variable}} in {{items}})" for aggregate in Aggregate}
_COMPARISONS = {comparison: f"{comparison.value} {{right}}" for comparison in Comparison}

SYMBOLS = Grammar(
    conjunction=(", ", ", "),
    disjunction=(", ", ", "),
    nothing="[]",
    yes="true",
    no="false",
    minus="-({value})",
    point=("%", "%"),
    regions="[{number}]",
    others="…",
    in_all="{names} ({number})",
    name=_name,
    variable=str,
    be=("", ""),
    clause="{subject} {predicate}",
    full_stop="",
    quantities=_COMPARISONS,
    days=_COMPARISONS,
    labels=_COMPARISONS,
    sameness=_COMPARISONS,
    between=">= {low} and <= {high}",
    also="{first} and {second}",
    one_of="in [{values}]",
    none_of="not in [{values}]",
    region_in="in [{regions}]",
    region_not_in="not in [{regions}]",
    region_in_open="in [{regions}, …]",
    region_not_in_open="not in [{regions}, …]",
    quoted='"{text}"',
    is_yes="== true",
    is_no="== false",
    all="and: {clauses}",
    any="or: {clauses}",
    alike="==: {clauses}",
    differing="!=: {clauses}",
    if_clauses="if ({0}) then ({1}) else ({2}): {clauses}",
    every="every {variable} in {items} satisfies {body}",
    some="some {variable} in {items} satisfies {body}",
    requirement="#{number}",
    not_requirement="not #{number}",
    always="true",
    never="false",
    today="today",
    plus=" + ",
    minus_between=" - ",
    times=" * ",
    negative="-{value}",
    time_between="{end} - {start}",
    years_since="years_since({date})",
    full_steps="full_steps({value}, {step})",
    extreme={aggregate: f"{aggregate.value}({{values}})" for aggregate in Aggregate},
    if_value="(if {condition} then {then} else {otherwise})",
    item="#",
    label="",
    called="",
    count="count({items})",
    count_where="count({variable} in {items} where {where})",
    counted="count({variable} in {items} where {where}) {predicate}",
    fold=_FOLDS,
    fold_where={aggregate: f"{pattern[:-1]} where {{where}})" for aggregate, pattern in _FOLDS.items()},
    more=dict.fromkeys(Kind, "+{amount}"),
    fewer=dict.fromkeys(Kind, "-{amount}"),
    about="{subject}: {phrase}",
    about_item="{word} {number}: {phrase}",
    from_day=">= {day}",
)
