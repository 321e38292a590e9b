"""Cases at both sides of every threshold: the rules pass them, and both sides are there."""

import re

import pytest

import policyengine
from policyengine.cases import run_cases
from policyengine.prove.boundaries import boundary_cases
from prove.workshops import SHIPPED, compiled


@pytest.mark.parametrize("program", ["series", "creator-rewards", "effect-creator-rewards"])
def test_the_cases_of_a_program_hold(program: str) -> None:
    text = boundary_cases(policyengine.load(SHIPPED), program)
    policies = compiled(SHIPPED, {f"{program}/cases/boundary.yaml": text})

    results = [result for result in run_cases(policies) if result.file.source.path.endswith("boundary.yaml")]

    assert [str(problem) for result in results for problem in result.problems] == []
    assert len(results) == text.count("- name:") > 10


def test_each_side_of_a_threshold_is_there() -> None:
    text = boundary_cases(policyengine.load(SHIPPED), "series")
    told = set(re.findall(r"name: (\w+ at [\w. ]+), in \w+ on [\d-]+", text))

    assert told >= {
        "adult at 17 years", "adult at 18 years", "adult at 19 years",
        "followers at 9_999 followers", "followers at 10_000 followers",
        "number_of_videos at 80 videos", "number_of_videos at 81 videos",
        "price at 189.99 USD", "price at 190 USD", "price at 0.98 USD", "price at 0.99 USD",
        "video_length at 20 minutes", "video_length at 1_201 seconds",
    }  # fmt: skip
