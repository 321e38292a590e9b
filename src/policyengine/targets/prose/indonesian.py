"""Indonesian: names facts by their questions, as paths are English words.

A question is a noun phrase behind its question word: `Berapa usia Anda?` asks for `usia Anda`. One that is
not of a known form is quoted whole: `jawaban atas “…”`.
"""

import re

from policyengine.model import types
from policyengine.model.operators import Aggregate, Comparison
from policyengine.targets.prose.grammar import Grammar, Kind, Named, Noun

# What is asked for, by the form of the question; {0} is the form's first group, and so on.
_FORMS = (
    (re.compile(r"Berapa banyak (.+)\?"), "jumlah {0}"),
    (re.compile(r"Berapa (?!kali\b)(.+)\?"), "{0}"),
    (re.compile(r"Apa (?!yang\b|saja\b)(.+)\?"), "{0}"),
    (re.compile(r"(.+) apa(?: saja)? (yang .+)\?"), "{0} {1}"),
    (re.compile(r"Kapan (.+)\?"), "tanggal {0}"),
    (re.compile(r"Di mana (.+)\?"), "tempat {0}"),
)
_ONE_QUESTION = re.compile(r"[^.?!]+\?")


def _name(named: Named) -> Noun:
    return Noun((_asked_for(named) or _quoted(named)) + named.label)


def _asked_for(named: Named) -> str | None:
    question = named.question or ""
    if isinstance(named.type, types.Boolean) or not _ONE_QUESTION.fullmatch(question):
        return None
    form = next(((match, noun) for pattern, noun in _FORMS if (match := pattern.fullmatch(question))), None)
    if form is None:
        return None
    match, noun = form
    asked = _uncapitalised(noun.format(*match.groups()))
    first = asked.split()[0]
    if first in named.times:
        return None  # `berapa hari …` asks in a unit: the rest is no name for the time
    return f"jumlah {asked}" if first in named.unit else asked


def _uncapitalised(text: str) -> str:
    """Start in lower case, unless the first word is a name such as `TikTok`."""
    first = text.split(maxsplit=1)[0]
    return text[0].lower() + text[1:] if first[1:].islower() else text


def _quoted(named: Named) -> str:
    if named.question is not None:
        return f"jawaban atas “{named.question}”"
    return f"“{named.owner}.{named.field}”"


_FOLDS = {
    Aggregate.SUM: "jumlah dari {term} untuk setiap {word}{label} dari daftar {items}",
    Aggregate.MIN: "nilai terkecil dari {term} untuk setiap {word}{label} dari daftar {items}",
    Aggregate.MAX: "nilai terbesar dari {term} untuk setiap {word}{label} dari daftar {items}",
}

INDONESIAN = Grammar(
    conjunction=(" dan ", ", dan "),
    disjunction=(" atau ", ", atau "),
    nothing="tidak ada",
    yes="ya",
    no="tidak",
    minus="minus {value}",
    point=("poin persentase", "poin persentase"),
    regions="{number} wilayah",
    others="lainnya",
    in_all="{names} (seluruhnya {number})",
    name=_name,
    variable=str,
    be=("", ""),
    clause="{subject} {predicate}",
    full_stop=".",
    quantities={
        Comparison.LESS: "kurang dari {right}",
        Comparison.AT_MOST: "maksimal {right}",
        Comparison.EQUAL: "tepat {right}",
        Comparison.NOT_EQUAL: "tidak sama dengan {right}",
        Comparison.AT_LEAST: "minimal {right}",
        Comparison.GREATER: "lebih dari {right}",
    },
    days={
        Comparison.LESS: "jatuh sebelum {right}",
        Comparison.AT_MOST: "jatuh pada atau sebelum {right}",
        Comparison.EQUAL: "jatuh tepat pada {right}",
        Comparison.NOT_EQUAL: "tidak jatuh pada {right}",
        Comparison.AT_LEAST: "jatuh pada atau setelah {right}",
        Comparison.GREATER: "jatuh setelah {right}",
    },
    labels={Comparison.EQUAL: "adalah {right}", Comparison.NOT_EQUAL: "bukan {right}"},
    sameness={Comparison.EQUAL: "sama dengan {right}", Comparison.NOT_EQUAL: "tidak sama dengan {right}"},
    between="antara {low} dan {high}, termasuk kedua batasnya",
    also="{first} dan {second}",
    one_of="adalah {values}",
    none_of="bukan salah satu dari berikut ini: {values}",
    region_in="berada di {regions}",
    region_not_in="tidak berada di wilayah berikut: {regions}",
    region_in_open=("berada di wilayah dari daftar yang tidak diketahui selengkapnya (yang diketahui: {regions})"),
    region_not_in_open=(
        "tidak berada di wilayah mana pun dari daftar yang tidak diketahui selengkapnya (yang diketahui: {regions})"
    ),
    quoted="“{text}”",
    is_yes="adalah ya",
    is_no="adalah tidak",
    all="semua hal berikut terpenuhi: {clauses}",
    any="setidaknya satu dari hal berikut terpenuhi: {clauses}",
    alike="hal-hal berikut sama-sama terpenuhi atau sama-sama tidak terpenuhi: {clauses}",
    differing="tepat satu dari hal berikut terpenuhi: {clauses}",
    if_clauses=(
        "jika ({0}) terpenuhi maka ({1}) terpenuhi, dan jika ({0}) tidak terpenuhi maka ({2}) terpenuhi: {clauses}"
    ),
    every="untuk setiap {word}{label} dari daftar {items}, {body}",
    some="untuk setidaknya satu {word}{label} dari daftar {items}, {body}",
    requirement="syarat {number} terpenuhi",
    not_requirement="syarat {number} tidak terpenuhi",
    always="ini selalu terpenuhi",
    never="ini tidak pernah terpenuhi",
    today="hari ini",
    plus=" ditambah ",
    minus_between=" dikurangi ",
    times=" dikali ",
    negative="minus {value}",
    time_between="jangka waktu dari {start} sampai {end}",
    years_since="lama waktu dalam tahun penuh sejak {date}",
    full_steps="berapa kali {step} termuat penuh dalam {value} (0 jika nilainya negatif)",
    extreme={Aggregate.MIN: "nilai terkecil dari {values}", Aggregate.MAX: "nilai terbesar dari {values}"},
    if_value="({then} jika {condition}; selain itu {otherwise})",
    item="butir",
    label=" ({variable})",
    called="",
    count="jumlah {items}",
    count_where="jumlah {word}{label} dari daftar {items} yang memenuhi ({where})",
    counted="untuk {predicate} {word}{label} dari daftar {items}, {where}",
    fold=_FOLDS,
    fold_where={aggregate: f"{pattern} yang memenuhi ({{where}})" for aggregate, pattern in _FOLDS.items()},
    more={
        Kind.COUNT: "{amount} lagi",
        Kind.NUMBER: "{amount} lebih tinggi",
        Kind.PERCENT: "{amount} lebih tinggi",
        Kind.MONEY: "{amount} lebih tinggi",
        Kind.DURATION: "{amount} lebih lama",
        Kind.PERIOD: "{amount} lagi",
        Kind.DAY: "{amount} lebih lambat",
    },
    fewer={
        Kind.COUNT: "{amount} lebih sedikit",
        Kind.NUMBER: "{amount} lebih rendah",
        Kind.PERCENT: "{amount} lebih rendah",
        Kind.MONEY: "{amount} lebih rendah",
        Kind.DURATION: "{amount} lebih singkat",
        Kind.PERIOD: "{amount} lebih sedikit",
        Kind.DAY: "{amount} lebih awal",
    },
    about="{subject}: {phrase}",
    about_item="{word} {number}: {phrase}",
    from_day="dengan sendirinya mulai {day}",
)
