"""A diff of rules in the terminal: by entry in words, then by meaning.

Reads: `Diff`.
Gives: `diff_rows`.
"""

from collections.abc import Iterator, Sequence

from policyengine.prove.diff import Diff
from policyengine.report.change_words import ChangeWords, change_words
from policyengine.report.diff_words import title, where
from policyengine.report.page import BLANK, Piece, Row, Style, heading, line, row
from policyengine.targets import prose


def diff_rows(diffs: Sequence[Diff], labels: tuple[str, str], words: prose.Words) -> Iterator[Row]:
    """Give the diffs of programs, and a line that sums up."""
    yield row(Piece(labels[0], Style.STRONG), Piece(" → ", Style.DOUBT), Piece(labels[1], Style.STRONG))
    for each in diffs:
        yield from _program(each, words)
    yield BLANK
    if all(each.same for each in diffs):
        yield row(Piece("✓ same for everyone", Style.GOOD))
    else:
        differing = ", ".join(each.program for each in diffs if not each.same)
        yield row(Piece(f"✗ not the same for everyone: {differing}", Style.BAD))


def _program(diff: Diff, words: prose.Words) -> Iterator[Row]:
    yield from heading(diff.program)
    if not diff.entries:
        yield row(Piece("no entry changes", Style.DIM), indent=2)
    for entries in diff.entries:
        yield row(Piece(where(entries, words)), indent=2)
        yield from (_change(change_words(change, words)) for change in entries.changes)
    for check, why in diff.undecided.items():
        yield row(Piece(f"? {check} was not decided: {why}", Style.DOUBT), indent=2)
    for path, number in diff.up_to.items():
        yield row(Piece(f"looked at up to {number} different records of `{path}`", Style.DIM), indent=2)
    if diff.entries and diff.same:
        yield row(Piece("✓ same for everyone", Style.GOOD), indent=2)
    for flip in diff.flips:
        yield BLANK
        yield row(Piece(title(flip), Style.STRONG), indent=2)
        yield row(Piece(f"with {flip.who}", Style.DIM), indent=2)
        yield from (line("    ", text) for text in flip.case.splitlines())


def _change(words: ChangeWords) -> Row:
    about = Piece(f"{words.about}: ", Style.ACCENT)
    if words.before is None:
        return Row((about, Piece(words.after or "")), (Piece("    + ", Style.GOOD),), "      ")
    if words.after is None:
        return Row((about, Piece(words.before, Style.DIM)), (Piece("    − ", Style.BAD),), "      ")
    pieces = (about, Piece(words.before, Style.DIM), Piece(" → ", Style.DOUBT), Piece(words.after))
    return Row(pieces, (Piece("    ~ ", Style.DOUBT),), "      ")
