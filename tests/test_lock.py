"""Published policy files stay as they are, or are amended with a reason."""

import datetime
import shutil
from pathlib import Path

import pytest

from policyengine import lock
from policyengine.model.authored import PolicyFile
from policyengine.model.errors import PolicyEngineError
from policyengine.pipeline import compile_folder

SHIPPED = Path(__file__).parent.parent / "policies"
S1 = "series/world/2023-06-06.yaml"
DAY = datetime.date(2026, 1, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a published copy of the shipped policies."""
    copy = tmp_path / "policies"
    shutil.copytree(SHIPPED, copy, ignore=shutil.ignore_patterns(lock.NAME))
    lock.publish(copy, files(copy))
    return copy


def files(folder: Path) -> tuple[PolicyFile, ...]:
    compiled, _ = compile_folder(folder)
    assert compiled is not None
    return compiled.authored.files


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / S1
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_shipped_policies_are_published_as_they_are() -> None:
    published = lock.read_lock(SHIPPED)

    assert {lock.place(file) for file in files(SHIPPED)} == set(published)
    assert lock.changed(SHIPPED, files(SHIPPED)) == ()


def test_layout_and_comments_are_free(folder: Path) -> None:
    edit(folder, "effective: 2023-06-06", "effective:   2023-06-06   # the day")

    assert lock.changed(folder, files(folder)) == ()


def test_a_changed_number_is_reported_in_its_file(folder: Path) -> None:
    edit(folder, "18 years", "17 years")

    (found,) = lock.changed(folder, files(folder))

    assert found.code == "published-changed"
    assert found.span.path.endswith(S1)


def test_a_removed_file_is_reported_on_its_line_of_the_lock(folder: Path) -> None:
    (folder / "series/KR/2024-05-01.yaml").unlink()

    (found,) = lock.changed(folder, files(folder))

    assert found.span.text == '"series/KR/2024-05-01.yaml"'


def test_an_amendment_keeps_both_digests_the_day_and_the_reason(folder: Path) -> None:
    old = lock.read_lock(folder)[S1].sha256
    edit(folder, "18 years", "17 years")

    lock.amend(folder, files(folder), S1, "a slip", DAY)

    (amendment,) = lock.read_lock(folder)[S1].amended
    assert (amendment.old, amendment.on, amendment.because) == (old, "2026-01-02", "a slip")
    assert amendment.new == lock.read_lock(folder)[S1].sha256
    assert lock.changed(folder, files(folder)) == ()


@pytest.mark.parametrize("name", [S1, "series/world/1999-01-01.yaml"])
def test_what_was_not_changed_cannot_be_amended(folder: Path, name: str) -> None:
    with pytest.raises(PolicyEngineError, match=r"nothing to amend|not in the lock"):
        lock.amend(folder, files(folder), name, "no reason", DAY)


def test_publishing_again_changes_nothing(folder: Path) -> None:
    before = (folder / lock.NAME).read_text("utf-8")

    assert lock.publish(folder, files(folder)) == ()
    assert (folder / lock.NAME).read_text("utf-8") == before


def test_a_damaged_lock_is_said_plainly(folder: Path) -> None:
    (folder / lock.NAME).write_text("{", "utf-8")

    with pytest.raises(PolicyEngineError, match="damaged"):
        lock.changed(folder, files(folder))
