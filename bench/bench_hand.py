"""What a good engineer would write by hand for one rule of one region and one day: three steps of care."""

from collections.abc import Callable, Sequence
from typing import Any

Facts = dict[str, Any]
Row = tuple[str, Callable[[Facts], Sequence[str]], Callable[[Facts], object], str]

_KINDS = frozenset({"personal", "business", "political", "private", "government", "media"})
_OPEN_REGIONS = frozenset({"KR", "ZA"})
_NAMES = frozenset(
    {
        "region",
        "age",
        "followers",
        "account_age",
        "account_type",
        "public_videos_30d",
        "views_30d",
        "original_content",
        "repeat_violations",
        "sold_elsewhere",
    },
)


def two_valued(facts: Facts) -> list[str]:
    """Give the failed names; every fact must be there and right."""
    creator = facts["creator"]
    failed = []
    if creator["age"] < 18:
        failed.append("adult")
    if creator["region"] not in _OPEN_REGIONS:
        failed.append("residence")
    if creator["account_age"] < 30:
        failed.append("account_age")
    if creator["account_type"] not in ("personal", "business"):
        failed.append("account_type")
    if creator["public_videos_30d"] < 3:
        failed.append("public_videos")
    if creator["views_30d"] < 1_000:
        failed.append("views")
    if not creator["original_content"]:
        failed.append("original_content")
    if creator["repeat_violations"]:
        failed.append("conduct")
    if creator["followers"] < 10_000:
        failed.append("followers")
    if not creator["sold_elsewhere"]:
        failed.append("sold_elsewhere")
    return failed


def three_valued(facts: Facts) -> tuple[list[str], list[str]]:
    """Give the failed and the unknown names; a fact may be missing."""
    get = facts["creator"].get
    return _outcomes(
        get("age"),
        get("region"),
        get("account_age"),
        get("account_type"),
        get("public_videos_30d"),
        get("views_30d"),
        get("original_content"),
        get("repeat_violations"),
        get("followers"),
        get("sold_elsewhere"),
    )


def three_valued_checked(facts: Facts) -> tuple[list[str], list[str]]:
    """As `three_valued`, but every name, type and range is checked first."""
    if len(facts) != 1:
        raise ValueError("facts")
    creator = facts["creator"]
    if not creator.keys() <= _NAMES:
        raise ValueError(creator.keys() - _NAMES)
    get = creator.get
    age = get("age")
    if age is not None and (type(age) is not int or not 0 <= age <= 150):
        raise ValueError("age")
    region = get("region")
    if region is not None and type(region) is not str:
        raise ValueError("region")
    account_age = get("account_age")
    if account_age is not None and (type(account_age) is not int or not 0 <= account_age <= 36_500):
        raise ValueError("account_age")
    account_type = get("account_type")
    if account_type is not None and account_type not in _KINDS:
        raise ValueError("account_type")
    public_videos = get("public_videos_30d")
    if public_videos is not None and (type(public_videos) is not int or not 0 <= public_videos <= 10_000_000_000):
        raise ValueError("public_videos_30d")
    views = get("views_30d")
    if views is not None and (type(views) is not int or not 0 <= views <= 10_000_000_000):
        raise ValueError("views_30d")
    original = get("original_content")
    if original is not None and original is not True and original is not False:
        raise ValueError("original_content")
    repeat = get("repeat_violations")
    if repeat is not None and repeat is not True and repeat is not False:
        raise ValueError("repeat_violations")
    followers = get("followers")
    if followers is not None and (type(followers) is not int or not 0 <= followers <= 10_000_000_000):
        raise ValueError("followers")
    sold = get("sold_elsewhere")
    if sold is not None and sold is not True and sold is not False:
        raise ValueError("sold_elsewhere")
    return _outcomes(age, region, account_age, account_type, public_videos, views, original, repeat, followers, sold)


def _outcomes(
    age: Any,
    region: Any,
    account_age: Any,
    account_type: Any,
    public_videos: Any,
    views: Any,
    original: Any,
    repeat: Any,
    followers: Any,
    sold: Any,
) -> tuple[list[str], list[str]]:
    failed: list[str] = []
    unknown: list[str] = []
    if age is None:
        unknown.append("adult")
    elif age < 18:
        failed.append("adult")
    if region not in _OPEN_REGIONS:
        unknown.append("residence")
    if account_age is None:
        unknown.append("account_age")
    elif account_age < 30:
        failed.append("account_age")
    if account_type is None:
        unknown.append("account_type")
    elif account_type not in ("personal", "business"):
        failed.append("account_type")
    if public_videos is None:
        unknown.append("public_videos")
    elif public_videos < 3:
        failed.append("public_videos")
    if views is None:
        unknown.append("views")
    elif views < 1_000:
        failed.append("views")
    if original is None:
        unknown.append("original_content")
    elif not original:
        failed.append("original_content")
    if repeat is None:
        unknown.append("conduct")
    elif repeat:
        failed.append("conduct")
    if followers is None:
        unknown.append("followers")
    elif followers < 10_000:
        failed.append("followers")
    if sold is None:
        unknown.append("sold_elsewhere")
    elif not sold:
        failed.append("sold_elsewhere")
    return failed, unknown


def limits_two_valued(facts: Facts) -> list[str]:
    """Give the failed names; every fact must be there and right."""
    series = facts["series"]
    videos = series["videos"]
    failed = []
    if len(videos) > 80:
        failed.append("number_of_videos")
    if not all(30 <= video["length"] <= 1_200 for video in videos):
        failed.append("video_length")
    if not 0.99 <= series["price"] <= 189.99:
        failed.append("price")
    return failed


def limits_checked(facts: Facts) -> tuple[list[str], list[str]]:
    """Give failed and unknown names of facts that are checked; any may be missing."""
    series = facts["series"]
    if not series.keys() <= {"videos", "price"}:
        raise ValueError("series")
    failed: list[str] = []
    unknown: list[str] = []
    videos = series.get("videos")
    if videos is None:
        unknown += ["number_of_videos", "video_length"]
    else:
        if len(videos) > 80:
            failed.append("number_of_videos")
        outcome: bool | None = True
        for video in videos:
            length = video.get("length")
            if len(video) != 1:
                raise ValueError("video")
            if length is None:
                outcome = None if outcome else outcome
            elif type(length) is not int or not 0 <= length <= 86_400:
                raise ValueError("length")
            elif not 30 <= length <= 1_200:
                outcome = False
        if outcome is None:
            unknown.append("video_length")
        elif not outcome:
            failed.append("video_length")
    price = series.get("price")
    if price is None:
        unknown.append("price")
    elif type(price) is not int or not 0 <= price <= 1_000_000:
        raise ValueError("price")
    elif not 0.99 <= price <= 189.99:
        failed.append("price")
    return failed, unknown


HANDS: dict[str, list[Row]] = {
    "eligibility": [
        ("hand: two values", two_valued, two_valued, "failed names"),
        ("hand: three values", lambda f: three_valued(f)[0], three_valued, "failed and unknown names"),
        (
            "hand: three values, facts checked",
            lambda f: three_valued_checked(f)[0],
            three_valued_checked,
            "failed and unknown names; names, types, ranges checked",
        ),
    ],
    "limits": [
        ("hand: two values", limits_two_valued, limits_two_valued, "failed names"),
        (
            "hand: three values, facts checked",
            lambda f: limits_checked(f)[0],
            limits_checked,
            "failed and unknown names; names, types, ranges checked",
        ),
    ],
}
