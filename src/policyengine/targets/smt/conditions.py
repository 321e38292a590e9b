"""What may be said of all that one caller gives: that it is just this, or that another caller gives at least as much.

Reads: `Terms`, after everything that is asked has its terms.
Gives: `pinned`, `grown`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest

import z3

from policyengine.model.checked import FactDeclaration
from policyengine.targets.smt.expressions import Terms
from policyengine.targets.smt.facts import Given, Kind, Listed, Record
from policyengine.targets.smt.ground import Ground
from policyengine.targets.smt.slots import is_
from policyengine.targets.smt.terms import CannotProve, Term, Truth, Value, both, either, opposite


def pinned(terms: Terms, given: Mapping[str, Given]) -> list[z3.BoolRef]:
    """Say that the facts are those that are given, and all others unknown; derived ones are filled in.

    Raises `CannotProve` when a list has more different records than kinds.
    """
    conditions = []
    for path, term in stated(terms).items():
        raw = given.get(path)
        assert raw is None or isinstance(raw, bool | int | str)
        conditions.append(is_(term, raw, terms.facts.vocabulary[path], terms.ground))
    for path, listed in terms.facts.lists.items():
        records = given.get(path)
        assert not isinstance(records, bool | int | str)
        conditions += _records_are(listed, records, terms.facts.vocabulary[path], terms.ground)
    return conditions


def grown(fewer: Terms, more: Terms) -> list[z3.BoolRef]:
    """Say that one caller gives what another one gives, and perhaps more facts; of the same records, more fields."""
    others = stated(more)
    conditions = [_also(term, others[path]) for path, term in stated(fewer).items() if path in others]
    for path, listed in fewer.facts.lists.items():
        pairs = list(zip(listed.kinds, more.facts.listed(path).kinds, strict=True))
        alike = [left.number == right.number for left, right in pairs]
        alike += [_also(left.field(name), right.field(name)) for left, right in pairs for name in _read(left, right)]
        conditions.append(either(opposite(listed.known), both(more.facts.listed(path).known, *alike)))
    return conditions


def stated(terms: Terms) -> dict[str, Term]:
    """Give the facts that something reads, derived ones filled in."""
    given = {path: term for path, term in terms.facts.scalars.items() if terms.facts.vocabulary[path].derived is None}
    return given | terms.completed


def _records_are(
    listed: Listed, records: Sequence[Record] | None, declaration: FactDeclaration, ground: Ground
) -> list[z3.BoolRef]:
    if records is None:
        return [opposite(listed.known)]
    fields = {field.path: field for field in declaration.fields}
    read = _read(*listed.kinds)
    told = [tuple(record.get(name) for name in read) for record in records]
    alike = [(each, 1) for each in told] if listed.single else Counter(told).most_common()
    if len(alike) > len(listed.kinds):
        raise CannotProve(f"`{declaration.path}` with more than {len(listed.kinds)} different records")
    conditions = [listed.known]
    for kind, pair in zip_longest(listed.kinds, alike):
        values, number = pair or ((), 0)
        conditions.append(kind.number == number)
        conditions += [
            is_(kind.field(name), raw, fields[name], ground) for name, raw in zip(read, values, strict=bool(number))
        ]
    return conditions


def _read(*kinds: Kind) -> list[str]:
    return sorted({name for kind in kinds for name in kind.fields})


def _also(fewer: Term, more: Term) -> z3.BoolRef:
    match fewer, more:
        case Truth(), Truth():
            return both(either(opposite(fewer.true), more.true), either(opposite(fewer.false), more.false))
        case Value(), Value():
            return either(opposite(fewer.known), both(more.known, fewer.term == more.term))
        case _:
            raise AssertionError((fewer, more))
