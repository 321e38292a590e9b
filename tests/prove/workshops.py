"""A little folder of policies, with edits. Not a test."""

from collections.abc import Mapping
from pathlib import Path

from policyengine.cases import run_cases
from policyengine.decide import Policies
from policyengine.model.diagnostic import has_errors
from policyengine.pipeline import compile_folder
from policyengine.site.diagnostics.examples import BASE

SHIPPED = Path(__file__).parents[2] / "policies"
WORLD, KOREA = "workshops/world/2025-01-01.yaml", "workshops/KR/2025-07-01.yaml"
PROGRAM = "workshops"


def edited(file: str, before: str, after: str) -> Mapping[str, str]:
    """Give a file of the base with other words."""
    text = (BASE / file).read_text("utf-8")
    assert before in text
    return {file: text.replace(before, after)}


def workshops(texts: Mapping[str, str] | None = None) -> Policies:
    """Compile the base with other texts."""
    return compiled(BASE, texts)


def compiled(folder: Path, texts: Mapping[str, str] | None = None) -> Policies:
    """Compile a folder with other texts; warnings are none of ours."""
    found, problems = compile_folder(folder, texts=texts)
    assert found is not None
    assert not has_errors(problems), list(map(str, problems))
    return Policies(found)


def failing(folder: Path, program: str, cases: str, texts: Mapping[str, str] | None = None) -> list[str]:
    """Paste cases into a program, and give what does not hold of them."""
    indented = "".join(f"  {line}\n" if line else "\n" for line in cases.splitlines())
    pasted = {f"{program}/cases/pasted.yaml": f"program: {program}\ncases:\n{indented}"}
    policies = compiled(folder, {**(texts or {}), **pasted})
    results = [result for result in run_cases(policies) if result.file.source.path.endswith("pasted.yaml")]
    assert results
    return [str(problem) for result in results for problem in result.problems]
