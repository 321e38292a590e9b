"""Policies as they stood at a revision in git.

Reads: a repository, through the program `git`.
Gives: texts by path, for `compile_folder`.
Never: writes a file, or changes anything of the repository.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from policyengine.model.errors import InvalidSide


def revision_texts(revision: str, folder: Path) -> tuple[str, Mapping[str, str]]:
    """Give the texts of the folder's YAML files at a revision, and what the folder is called then."""
    git = shutil.which("git")
    if git is None:
        raise InvalidSide(f"`{revision}` is no day, file or folder, and there is no git to look for a revision", None)
    if not folder.is_dir():
        raise InvalidSide(f"there is no folder `{folder}`, and revisions are looked for where it lies", None)
    run = _Git(git, folder)
    if run("rev-parse", "--is-inside-work-tree") is None:
        raise InvalidSide(f"`{revision}` is no day, file or folder, and `{folder}` lies in no git repository", None)
    found = run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise InvalidSide(
            f"there is no revision `{revision}` in git",
            "a day, a draft's file, a folder of policies, or a revision such as `main` or `HEAD~1`",
        )
    commit = found.decode().strip()
    listed = run("ls-tree", "-r", "-z", commit, "--", ".") or b""
    shown = f"{folder.as_posix()}@{revision}"
    files = list(_yaml_files(listed))
    if not files:
        raise InvalidSide(f"the revision `{revision}` has no policies in `{folder}`", None)
    texts = run.contents([name for name, _ in files])
    return shown, {path: text for (_, path), text in zip(files, texts, strict=True)}


class _Git:
    """Git, run in a folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self._begin = [program, "-C", str(folder)]

    def __call__(self, *arguments: str) -> bytes | None:
        """Give what a command prints; None when it fails."""
        done = subprocess.run([*self._begin, *arguments], capture_output=True, check=False)  # noqa: S603 -- no shell
        return done.stdout if done.returncode == 0 else None

    def contents(self, objects: Sequence[str]) -> Iterator[str]:
        """Give the texts of objects, in their order."""
        wanted = "".join(f"{each}\n" for each in objects).encode()
        done = subprocess.run(  # noqa: S603 -- no shell
            [*self._begin, "cat-file", "--batch"], input=wanted, capture_output=True, check=True
        )
        place = 0
        for _ in objects:
            end = done.stdout.index(b"\n", place)
            size = int(done.stdout[place:end].split()[2])
            yield done.stdout[end + 1 : end + 1 + size].decode("utf-8", "replace")
            place = end + size + 2


def _yaml_files(listed: bytes) -> Iterator[tuple[str, str]]:
    """Give the object and the path of each YAML file, of what `ls-tree` lists."""
    for line in filter(None, listed.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, kind, name = about.split()
        shown = path.decode("utf-8", "backslashreplace")
        hidden = any(part.startswith(".") for part in shown.split("/"))
        if kind == b"blob" and mode != b"120000" and not hidden and shown.lower().endswith((".yaml", ".yml")):
            yield name.decode(), shown
