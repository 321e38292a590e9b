"""One statement that decides every row of a table: each by the policy of its own region and day.

Reads: a `Source`, which says where a table's facts are, and `Question`s, which are checks with their rules.
Gives: a SELECT that DuckDB and Spark run alike, and what its columns are called.
Never: joins strings to SQL, runs a query, or names an engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from policyengine.model import checked, types
from policyengine.model.decision import Outcome
from policyengine.model.errors import InvalidTable
from policyengine.targets.sql.answers import QuestionColumns, question_columns, shown_value
from policyengine.targets.sql.column_types import list_of
from policyengine.targets.sql.columns import Columns
from policyengine.targets.sql.expressions import expression
from policyengine.targets.sql.given import INVALID, ROW, Given, Source, kept
from policyengine.targets.sql.rules import RESERVED, Asked, Route, Rules, make_rules
from policyengine.targets.sql.rules_table import rules_table
from policyengine.targets.sql.stages import Stages
from policyengine.targets.sql.trees import (
    NUMBER,
    TEXT,
    TRUTH,
    CannotSay,
    alias,
    both,
    choice,
    column,
    is_known,
    is_unknown,
    logic,
    number,
    opposite,
    plus,
    text_literal,
    truth,
    unknown,
)
from policyengine.targets.sql.verdicts import bits, holds, refuted


@dataclass(frozen=True, slots=True)
class Question:
    """A check that is asked of every row.

    `name` begins the names of its columns. `region` and `version` are the paths of the facts that choose the policy;
    `version` is None when the day does. `notes` are comments on requirements, by id.
    """

    name: str
    routes: Sequence[Route]
    region: str
    version: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement, and what the columns of each question are called."""

    tree: exp.Select
    columns: Sequence[QuestionColumns]


def write_statement(source: Source, questions: Sequence[Question], *, masks: bool) -> Statement:
    """Write the statement; `masks` asks for whole numbers instead of lists of requirements' ids.

    Raises `CannotSay` for texts that SQL lacks, names that collide, and masks of too many requirements.
    """
    writer = _Writer(source, questions, masks=masks)
    return Statement(writer.select(), [question_columns(pair[0].name, pair[1]) for pair in writer.questions])


class _Writer:
    """A statement as it is written, stage by stage."""

    def __init__(self, source: Source, questions: Sequence[Question], *, masks: bool) -> None:
        self.source = source
        self.masks = masks
        self.stages = Stages()
        self.given = Given(source, self.stages)
        self.questions = [(each, make_rules(each.routes, each.region, self.given.prepared)) for each in questions]

    def select(self) -> exp.Select:
        self.add_rules()
        self.add_given()
        self.add_asked()
        self.add_routed()
        self.add_counted()
        return self.finished()

    # stages

    def add_rules(self) -> None:
        for question, rules in self.questions:
            self.stages.put(_rules_name(question), rules_table(rules))

    def add_given(self) -> None:
        """Read the facts, and fill in derived ones."""
        asked = [each for _, rules in self.questions for each in (*rules.clauses.values(), *rules.values.values())]
        tables = {self.source.table, "given", "asked", "noted", "routed"}
        tables |= {_rules_name(question) for question, _ in self.questions}
        slots = {slot.name for _, rules in self.questions for slot in rules.slots}
        taken = tables.union(RESERVED, slots)
        self.given.add([expr for each in asked for expr in each.expressions], frozenset(taken))
        self.given.add_derived()

    def add_asked(self) -> None:
        """Ask the requirements that are the same under all rules: before the join, which makes rows dear to read."""
        asked = [tree for pair in self.questions for tree in self.asked(*pair, early=True)]
        if asked:
            self.stages.add("asked", self.stages.columns, asked)
        noted = [tree for pair in self.questions for tree in self.noted(*pair)]
        if noted:
            self.stages.add("noted", self.stages.columns, noted)

    def add_routed(self) -> None:
        """Lead each row to its rules, and ask what goes by them."""
        asked: list[exp.Expr] = []
        for question, rules in self.questions:
            asked += self.routed(question, rules)
            asked += self.asked(question, rules, early=False)
        invalid = self.invalid()
        if invalid is not None:
            asked.append(alias(invalid, INVALID))
        joins = [(_rules_name(question), self.route(question, rules)) for question, rules in self.questions]
        self.stages.add("routed", [each for each in self.stages.columns if each != INVALID], asked, joins)

    def route(self, question: Question, rules: Rules) -> exp.Expr:
        table = _rules_name(question)
        tests = [both(exp.EQ, self.given.fact(question.region, types.Region()), column("region", table))]
        if rules.by_day():
            day = self.version(question)
            tests.append(both(exp.GTE, day, column("since", table)))
            tests.append(both(exp.LT, day.copy(), column("until", table)))
        return logic(exp.And, tests)

    def version(self, question: Question) -> exp.Expr:
        """Give the day that picks the policy."""
        return self.given.day() if question.version is None else self.given.fact(question.version, types.Date())

    def asked(self, question: Question, rules: Rules, *, early: bool) -> Iterator[exp.Expr]:
        """Ask the requirements that go by the rules, or those that do not."""
        table = _rules_name(question)
        reads = self.given.reads(rules.slots, table)
        for clause, each in rules.clauses.items():
            if each.by_rules() is early:
                continue
            trees = [expression(expr, reads) for expr in each.expressions]
            tree = alias(_by_variant(each, trees, table, truth(value=True)), _of(question, clause))
            if clause in question.notes:
                differs = "by region or day: " if each.by_rules() else ""
                tree.add_comments([f"{differs}{question.notes[clause]}"])
            yield tree

    def routed(self, question: Question, rules: Rules) -> Iterator[exp.Expr]:
        """Give the digest of the policy, the values, and the number of the rule that puts the requirements together."""
        table = _rules_name(question)
        policy = column("policy", table)
        refused: exp.Expr | None = column(INVALID) if INVALID in self.stages.columns else None
        if len({question.region for question, _ in self.questions}) > 1:
            refused = self.invalid()  # where one check finds its region, another may not
        readable = policy if refused is None else choice((is_unknown(refused), policy))
        yield alias(readable, _of(question, _POLICY))
        reads = self.given.reads(rules.slots, table)
        for key, each in rules.values.items():
            shown = [shown_value(expression(expr, reads), check.values, key[0]) for expr, check in
                     zip(each.expressions, each.checks, strict=True)]  # fmt: skip
            yield alias(_by_variant(each, shown, table, None), _of(question, f"value {key[0]} {key[1]}"))
        if rules.outcome.variant is not None:
            yield alias(column(rules.outcome.variant.name, table), _of(question, _RULE))

    def add_counted(self) -> None:
        """Note all that is unmet and unknown."""
        if self.masks:
            masks = [tree for pair in self.questions for tree in self.masks_of(*pair, early=False)]
            self.stages.add("counted", self.stages.columns, masks)

    def noted(self, question: Question, rules: Rules) -> Iterator[exp.Expr]:
        """Put together what was asked before the join: it is less to carry."""
        early, _ = _parts(rules)
        if self.masks:
            yield from self.masks_of(question, rules, early=True)
        elif early is not None:
            yield alias(expression(early, Columns({}, number(0), clauses=self.clauses(question, rules))),
                        _of(question, _SO_FAR))  # fmt: skip

    def clauses(self, question: Question, rules: Rules) -> Sequence[exp.Expr]:
        """Give the columns of the requirements' outcomes."""
        return [column(_of(question, clause)) for clause in rules.clauses]

    def masks_of(self, question: Question, rules: Rules, *, early: bool) -> Iterator[exp.Expr]:
        """Note what is unmet and unknown: first of what does not go by the rules, then of all."""
        columns = {index: column(_of(question, clause)) for index, clause in enumerate(rules.clauses)}
        chosen = {i: columns[i] for i, each in enumerate(rules.clauses.values()) if each.by_rules() is not early}
        for outcome, test in ((_UNMET, opposite), (_UNKNOWN, is_unknown)):
            mask = bits({index: test(clause.copy()) for index, clause in chosen.items()})
            noted = column(_of(question, f"{outcome} so far"))
            yield alias(mask, noted.name) if early else alias(plus(noted, mask), _of(question, outcome))

    def decided(self, question: Question, rules: Rules) -> tuple[Sequence[tuple[exp.Expr, exp.Expr]], exp.Expr]:
        """Put the requirements together: conditions with the outcomes they mean when the others before are not true."""
        variant: exp.Column | None = None if rules.outcome.variant is None else column(_of(question, _RULE))
        expressions = rules.outcome.expressions
        if self.masks:
            unmet, unknown_ = column(_of(question, _UNMET)), column(_of(question, _UNKNOWN))
            either = exp.Paren(this=exp.BitwiseOr(this=unmet, expression=unknown_))
            met = _chosen(variant, [holds(expr, either) for expr in expressions])
            may_be_met = _chosen(variant, [holds(expr, unmet) for expr in expressions])
            return [(met, _outcome(Outcome.MET)), (may_be_met, _outcome(Outcome.UNKNOWN))], _outcome(Outcome.UNMET)
        clauses = self.clauses(question, rules)
        early, late = _parts(rules)
        if early is not None:
            rest = [expression(part, Columns({}, number(0), clauses=clauses)) for part in late]
            met = logic(exp.And, [column(_of(question, _SO_FAR)), *rest])
            fails, proves = opposite(met), met.copy()
        else:
            # what is unmet first, and as OR: engines go on only with the rows that are not decided yet
            fails = _chosen(variant, [refuted(expr, clauses) for expr in expressions])
            proves = _chosen(variant, [expression(e, Columns({}, number(0), clauses=clauses)) for e in expressions])
        return [(fails, _outcome(Outcome.UNMET)), (proves, _outcome(Outcome.MET))], _outcome(Outcome.UNKNOWN)

    def invalid(self) -> exp.Expr | None:
        """Name the first fact that a row cannot have: one that was refused, or a region that does not exist."""
        reasons: list[tuple[exp.Expr, exp.Expr]] = []
        if INVALID in self.stages.columns:
            reasons.append((is_known(column(INVALID)), column(INVALID)))
        for question, rules in self.questions:
            if question.region in self.source.facts:
                missed = is_unknown(column("region", _rules_name(question)))
                known = [is_known(column(question.region))]
                if rules.by_day():
                    known.append(is_known(self.version(question)))
                reasons.append((logic(exp.And, [*known, missed]), text_literal(question.region)))
        return choice(*reasons) if reasons else None

    def finished(self) -> exp.Select:
        selected: list[exp.Expr] = [alias(column(kept(each)), each) for each in self.source.kept]
        selected.append(column(INVALID) if INVALID in self.stages.columns else alias(unknown(TEXT), INVALID))
        for question, rules in self.questions:
            selected += self.answers(question, rules)
        names = [each.alias_or_name.casefold() for each in selected]
        for each in names:
            if names.count(each) > 1 and each in {original.casefold() for original in self.source.kept}:
                expected = "a table where it is called otherwise, or `keep` without it"
                raise InvalidTable(f"two columns of the answer would be called `{each}`", expected)
            if names.count(each) > 1:
                raise CannotSay(f"two columns would be called `{each}`")
        finished = self.stages.query.select(*selected, copy=False).from_(self.stages.last(), copy=False)
        return finished.order_by(column(ROW), copy=False) if self.source.ordered else finished

    def answers(self, question: Question, rules: Rules) -> Iterator[exp.Expr]:
        """Write a question's columns: where no policy decides, there is an outcome and nothing else."""
        names = question_columns(question.name, rules)
        decided = is_known(column(_of(question, _POLICY)))
        yield alias(self.outcome(question, rules), names.outcome)
        for outcome, called in ((_UNMET, names.unmet), (_UNKNOWN, names.unknown)):
            if rules.clauses:
                yield alias(choice((decided.copy(), self.requirements(question, rules, outcome))), called)
            else:
                nothing = exp.DataType.build(NUMBER) if self.masks else list_of(exp.DataType.build(TEXT))
                yield alias(exp.cast(exp.null(), nothing), called)
        for key, shown in zip(rules.values, names.values, strict=True):
            yield alias(choice((decided.copy(), column(_of(question, f"value {key[0]} {key[1]}")))), shown)
        yield alias(column(_of(question, _POLICY)), names.policy)

    def outcome(self, question: Question, rules: Rules) -> exp.Expr:
        unknown_policy = (self.unrouted(question), _outcome(Outcome.UNKNOWN))
        not_routed = choice(unknown_policy, otherwise=_outcome(Outcome.NOT_OFFERED))
        branches: list[tuple[exp.Expr, exp.Expr]] = [(is_unknown(column(_of(question, _POLICY))), not_routed)]
        if INVALID in self.stages.columns:
            branches.insert(0, (is_known(column(INVALID)), text_literal(INVALID)))
        decided, otherwise = self.decided(question, rules)
        return choice(*branches, *decided, otherwise=otherwise)

    def unrouted(self, question: Question) -> exp.Expr:
        """Test that a fact which chooses the policy is unknown."""
        facts = [self.given.fact(question.region, types.Region())]
        if question.version is not None:
            facts.append(self.given.fact(question.version, types.Date()))
        return logic(exp.Or, [is_unknown(fact) for fact in facts])

    def requirements(self, question: Question, rules: Rules, outcome: str) -> exp.Expr:
        """Give the requirements that came out so, as a mask or as a list of ids."""
        if self.masks:
            return column(_of(question, outcome))
        test = opposite if outcome == _UNMET else is_unknown
        ids = [choice((test(column(_of(question, clause))), text_literal(clause))) for clause in rules.clauses]
        return exp.ArrayCompact(this=exp.Array(expressions=ids))

    # what is read where


def _rules_name(question: Question) -> str:
    return f"{question.name}_rules"


def _of(question: Question, what: str) -> str:
    """Name a column between stages. No fact has a blank in its path."""
    return f"{question.name}: {what}"


def _outcome(outcome: Outcome) -> exp.Expr:
    return text_literal(outcome.value)


def _parts(rules: Rules) -> tuple[checked.And | None, Sequence[checked.Expr]]:
    """Split a check that is a conjunction into what does not go by a row's rules and the rest; None when it is none."""
    by_rules = [each.by_rules() for each in rules.clauses.values()]
    match rules.outcome.expressions:
        case [checked.And(operands)] if rules.outcome.variant is None:
            late = [part for part in operands if any(by_rules[index] for index in _clauses_of(part))]
            early = tuple(part for part in operands if part not in late)
            return (checked.And(early), late) if len(early) > 1 else (None, ())
        case _:
            return None, ()


def _clauses_of(expr: checked.Expr) -> Iterator[int]:
    if isinstance(expr, checked.ClauseRef):
        yield expr.index
    for part in checked.children(expr):
        yield from _clauses_of(part)


def _by_variant(asked: Asked, trees: Sequence[exp.Expr], table: str, otherwise: exp.Expr | None) -> exp.Expr:
    return _chosen(None if asked.variant is None else column(asked.variant.name, table), trees, otherwise)


def _chosen(variant: exp.Expr | None, trees: Sequence[exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    """Choose by a row's variant; where it has none, there is another value, or NULL."""
    if variant is None:
        return trees[0] if trees else unknown(TRUTH)
    branches = [(both(exp.EQ, variant.copy(), number(index)), tree) for index, tree in enumerate(trees, start=1)]
    return choice(*branches, otherwise=otherwise)


_POLICY, _RULE = "digest of the policy", "rule of the outcome"
_UNMET, _UNKNOWN, _SO_FAR = "what is unmet", "what is unknown", "so far"
"""Each has a blank: a requirement may be called `policy`."""
