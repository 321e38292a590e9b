"""A diff of rules as text for a pull request, and as plain data.

Reads: `Diff`.
Gives: `markdown`, `diff_data`; the parts that the terminal words alike.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policyengine.prove.diff import Diff, Entries, Flip
from policyengine.report.change_words import ChangeWords, change_words
from policyengine.targets import prose

_MOST_REGIONS = 6
_DIRECTIONS = {
    "gains": "Passes now",
    "loses": "Passes no longer",
    "otherwise": "Comes out otherwise",
    "values": "Other values",
    "obligations": "Owes something else",
}


def where(entries: Entries, words: prose.Words) -> str:
    """Say in which regions, by name, and how many more."""
    names = [words.region(region) for region in entries.regions]
    if len(names) <= _MOST_REGIONS:
        return ", ".join(names)
    return f"{', '.join(names[:2])} and {len(names) - 2} more regions"


def line(words: ChangeWords) -> str:
    """Write a change on a line."""
    if words.before is None:
        return f"{words.about}: new: {words.after}"
    if words.after is None:
        return f"{words.about}: gone: {words.before}"
    return f"{words.about}: {words.before} → {words.after}"


def title(flip: Flip) -> str:
    """Say what changes for someone."""
    return f"{_DIRECTIONS[flip.direction]}: {flip.check}, {flip.before} → {flip.after}, in {flip.place}"


def markdown(diffs: Sequence[Diff], labels: tuple[str, str], words: prose.Words) -> str:
    """Write a comment for a pull request."""
    lines = [f"### Rules: {labels[0]} → {labels[1]}", ""]
    for each in diffs:
        lines += [*_program(each, words), ""]
    return "\n".join(lines).rstrip() + "\n"


def _program(diff: Diff, words: prose.Words) -> Iterator[str]:
    verdict = "same for everyone" if diff.same else "not the same for everyone"
    yield f"#### `{diff.program}`: {verdict}"
    for entries in diff.entries:
        yield ""
        yield f"**{_escaped(where(entries, words))}**"
        yield ""
        yield from (f"- {_escaped(line(change_words(change, words)))}" for change in entries.changes)
    for check, why in diff.undecided.items():
        yield ""
        yield f"**Not decided:** `{check}` ({_escaped(why)})"
    for flip in diff.flips:
        yield ""
        yield f"<details><summary>{_escaped(title(flip))}: {_escaped(flip.who)}</summary>"
        yield ""
        yield "```yaml"
        yield flip.case.rstrip()
        yield "```"
        yield ""
        yield "</details>"


def _escaped(text: str) -> str:
    # an author's text is no markup of the page that it lands on
    return re.sub(r"([\\*_\[\]<>|#])", r"\\\1", text)


def diff_data(diffs: Sequence[Diff], labels: tuple[str, str], words: prose.Words) -> Mapping[str, Any]:
    """Give diffs as JSON holds them."""
    return {
        "before": labels[0],
        "after": labels[1],
        "same": all(each.same for each in diffs),
        "programs": [
            {
                "program": each.program,
                "same": each.same,
                "entries": [_entries_data(entries, words) for entries in each.entries],
                "flips": [_flip_data(flip) for flip in each.flips],
                "undecided": dict(each.undecided),
                "up_to": dict(each.up_to),
            }
            for each in diffs
        ],
    }


def _entries_data(entries: Entries, words: prose.Words) -> Mapping[str, Any]:
    told = [change_words(change, words) for change in entries.changes]
    return {
        "regions": list(entries.regions),
        "changes": [{"about": each.about, "before": each.before, "after": each.after} for each in told],
    }


def _flip_data(flip: Flip) -> Mapping[str, Any]:
    return {
        "check": flip.check,
        "direction": flip.direction,
        "before": flip.before,
        "after": flip.after,
        "place": flip.place,
        "who": flip.who,
        "case": flip.case,
    }
