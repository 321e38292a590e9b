"""A creator as an author's case, to be pasted into `policies/<program>/cases/*.yaml`.

Reads: facts underneath, a day, a region, what is expected.
Gives: YAML text, in the form that `cases` reads.
"""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any

from policyengine.model.checked import FactDeclaration
from policyengine.targets.interpreter import Given
from policyengine.targets.smt import to_caller

_WIDTH = 88
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.%-]*( [A-Za-z0-9_.%-]+)*")
_SENTENCE = re.compile(r"[A-Za-z][A-Za-z0-9_., @%-]*[A-Za-z0-9_.%]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHERWISE = re.compile(r"(?i)true|false|null|yes|no|on|off|~|[-+.0-9][-+.0-9_eE:]*")
"""Plain scalars that YAML readers of one age or another take for something else than text."""


def case_text(
    name: str,
    facts: Mapping[str, Given],
    on: datetime.date,
    expect: Mapping[str, object],
    vocabulary: Mapping[str, FactDeclaration],
    region_by: str,
) -> str:
    """Write a case; `expect` has outcomes by check, and lists of ids or mappings of values by their key."""
    given = to_caller(_as_declared(facts, vocabulary), vocabulary)
    entity, _, field = region_by.partition(".")
    region = given.get(entity, {}).pop(field, None)
    lines = [f"- name: {name if _SENTENCE.fullmatch(name) else _scalar(name)}", f"  on: {on}"]
    lines += [f"  region: {_scalar(region)}"] if region is not None else []
    told = {entity: record for entity, record in given.items() if record}
    lines += ["  facts:" if told else "  facts: {}"]
    for entity, record in told.items():
        lines.append(_folded(f"    {entity}: ", "{", [f"{key}: {_flow(value)}" for key, value in record.items()], "}"))
    lines.append(f"  expect: {_flow(expect)}")
    return "\n".join(lines) + "\n"


def indented(text: str) -> str:
    """Set a case in as it stands below `cases:`."""
    return indent(text, "  ")


def _folded(begin: str, opening: str, parts: Sequence[str], closing: str) -> str:
    one = f"{begin}{opening}{', '.join(parts)}{closing}"
    if len(one) <= _WIDTH:
        return one
    lines, line = [f"{begin}{opening}"], " " * 5
    for part in parts:
        if len(line) + len(part) + 2 > _WIDTH and line.strip():
            lines.append(line)
            line = " " * 5
        line += f" {part},"
    return "\n".join([*lines, line, f"    {closing}"])


def _flow(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
        case str():
            return _scalar(value)
        case Sequence():
            return "[" + ", ".join(_flow(part) for part in value) + "]"
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case _:
            return str(value)


def _scalar(text: str) -> str:
    if _DAY.fullmatch(text) or (_PLAIN.fullmatch(text) and not _OTHERWISE.fullmatch(text)):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def in_words(facts: Mapping[str, Given], vocabulary: Mapping[str, FactDeclaration], only: Iterable[str] = ()) -> str:
    """Name facts as the language writes them, those that are asked for or all: `creator.age` 18 years."""
    wanted = frozenset(only) or facts.keys()
    told = to_caller({path: raw for path, raw in _as_declared(facts, vocabulary).items() if path in wanted}, vocabulary)
    each = [f"`{entity}.{name}` {_flow(value)}" for entity, record in told.items() for name, value in record.items()]
    return ", ".join(each) or "nothing given"


def _as_declared(facts: Mapping[str, Given], vocabulary: Mapping[str, FactDeclaration]) -> dict[str, Given]:
    return {path: facts[path] for path in vocabulary if path in facts}
