"""The JavaScript target in a real engine: many questions to one process of Node. Not a test.

Node must be there: a target that nobody runs is nobody's.
"""

import datetime
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import little_policies
from policyengine.decide import Policies
from policyengine.model import checked
from policyengine.targets.interpreter import Given
from policyengine.targets.javascript import expression_function, program_module, scripts

_BATCH = 50_000


@dataclass(frozen=True)
class Asked:
    """One reading of an expression: `value`, `missing`, `changes`, `reads`; up to a `last` day `firstDay`, `days`."""

    reading: str
    expr: checked.Expr
    facts: Mapping[str, Given]
    today: datetime.date
    last: datetime.date | None = None


@dataclass(frozen=True)
class Decided:
    """A decision about facts by path, underneath."""

    policies: Policies = field(repr=False)
    program: str
    check: str
    facts: Mapping[str, Given]
    on: datetime.date


def module(policies: Policies, program: str) -> str:
    """Write one program's module."""
    compiled = policies.compiled
    return program_module(compiled.programs[program], compiled.timelines[program], compiled.tree, compiled.vocabulary)


def asked(questions: Sequence[Asked]) -> list[Any]:
    """Answer each reading of expressions over the vocabulary of conformance."""
    answers = []
    for start in range(0, len(questions), _BATCH):
        batch = questions[start : start + _BATCH]
        functions = {id(each.expr): expression_function(each.expr) for each in batch}
        shapes = {text: number for number, text in enumerate(dict.fromkeys(f.text for f in functions.values()))}
        calls = [
            [each.reading, shapes[function.text], function.constants, each.facts, *_days(each.today, each.last)]
            for each, function in ((each, functions[id(each.expr)]) for each in batch)
        ]
        shared = {"functions.js": _exported(shapes), "vocabulary.js": _vocabulary()}
        answers += run(_READ, shared, calls)
    return answers


def decided(questions: Sequence[Decided]) -> list[Any]:
    """Answer each question with a decision, or `{"refused": fact}`."""
    programs = {(id(each.policies), each.program): each for each in questions}
    numbers = {key: number for number, key in enumerate(programs)}
    modules = {f"program{numbers[key]}.js": module(each.policies, each.program) for key, each in programs.items()}
    calls = [
        [numbers[id(each.policies), each.program], each.check, each.facts, each.on.toordinal()] for each in questions
    ]
    return run(_DECIDE, modules, calls)


def run(main: str, modules: Mapping[str, str], calls: Sequence[object]) -> list[Any]:
    """Run Node once: `main` is a module that exports `answer`, which takes the items of a call."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        texts = {**scripts(), **modules, "main.js": main, "run.js": _RUN, "package.json": '{"type": "module"}'}
        for file, text in texts.items():
            (folder / file).write_text(text, "utf-8")
        (folder / "calls.json").write_text(json.dumps(calls), "utf-8")
        done = subprocess.run(["node", "run.js"], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answers: list[Any] = json.loads((folder / "answers.json").read_text("utf-8"))
        return answers


@cache
def _vocabulary() -> str:
    """Write any module over the vocabulary, for what is derived, the tree and the steps of facts."""
    return module(little_policies.written({"one": "f.a"}).policies, "club")


def _days(today: datetime.date, last: datetime.date | None) -> tuple[int, int]:
    return today.toordinal(), (last or today).toordinal()


def _exported(functions: Iterable[str]) -> str:
    return "export const functions = [\n" + "".join(f"{text},\n" for text in functions) + "];\n"


_RUN = """
import { readFileSync, writeFileSync } from "node:fs";
import { answer } from "./main.js";

// JSON hides what is no exact whole number
const exact = (_, value) => {
  if (typeof value === "number" && (!Number.isSafeInteger(value) || Object.is(value, -0))) throw new Error(value);
  if (value === undefined) throw new Error("undefined");
  return value;
};
const answers = [];
for (const call of JSON.parse(readFileSync("calls.json", "utf-8"))) answers.push(await answer(...call));
writeFileSync("answers.json", JSON.stringify(answers, exact));
"""

_READ = """
import { firstDay, overDays } from "./days.js";
import { changesToward } from "./distance.js";
import { functions } from "./functions.js";
import { unknownFacts } from "./missing.js";
import { factsIn } from "./reads.js";
import { values } from "./runtime.js";
import { program } from "./vocabulary.js";

const derivations = new Map([...program.derived].map(([path, { expression }]) => [path, expression]));
const readings = {
  value: (expression, given) => expression(values(given)),
  missing: (expression, given) => expression(unknownFacts(given)).facts,
  changes: changesToward,
  reads: factsIn,
  days: (expression, given, last) => expression(overDays({ ...given, derivations }, [given.today, last])),
  firstDay: (expression, given, last) => firstDay(expression, { ...given, derivations }, given.today, last),
};

export function answer(reading, shape, constants, facts, today, last) {
  const given = { facts, today, parents: program.parents, steps: program.steps };
  return readings[reading]((o) => functions[shape](o, constants), given, last);
}
"""

_DECIDE = """
import { InvalidFact, decide } from "./decide.js";

export async function answer(number, check, facts, on) {
  const { program } = await import(`./program${number}.js`);
  try {
    return decide(program, check, facts, on);
  } catch (error) {
    if (!(error instanceof InvalidFact)) throw error;
    return { refused: error.fact };
  }
}
"""
