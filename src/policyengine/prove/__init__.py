"""Proofs: what policies do for every creator there could be, in every region, on every day, drafts included.

Gives: `prove`, `Report`.
"""

from policyengine.prove.examination import prove
from policyengine.prove.proofs import Counterexample, Kind, Proof, Report, Verdict

__all__ = ["Counterexample", "Kind", "Proof", "Report", "Verdict", "prove"]
