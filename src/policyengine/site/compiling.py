"""The policies behind the site, compiled when a file changed, with every diagnostic in the log.

Reads: a folder of policies.
Gives: `Compiler`; None when the policies have errors, which the log then holds.
"""

import logging
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from policyengine.decide import Policies
from policyengine.frontend.read import Known
from policyengine.lock import locked
from policyengine.model.diagnostic import Diagnostic, Severity, has_errors
from policyengine.pipeline import compile_folder
from policyengine.report.diagnostics import diagnostic_rows
from policyengine.report.page import plain

_WIDTH = 100
_Stamp = tuple[tuple[str, int, int], ...]


@dataclass
class Compiler:
    """Compiles a folder; the same files are not compiled again."""

    _stamp: _Stamp | None = None
    _known: Known = field(default_factory=dict, repr=False)
    _found: tuple[Diagnostic, ...] = ()
    _policies: Policies | None = field(default=None, repr=False)

    def compile(
        self, folder: Path, log: logging.LoggerAdapter[logging.Logger], *, site_url: str, preview: bool
    ) -> Policies | None:
        """Compile a folder of policies; what is wrong with it is logged at every call, errors as errors.

        In a `preview` a published file that was changed is a warning: one looks at an amendment before publishing it.
        """
        stamp = _stamp(folder)
        if stamp != self._stamp:
            near = Path(shown(folder))
            compiled, found = compile_folder(near, known=self._known)
            if compiled is not None:
                severity = Severity.WARNING if preview else Severity.ERROR
                changed = locked(near, compiled.authored.files)
                found = (*found, *(replace(diagnostic, severity=severity) for diagnostic in changed))
            self._stamp, self._found = stamp, found
            self._policies = None if compiled is None or has_errors(found) else Policies(compiled, found)
        for diagnostic in self._found:
            level = logging.ERROR if diagnostic.severity is Severity.ERROR else logging.WARNING
            log.log(level, "%s\n   see %sdiagnostics/%s/", _text(diagnostic), site_url, diagnostic.code)
        return self._policies


def shown(folder: Path) -> str:
    """Give a folder as places show it: from the current directory, so that no page tells where it was made."""
    return os.path.relpath(folder)


def _stamp(folder: Path) -> _Stamp:
    """Tell one state of a folder's files from another."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def _text(diagnostic: Diagnostic) -> str:
    return plain(diagnostic_rows([diagnostic], _WIDTH), _WIDTH).rstrip()
