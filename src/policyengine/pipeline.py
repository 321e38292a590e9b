"""READ FIRST. From a folder of YAML to checked policies: read, resolve, check, compose, in this order.

Reads: a folder.
Gives: `Compiled`, and every diagnostic of every pass at once, sorted.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from policyengine.compiled import Compiled, compose_program
from policyengine.frontend.binding import Doubt, doubts, misplaced
from policyengine.frontend.check import Scope
from policyengine.frontend.invariants import check_invariants
from policyengine.frontend.programs import check_programs
from policyengine.frontend.read import Known, read
from policyengine.frontend.resolve import region_tree
from policyengine.frontend.vocabulary import declare, units_of
from policyengine.model.diagnostic import Diagnostic, has_errors, in_order


def compile_folder(
    folder: Path, *, texts: Mapping[str, str] | None = None, known: Known | None = None
) -> tuple[Compiled | None, tuple[Diagnostic, ...]]:
    """Compile a folder of policies; the result is None when it holds nothing that could be used.

    With errors among the diagnostics the result is for looking at, not for deciding. `known` are files of an earlier
    call, which is added to: see `read`.
    """
    authored, found = read(folder, texts=texts, known=known)
    problems = list(found)
    if authored is None or has_errors(found):
        # A file that could not be read would echo through every later pass: its facts unknown, its entries gone.
        return None, found
    tree = region_tree(authored.regions, problems)
    if has_errors(problems):
        return None, in_order(problems)
    units = units_of(authored.facts)
    vocabulary = declare(authored.facts, tree, units, problems)
    scope = Scope(vocabulary, tree, units)
    check_programs(authored, scope, problems)
    timelines, whole = {}, {}
    for program in authored.programs:
        files = [file for file in authored.files if file.program.text == program.name]
        timelines[program.name], mistakes = compose_program(program, files, scope)
        problems.extend(mistakes)
        if not has_errors(mistakes):  # a mistake may be all that keeps a version from having a requirement
            whole[program.name] = timelines[program.name]
    programs = {program.name: program for program in authored.programs}
    invariants = check_invariants(authored, scope, whole, problems)
    compiled = Compiled(authored, tree, vocabulary, programs, timelines, invariants)
    problems.extend(_loosened(compiled))
    return compiled, in_order(problems)


def _loosened(compiled: Compiled) -> Iterator[Diagnostic]:
    """Report binding requirements that a narrower region does not keep: by their shape, else by proof for all facts."""
    doubted: list[Doubt] = []
    for timelines in compiled.timelines.values():
        yield from misplaced(timelines)
        doubted += doubts(timelines, compiled.tree, compiled.authored.files)
    if not doubted:
        return
    try:
        from policyengine.prove.bindings import settled
    except ModuleNotFoundError:  # the extra `prove` is not installed: what cannot be shown is refused
        yield from (doubt.diagnostic for doubt in doubted)
    else:
        yield from settled(compiled, doubted)
