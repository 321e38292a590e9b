"""The folder: which files it holds, of what kind each is, and what its place says about it.

Reads: a folder, and texts that stand in for files (those of an editor, or of a test).
Gives: `Found` files in the order of their paths; diagnostics for those that cannot be read or have no place.
Never: looks into a file.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from policyengine.frontend.schema import Kind
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.span import Source, Span

MAX_BYTES = 1 << 20
"""How large a file may be."""
REQUIRED = ("languages.yaml", "regions.yaml")
"""The files that every folder of policies has."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a path says about its file: the kind, and the values that it gives to some keys."""

    kind: Kind
    says: Mapping[str, str]
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A file that can be read. `twin`: it is named like a draft, beside the file in force from the same day on."""

    place: Place
    source: Source
    twin: bool = False


def find(folder: Path, texts: Mapping[str, str], problems: list[Diagnostic]) -> tuple[Found, ...]:
    """Find the files of a folder. The keys of `texts` are paths within it, or absolute ones."""
    base = _shown(folder)
    replaced = dict(_within(folder, texts))
    if not folder.is_dir() and not replaced:
        problems.append(_unreadable(str(base), "there is no such folder"))
        return ()
    found = []
    paths = {*_on_disk(folder), *replaced, *map(PurePosixPath, REQUIRED)}
    for path in sorted(paths):
        shown = _printable(base / path)
        place = _place(path)
        if isinstance(place, str):
            problems.append(Diagnostic("misplaced-file", place, Source(shown, "").whole(), help=_LAYOUT))
            continue
        source = _source(folder / path, shown, replaced.get(path), problems)
        if source is not None:
            twin = place.draft and path.with_name(f"{place.says['effective']}.yaml") in paths
            found.append(Found(place, source, twin))
    return tuple(found)


def _shown(folder: Path) -> PurePosixPath:
    """Give the path that messages show: from the current directory if it lies below that, else as given."""
    absolute = Path(os.path.normpath(Path.cwd() / folder))
    shown = absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else folder
    return PurePosixPath(shown.as_posix())


def _printable(path: PurePosixPath) -> str:
    # a file name need not be Unicode, but a message must be
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _within(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[PurePosixPath, str]]:
    absolute = Path.cwd() / folder
    for name, text in texts.items():
        path = absolute / name
        if path.is_relative_to(absolute):
            yield PurePosixPath(path.relative_to(absolute).as_posix()), text


def _on_disk(folder: Path) -> Iterator[PurePosixPath]:
    """Give everything named like a YAML file, folders too: they are reported when they are read."""
    for above, folders, names in os.walk(folder):
        here = PurePosixPath(Path(above).relative_to(folder).as_posix())
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (here / name for name in (*folders, *names) if _is_yaml(name))
        folders[:] = [name for name in folders if not _is_yaml(name)]


def _is_yaml(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml")) and not name.startswith(".")


def _place(path: PurePosixPath) -> Place | str:
    """Say what a path means, or why it means nothing."""
    if path.suffix != ".yaml":
        return f"`{path.name}` should end in `.yaml`"
    match path.parts:
        case ("languages.yaml",):
            return Place("languages", {})
        case ("regions.yaml",):
            return Place("regions", {})
        case ("facts", _):
            return Place("facts", {"entity": path.stem})
        case (program, "program.yaml"):
            return Place("program", {"program": program})
        case (program, "invariants.yaml"):
            return Place("invariants", {"program": program})
        case (program, "cases", _):
            return Place("cases", {"program": program})
        case (program, region, name):
            day = _DAY.fullmatch(name)
            if day is None:
                return f"`{name}` is not named after a day"
            says = {"program": program, "region": region, "effective": day["day"]}
            return Place("policy", says, draft=day["draft"] is not None)
        case _:
            return "no file of a kind that is known stands here"


def _source(file: Path, shown: str, text: str | None, problems: list[Diagnostic]) -> Source | None:
    """Take the text that stands in for a file, or read it; without a byte order mark: no editor shows it."""
    if text is None:
        return _opened(file, shown, problems)
    if len(text) > MAX_BYTES:
        problems.append(_unreadable(shown, _TOO_LARGE))
        return None
    return Source(shown, text.removeprefix("\ufeff"))


def _opened(file: Path, shown: str, problems: list[Diagnostic]) -> Source | None:
    if not file.is_file():  # a folder too, or a pipe, which would be waited for
        problems.append(_unreadable(shown, "it is not a file" if file.exists() else "it is missing"))
        return None
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(_unreadable(shown, error.strerror or "it cannot be opened"))
        return None
    if len(content) > MAX_BYTES:
        problems.append(_unreadable(shown, _TOO_LARGE))
        return None
    try:
        return Source(shown, content.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        problems.append(_not_utf8(shown, content, error.start))
        return None


def _unreadable(shown: str, reason: str) -> Diagnostic:
    return Diagnostic("unreadable-file", f"`{shown}` cannot be read: {reason}", Source(shown, "").whole())


def _not_utf8(shown: str, content: bytes, position: int) -> Diagnostic:
    """Point at the first byte that is no UTF-8."""
    readable = content[:position].decode().removeprefix("\ufeff")
    source = Source(shown, readable + content[position:].decode(errors="replace"))
    place = Span(source, len(readable), len(readable) + 1)
    message = f"`{shown}` cannot be read: it is not UTF-8"
    return Diagnostic("unreadable-file", message, place, help="save it as UTF-8")


_TOO_LARGE = f"it is larger than {MAX_BYTES >> 20} MiB"
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(\.(?P<draft>[a-z0-9][a-z0-9_-]*))?\.yaml")
_LAYOUT = (
    "there are `languages.yaml`, `regions.yaml`, `facts/<entity>.yaml`, `<program>/program.yaml`, "
    "`<program>/<region>/<date>.yaml`, `<program>/<region>/<date>.<name>.yaml` for drafts, "
    "`<program>/invariants.yaml`, and `<program>/cases/<name>.yaml`"
)
