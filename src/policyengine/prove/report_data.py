"""A report as plain data, and back: for a cache, for another program.

Reads: `Report`, or what was made of one.
Gives: `report_data`, `report_of`, `proof_data`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from policyengine.model.diagnostic import Diagnostic, Note, Severity
from policyengine.model.span import Source, Span
from policyengine.prove.proofs import Counterexample, Kind, Proof, Report, Verdict

Read = Callable[[str], Source]


def report_data(report: Report) -> dict[str, Any]:
    """Give a report as JSON holds it; places by path, line, column and offsets."""
    return {
        "held": report.held,
        "proofs": [proof_data(proof) for proof in report.proofs],
        "problems": [_diagnostic_data(problem) for problem in report.problems],
        "notes": [_note_data(note) for note in report.notes],
    }


def report_of(data: Mapping[str, Any], read: Read | None = None) -> Report:
    """Give the report that data was made of; the files must say what they said."""
    read = read or cache(_source)
    return Report(
        tuple(_proof(each) for each in data["proofs"]),
        tuple(_diagnostic(each, read) for each in data["problems"]),
        tuple(_note(each, read) for each in data["notes"]),
    )


def _source(path: str) -> Source:
    return Source(path, Path(path).read_bytes().decode("utf-8").removeprefix("\ufeff"))


def proof_data(proof: Proof) -> dict[str, Any]:
    """Give one proof as JSON holds it."""
    return {
        "kind": proof.kind.value,
        "program": proof.program,
        "check": proof.check,
        "id": proof.id,
        "says": dict(proof.says),
        "verdict": proof.verdict.value,
        "policies": proof.policies,
        "up_to": dict(proof.up_to),
        "counterexamples": [{"place": each.place, "case": each.case} for each in proof.counterexamples],
        "why": proof.why,
    }


def _proof(data: Mapping[str, Any]) -> Proof:
    return Proof(
        Kind(data["kind"]),
        data["program"],
        data["check"],
        data["id"],
        data["says"],
        Verdict(data["verdict"]),
        data["policies"],
        data["up_to"],
        tuple(Counterexample(each["place"], each["case"]) for each in data["counterexamples"]),
        data["why"],
    )


def _span_data(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"path": span.path, "line": span.line, "column": span.column, "start": span.start, "end": span.end}


def _span(data: Mapping[str, Any], read: Read) -> Span:
    return Span(read(data["path"]), data["start"], data["end"])


def _note_data(note: Note) -> dict[str, Any]:
    return {"message": note.message, "place": _span_data(note.span)}


def _note(data: Mapping[str, Any], read: Read) -> Note:
    return Note(data["message"], None if data["place"] is None else _span(data["place"], read))


def _diagnostic_data(problem: Diagnostic) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "place": _span_data(problem.span),
        "help": problem.help,
        "notes": [_note_data(note) for note in problem.notes],
    }


def _diagnostic(data: Mapping[str, Any], read: Read) -> Diagnostic:
    return Diagnostic(
        data["code"],
        data["message"],
        _span(data["place"], read),
        data["help"],
        tuple(_note(note, read) for note in data["notes"]),
        Severity(data["severity"]),
    )
