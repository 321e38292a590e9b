"""JavaScript's literals: every value and name in generated code goes through one function.

Gives: `quote`, and the brackets around what is quoted already.
"""

import json
import re
from collections.abc import Iterable, Mapping

from policyengine.model.values import Raw

Constant = Raw | None | tuple["Constant", ...] | Mapping[str, "Constant"]
"""What stands in generated code as data."""


def quote(value: Constant) -> str:
    r"""Write a value as JavaScript does, in ASCII that is safe in a `<script>` too.

    >>> print(quote("</script>"), quote((True, None, 18_999)), quote({"open": False}))
    "\u003c/script\u003e" [true,null,18999] {"open":false}
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def array(items: Iterable[str]) -> str:
    """Write an array of expressions."""
    return f"[{','.join(items)}]"


def record(fields: Mapping[str, str]) -> str:
    """Write an object of expressions; the fields are our own names."""
    return "{" + ",".join(f"{name}:{code}" for name, code in fields.items()) + "}"


def table(entries: Mapping[str, str]) -> str:
    """Write a `Map` from names of authors to expressions; an object would hold `constructor` before anybody puts it."""
    return f"new Map({array(array((quote(name), code)) for name, code in entries.items())})"


_UNSAFE = re.compile(r"[<>&\x7f]")  # in JSON these stand in texts only; what is not ASCII is written out already
