"""Rows per second against the number of rows, and one worker against two: `policyengine batch`, and Spark on a cluster.

First proves that DuckDB and the cluster give the same decisions on the smallest table. The cluster stands on this
machine: a master and workers of one core each. It is started anew for each measurement, one worker and two in turns,
and decides the smallest table once before the time counts. Run by hand, because it takes long.
"""

import argparse
import datetime
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pyspark.sql import SparkSession
from rich.console import Console

import batch_tools as tools
import policyengine

PATIENCE = 60
"""Seconds after which a cluster that does not start ends the benchmark."""
HEADINGS = {"rows": "right", "seconds": "right", "fastest – slowest": "right", "rows/s": "right"}


# DuckDB


def duckdb(out: Console, paths: Mapping[int, Path], folder: Path, rounds: int) -> None:
    """Measure the command line, a process for each run; the rounds of all sizes take turns."""
    target = folder / "written.parquet"
    runs: dict[int, list[tools.Ran]] = {rows: [] for rows in paths}
    for _ in range(rounds):
        for rows, path in paths.items():
            runs[rows].append(tools.run_batch(path, target))
            target.unlink()
    tools.show(
        out,
        f"`policyengine batch`, Parquet to Parquet: seconds of deciding and writing, median of {rounds} rounds",
        {**HEADINGS, "process, s": "right", "MB at most": "right"},
        (
            (
                *_line(rows, [ran.deciding for ran in found]),
                f"{statistics.median(ran.seconds for ran in found):.2f}",
                f"{max(ran.peak for ran in found):,.0f}",
            )
            for rows, found in runs.items()
        ),
    )


def _line(rows: int, seconds: Sequence[float]) -> tuple[str, str, str, str]:
    median = statistics.median(seconds)
    return f"{rows:,}", f"{median:.2f}", f"{min(seconds):.2f} – {max(seconds):.2f}", f"{rows / median:,.0f}"


# a cluster


def spark(out: Console, paths: Mapping[int, Path], folder: Path, rounds: int) -> None:
    """Measure a cluster of one worker, and one of two, in turns; the smallest table warms each up."""
    smallest = min(paths)
    times: dict[tuple[int, int], list[float]] = {(rows, workers): [] for rows in paths for workers in (1, 2)}
    for _ in range(rounds):
        for workers in (1, 2):
            with cluster(workers, folder) as master:
                for rows, seconds in zip(paths, driven(master, workers, paths, folder), strict=True):
                    times[rows, workers].append(seconds)
    tools.run_batch(paths[smallest], folder / "by-duckdb.parquet", "--masks")
    if differing := tools.differing(folder / "by-duckdb.parquet", folder / f"decided-{smallest}"):
        sys.exit(f"DuckDB and Spark differ in {differing} rows")
    out.print(f"\nDuckDB and the cluster agree on each of {smallest:,} rows")
    tools.show(
        out,
        f"Spark standalone, Parquet to Parquet, workers of one core, median of {rounds} rounds",
        {"workers": "right", **HEADINGS, "× one worker": "right"},
        (
            (f"{workers}", *_line(rows, found), f"{_gain(found, times[rows, 1]):.2f}")
            for (rows, workers), found in times.items()
        ),
    )


def _gain(own: Sequence[float], one: Sequence[float]) -> float:
    """Give how many times the rows of one worker are decided in the same time."""
    return statistics.median(alone / together for together, alone in zip(own, one, strict=True))


def driven(master: str, workers: int, paths: Mapping[int, Path], folder: Path) -> list[float]:
    """Run `drive` in a process of its own: a process has one SparkContext."""
    jobs = [(str(path), str(folder / f"decided-{rows}")) for rows, path in paths.items()]
    run = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-W", "ignore", __file__, "--drive", json.dumps([master, workers, jobs])],
        env=tools.spark_environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        sys.exit(run.stderr[-4_000:])
    seconds: list[float] = json.loads(run.stdout.splitlines()[-1])
    return seconds


def drive(master: str, workers: int, jobs: Sequence[Sequence[str]]) -> list[float]:
    """Decide tables on a cluster, the first of them twice; give the seconds from the opened table to written files."""
    settings = {
        **tools.SPARK_SETTINGS,
        "spark.driver.memory": "1g",
        "spark.executor.memory": "2g",
        "spark.executor.cores": "1",
        "spark.cores.max": f"{workers}",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",  # no task before all workers are there
    }
    builder = SparkSession.builder.master(master).appName("bench/scaling.py")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    policies = policyengine.load(tools.ROOT / "policies")
    on = datetime.date.fromisoformat(tools.ON)
    found = []
    for source, target in (jobs[0], *jobs):
        started = time.perf_counter()
        table = session.read.parquet(source)
        decisions = policies.decide_table("series", table, on=on, check="eligibility", masks=True)
        decisions.write.mode("overwrite").option("compression", "zstd").parquet(target)
        found.append(time.perf_counter() - started)
    session.stop()
    return found[1:]


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """Start a standalone master and its workers, of a core and 2 GB each, on this machine; give the master's URL."""
    port, page = _free_ports(2)
    master = f"spark://{tools.HERE}:{port}"
    deploy = [str(tools.SPARK_HOME / "bin" / "spark-class")]
    with ExitStack() as stack:
        named = f"org.apache.spark.deploy.master.Master --host {tools.HERE} --port {port} --webui-port {page}".split()
        processes = [stack.enter_context(_running([*deploy, *named], folder / "master.log"))]
        _wait(lambda: _listens(port), processes)  # a worker that finds no master tries again only after ten seconds
        options = f"--host {tools.HERE} --cores 1 --memory 2g --webui-port 0 {master}".split()
        for number in range(workers):
            place = ["--work-dir", str(folder / f"work-{number}")]
            named = ["org.apache.spark.deploy.worker.Worker", *place, *options]
            processes.append(stack.enter_context(_running([*deploy, *named], folder / f"worker-{number}.log")))
        _wait(lambda: _alive(page) == workers, processes)
        yield master


@contextmanager
def _running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that says what it says to a file; end it, with what it has started."""
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 -- Spark's own command line
            command,
            env=tools.spark_environment(),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        for signal_ in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, signal_)
                process.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        process.wait()


def _wait(ready: Callable[[], bool], processes: Sequence[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end or any(process.poll() is not None for process in processes):
            sys.exit("the cluster does not start")
        time.sleep(0.1)


def _alive(page: int) -> int:
    try:
        with urllib.request.urlopen(f"http://{tools.HERE}:{page}/json/", timeout=5) as answer:
            return sum(worker["state"] == "ALIVE" for worker in json.load(answer)["workers"])
    except OSError:
        return 0


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((tools.HERE, port)) == 0


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind((tools.HERE, 0))
        return [int(each.getsockname()[1]) for each in sockets]


# all together


def main() -> None:
    """Measure DuckDB, then Spark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spark", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--huge", action="store_true", help="let Spark decide more than 10 million rows too")
    parser.add_argument("--folder", type=Path, help="where populations are kept; a temporary folder by default")
    parser.add_argument("--drive", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.drive:
        print(json.dumps(drive(*json.loads(asked.drive))))
        return
    out = tools.console()
    out.print(tools.machine(("duckdb", *(("pyspark",) if asked.spark else ()))))
    with tempfile.TemporaryDirectory(prefix="scaling-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if asked.folder is not None:
            asked.folder.mkdir(parents=True, exist_ok=True)
        paths = {rows: tools.population((asked.folder or folder).resolve(), rows) for rows in sorted(asked.rows)}
        for rows, path in paths.items():
            out.print(f"{rows:,} creators: {path.stat().st_size / 1e6:,.0f} MB")
        duckdb(out, paths, folder, asked.rounds)
        if asked.spark:
            small = {rows: path for rows, path in paths.items() if asked.huge or rows <= 10_000_000}
            if small:
                spark(out, small, folder, asked.rounds)


if __name__ == "__main__":
    main()
