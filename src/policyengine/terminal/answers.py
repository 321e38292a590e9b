"""What `policyengine decide` answers: for every JSON text its decisions, or what is wrong with it.

Reads: `Policies`, `Document`s.
Gives: `Answers`, which prints as it goes, so that a pipe of any length passes through.
"""

import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from policyengine.decide import Policies
from policyengine.door import as_mapping
from policyengine.fact_files import Document, fact_problem, json_problem
from policyengine.frontend.resolve import ROOT
from policyengine.model.errors import InvalidFact
from policyengine.model.operators import TODAY
from policyengine.model.span import Source, Span
from policyengine.report.decision_text import decision_rows
from policyengine.report.diagnostics import diagnostic_rows
from policyengine.report.page import BLANK, Piece, Row, Style, row
from policyengine.terminal.console import as_json, columns, emit, write


@dataclass(slots=True)
class Answers:
    """What was asked of every document: checks by name, each with its version day."""

    policies: Policies
    program: str
    checks: dict[str, datetime.date | None]
    region: str | None
    on: datetime.date
    shown: int = field(default=0, init=False)

    @classmethod
    def to(
        cls,
        policies: Policies,
        program: str,
        checks: Sequence[str],
        *,
        region: str | None,
        on: datetime.date,
        version: datetime.date | None,
    ) -> "Answers":
        """Ask for the named checks, or for all; raises `UnknownName` and `InvalidFact`."""
        policies.timeline(program, region=region or ROOT)
        declared = policies.compiled.programs[program].checks
        # Asked by name, a check that goes by today says why a version day is not for it.
        dated = {entry.name for entry in declared if entry.version_by.text != TODAY} | set(checks)
        asked = checks or [entry.name for entry in declared]
        names = {name: version if name in dated else None for name in asked}
        if version is not None and not any(names.values()):
            raise InvalidFact("version", f"the checks of `{program}` go by today", "no version day")
        for name, day in names.items():
            policies.decide(program, {}, check=name, region=region, on=on, version=day)
        return cls(policies, program, names, region, on)

    def answer(self, document: Document, name: str, language: str | None) -> bool:
        """Print the decisions for a document, as JSON without a language; say whether it was read."""
        try:
            facts = as_mapping(document.text)
            decisions = [
                self.policies.decide(self.program, facts, check=check, region=self.region, on=self.on, version=version)
                for check, version in self.checks.items()
            ]
        except InvalidFact as error:
            if language is None:
                emit(as_json(_invalid(error, document)))
            self._refuse(error, document, name)
            return False
        for decision in decisions:
            if language is None:
                line = {} if document.line is None else {"line": document.line}
                emit(as_json({**line, **decision.to_dict()}))
            else:
                write([*self._rule(document), *decision_rows(decision, language)])
                self.shown += 1
        return True

    def _rule(self, document: Document) -> list[Row]:
        """Set decisions apart; of many documents each says its line."""
        said = f" line {document.line} " if document.line is not None else ""
        if self.shown == 0 and not said:
            return []
        rule = row(Piece(f"──{said}".ljust(_RULE, "─"), Style.DIM))
        return [BLANK, rule, BLANK] if self.shown else [rule, BLANK]

    def _refuse(self, error: InvalidFact, document: Document, name: str) -> None:
        if document.line is not None:
            emit(f"{name}:{document.line}: error: {error}\n", sys.stderr)
            return
        text = document.content.decode(errors="replace")
        problem = json_problem(text, name) if error.fact == "facts" else None
        if problem is None:
            source = Source(name, text)
            problem = fact_problem(error, Span(source, 0, len(text)), source.whole())
        write(diagnostic_rows([problem], columns(sys.stderr)), to_errors=True)


def _invalid(error: InvalidFact, document: Document) -> dict[str, object]:
    """Give what takes the place of decisions for facts that cannot be read, so that no row of a batch is lost."""
    line = {} if document.line is None else {"line": document.line}
    said = {"fact": error.fact, "problem": error.problem, "expected": error.expected, "help": error.help}
    return {**line, "outcome": "invalid", "error": said}


_RULE = 40
