"""Generated folders with one thing otherwise: a case tells them apart, or nobody fares otherwise."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import little_policies
from drawing import Draw, examples, pick
from little_policies import Folder, Member
from policyengine.cases import run_case, run_cases
from policyengine.compiled import with_files
from policyengine.decide import Policies
from policyengine.frontend.check import Scope
from policyengine.frontend.vocabulary import units_of
from policyengine.model.diagnostic import has_errors
from policyengine.mutants.changes import Mutant, changes
from policyengine.pipeline import compile_folder
from policyengine.prove.killing import NotDecided, difference
from workbench import VOCABULARY


@st.composite
def _changed_folders(draw: Draw) -> tuple[Folder, Mutant, Policies, list[Member]]:
    folder = draw(little_policies.folders())
    compiled = folder.policies.compiled
    scope = Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
    files = [file for file in compiled.authored.files if file.program.text == "club"]
    mutant = pick(draw, [mutant for file in files for mutant in changes(file, scope)])
    others = [mutant.file if file.source is mutant.file.source else file for file in files]
    timelines, problems = with_files(compiled, "club", others)
    assume(not has_errors(problems))
    after = Policies(replace(compiled, timelines={**compiled.timelines, "club": timelines}))
    return folder, mutant, after, [draw(little_policies.members(folder)) for _ in range(20)]


@pytest.mark.fuzz
def test_a_case_tells_changed_rules_apart_or_nobody_fares_otherwise() -> None:
    came_out: Counter[str] = Counter()

    @examples(60)
    @given(_changed_folders())
    def holds(changed: tuple[Folder, Mutant, Policies, list[Member]]) -> None:
        folder, mutant, after, members = changed
        try:
            found = difference(folder.policies, after, "club", timeout=1)
        except NotDecided:
            came_out["not decided"] += 1
            return
        came_out["apart" if found else "the same"] += 1
        if found is None:
            for member in members:
                assert _decided(folder.policies, member) == _decided(after, member), (mutant, member)
            return
        file, case, region = _read(folder, found.case())
        assert run_case(folder.policies, file, case, region).problems == ()
        assert run_case(after, file, case, region).problems != ()

    holds()

    assert came_out["apart"] > 10
    assert came_out["the same"] > 10
    assert came_out["not decided"] < came_out["apart"] + came_out["the same"]


def _decided(policies: Policies, member: Member) -> Mapping[str, Any]:
    decision = policies.decide("club", member.facts, check="joining", on=member.on)
    return {"outcome": decision.outcome, "values": dict(decision.values), "owed": [o.id for o in decision.obligations]}


def _read(folder: Folder, case: str) -> Any:
    indented = "".join(f"  {line}\n" for line in case.splitlines())
    texts = {**dict(folder.texts), "club/cases/apart.yaml": f"program: club\ncases:\n{indented}"}
    compiled, problems = compile_folder(VOCABULARY, texts=texts)
    assert compiled is not None, [str(problem) for problem in problems]
    result = run_cases(Policies(compiled))[-1]
    return result.file, result.case, result.region
