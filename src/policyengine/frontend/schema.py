"""Structure: whether the nodes of a file are what its JSON Schema says. jsonschema's home.

Reads: nodes, and `schemas/<kind>.schema.json`, found in the wheel and in a checkout.
Gives: diagnostics in the words of authors, each on the key or the value to mend; one mistake gives one. The words are
the schema's own where it has an `errorMessage`. `enum: []` says that a key cannot stand here.
Never: shows jsonschema's words, or looks at what an expression or an id means.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator, ValidationError

from policyengine.frontend.yaml_nodes import Mapping, Node, Scalar, Sequence, Style, data
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.span import Span

Kind = Literal["languages", "regions", "facts", "program", "policy", "cases"]
"""The kinds of files: the names of their schemas."""


def check(root: Node, kind: Kind, problems: list[Diagnostic]) -> bool:
    """Report where a file differs from its schema, but at places that have a problem already; True when nowhere."""
    errors = _validator(kind).iter_errors(data(root))
    findings = dict.fromkeys(finding for error in errors for finding in _findings(error))
    known = {problem.span.key for problem in problems}
    found = [_diagnostic(finding, root) for finding in _without_echoes(findings, _deciding_keys(kind))]
    problems.extend(problem for problem in found if problem.span.key not in known)
    return not findings


@cache
def schema(kind: Kind) -> dict[str, Any]:
    """Give the JSON Schema of a kind of file."""
    name = f"{kind}.schema.json"
    packaged = files("policyengine").joinpath("schemas", name)
    if packaged.is_file():
        text = packaged.read_text("utf-8")
    else:  # an editable install, or a checkout
        text = Path(__file__).parents[3].joinpath("schemas", name).read_text("utf-8")
    return dict(json.loads(text))


@cache
def _validator(kind: Kind) -> Draft202012Validator:
    return Draft202012Validator(schema(kind))


@cache
def _deciding_keys(kind: Kind) -> frozenset[str]:
    """Give the keys that conditions ask for: when one is wrong, what follows from the condition is doubtful."""
    return frozenset(_conditions(schema(kind), inside=False))


def _conditions(part: Any, *, inside: bool) -> Iterator[str]:
    match part:
        case dict():
            if inside:
                yield from part.get("required", ())
            for name, value in part.items():
                yield from _conditions(value, inside=inside or name == "if")
        case list():
            for value in part:
                yield from _conditions(value, inside=inside)
        case _:
            return


@dataclass(frozen=True, slots=True)
class _Finding:
    """A rule of the schema that does not hold, for one key of a mapping (or item of a list) or, with None, the root.

    `rule` is the schema's keyword, or `forbidden` for a key that cannot stand here. `of_key`: the rule is about the
    key as such, not its value.
    """

    rule: str
    parent: tuple[str | int, ...]
    key: str | int | None
    of_key: bool
    conditional: bool
    limit: Any = field(compare=False)
    value: Any = field(compare=False)
    schema: dict[str, Any] = field(compare=False)


def _findings(error: ValidationError) -> Iterator[_Finding]:
    steps = tuple(error.absolute_path)
    *before, last = steps or (None,)
    parent = tuple(step for step in before if step is not None)
    conditional = not {"then", "else"}.isdisjoint(error.absolute_schema_path)
    rest = (conditional, error.validator_value, error.instance, error.schema)
    if "propertyNames" in error.absolute_schema_path:
        yield _Finding(error.validator, steps, error.instance, True, *rest)
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield _Finding("required", steps, key, True, *rest)
    elif error.validator == "additionalProperties":
        for key in error.instance:
            if key not in error.schema.get("properties", {}):
                yield _Finding("additionalProperties", steps, key, True, *rest)
    elif error.validator == "enum" and not error.validator_value:
        yield _Finding("forbidden", parent, last, True, *rest)
    else:
        yield _Finding(error.validator, parent, last, False, *rest)


def _without_echoes(findings: Iterable[_Finding], deciding: frozenset[str]) -> Iterator[_Finding]:
    """Give one finding per mistake.

    Left out: a second complaint about one value; a missing key that an unknown one was meant for; and what follows
    from a condition where one of its keys is wrong.
    """
    in_order = sorted(findings, key=lambda finding: finding.rule != "type")
    unknown = [finding for finding in in_order if finding.rule == "additionalProperties"]
    doubtful = {finding.parent for finding in in_order if not finding.conditional and finding.key in deciding}
    doubtful |= {finding.parent for finding in unknown if did_you_mean(str(finding.key), deciding)}
    complained = set[tuple[object, ...]]()
    for finding in in_order:
        misspelt = [str(other.key) for other in unknown if other.parent == finding.parent]
        if finding.conditional and finding.parent in doubtful:
            continue
        if finding.rule == "required" and did_you_mean(str(finding.key), misspelt):
            continue
        place = (finding.parent, finding.key, finding.of_key)
        if place not in complained:
            complained.add(place)
            yield finding


def _diagnostic(finding: _Finding, root: Node) -> Diagnostic:
    words: str | None = finding.schema.get("errorMessage")
    meant: str | None = finding.schema.get("description") if words is None else None
    match finding.rule:
        case "required":
            of_parent = finding.schema.get("properties", {}).get(finding.key, {}).get("description")
            message = words or f"{_called(finding.parent)} lacks `{finding.key}`"
            return Diagnostic(_missing(finding), message, _key_place(root, finding.parent), help=of_parent)
        case "additionalProperties":
            keys = finding.schema.get("properties", {})
            way_out = did_you_mean(str(finding.key), keys) or f"the keys here are {_listed(keys)}"
            place = _key_place(root, (*finding.parent, str(finding.key)))
            return Diagnostic("unknown-key", f"no key `{finding.key}` is known here", place, help=way_out)
        case "forbidden":
            place = _key_place(root, (*finding.parent, str(finding.key)))
            message = words or f"`{finding.key}` cannot stand here"
            return Diagnostic("conflicting-keys", message, place)
        case "type":
            message = words or f"{_expected(finding.limit)} is expected here, not {_given(finding.value)}"
            way_out = _type_help(finding) or meant
            return Diagnostic("wrong-type", message, _value_place(root, finding), help=way_out)
        case "enum":
            message = words or f"`{finding.value}` is not one of {_listed(finding.limit)}"
            way_out = did_you_mean(str(finding.value), map(str, finding.limit)) or meant
            return Diagnostic("wrong-value", message, _value_place(root, finding), help=way_out)
        case "uniqueItems":
            place = _repeated(_node(root, _steps(finding))).span
            return Diagnostic("wrong-value", f"`{place.text}` stands twice in this list", place)
        case rule:
            message = words or _LIMITS.get(rule, "this is not written as it must be").format(finding.limit)
            return Diagnostic("wrong-value", message, _value_place(root, finding), help=meant)


def _missing(finding: _Finding) -> str:
    if finding.key == "source":
        return "unsourced"
    return "conflicting-keys" if "errorMessage" in finding.schema else "missing-key"


def _steps(finding: _Finding) -> tuple[str | int, ...]:
    return finding.parent if finding.key is None else (*finding.parent, finding.key)


def _node(root: Node, steps: Iterable[str | int]) -> Node:
    node: Node | None = root
    for step in steps:
        match node, step:
            case Mapping(), str():
                node = node.get(step)
            case Sequence(items), int():
                node = items[step]
            case _:
                break
    assert node is not None, "the data that was checked is these nodes' data"
    return node


def _key_place(root: Node, steps: tuple[str | int, ...]) -> Span:
    """Give the key that leads to a node; without one, where the node starts."""
    if steps and isinstance(steps[-1], str):
        parent = _node(root, steps[:-1])
        key = parent.key(steps[-1]) if isinstance(parent, Mapping) else None
        assert key is not None, "the data that was checked is these nodes' data"
        return key.span
    match _node(root, steps) if steps else root:
        case Mapping(entries) if entries and steps:
            return entries[0][0].span
        case node if steps:
            return node.span
        case node:
            return Span(node.span.source, node.span.start, node.span.start)


def _value_place(root: Node, finding: _Finding) -> Span:
    """Give a value as it stands, or its key where it is empty or longer than one line should show."""
    if finding.of_key:
        return _key_place(root, _steps(finding))
    node = _node(root, _steps(finding))
    if isinstance(node, Scalar) and node.span.text:
        return node.span
    return _key_place(root, _steps(finding))


def _repeated(node: Node) -> Node:
    """Give the first item that an earlier one equals."""
    assert isinstance(node, Sequence)
    plain = [(type(data(item)), data(item)) for item in node.items]
    later = (item for position, item in enumerate(node.items) if plain[position] in plain[:position])
    return next(later, node)


def _called(steps: tuple[str | int, ...]) -> str:
    match steps[-1:]:
        case (str(key),):
            return f"`{key}`"
        case (int(),):
            return "this item"
        case _:
            return "the file"


def _listed(words: Iterable[object]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _expected(kinds: str | list[str]) -> str:
    return " or ".join(_KINDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _given(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | Decimal():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _type_help(finding: _Finding) -> str | None:
    match finding.value:
        case int() | Decimal() if "errorMessage" not in finding.schema and "string" in finding.limit:
            return "put it in quotes"
        case str() if finding.limit == "boolean":
            return "write `true` or `false`"
        case _:
            return None


_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "null": "nothing",
}
_LIMITS = {
    "const": "only `{0}` can stand here",
    "minLength": "this text is empty",
    "minItems": "at least {0} items are expected here",
    "maxItems": "at most {0} items are expected here",
    "minProperties": "at least one entry is expected here",
    "minimum": "at least {0} is expected here",
    "maximum": "at most {0} is expected here",
}
