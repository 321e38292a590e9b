"""The fixed words of decisions, policies and timelines, in each language: one table.

Gives: `wording`; a language without a row here has the English one. `day` writes a day.
Never: holds a word of a policy; those are the author's.
"""

import datetime
from dataclasses import dataclass

from policyengine.model import types
from policyengine.targets import prose


@dataclass(frozen=True, slots=True)
class Wording:
    """What we say ourselves. Braces are filled by whoever uses the text."""

    # a decision
    no_region: str
    any_of: str
    all_of: str
    one_is_enough: str
    given: str
    not_given: str
    waived: str
    owed: str
    asked: str
    not_known: str
    change: str
    changes: str
    changes_together: str
    still_open: str
    more: str
    met_on: str
    since: str
    during: str
    version_since: str
    version_during: str
    # a note under an outcome
    open_list: str
    open_list_of: str
    too_wide: str
    withdrawn: str
    withdrawn_until: str
    no_check: str
    not_yet: str
    no_rules: str
    chooses_rules: str
    # a policy and its timeline
    parameters: str
    sources: str
    disputed: str
    instead_of: str
    added_here: str
    binding: str
    obliges: str
    assumed: str
    certainty: dict[str, str]
    no_policy: str
    in_force: str
    scheduled: str
    nothing_changes: str
    waiver_starts: str
    waiver_ends: str


def wording(language: str) -> Wording:
    """Give the words of a language."""
    return _WORDING.get(language, _ENGLISH)


def held(start: datetime.date, end: datetime.date | None, words: prose.Words, *, versioned: bool = False) -> str:
    """Say on which days `[start, end)` rules hold; `versioned` ones hold for a version day among them."""
    ours = wording(words.language.code)
    since, during = ours.since, ours.during
    if versioned:
        since, during = ours.version_since, ours.version_during
    if end is None:
        return since.format(start=day(start, words))
    return during.format(start=day(start, words), last=day(end - datetime.timedelta(days=1), words))


def day(date: datetime.date, words: prose.Words) -> str:
    """Write a day: `1 May 2025`."""
    return prose.value(date.toordinal(), types.Date(), words)


_ENGLISH = Wording(
    no_region="Region not known",
    any_of="One of these:",
    all_of="All of these:",
    one_is_enough="one of these is enough",
    given="given: {facts}",
    not_given="not answered yet",
    waived="waived until {day}: {because}",
    owed="What you must do",
    asked="What is still to be answered",
    not_known="not known yet",
    change="What would change it",
    changes="What would change it: any one of these",
    changes_together="What would change it: all of these together",
    still_open="What is marked ? is still open: it may stand in the way.",
    more="and {number} more",
    met_on=("On {day} the answer turns to “{reads}” by the passing of time alone, if nothing else changes."),
    since="in force since {start}",
    during="in force from {start} to {last}",
    version_since="by the rules since {start}",
    version_during="by the rules of {start} to {last}",
    open_list="It is not known whether {region} is on the list: the sources name only {names}.",
    open_list_of=(
        "It is not known whether {region} is on the list: of its {size} regions, the sources name only {names}."
    ),
    too_wide="{region} is too wide to tell: part of it is on the list, the rest may not be.",
    withdrawn="Withdrawn since {start}.",
    withdrawn_until="Withdrawn from {start} to {last}.",
    no_check="The rules in force since {start} do not ask this.",
    not_yet="No rules were in force yet: the first ones start on {start}.",
    no_rules="There are no rules for {region}.",
    chooses_rules="Which rules apply depends on the answer.",
    parameters="Parameters",
    sources="Sources",
    disputed="disputed; also reported: {value}",
    instead_of="instead of {value}",
    added_here="added here",
    binding="binding: a narrower region may only be stricter",
    obliges="Along with it: {words}",
    assumed="The day is an assumption: {words}",
    certainty={
        "high": "certainty high",
        "medium": "certainty medium",
        "low": "certainty low",
        "assumption": "an assumption",
    },
    no_policy="not offered",
    in_force="in force today",
    scheduled="scheduled",
    nothing_changes="nothing in the rules changes",
    waiver_starts="waived until {day}",
    waiver_ends="no longer waived",
)

_INDONESIAN = Wording(
    no_region="Wilayah belum diketahui",
    any_of="Salah satu dari ini:",
    all_of="Semua ini:",
    one_is_enough="cukup salah satu",
    given="data Anda: {facts}",
    not_given="belum dijawab",
    waived="dikecualikan sampai {day}: {because}",
    owed="Yang harus Anda lakukan",
    asked="Yang masih perlu dijawab",
    not_known="belum diketahui",
    change="Yang akan mengubah hasil ini",
    changes="Yang akan mengubah hasil ini: cukup salah satu",
    changes_together="Yang akan mengubah hasil ini: semuanya sekaligus",
    still_open="Yang bertanda ? masih terbuka: itu dapat menjadi penghalang.",
    more="dan {number} lainnya",
    met_on=(
        "Pada {day} hasilnya berubah menjadi “{reads}” seiring berjalannya waktu saja, selama hal lain tidak berubah."
    ),
    since="berlaku sejak {start}",
    during="berlaku dari {start} sampai {last}",
    version_since="menurut aturan sejak {start}",
    version_during="menurut aturan {start} sampai {last}",
    open_list="Belum diketahui apakah {region} termasuk dalam daftar: sumbernya hanya menyebut {names}.",
    open_list_of=(
        "Belum diketahui apakah {region} termasuk dalam daftar: dari {size} wilayah, sumbernya hanya menyebut {names}."
    ),
    too_wide="{region} terlalu luas untuk dipastikan: sebagian termasuk dalam daftar, sisanya mungkin tidak.",
    withdrawn="Dihentikan sejak {start}.",
    withdrawn_until="Dihentikan dari {start} sampai {last}.",
    no_check="Aturan yang berlaku sejak {start} tidak mengatur hal ini.",
    not_yet="Saat itu belum ada aturan: aturan pertama mulai berlaku pada {start}.",
    no_rules="Tidak ada aturan untuk {region}.",
    chooses_rules="Aturan mana yang berlaku bergantung pada jawabannya.",
    parameters="Parameter",
    sources="Sumber",
    disputed="diperselisihkan; dilaporkan juga: {value}",
    instead_of="menggantikan {value}",
    added_here="ditambahkan di sini",
    binding="mengikat: wilayah yang lebih sempit hanya boleh lebih ketat",
    obliges="Disertai kewajiban: {words}",
    assumed="Tanggal ini adalah asumsi: {words}",
    certainty={
        "high": "kepastian tinggi",
        "medium": "kepastian sedang",
        "low": "kepastian rendah",
        "assumption": "asumsi",
    },
    no_policy="tidak tersedia",
    in_force="berlaku hari ini",
    scheduled="dijadwalkan",
    nothing_changes="tidak ada aturan yang berubah",
    waiver_starts="dikecualikan sampai {day}",
    waiver_ends="tidak lagi dikecualikan",
)

_WORDING = {"en": _ENGLISH, "id": _INDONESIAN}
