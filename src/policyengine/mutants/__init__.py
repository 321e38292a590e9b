"""Tests of tests: whether the authors' cases notice when the rules say something else.

Gives: `mutate`, which changes one thing at a time and runs the cases against each.
"""

from policyengine.mutants.running import mutate

__all__ = ["mutate"]
