"""Resolved policies become checked ones: waivers, groups and definitions turn into clauses and one expression a check.

Reads: `ResolvedPolicy`, the vocabulary, the tree of regions.
Gives: `CheckedPolicy` and the entries it used.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from policyengine.frontend import arithmetic
from policyengine.frontend.arithmetic import Refusal
from policyengine.frontend.check import Checker, Scope, check_expression
from policyengine.frontend.resolve import walk
from policyengine.frontend.vocabulary import Vocabulary, facts_read
from policyengine.frontend.written import written_out
from policyengine.model import authored, checked, syntax, types
from policyengine.model.diagnostic import Diagnostic, Note, Severity, did_you_mean
from policyengine.model.regions import RegionTree, is_group
from policyengine.model.resolved import ResolvedPolicy, ResolvedRequirement, Winner
from policyengine.model.span import Span
from policyengine.model.templates import placeholders
from policyengine.model.values import Raw


@dataclass(frozen=True, slots=True)
class Composed:
    """A checked policy, and the places of the parameters and definitions it used."""

    policy: checked.CheckedPolicy
    used: frozenset[tuple[str, int, int]]


def compose(
    resolved: ResolvedPolicy,
    declared: Sequence[authored.CheckEntry],
    scope: Scope,
    problems: list[Diagnostic],
) -> Composed:
    """Check and compose one interval. `declared` are the program's checks; `scope` has facts, regions and units."""
    found: list[Diagnostic] = []
    parameters = {
        name: _parameter(winner.entry, winner.file, scope, found) for name, winner in resolved.parameters.items()
    }
    _report_clashes(resolved, scope.regions, found)
    definitions = {
        name: winner.entry.expression
        for name, winner in resolved.definitions.items()
        if winner.entry.expression is not None and name not in parameters
    }
    checker = Checker(Scope(scope.facts, scope.regions, scope.units, parameters, definitions), found)
    for name, winner in resolved.definitions.items():
        if name in definitions:
            checker.definition(name, winner.entry.span)
    checker.used.clear()
    written = {name: _as_written(winner.entry) for name, winner in resolved.parameters.items()}
    names = {**{name: meaning for name, meaning in written.items() if meaning is not None}, **definitions}
    checks = {
        entry.name: _Composer(resolved, checker, entry, names).check()
        for entry in declared
        if entry.name in resolved.checks and (resolved.checks[entry.name] or resolved.values.get(entry.name))
    }
    winners: dict[str, Winner] = {**resolved.parameters, **resolved.definitions}  # type: ignore[type-arg]
    used = frozenset(winners[name].entry.span.key for name in _closure(checker) if name in winners)
    files = tuple(file.source.path for file in resolved.files)
    problems.extend(_with_overrides(problem, resolved) for problem in found)
    return Composed(
        checked.CheckedPolicy(
            resolved.program, resolved.region, resolved.start, resolved.end, files, parameters, checks
        ),
        used,
    )


def _with_overrides(problem: Diagnostic, resolved: ResolvedPolicy) -> Diagnostic:
    """Add which narrower entries an expression reads: the mistake may be theirs."""
    width = [file.source for file in resolved.files]
    winners: dict[str, Winner] = {**resolved.definitions, **resolved.parameters}  # type: ignore[type-arg]
    notes = [
        Note(f"`{name}` is overridden here for `{resolved.region}`, from {resolved.start} on", winner.entry.span)
        for name in _words(problem.span.text, resolved)
        if (winner := winners.get(name)) is not None
        and width.index(winner.file.source) > width.index(problem.span.source)
    ]
    return replace(problem, notes=(*problem.notes, *notes))


def _words(text: str, resolved: ResolvedPolicy) -> Iterable[str]:
    """Give the words of a text and, through them, of definitions; each once."""
    words = re.findall(r"[a-z][a-z0-9_]*", text)
    for word in words:  # grows
        winner = resolved.definitions.get(word)
        if winner is not None and winner.entry.expression is not None:
            more = re.findall(r"[a-z][a-z0-9_]*", winner.entry.expression.span.text)
            words.extend(name for name in more if name not in words)
    return dict.fromkeys(words)


def _closure(checker: Checker) -> set[str]:
    """Give the names used by requirements, values and texts, and by the definitions they use."""
    todo, seen = list(checker.used), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        definition = checker.scope.definitions.get(name)
        if definition is not None:
            inner = Checker(checker.scope, [])
            inner.check(definition)
            todo.extend(inner.used)
    return seen


def origin(span: Span, file: authored.PolicyFile, sources: Iterable[authored.Name]) -> checked.Origin:
    """Give where an entry stands and what it cites; unknown sources were reported by the reader."""
    cited = tuple(file.sources[name.text] for name in sources if name.text in file.sources)
    return checked.Origin(span, file.region.text, cited)


def _report_clashes(resolved: ResolvedPolicy, tree: RegionTree, problems: list[Diagnostic]) -> None:
    named: list[Winner] = [*resolved.parameters.values(), *resolved.definitions.values()]  # type: ignore[type-arg]
    for winner in named:
        name, span = winner.entry.id, winner.entry.span
        if name in tree and is_group(name):
            problems.append(Diagnostic("name-clash", f"`{name}` is a group of regions already", span))
    for name in resolved.definitions.keys() & resolved.parameters.keys():
        span = resolved.definitions[name].entry.span
        problems.append(Diagnostic("name-clash", f"`{name}` is a parameter already", span, help="choose another name"))


# parameters


def _parameter(
    entry: authored.ParameterEntry,
    file: authored.PolicyFile,
    scope: Scope,
    problems: list[Diagnostic],
) -> checked.Parameter:
    raw, type_ = _constant(entry, scope, problems)
    reported = []
    for other in entry.also_reported:
        value, other_type = _constant(other, scope, problems)
        if other.source.text in file.sources and not isinstance(other_type, types.Poison):
            source = file.sources[other.source.text]
            reported.append(checked.AlsoReported(value, other_type, source, other.note))
    is_open = entry.open if entry.regions is not None else None
    where = origin(entry.span, file, entry.sources)
    return checked.Parameter(entry.id, raw, type_, where, tuple(reported), is_open, entry.size, entry.note)


_Constant = tuple[Raw | tuple[Raw, ...], types.Type]
_POISON: _Constant = (0, types.Poison())


def _constant(
    entry: authored.ParameterEntry | authored.AlsoReported,
    scope: Scope,
    problems: list[Diagnostic],
) -> _Constant:
    if isinstance(entry, authored.ParameterEntry) and entry.regions is not None:
        if entry.size is not None and entry.size < len(entry.regions):
            message = f"the list names {len(entry.regions)} regions, more than its size of {entry.size}"
            problems.append(Diagnostic("wrong-value", message, entry.span))
        return _region_list(entry.regions, scope, problems)
    if entry.items is not None:
        typed = [_literal(item, scope, problems) for item in entry.items]
        if not typed or any(item.poisoned for item in typed):
            return _POISON
        try:
            aligned, common = arithmetic.align(typed)
        except Refusal as refusal:
            problems.append(Diagnostic(refusal.code, refusal.message, entry.span, refusal.help))
            return _POISON
        return tuple(item.expr.value for item in aligned if isinstance(item.expr, checked.Literal)), common
    if entry.value is None:
        return _POISON
    typed_value = _literal(entry.value, scope, problems)
    if not isinstance(typed_value.expr, checked.Literal):
        return _POISON
    return typed_value.expr.value, typed_value.type


def _literal(expr: syntax.Expr, scope: Scope, problems: list[Diagnostic]) -> arithmetic.Typed:
    if isinstance(expr, syntax.Path):
        message = f"`{expr}` is not a literal"
        help_ = f'a text is quoted: `"{expr}"`' if len(expr.names) == 1 else "a computed value is a definition"
        problems.append(Diagnostic("not-constant", message, expr.span, help=help_))
        return arithmetic.POISON
    typed = check_expression(expr, scope, problems)
    if not typed.poisoned and not typed.constant:
        help_ = "a computed value is a definition"
        problems.append(Diagnostic("not-constant", "a parameter's value is a literal", expr.span, help=help_))
        return arithmetic.POISON
    return typed


def _as_written(entry: authored.ParameterEntry) -> syntax.Expr | None:
    if entry.regions is not None:
        items = tuple(
            syntax.Path((name.text,), name.span) if is_group(name.text) else syntax.Region(name.text, name.span)
            for name in entry.regions
        )
        return syntax.List(items, entry.span)
    if entry.items is not None:
        return syntax.List(entry.items, entry.span)
    return entry.value


def _region_list(names: Sequence[authored.Name], scope: Scope, problems: list[Diagnostic]) -> _Constant:
    known = []
    for name in names:
        if name.text in scope.regions:
            known.append(name.text)
            continue
        help_ = did_you_mean(name.text, scope.regions.parents)
        problems.append(Diagnostic("unknown-region", f"no region named `{name}`", name.span, help=help_))
    return tuple(known), types.Region()


# checks


@dataclass(frozen=True, slots=True)
class _Composer:
    """One check of one resolved policy."""

    resolved: ResolvedPolicy
    checker: Checker
    declared: authored.CheckEntry
    names: Mapping[str, syntax.Expr]
    """What parameters and definitions stand for, as written."""

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def problems(self) -> list[Diagnostic]:
        return self.checker.problems

    def check(self) -> checked.Check:
        tree = self.resolved.checks.get(self.name, ())
        leaves = [r for r in walk(tree) if r.entry.kind is checked.Kind.REQUIRE]
        clauses = tuple(self.clause(leaf) for leaf in leaves)
        index = {clause.id: number for number, clause in enumerate(clauses)}
        requirements = tuple(self.requirements(tree, None, index))
        values = tuple(self.value(winner) for winner in self.resolved.values.get(self.name, {}).values())
        top = _joined(checked.Kind.ALL_OF, [self.contribution(r, index) for r in tree])
        facts = self.facts([*(clause.expression for clause in clauses), *(value.expression for value in values)])
        digest = _digest(clauses, top, requirements, values, facts)
        return checked.Check(self.name, clauses, top, requirements, values, facts, digest)

    def clause(self, requirement: ResolvedRequirement) -> checked.Clause:
        entry = requirement.entry
        assert entry.require is not None
        typed = self.checker.check_truth(entry.require)
        if typed.range is not None and typed.range.single:
            met = typed.range.low == 1
            self.problems.append(
                Diagnostic(
                    "unreachable",
                    f"`{entry.id}` is {'always' if met else 'never'} met, whatever the facts are",
                    entry.require.span,
                    help="the declared ranges of its facts decide it",
                    severity=Severity.WARNING if met else Severity.ERROR,
                ),
            )
        return checked.Clause(entry.id, typed.expr, str(written_out(entry.require, self.names)))

    def requirements(
        self,
        tree: Iterable[ResolvedRequirement],
        parent: ResolvedRequirement | None,
        index: Mapping[str, int],
    ) -> Iterable[checked.Requirement]:
        for requirement in tree:
            entry, file = requirement.entry, requirement.file
            assert entry.kind is not None
            self.texts(entry, file)
            yield checked.Requirement(
                entry.id,
                entry.kind,
                parent.entry.id if parent else None,
                tuple(child.entry.id for child in requirement.children),
                index.get(entry.id) if entry.kind is checked.Kind.REQUIRE else None,
                self.expression(requirement, index),
                self.waiver(entry.id),
                entry.obliges,
                entry.says,
                entry.binding,
                origin(entry.span, file, entry.sources),
            )
            yield from self.requirements(requirement.children, requirement, index)

    def expression(self, requirement: ResolvedRequirement, index: Mapping[str, int]) -> checked.Expr:
        entry = requirement.entry
        assert entry.kind is not None
        if entry.kind is checked.Kind.REQUIRE:
            return checked.ClauseRef(index[entry.id])
        return _joined(entry.kind, [self.contribution(child, index) for child in requirement.children])

    def contribution(self, requirement: ResolvedRequirement, index: Mapping[str, int]) -> checked.Expr:
        """Give what a requirement adds to its parent: its outcome, or met while it is waived."""
        if self.waiver(requirement.entry.id) is not None:
            return checked.Literal(value=True, type=checked.BOOLEAN)
        return self.expression(requirement, index)

    def waiver(self, name: str) -> checked.Waiver | None:
        winner = self.resolved.waivers.get((self.name, name))
        if winner is None:
            return None
        entry = winner.entry
        return checked.Waiver(entry.until, entry.because, origin(entry.span, winner.file, ()))

    def value(self, winner: Winner[authored.ValueEntry]) -> checked.NamedValue:
        entry = winner.entry
        assert entry.expression is not None
        typed = self.checker.check(entry.expression)
        if isinstance(typed.type, types.Records):
            message = "a value is one result, and this is a list"
            self.problems.append(Diagnostic("wrong-operand", message, entry.expression.span))
        where = origin(entry.span, winner.file, entry.sources)
        source = str(written_out(entry.expression, self.names))
        return checked.NamedValue(entry.id, typed.expr, typed.type, entry.title, where, source)

    def texts(self, entry: authored.RequirementEntry, file: authored.PolicyFile) -> None:
        """Look up every `{parameter}` of the words; the winning parameters fill them."""
        for texts in (entry.says, entry.obliges):
            for number, (_, text) in enumerate(texts.entries if texts else ()):
                for name, _, _ in placeholders(text):
                    if name in self.checker.scope.parameters:
                        self.checker.used.add(name)
                        continue
                    span = _within(texts.spans[number], f"{{{name}}}") if texts and texts.spans else file.source.whole()
                    help_ = did_you_mean(name, self.checker.scope.parameters)
                    message = f"no parameter named `{name}`"
                    self.problems.append(Diagnostic("unknown-placeholder", message, span, help=help_))

    def facts(self, expressions: Sequence[checked.Expr]) -> Mapping[str, checked.FactDeclaration]:
        """Give the declarations of all facts read, inputs of derived ones first; those that choose the policy too."""
        vocabulary: Vocabulary = self.checker.scope.facts
        found: dict[str, None] = {}

        def visit(path: str) -> None:
            if path not in found and path in vocabulary:
                for needed in vocabulary[path].inputs:
                    visit(needed)
                found[path] = None

        for path in (self.declared.region_by.text, self.declared.version_by.text, *facts_read(*expressions)):
            visit(path)
        return {path: vocabulary[path] for path in found}


def _within(span: Span, word: str) -> Span:
    """Give the place of a word in a text; a text in quotes or a block may be written in another way."""
    found = span.text.find(word)
    return span if found < 0 else Span(span.source, span.start + found, span.start + found + len(word))


def _joined(kind: checked.Kind, parts: Sequence[checked.Expr]) -> checked.Expr:
    if len(parts) == 1:
        return parts[0]
    return checked.Or(tuple(parts)) if kind is checked.Kind.ANY_OF else checked.And(tuple(parts))


def _digest(*meaning: object) -> str:
    """Name a check's meaning: sha-256 of a canonical text of it.

    Expressions, values, obligations, waivers, types and derivations count; words, sources and places do not.
    """
    return hashlib.sha256("\n".join(_canonical(part) for part in meaning).encode()).hexdigest()


def _canonical(part: object) -> str:
    match part:
        case tuple():
            return "(" + ",".join(_canonical(item) for item in part) + ")"
        case dict():
            return "{" + ",".join(f"{key}:{_canonical(value)}" for key, value in part.items()) + "}"
        case checked.Requirement(id=name, kind=kind, parent=parent, waiver=waiver, obliges=obliges):
            return repr((name, kind.value, parent, waiver is not None, obliges is not None))
        case checked.NamedValue(id=name, expression=expression):
            return repr((name, expression))
        case checked.FactDeclaration() as fact:
            inner = [_canonical(field) for field in fact.fields]
            return repr((fact.path, fact.type, fact.range, fact.unit, fact.unit_size, fact.derived, inner))
        case checked.InRegions():
            return repr(part) + repr(sorted(part.truth.items(), key=str))
        case _:
            return repr(part)
