"""What a run's answers amount to: scores with their errors, two runs compared, and reports of both."""

from qvq_nb.evaluation.results.comparison import Comparison, comparison
from qvq_nb.evaluation.results.rows import scored_row, scorer_version
from qvq_nb.evaluation.results.summary import Summary, summary
from qvq_nb.evaluation.results.writing import write_comparison, write_report

__all__ = [
    "Comparison",
    "Summary",
    "comparison",
    "scored_row",
    "scorer_version",
    "summary",
    "write_comparison",
    "write_report",
]
