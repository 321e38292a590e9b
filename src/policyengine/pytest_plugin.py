"""The authors' cases as tests: pytest collects a folder of policies' `<program>/cases/*.yaml`. Its home.

Gives: a test for each case and region, named by its author's sentence; a failure is the diagnostic itself.
Never: imports the engine in a run that has no case files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policyengine.decide import Policies
    from policyengine.model.authored import Case
    from policyengine.model.authored import CaseFile as AuthoredFile
    from policyengine.model.diagnostic import Diagnostic

_LOADED = pytest.StashKey["dict[Path, Policies | None]"]()
_WIDTH = 100


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CaseFile | None":
    """Take a file of cases, by its place: another project's `cases` folder is none of ours."""
    program = file_path.parent.parent
    ours = (
        file_path.suffix == ".yaml"
        and file_path.parent.name == "cases"
        and (program / "program.yaml").is_file()
        and any((program.parent / name).is_file() for name in ("languages.yaml", "regions.yaml"))
    )
    return CaseFile.from_parent(parent, path=file_path) if ours else None


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give a test for each case and region; none when the policies are broken, which is said once."""
        from policyengine.cases import regions_of

        policies = self._policies()
        if policies is None:
            return
        for file in policies.compiled.authored.cases:
            if Path(file.source.path).absolute() == self.path:
                for case in file.cases:
                    for region in regions_of(case):
                        yield CaseItem.of(self, policies, file, case, region)

    def _policies(self) -> "Policies | None":
        """Load the policies once for each folder in a run."""
        from policyengine.decide import load
        from policyengine.model.errors import InvalidPolicies

        loaded = self.config.stash.setdefault(_LOADED, {})
        folder = self.path.parent.parent.parent
        if folder not in loaded:
            loaded[folder] = None
            try:
                loaded[folder] = load(folder)
            except InvalidPolicies as error:
                raise self.CollectError(_shown(error.diagnostics)) from None
        return loaded[folder]


class CaseItem(pytest.Item):
    """A case in one of its regions."""

    policies: "Policies"
    file: "AuthoredFile"
    case: "Case"
    region: str | None

    @classmethod
    def of(
        cls, parent: CaseFile, policies: "Policies", file: "AuthoredFile", case: "Case", region: str | None
    ) -> "CaseItem":
        """Make the test of a case."""
        from policyengine.cases import titled

        item: CaseItem = cls.from_parent(parent, name=titled(case, region))
        item.policies, item.file, item.case, item.region = policies, file, case, region
        item.funcargs = {}  # type: ignore[attr-defined]  # plugins for test functions look for it in every test
        return item

    def runtest(self) -> None:
        """Fail with the case's problems."""
        from policyengine.cases import run_case

        problems = run_case(self.policies, self.file, self.case, self.region).problems
        if problems:
            raise CaseFailed(_shown(problems))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *others: Any, **named: Any) -> Any:
        """Give the diagnostics alone: where our code stood is nothing to an author."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *others, **named)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the case stands."""
        return self.path, self.case.span.line - 1, self.name


class CaseFailed(Exception):  # noqa: N818 -- it says what happened
    """A case did not come out as its author says."""


def _shown(problems: "tuple[Diagnostic, ...]") -> str:
    from policyengine.report.diagnostics import diagnostic_rows
    from policyengine.report.page import plain

    return plain(diagnostic_rows(problems, _WIDTH), _WIDTH).rstrip()
