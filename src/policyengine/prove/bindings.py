"""Binding requirements, proved: no creator passes a narrower check without meeting what a wider region binds.

Reads: bonds between policies; those that shapes do not show go to the solver.
Gives: diagnostics for those that are broken, with who slips through, or that nothing shows.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from policyengine.compiled import Compiled
from policyengine.frontend.binding import Bond, Doubt
from policyengine.model.diagnostic import Diagnostic, Note
from policyengine.plan import FIRST, LAST
from policyengine.prove.asking import TIMEOUT, Asked, Scope, Where
from policyengine.prove.case_text import in_words
from policyengine.prove.ledger import Ledger, digest
from policyengine.prove.places import DAY, Place
from policyengine.prove.witnesses import simplest
from policyengine.targets.smt import CannotProve, Model, Unsat


def settled(
    compiled: Compiled, doubts: Iterable[Doubt], ledger: Ledger | None = None, timeout: float = TIMEOUT
) -> Iterator[Diagnostic]:
    """Report what is doubted and cannot be proved; the same doubt is settled once."""
    ledger = ledger or Ledger()
    scope = Scope.of(compiled)
    for doubt in doubts:
        bond = doubt.bond
        if doubt.mistaken:
            yield doubt.diagnostic
            continue
        entry = next(each for each in compiled.programs[bond.policy.program].checks if each.name == bond.check)
        below = compiled.tree.below(compiled.timelines[bond.policy.program])
        place = _place(bond, below.get(bond.policy.region, (bond.policy.region,)))
        by_fact = None if entry.version_by.text == "today" else entry.version_by.text
        where = Where.of(entry.region_by.text, by_fact, [place])
        key = digest(["binding", scope.digest, bond.promised, bond.needed, where])
        if ledger.answer(key) == Unsat():
            continue
        yield from _settled(doubt, scope, where, key, ledger, timeout)


def _place(bond: Bond, regions: tuple[str, ...]) -> Place:
    policy = bond.policy
    last = LAST if policy.end is None else min(policy.end - DAY, LAST)
    return Place(policy, regions, max(policy.start, FIRST), max(last, FIRST))


def _settled(
    doubt: Doubt, scope: Scope, where: Where, key: str, ledger: Ledger, timeout: float
) -> Iterator[Diagnostic]:
    bond = doubt.bond
    try:
        asked = Asked(scope, where, [bond.promised, bond.needed], timeout=timeout)
    except CannotProve as refusal:
        note = Note(f"there is no exact term for {refusal}")
        yield replace(doubt.diagnostic, notes=(*doubt.diagnostic.notes, note))
        return
    claims = [asked.here(), asked.is_(bond.promised, True), asked.is_(bond.needed, False, None)]
    answer = asked.find(*claims)
    ledger.keep(key, answer)
    match answer:
        case Unsat() if answer.proved:
            return
        case Model():
            found = simplest(asked, claims, answer, {})
            day = datetime.date.fromordinal(found.today)
            who = in_words(found.facts(), scope.vocabulary)
            yield replace(
                doubt.diagnostic,
                message=f"`{bond.policy.region}` loosens the binding requirement `{bond.requirement.id}`",
                notes=(*doubt.diagnostic.notes, Note(f"on {day} it lets through someone with {who}")),
            )
        case Unsat(bounds):
            listed = " and ".join(f"{number} different records of `{path}`" for path, number in bounds.items())
            note = Note(f"nobody slips through with up to {listed}; more were not looked at")
            yield replace(doubt.diagnostic, notes=(*doubt.diagnostic.notes, note))
        case _:
            note = Note(f"whether anybody slips through was not decided in {timeout:g} s")
            yield replace(doubt.diagnostic, notes=(*doubt.diagnostic.notes, note))
