"""A large folder of policies, made up from a seed: the shipped programs, with files of their own in 94 regions.

The world's files are the shipped ones. Every region has one to three versions of every program, as long as those that
people write: sources, numbers with notes, now and then a waiver, all in two languages. Nothing in them is true.
"""

import datetime
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import policyengine

REGIONS = 94
_WORLD = "world"
_NUMBERS: Mapping[str, tuple[datetime.date, Mapping[str, Sequence[str]], str]] = {
    "series": (
        datetime.date(2023, 6, 7),
        {
            "min_age": ["19 years", "20 years", "21 years"],
            "min_followers": ["12_000 followers", "25_000 followers", "50_000 followers"],
            "min_views": ["2_000 views", "5_000 views"],
            "min_public_videos": ["4 videos", "5 videos", "8 videos"],
            "max_videos": ["40 videos", "50 videos", "60 videos"],
            "max_price": ["99.99 USD", "120 USD", "149.99 USD"],
        },
        "views",
    ),
    "creator-rewards": (
        datetime.date(2023, 12, 17),
        {
            "min_age": ["19 years", "20 years", "21 years"],
            "min_followers": ["12_000 followers", "25_000 followers", "50_000 followers"],
            "min_views": ["150_000 views", "200_000 views", "500_000 views"],
            "min_length": ["70 seconds", "80 seconds", "90 seconds"],
        },
        "views",
    ),
    "effect-creator-rewards": (
        datetime.date(2023, 10, 12),
        {
            "min_effects": ["6 effects", "7 effects", "9 effects"],
            "min_badge_effects": ["4 effects", "5 effects"],
            "min_badge_videos": ["2_000 videos", "3_000 videos"],
            "min_videos": ["210_000 videos", "250_000 videos", "300_000 videos"],
            "window": ["60 days", "75 days", "120 days"],
        },
        "effects_published",
    ),
}
"""By program: the earliest day on which all later files of the world know these names; numbers; what may be waived."""


def write(
    folder: Path, shipped: Path, seed: int = 94, versions: Mapping[str, int] = MappingProxyType({})
) -> Sequence[str]:
    """Write a folder of policies, and give the regions that have files of their own.

    `versions` says how many each has of some programs; of the others it has one to three.
    """
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("published.lock", "cases", "KR"))
    rng = random.Random(seed)
    tree = policyengine.load(shipped).compiled.tree.parents
    regions = sorted(rng.sample([region for region in tree if len(region) == 2], REGIONS))
    for program in _NUMBERS:
        for region in regions:
            for day in _days(rng, program, versions.get(program)):
                path = folder / program / region / f"{day}.yaml"
                path.parent.mkdir(exist_ok=True)
                path.write_text("\n".join(_file(rng, program, region, day)) + "\n", "utf-8")
    return regions


def _days(rng: random.Random, program: str, versions: int | None) -> Iterator[datetime.date]:
    day = _NUMBERS[program][0] + datetime.timedelta(days=rng.randrange(60))
    for _ in range(rng.randint(1, 3) if versions is None else versions):
        yield day
        day += datetime.timedelta(days=rng.randint(100, 300))


def _file(rng: random.Random, program: str, region: str, day: datetime.date) -> Iterator[str]:
    _, numbers, waivable = _NUMBERS[program]
    changed = sorted(rng.sample(sorted(numbers), rng.randint(2, len(numbers) - 1)))
    yield "# yaml-language-server: $schema=../../../schemas/policy.schema.json"
    yield f"program: {program}\nregion: {region}\neffective: {day}"
    yield "summary:"
    yield f"  en: In this region {len(changed)} numbers differ from those of the world, from {day} on."
    yield f"  id: Di wilayah ini {len(changed)} angka berbeda dari yang berlaku di dunia, mulai {day}."
    yield "sources:"
    for source, certainty in (("help_page", "high"), ("newspaper", "medium"), ("blog", "low")):
        yield f"  {source}:"
        yield f"    title: What creators in {region} should know about {program} ({source}, {day})"
        yield f"    publisher: A made-up {source.replace('_', ' ')} of {region}"
        yield f"    url: https://example.org/{region.lower()}/{program}/{source}/{day}"
        yield f"    certainty: {certainty}"
        yield "    note:"
        yield "      en: Made up to measure with. The page is undated, and its copies in other languages say the same."
        yield "      id: Dikarang untuk pengukuran. Halamannya tanpa tanggal, dan salinannya berbunyi sama."
    yield "assumed:\n  en: The day is made up.\n  id: Tanggalnya dikarang."
    yield "parameters:"
    for name in changed:
        value, other = rng.sample(numbers[name], 2)
        yield f"  {name}:\n    value: {value}\n    source: [{', '.join(rng.sample(['help_page', 'newspaper'], 2))}]"
        yield "    note:"
        yield "      en: The number is made up; it stands where one of the region's own would, with a note as long."
        yield "      id: Angka ini dikarang; tempatnya sama seperti angka wilayah itu, dengan catatan sepanjang ini."
        if rng.random() < 0.4:
            yield f"    also_reported:\n      - value: {other}\n        source: blog"
            yield "        note:\n          en: The blog says otherwise.\n          id: Blog itu menulis lain."
    if rng.random() < 0.2:
        until = day + datetime.timedelta(days=rng.randint(60, 90))
        because = "{en: A pilot in this region., id: Uji coba di wilayah ini.}"
        yield f"waivers:\n  {waivable}: {{until: {until}, because: {because}}}"
