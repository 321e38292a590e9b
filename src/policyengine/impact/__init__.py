"""What a change of rules makes of a population: who gains, who loses, why, who is close, where the cliffs are.

Reads: two sides, a table of people.
Gives: `side` finds the rules that a text names, `measure` gives the `Impact`.
"""

from policyengine.impact.figures import CheckImpact, Impact, Kind
from policyengine.impact.measure import measure
from policyengine.impact.sides import Side, side

__all__ = ["CheckImpact", "Impact", "Kind", "Side", "measure", "side"]
