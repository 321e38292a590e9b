"""Published policy files stay as they are: `published.lock` holds the digest of what each one says.

A change of rules is a new file; a mistake in the past is amended, which keeps both digests, the day and the reason.
Reads and writes: `published.lock` in the folder of policies (written aside, then moved).
Gives: diagnostics for files that were changed or removed.
"""

import datetime
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from policyengine.model.authored import PolicyFile
from policyengine.model.diagnostic import Diagnostic, in_order
from policyengine.model.errors import PolicyEngineError
from policyengine.model.span import Source, Span

NAME = "published.lock"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A mistake that was mended after publishing."""

    old: str
    new: str
    on: str
    because: str


@dataclass(frozen=True, slots=True)
class Published:
    """What a published file says, by its digest, and how that was amended."""

    sha256: str
    amended: tuple[Amendment, ...] = ()


Lock = Mapping[str, Published]
"""By the file's place: `series/world/2023-06-06.yaml`."""


def place(file: PolicyFile) -> str:
    """Give a policy file's place within the folder."""
    return f"{file.program}/{file.region}/{file.effective}.yaml"


def read_lock(folder: Path) -> Lock:
    """Read the lock; an absent one is empty. Raises `PolicyEngineError` for one that is damaged."""
    path = folder / NAME
    try:
        read = json.loads(path.read_text("utf-8"))
        return {
            name: Published(entry["sha256"], tuple(Amendment(**one) for one in entry["amended"]))
            for name, entry in read["files"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PolicyEngineError(f"the lock `{path}` is damaged: {error}") from None


def locked(folder: Path, files: Iterable[PolicyFile]) -> tuple[Diagnostic, ...]:
    """Report what `changed` does, and a lock that is damaged."""
    try:
        return changed(folder, files)
    except PolicyEngineError as error:
        place_ = Source(str(folder / NAME), "").whole()
        return (Diagnostic("published-changed", f"{error}", place_, help="restore it as it was committed"),)


def changed(folder: Path, files: Iterable[PolicyFile]) -> tuple[Diagnostic, ...]:
    """Report published files that say something else now, or are gone."""
    lock = read_lock(folder)
    present = {place(file): file for file in files if not file.draft}
    found = []
    for name, published in lock.items():
        file = present.get(name)
        if file is None:
            help_ = "put it back; a program ends with `withdrawn: true` in a later file"
            message = f"the published file `{name}` is gone"
            found.append(Diagnostic("published-changed", message, _line(folder, name), help=help_))
        elif file.digest != published.sha256:
            help_ = f"a change of rules is a new file; a mistake: `policyengine lock --amend {name} --because …`"
            message = "the file was changed after it was published"
            found.append(Diagnostic("published-changed", message, file.effective_span, help=help_))
    return in_order(found)


def publish(folder: Path, files: Iterable[PolicyFile]) -> tuple[str, ...]:
    """Add the files that are not in the lock yet, and give their places; changed ones are left as they were."""
    lock = dict(read_lock(folder))
    added = {place(file): Published(file.digest) for file in files if not file.draft and place(file) not in lock}
    if added:
        _write(folder, {**lock, **added})
    return tuple(sorted(added))


def amend(folder: Path, files: Iterable[PolicyFile], name: str, because: str, on: datetime.date) -> Published:
    """Accept what a published file says now. Raises `PolicyEngineError` when there is nothing to amend."""
    lock = dict(read_lock(folder))
    present = {place(file): file for file in files if not file.draft}
    if name not in lock:
        raise PolicyEngineError(f"`{name}` is not in the lock; it holds {', '.join(lock) or 'nothing'}")
    if name not in present:
        raise PolicyEngineError(f"`{name}` is gone; a published file cannot be amended away")
    old, new = lock[name].sha256, present[name].digest
    if old == new:
        raise PolicyEngineError(f"`{name}` says what was published; there is nothing to amend")
    amendment = Amendment(old, new, on.isoformat(), because)
    lock[name] = replace(lock[name], sha256=new, amended=(*lock[name].amended, amendment))
    _write(folder, lock)
    return lock[name]


def _line(folder: Path, name: str) -> Span:
    source = Source(str(folder / NAME), (folder / NAME).read_text("utf-8"))
    start = source.text.find(f'"{name}"')
    return Span(source, max(start, 0), max(start, 0) + len(name) + 2)


def _write(folder: Path, lock: Lock) -> None:
    text = json.dumps({"files": {name: asdict(lock[name]) for name in sorted(lock)}}, indent=2, ensure_ascii=False)
    handle, aside = tempfile.mkstemp(dir=folder, prefix=f".{NAME}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        Path(aside).replace(folder / NAME)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
