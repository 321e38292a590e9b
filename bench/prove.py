"""Measures proofs: one question, and everything that is asked of a large folder, cold and with nothing changed.

Before anything is timed, meanings that are asked together must come out as each does alone, and a report that was kept
must be the one that was made. `--quick` leaves the large folder out.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import generated_policies
import policyengine
from policyengine.prove import examined, prove
from policyengine.prove.answers import Standing
from policyengine.prove.asking import Scope
from policyengine.prove.examined import Examined
from policyengine.prove.families import families
from policyengine.prove.ledger import Ledger
from policyengine.prove.places import meanings, timelines
from policyengine.prove.promises import changed_by_a_fact
from policyengine.targets.smt import Unsat

SHIPPED = Path(__file__).parent.parent / "policies"
VERSIONS = 10


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave the large folder out")
    quick = parser.parse_args().quick
    questions()
    if not quick:
        with TemporaryDirectory() as temporary:
            large(Path(temporary))


def questions() -> None:
    """Time every question that `prove` asks of the shipped policies, with what it takes to build its problem."""
    policies = policyengine.load(SHIPPED)
    took: list[float] = []
    asks = Examined.nobody

    def timed(self: Examined, question: examined.Question) -> object:
        start = time.perf_counter()
        answer = asks(self, question)
        took.append(time.perf_counter() - start)
        return answer

    Examined.nobody = timed  # type: ignore[assignment, method-assign]
    try:
        start = time.perf_counter()
        report = prove(policies)
        whole = time.perf_counter() - start
    finally:
        Examined.nobody = asks  # type: ignore[method-assign]
    assert report.held, [str(problem) for problem in report.problems]
    milliseconds = sorted(1_000 * each for each in took)
    print(f"shipped policies: {len(report.proofs)} claims, {report.asked} questions, {whole:.1f} s in all")
    print(
        f"  one question: median {statistics.median(milliseconds):.1f} ms, nine in ten under"
        f" {milliseconds[int(len(milliseconds) * 0.9)]:.0f} ms, longest {milliseconds[-1]:.0f} ms"
    )


def large(temporary: Path) -> None:
    """Time `policyengine prove` on 94 regions × 3 programs × 10 versions, cold and with nothing changed."""
    folder = temporary / "policies"
    programs = [path.parent.name for path in SHIPPED.glob("*/program.yaml")]
    generated_policies.write(folder, SHIPPED, versions=dict.fromkeys(programs, VERSIONS))
    files = len(list(folder.glob("*/*/*.yaml")))
    print(f"generated: {files:,} policy files of {generated_policies.REGIONS} regions, {VERSIONS} versions each")
    policies = policyengine.load(folder)
    for name, number, together in _compared(policies):
        print(f"  {name}: {number} meanings come out together as alone, in {together} questions")
    runs = [_run(temporary), *(_run(temporary) for _ in range(3))]
    reports = {json.dumps(report, sort_keys=True) for _, report in runs}
    assert len(reports) == 1, "a report that was kept is another one"
    proofs = runs[0][1]["proofs"]
    print(f"  {len(proofs)} claims about {sum(each['policies'] for each in proofs):,} policies and entries")
    print(
        f"  cold: {runs[0][0]:.1f} s; nothing changed: median {statistics.median(each for each, _ in runs[1:]):.2f} s"
    )


def _compared(policies: policyengine.Policies) -> Iterator[tuple[str, int, int]]:
    """Ask every meaning of a check alone, and all of them together."""
    compiled = policies.compiled
    scope = Scope.of(compiled)
    for program in compiled.programs.values():
        standing, _ = timelines(compiled, program.name)
        for entry in program.checks:
            listed = meanings(compiled, entry, standing)
            alike = families(listed)
            together = Standing(tuple((each, Examined.of(each, scope, Ledger())) for each in alike))
            answers = [answer for _, _, answer in together.answers(changed_by_a_fact)]
            alone = [
                each.nobody(changed_by_a_fact(each)) for each in _sample(list(together.each())) if each.meaning.places
            ]
            assert all(isinstance(answer, Unsat) and answer.proved for answer in [*answers, *alone])
            yield f"{program.name} {entry.name}", len(listed), len(answers)


def _sample(listed: Sequence[Examined]) -> Sequence[Examined]:
    return listed[:: max(1, len(listed) // 20)]


def _run(temporary: Path) -> tuple[float, dict[str, list[dict[str, int]]]]:
    command = [str(Path(sys.executable).with_name("policyengine")), "prove", "--format", "json"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=temporary, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    took = time.perf_counter() - start
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, list[dict[str, int]]] = json.loads(done.stdout)
    return took, report


if __name__ == "__main__":
    main()
