"""Checked expressions and values in plain words, in each language of the policies.

Reads: `checked.Expr`, raw values with their types, templates with parameters.
Gives: plain text, with nothing escaped: whoever puts it into HTML or Markdown escapes it.
Never: rounds a number, leaves out a bound, or falls back on English for another language.

Front to back: `words` is what the caller brings; `grammar` is all that a language has to say, and `english`,
`indonesian` and `symbols` say it; `numbers` writes values, `texts` fills templates, `sentences` writes
expressions, `distances` writes advice. A new language is a table beside `english` and a row in `languages`.
"""

from policyengine.targets.prose.distances import about_item, avoids, becomes, fewer, from_day, more
from policyengine.targets.prose.numbers import joined, value, values
from policyengine.targets.prose.sentences import name, phrase, sentence
from policyengine.targets.prose.texts import fill, parameter
from policyengine.targets.prose.words import Words

__all__ = [
    "Words",
    "about_item",
    "avoids",
    "becomes",
    "fewer",
    "fill",
    "from_day",
    "joined",
    "more",
    "name",
    "parameter",
    "phrase",
    "sentence",
    "value",
    "values",
]
