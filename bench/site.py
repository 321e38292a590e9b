# ruff: noqa: A005 -- a script, which nothing imports
"""Seconds to build the docs site, and from an edit until `mkdocs serve` shows it: shipped policies, and a large folder.

First proves that the pages that must exist do, in both languages, with the values that are in force; then measures,
each round on its own, and prints medians. Run by `make bench`, never by a test.
"""

import argparse
import datetime
import html
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

import generated_policies
import policyengine

ROOT = Path(__file__).parent.parent
HOMES = {"en": "", "id": "id/"}
MEMORY = "/dev/shm"  # noqa: S108 -- MkDocs makes a folder of its own there
PATIENCE = 300
"""Seconds after which an edit that does not show ends the benchmark."""


@dataclass(frozen=True)
class Project:
    """A folder with `mkdocs.yml`: the repository's own pages, with some policies; `edited` is the file that changes."""

    title: str
    folder: Path
    regions: Sequence[str]
    edited: Path

    @property
    def page(self) -> str:
        """The address of the page that shows the edited file."""
        program, region, _ = self.edited.parts
        return f"programs/{program}/{region}/"


@dataclass(frozen=True)
class Measured:
    """What was measured: pages, and seconds of each round."""

    project: Project
    pages: int
    builds: Sequence[float]
    edits: Sequence[float]


def shipped(below: Path) -> Project:
    """Give a copy of the shipped policies, with the two regions that every kind of page is shown for."""
    folder = _project(below / "shipped")
    shutil.copytree(ROOT / "policies", folder / "policies")
    return Project("shipped", folder, ["KR", "ID"], Path("series/KR/2024-05-01.yaml"))


def generated(below: Path) -> Project:
    """Give the large folder."""
    folder = _project(below / "generated")
    regions = generated_policies.write(folder / "policies", ROOT / "policies")
    last = max((folder / "policies" / "series" / regions[0]).iterdir())
    return Project("generated", folder, regions, last.relative_to(folder / "policies"))


def _project(folder: Path) -> Path:
    folder.mkdir()
    for name in ("docs", "src"):  # copies: `mkdocs serve` would see every edit of the real ones
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    return folder


def prove(project: Project, site: Path) -> int:
    """Stop unless every region's page of every program shows what is in force there; give the number of pages."""
    policies = policyengine.load(project.folder / "policies")
    on = datetime.datetime.now(datetime.UTC).date()  # as MkDocs takes it
    for program in policies.compiled.programs:
        for region in project.regions:
            in_force = policies.in_force(program, region=region, on=on)
            for language, home in HOMES.items():
                page = site / home / "programs" / program / region / "index.html"
                shown = dict(re.findall(r'<tr id="p-(\w+)"(.*?)</tr>', page.read_text("utf-8"), flags=re.DOTALL))
                wrong = [
                    name
                    for name, held in in_force.parameters.items()
                    if f">{html.escape(held.words(language))}<" not in shown.get(name, "")
                ]
                if wrong or len(shown) != len(in_force.parameters):
                    sys.exit(f"{page} does not show what is in force: {wrong}")
    return sum(1 for _ in site.rglob("*.html"))


def build(project: Project, site: Path) -> float:
    """Build a site from nothing with the command, strictly; give the seconds it took."""
    shutil.rmtree(site, ignore_errors=True)
    start = time.perf_counter()
    run = subprocess.run(  # noqa: S603 -- our own command line
        _mkdocs("build", "--strict", "--site-dir", str(site)),
        cwd=project.folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if run.returncode != 0:
        sys.exit(run.stderr)
    return seconds


def edits(project: Project, rounds: int) -> list[float]:
    """Change one file under `mkdocs serve`, `rounds` times; give the seconds until its page showed each change."""
    file, log = project.folder / "policies" / project.edited, project.folder / "log"
    text = file.read_text("utf-8")
    found = []
    with _serving(project, log) as address:
        for number in range(rounds):
            words = f"Edit number {number} of {os.getpid()}."
            start = time.perf_counter()
            file.write_text(re.sub(r"(?m)^(  en: ).*$", rf"\g<1>{words}", text, count=1), "utf-8")
            while words not in _fetch(f"{address}{project.page}"):
                if time.perf_counter() - start > PATIENCE:
                    sys.exit(f"{project.page} does not show {words!r}:\n{log.read_text('utf-8')[-3_000:]}")
                time.sleep(0.02)
            found.append(time.perf_counter() - start)
            time.sleep(1)  # MkDocs looks at files every half a second: the next edit is one of its own
    file.write_text(text, "utf-8")
    return found


@contextmanager
def _serving(project: Project, log: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 -- our own command line
            _mkdocs("serve", "--dev-addr", f"127.0.0.1:{port}"),
            cwd=project.folder,
            env=_environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.perf_counter() + PATIENCE
        while not _fetch(address):
            if process.poll() is not None or time.perf_counter() > end:
                sys.exit(f"`mkdocs serve` does not answer:\n{log.read_text('utf-8')[-3_000:]}")
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


def _fetch(address: str) -> str:
    try:
        with urlopen(address, timeout=PATIENCE / 2) as answer:  # noqa: S310 -- our own address
            text: str = answer.read().decode()
            return text
    except OSError:
        return ""


def _mkdocs(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mkdocs", *arguments]


def _environment() -> dict[str, str]:
    """Give what `make` runs MkDocs in: temporary files are in memory where that is to be had."""
    memory = {"TMPDIR": MEMORY} if os.access(MEMORY, os.W_OK) else {}
    return {**os.environ, **memory, "NO_MKDOCS_2_WARNING": "1"}


def report(console: Console, measured: Sequence[Measured], rounds: int) -> None:
    """Print medians, with the fastest and the slowest round."""
    table = Table(title=f"median of {rounds} rounds, in seconds (fastest – slowest)", title_justify="left")
    table.add_column("policies")
    for heading in ("files", "pages", "build", "edit until shown"):
        table.add_column(heading, justify="right")
    for one in measured:
        files = sum(1 for _ in (one.project.folder / "policies").rglob("*.yaml"))
        table.add_row(one.project.title, f"{files}", f"{one.pages}", _shown(one.builds), _shown(one.edits))
    console.print(table)


def _shown(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.1f} ({min(seconds):.1f} – {max(seconds):.1f})"


def main() -> None:
    """Measure the shipped policies, then the large folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 130)
    load = os.getloadavg()[0]
    console.print(f"Python {sys.version.split()[0]}; {os.cpu_count()} cores, load {load:.1f} before the start")
    with tempfile.TemporaryDirectory() as below:
        measured = []
        for project in (shipped(Path(below)), generated(Path(below))):
            site = Path(below) / "site"
            build(project, site)
            pages = prove(project, site)
            console.print(f"{project.title}: {len(project.regions)} regions show what is in force, in both languages")
            builds = [build(project, site) for _ in range(asked.rounds)]
            measured.append(Measured(project, pages, builds, edits(project, asked.rounds)))
        report(console, measured, asked.rounds)


if __name__ == "__main__":
    main()
