"""JavaScript: a program as an ES module, and the modules that decide with it in a browser.

Reads: `checked.Expr`, a program's timelines.
Gives: texts of modules. An expression is written once, as a function of an algebra; `runtime.js` reads values off it,
its neighbours missing facts, ranges of days and distances. `decide.js` is where a reader of them starts.
Never: runs anything, or writes words for people.
"""

from collections.abc import Mapping
from importlib.resources import files

from policyengine.targets.javascript.expressions import Function, expression_function
from policyengine.targets.javascript.programs import numbered, program_module

__all__ = ["Function", "expression_function", "numbered", "program_module", "scripts"]


def scripts() -> Mapping[str, str]:
    """Give the modules that a program's module is decided with: file names and texts."""
    folder = files("policyengine.targets.javascript")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".js"))
    return {name: folder.joinpath(name).read_text("utf-8") for name in names}
