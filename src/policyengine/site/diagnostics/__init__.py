"""One explanation for every code of a diagnostic, in English and Indonesian, with examples that are really compiled.

Reads: `texts/<language>.toml`, the words; `examples.toml`, what is wrong and how it is mended; `base/`, the folder that
every example is a small edit of.
Gives: `explanations`; `report`, what the command line finds in an example; `message`, how the terminal shows it.

Front to back: `explain` reads the words, `examples` the edits, `reports` compiles them.
"""

from policyengine.site.diagnostics.examples import Edit, Example
from policyengine.site.diagnostics.explain import Explanation, explanations
from policyengine.site.diagnostics.reports import Report, message, report

__all__ = ["Edit", "Example", "Explanation", "Report", "explanations", "message", "report"]
