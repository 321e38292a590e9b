"""A little program, people, and what a change of its rules makes of them, worked out one by one. Not a test.

Nothing here asks SQL: people are decided by the interpreter, by the policy of their region and the side's day.
"""

import datetime
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from policyengine.decide import Policies
from policyengine.impact import Side
from policyengine.impact.figures import Kind
from policyengine.missing import hanging_on
from policyengine.model.checked import Check, CheckedPolicy
from policyengine.model.errors import InvalidFact
from policyengine.targets.interpreter import Environment, evaluate

ROOT = Path(__file__).parent.parent
ON = datetime.date(2026, 7, 1)
_SAYS = "{en: x, id: x}"
_READS = "{met: {en: in, id: x}, unmet: {en: out, id: x}, unknown: {en: open, id: x}, not_offered: {en: no, id: x}}"

REGIONS = f"""\
regions:
  world: {{name: {_SAYS}}}
  asia: {{part_of: world, name: {_SAYS}}}
  KR: {{part_of: asia, name: {{en: South Korea, id: Korea}}}}
  JP: {{part_of: asia, name: {{en: Japan, id: Jepang}}}}
  ZA: {{part_of: world, name: {{en: South Africa, id: x}}}}
"""
CREATOR = f"""\
entity: creator
facts:
  region: {{type: region, question: {_SAYS}, privacy: public}}
  birth_date: {{type: date, question: {_SAYS}, privacy: private}}
  age:
    type: period
    unit: years
    range: [0 years, 150 years]
    derived: years_since(creator.birth_date)
    question: {_SAYS}
    privacy: private
  followers: {{type: integer, unit: followers, range: [0, 10_000], question: {_SAYS}, privacy: public}}
  spent: {{type: money, currency: USD, range: [0 USD, 1_000 USD], question: {_SAYS}, privacy: public}}
  watched: {{type: duration, unit: minutes, range: [0 minutes, 10_000 minutes], question: {_SAYS}, privacy: public}}
  rate: {{type: percent, range: [0%, 100%], question: {_SAYS}, privacy: public}}
  sold: {{type: boolean, question: {_SAYS}, privacy: public}}
  invited: {{type: boolean, question: {_SAYS}, privacy: public}}
  joined: {{type: date, question: {_SAYS}, privacy: public}}
"""
SHOP = f"""\
entity: shop
facts:
  price: {{type: money, currency: USD, range: [0 USD, 1_000 USD], question: {_SAYS}, privacy: public}}
"""
PROGRAM = f"""\
program: club
title: {{en: The Club, id: Klub}}
about: {_SAYS}
grants: {_SAYS}
checks:
  joining: {{title: {{en: "May I join?", id: x}}, region_by: creator.region, version_by: today, reads: {_READS}}}
  staying:
    {{title: {{en: "May I stay?", id: x}}, region_by: creator.region, version_by: creator.joined, reads: {_READS}}}
  selling: {{title: {{en: "May I sell?", id: x}}, region_by: creator.region, version_by: today, reads: {_READS}}}
parameters:
  min_age: {{en: Minimum age, id: x}}
  min_followers: {{en: Minimum followers, id: x}}
  min_watched: {{en: Time watched, id: x}}
  max_rate: {{en: Highest rate, id: x}}
  min_spent: {{en: Money spent, id: x}}
  top: {{en: Top price, id: x}}
"""
WORLD = """\
program: club
region: world
effective: 2025-01-01
sources: {page: {title: A page, publisher: Somebody, certainty: high}}
parameters:
  min_age: {value: 18 years, source: page}
  min_followers: {value: 1_000 followers, source: page}
  min_watched: {value: 90 minutes, source: page}
  max_rate: {value: 40%, source: page}
  min_spent: {value: 19.99 USD, source: page}
  top: {value: 100 USD, source: page}
checks:
  joining:
    adult: {require: creator.age >= min_age}
    audience:
      any_of:
        followers: {require: creator.followers >= min_followers}
        sold: {require: creator.sold}
    patience: {require: creator.watched > min_watched}
    moderate: {require: "creator.rate <= max_rate and not creator.followers > 9_500 followers"}
  staying:
    spent: {require: creator.spent >= min_spent}
  selling:
    price: {require: shop.price <= top}
"""
KOREA = """\
program: club
region: KR
effective: 2025-01-01
sources: {page: {title: A page, publisher: Somebody, certainty: high}}
parameters:
  min_age: {value: 19 years, source: page}
"""
LATER = (
    WORLD.replace("effective: 2025-01-01", "effective: 2026-01-01")
    .replace("value: 18 years", "value: 16 years")
    .replace("    patience: {require: creator.watched > min_watched}\n", "    invited: {require: creator.invited}\n")
    .replace("  min_watched: {value: 90 minutes, source: page}\n", "")
    .replace("value: 19.99 USD", "value: 25 USD")
    .replace("      any_of:\n        followers", "      all_of:\n        followers")
)
DRAFT = LATER.replace("effective: 2026-01-01\n", "effective: 2026-03-01\ndraft: true\n").replace("16 years", "14 years")


def folder(path: Path, **texts: str) -> Path:
    """Write the folder of policies; the texts replace files by their path, `/` written as `__` and `-` as `_`."""
    files = {
        "languages.yaml": (ROOT / "policies" / "languages.yaml").read_text("utf-8"),
        "regions.yaml": REGIONS,
        "facts/creator.yaml": CREATOR,
        "facts/shop.yaml": SHOP,
        "club/program.yaml": PROGRAM,
        "club/world/2025-01-01.yaml": WORLD,
        "club/KR/2025-01-01.yaml": KOREA,
        "club/world/2026-01-01.yaml": LATER,
        "club/world/2026-03-01.younger.yaml": DRAFT,
    } | texts
    for name, text in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return path


def people(rows: int, seed: int = 7) -> list[dict[str, Any]]:
    """Make people up, some of whom are not known in full, and some of whom cannot be."""
    rng = random.Random(seed)  # noqa: S311 -- no secret
    return [dict(_person(rng)) for _ in range(rows)]


def _person(rng: random.Random) -> Iterator[tuple[str, Any]]:
    facts: dict[str, Any] = {
        "region": rng.choice(("KR", "JP", "ZA", "asia", "XX" if rng.random() < 0.05 else "KR")),
        "birth_date": datetime.date(2026 - rng.randint(11, 24), rng.randint(1, 12), rng.randint(1, 28)),
        "followers": rng.choice((rng.randint(0, 2_000), rng.randint(880, 1_120), rng.randint(9_000, 10_100))),
        "spent": Decimal(rng.choice((1_799, 1_999, 1_800, 2_500, 2_499, 2_250, 2_000, rng.randint(0, 5_000)))) / 100,
        "watched": rng.choice((80, 81, 90, 91, 99, 100, rng.randint(0, 200))),
        "rate": rng.choice((36, 40, 41, 44, 45, rng.randint(0, 100))),
        "sold": rng.random() < 0.4,
        "invited": rng.random() < 0.7,
        "joined": datetime.date(2024, 6, 1) + datetime.timedelta(days=rng.randint(0, 700)),
    }
    for name, value in facts.items():
        yield name, None if rng.random() < 0.06 else value


def parquet(path: Path, rows: Sequence[Mapping[str, Any]], **notes: str) -> Path:
    """Write people as a Parquet file."""
    types = {"spent": pa.decimal128(9, 2), "followers": pa.int64(), "watched": pa.int64(), "rate": pa.int64()}
    names = list(rows[0])
    table = pa.table({name: pa.array([row[name] for row in rows], types.get(name)) for name in names})
    pq.write_table(table.replace_schema_metadata(notes), path)
    return path


# what becomes of them, one by one


@dataclass(frozen=True)
class Answer:
    """How one side decides one person; `refused` is the fact that cannot be read."""

    outcome: str
    check: Check | None = None
    truths: tuple[bool | None, ...] = ()
    refused: str | None = None

    def leaves(self) -> dict[str, bool | None]:
        """Give the outcomes of the leaf requirements."""
        assert self.check is not None
        return {clause.id: truth for clause, truth in zip(self.check.clauses, self.truths, strict=True)}

    def because(self) -> list[str]:
        """Give the leaves that the outcome hangs on."""
        assert self.check is not None
        truth = {"met": True, "unmet": False}.get(self.outcome)
        found = hanging_on(self.check, truth, Environment({}, 0, self.truths))
        return [self.check.clauses[index].id for index in found]


def answer(side: Side, check: str, person: Mapping[str, Any], program: str = "club") -> Answer:
    """Decide one person by one side's rules."""
    policies: Policies = side.policies
    plan = policies.plan(program, check)
    wanted = plan.check.version_by.text
    read = {*_read(policies, program, check)} | {plan.check.region_by.text, wanted}
    facts = {"creator": {name: each for name, each in person.items() if each is not None and f"creator.{name}" in read}}
    try:
        known = policies.door.read(facts, ON.toordinal())
    except InvalidFact as error:
        return Answer("invalid", refused=error.fact)
    region = known.get("creator.region")
    day: Any = side.day
    if wanted != "today":
        version = known.get(wanted)
        day = None if version is None else datetime.date.fromordinal(int(version))  # type: ignore[arg-type]
    if region is None or day is None:
        return Answer("unknown")
    policy = policies.in_force(program, region=str(region), on=day).policy
    if policy is None or check not in policy.checks:
        return Answer("not_offered")
    asked = policy.checks[check]
    truths: Any = tuple(evaluate(clause.expression, Environment(known, ON.toordinal())) for clause in asked.clauses)
    truth = evaluate(asked.expression, Environment({}, 0, truths))
    return Answer({True: "met", False: "unmet", None: "unknown"}[truth], asked, truths)  # type: ignore[index]


def _read(policies: Policies, program: str, check: str) -> Iterator[str]:
    """Give the facts that a check reads in some version: others may hold whatever they like."""
    for timeline in policies.compiled.timelines[program].values():
        for interval in timeline:
            if isinstance(interval, CheckedPolicy) and check in interval.checks:
                for path, fact in interval.checks[check].facts.items():
                    yield from (path, *fact.inputs)


def outcomes(side: Side, check: str, rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Count the outcomes of all."""
    return Counter(answer(side, check, row).outcome for row in rows)


def worse(before: str, after: str) -> bool:
    """Say whether an outcome got worse."""
    order = ("not_offered", "unmet", "unknown", "met")
    return order.index(after) < order.index(before)


def _turned(looked: Answer, other: Answer) -> Iterator[str]:
    """Give the leaves that turned the group `audience`, where those that it hung on stayed as they were."""
    groups = []
    for each in (looked, other):
        assert each.check is not None
        group = each.check.requirement("audience")
        groups.append(evaluate(group.expression, Environment({}, 0, each.truths)))
    here, there = groups
    if here is {"met": True, "unmet": False}.get(looked.outcome) and here is not there:
        for name in ("followers", "sold"):
            if other.leaves()[name] is there and looked.leaves()[name] is not there:
                yield name


def expected_causes(pairs: Sequence[tuple[Answer, Answer]]) -> Counter[tuple[Kind, str]]:
    """Count the leaves that made a difference, where leaves did."""
    found: Counter[tuple[Kind, str]] = Counter()
    for before, after in pairs:
        if before.outcome != after.outcome and before.check and after.check:
            looked, other = (after, before) if worse(before.outcome, after.outcome) else (before, after)
            theirs, mine = other.leaves(), looked.leaves()
            differing = [name for name in looked.because() if name not in theirs or theirs[name] is not mine[name]]
            differing += [name for name in _turned(looked, other) if not set(differing) & {"followers", "sold"}]
            found.update((Kind.of(before.outcome, after.outcome), name) for name in differing)
    return found
