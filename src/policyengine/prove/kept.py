"""Proofs of a folder of policies, asked again only when a file, the program or the solver changed.

Reads: the texts of a folder, the ledger where the command runs.
Gives: `prove_folder`.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from policyengine.decide import load
from policyengine.prove.asking import TIMEOUT
from policyengine.prove.examination import Progress, prove
from policyengine.prove.ledger import FOLDER, Ledger, of_texts
from policyengine.prove.proofs import Report
from policyengine.prove.report_data import report_data, report_of


def prove_folder(
    folder: Path,
    programs: Sequence[str] = (),
    *,
    timeout: float = TIMEOUT,
    cache: bool = True,
    progress: Progress = lambda _: None,
) -> Report:
    """Ask everything of a folder's policies; raises as `load` and `prove` do.

    What was proved is kept in `.policyengine_cache` of the current directory, unless `cache` is off. What was not
    decided is asked again.
    """
    ledger = Ledger.read(FOLDER) if cache else Ledger()
    whole = of_texts(_texts(folder), folder.absolute(), Path.cwd(), *programs)
    with suppress(KeyError, OSError, ValueError):
        return replace(report_of(ledger.reports[whole]), known=len(ledger.answers))
    report = prove(load(folder), programs, timeout=timeout, ledger=ledger, progress=progress)
    if all(proof.why is None for proof in report.proofs):
        ledger.reports[whole] = report_data(report)
    ledger.write()
    return report


def _texts(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml", ".lock") and path.is_file())
    return {path.as_posix(): path.read_bytes() for path in files}
