from pathlib import Path

import pytest

from policyengine.frontend.read import read

NOWHERE = Path("/nowhere/policies")
HEAD = "program: series\nregion: world\neffective: 2023-06-06\n"
POLICY = "series/world/2023-06-06.yaml"
FOLDER = {
    "languages.yaml": """\
languages:
  en:
    name: English
    thousands: ","
    decimal: "."
    date: "{day} {month} {year}"
    months: [Jan, Feb, Mar, Apr, May, June, July, Aug, Sept, Oct, Nov, Dec]
    units: {}
""",
    "regions.yaml": "regions: {world: {name: {en: World}}}\n",
    POLICY: HEAD,
}


def test_a_required_file_that_is_missing_is_named(tmp_path: Path) -> None:
    found, problems = read(tmp_path)

    assert found is None
    assert [(problem.code, problem.span.path) for problem in problems] == [
        ("unreadable-file", f"{tmp_path}/languages.yaml"),
        ("unreadable-file", f"{tmp_path}/regions.yaml"),
    ]


def test_a_folder_that_does_not_exist_is_one_problem() -> None:
    found, (problem,) = read(NOWHERE)

    assert found is None
    assert (problem.code, problem.span.path) == ("unreadable-file", "/nowhere/policies")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in FOLDER.items():
        (tmp_path / "policies" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "policies" / path).write_text(text, "utf-8")
    return tmp_path / "policies"


def test_a_folder_on_disk_reads_like_texts(folder: Path) -> None:
    on_disk, problems = read(folder)
    in_memory, _ = read(NOWHERE, texts=FOLDER)

    assert problems == ()
    assert on_disk is not None
    assert in_memory is not None
    assert on_disk.files[0].digest == in_memory.files[0].digest


def test_paths_are_shown_from_the_current_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    (folder / "notes.yaml").touch()

    _, (problem,) = read(folder)

    assert problem.span.path == "policies/notes.yaml"


def test_paths_elsewhere_are_shown_as_they_were_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "notes.yaml").touch()
    (folder.parent / "elsewhere").mkdir()
    monkeypatch.chdir(folder.parent / "elsewhere")

    _, (problem,) = read(Path("../policies"))

    assert problem.span.path == "../policies/notes.yaml"


@pytest.mark.parametrize("absolute", [True, False])
def test_a_text_stands_in_for_a_file(folder: Path, *, absolute: bool) -> None:
    path = folder / POLICY

    name = path if absolute else path.relative_to(folder)

    _, problems = read(folder, texts={str(name): HEAD + "sorces: {}"})

    assert [problem.code for problem in problems] == ["unknown-key"]


def test_the_byte_order_mark_and_windows_lines_move_no_place(folder: Path) -> None:
    path = folder / POLICY
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}# \u00e9\nsorces: {{}}\n".replace("\n", "\r\n").encode())

    _, (problem,) = read(folder)

    assert (problem.span.line, problem.span.column, problem.span.text) == (5, 1, "sorces")


def test_a_byte_that_is_no_utf_8_is_shown(folder: Path) -> None:
    (folder / POLICY).write_bytes("# é\n# é ".encode() + b"\xff")

    _, (problem,) = read(folder)

    assert (problem.code, problem.span.line, problem.span.column) == ("unreadable-file", 2, 5)


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfea\0", b"[" * 50_000, b"a" * (5 << 20), b"\x80", b"'"])
def test_no_content_breaks_the_reader(folder: Path, content: bytes) -> None:
    (folder / POLICY).write_bytes(content)

    found, (problem,) = read(folder)

    assert found is not None
    assert problem.span.path.endswith(POLICY)


@pytest.mark.parametrize("path", ["languages.yaml", POLICY])
def test_a_folder_in_place_of_a_file_is_reported(folder: Path, path: str) -> None:
    (folder / path).unlink()
    (folder / path).mkdir()

    _, problems = read(folder)

    assert [(problem.code, problem.span.path) for problem in problems] == [("unreadable-file", f"{folder}/{path}")]


def test_a_link_to_nothing_is_reported(folder: Path) -> None:
    (folder / "series/world/2024-01-01.yaml").symlink_to("nothing")

    _, (problem,) = read(folder)

    assert problem.code == "unreadable-file"


@pytest.mark.parametrize("name", [".hidden.yaml", ".git/config.yaml", "README.md", "published.lock"])
def test_files_that_are_none_of_ours_are_left_alone(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("a: b: c")

    _, problems = read(folder)

    assert problems == ()
