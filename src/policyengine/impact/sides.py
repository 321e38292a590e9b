"""The two sides of a change: rules of a day, of a draft, of a folder, or of a revision in git.

Reads: what a caller names, the folder of policies.
Gives: `Side`; raises `InvalidPolicies` with the diagnostics of a broken side, on the lines that an author sees, and
`InvalidSide` for what names none.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policyengine.cases import policies_folder
from policyengine.decide import Policies, day_to_decide
from policyengine.frontend.layout import REQUIRED
from policyengine.impact.revisions import revision_texts
from policyengine.model.diagnostic import Diagnostic, Note, has_errors, in_order
from policyengine.model.errors import InvalidPolicies, InvalidSide
from policyengine.model.span import Source, Span
from policyengine.pipeline import compile_folder


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rules, and the day that picks the version of those that go by today.

    `kind` is `day`, `draft`, `folder` or `revision`. `renamed` says which file stands for which path of the policies.
    """

    policies: Policies
    day: datetime.date
    kind: str
    label: str
    folder: str
    renamed: Mapping[str, str]
    program: str | None = None
    """The program that a draft is about; None for rules of all programs."""

    def path(self, path: str) -> str:
        """Give a file's path as an author knows it."""
        return self.renamed.get(path, path)


def side(text: str, folder: Path, on: datetime.date) -> Side:
    """Find the rules that a text names: `2023-06-06`, a draft's file, a folder of policies, a revision in git.

    A day is one of the policies in `folder`, as a revision is. Folders and revisions are those of the day `on`, a
    draft is looked at from its own first day.
    """
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        if _DAY.fullmatch(text):
            raise InvalidSide(f"`{text}` is no day", "one written year-month-day, like 2024-05-01") from None
    else:
        return _compiled(folder, {}, day_to_decide(day), "day", f"the rules of {day}")
    path = Path(text)
    if path.is_dir():
        if not all((path / name).is_file() for name in REQUIRED):
            raise InvalidSide(f"`{text}` is no folder of policies", f"one that holds {' and '.join(REQUIRED)}")
        return _compiled(path, {}, on, "folder", f"the folder {text}")
    if path.suffix in (".yaml", ".yml"):
        return _of_file(path)
    if path.exists():
        raise InvalidSide(f"`{text}` is no policy file", _EXPECTED)
    shown, texts = revision_texts(text, folder)
    return _compiled(Path(shown), texts, on, "revision", f"the revision {text}")


def _of_file(path: Path) -> Side:
    """Give the rules from a draft's day on, as if it were published; of a published file, those of its day."""
    if not path.is_file():
        raise InvalidSide(f"there is no file `{path}`", _EXPECTED)
    named = _NAME.fullmatch(path.name)
    folder = policies_folder(path)
    if named is None or folder == path or len(path.absolute().relative_to(folder.absolute()).parts) != 3:
        raise InvalidSide(f"`{path}` is no policy file", _LAYOUT)
    try:
        day = day_to_decide(datetime.date.fromisoformat(named["day"]))
    except ValueError:
        raise InvalidSide(f"`{path.name}` is not named after a day", _LAYOUT) from None
    folder = _as_given(folder)
    if named["draft"] is None:
        return _compiled(folder, {}, day, "day", f"the rules of {day}")
    standing = path.with_name(f"{day}.yaml")
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError):
        return _compiled(folder, {}, day, "draft", f"the draft {path}")  # whose diagnostics say what is wrong
    published = _published(text)
    if published == text:
        _compiled(folder, {}, day, "draft", f"the draft {path}")  # which mostly says so itself
        raise InvalidSide(f"`{path}` is no draft", "a line `draft: true`")
    texts = {str(standing.absolute()): published}
    side = _compiled(folder, texts, day, "draft", f"the draft {path}", (standing, path, text))
    return replace(side, program=path.absolute().parts[-3])


def _published(text: str) -> str:
    """Blank `draft: true`: all else stays in its place."""
    return _DRAFT.sub(lambda found: " " * len(found[0]), text, count=1)


def _as_given(folder: Path) -> Path:
    """Give a folder from the current one when it lies below that, as people name it."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_absolute() and folder.is_relative_to(here) else folder


_Draft = tuple[Path, Path, str]
"""The path that a draft stands at, its own, and its text."""


def _compiled(
    folder: Path, texts: Mapping[str, str], day: datetime.date, kind: str, label: str, draft: _Draft | None = None
) -> Side:
    compiled, found = compile_folder(folder, texts=texts)
    renamed: dict[str, str] = {}
    if draft is not None:
        shown = _shown(draft[0])
        renamed = {shown: _shown(draft[1])}
        source = Source(renamed[shown], draft[2])
        found = in_order(_moved(diagnostic, shown, source) for diagnostic in found)
    if compiled is None or has_errors(found):
        raise InvalidPolicies(found)
    return Side(Policies(compiled, found), day, kind, label, folder.as_posix(), renamed)


def _shown(path: Path) -> str:
    absolute = path.absolute()
    return (absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path).as_posix()


def _moved(diagnostic: Diagnostic, shown: str, draft: Source) -> Diagnostic:
    """Say of a draft what is said of the file that it stands for."""

    def moved(span: Span) -> Span:
        return Span(draft, span.start, span.end) if span.path == shown else span

    notes = tuple(Note(note.message, None if note.span is None else moved(note.span)) for note in diagnostic.notes)
    return replace(diagnostic, span=moved(diagnostic.span), notes=notes)


_DAY = re.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_NAME = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(\.(?P<draft>[a-z0-9][a-z0-9_-]*))?\.yaml")
_DRAFT = re.compile(r"^draft[ \t]*:[ \t]*true(?=[ \t]*(#|\r?$))", re.MULTILINE)
_LAYOUT = "`<program>/<region>/<date>.<name>.yaml` in a folder of policies"
_EXPECTED = "a day, a draft's file, a folder of policies, or a revision in git"
