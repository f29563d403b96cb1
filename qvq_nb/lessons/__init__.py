"""The lessons: built from one source each, run from a clean kernel, shown in one report, opened as a copy.

Nothing here asks a model or grades an answer: the lessons themselves do that.
"""

from qvq_nb.lessons.builder import build
from qvq_nb.lessons.finding import lesson_names
from qvq_nb.lessons.job import LessonResult, Progress
from qvq_nb.lessons.report import write_report
from qvq_nb.lessons.runner import run

__all__ = ["LessonResult", "Progress", "build", "lesson_names", "run", "write_report"]
