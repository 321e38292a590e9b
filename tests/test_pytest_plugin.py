"""The authors' cases as pytest collects them: in other runs the plugin is not there."""

import shutil
from pathlib import Path

import pytest

BASE = Path(__file__).parent / "errors" / "_base"
CASES = "policies/series/cases/joining.yaml"


@pytest.fixture
def policies(pytester: pytest.Pytester) -> Path:
    """Put the small folder of policies where pytest starts."""
    folder = pytester.path / "policies"
    shutil.copytree(BASE, folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.usefixtures("policies")
def test_every_case_is_a_test_named_by_its_sentence(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("-v")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"{CASES}::18 is too young in South Korea PASSED*"])
    assert result.parseoutcomes().keys() == {"passed"}


def test_a_case_for_several_regions_is_a_test_for_each(pytester: pytest.Pytester, policies: Path) -> None:
    (policies / "series" / "cases" / "regions.yaml").write_text(
        "program: series\ncases:\n  - name: One cannot tell yet\n    on: 2024-06-01\n    regions: [KR, ID]\n"
        "    expect: {eligibility: unknown}\n",
        "utf-8",
    )

    result = pytester.runpytest("-v", "policies/series/cases/regions.yaml")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*::One cannot tell yet ?KR? PASSED*", "*::One cannot tell yet ?ID? PASSED*"])


def test_a_failure_is_the_diagnostic_and_no_traceback(pytester: pytest.Pytester, policies: Path) -> None:
    edit(policies / "series" / "cases" / "joining.yaml", "eligibility: unmet", "eligibility: met")

    result = pytester.runpytest(f"{CASES}::18 is too young in South Korea")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"{CASES}:*: error?case-failed?: *`eligibility` is `unmet`, not `met`",
            "*eligibility: met*",
            "*= note: `adult` is unmet*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin*")


def test_broken_policies_are_one_error_that_shows_their_problems(pytester: pytest.Pytester, policies: Path) -> None:
    shutil.copy(policies / "series" / "cases" / "joining.yaml", policies / "series" / "cases" / "again.yaml")
    edit(policies / "series" / "world" / "2023-06-06.yaml", "creator.age >=", "creator.aeg >=")

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*error?unknown-fact?: no fact named `creator.aeg`", "*did you mean `creator.age`?"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_two_folders_of_policies_in_one_run_are_both_tested(pytester: pytest.Pytester, policies: Path) -> None:
    shutil.copytree(policies, pytester.path / "others")

    once = pytester.runpytest("policies").parseoutcomes()["passed"]
    both = pytester.runpytest().parseoutcomes()["passed"]

    assert both == 2 * once


def test_another_projects_cases_are_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "thing" / "cases").mkdir(parents=True)
    (pytester.path / "thing" / "program.yaml").write_text("a: 1\n", "utf-8")
    (pytester.path / "thing" / "cases" / "some.yaml").write_text("b: 1\n", "utf-8")
    pytester.makepyfile("def test_one(): pass")

    result = pytester.runpytest()

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_a_run_without_cases_imports_nothing_of_the_engine(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            ours = [name for name in sys.modules if name.startswith("policyengine.")]
            assert ours == ["policyengine.pytest_plugin"]
            assert not {"yaml", "lark", "jsonschema", "rich", "click"} & sys.modules.keys()
        """
    )

    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


@pytest.mark.usefixtures("policies")
def test_plugins_for_test_functions_find_what_they_look_for(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        def pytest_runtest_setup(item):
            assert item.funcargs == {}
            assert item.location[0].endswith("joining.yaml")
            assert item.get_closest_marker("skip") is None
        """
    )

    result = pytester.runpytest()

    assert result.ret == pytest.ExitCode.OK
