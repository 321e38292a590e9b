"""What was proved, in the terminal: a line for each question, what stands against it, cases to paste.

Reads: `Report`.
Gives: `proof_rows`, `answer_rows`.
"""

from collections.abc import Iterator, Sequence

from policyengine.prove.proofs import Kind, Proof, Report, Verdict
from policyengine.report.diagnostics import diagnostic_rows
from policyengine.report.page import BLANK, Piece, Row, Style, heading, line, row

_MARKS = {
    Verdict.PROVED: Piece("✓", Style.GOOD),
    Verdict.REFUTED: Piece("✗", Style.BAD),
    Verdict.NOT_DECIDED: Piece("?", Style.DOUBT),
}
_WORDS = {Verdict.PROVED: "proved", Verdict.REFUTED: "not proved", Verdict.NOT_DECIDED: "not decided"}


def proof_rows(report: Report, language: str, width: int) -> Iterator[Row]:
    """Give the problems, the proofs by program, cases and notes, and a line that sums up."""
    yield from diagnostic_rows(report.problems, width)
    for program in dict.fromkeys(proof.program for proof in report.proofs):
        yield from heading(program)
        for proof in report.proofs:
            if proof.program == program:
                yield from _proof(proof, language)
    for proof in report.proofs:
        yield from _cases(proof)
    if report.notes:
        yield from heading("If another source is right")
        for note in report.notes:
            place = f" ({note.span})" if note.span is not None else ""
            yield Row((Piece(note.message), Piece(place, Style.DIM)), (Piece("  - "),), "    ")
    yield BLANK
    yield _sum(report)


def answer_rows(proofs: Sequence[Proof]) -> Iterator[Row]:
    """Give the answers to questions that were asked by hand, with who stands against them."""
    for proof in proofs:
        yield from _proof(proof, "en")
    for proof in proofs:
        yield from _cases(proof)


def _proof(proof: Proof, language: str) -> Iterator[Row]:
    said = proof.says.get(language) or proof.says.get("en") or proof.id
    check = f"{proof.check}: " if proof.check else ""
    of = f" {_WORDS[proof.verdict]}, {_things(proof)}"
    bounds = "".join(f", up to {number} different `{path}`" for path, number in proof.up_to.items())
    why = f" ({proof.why})" if proof.why is not None else ""
    pieces = (Piece(check, Style.DIM), Piece(said.rstrip(".")), Piece(f" ·{of}{bounds}{why}", Style.DIM))
    yield Row(pieces, (Piece("  "), _MARKS[proof.verdict], Piece(" ")), "    ")


def _things(proof: Proof) -> str:
    one, several = {Kind.LINT: ("entry", "entries"), Kind.BINDING: ("bond", "bonds")}.get(
        proof.kind, ("policy", "policies")
    )
    return f"{proof.policies:,} {one if proof.policies == 1 else several}"


def _cases(proof: Proof) -> Iterator[Row]:
    for each in proof.counterexamples:
        yield from heading(f"{proof.program} · against `{proof.id}`, {each.place}")
        yield from (line("  ", text) for text in each.case.splitlines())


def _sum(report: Report) -> Row:
    count = sum(proof.verdict is Verdict.PROVED for proof in report.proofs)
    if report.held:
        return row(Piece(f"✓ all {count} questions are proved", Style.GOOD))
    return row(Piece(f"✗ {len(report.proofs) - count} of {len(report.proofs)} questions are not proved", Style.BAD))
