"""Plain data as an ES module that holds one constant.

Reads: dictionaries, lists, texts, whole numbers, truth values and None.
Gives: `module`; long texts that occur more than once stand in it once.
Never: writes a character outside ASCII, or a `<` that could end the script element around it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from policyengine.targets.javascript.quoting import array, quote

Plain = Mapping[str, "Plain"] | Sequence["Plain"] | str | int | bool | None


def module(name: str, data: Plain) -> str:
    """Write a module that exports `data` under a name.

    >>> print(module("words", {"yes": "ja", "many": [1, None, True]}))
    export const words = {"yes":"ja","many":[1,null,true]};
    <BLANKLINE>
    """
    counts = Counter(text for text in _texts(data) if len(text) >= _LONG)
    shared = {text: f"t[{index}]" for index, text in enumerate(text for text in counts if counts[text] > 1)}
    texts = f"const t = {array(map(quote, shared))};\n" if shared else ""
    return f"{texts}export const {name} = {_written(data, shared)};\n"


def _texts(data: Plain) -> Iterator[str]:
    match data:
        case str():
            yield data
        case Mapping():
            for value in data.values():
                yield from _texts(value)
        case Sequence():
            for value in data:
                yield from _texts(value)
        case _:
            pass


def _written(data: Plain, shared: Mapping[str, str]) -> str:
    match data:
        case None:
            return "null"
        case bool():
            return "true" if data else "false"
        case int():
            return str(data)
        case str():
            return shared.get(data) or quote(data)
        case Mapping():
            return "{" + ",".join(f"{quote(key)}:{_written(value, shared)}" for key, value in data.items()) + "}"
        case Sequence():
            return array(_written(value, shared) for value in data)


_LONG = 24
