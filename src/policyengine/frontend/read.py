"""A folder of policies, from files to everything that stands in them.

Reads: a folder, through `layout`, `yaml_nodes` and `schema`; texts may stand in for files.
Gives: `PolicySet`, and all problems of all files. A file with an error is left out; the rest is still read.
Never: looks a name up in another file.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from policyengine.frontend import schema, yaml_nodes
from policyengine.frontend.layout import Found, find
from policyengine.frontend.read_cases import cases
from policyengine.frontend.read_declarations import facts, languages, program, regions
from policyengine.frontend.read_parts import Reading, as_mapping, as_scalar
from policyengine.frontend.read_policy import policy
from policyengine.model.authored import PolicySet
from policyengine.model.diagnostic import Diagnostic, Severity, in_order

_Entry = TypeVar("_Entry")
_Build = Callable[[yaml_nodes.Mapping, Reading], _Entry]


def read(
    folder: Path,
    *,
    texts: Mapping[str, str] | None = None,
) -> tuple[PolicySet | None, tuple[Diagnostic, ...]]:
    """Read every file of a folder, in the order of their paths.

    `texts` stand in for files, or add some: a path within the folder, or an absolute one, and the text.
    Messages show paths from the current directory when the folder lies below it, else as it was given.
    The set is None when there is no language or no region; otherwise it holds every file without an error.
    """
    problems: list[Diagnostic] = []
    files = find(folder, texts or {}, problems)

    spoken = [language for found in _each(files, "languages", languages, (), problems) for language in found]
    required = tuple(language.code for language in spoken)
    tree = [region for found in _each(files, "regions", regions, required, problems) for region in found]
    everything = PolicySet(
        languages=tuple(spoken),
        regions=tuple(tree),
        facts=tuple(_each(files, "facts", facts, required, problems)),
        programs=tuple(_each(files, "program", program, required, problems)),
        files=tuple(_each(files, "policy", policy, required, problems)),
        cases=tuple(_each(files, "cases", cases, required, problems)),
    )
    return everything if spoken and tree else None, in_order(problems)


def _each(
    files: tuple[Found, ...],
    kind: schema.Kind,
    build: _Build[_Entry],
    required: tuple[str, ...],
    problems: list[Diagnostic],
) -> Iterator[_Entry]:
    """Give what the files of one kind say, but for files with an error."""
    for file in files:
        if file.place.kind == kind:
            reading = Reading(required, [])
            entry = _file(file, build, reading)
            problems.extend(reading.problems)
            is_sound = all(problem.severity is not Severity.ERROR for problem in reading.problems)
            if entry is not None and is_sound:
                yield entry


def _file(file: Found, build: _Build[_Entry], reading: Reading) -> _Entry | None:
    node = yaml_nodes.read_yaml(file.source, reading.problems)
    if node is not None:
        schema.check(node, file.place.kind, reading.problems)
    if node is None or reading.problems:
        return None
    root = as_mapping(node)
    reading.problems.extend(_misplaced(root, file))
    return build(root, reading)


def _misplaced(root: yaml_nodes.Mapping, file: Found) -> Iterator[Diagnostic]:
    """Report where a file says something else than its place."""
    place = file.place
    for key, value in place.says.items():
        said = as_scalar(root.get(key))
        if said.text != value:
            message = f"`{key}` is `{said.text}` here, and the file's place says `{value}`"
            yield Diagnostic("misplaced-file", message, said.span, help=f"write `{value}`, or move the file")
    draft = root.key("draft")
    if draft is not None and not place.draft:
        help_ = "name the file `<date>.<name>.yaml`, or take `draft: true` out"
        yield Diagnostic("misplaced-file", "a draft's name has a word after the day", draft.span, help=help_)
    if draft is None and place.draft and not file.twin:  # of a twin, `resolve` says that two files are for one day
        message = "the file is named like a draft and is none"
        help_ = "write `draft: true`, or name the file `<date>.yaml`"
        yield Diagnostic("misplaced-file", message, root.span.source.whole(), help=help_)
