"""All that the form says in one language: the policies' words and ours, as one ES module.

Reads: `Policies`, a language, where pages stand.
Gives: `words_module`, whose `words` hold plain texts: the page writes them as text, never as HTML.
"""

from collections.abc import Mapping
from dataclasses import fields

from policyengine.decide import Policies
from policyengine.model.regions import is_group
from policyengine.report.wording import Wording, wording
from policyengine.site.form.facts import Data, fact_data, units_data
from policyengine.site.form.rules import Urls, program_data
from policyengine.site.form.script import module
from policyengine.site.form.texts import texts
from policyengine.targets import prose
from policyengine.targets.prose.grammar import Grammar, Kind
from policyengine.targets.prose.languages import grammar

__all__ = ["Urls", "words_data", "words_module"]


def words_module(policies: Policies, language: str, urls: Urls) -> str:
    """Write the words of one language as an ES module, `export const words = …`, in ASCII and without any `<`."""
    return module("words", words_data(policies, language, urls))


def words_data(policies: Policies, language: str, urls: Urls) -> Data:
    """Gather the words of one language; KeyError when the policies do not have it."""
    compiled, words = policies.compiled, policies.words[language]
    return {
        "language": _language(words),
        "grammar": _grammar(grammar(words)),
        "texts": dict(texts(language)),
        "ours": _ours(wording(language)),
        "regions": {
            region: {"name": words.region(region), "partOf": part_of, "group": is_group(region)}
            for region, part_of in compiled.tree.parents.items()
        },
        "facts": {path: fact_data(path, declared, words) for path, declared in compiled.vocabulary.items()},
        "programs": {
            program.name: program_data(policies, program, language, urls) for program in compiled.programs.values()
        },
        "units": units_data(compiled.vocabulary, words),
    }


def _language(words: prose.Words) -> Data:
    language = words.language
    return {
        "code": language.code,
        "thousands": language.thousands,
        "decimal": language.decimal,
        "date": language.date,
        "months": list(language.months),
    }


def _grammar(patterns: Grammar) -> Data:
    """Give the patterns of values and distances; those of sentences are used up here."""
    return {
        "conjunction": list(patterns.conjunction),
        "disjunction": list(patterns.disjunction),
        "nothing": patterns.nothing,
        "yes": patterns.yes,
        "no": patterns.no,
        "minus": patterns.minus,
        "point": list(patterns.point),
        "regions": patterns.regions,
        "more": _by_kind(patterns.more),
        "fewer": _by_kind(patterns.fewer),
        "about": patterns.about,
        "aboutItem": patterns.about_item,
    }


def _by_kind(patterns: Mapping[Kind, str]) -> Data:
    return {kind.name.lower(): pattern for kind, pattern in patterns.items()}


def _ours(ours: Wording) -> Data:
    """Give the words that decisions have too, by their names there."""
    known = {field.name: getattr(ours, field.name) for field in fields(ours)}
    return {name: known[name] for name in _SHARED}


_SHARED = (
    "given",
    "not_given",
    "waived",
    "owed",
    "not_known",
    "more",
    "met_on",
    "open_list",
    "open_list_of",
    "too_wide",
    "no_check",
    "not_yet",
    "no_rules",
)
