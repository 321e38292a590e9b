"""What was proved before, kept in a file, so that nothing is proved twice.

Reads: `.policyengine_cache/proofs.json` where the command runs.
Gives: `Ledger`: answers by question, and whole reports by everything that they were made from.
Never: keeps what was not decided. A file that cannot be read is an empty ledger; one that cannot be written is none.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from policyengine.targets.smt import Model, Undecided, Unsat

FOLDER = Path(".policyengine_cache")
_MOST_REPORTS = 20


@dataclass(slots=True)
class Ledger:
    """Answers by the digests of their questions: the bounds up to which nobody is found, or that somebody is."""

    path: Path | None = None
    answers: dict[str, dict[str, int] | None] = field(default_factory=dict)
    """None where there is somebody."""
    reports: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    """How many questions went to the solver."""
    known: int = 0
    """How many were answered from here."""

    @classmethod
    def read(cls, folder: Path) -> "Ledger":
        """Read what was kept; nothing of it holds for another version of this program or of the solver."""
        path = folder / "proofs.json"
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(path.read_text("utf-8"))
            if kept["engine"] == engine():
                return cls(path, dict(kept["answers"]), dict(kept["reports"]))
        return cls(path)

    def answer(self, key: str) -> Unsat | bool | None:
        """Give `Unsat`, or True where somebody was found, or None."""
        if key not in self.answers:
            return None
        self.known += 1
        bounds = self.answers[key]
        return True if bounds is None else Unsat(bounds)

    def keep(self, key: str, answer: Model | Unsat | Undecided) -> None:
        """Take in an answer of the solver's."""
        self.asked += 1
        if isinstance(answer, Unsat):
            self.answers[key] = dict(answer.up_to)
        elif isinstance(answer, Model):
            self.answers[key] = None

    def write(self) -> None:
        """Keep what is known: written aside, then moved."""
        if self.path is None:
            return
        reports = dict(list(self.reports.items())[-_MOST_REPORTS:])
        kept = {"engine": engine(), "answers": self.answers, "reports": reports}
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            ignore = self.path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", "utf-8")
            aside = self.path.with_suffix(f".{os.getpid()}.tmp")
            aside.write_text(json.dumps(kept), "utf-8")
            aside.replace(self.path)


def digest(parts: Iterable[object]) -> str:
    """Name a question by everything that it is about."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


@cache
def engine() -> str:
    """Name what answers: the code of this program, and the solver."""
    root = Path(__file__).parent.parent
    ours = (path.read_bytes() for path in sorted(root.rglob("*.py")))
    return digest([version("z3-solver"), hashlib.sha256(b"\0".join(ours)).hexdigest()])


def of_texts(texts: Mapping[str, bytes], *options: object) -> str:
    """Name a report by all that it is made from."""
    named = (f"{path} {hashlib.sha256(text).hexdigest()}" for path, text in sorted(texts.items()))
    return digest([*options, *named])
