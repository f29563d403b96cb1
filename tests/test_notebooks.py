"""Every built notebook on the embedded model. Wrong answers are no failure; nothing computed is one.

The fast tier runs all English lessons and three Chinese ones; their code is the same by construction. All run
from a folder that is none of theirs, and the Chinese ones twice in a row.
"""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from qvq_mini.families import TAUGHT
from qvq_nb.cases import LANGUAGES
from qvq_nb.lessons import lesson_names, run, write_report
from qvq_nb.lessons.builder import edition
from qvq_nb.lessons.report import canonical
from qvq_nb.paths import data_folder, notebooks_folder

TIMEOUT_SECONDS = 1800  # for one lesson; no promise, only an end for one that hangs
LESSONS = lesson_names("en")
FAST_IN_CHINESE = {"00_start", "03_image_tokens", "05_invoice"}


def tier(language, lesson=None):
    """The marks of a test on a lesson, or without one on a whole edition."""
    return [] if language == "en" or lesson in FAST_IN_CHINESE else [pytest.mark.slow]


every_lesson = pytest.mark.parametrize(
    ("language", "lesson"),
    [
        pytest.param(language, lesson, marks=tier(language, lesson))
        for language in LANGUAGES
        for lesson in LESSONS
    ],
)
every_edition = pytest.mark.parametrize(
    "language", [pytest.param(language, marks=tier(language)) for language in LANGUAGES]
)


def with_solution(lesson, language):
    """The built notebook, in Chinese twice, then the solution and once more the cells that check it."""
    built = nbformat.read(notebooks_folder() / language / f"{lesson}.ipynb", as_version=4)
    if language == "zh":
        built.cells += [new_code_cell(cell.source) for cell in built.cells if cell.cell_type == "code"]
    solved = edition(notebooks_folder() / "source" / f"{lesson}.py", language, solved=True).cells
    start = next(i for i, cell in enumerate(solved) if "solution" in cell.metadata.get("tags", []))
    built.cells += [new_code_cell(cell.source) for cell in solved[start:] if cell.cell_type == "code"]
    return built


@pytest.fixture(scope="module")
def offline():
    """No test looks for a model elsewhere than on this disk."""
    with pytest.MonkeyPatch.context() as environment:
        for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            environment.setenv(variable, "1")
        yield


@pytest.fixture(scope="module")
def executed(request, tmp_path_factory, offline):
    """(language, lessons) → results by name; a lesson runs once, two at a time with all that are chosen."""
    tests = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    chosen = {(test["language"], test["lesson"]) for test in tests if {"language", "lesson"} <= set(test)}
    done, elsewhere = {}, tmp_path_factory.mktemp("elsewhere")

    def results(language, lessons=LESSONS):
        wanted = {(language, lesson) for lesson in lessons}
        if wanted - set(done):
            folder = tmp_path_factory.mktemp(language)
            for also, lesson in sorted((wanted | chosen) - set(done)):
                if also == language:
                    nbformat.write(with_solution(lesson, language), folder / f"{lesson}.ipynb")
            paths = sorted(folder.glob("*.ipynb"))
            with pytest.MonkeyPatch.context() as place:
                place.chdir(elsewhere)
                for result in run(paths, "qvq-mini", language, folder / "out", TIMEOUT_SECONDS, parallel=2):
                    done[language, result.lesson] = result
            assert list(elsewhere.iterdir()) == [], "a lesson leaves something in the folder that it runs in"
        return {lesson: done[language, lesson] for lesson in lessons}

    return results


@every_lesson
def test_the_notebook_runs(executed, lesson, language):
    result = executed(language, [lesson])[lesson]
    assert result.status == "passed", result.error


@every_lesson
def test_the_exercise_is_open_until_its_solution_is_written(executed, lesson, language):
    notebook = executed(language, [lesson])[lesson].notebook
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    said = [
        output.data["text/plain"]
        for cell in cells
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert said[-1] == "True", "the solution does not pass the exercise's own check"
    assert said[-2] != "True", "the exercise passes its own check without a solution"


@every_edition
def test_every_worked_case_is_in_the_outputs_with_all_that_a_reader_needs(executed, language):
    worked = {one.verdict["family"]: one for one in canonical(executed(language).values())}
    assert set(TAUGHT) <= set(worked)
    for family in TAUGHT:
        one = worked[family]
        assert one.image and one.question and one.final and one.thinking and one.truth, family
        assert one.model == "qvq-mini"
        assert one.verdict["reason"]


@every_edition
def test_the_model_answers_as_many_canonical_cases_as_it_is_known_to(executed, language):
    floor = json.loads((data_folder() / "qvq-mini" / "floor.json").read_text("utf-8"))["canonical_right"]
    right = [one.verdict["family"] for one in canonical(executed(language).values()) if one.verdict["ok"]]
    assert len(right) >= floor[language], f"right: {right}"


@every_edition
def test_the_report_shows_every_worked_case_once_and_stays_small(executed, language, tmp_path):
    results = list(executed(language).values())
    page = write_report(results, tmp_path / "report.html", "qvq-mini", language).read_text("utf-8")
    assert page.count("<article>") == len({one.verdict["family"] for one in canonical(results)})
    assert len(page) < 10_000_000
