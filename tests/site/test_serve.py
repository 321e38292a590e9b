"""`mkdocs serve` on a project, really run: edits show, mistakes are told and leave the last good site up."""

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from building import BASE, built, project, serving

KOREA = "series/KR/2024-05-01.yaml"
KOREAN = (BASE / KOREA).read_text("utf-8")
PAGE = "programs/series/KR/"


def test_edits_show_and_mistakes_leave_the_last_good_site_up(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    file = folder / "policies" / KOREA
    with serving(folder, tmp_path / "log") as server:
        assert "19 years" in server.page(PAGE)

        file.write_text(KOREAN.replace("19 years", "20 years"), "utf-8")
        server.until(lambda: "20 years" in server.page(PAGE))

        file.write_text(KOREAN.replace("19 years", "21 yeers"), "utf-8")
        server.until(lambda: "policies/series/KR/2024-05-01.yaml:13:12: error[" in server.output)
        assert "21 yeers" in server.output
        assert "20 years" in server.page(PAGE)
        assert "20 tahun" in server.page(f"id/{PAGE}")
        assert "19 years" not in server.page("policies/series/KR/2024-05-01/")

        file.write_text(KOREAN.replace("19 years", "21 years"), "utf-8")
        server.until(lambda: "21 years" in server.page(PAGE))
        assert "21 tahun" in server.page(f"id/{PAGE}")

        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0
    assert "Traceback" not in server.output


def test_new_files_and_removed_ones_show(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    added = folder / "policies" / "series" / "US" / "2025-01-01.yaml"
    with serving(folder, tmp_path / "log") as server:
        assert server.page("programs/series/US/") == ""

        added.parent.mkdir()
        text = KOREAN.replace("region: KR", "region: US").replace("2024-05-01", "2025-01-01")
        added.write_text(text.replace("19 years", "21 years"), "utf-8")
        server.until(lambda: "21 years" in server.page("programs/series/US/"))
        assert "United States: 21 years" in re.sub("<[^>]*>", "", server.page("programs/series/"))

        added.unlink()
        server.until(lambda: server.page("programs/series/US/") == "")
        assert "21 years" not in server.page("programs/series/")
        assert server.page(PAGE)
    assert "Traceback" not in server.output


def test_after_edits_the_whole_site_is_what_a_fresh_build_gives(tmp_path: Path) -> None:
    by_hand = "# By hand\n\n[A code](diagnostics/unknown-fact/index.md), [Korea](programs/series/KR/index.md#numbers)\n"
    folder = project(tmp_path / "project", docs={"by-hand.md": by_hand})
    file = folder / "policies" / KOREA
    with serving(folder, tmp_path / "log") as server:
        for age in ("20 years", "21 yeers", "22 years"):
            file.write_text(KOREAN.replace("19 years", age), "utf-8")
            server.until(lambda age=age: age in server.page(PAGE) or age in server.output)  # type: ignore[misc]
        (folder / "docs" / "more.md").write_text("# More\n\nMore words.\n", "utf-8")
        server.until(lambda: bool(server.page("more/")))

        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        config = copy / "mkdocs.yml"
        address = f"site_url: http://127.0.0.1:{server.port}/\n"
        config.write_text(config.read_text("utf-8") + address, "utf-8")
        fresh = built(copy)
        differing = [  # a sitemap is for search engines, and lacks what was not made again
            path
            for path in fresh.files
            if path.endswith((".html", ".json", ".js", ".css", "feed.xml"))
            and not served(server.page(path), fresh.text(path))
        ]

        assert not differing
        told = [line for line in server.output.splitlines() if line.startswith("WARNING")]
        assert [line for line in told if not line.endswith("code 404")] == []
    assert "Traceback" not in server.output


def served(found: str, fresh: str) -> bool:
    """Say whether what is served is what was built; a page has MkDocs' own script besides, an index another order."""
    if found.startswith('{"config"'):
        entries = (
            sorted(json.loads(index)["docs"], key=lambda entry: str(entry["location"])) for index in (found, fresh)
        )
        return next(entries) == next(entries)
    return (
        re.sub(r"<script>(?:(?!</script>).)*livereload\(.*?</script>(?=</body>)", "", found, flags=re.DOTALL) == fresh
    )


def test_a_published_file_that_was_changed_is_told_while_serving_and_its_change_shows(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    lock = [sys.executable, "-c", "from policyengine.cli import main; main()", "lock"]
    subprocess.run(lock, cwd=folder, check=True, capture_output=True)
    with serving(folder, tmp_path / "log") as server:
        (folder / "policies" / KOREA).write_text(KOREAN.replace("19 years", "20 years"), "utf-8")
        server.until(lambda: "20 years" in server.page(PAGE))

        assert "policies/series/KR/2024-05-01.yaml:" in server.output
        assert "warning[published-changed]" in server.output
    assert "Traceback" not in server.output
