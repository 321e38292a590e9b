"""Programs, their checks and every version of them in words, as data that the form shows results with.

Reads: `Policies`, a language, where pages stand.
Gives: `program_data`. Versions are numbered as the JavaScript target numbers intervals: regions with files of their
own one after another, the earliest interval of each first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyengine.compiled import Intervals
from policyengine.decide import Policies
from policyengine.decision import facts_in
from policyengine.model import checked
from policyengine.model.authored import CheckEntry, Program
from policyengine.model.checked import Check, CheckedPolicy, Kind, Requirement, Texts
from policyengine.model.operators import TODAY
from policyengine.model.resolved import Gap
from policyengine.plan import Bound, Plan, Shared, make_plan
from policyengine.report.availability import listed, withdrawn
from policyengine.report.wording import Wording, day, held, wording
from policyengine.site.form.facts import Data, text_in, type_data
from policyengine.targets import prose
from policyengine.targets.javascript import numbered


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the form may lead, from the site's root: pages by program, pages of versions by program and number."""

    programs: Mapping[str, str]
    versions: Mapping[tuple[str, int], str]


def program_data(policies: Policies, program: Program, language: str, urls: Urls) -> Data:
    """Describe a program, its checks, and its versions in all regions."""
    shared = Shared(policies.compiled)
    plans = {check.name: make_plan(shared, program, check) for check in program.checks}
    writer = _Writer(policies.words[language], wording(language))
    timelines = policies.compiled.timelines[program.name]
    versions = [writer.version(timeline, one, plans) for timeline in timelines.values() for one in timeline]
    # INVARIANT: this is the order of `numbered`, whose places the JavaScript target gives as indices.
    assert len(versions) == len(numbered(timelines))
    return {
        "title": writer.text(program.title) or program.name,
        "grants": writer.text(program.grants),
        "url": urls.programs.get(program.name),
        "checks": {check.name: writer.check(check, program) for check in program.checks},
        "starts": {region: timeline[0].start.toordinal() for region, timeline in timelines.items() if timeline},
        "versions": [
            {**version, "url": urls.versions.get((program.name, number))} for number, version in enumerate(versions)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    """One language: the policies' words and ours."""

    words: prose.Words
    ours: Wording

    def text(self, texts: Texts | None) -> str | None:
        return text_in(self.words.language.code, texts)

    def check(self, check: CheckEntry, program: Program) -> Data:
        return {
            "title": self.text(check.title) or check.name,
            "reads": {outcome: self.text(texts) or outcome for outcome, texts in check.reads.items()},
            "regionBy": check.region_by.text,
            "versionBy": None if check.version_by.text == TODAY else check.version_by.text,
            # What joining grants is the answer to the first check: the others ask about something else.
            "joins": check is program.checks[0],
        }

    def version(self, timeline: Intervals, interval: CheckedPolicy | Gap, plans: Mapping[str, Plan]) -> Data:
        data: Data = {
            "start": day(interval.start, self.words),
            "since": held(interval.start, interval.end, self.words, versioned=True),
        }
        if isinstance(interval, Gap):
            return {**data, "withdrawn": list(withdrawn(interval, timeline, self.words))}
        checks = {name: _Rules(self, Bound(plans[name], interval, check)) for name, check in interval.checks.items()}
        return {**data, "checks": {name: rules.data() for name, rules in checks.items()}}


@dataclass(frozen=True, slots=True)
class _Rules:
    """One check in one version."""

    writer: _Writer
    bound: Bound

    def data(self) -> Data:
        check = self.bound.check
        return {
            "reads": list(dict.fromkeys(path for expr in _expressions(check) for path in _facts(expr))),
            "requirements": {one.id: self.requirement(one) for one in check.requirements},
            "values": {value.id: self.value(value) for value in check.values},
        }

    def requirement(self, requirement: Requirement) -> Data:
        writer, code = self.writer, self.writer.words.language.code
        text = self.bound.words(requirement).get(code, requirement.id)
        said = requirement.says is not None and requirement.says.get(code) is not None
        data: Data = {"text": text}
        if requirement.kind is not Kind.REQUIRE and not said:
            data["text"] = writer.ours.any_of if requirement.kind is Kind.ANY_OF else writer.ours.all_of
        elif requirement.kind is Kind.ANY_OF:
            data["aside"] = writer.ours.one_is_enough
        if requirement.obliges is not None:
            owed = self.bound.filled(requirement.obliges)
            data["obliges"] = owed.get(code) or next(iter(owed.values()), requirement.id)
        if requirement.waiver is not None:
            data["waived"] = writer.text(requirement.waiver.because) or ""
        if requirement.clause is not None:
            expression = self.bound.check.clauses[requirement.clause].expression
            data["lists"] = [self.region_list(node) for node in _region_lists(expression)]
            if said and _needs_saying(expression):
                data["needs"] = prose.phrase(expression, writer.words)
        return data

    def value(self, value: checked.NamedValue) -> Data:
        title = self.writer.text(value.title) or value.id
        type_ = type_data(value.type, self.writer.words)
        return {"title": title, "type": type_, "reads": list(dict.fromkeys(_facts(value.expression)))}

    def region_list(self, node: checked.InRegions) -> Data:
        """Describe a list of regions that cannot always tell: of `wide` regions only part is on it.

        Of an open one only `sure` regions are known; `names` are those that the sources name, of `size`.
        """
        assert isinstance(node.operand, checked.Fact)
        tree = self.bound.plan.shared.compiled.tree
        wide = {region for member in node.members for region in tree.chain(member)} - set(node.members)
        data: Data = {"fact": node.operand.path, "wide": [r for r in sorted(wide) if node.truth[r] is None]}
        if not node.open:
            return data
        parameter = self.bound.policy.parameters[node.parameter or ""]
        names = listed(node, parameter, self.writer.words)
        sure = [region for region, truth in node.truth.items() if truth is not None]
        return {**data, "open": {"sure": sure, "names": names, "size": parameter.size}}


def _expressions(check: Check) -> Sequence[checked.Expr]:
    return [clause.expression for clause in check.clauses] + [value.expression for value in check.values]


def _facts(expr: checked.Expr) -> list[str]:
    return [path for path in facts_in(expr) if path != TODAY]


def _region_lists(expr: checked.Expr) -> Iterator[checked.InRegions]:
    if isinstance(expr, checked.InRegions) and isinstance(expr.operand, checked.Fact):
        yield expr
    for child in checked.children(expr):
        yield from _region_lists(child)


def _needs_saying(expr: checked.Expr) -> bool:
    """Say whether an expression may have no distance: nothing then says what is needed but the expression."""
    match expr:
        case checked.Not(operand):
            return _needs_saying(operand)
        case checked.Fact() | checked.Within(checked.Fact()) | checked.InRegions(checked.Fact()):
            return False
        case checked.Compare(_, checked.Fact() | checked.Count(), checked.Literal()):
            return False
        case checked.And(operands):
            return any(_needs_saying(operand) for operand in operands)
        case checked.Quantified(body=body):
            return _needs_saying(body)
        case checked.Compare(_, checked.Item(), checked.Literal()) | checked.Compare(
            _, checked.Literal(), checked.Item() | checked.Fact() | checked.Count()
        ):
            return False
        case _:
            return True
