"""What the terminal and the page say of an impact in the same words.

Reads: an `Impact`.
Gives: titles of kinds and outcomes, shares, values, the lines at the top.
"""

from collections.abc import Iterator, Sequence

from policyengine.impact.figures import INVALID, CheckImpact, Close, Impact, Kind, SideNote, Worth

KINDS = {
    Kind.GAINS: "gain",
    Kind.LOSES: "lose",
    Kind.UNKNOWN: "become unknown",
    Kind.SETTLES: "become known, as no",
    Kind.OFFERED: "newly offered, as no",
    Kind.WITHDRAWN: "no longer offered",
    Kind.UNREADABLE: "cannot be read",
    Kind.SAME: "stay as they are",
}
"""What people do, by kind of change."""
EXPLAINED = {
    Kind.GAINS: "the outcome turns {met}",
    Kind.LOSES: "were {met}, and are not any more",
    Kind.UNKNOWN: "the outcome turns {unknown}",
    Kind.SETTLES: "were {unknown}, and are {unmet} now",
    Kind.OFFERED: "it was not offered, and they are {unmet}",
    Kind.WITHDRAWN: "were {unmet}, and it is not offered any more",
    Kind.UNREADABLE: "a fact holds what it cannot be, on one side at least",
    Kind.SAME: "the same outcome on both sides",
}
OFFERING = "whether it is offered"
"""The cause where a side has no rules."""
UNREADABLE_ROWS = "cannot be read"


def outcome_words(measured: CheckImpact, outcome: str) -> str:
    """Give what people read for an outcome."""
    return UNREADABLE_ROWS if outcome == INVALID else measured.reads.get(outcome, outcome.replace("_", " "))


def explained(measured: CheckImpact, kind: Kind) -> str:
    """Say what a kind of change is."""
    words = {outcome: f"“{outcome_words(measured, outcome)}”" for outcome in ("met", "unmet", "unknown")}
    return EXPLAINED[kind].format(**words)


def share(part: int, whole: int) -> str:
    """Write a share with two digits that mean something; nothing at all is `0 %`.

    >>> share(1, 3), share(12, 1_000_000), share(0, 7), share(7, 7)
    ('33.3 %', '0.0012 %', '0 %', '100 %')
    """
    if part == 0 or whole == 0:
        return "0 %"
    if part == whole:
        return "100 %"
    percent, places = 100 * part / whole, 1
    while places < _MOST_PLACES and percent * 10**places < 10:
        places += 1
    return f"{percent:.{places}f} %"


def signed(number: int) -> str:
    """Write a change with its sign: `+1,200`, `−7`.

    >>> signed(1200), signed(-7), signed(0)
    ('+1,200', '−7', '0')
    """
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number):,}"


def values(listed: Sequence[Worth]) -> str:
    """Write values on one line: `18 years (KR: 19 years)`."""
    first, *others = [one.text if not one.regions else f"{', '.join(one.regions)}: {one.text}" for one in listed]
    return f"{first} ({', '.join(others)})" if others else first


def between(first: str, sign: str, last: str) -> str:
    """Write two values with what they end in once: `5,000 … 15,000 followers`.

    >>> between("9 years", "→", "27 years"), between("1 video", "→", "2 videos")
    ('9 → 27 years', '1 video → 2 videos')
    """
    number, _, unit = first.partition(" ")
    return f"{number if unit and last.endswith(f' {unit}') else first} {sign} {last}"


def side_words(note: SideNote) -> str:
    """Say which rules a side is."""
    if note.kind == "day":
        return note.label
    return f"{note.label}, as of {note.day}"


def people_words(impact: Impact) -> str:
    """Say who was counted."""
    made_up = ", synthetic" if impact.population.synthetic else ""
    return f"{impact.population.name}: {impact.population.rows:,} rows{made_up}, as of {impact.on}"


def changed_kinds(measured: CheckImpact) -> Iterator[Kind]:
    """Give the kinds of change that there are; the first three always."""
    for kind in Kind:
        always = kind in (Kind.GAINS, Kind.LOSES, Kind.UNKNOWN)
        if kind not in (Kind.SAME, Kind.UNREADABLE) and (always or measured.flow.of_kind(kind)):
            yield kind


def close_or_none(close: Close | None) -> Close:
    """Give who stands close to a threshold; nobody where a side has no such one."""
    return close or Close((), (), 0, 0, 0, 0, 0)


_MOST_PLACES = 4
