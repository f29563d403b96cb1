"""Replies to the questions of public benchmarks, scored by each set's rule. No model is a judge."""

from qvq_nb.evaluation.scoring.pool import score_many
from qvq_nb.evaluation.scoring.scorer import KINDS, circular, mean_score, score

__all__ = ["KINDS", "circular", "mean_score", "score", "score_many"]
