"""The same two checks in other engines, in the form that each is fastest at while it still says what failed.

None of them checks its facts, knows regions or days, or has a third truth value: what is timed is one region's rule
of one day on complete facts.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cedarpy
import cel as cel_rust
import celpy
import simpleeval
import zen

Facts = dict[str, Any]
Row = tuple[str, Callable[[Facts], Sequence[str]], str]

# Each requirement in the syntaxes of zen, of Python (simpleeval), of CEL and of Cedar.
_ELIGIBILITY: dict[str, tuple[str, ...]] = {
    "adult": ("creator.age >= 18",) * 3 + ("context.creator.age >= 18",),
    "residence": (
        "creator.region in ['KR', 'ZA']",
        "creator.region in ['KR', 'ZA']",
        "creator.region in ['KR', 'ZA']",
        '["KR", "ZA"].contains(context.creator.region)',
    ),
    "account_age": ("creator.account_age >= 30",) * 3 + ("context.creator.account_age >= 30",),
    "account_type": (
        "creator.account_type in ['personal', 'business']",
        "creator.account_type in ['personal', 'business']",
        "creator.account_type in ['personal', 'business']",
        '["personal", "business"].contains(context.creator.account_type)',
    ),
    "public_videos": ("creator.public_videos_30d >= 3",) * 3 + ("context.creator.public_videos_30d >= 3",),
    "views": ("creator.views_30d >= 1000",) * 3 + ("context.creator.views_30d >= 1000",),
    "original_content": ("creator.original_content",) * 3 + ("context.creator.original_content",),
    "conduct": (
        "not creator.repeat_violations",
        "not creator.repeat_violations",
        "!creator.repeat_violations",
        "!context.creator.repeat_violations",
    ),
    "followers": ("creator.followers >= 10000",) * 3 + ("context.creator.followers >= 10000",),
    "sold_elsewhere": ("creator.sold_elsewhere",) * 3 + ("context.creator.sold_elsewhere",),
}
_LIMITS: dict[str, tuple[str, ...]] = {
    "number_of_videos": ("len(series.videos) <= 80", "len(series.videos) <= 80", "size(series.videos) <= 80"),
    "video_length": (
        "all(series.videos, #.length >= 30 and #.length <= 1200)",
        "all_within(series.videos)",
        "series.videos.all(v, v.length >= 30 && v.length <= 1200)",
    ),
    "price": (
        "series.price >= 0.99 and series.price <= 189.99",
        "0.99 <= series.price <= 189.99",
        "double(series.price) >= 0.99 && double(series.price) <= 189.99",
    ),
}
_CHECKS = {"eligibility": _ELIGIBILITY, "limits": _LIMITS}


def peers(check: str) -> Iterator[Row]:
    """Give every engine that can say which requirements of a check failed."""
    rules = _CHECKS[check]
    names = list(rules)
    yield _zen(names, [rule[0] for rule in rules.values()])
    yield _cel_rust(names, [rule[2] for rule in rules.values()])
    yield _cel_python(names, [rule[2] for rule in rules.values()])
    if check == "eligibility":  # no loops over lists in simpleeval's expressions, no arithmetic over sets in Cedar
        yield _simpleeval(names, [rule[1] for rule in rules.values()])
        yield _cedar(names, [rule[3] for rule in rules.values()])


def _failed(names: Sequence[str], truths: Sequence[Any]) -> list[str]:
    return [name for name, truth in zip(names, truths, strict=True) if not truth]


def _zen(names: Sequence[str], rules: Sequence[str]) -> Row:
    expression = zen.compile_expression("[" + ", ".join(f"({rule})" for rule in rules) + "]")
    return (
        "zen-engine: one expression",
        lambda facts: _failed(names, expression.evaluate(facts)),
        "failed names",
    )


def _cel_rust(names: Sequence[str], rules: Sequence[str]) -> Row:
    program = cel_rust.compile("[" + ", ".join(rules) + "]")
    return "CEL in Rust: one expression", lambda facts: _failed(names, program.execute(facts)), "failed names"


def _cel_python(names: Sequence[str], rules: Sequence[str]) -> Row:
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    program = environment.program(environment.compile("[" + ", ".join(rules) + "]"))

    def failed(facts: Facts) -> list[str]:
        context = {name: celpy.json_to_cel(value) for name, value in facts.items()}
        return _failed(names, program.evaluate(context))

    return "cel-python: compiled", failed, "failed names"


def _simpleeval(names: Sequence[str], rules: Sequence[str]) -> Row:
    evaluator = simpleeval.EvalWithCompoundTypes()
    parsed = ast.parse("[" + ", ".join(rules) + "]", mode="eval").body

    def failed(facts: Facts) -> list[str]:
        evaluator.names = facts
        return _failed(names, evaluator.eval("", previously_parsed=parsed))

    return "simpleeval: parsed once", failed, "failed names"


def _cedar(names: Sequence[str], rules: Sequence[str]) -> Row:
    text = "permit(principal, action, resource);\n" + "\n".join(
        f'@id("{name}") forbid(principal, action, resource) unless {{ {rule} }};'
        for name, rule in zip(names, rules, strict=True)
    )
    policies = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str("[]")
    titles = {f"policy{index + 1}": name for index, name in enumerate(names)}

    def failed(facts: Facts) -> list[str]:
        request = {
            "principal": {"type": "Creator", "id": "one"},
            "action": {"type": "Action", "id": "join"},
            "resource": {"type": "Program", "id": "series"},
            "context": facts,
        }
        reasons = cedarpy.is_authorized(request, policies, entities).diagnostics.reasons
        found = {titles.get(reason, reason) for reason in reasons}
        return [name for name in names if name in found]

    return "cedarpy: one policy a requirement", failed, "failed names"
