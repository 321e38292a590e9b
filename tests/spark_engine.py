"""The SQL target in Apache Spark: a session in this process, a cluster of two workers, a Connect server. Not a test.

Everything listens on 127.0.0.1 alone, and reads none of the machine's own settings of Spark.
Never: skips. A machine without Java fails, and says what to install.
"""

import atexit
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pyspark
import pytest
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession
from sqlglot import exp

import sql_engine
from policyengine.targets.sql import Dialect, column, expression, sql_text
from sql_engine import Asked

_HERE = "127.0.0.1"
_HOME = Path(pyspark.__file__).parent
_CHUNK = 100
"""How many expressions one query holds: of 25, 50, 100, 200 and 400 the quickest."""
_SOON = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Programs of a few seconds: the JVM's second compiler costs twice what it saves."""
_SETTINGS = {
    "spark.driver.bindAddress": _HERE,
    "spark.driver.host": _HERE,
    "spark.driver.extraJavaOptions": _SOON,
    "spark.executor.extraJavaOptions": _SOON,
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_ROOMY = {"spark.driver.memory": "2g"}


# a session in this process


@cache
def session() -> SparkSession:
    """Start Spark on two cores of this process, once; it stops at exit."""
    need_java()
    folder = TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True)
    builder = SparkSession.builder.master("local[2]").appName("tests")
    settings = {**_SETTINGS, **_ROOMY, "spark.sql.warehouse.dir": folder.name, "spark.local.dir": folder.name}
    for name, value in settings.items():
        builder = builder.config(name, value)
    with mock.patch.dict(os.environ, environment(), clear=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of forks beside threads: pyspark forks to start Java
        spark = builder.getOrCreate()
    atexit.register(folder.cleanup)
    atexit.register(spark.stop)  # what is registered last runs first
    return spark


def asked(questions: Sequence[Asked], *, ansi: bool = True) -> list[Any]:
    """Answer each question; the type that the engine says an answer has is one of those of values underneath."""
    spark = session().newSession()
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    # whole stages of so many expressions are compiled, found to be longer than a method may be, and thrown away
    spark.conf.set("spark.sql.codegen.wholeStage", value=False)
    answers: list[Any] = []
    for chunk in _chunks(questions):
        answers += _answers(spark, chunk)
    assert len(answers) == len(questions)
    return answers


def _chunks(questions: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    """Cut where another expression begins."""
    starts = [rows[0] for _, rows in sql_engine.together(questions)][::_CHUNK]
    for start, stop in zip(starts, [*starts[1:], len(questions)], strict=True):
        yield questions[start:stop]


def _answers(spark: SparkSession, questions: Sequence[Asked]) -> list[Any]:
    """Ask some expressions in one query, a column for each, which is read in the rows of its own questions."""
    schema, groups = sql_engine.read_by(questions), list(sql_engine.together(questions))
    columns = schema.columns()
    asked = [
        exp.alias_(_only(rows, expression(expr, columns)), f"answer {number}", quoted=True)
        for number, (expr, rows) in enumerate(groups)
    ]
    query = exp.select(column(sql_engine.ROW), *asked).from_(exp.to_table(sql_engine.TABLE))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "facts.json"
        sql_engine.write(path, schema, questions)
        load(spark, sql_engine.TABLE, path, schema.sql_types())
        found = spark.sql(sql_text(query, Dialect.SPARK))
        _, *types_ = found.dtypes
        rows_found = {row: answers for row, *answers in found.collect()}
    for (_, type_), (expr, _) in zip(types_, groups, strict=True):
        assert type_ in {"bigint", "boolean", "string"}, f"{type_}: {expr}"
    return [rows_found[row][number] for number, (_, rows) in enumerate(groups) for row in rows]


def _only(rows: Sequence[int], tree: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=sql_engine.within(rows), true=tree)])


def load(spark: SparkSession, name: str, path: Path, types_: Mapping[str, str]) -> None:
    """Read lines of JSON as a view; the types are written as DuckDB writes them."""
    columns = (
        f"{column(name).sql('spark')} {exp.DataType.build(type_, dialect='duckdb').sql('spark')}"
        for name, type_ in types_.items()
    )
    spark.read.schema(", ".join(columns)).json(str(path), mode="FAILFAST").createOrReplaceTempView(name)


# Java


def need_java() -> None:
    """Fail the test on a machine without Java."""
    said = _java_version()
    if said is None or said < 17:
        found = "there is none here" if said is None else f"this is Java {said}"
        pytest.fail(
            f"Spark needs Java 17 or newer, and {found}: `make .tools` installs it on Debian and Ubuntu"
            " (openjdk-17-jre-headless)",
            pytrace=False,
        )


def _java_version() -> int | None:
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else "java"
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r'version "(\d+)', said)
    return None if found is None else int(found[1])


def environment() -> dict[str, str]:
    """Give the environment of a process of Spark: this one, without what it says of other Sparks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    return {
        **kept,
        "SPARK_HOME": str(_HOME),
        "SPARK_CONF_DIR": str(Path(__file__).parent / "spark_conf"),
        "SPARK_LOCAL_IP": _HERE,
        "SPARK_DAEMON_JAVA_OPTS": _SOON,
        "SPARK_LAUNCHER_OPTS": _SOON,
        "PYSPARK_PYTHON": sys.executable,
    }


# processes of their own


@contextmanager
def cluster(workers: int = 2) -> Iterator[str]:
    """Start a standalone master and its workers, of a core and a GB each; give the master's URL."""
    need_java()
    port, page = _free_ports(2)
    master = f"spark://{_HERE}:{port}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True)))
        deploy = f"{_HOME}/bin/spark-class org.apache.spark.deploy".split()
        named = [deploy[0], f"{deploy[1]}.master.Master", *f"--host {_HERE} --port {port} --webui-port {page}".split()]
        processes = [stack.enter_context(_running(named, folder, "master"))]
        # a worker that finds no master tries again only after ten seconds
        _wait(lambda: _listens(port), processes, folder)
        options = f"--host {_HERE} --cores 1 --memory 1g --webui-port 0 {master}".split()
        for number in range(workers):
            named = [deploy[0], f"{deploy[1]}.worker.Worker", "--work-dir", str(folder / f"work-{number}"), *options]
            processes.append(stack.enter_context(_running(named, folder, f"worker-{number}")))
        _wait(lambda: _alive_workers(page) == workers, processes, folder)
        yield master


@contextmanager
def connect_server() -> Iterator[str]:
    """Start a Spark Connect server with two cores; give its `sc://` URL."""
    need_java()
    (port,) = _free_ports(1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True)))
        settings = {
            **_SETTINGS,
            "spark.connect.grpc.binding.address": _HERE,
            "spark.connect.grpc.binding.port": str(port),
            "spark.local.dir": str(folder),
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
        }
        server = [f"{_HOME}/bin/spark-submit", "--master", "local[2]", "--name", "tests"]
        server += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        server += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
        process = stack.enter_context(_running(server, folder, "connect"))
        _wait(lambda: _listens(port), [process], folder)
        yield f"sc://{_HERE}:{port}"


@contextmanager
def remote(url: str) -> Iterator[ConnectSession]:
    """Open a session at a Connect server, beside `session()`.

    `SparkSession.builder.remote` would refuse beside another session, and leave a mark in the environment that makes
    each later session a remote one.
    """
    spark = ConnectSession.builder.remote(url).create()
    try:
        yield spark
    finally:
        spark.stop()


_DRIVER = """
import json, sys
from pyspark.sql import SparkSession

builder = SparkSession.builder.master(sys.argv[1])
for name, value in json.loads(sys.argv[2]).items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
answer = None
exec(sys.argv[3])
print(json.dumps(answer))
spark.stop()
"""


def driven(master: str, code: str, settings: Mapping[str, str] | None = None) -> Any:
    """Run code, which finds `spark` and sets `answer`, in a driver of its own: a process has one SparkContext.

    The driver waits until both executors are there.
    """
    known = {
        **_SETTINGS,
        "spark.executor.memory": "800m",
        "spark.executor.cores": "1",
        "spark.cores.max": "2",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        **(settings or {}),
    }
    run = [sys.executable, "-W", "ignore", "-c", _DRIVER, master, json.dumps(known), code]
    with TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True) as folder:
        env = {**environment(), "SPARK_LOCAL_DIRS": folder, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(run, env=env, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-4_000:]
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _running(command: Sequence[str], folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that says what it says to a file; kill it in the end, with what it has started."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment(), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        for signal_ in (signal.SIGTERM, signal.SIGKILL):
            _signal(process, signal_)
        process.wait()


def _signal(process: subprocess.Popen[bytes], signal_: signal.Signals) -> None:
    try:
        os.killpg(process.pid, signal_)
        process.wait(timeout=5)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass


def _wait(ready: Callable[[], bool], processes: Sequence[subprocess.Popen[bytes]], folder: Path) -> None:
    """Wait until something is ready; give up after three minutes, or when a process has ended."""
    end = time.monotonic() + 180
    while not ready():
        if time.monotonic() > end or any(process.poll() is not None for process in processes):
            logs = (f"{path.name}: {path.read_text('utf-8', 'replace')[-2_000:]}" for path in folder.glob("*.log"))
            pytest.fail("Spark did not start\n" + "\n".join(logs), pytrace=False)
        time.sleep(0.1)


def _alive_workers(page: int) -> int:
    try:
        with urllib.request.urlopen(f"http://{_HERE}:{page}/json/", timeout=5) as response:
            workers = json.load(response)["workers"]
    except (OSError, json.JSONDecodeError):  # a master's page listens before it knows where its JSON stands
        return 0
    return sum(worker["state"] == "ALIVE" for worker in workers)


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((_HERE, port)) == 0


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind((_HERE, 0))
        return [int(each.getsockname()[1]) for each in sockets]
