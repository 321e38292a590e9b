"""Which table a language has."""

from policyengine.targets.prose.english import ENGLISH
from policyengine.targets.prose.grammar import Grammar
from policyengine.targets.prose.indonesian import INDONESIAN
from policyengine.targets.prose.symbols import SYMBOLS
from policyengine.targets.prose.words import Words

_GRAMMARS = {"en": ENGLISH, "id": INDONESIAN}


def grammar(words: Words) -> Grammar:
    """Give the patterns of a language; one without a table writes the symbols of the expression language."""
    return _GRAMMARS.get(words.language.code, SYMBOLS)
