"""What the form says under a requirement, and which facts it asks for."""

import datetime
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

import policyengine
from form_folder import call, write_form

ASKING = "form/asking.js"


@cache
def assets() -> Path:
    return write_form(Path(mkdtemp()), policyengine.load("policies"))


def underneath(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Read facts as a caller gives them; derived ones stay the page's business."""
    return policyengine.load("policies").door.read_given(facts)


SHORT = {
    "creator": {"region": "KR", "age": 18, "followers": 900, "account_type": "political", "sold_elsewhere": False},
    "series": {"price": 300, "videos": [{"length": 10}, {"length": 1500}, {"length": 60}]},
}
EFFECTS = {"creator": {"region": "US", "badge": "none", "effects": [{"videos": 5}, {"videos": 3}]}}
CASES = [
    (
        "series",
        "eligibility",
        SHORT,
        {
            "adult": ["given: 18 years", "1 year more"],
            "residence": ["given: South Korea"],
            "account_type": ["given: political", "needed: personal or business"],
            "followers": ["given: 900 followers", "9,100 more followers"],
            "sold_elsewhere": ["given: no", "needed: yes"],
        },
        {
            "adult": ["data Anda: 18 tahun", "1 tahun lagi"],
            "residence": ["data Anda: Korea Selatan"],
            "account_type": ["data Anda: politik", "yang diperlukan: pribadi atau bisnis"],
            "followers": ["data Anda: 900 pengikut", "9.100 pengikut lagi"],
            "sold_elsewhere": ["data Anda: tidak", "yang diperlukan: ya"],
        },
    ),
    (
        "series",
        "limits",
        SHORT,
        {
            "number_of_videos": ["given: 3 videos"],
            "video_length": [
                "given: video 1: 10 seconds; video 2: 25 minutes",
                "video 1: 20 seconds more",
                "video 2: 5 minutes less",
            ],
            "price": ["given: 300 USD", "110.01 USD less"],
        },
        {
            "number_of_videos": ["data Anda: 3 video"],
            "video_length": [
                "data Anda: video 1: 10 detik; video 2: 25 menit",
                "video 1: 20 detik lebih lama",
                "video 2: 5 menit lebih singkat",
            ],
            "price": ["data Anda: 300 USD", "110,01 USD lebih rendah"],
        },
    ),
    (
        "effect-creator-rewards",
        "eligibility",
        EFFECTS,
        {
            "residence": ["given: United States"],
            "badge_level": ["given: no badge", "needed: gold, platinum or diamond"],
            "effects_published": ["given: 2 effects", "3 more effects"],
            "effects_used": [
                "given: 2 effects",
                "needed: for at least 3 of the creator's effects, the effect's videos are at least 1,000",
            ],
        },
        {
            "residence": ["data Anda: Amerika Serikat"],
            "badge_level": ["data Anda: tanpa lencana", "yang diperlukan: emas, platinum, atau berlian"],
            "effects_published": ["data Anda: 2 efek", "3 efek lagi"],
            "effects_used": [
                "data Anda: 2 efek",
                (
                    "yang diperlukan: untuk minimal 3 efek dari daftar efek yang sudah Anda terbitkan, "
                    "jumlah video yang memakai efek ini minimal 1.000"
                ),
            ],
        },
    ),
    (
        "series",
        "limits",
        {"creator": {"region": "ZA"}, "series": {"videos": [{"length": 60}, {}, None, {}, {}]}},
        {
            "number_of_videos": ["given: 5 videos"],
            "video_length": [
                "video 2: not answered yet; video 3: not answered yet; video 4: not answered yet; and 1 more"
            ],
        },
        {
            "number_of_videos": ["data Anda: 5 video"],
            "video_length": ["video 2: belum dijawab; video 3: belum dijawab; video 4: belum dijawab; dan 1 lainnya"],
        },
    ),
    (
        "effect-creator-rewards",
        "eligibility",
        {"creator": {"region": "ZW"}},
        {"residence": ["given: Zimbabwe", "needed: one of 53 regions"]},
        {"residence": ["data Anda: Zimbabwe", "yang diperlukan: salah satu dari 53 wilayah"]},
    ),
]


@pytest.mark.parametrize(("program", "check", "facts", "english", "indonesian"), CASES)
def test_a_requirement_says_what_was_given_and_what_lacks(
    program: str, check: str, facts: Mapping[str, Any], english: Any, indonesian: Any
) -> None:
    on = datetime.date(2024, 8, 1)
    asked = ("decided", "said", program, check, underneath(facts), on.toordinal())

    assert call(assets(), "en", [asked]) == [english]
    assert call(assets(), "id", [asked]) == [indonesian]


def test_a_derived_fact_is_asked_for_by_what_it_is_made_from() -> None:
    paths = ["creator.age", "creator.followers", "series.videos[2].length", "creator.age"]

    asked = call(
        assets(),
        "en",
        [
            (ASKING, "toAsk", paths, FACTS, {"set": themselves})
            for themselves in ([], ["creator.age"], ["creator.followers"])
        ],
    )

    assert asked == [
        ["creator.birth_date", "creator.followers", "series.videos"],
        ["creator.age", "creator.followers", "series.videos"],
        ["creator.birth_date", "creator.followers", "series.videos"],
    ]


def test_a_derived_fact_may_be_answered_itself_only_where_nothing_else_reads_its_inputs() -> None:
    inputs = {"born": [], "age": ["born"], "adult": ["age"], "opened": [], "account_age": ["opened"]}
    facts = {path: {"path": path, "inputs": inputs[path]} for path in inputs}
    reads = [["age", "account_age"], ["age", "born", "account_age"], ["age", "adult"], ["adult"]]

    found = call(assets(), "en", [(ASKING, "instead", one, facts) for one in reads])

    assert found == [
        [["age", ["born"]], ["account_age", ["opened"]]],
        [["account_age", ["opened"]]],
        [],
        [["adult", ["born"]]],
    ]


def test_dates_after_the_day_that_make_something_negative_are_found() -> None:
    on = datetime.date(2024, 8, 1).toordinal()
    decided = [{"requirements": [{"given": {"creator.age": -72, "creator.account_age": 5, "today": on}}]}]
    answers = [["creator.birth_date", on + 2_000], ["creator.account_opened", on - 5]]
    nothing = [{"requirements": []}, {"requirements": [{"given": {"creator.age": None, "creator.followers": 3}}]}]
    at_last = [{"requirements": [{"given": {"creator.age": 0}}]}]

    found = call(
        assets(),
        "en",
        [(ASKING, "datesAhead", one, {"map": answers}, on, FACTS) for one in (decided, nothing, at_last, [])],
    )

    assert found == [["creator.birth_date"], [], [], []]


FACTS = {"facts": True}
