"""Nanoseconds per decision: ours, hand-written Python, and other engines, side by side in one run.

First proves that all give the same failed requirements on the same creators; then takes turns, round by round, so
that a machine that slows down slows everyone; prints medians and ratios. Run by `make bench`, never by a test.
"""

import argparse
import datetime
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import policyengine
from bench_hand import HANDS
from bench_peers import peers

ROOT = Path(__file__).parent.parent
ON = datetime.date(2024, 6, 1)
Facts = dict[str, Any]
Decide = Callable[[Facts], Sequence[str]]


@dataclass(frozen=True)
class Contestant:
    """One way to decide: gives the names of the failed requirements, in the author's order.

    `run` is what is timed, when giving names is more than what its users would do.
    """

    title: str
    failed: Decide
    run: Callable[[Facts], object]
    explains: str


def creators(count: int) -> list[Facts]:
    """Make complete creators in South Africa; about half of them fail something besides `sold_elsewhere`."""
    rng = random.Random(7)

    def mostly(good: Sequence[Any], bad: Sequence[Any]) -> Any:
        return rng.choice(bad if rng.random() < 0.08 else good)

    return [
        {
            "creator": {
                "region": "ZA",
                "age": mostly((18, 19, 25, 40, 60), (15, 17)),
                "followers": mostly((10_000, 18_432, 2_000_000), (900, 9_999)),
                "account_age": mostly((30, 400, 2_000), (3, 29)),
                "account_type": mostly(("personal", "business"), ("political", "private")),
                "public_videos_30d": mostly((3, 9, 40), (0, 2)),
                "views_30d": mostly((1_000, 26_718, 5_000_000), (0, 999)),
                "original_content": mostly((True,), (False,)),
                "repeat_violations": mostly((False,), (True,)),
                "sold_elsewhere": rng.random() < 0.3,
            },
        }
        for _ in range(count)
    ]


def drafts(count: int, videos: int) -> list[Facts]:
    """Make Series drafts of `videos` videos; about a third break a limit."""
    rng = random.Random(8)
    found = []
    for _ in range(count):
        lengths = [rng.randint(31, 1_199) for _ in range(videos)]
        if rng.random() < 0.3:
            lengths[rng.randrange(videos)] = rng.choice((10, 29, 1_201, 3_000))
        price = rng.choice((1, 5, 25, 189, 190, 250))
        found.append(
            {
                "creator": {"region": "ZA"},
                "series": {"price": price, "videos": [{"length": length} for length in lengths]},
            },
        )
    return found


def ours(check: str) -> list[Contestant]:
    """Give `policies.decide`, alone and with everything that explains it."""
    policies = policyengine.load(ROOT / "policies")
    on = ON

    def decide(facts: Facts) -> policyengine.Decision:
        return policies.decide("series", facts, check=check, on=on)

    def failed(facts: Facts) -> Sequence[str]:
        decision = decide(facts)
        unmet = {f.id for f in decision.requirements if f.outcome == "unmet"}
        assert decision.outcome != "unmet" or set(decision.because()) <= unmet
        return [f.id for f in decision.requirements if f.id in unmet and f.kind.value == "require"]

    def outcome(facts: Facts) -> object:
        return decide(facts).outcome

    def read(facts: Facts) -> object:
        decision = decide(facts)
        return decision.outcome, decision.requirements, decision.obligations, decision.missing

    def because(facts: Facts) -> object:
        decision = decide(facts)
        return decision.outcome, decision.because()

    return [
        Contestant("policyengine: decide", failed, outcome, "the outcome; region, day and facts checked"),
        Contestant("policyengine: + because()", failed, because, "… and the requirements it hangs on"),
        Contestant("policyengine: + all findings", failed, read, "… and words in two languages, sources, facts"),
    ]


def contestants(check: str) -> list[Contestant]:
    """Give everyone who can answer a check."""
    hand = [Contestant(title, failed, run, explains) for title, failed, run, explains in HANDS[check]]
    others = [Contestant(title, failed, failed, explains) for title, failed, explains in peers(check)]
    return [*hand, *ours(check), *others]


def prove_equal(entrants: Sequence[Contestant], inputs: Sequence[Facts]) -> None:
    """Stop unless all give the same failed requirements on every input."""
    for facts in inputs:
        answers = {entrant.title: list(entrant.failed(facts)) for entrant in entrants}
        first = next(iter(answers.values()))
        if any(answer != first for answer in answers.values()):
            sys.exit(f"the contestants disagree on {facts}:\n" + "\n".join(f"  {k}: {v}" for k, v in answers.items()))


def measure(entrants: Sequence[Contestant], inputs: Sequence[Facts], rounds: int) -> dict[str, list[float]]:
    """Time every contestant once a round, in turns; nanoseconds a decision."""
    times: dict[str, list[float]] = {entrant.title: [] for entrant in entrants}
    for _ in range(rounds):
        for entrant in entrants:
            run = entrant.run
            start = time.perf_counter_ns()
            for facts in inputs:
                run(facts)
            times[entrant.title].append((time.perf_counter_ns() - start) / len(inputs))
    return times


def report(console: Console, title: str, entrants: Sequence[Contestant], times: dict[str, list[float]]) -> None:
    """Print medians, and each one's ratio to ours, slowest last."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians["policyengine: decide"]
    table = Table(title=title, title_justify="left")
    for heading, justify in (("", "left"), ("ns a decision", "right"), ("÷ ours", "right"), ("says", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for entrant in sorted(entrants, key=lambda one: medians[one.title]):
        median = medians[entrant.title]
        table.add_row(entrant.title, f"{median:,.0f}", f"{median / base:.2f}", entrant.explains)
    console.print(table)


def main() -> None:
    """Run both checks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--creators", type=int, default=200)
    parser.add_argument("--videos", type=int, default=80)
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(f"Python {sys.version.split()[0]}; {_versions()}")
    for check, inputs, size in (
        ("eligibility", creators(asked.creators), f"{asked.creators} creators"),
        ("limits", drafts(asked.creators, asked.videos), f"{asked.creators} drafts of {asked.videos} videos"),
    ):
        entrants = contestants(check)
        prove_equal(entrants, inputs)
        console.print(f"{check}: {len(entrants)} contestants agree on {size}")
        measure(entrants, inputs, 2)
        times = measure(entrants, inputs, asked.rounds)
        report(console, f"Series {check}: median of {asked.rounds} rounds, interleaved, {size}", entrants, times)


def _versions() -> str:
    names = ("zen-engine", "common-expression-language", "cedarpy", "simpleeval", "cel-python")
    return ", ".join(f"{name} {metadata.version(name)}" for name in names) + "; OPA: no wheel for this Python"


if __name__ == "__main__":
    main()
