"""A folder of policies whose every text attacks the page that shows it; or is harmless, in the same places. Not a test.

Each text is `T12:…:T`; what stands between the colons is the attack of its number, or harmless letters in its place.
So a page of the harmless folder says what the other one's must be, to the letter: `attacked`.
"""

import json
import re
from collections.abc import Mapping
from itertools import count

from policyengine.model.templates import placeholders

ATTACKS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% x %} {# y #} {{ config }}",
    "\" onmouseover=\"alert(1)\" ' onfocus='alert(1)'",
    "`code` ``` ${alert(1)} \\` \\",
    "**x** [a](javascript:alert(1)) # y <!-- --> | z |",
    "\u200f\u0645\u0631\u062d\u0628\u0627\u200e &lt;b&gt; &amp; &#60; ]]>",
    "{0} {} {Region} %s %(x)s $& \\1 \\u003c",
    "</textarea></style></svg><svg onload=alert(1)>",
)
_TEXT = re.compile(r"T(\d+):[s ]+:T")


def attacked(text: str) -> str:
    """Give what a text of the harmless site says in the attacked one."""
    return _TEXT.sub(lambda found: _text(int(found[1]), hostile=True), text)


def hostile_policies(*, hostile: bool) -> Mapping[str, str]:
    """Write the files that stand in the place of those in `tests/errors/_base`."""
    texts = _Texts(hostile=hostile)
    return {
        "languages.yaml": _languages(texts),
        "regions.yaml": _regions(texts),
        "facts/creator.yaml": _creator(texts),
        "facts/series.yaml": _series(texts),
        "series/program.yaml": _program(texts),
        "series/world/2023-06-06.yaml": _world(texts),
        "series/world/2024-03-01.yaml": _world(texts, effective="2024-03-01", followers=20_000),
        "series/KR/2024-05-01.yaml": _korea(texts),
        "series/ID/2024-05-01.yaml": _withdrawn(texts),
    }


def _text(number: int, *, hostile: bool) -> str:
    attack = ATTACKS[number % len(ATTACKS)]
    return f"T{number}:{attack if hostile else re.sub(r'[^ ]', 's', attack)}:T"


class _Texts:
    """Gives texts, one after another, ready for YAML."""

    def __init__(self, *, hostile: bool) -> None:
        self._hostile = hostile
        self._numbers = count(1)

    def one(self, more: str = "") -> str:
        text = _text(next(self._numbers), hostile=self._hostile)
        assert not placeholders(text)
        return json.dumps(text + more, ensure_ascii=False)

    def both(self, more: str = "") -> str:
        return f"{{en: {self.one(more)}, id: {self.one(more)}}}"

    def fixed(self, number: int) -> str:
        """Give the text of a number: where one name stands in several files."""
        return _text(number, hostile=self._hostile)


_CHOICE, _URL, _FORBIDDEN = 1_000, 1_001, 1_002


def _languages(texts: _Texts) -> str:
    words = "second minute hour day week month year followers videos".split()
    text = "languages:\n"
    for language in ("en", "id"):
        text += f"  {language}:\n    name: {texts.one()}\n    thousands: ','\n    decimal: '.'\n"
        text += f"    date: {texts.one(' {day} {month} {year}')}\n"
        text += f"    months: [{', '.join(texts.one() for _ in range(12))}]\n    units:\n"
        text += "".join(f"      {word}: [{texts.one()}, {texts.one()}]\n" for word in words)
    return text


def _regions(texts: _Texts) -> str:
    parents = {"southeast_asia": "world", "ID": "southeast_asia", "PH": "southeast_asia", "KR": "world", "US": "world"}
    parents["US-CA"] = "US"
    text = f"regions:\n  world: {{name: {texts.both()}}}\n"
    return text + "".join(f"  {id_}: {{part_of: {of}, name: {texts.both()}}}\n" for id_, of in parents.items())


def _creator(texts: _Texts) -> str:
    choice = json.dumps(texts.fixed(_CHOICE))
    return f"""\
entity: creator
facts:
  region: {{type: region, question: {texts.both()}, privacy: public}}
  birth_date: {{type: date, question: {texts.both()}, privacy: private}}
  age:
    type: period
    unit: years
    range: [0 years, 150 years]
    derived: years_since(creator.birth_date)
    question: {texts.both()}
    privacy: private
  followers: {{type: integer, unit: followers, range: [0, 10_000_000], question: {texts.both()}, privacy: public}}
  account_type:
    type: choice
    values: {{personal: {texts.both()}, {choice}: {texts.both()}}}
    question: {texts.both()}
    privacy: public
  nickname: {{type: text, question: {texts.both()}, privacy: public}}
  sold_elsewhere: {{type: boolean, question: {texts.both()}, privacy: public}}
"""


def _series(texts: _Texts) -> str:
    return f"""\
entity: series
facts:
  price: {{type: money, currency: USD, range: [0 USD, 1_000_000 USD], question: {texts.both()}, privacy: public}}
  videos:
    type: list
    max_items: 1_000
    unit: videos
    item:
      length: {{type: duration, unit: seconds, range: [0 seconds, 24 hours], question: {texts.both()}}}
    question: {texts.both()}
    privacy: public
"""


def _program(texts: _Texts) -> str:
    text = f"program: series\ntitle: {texts.both()}\nabout: {texts.both()}\ngrants: {texts.both()}\nchecks:\n"
    for check in ("eligibility", "limits"):
        text += (
            f"  {check}:\n    title: {texts.both()}\n    region_by: creator.region\n    version_by: today\n    reads:\n"
        )
        text += "".join(f"      {name}: {texts.both()}\n" for name in ("met", "unmet", "unknown", "not_offered"))
    names = "min_age min_followers available_regions account_types max_videos max_price forbidden".split()
    return text + "parameters:\n" + "".join(f"  {name}: {texts.both()}\n" for name in names)


def _sources(texts: _Texts) -> str:
    address = f"https://example.org/?{texts.fixed(_URL)}"
    return f"""\
sources:
  help_page:
    title: {texts.one()}
    publisher: {texts.one()}
    url: {json.dumps(address)}
    published: 2023-06-01
    certainty: high
    note: {texts.both()}
  press: {{title: {texts.one()}, publisher: {texts.one()}, certainty: low, note: {texts.both()}}}
"""


def _world(texts: _Texts, effective: str = "2023-06-06", followers: int = 10_000) -> str:
    choice = json.dumps(texts.fixed(_CHOICE))
    return f"""\
program: series
region: world
effective: {effective}
summary: {texts.both()}
assumed: {texts.both()}
{_sources(texts)}\
parameters:
  min_age: {{value: 18 years, source: help_page, note: {texts.both()}}}
  min_followers: {{value: {followers} followers, source: [help_page, press]}}
  available_regions:
    regions: [southeast_asia, KR]
    open: true
    size: 94
    source: press
  account_types: {{value: ["personal", {choice}], source: help_page}}
  max_videos: {{value: 80 videos, source: help_page}}
  forbidden: {{value: {json.dumps(texts.fixed(_FORBIDDEN))}, source: help_page}}
  max_price:
    value: 190 USD
    source: help_page
    also_reported:
      - {{value: 189.99 USD, source: press, note: {texts.both()}}}
checks:
  eligibility:
    adult:
      require: creator.age >= min_age
      binding: true
      says: {texts.both(" {min_age}")}
    residence:
      require: creator.region in available_regions
    account:
      require: creator.account_type in account_types
    nickname:
      require: creator.nickname != forbidden
    audience:
      says: {texts.both()}
      any_of:
        followers:
          require: creator.followers >= min_followers
        sold_elsewhere:
          require: creator.sold_elsewhere
          says: {texts.both()}
          obliges: {texts.both(" {min_followers}")}
  limits:
    number_of_videos:
      require: count(series.videos) <= max_videos
    price:
      require: series.price <= max_price
values:
  limits:
    top_price:
      expression: max_price
      title: {texts.both()}
"""


def _korea(texts: _Texts) -> str:
    return f"""\
program: series
region: KR
effective: 2024-05-01
summary: {texts.both()}
{_sources(texts)}\
parameters:
  min_age: {{value: 19 years, source: help_page, note: {texts.both()}}}
checks:
  limits:
    account: {{require: creator.account_type == "personal", new: true, says: {texts.both()}}}
waivers:
  audience: {{until: 2099-01-01, because: {texts.both()}}}
"""


def _withdrawn(texts: _Texts) -> str:
    return f"""\
program: series
region: ID
effective: 2024-05-01
withdrawn: true
summary: {texts.both()}
"""
