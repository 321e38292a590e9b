"""The first stages of a statement: a table's columns are read as facts, and derived facts filled in.

Reads: a `Source`, which says where a table's facts are.
Gives: `Given`, which knows under which name every fact is found from then on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from policyengine.model import checked, types
from policyengine.model.checked import Expr, FactDeclaration, inputs_first
from policyengine.model.rewriting import with_facts
from policyengine.targets.sql.columns import Columns, ListColumn, Names
from policyengine.targets.sql.days import ordinal
from policyengine.targets.sql.expressions import expression
from policyengine.targets.sql.reading import Read
from policyengine.targets.sql.rules import Slot
from policyengine.targets.sql.stages import Stages
from policyengine.targets.sql.thresholds import solved
from policyengine.targets.sql.trees import (
    alias,
    both,
    choice,
    column,
    is_known,
    is_unknown,
    name,
    number,
    table,
    text_literal,
    truth,
)

INVALID = "invalid"
"""The outcome of a row that holds what a fact cannot be, and the column that names the fact."""
TODAY = "today"
ROW = "number of the row"
"""The column that holds it, of a table whose rows come back in their order."""


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


class Given:
    """A table's facts, as stages of a statement; `taken` are names that stand beside them later on."""

    def __init__(self, source: Source, stages: Stages) -> None:
        self.source = source
        self.stages = stages
        self.taken: frozenset[str] = frozenset()
        self.dated = {path for path, read in source.facts.items() if read.day is not None}
        self.stands_for = {
            path: fact.derived
            for path, fact in source.declared.items()
            if fact.derived is not None and path not in source.facts
        }

    def prepared(self, expr: Expr) -> Expr:
        """Write out derived facts that no column holds; and on one day for all, solve comparisons for what they ask."""
        whole = with_facts(expr, self.stands_for)
        return solved(whole, self.source.today) if isinstance(self.source.today, int) else whole

    def add(self, asked: Sequence[Expr], taken: frozenset[str]) -> None:
        """Read the facts, and name the first that is refused; `asked` is all that is asked of them."""
        source, self.taken = self.source, taken
        carried = [alias(column(original), kept(original)) for original in source.kept]
        guarded = self.guarded(asked)
        facts = [alias(_found(read, guarded=path in guarded), path) for path, read in source.facts.items()]
        read = dict(source.facts) | ({TODAY: source.today} if isinstance(source.today, Read) else {})
        if isinstance(source.today, Read):
            facts.append(alias(source.today.value, TODAY))
        refused = [
            (_condition(each.refused), text_literal(path)) for path, each in read.items() if each.refused is not None
        ]
        if isinstance(source.today, Read):
            refused.append((is_unknown(source.today.value.copy()), text_literal(TODAY)))
        if refused:
            facts.append(alias(choice(*refused), INVALID))
        if source.ordered:
            facts.append(alias(exp.Window(this=exp.RowNumber()), ROW))
        self.stages.columns = [each.alias for each in (*carried, *facts)]
        read_from: exp.Expr = table(source.table)
        # in DuckDB `source.followers` is a column of the table, even where a struct is called `source`
        said = {each.name.casefold() for tree in (*carried, *facts) for each in tree.find_all(exp.Identifier)}
        if source.table.casefold() in said:
            read_from = exp.alias_(read_from, name(Names(said).fresh(source.table)), table=True)
        self.stages.put("given", exp.select(*carried, *facts).from_(read_from))

    def guarded(self, asked: Sequence[Expr]) -> frozenset[str]:
        """Name the facts with which something is computed: one outside its range might do harm before it is refused.

        Another is compared at most, and a row with such a fact is invalid, whatever the comparison says.
        """
        found = {path for expr in asked for path in _computed_with(expr)}
        derived = (fact for fact in self.source.declared.values() if fact.path in self.source.facts)
        return frozenset(found.union(*(fact.inputs for fact in derived)))

    def add_derived(self) -> None:
        """Fill in derived facts that some rows give and others do not; where both, they must agree."""
        for fact in inputs_first(self.source.declared):
            if fact.path not in self.source.facts or fact.derived is None or not self.derivable(fact):
                continue
            given, derived = self.underneath(fact.path), expression(self.prepared(fact.derived), self.reads())
            self.dated.discard(fact.path)
            differ = both(exp.NEQ, given.copy(), derived.copy())
            refusal = choice((differ, text_literal(fact.path)))
            if INVALID in self.stages.columns:
                refusal = choice((is_known(column(INVALID)), column(INVALID)), (differ, text_literal(fact.path)))
            changed = {
                fact.path: exp.Coalesce(this=given.copy(), expressions=[derived]),
                INVALID: refusal,
            }
            others = [each for each in self.stages.columns if each not in changed]
            self.stages.add(f"with {fact.path}", others, [alias(tree, path) for path, tree in changed.items()])

    def derivable(self, fact: FactDeclaration) -> bool:
        """Say whether some column holds what a fact is derived from."""
        return any(
            path in self.source.facts or (self.source.declared[path].derived is not None
                                          and self.derivable(self.source.declared[path]))
            for path in fact.inputs
        )  # fmt: skip

    def reads(self, slots: Sequence[Slot] = (), table: str | None = None) -> Columns:
        """Say where facts are, and the constants of a table of rules."""
        facts = {path: self.underneath(path) for path in self.source.facts}
        dated = {path: column(path) for path in self.dated}
        lists = {
            path: ListColumn(column(path), {each: each for each in read.fields})
            for path, read in self.source.facts.items()
            if isinstance(self.source.declared[path].type, types.Records)
        }
        for slot in slots:
            constant = column(slot.name, table)
            facts[slot.path] = ordinal(constant) if slot.days else constant
            dated |= {slot.path: constant.copy()} if slot.days else {}
        return Columns(facts, self.day(), lists, taken=self.taken.union(self.stages.columns), days=dated)

    def underneath(self, path: str) -> exp.Expr:
        """Give a fact's value underneath: dates stand in stages as DATEs."""
        return ordinal(column(path)) if path in self.dated else column(path)

    def day(self) -> exp.Expr:
        """Give the decision's day."""
        return number(self.source.today) if isinstance(self.source.today, int) else column(TODAY)

    def fact(self, path: str, type_: types.Type) -> exp.Expr:
        """Give a fact that chooses a policy: a derived one as well."""
        return expression(self.prepared(checked.Fact(path, type_)), self.reads())


def kept(original: str) -> str:
    """Name a column of the source between stages. No fact has a blank in its path."""
    return f"kept: {original}"


def _found(read: Read, *, guarded: bool) -> exp.Expr:
    """Give what stands in the stages for a fact; `guarded` asks for nothing that is refused."""
    value, plain = (read.value, read.plain) if read.day is None else (read.day, read.plain_day)
    return value if plain is None or guarded else plain


def _computed_with(expr: Expr) -> Iterator[str]:
    """Give the facts in an expression that are not simply compared, or looked up."""
    compares = isinstance(expr, checked.Compare | checked.Within | checked.InRegions)
    for part in checked.children(expr):
        if isinstance(part, checked.Fact):
            if not compares:
                yield part.path
        else:
            yield from _computed_with(part)


def _condition(test: exp.Expr) -> exp.Expr:
    """Write a test as the condition of a CASE, for which NULL is as good as false."""
    return test.this if isinstance(test, exp.Coalesce) and test.expressions == [truth(value=False)] else test
