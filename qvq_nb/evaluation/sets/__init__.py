"""Files of public benchmarks, and the kit's own cases, as questions; answers as files for other scorers."""

from qvq_nb.evaluation.sets.harness import QVQ, Harness
from qvq_nb.evaluation.sets.own import cases_set
from qvq_nb.evaluation.sets.predictions import write_predictions
from qvq_nb.evaluation.sets.question import Question
from qvq_nb.evaluation.sets.questions import Questions
from qvq_nb.evaluation.sets.reading import read

__all__ = ["QVQ", "Harness", "Question", "Questions", "cases_set", "read", "write_predictions"]
