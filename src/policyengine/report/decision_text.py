"""A decision as a page that a person reads: the answer first, then why, then what to do.

Reads: a `Decision`.
Gives: `decision_rows` for whoever colours them, `plain_text`; in any language of the policies.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policyengine.decision import Decision
from policyengine.model.checked import Kind, Texts
from policyengine.model.decision import Alternative, ChangeKind, Finding, Missing, Outcome
from policyengine.plan import Undecided
from policyengine.report.decision_given import given_words
from policyengine.report.decision_note import basis_notes, clause_notes
from policyengine.report.page import BLANK, Piece, Row, Style, heading, plain, row
from policyengine.report.wording import Wording, day, held, wording
from policyengine.targets import prose

_WIDTH = 88


def plain_text(decision: Decision, language: str, width: int = _WIDTH) -> str:
    """Write a decision as plain text."""
    return plain(decision_rows(decision, language), width)


def decision_rows(decision: Decision, language: str) -> tuple[Row, ...]:
    """Lay a decision out in a language of the policies."""
    return tuple(_Page(decision, decision.basis.plan.shared.words[language], wording(language)).rows())


@dataclass(frozen=True, slots=True)
class _Page:
    """A decision and the words to write it in."""

    decision: Decision
    words: prose.Words
    ours: Wording

    def rows(self) -> Iterator[Row]:
        yield from self.head()
        yield from self.values()
        yield from self.requirements()
        yield from self.obligations()
        yield from self.missing()
        yield from self.advice()
        yield from self.foot()

    def text(self, texts: Texts | None) -> str | None:
        return texts.get(self.words.language.code) if texts is not None else None

    def head(self) -> Iterator[Row]:
        decision, plan = self.decision, self.decision.basis.plan
        title = self.text(plan.program.title) or decision.program
        question = self.text(plan.check.title) or decision.check
        region = self.words.region(decision.region) if decision.region else self.ours.no_region
        reads = decision.reads(self.words.language.code)
        mark, style = _MARKS[decision.outcome]
        yield row(Piece(title, Style.STRONG), Piece(" · "), Piece(question, Style.STRONG))
        yield row(Piece(f"{region} · {day(decision.on, self.words)}", Style.DIM))
        yield BLANK
        said = reads[0].upper() + reads[1:]
        yield Row((Piece(said, style, strong=True),), (Piece(f"{mark} ", style, strong=True),), "  ")
        for sentence in basis_notes(decision, self.words):
            yield row(sentence, indent=2)
        grants = self.text(plan.program.grants)
        # What joining grants is the answer to the first check: the others ask about something else.
        if decision.outcome is Outcome.MET and plan.check is plan.program.checks[0] and grants is not None:
            yield row(grants, indent=2)

    def requirements(self) -> Iterator[Row]:
        findings = self.decision.requirements
        if findings:
            yield BLANK
            yield from _Tree(self, findings, frozenset(self.decision.because())).rows()

    def obligations(self) -> Iterator[Row]:
        owed = self.decision.obligations
        if owed:
            yield from heading(self.ours.owed)
        for obligation in owed:
            yield _bullet(Piece(obligation.words.get(self.words.language.code, obligation.id)))

    def values(self) -> Iterator[Row]:
        code = self.words.language.code
        for name, result in self.decision.values.items():
            shown = result.words.get(code) or self.ours.not_known
            style = Style.STRONG if result.words else Style.DIM
            yield row(f"{result.title.get(code, name)}: ", Piece(shown, style), indent=2)

    def missing(self) -> Iterator[Row]:
        missing = self.decision.missing
        if missing:
            yield from heading(self.ours.asked)
        for fact in missing[:_MOST]:
            yield _bullet(Piece(f"{self.question(fact)}  "), Piece(fact.fact, Style.DIM))
        yield from self.rest(missing)

    def question(self, missing: Missing) -> str:
        declared = self.words.fact(missing.fact)
        asked = self.text(declared.question) if declared is not None else None
        if asked is None:
            return prose.name(missing.fact, self.words)
        items, bracket, rest = missing.fact.partition("[")
        if not bracket:
            return asked
        return prose.about_item(items, int(rest.partition("]")[0]) + 1, asked, self.words)

    def advice(self) -> Iterator[Row]:
        alternatives, first = self.decision.advice, self.decision.met_on
        if first is not None and all(alternative.by_time for alternative in alternatives):
            yield from heading(self.ours.change)
            yield _bullet(Piece(self.by_time(first)))
            return
        if len(alternatives) == 1:
            changes = self.changes(alternatives[0])
            yield from heading(self.ours.change if len(changes) == 1 else self.ours.changes_together)
            for change in changes[:_MOST]:
                yield _bullet(Piece(change))
            yield from self.rest(changes)
        elif alternatives:
            yield from heading(self.ours.changes)
            for number, alternative in enumerate(alternatives[:_MOST], start=1):
                lead = f"  {number}. "
                changes = self.changes(alternative)
                more = [self.ours.more.format(number=len(changes) - _MOST)] if len(changes) > _MOST else []
                text = ", ".join([*changes[:_MOST], *more]) if more else prose.joined(changes, self.words, "and")
                yield Row((Piece(text),), (Piece(lead, Style.DIM),), " " * len(lead))
            yield from self.rest(alternatives)
        if alternatives and self.still_open():
            yield row(Piece(self.ours.still_open, Style.DIM))
        if first is not None:
            yield BLANK
            yield row(self.by_time(first))

    def still_open(self) -> bool:
        """Say whether a requirement is unknown that counts by itself, whatever the advice changes."""
        top = (finding for finding in self.decision.requirements if finding.parent is None)
        return any(finding.outcome is Outcome.UNKNOWN and finding.waiver is None for finding in top)

    def by_time(self, first: datetime.date) -> str:
        reads = self.text(self.decision.basis.plan.check.reads.get(Outcome.MET.value))
        return self.ours.met_on.format(day=day(first, self.words), reads=reads or Outcome.MET.value)

    def changes(self, alternative: Alternative) -> Sequence[str]:
        """Give the changes of an alternative; waiting goes with the change that it makes."""
        code = self.words.language.code
        found: list[str] = []
        for change in alternative.changes:
            said = change.words.get(code, change.requirement)
            if change.kind is ChangeKind.WAIT and found:
                found[-1] += f", {said}"
            else:
                found.append(said)
        return found

    def rest(self, items: Sequence[object]) -> Iterator[Row]:
        if len(items) > _MOST:
            yield _bullet(Piece(self.ours.more.format(number=len(items) - _MOST), Style.DIM))

    def foot(self) -> Iterator[Row]:
        policy = self.decision.policy
        if not policy.files or policy.start is None:
            return
        yield BLANK
        yield row(Piece(" + ".join(policy.files), Style.DIM))
        if policy.digest is not None:
            versioned = self.decision.basis.plan.version_fact is not None
            since = held(policy.start, policy.end, self.words, versioned=versioned)
            yield row(Piece(f"{since} · {policy.digest[:12]}", Style.DIM))


@dataclass(frozen=True, slots=True)
class _Tree:
    """The findings of a decision; `hangs_on` are the leaves that made its outcome."""

    page: _Page
    findings: Sequence[Finding]
    hangs_on: frozenset[str]

    def rows(self) -> Iterator[Row]:
        for finding in self.findings:
            if finding.parent is None:
                yield from self.one(finding, "  ", "  ", faint=False)

    def one(self, finding: Finding, lead: str, follow: str, *, faint: bool) -> Iterator[Row]:
        """Give a requirement and its children; `faint` when it does not matter to its group."""
        mark, style = _MARKS[finding.outcome] if finding.waiver is None else _WAIVED
        before = (Piece(lead, Style.DIM), Piece(f"{mark} ", Style.DIM if faint else style))
        yield Row(self.words(finding, faint=faint), before, f"{follow}  ")
        for detail, shade in self.details(finding, faint=faint):
            yield Row((Piece(detail, shade),), (Piece(f"{follow}  ", Style.DIM),), f"{follow}  ")
        children = [child for child in self.findings if child.parent == finding.id]
        for child in children:
            last = child is children[-1]
            aside = faint or finding.waiver is not None or child.outcome is not finding.outcome
            yield from self.one(
                child,
                f"{follow}  {'└ ' if last else '├ '}",
                f"{follow}  {'  ' if last else '│ '}",
                faint=aside,
            )

    def words(self, finding: Finding, *, faint: bool) -> tuple[Piece, ...]:
        basis, ours, code = self.page.decision.basis, self.page.ours, self.page.words.language.code
        assert not isinstance(basis, Undecided)
        says = basis.check.requirement(finding.id).says
        text = finding.words.get(code, finding.needed)
        if finding.kind is not Kind.REQUIRE and self.page.text(says) is None:
            text = ours.any_of if finding.kind is Kind.ANY_OF else ours.all_of
        piece = Piece(text, Style.DIM if faint else Style.PLAIN)
        if finding.kind is Kind.ANY_OF and self.page.text(says) is not None:
            return (piece, Piece(f" ({ours.one_is_enough})", Style.DIM))
        return (piece,)

    def details(self, finding: Finding, *, faint: bool) -> Iterator[tuple[str, Style]]:
        page = self.page
        if finding.waiver is not None:
            because = page.text(finding.waiver.because) or ""
            yield (
                page.ours.waived.format(day=day(finding.waiver.until, page.words), because=because),
                Style.DIM,
            )
        elif not faint and finding.id in self.hangs_on and finding.outcome is not Outcome.MET:
            notes = clause_notes(page.decision, finding.id, page.words)
            given = given_words(page.decision, finding, page.words)
            for sentence in notes or ((given,) if given else ()):
                yield sentence, _MARKS[finding.outcome][1]


def _bullet(*pieces: Piece) -> Row:
    return Row(pieces, (Piece("  • ", Style.DIM),), "    ")


_MOST = 8
_MARKS = {
    Outcome.MET: ("✓", Style.GOOD),
    Outcome.UNMET: ("✗", Style.BAD),
    Outcome.UNKNOWN: ("?", Style.DOUBT),
    Outcome.NOT_OFFERED: ("–", Style.BAD),
}
_WAIVED = ("○", Style.DIM)
