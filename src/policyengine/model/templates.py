"""Texts with parameters in them: where `{min_age}` stands in what an author wrote.

Gives: `placeholders`, which the checker reads to find names that are no parameter, and prose to fill them in.
"""

import re

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders(template: str) -> tuple[tuple[str, int, int], ...]:
    """Give each name in braces with the stretch `[start, end)` of the template, braces included.

    Nothing escapes a brace: what is no name in braces is text, and so is the outer pair of `{{min_age}}`.

    >>> placeholders("At least {min_age}, {not this} and {}")
    (('min_age', 9, 18),)
    """
    return tuple((match[1], match.start(), match.end()) for match in _PLACEHOLDER.finditer(template))
