"""What is installed: our version, and who else owns the import name.

Gives: `version`, `owners`, `doctor_rows`.
"""

import platform
from collections.abc import Iterator, Sequence
from importlib import metadata

from policyengine.report.page import Piece, Row, Style, row

_DISTRIBUTION, _IMPORT_NAME = "creator-policy-engine", "policyengine"


def version() -> str:
    """Give the version that is installed."""
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def owners() -> Sequence[str]:
    """Name the distributions that own the import name; another project's is called like it."""
    return sorted(set(metadata.packages_distributions().get(_IMPORT_NAME, ())))


def doctor_rows(found: Sequence[str]) -> Iterator[Row]:
    """Say what is installed and whether two distributions own one import name."""
    yield row(f"{_DISTRIBUTION} {version()}, Python {platform.python_version()}")
    if len(found) > 1:
        message = f"✗ {' and '.join(found)} both own the import name `{_IMPORT_NAME}`: one overwrites the other"
        yield row(Piece(message, Style.BAD))
        others = " ".join(name for name in found if name != _DISTRIBUTION)
        yield row(f"run `pip uninstall {others}`, then install {_DISTRIBUTION} again", indent=2)
    else:
        yield row(Piece(f"✓ nothing else owns the import name `{_IMPORT_NAME}`", Style.GOOD))
