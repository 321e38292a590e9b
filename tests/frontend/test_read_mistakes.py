"""Mistakes in files: `#! code` stands on the line that must be reported, and nothing else may be."""

import re
from pathlib import Path
from textwrap import dedent, indent

import pytest

from policyengine.frontend.read import read
from policyengine.model.diagnostic import Diagnostic

LANGUAGES = """
languages:
  en:
    name: English
    thousands: ","
    decimal: "."
    date: "{day} {month} {year}"
    months: [Jan, Feb, Mar, Apr, May, June, July, Aug, Sept, Oct, Nov, Dec]
    units: {}
"""
REGIONS = """
regions:
  world: {name: {en: World}}
"""
POLICIES = {
    "an unknown key": """
        sorces: {}  #! unknown-key
    """,
    "two mistakes": """
        sorces: {}  #! unknown-key
        definitions:
          d: {}  #! conflicting-keys
    """,
    "an unknown key of an entry": """
        definitions:
          d: {expresion: x}  #! unknown-key
    """,
    "a requirement of no kind": """
        checks:
          eligibility:
            a: {binding: true}  #! conflicting-keys
    """,
    "a requirement of two kinds": """
        checks:
          eligibility:
            a:
              require: x
              any_of: {b: {require: y}}  #! conflicting-keys
    """,
    "a parameter without a source": """
        parameters:
          a: {value: 18 years}  #! unsourced
    """,
    "a parameter without a value": """
        parameters:
          a: {source: s}  #! conflicting-keys
    """,
    "a value beside regions": """
        sources:
          s: {title: a, publisher: b, certainty: low}
        parameters:
          a:
            value: 1
            regions: [KR]  #! conflicting-keys
            source: s
    """,
    "more than the removal of an entry": """
        checks:
          eligibility:
            a:
              removed: true
              says: {en: b}  #! conflicting-keys
    """,
    "a removal that removes nothing": """
        checks:
          eligibility:
            a:
              removed: false  #! wrong-value
              require: x
    """,
    "a flag inside a group": """
        checks:
          eligibility:
            a:
              all_of:
                b:
                  require: x
                  new: true  #! conflicting-keys
    """,
    "rules of a withdrawn file": """
        withdrawn: true
        checks: {}  #! conflicting-keys
    """,
    "a number where a text is expected": """
        sources:
          s:
            title: 5  #! wrong-type
            publisher: b
            certainty: low
    """,
    "nothing where an expression is expected": """
        checks:
          eligibility:
            a:
              require:  #! wrong-type
    """,
    "a list where a mapping is expected": """
        checks:
          eligibility: [a]  #! wrong-type
    """,
    "a word where true or false is expected": """
        parameters:
          a:
            regions: [KR]
            open: yes  #! wrong-type
            source: s
    """,
    "a misspelt word": """
        sources:
          s:
            title: a
            publisher: b
            certainty: hgih  #! wrong-value
    """,
    "an id that is no name": """
        definitions:
          Grown: {expression: x}  #! wrong-value
    """,
    "a region that stands twice": """
        parameters:
          a:
            source: s
            regions:
              - KR
              - NO
              - KR  #! wrong-value
    """,
    "an empty group": """
        checks:
          eligibility:
            a:
              all_of: {}  #! wrong-value
    """,
    "a word of the language as an id": """
        definitions:
          today: {expression: x}  #! reserved-name
    """,
    "an id that stands twice in a check": """
        checks:
          eligibility:
            a: {require: x}
            b:
              any_of:
                a: {require: y}  #! duplicate-id
          limits:
            a: {require: x}
    """,
    "a key that stands twice": """
        checks:
          eligibility: {a: {require: x}}
          eligibility: {}  #! duplicate-key
    """,
    "an unknown source of a parameter": """
        parameters:
          a: {value: 1, source: page}  #! unknown-source
    """,
    "an unknown source of a report": """
        sources:
          s: {title: a, publisher: b, certainty: low}
        parameters:
          a:
            value: 1
            source: s
            also_reported:
              - {value: 2, source: t}  #! unknown-source
    """,
    "an unknown source of a requirement": """
        checks:
          eligibility:
            a:
              require: x
              source: page  #! unknown-source
    """,
    "a day that does not exist": """
        waivers:
          a: {until: 2023-02-30, because: {en: a}}  #! bad-literal
    """,
    "a day of a source that does not exist": """
        sources:
          s: {title: a, publisher: b, certainty: low, published: 2023-02-30}  #! bad-literal
    """,
    "a number with a leading zero": """
        checks:
          eligibility:
            a:
              require: 012  #! bad-literal
    """,
    "a text that the language cannot write": """
        sources:
          s: {title: a, publisher: b, certainty: low}
        parameters:
          a:
            value: 'a "b"'  #! bad-literal
            source: s
    """,
    "a constant in a block": """
        sources:
          s: {title: a, publisher: b, certainty: low}
        parameters:
          a:
            value: |  #! quoting
              18 years
            source: s
    """,
    "an expression with escapes": """
        definitions:
          d: {expression: "a\\tb"}  #! quoting
    """,
    "a folded expression": """
        definitions:
          d:
            expression: >  #! quoting
              a and b
    """,
    "what is no expression": """
        definitions:
          d: {expression: a orb}  #! syntax-error
    """,
    "what is no expression in a later line": """
        definitions:
          d:
            expression: |
              # é 😀
              a and
              b orb  #! syntax-error
    """,
    "a text without a language": """
        checks:
          eligibility:
            a:
              require: x
              obliges: {id: b}  #! missing-translation
    """,
}
FACTS = {
    "a number without a range": """
        a: {type: integer, question: {en: a}, privacy: public}  #! missing-range
    """,
    "a fact without a type": """
        a: {currency: USD, question: {en: a}, privacy: public}  #! missing-key
    """,
    "a misspelt type": """
        a: {type: mony, currency: USD, range: [0, 1], question: {en: a}, privacy: public}  #! wrong-value
    """,
    "a currency of what is no money": """
        a:
          type: boolean
          currency: USD  #! conflicting-keys
          question: {en: a}
          privacy: public
    """,
    "a fact named like a word of the language": """
        where: {type: boolean, question: {en: a}, privacy: public}  #! reserved-name
    """,
    "a field named like a word of the language": """
        a:
          type: list
          max_items: 5
          unit: items
          item: {every: {type: text}}  #! reserved-name
          question: {en: a}
          privacy: public
    """,
    "a unit named like a word of the language": """
        a:
          type: integer
          unit: count  #! reserved-name
          range: [0, 1]
          question: {en: a}
          privacy: public
    """,
    "a range that is no literal": """
        a:
          type: integer
          range:
            - 0
            - +  #! syntax-error
          question: {en: a}
          privacy: public
    """,
    "a range of one end": """
        a:
          type: integer
          range: [0]  #! wrong-value
          question: {en: a}
          privacy: public
    """,
    "words of a choice without a language": """
        a:
          type: choice
          values:
            b: {id: c}  #! missing-translation
          question: {en: a}
          privacy: public
    """,
}
CASES = {
    "a day that does not exist": """
        - name: a
          on: 2023-13-01  #! bad-literal
          expect: {eligibility: met}
    """,
    "no day": """
        - name: a  #! missing-key
          expect: {eligibility: met}
    """,
    "no outcome": """
        - name: a
          on: 2023-12-01
          expect: {because: [b]}  #! wrong-value
    """,
    "a misspelt outcome": """
        - name: a
          on: 2023-12-01
          expect: {eligibility: mte}  #! wrong-value
    """,
    "a region and regions": """
        - name: a
          on: 2023-12-01
          region: KR
          regions: [KR]  #! conflicting-keys
          expect: {eligibility: met}
    """,
    "a list in a list": """
        - name: a
          on: 2023-12-01
          facts: {series: {videos: [{length: [1]}]}}  #! wrong-type
          expect: {eligibility: met}
    """,
}
FILES = {
    "another entity": ("facts/series.yaml", "entity: video  #! misplaced-file"),
    "another program": ("effects/world/2023-06-06.yaml", "program: series  #! misplaced-file"),
    "another region": ("series/KR/2023-06-06.yaml", "region: world  #! misplaced-file"),
    "another day": ("series/world/2023-06-07.yaml", "effective: 2023-06-06  #! misplaced-file"),
    "another program of cases": ("effects/cases/a.yaml", "program: series  #! misplaced-file"),
    "a draft without a draft's name": ("series/world/2023-06-06.yaml", "draft: true  #! misplaced-file"),
    "a draft's name without a draft": ("series/world/2023-06-06.strict.yaml", "#! misplaced-file"),
    "a day in the name that does not exist": (
        "series/world/2023-02-30.yaml",
        "effective: 2023-02-30  #! bad-literal",
    ),
    "a name that is no day": ("series/world/latest.yaml", "#! misplaced-file"),
    "another ending": ("series/world/2023-06-06.yml", "#! misplaced-file"),
    "a file that has no place": ("series/notes.yaml", "#! misplaced-file"),
    "a file that lies too deep": ("series/world/old/2023-06-06.yaml", "#! misplaced-file"),
    "an empty file": ("series/world/2023-06-06.yaml", "#! wrong-type"),
    "a list": ("series/world/2023-06-06.yaml", "- a  #! wrong-type"),
    "no yaml": ("series/world/2023-06-06.yaml", "a: b: c  #! yaml-syntax"),
    "a region without a name": (
        "regions.yaml",
        "regions: {world: {name: {en: a}},\n  KR: {part_of: world}}  #! missing-key",
    ),
    "a root that is part of something": (
        "regions.yaml",
        "regions: {world: {name: {en: a},\n  part_of: asia}}  #! conflicting-keys",
    ),
    "a group named like a word of the language": (
        "regions.yaml",
        "regions: {world: {name: {en: a}},\n  in: {part_of: world, name: {en: a}}}  #! reserved-name",
    ),
    "a language of eleven months": ("languages.yaml", "x"),
}
POLICY = "series/world/2023-06-06.yaml"
FILES = {
    "another entity": (
        "facts/series.yaml",
        """
        entity: video  #! misplaced-file
        facts: {a: {type: text, question: {en: a}, privacy: public}}
        """,
    ),
    "another program": (
        "effects/world/2023-06-06.yaml",
        """
        program: series  #! misplaced-file
        region: world
        effective: 2023-06-06
        """,
    ),
    "another region": (
        "series/KR/2023-06-06.yaml",
        """
        program: series
        region: world  #! misplaced-file
        effective: 2023-06-06
        """,
    ),
    "another day": (
        "series/world/2023-06-07.yaml",
        """
        program: series
        region: world
        effective: 2023-06-06  #! misplaced-file
        """,
    ),
    "another program of cases": (
        "effects/cases/a.yaml",
        """
        program: series  #! misplaced-file
        cases: [{name: a, on: 2023-06-06, expect: {limits: met}}]
        """,
    ),
    "a draft without a draft's name": (
        POLICY,
        """
        program: series
        region: world
        effective: 2023-06-06
        draft: true  #! misplaced-file
        """,
    ),
    "a draft's name without a draft": (
        "series/world/2023-06-06.strict.yaml",
        """
        #! misplaced-file
        program: series
        region: world
        effective: 2023-06-06
        """,
    ),
    "a day in the name that does not exist": (
        "series/world/2023-02-30.yaml",
        """
        program: series
        region: world
        effective: 2023-02-30  #! bad-literal
        """,
    ),
    "a file without what it needs": (
        POLICY,
        """
        program: series  #! missing-key
        effective: 2023-06-06
        """,
    ),
    "a misspelt key that the file needs": (
        POLICY,
        """
        program: series
        regoin: world  #! unknown-key
        effective: 2023-06-06
        """,
    ),
    "a file that is a list": (POLICY, "- a  #! wrong-type"),
    "a file that is no yaml": (POLICY, "a: b: c  #! yaml-syntax"),
    "an empty file": (POLICY, "#! wrong-type"),
    "a name that is no day": ("series/world/latest.yaml", "#! misplaced-file"),
    "another ending": ("series/world/2023-06-06.yml", "#! misplaced-file"),
    "a file that has no place": ("series/notes.yaml", "#! misplaced-file"),
    "a file that lies too deep": ("series/world/old/2023-06-06.yaml", "#! misplaced-file"),
    "a region without a name": (
        "regions.yaml",
        """
        regions:
          world: {name: {en: World}}
          KR: {part_of: world}  #! missing-key
        """,
    ),
    "a root that is part of something": (
        "regions.yaml",
        """
        regions:
          world:
            name: {en: World}
            part_of: asia  #! conflicting-keys
        """,
    ),
    "a group named like a word of the language": (
        "regions.yaml",
        """
        regions:
          world: {name: {en: World}}
          in: {part_of: world, name: {en: In}}  #! reserved-name
        """,
    ),
    "a language of few months": (
        "languages.yaml",
        """
        languages:
          en:
            name: English
            thousands: ","
            decimal: "."
            date: "{day} {month} {year}"
            months: [January]  #! wrong-value
            units: {}
        """,
    ),
    "a check without words for its outcomes": (
        "series/program.yaml",
        """
        program: series
        title: {en: a}
        about: {en: a}
        grants: {en: a}
        checks:
          eligibility:
            title: {en: a}
            region_by: creator.region
            version_by: today
            reads: {met: {en: a}, unmet: {en: a}, unknown: {en: a}}  #! missing-key
        """,
    ),
}


def _expected(text: str) -> list[tuple[int, str]]:
    lines = enumerate(text.split("\n"), start=1)
    return [(number, found[1]) for number, line in lines if (found := re.search(r"#! ([a-z-]+)", line))]


def _reported(path: str, text: str) -> list[tuple[int, str]]:
    texts = {"languages.yaml": LANGUAGES, "regions.yaml": REGIONS, path: text}
    _, problems = read(Path("/nowhere/policies"), texts=texts)
    assert {problem.span.path for problem in problems} == {f"/nowhere/policies/{path}"}
    return [(problem.span.line, problem.code) for problem in problems]


@pytest.mark.parametrize("text", POLICIES.values(), ids=POLICIES)
def test_a_mistake_in_a_policy_is_one_problem_on_its_line(text: str) -> None:
    file = "program: series\nregion: world\neffective: 2023-06-06\n" + dedent(text)

    assert _reported(POLICY, file) == _expected(file)


@pytest.mark.parametrize("text", FACTS.values(), ids=FACTS)
def test_a_mistake_in_a_fact_is_one_problem_on_its_line(text: str) -> None:
    file = "entity: creator\nfacts:\n" + indent(dedent(text), "  ")

    assert _reported("facts/creator.yaml", file) == _expected(file)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_a_mistake_in_a_case_is_one_problem_on_its_line(text: str) -> None:
    file = "program: series\ncases:\n" + indent(dedent(text), "  ")

    assert _reported("series/cases/a.yaml", file) == _expected(file)


@pytest.mark.parametrize(("path", "text"), FILES.values(), ids=FILES)
def test_a_mistake_about_a_file_is_one_problem_on_its_line(path: str, text: str) -> None:
    file = dedent(text).strip()

    assert _reported(path, file) == _expected(file)


def _problem(text: str) -> Diagnostic:
    texts = {"languages.yaml": LANGUAGES, "regions.yaml": REGIONS, POLICY: dedent(text)}
    _, (problem,) = read(Path("/nowhere/policies"), texts=texts)
    return problem


def test_a_misspelt_key_has_a_way_out() -> None:
    problem = _problem("""
        program: series
        region: world
        effective: 2023-06-06
        sorces: {}
    """)

    assert problem.message == "no key `sorces` is known here"
    assert problem.help == "did you mean `sources`?"
    assert problem.span.text == "sorces"


def test_a_misspelt_word_has_a_way_out() -> None:
    problem = _problem("""
        program: series
        region: world
        effective: 2023-06-06
        sources: {s: {title: a, publisher: b, certainty: hgih}}
    """)

    assert problem.message == "`hgih` is not one of `high`, `medium`, `low`, `assumption`"
    assert problem.help == "did you mean `high`?"
    assert problem.span.text == "hgih"


def test_an_id_that_stands_twice_is_shown_with_the_first() -> None:
    problem = _problem("""
        program: series
        region: world
        effective: 2023-06-06
        checks: {eligibility: {a: {require: x}, g: {any_of: {a: {require: y}}}}}
    """)

    assert [(note.message, note.span and note.span.column) for note in problem.notes] == [
        ("it stands here first", 24),
    ]
