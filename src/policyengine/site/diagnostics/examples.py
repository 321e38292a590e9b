"""The examples of mistakes: small edits of one little folder of policies, wrong and mended.

Reads: `examples.toml` and the folder `base`, both beside this module.
Gives: `examples`, by code. An example without `replaces` stands in place of its own mended lines.
Never: compiles anything.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BASE = Path(__file__).parent / "base"
"""A folder of policies without a problem, about a program that is made up."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of one file, in place of other lines of the base; of a file that the base lacks, all lines.

    `encoding` is how the file is saved: what is not UTF-8 is a mistake of its own.
    """

    file: str
    text: str
    replaces: str = ""
    encoding: str = "utf-8"

    @property
    def content(self) -> bytes:
        """The whole file after the edit."""
        if not self.replaces:
            return self.text.encode(self.encoding)
        before, after = self._around()
        return f"{before}{self.text}{after}".encode(self.encoding)

    @property
    def first_line(self) -> int:
        """The number that the first of the lines has in its file."""
        return self._around()[0].count("\n") + 1 if self.replaces else 1

    @property
    def shown(self) -> str:
        """The lines as an editor shows them: as UTF-8."""
        return self.text.encode(self.encoding).decode("utf-8", errors="replace").rstrip("\n")

    def _around(self) -> tuple[str, str]:
        before, found, after = (BASE / self.file).read_text("utf-8").partition(self.replaces)
        assert found, f"{self.file} has no such lines:\n{self.replaces}"
        assert self.replaces not in after, f"{self.file} has these lines twice:\n{self.replaces}"
        return before, after


@dataclass(frozen=True, slots=True)
class Example:
    """A mistake in the base, and the way out. `at` are the words that the message underlines.

    `published`: the base was published with `policyengine lock` before the edit. `proved`: what is wrong is found by
    `policyengine prove`.
    """

    code: str
    wrong: Edit
    mended: Edit
    at: str
    published: bool = False
    proved: bool = False


@cache
def examples() -> Mapping[str, tuple[Example, ...]]:
    """Give the examples of every code that has some."""
    read = tomllib.loads(Path(__file__).with_name("examples.toml").read_text("utf-8"))
    return {code: tuple(_example(code, entry) for entry in entries) for code, entries in read.items()}


def _example(code: str, entry: dict[str, Any]) -> Example:
    file, mended = entry["file"], entry["mended"]
    mended_file = entry.get("mended_file", file)
    replaces = entry.get("replaces", mended if (BASE / file).exists() else "")
    return Example(
        code,
        Edit(file, entry["wrong"], replaces, entry.get("encoding", "utf-8")),
        Edit(mended_file, mended, replaces if mended_file == file else ""),
        entry["at"],
        entry.get("published", False),
        entry.get("proved", False),
    )
