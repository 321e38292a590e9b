"""Questions of our own, asked beside a check of every row: yes or no, by expressions over facts.

Reads: rules, expressions for each policy.
Gives: a statement, and the columns that hold the answers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyengine.impact.population import Population, Progress
from policyengine.impact.rules import Rules
from policyengine.model.checked import BOOLEAN, Check, CheckedPolicy, Clause, Expr, NamedValue, Origin, with_clauses
from policyengine.model.span import Source
from policyengine.targets.sql.tallies import Having, Tree, counted

Questions = Callable[[CheckedPolicy, Check], Mapping[str, Expr]]
"""The questions of one policy by name: the same names for every policy that has them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that asks, the columns of its answers by question, and the column of the check's outcome."""

    tree: Tree
    columns: Mapping[str, str]
    outcome: str

    def counts(
        self,
        population: Population,
        wanted: Mapping[str, Sequence[Having]],
        progress: Progress,
        within: Sequence[Having] = (),
    ) -> Mapping[str, int]:
        """Count the rows that pass all of some tests, for each of many counts, of those that pass others first."""
        (found,) = population.rows(counted(self.tree, wanted, within), progress)
        return dict(zip(wanted, found, strict=True))


def ask(rules: Rules, population: Population, questions: Questions) -> Asked:
    """Write the statement; raises as `Population.plan` does."""
    names: set[str] = set()

    def values(policy: CheckedPolicy, check: Check) -> Iterator[NamedValue]:
        for name, expression in questions(policy, check).items():
            names.add(name)
            yield NamedValue(name, expression, BOOLEAN, None, _NOWHERE, "")

    asking = rules.asking(lambda policy, check: tuple(values(policy, check)))
    plan = population.plan(rules, asking)
    (asked,) = plan.checks.values()
    # the statement gives values in the order of their names
    return Asked(plan.statement.tree, dict(zip(sorted(names), asked.values, strict=True)), asked.outcome)


def whole(check: Check, clauses: Mapping[int, Expr]) -> Expr:
    """Give a check's outcome over facts, some of its clauses being others."""
    changed = tuple(
        Clause(clause.id, clauses.get(index, clause.expression), clause.source)
        for index, clause in enumerate(check.clauses)
    )
    return with_clauses(check.expression, changed)


_NOWHERE = Origin(Source("", "").whole(), "")
