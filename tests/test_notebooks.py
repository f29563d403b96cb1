"""Every built notebook, in both languages, on the embedded model. Wrong answers are no failure; nothing computed is one."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from qvq_nb.cases import FAMILIES
from qvq_nb.lessons import lesson_names, run, write_report
from qvq_nb.lessons.builder import LANGUAGES, edition
from qvq_nb.lessons.report import canonical
from qvq_nb.paths import data_folder, notebooks_folder

TIMEOUT_SECONDS = 300  # for one lesson; on 2 cores one takes well under a minute
LESSONS = lesson_names("en")


def with_solution(lesson, language):
    """The built notebook as it is and, after its last cell, the solution and once more the cells that check it."""
    built = nbformat.read(notebooks_folder() / language / f"{lesson}.ipynb", as_version=4)
    solved = edition(notebooks_folder() / "source" / f"{lesson}.py", language, solved=True).cells
    start = next(i for i, cell in enumerate(solved) if "solution" in cell.metadata.get("tags", []))
    built.cells += [new_code_cell(cell.source) for cell in solved[start:] if cell.cell_type == "code"]
    return built


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The results of one run over all lessons for each language, and the pages about them."""
    results, pages = {}, {}
    with pytest.MonkeyPatch.context() as environment:
        for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            environment.setenv(variable, "1")
        for language in LANGUAGES:
            folder = tmp_path_factory.mktemp(language)
            paths = [folder / f"{lesson}.ipynb" for lesson in LESSONS]
            for path in paths:
                nbformat.write(with_solution(path.stem, language), path)
            done = run(paths, "qvq-mini", language, folder / "out", TIMEOUT_SECONDS, parallel=2)
            results[language] = {result.lesson: result for result in done}
            pages[language] = write_report(
                done, folder / "out" / "report.html", "qvq-mini", language
            ).read_text("utf-8")
    return results, pages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_notebook_runs(executed, lesson, language):
    result = executed[0][language][lesson]
    assert result.status == "passed", result.error


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_exercise_is_open_until_its_solution_is_written(executed, lesson, language):
    cells = [cell for cell in executed[0][language][lesson].notebook.cells if cell.cell_type == "code"]
    said = [
        output.data["text/plain"]
        for cell in cells
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert said[-1] == "True", "the solution does not pass the exercise's own check"
    assert said[-2] != "True", "the exercise passes its own check without a solution"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_worked_case_is_in_the_outputs_with_all_that_a_reader_needs(executed, language):
    worked = {one.verdict["family"]: one for one in canonical(executed[0][language].values())}
    assert set(worked) == set(FAMILIES)
    for family, one in worked.items():
        assert one.image and one.question and one.final and one.thinking and one.truth, family
        assert one.model == "qvq-mini"
        assert one.verdict["reason"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_answers_as_many_canonical_cases_as_it_is_known_to(executed, language):
    floor = json.loads((data_folder() / "qvq-mini" / "floor.json").read_text("utf-8"))["canonical_right"][
        language
    ]
    right = [one.verdict["family"] for one in canonical(executed[0][language].values()) if one.verdict["ok"]]
    assert len(right) >= floor, f"right: {right}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_shows_six_cases_and_stays_small(executed, language):
    page = executed[1][language]
    assert page.count("<article>") == len(FAMILIES)
    assert len(page) < 10_000_000
