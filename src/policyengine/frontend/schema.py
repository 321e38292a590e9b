"""Structure: whether the nodes of a file are what its JSON Schema says. jsonschema's home.

Reads: nodes, and `schemas/<kind>.schema.json`, found in the wheel and in a checkout.
Gives: diagnostics in the words of authors, each on the key or the value to mend; one mistake gives one. The
words are the schema's own where it has an `errorMessage`. `enum: []` says that a key cannot stand here.
Never: shows jsonschema's words, or looks at what an expression or an id means.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator, ValidationError

from policyengine.frontend.yaml_nodes import Mapping, Node, Scalar, Sequence, data
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.span import Span

Kind = Literal["languages", "regions", "facts", "program", "policy", "cases", "invariants"]
"""The kinds of files: the names of their schemas."""
Steps = tuple[str | int, ...]
"""The way from the root to a node: keys and positions."""


def check(root: Node, kind: Kind, problems: list[Diagnostic]) -> None:
    """Report where a file differs from its schema, but for places with a problem already."""
    errors = _validator(kind).iter_errors(data(root))
    findings = islice((finding for error in errors for finding in _findings(error)), _MOST)
    known = {problem.span.key for problem in problems}
    found = [_diagnostic(finding, root) for finding in _without_echoes(findings, _deciding_keys(kind))]
    problems.extend(problem for problem in found if problem.span.key not in known)


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
    # following a `$ref` again and again is half of jsonschema's time
    return Draft202012Validator(_written_out(schema(kind), schema(kind).get("$defs", {}), ()))


def _written_out(part: Any, definitions: dict[str, Any], within: tuple[str, ...]) -> Any:
    """Put definitions where they are referred to, but for those that contain themselves."""
    match part:
        case {"$ref": str(reference), **others} if others.keys() <= {"description"} and reference not in within:
            definition = definitions[reference.removeprefix("#/$defs/")]
            return {**_written_out(definition, definitions, (*within, reference)), **others}
        case dict():
            return {
                name: value if name == "$defs" else _written_out(value, definitions, within)
                for name, value in part.items()
            }
        case list():
            return [_written_out(value, definitions, within) for value in part]
        case _:
            return part


@cache
def _deciding_keys(kind: Kind) -> frozenset[str]:
    """Give the keys that conditions ask for: after a mistake in one, what they say is doubtful."""
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
    """A rule of the schema that does not hold for a key of a mapping, or an item of a list; None is the root.

    `rule` is the schema's keyword, or `forbidden` for a key that cannot stand here. `of_key`: it is about
    the key as such, not about its value.
    """

    rule: str
    parent: Steps
    key: str | int | None
    of_key: bool
    conditional: bool
    limit: Any = field(compare=False)
    value: Any = field(compare=False)
    schema: dict[str, Any] = field(compare=False)

    @property
    def steps(self) -> Steps:
        """The way to the value."""
        return self.parent if self.key is None else (*self.parent, self.key)


def _findings(error: ValidationError) -> Iterator[_Finding]:
    """Give what jsonschema reports, one finding for each key."""
    limit: Any = error.validator_value
    value: Any = error.instance
    schema_: Any = error.schema
    steps: Steps = tuple(error.absolute_path)
    conditional = not {"then", "else"}.isdisjoint(error.absolute_schema_path)

    def finding(rule: str, parent: Steps, key: str | int | None, *, of_key: bool) -> _Finding:
        return _Finding(rule, parent, key, of_key, conditional, limit, value, schema_)

    rule = str(error.validator)
    if "propertyNames" in error.absolute_schema_path:
        yield finding(rule, steps, value, of_key=True)
    elif rule == "required":
        yield from (finding(rule, steps, key, of_key=True) for key in limit if key not in value)
    elif rule == "additionalProperties":
        known = schema_.get("properties", {})
        yield from (finding(rule, steps, key, of_key=True) for key in value if key not in known)
    elif rule == "enum" and not limit:
        yield finding("forbidden", steps[:-1], steps[-1], of_key=True)
    else:
        yield finding(rule, steps[:-1], steps[-1] if steps else None, of_key=False)


def _without_echoes(findings: Iterable[_Finding], deciding: frozenset[str]) -> Iterator[_Finding]:
    """Give one finding per mistake.

    Left out: a second complaint about one value; a missing key that an unknown one was meant for; and what
    follows from a condition where one of its keys is wrong.
    """
    in_order = sorted(dict.fromkeys(findings), key=lambda finding: finding.rule != "type")
    unknown = defaultdict[Steps, list[str]](list)
    doubtful = set[Steps]()
    for finding in in_order:
        if finding.rule == "additionalProperties":
            unknown[finding.parent].append(str(finding.key))
        if not finding.conditional and (finding.key in deciding or _meant_for(finding, deciding)):
            doubtful.add(finding.parent)
    complained = set[tuple[Steps, str | int | None, bool]]()
    for finding in in_order:
        if finding.conditional and finding.parent in doubtful:
            continue
        if finding.rule == "required" and did_you_mean(str(finding.key), unknown[finding.parent]):
            continue
        place = (finding.parent, finding.key, finding.of_key)
        if place not in complained:
            complained.add(place)
            yield finding


def _meant_for(finding: _Finding, deciding: frozenset[str]) -> bool:
    unknown = finding.rule == "additionalProperties"
    return unknown and did_you_mean(str(finding.key), deciding) is not None


def _diagnostic(finding: _Finding, root: Node) -> Diagnostic:
    part, key = finding.schema, finding.key
    words: str | None = part.get("errorMessage")
    meant: str | None = None if words else part.get("description")
    match finding.rule:
        case "required":
            message = words or f"{_called(finding.parent)} lacks `{key}`"
            meant = part.get("properties", {}).get(key, {}).get("description")
            return Diagnostic(_missing(finding), message, _key_place(root, finding.parent), help=meant)
        case "additionalProperties":
            keys = part.get("properties", {})
            rest_of_value = not str(key).replace("_", "").replace("-", "").isalnum()
            others = _COMMA if rest_of_value else f"the keys here are {_listed(keys)}"
            way_out = did_you_mean(str(key), keys) or others
            place = _key_place(root, finding.steps)
            return Diagnostic("unknown-key", f"no key `{key}` is known here", place, help=way_out)
        case "forbidden":
            message = words or f"`{key}` cannot stand here"
            return Diagnostic("conflicting-keys", message, _key_place(root, finding.steps))
        case "type":
            message = words or f"{_expected(finding.limit)} is expected here, {_given(finding.value)}"
            way_in = _type_help(finding) or meant
            return Diagnostic("wrong-type", message, _value_place(root, finding), help=way_in)
        case "enum":
            message = words or f"`{finding.value}` is not one of {_listed(finding.limit)}"
            near = did_you_mean(str(finding.value), map(str, finding.limit)) or meant
            return Diagnostic("wrong-value", message, _value_place(root, finding), help=near)
        case "uniqueItems":
            place = _repeated(_node(root, finding.steps)).span
            return Diagnostic("wrong-value", f"`{place.text}` stands twice in this list", place)
        case rule:
            message = words or _LIMITS.get(rule, "this is not written as it must be").format(finding.limit)
            return Diagnostic("wrong-value", message, _value_place(root, finding), help=meant)


def _missing(finding: _Finding) -> str:
    if "errorMessage" in finding.schema:  # the words of one that lacks each of several
        return "conflicting-keys"
    return {"source": "unsourced", "range": "missing-range"}.get(str(finding.key), "missing-key")


def _node(root: Node, steps: Steps) -> Node:
    node: Node | None = root
    for step in steps:
        match node, step:
            case Mapping(), str():
                node = node.get(step)
            case Sequence(items), int():
                node = items[step]
            case _:
                break
    assert node is not None, "what was checked is these nodes' data"
    return node


def _key_place(root: Node, steps: Steps) -> Span:
    """Give the key that leads to a node; for an item of a list its first key, for the root its start."""
    if not steps:
        return Span(root.span.source, root.span.start, root.span.start)
    parent, node = _node(root, steps[:-1]), _node(root, steps)
    if isinstance(parent, Mapping):
        node = parent.key(str(steps[-1])) or node
    return node.entries[0][0].span if isinstance(node, Mapping) and node.entries else node.span


def _value_place(root: Node, finding: _Finding) -> Span:
    """Give a single value as it stands; its key where it is empty or more than that."""
    node = _node(root, finding.steps)
    if isinstance(node, Scalar) and node.span.text and not finding.of_key:
        return node.span
    return _key_place(root, finding.steps)


def _repeated(node: Node) -> Node:
    """Give the first item that an earlier one equals."""
    assert isinstance(node, Sequence)
    seen = set[str]()
    for item in node.items:
        plain = repr(data(item))
        if plain in seen:
            return item
        seen.add(plain)
    return node


def _called(steps: Steps) -> str:
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
            return "and nothing stands here"
        case bool():
            return f"not `{str(value).lower()}`"
        case int() | Decimal():
            return "not a number"
        case str():
            return "not a text"
        case list():
            return "not a list"
        case _:
            return "not a mapping"


def _type_help(finding: _Finding) -> str | None:
    match finding.value:
        case int() | Decimal() if "errorMessage" not in finding.schema and "string" in finding.limit:
            return "put it in quotes"
        case str() if finding.limit == "boolean":
            return "write `true` or `false`"
        case _:
            return None


_MOST = 200
"""How many findings of one file are looked at: more of them help nobody."""
_COMMA = "if it is the rest of a value: between braces, a value with a comma goes in quotes"
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
