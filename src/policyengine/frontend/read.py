"""A folder of policies, from files to everything that stands in them.

Reads: a folder, through `layout`, `yaml_nodes` and `schema`; texts may stand in for files.
Gives: `PolicySet`, and all problems of all files. A file with an error is left out; the rest is still read.
Never: looks a name up in another file.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from policyengine.frontend import schema, yaml_nodes
from policyengine.frontend.layout import Found, find
from policyengine.frontend.read_cases import cases
from policyengine.frontend.read_declarations import facts, languages, program, regions
from policyengine.frontend.read_invariants import invariants
from policyengine.frontend.read_parts import Reading, as_mapping, as_scalar
from policyengine.frontend.read_policy import policy
from policyengine.model.authored import PolicySet
from policyengine.model.diagnostic import Diagnostic, Severity, in_order

_Entry = TypeVar("_Entry")
_Build = Callable[[yaml_nodes.Mapping, Reading], _Entry]
Known = dict[Hashable, tuple[Any, tuple[Diagnostic, ...]]]
"""Files that were read before, by path, text and required languages: what each says, and its problems."""


def read(
    folder: Path,
    *,
    texts: Mapping[str, str] | None = None,
    known: Known | None = None,
) -> tuple[PolicySet | None, tuple[Diagnostic, ...]]:
    """Read every file of a folder, in the order of their paths.

    `texts` stand in for files, or add some: a path within the folder, or an absolute one, and the text.
    Messages show paths from the current directory when the folder lies below it, else as it was given.
    Whoever reads a folder again and again keeps `known`: a file that did not change is not read twice.
    The set is None when there is no language or no region; otherwise it holds every file without an error.
    """
    problems: list[Diagnostic] = []
    files = find(folder, texts or {}, problems)
    known = {} if known is None else known

    spoken = [language for found in _each(files, "languages", languages, (), problems, known) for language in found]
    required = tuple(language.code for language in spoken)
    tree = [region for found in _each(files, "regions", regions, required, problems, known) for region in found]
    everything = PolicySet(
        languages=tuple(spoken),
        regions=tuple(tree),
        facts=tuple(_each(files, "facts", facts, required, problems, known)),
        programs=tuple(_each(files, "program", program, required, problems, known)),
        files=tuple(_each(files, "policy", policy, required, problems, known)),
        cases=tuple(_each(files, "cases", cases, required, problems, known)),
        invariants=tuple(_each(files, "invariants", invariants, required, problems, known)),
    )
    return everything if spoken and tree else None, in_order(problems)


def _each(
    files: tuple[Found, ...],
    kind: schema.Kind,
    build: _Build[_Entry],
    required: tuple[str, ...],
    problems: list[Diagnostic],
    known: Known,
) -> Iterator[_Entry]:
    """Give what the files of one kind say, but for files with an error."""
    for file in files:
        if file.place.kind != kind:
            continue
        key = (file.source.path, file.source.text, file.twin, required)
        if key not in known:
            reading = Reading(required, [])
            known[key] = _file(file, build, reading), tuple(reading.problems)
        entry, found = known[key]
        problems.extend(found)
        if entry is not None and all(problem.severity is not Severity.ERROR for problem in found):
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
