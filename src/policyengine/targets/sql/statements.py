"""One statement that decides every row of a table: each by the policy of its own region and day.

Reads: a `Source`, which says where a table's facts are, and `Question`s, which are checks with their rules.
Gives: a SELECT that DuckDB and Spark run alike, and what its columns are called.
Never: joins strings to SQL, runs a query, or names an engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from policyengine.model import checked, types
from policyengine.model.checked import FactDeclaration, inputs_first
from policyengine.model.decision import Outcome
from policyengine.model.rewriting import with_facts
from policyengine.targets.sql.answers import QuestionColumns, question_columns, shown_value
from policyengine.targets.sql.columns import Columns, ListColumn
from policyengine.targets.sql.expressions import expression
from policyengine.targets.sql.reading import Read
from policyengine.targets.sql.rules import Asked, Route, Rules, Slot, make_rules
from policyengine.targets.sql.rules_table import rules_table
from policyengine.targets.sql.thresholds import solved
from policyengine.targets.sql.trees import (
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
    name,
    number,
    opposite,
    plus,
    text_literal,
    truth,
    unknown,
    wide,
)

INVALID = "invalid"
"""The outcome of a row that holds what a fact cannot be, and the column that names the fact."""
TODAY = "today"


@dataclass(frozen=True, slots=True)
class Source:
    """A table, and what of it is read.

    `facts` are those that have a column; another is unknown, or derived from those. `kept` are columns that come out
    as they are. `today` is an ordinal, or the column that holds each row's day. `declared` are all facts that are
    declared, by path. `ordered` asks for the rows in the table's order, which a join does not keep.
    """

    table: str
    facts: Mapping[str, Read]
    declared: Mapping[str, FactDeclaration]
    today: int | Read
    kept: Sequence[str] = ()
    ordered: bool = False


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
        self.stands_for = {
            path: fact.derived
            for path, fact in source.declared.items()
            if fact.derived is not None and path not in source.facts
        }
        self.questions = [(question, self.rules_of(question)) for question in questions]
        self.query = exp.Select()
        self.columns: list[str] = []

    def rules_of(self, question: Question) -> Rules:
        return make_rules(question.routes, question.region, self.prepared)

    def prepared(self, expr: checked.Expr) -> checked.Expr:
        """Write out derived facts that no column holds; and on one day for all, solve comparisons for what they ask."""
        whole = with_facts(expr, self.stands_for)
        return solved(whole, self.source.today) if isinstance(self.source.today, int) else whole

    def select(self) -> exp.Select:
        self.add_rules()
        self.add_given()
        self.add_derived()
        self.add_asked()
        self.add_decided()
        return self.finished()

    # stages

    def stage(self, name: str, select: exp.Select) -> None:
        self.query = self.query.with_(exp.to_identifier(name, quoted=True), as_=select)

    def add_rules(self) -> None:
        for question, rules in self.questions:
            self.stage(_rules_name(question), rules_table(rules))

    def add_given(self) -> None:
        """Read the facts, and name the first that is refused."""
        source = self.source
        kept = [alias(column(original), _kept(original)) for original in source.kept]
        facts = [alias(read.value, path) for path, read in source.facts.items()]
        read = dict(source.facts) | ({TODAY: source.today} if isinstance(source.today, Read) else {})
        if isinstance(source.today, Read):
            facts.append(alias(source.today.value, TODAY))
        refused = [(each.refused, text_literal(path)) for path, each in read.items() if each.refused is not None]
        if isinstance(source.today, Read):
            refused.append((is_unknown(source.today.value.copy()), text_literal(TODAY)))
        if refused:
            facts.append(alias(choice(*refused), INVALID))
        if source.ordered:
            facts.append(alias(exp.Window(this=exp.RowNumber()), _ROW))
        self.columns = [each.alias for each in (*kept, *facts)]
        table = exp.to_table(exp.to_identifier(source.table, quoted=True).sql())
        self.stage("given", exp.select(*kept, *facts).from_(table))

    def add_derived(self) -> None:
        """Fill in derived facts that some rows give and others do not; where both, they must agree."""
        for fact in inputs_first(self.source.declared):
            if fact.path not in self.source.facts or fact.derived is None or not self.derivable(fact):
                continue
            given, derived = column(fact.path), expression(self.prepared(fact.derived), self.reads(()))
            differ = both(exp.NEQ, given.copy(), derived.copy())
            refusal = choice((differ, text_literal(fact.path)))
            if INVALID in self.columns:
                refusal = choice((is_known(column(INVALID)), column(INVALID)), (differ, text_literal(fact.path)))
            changed = {
                fact.path: exp.Coalesce(this=given.copy(), expressions=[derived]),
                INVALID: refusal,
            }
            others = [column(each) for each in self.columns if each not in changed]
            select = exp.select(*others, *(alias(tree, path) for path, tree in changed.items()))
            previous = self.last()
            self.columns = [each.name for each in others] + list(changed)
            self.stage(f"with {fact.path}", select.from_(_table(previous)))

    def derivable(self, fact: FactDeclaration) -> bool:
        """Say whether some column holds what a fact is derived from."""
        return any(
            path in self.source.facts or (self.source.declared[path].derived is not None
                                          and self.derivable(self.source.declared[path]))
            for path in fact.inputs
        )  # fmt: skip

    def add_asked(self) -> None:
        """Lead each row to its rules, and ask the requirements."""
        carried = [column(each) for each in self.columns if each != INVALID]
        asked: list[exp.Expr] = []
        select = exp.Select().from_(_table(self.last()))
        for question, rules in self.questions:
            select = select.join(_table(_rules_name(question)), on=self.route(question, rules), join_type="left")
            asked += self.asked(question, rules)
        invalid = self.invalid()
        if invalid is not None:
            asked.append(alias(invalid, INVALID))
        self.columns = [each.name for each in carried] + [each.alias for each in asked]
        self.stage("asked", select.select(*carried, *asked))

    def route(self, question: Question, rules: Rules) -> exp.Expr:
        table = _rules_name(question)
        tests = [both(exp.EQ, self.fact(question.region, types.Region()), column("region", table))]
        if rules.by_day():
            day = self.day() if question.version is None else self.fact(question.version, types.Date())
            tests.append(both(exp.GTE, day, column("since", table)))
            tests.append(both(exp.LT, day.copy(), column("until", table)))
        return logic(exp.And, tests)

    def asked(self, question: Question, rules: Rules) -> Iterator[exp.Expr]:
        table = _rules_name(question)
        policy = column("policy", table)
        readable = choice((is_unknown(column(INVALID)), policy)) if INVALID in self.columns else policy
        yield alias(readable, _of(question, _POLICY))
        reads = self.reads(rules.slots, table)
        for clause, each in rules.clauses.items():
            trees = [expression(expr, reads) for expr in each.expressions]
            tree = alias(_by_variant(each, trees, table, truth(value=True)), _of(question, clause))
            if clause in question.notes:
                tree.add_comments([question.notes[clause]])
            yield tree
        for key, each in rules.values.items():
            shown = [shown_value(expression(expr, reads), check.values, key[0]) for expr, check in
                     zip(each.expressions, each.checks, strict=True)]  # fmt: skip
            yield alias(_by_variant(each, shown, table, None), _of(question, f"value {key[0]} {key[1]}"))
        if rules.outcome.variant is not None:
            yield alias(column(rules.outcome.variant.name, table), _of(question, _RULE))

    def add_decided(self) -> None:
        """Put the requirements of each check together."""
        carried = [column(each) for each in self.columns]
        decided = [alias(self.met(*pair), _of(pair[0], _MET)) for pair in self.questions]
        self.stage("decided", exp.select(*carried, *decided).from_(_table(self.last())))

    def met(self, question: Question, rules: Rules) -> exp.Expr:
        clauses = [column(_of(question, clause)) for clause in rules.clauses]
        trees = [expression(expr, Columns({}, number(0), clauses=clauses)) for expr in rules.outcome.expressions]
        if rules.outcome.variant is None:
            return trees[0] if trees else unknown(TRUTH)
        return _chosen(column(_of(question, _RULE)), trees, otherwise=None)

    def invalid(self) -> exp.Expr | None:
        """Name the first fact that a row cannot have: one that was refused, or a region that does not exist."""
        reasons: list[tuple[exp.Expr, exp.Expr]] = []
        if INVALID in self.columns:
            reasons.append((is_known(column(INVALID)), column(INVALID)))
        for question, rules in self.questions:
            if question.region in self.source.facts:
                missed = is_unknown(column("region", _rules_name(question)))
                known = [is_known(column(question.region))]
                if rules.by_day():
                    day = self.day() if question.version is None else self.fact(question.version, types.Date())
                    known.append(is_known(day))
                reasons.append((logic(exp.And, [*known, missed]), text_literal(question.region)))
        return choice(*reasons) if reasons else None

    def finished(self) -> exp.Select:
        kept = [alias(column(_kept(original)), original) for original in self.source.kept]
        selected: list[exp.Expr] = [*kept]
        selected.append(column(INVALID) if INVALID in self.columns else alias(unknown(TEXT), INVALID))
        for question, rules in self.questions:
            selected += self.answers(question, rules)
        names = [each.alias_or_name.casefold() for each in selected]
        for each in names:
            if names.count(each) > 1:
                raise CannotSay(f"two columns would be called `{each}`: keep fewer columns of the source, or rename it")
        finished = self.query.select(*selected).from_(_table(self.last()))
        return finished.order_by(column(_ROW)) if self.source.ordered else finished

    def answers(self, question: Question, rules: Rules) -> Iterator[exp.Expr]:
        """Write a question's columns: where no policy decides, there is an outcome and nothing else."""
        names = question_columns(question.name, rules)
        decided = is_known(column(_of(question, _POLICY)))
        clauses = [column(_of(question, clause)) for clause in rules.clauses]
        yield alias(self.outcome(question), names.outcome)
        if rules.clauses:
            unmet = self.requirements(rules, [opposite(clause) for clause in clauses])
            unknown = self.requirements(rules, [is_unknown(clause) for clause in clauses])
            yield alias(choice((decided, unmet)), names.unmet)
            yield alias(choice((decided.copy(), unknown)), names.unknown)
        for key, shown in zip(rules.values, names.values, strict=True):
            yield alias(choice((decided.copy(), column(_of(question, f"value {key[0]} {key[1]}")))), shown)
        yield alias(column(_of(question, _POLICY)), names.policy)

    def outcome(self, question: Question) -> exp.Expr:
        met = column(_of(question, _MET))
        unknown_policy = (self.unrouted(question), _outcome(Outcome.UNKNOWN))
        not_routed = choice(unknown_policy, otherwise=_outcome(Outcome.NOT_OFFERED))
        branches: list[tuple[exp.Expr, exp.Expr]] = [
            (is_unknown(column(_of(question, _POLICY))), not_routed),
            (met, _outcome(Outcome.MET)),
            (opposite(met.copy()), _outcome(Outcome.UNMET)),
        ]
        if INVALID in self.columns:
            branches.insert(0, (is_known(column(INVALID)), text_literal(INVALID)))
        return choice(*branches, otherwise=_outcome(Outcome.UNKNOWN))

    def unrouted(self, question: Question) -> exp.Expr:
        """Test that a fact which chooses the policy is unknown."""
        facts = [self.fact(question.region, types.Region())]
        if question.version is not None:
            facts.append(self.fact(question.version, types.Date()))
        return logic(exp.Or, [is_unknown(fact) for fact in facts])

    def requirements(self, rules: Rules, tests: Sequence[exp.Expr]) -> exp.Expr:
        """Give those requirements that pass a test, as a mask or as a list of ids."""
        pairs = list(zip(rules.clauses, tests, strict=True))
        if not self.masks:
            return exp.ArrayCompact(
                this=exp.Array(expressions=[choice((test, text_literal(clause))) for clause, test in pairs])
            )
        if len(pairs) > _MOST_BITS:
            raise CannotSay(f"a mask holds {_MOST_BITS} requirements, and there are {len(pairs)}: ask for lists")
        bits = [choice((test, number(2**bit)), otherwise=number(0)) for bit, (_, test) in enumerate(pairs)]
        return wide(plus(*bits))

    # what is read where

    def reads(self, slots: Sequence[Slot], table: str | None = None) -> Columns:
        facts = {path: column(path) for path in self.source.facts}
        lists = {
            path: ListColumn(column(path), {each: each for each in read.fields})
            for path, read in self.source.facts.items()
            if isinstance(self.source.declared[path].type, types.Records)
        }
        constants = {slot.path: column(slot.name, table) for slot in slots}
        tables = (self.source.table, "given", "asked", *(_rules_name(question) for question, _ in self.questions))
        return Columns({**facts, **constants}, self.day(), lists, taken=frozenset({*self.columns, *tables}))

    def day(self) -> exp.Expr:
        return number(self.source.today) if isinstance(self.source.today, int) else column(TODAY)

    def fact(self, path: str, type_: types.Type) -> exp.Expr:
        """Give a fact that chooses a policy: a derived one as well."""
        return expression(self.prepared(checked.Fact(path, type_)), self.reads(()))

    def last(self) -> str:
        """Give the name of the stage before."""
        stages = self.query.args["with_"].expressions
        return str(stages[-1].alias)


def _rules_name(question: Question) -> str:
    return f"{question.name}_rules"


def _of(question: Question, what: str) -> str:
    """Name a column between stages. No fact has a blank in its path."""
    return f"{question.name}: {what}"


def _kept(original: str) -> str:
    return f"kept: {original}"


def _table(text: str) -> exp.Table:
    return exp.Table(this=name(text))


def _outcome(outcome: Outcome) -> exp.Expr:
    return text_literal(outcome.value)


def _by_variant(asked: Asked, trees: Sequence[exp.Expr], table: str, otherwise: exp.Expr | None) -> exp.Expr:
    if asked.variant is None:
        return trees[0]
    return _chosen(column(asked.variant.name, table), trees, otherwise)


def _chosen(variant: exp.Expr, trees: Sequence[exp.Expr], otherwise: exp.Expr | None) -> exp.Expr:
    """Choose by a row's variant; where it has none, there is another value, or NULL."""
    branches = [(both(exp.EQ, variant.copy(), number(index)), tree) for index, tree in enumerate(trees, start=1)]
    return choice(*branches, otherwise=otherwise)


_POLICY, _RULE, _MET = "policy", "rule of the outcome", "is met"
_ROW = "number of the row"
_MOST_BITS = 62
"""As many as a BIGINT has without its sign, and one to spare."""
