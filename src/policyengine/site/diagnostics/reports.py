"""What the command line says about an example: the folder is written out, checked, and its cases are run.

Reads: an `Example`.
Gives: `report`, the diagnostics with the command that finds them; `message`, their words as the terminal prints them.
Never: words a message itself.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from policyengine.cases import run_cases
from policyengine.decide import Policies
from policyengine.lock import locked, publish
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.span import Source, Span
from policyengine.pipeline import compile_folder
from policyengine.prove import prove
from policyengine.report.diagnostics import diagnostic_rows
from policyengine.report.page import plain
from policyengine.site.diagnostics.examples import BASE, Edit, Example


@dataclass(frozen=True, slots=True)
class Report:
    """What is found, and the command that prints it. Paths start with `policies/`."""

    command: str
    diagnostics: tuple[Diagnostic, ...]


def message(example: Example, width: int = 80) -> str:
    """Give what the terminal prints about the wrong lines, wrapped to a width."""
    return plain(diagnostic_rows(report(example).diagnostics, width), width).rstrip()


def report(example: Example, *, mended: bool = False) -> Report:
    """Give what is found with an example's wrong lines, or with its mended ones."""
    edit = example.mended if mended else example.wrong
    return _report(edit, published=example.published, proved=example.proved)


@cache
def _report(edit: Edit, *, published: bool, proved: bool) -> Report:
    """Check the edited folder as `policyengine check` does; if it holds no mistake, as `test` or `prove` does."""
    with TemporaryDirectory(prefix="policyengine-") as temporary:
        folder = Path(temporary, "policies")
        shutil.copytree(BASE, folder)
        if published:
            compiled, _ = compile_folder(folder)
            assert compiled is not None
            publish(folder, compiled.authored.files)
        file = folder / edit.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(edit.content)
        command, found = _proved(folder) if proved else _found(folder)
        return Report(command, tuple(_without(Path(temporary).name, problem) for problem in found))


def _found(folder: Path) -> tuple[str, Sequence[Diagnostic]]:
    compiled, problems = compile_folder(folder)
    if compiled is None:
        return "policyengine check", problems
    problems = (*problems, *locked(folder, compiled.authored.files))
    if problems:
        return "policyengine check", problems
    failed = [problem for result in run_cases(Policies(compiled)) for problem in result.problems]
    return "policyengine test" if failed else "policyengine check", failed


def _proved(folder: Path) -> tuple[str, Sequence[Diagnostic]]:
    compiled, problems = compile_folder(folder)
    assert compiled is not None
    return "policyengine prove", problems or prove(Policies(compiled)).problems


def _without(temporary: str, problem: Diagnostic) -> Diagnostic:
    """Leave out of paths where the folder happens to stand."""
    before = re.compile(rf"[^`\s]*{re.escape(temporary)}/")

    def placed(span: Span) -> Span:
        return replace(span, source=Source(before.sub("", span.source.path), span.source.text))

    return replace(
        problem,
        message=before.sub("", problem.message),
        span=placed(problem.span),
        notes=tuple(replace(note, span=note.span and placed(note.span)) for note in problem.notes),
    )
