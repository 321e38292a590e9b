"""Proofs of a folder, kept: the same report without asking, asked again when anything changed."""

import shutil
from pathlib import Path

import pytest

from policyengine.prove.kept import prove_folder
from policyengine.site.diagnostics.examples import BASE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(BASE, "policies")
    return Path("policies")


def test_a_report_is_kept_and_is_the_same(folder: Path) -> None:
    first = prove_folder(folder)
    second = prove_folder(folder)

    assert first.asked > 0
    assert second.asked == 0
    assert (second.proofs, second.notes) == (first.proofs, first.notes)
    assert [str(problem) for problem in second.problems] == [str(problem) for problem in first.problems]


def test_a_change_is_asked_and_the_rest_is_not(folder: Path) -> None:
    first = prove_folder(folder)
    file = folder / "workshops/KR/2025-07-01.yaml"
    file.write_text(file.read_text("utf-8").replace("19 years", "20 years"), "utf-8")

    second = prove_folder(folder)

    assert 0 < second.asked < first.asked
    assert second.held


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"engine": "another", "answers": {}, "reports": {}}'])
def test_a_file_that_is_no_ledger_is_an_empty_one(folder: Path, kept: str) -> None:
    first = prove_folder(folder)
    Path(".policyengine_cache/proofs.json").write_text(kept, "utf-8")

    assert prove_folder(folder).asked == first.asked


def test_without_a_cache_nothing_is_written(folder: Path) -> None:
    prove_folder(folder, cache=False)

    assert not Path(".policyengine_cache").exists()
