"""The lessons: built from one source each, run from a clean kernel, shown in one report."""

from qvq_nb.lessons.builder import build
from qvq_nb.lessons.report import write_report
from qvq_nb.lessons.runner import LessonResult, Progress, lesson_names, run

__all__ = ["LessonResult", "Progress", "build", "lesson_names", "run", "write_report"]
