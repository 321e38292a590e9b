"""What bench/batch.py and bench/scaling.py share: populations, Spark's settings, a command's peak memory, tables."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import duckdb
import pyspark
from rich import box
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
ON = "2024-06-01"
ANSWER = "id, invalid, eligibility_outcome, eligibility_unmet, eligibility_unknown, eligibility_policy"
"""The columns that everyone gives for every row."""
HERE = "127.0.0.1"
SPARK_HOME = Path(pyspark.__file__).parent
SPARK_SETTINGS = {
    "spark.driver.bindAddress": HERE,
    "spark.driver.host": HERE,
    "spark.driver.memory": "4g",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_COMMAND = """
import pathlib, resource, sys
from policyengine.cli import main

try:
    main()
finally:
    # not `ru_maxrss` first: that remembers the process that this one was forked from
    status = pathlib.Path("/proc/self/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    print(peak[0] if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def population(folder: Path, rows: int) -> Path:
    """Give the file of so many creators; made by examples/population.py where it is not there yet."""
    path = folder / f"creators-{rows}.parquet"
    if not path.exists():
        spec = importlib.util.spec_from_file_location("population", ROOT / "examples" / "population.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.write(path, rows)
    return path


@dataclass(frozen=True)
class Ran:
    """What a run of `policyengine batch` took: seconds from start to end, those of deciding, MB at its peak."""

    seconds: float
    deciding: float
    peak: float


def run_batch(source: Path, target: Path, *more: str) -> Ran:
    """Run `policyengine batch` in a process of its own."""
    asked = ["batch", "series", str(source), "-o", str(target), "--check", "eligibility", "--on", ON, *more]
    started = time.perf_counter()
    run = subprocess.run(  # noqa: S603 -- our own command line
        [sys.executable, "-c", _COMMAND, *asked, "--format", "json"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if run.returncode != 0:
        sys.exit(run.stderr)
    return Ran(seconds, json.loads(run.stdout)["seconds"], int(run.stderr.split()[-1]) * 1_024 / 1e6)


def differing(one: Path, other: Path) -> int:
    """Count the decisions of two Parquet files, or folders of them, that only one of them has."""
    first, second = (f"SELECT {ANSWER} FROM read_parquet('{_files(path)}')" for path in (one, other))  # noqa: S608
    sizes = f"SELECT abs((SELECT count(*) FROM ({first})) - (SELECT count(*) FROM ({second})))"  # noqa: S608
    ways = f"SELECT count(*) FROM ({first} EXCEPT {second}) UNION ALL SELECT count(*) FROM ({second} EXCEPT {first})"  # noqa: S608
    with duckdb.connect() as connection:
        return sum(int(number) for (number,) in connection.execute(f"{sizes} UNION ALL {ways}").fetchall())


def _files(path: Path) -> str:
    return f"{path}/*.parquet" if path.is_dir() else f"{path}"


def spark_environment() -> dict[str, str]:
    """Give the environment of a process of Spark: this one, without what it says of other Sparks, and quiet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    return {
        **kept,
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_CONF_DIR": str(ROOT / "tests" / "spark_conf"),
        "SPARK_LOCAL_IP": HERE,
        "SPARK_LOCAL_DIRS": tempfile.gettempdir(),
        "PYSPARK_PYTHON": sys.executable,
    }


def console() -> Console:
    """Give the terminal; to a file, lines are as long as they need to be."""
    return Console(width=None if sys.stdout.isatty() else 150, highlight=False)


def machine(names: Sequence[str]) -> str:
    """Say on what is measured."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    load = os.getloadavg()[0]
    return f"Python {sys.version.split()[0]}, {versions}; {os.cpu_count()} cores, load {load:.1f} before the start"


def show(out: Console, title: str, headings: Mapping[str, str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table that is Markdown too; `headings` says how each column is justified."""
    table = Table(box=box.MARKDOWN)
    for heading, justify in headings.items():
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*row)
    with out.capture() as captured:
        out.print(table)
    out.print(f"\n{title}\n\n" + "\n".join(line for line in captured.get().splitlines() if line.strip()))
