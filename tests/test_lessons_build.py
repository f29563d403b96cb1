"""Building lessons: what becomes of a source, and what every source of the kit must have."""

import json
import re
from statistics import median

import jupytext
import nbformat
import pytest

from qvq_nb.errors import QvqError
from qvq_nb.lessons.builder import LANGUAGES, NEEDS_FILE, NEEDS_KEYS, NEEDS_MARK, build, edition
from qvq_nb.paths import notebooks_folder

MAXIMUM_MEDIAN_LINES = 8
MAXIMUM_LINES = 25
SOURCES = sorted((notebooks_folder() / "source").glob("[0-9]*.py"))
PARTS = {  # what the text says, in either language
    "what you will be able to do": ("After this lesson you can", "学完本课"),
    "what was learned": ("What you have learned", "小结"),
    "an exercise": ("Exercise", "练习"),
    "the next lesson": ("**Next", "**下一课", "**You are through", "**全部学完"),
}

LESSON = """# %% [markdown]
# # Title
#
# {{needs}}
#
# <!-- zh -->
#
# # 标题
#
# {{needs}}

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %% tags=["solution"]
# Compute it: mine = …
mine = 6 * 7  # the secret
"""
NEEDS = {
    "tier": {"en": "laptop", "zh": "笔记本电脑"},
    "learner_minutes": 25, "machine_minutes": 2.4, "cores": 2, "memory_mib": 1200, "disk_mib": 40,
}  # fmt: skip


def source(folder, text=LESSON, name="00_start.py", needs=NEEDS):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    (folder / NEEDS_FILE).write_text(json.dumps({"00_start": needs}), encoding="utf-8")
    return folder


def built(folder, language):
    return nbformat.read(folder / language / "00_start.ipynb", as_version=4)


@pytest.fixture
def lesson(tmp_path):
    build(source(tmp_path / "source"), tmp_path)
    return tmp_path


def test_each_edition_has_its_own_text_and_the_same_code(lesson):
    en, zh = built(lesson, "en"), built(lesson, "zh")
    assert en.cells[0].source.startswith("# Title") and "标题" not in str(en)
    assert zh.cells[0].source.startswith("# 标题") and "Title" not in str(zh)
    assert [cell.id for cell in en.cells] == [cell.id for cell in zh.cells]


def test_needs_come_from_the_file_beside_the_sources_in_the_language_of_the_edition(lesson):
    english, chinese = built(lesson, "en").cells[0].source, built(lesson, "zh").cells[0].source
    assert (
        "laptop · about 25 min of your time · 3 min of computing on 2 cores · 1200 MiB of memory" in english
    )
    assert "笔记本电脑 · 学习约 25 分钟 · 2 核运行约 3 分钟 · 内存 1200 MiB · 磁盘 40 MiB" in chinese


def test_the_parameters_cell_says_the_language_of_the_edition(lesson):
    for language in LANGUAGES:
        assert built(lesson, language).cells[1].source == f'model = "qvq-mini"\nlanguage = "{language}"'
        assert built(lesson, language).cells[1].metadata.tags == ["parameters"]


def test_a_solution_becomes_a_prompt_that_runs_and_a_folded_text(lesson):
    exercise, solution = built(lesson, "en").cells[2:]
    assert exercise.cell_type == "code" and all(line.startswith("#") for line in exercise.source.splitlines())
    assert "# Compute it: mine = …" in exercise.source and "6 * 7" not in exercise.source
    assert solution.cell_type == "markdown"
    assert solution.source.startswith("<details>") and "mine = 6 * 7" in solution.source


def test_the_solved_edition_keeps_the_solution_as_code(lesson):
    assert "6 * 7" in edition(lesson / "source" / "00_start.py", "en", solved=True).cells[-1].source


def test_building_twice_changes_nothing(lesson):
    before = {path: path.read_bytes() for path in lesson.rglob("*.ipynb")}
    assert len(before) == 2
    assert build(lesson / "source", lesson) == []
    assert {path: path.read_bytes() for path in lesson.rglob("*.ipynb")} == before


def test_check_names_what_is_out_of_date_and_writes_nothing(lesson):
    stale, orphan, missing = (
        lesson / "en" / "00_start.ipynb",
        lesson / "en" / "99_old.ipynb",
        lesson / "zh" / "00_start.ipynb",
    )
    stale.write_text("{}")
    orphan.write_text("{}")
    missing.unlink()
    assert build(lesson / "source", lesson, check=True) == sorted([stale, orphan, missing])
    assert stale.read_text() == "{}" and orphan.exists() and not missing.exists()
    build(lesson / "source", lesson)
    assert build(lesson / "source", lesson, check=True) == [] and not orphan.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LESSON.replace('language = "en"', "pass"), "cell 2: the parameters cell"),
        (LESSON.replace("# <!-- zh -->\n", ""), "cell 1: .*a half is missing"),
        (LESSON[: LESSON.index("# # 标题")], "cell 1: .*a half is missing"),
        (LESSON.replace("# # Title\n#\n# {{needs}}\n#\n", ""), "cell 1: .*a half is missing"),
        (LESSON.replace("# # 标题", "# # 标题\n#\n# <!-- zh -->"), "cell 1: .*more than one such line"),
        (LESSON + "\n# %% [raw]\n# as it is\n", "cell 4: .*raw"),
    ],
)
def test_a_faulty_source_is_an_error_that_names_file_and_cell_and_nothing_is_written(tmp_path, text, says):
    with pytest.raises(QvqError, match=rf"00_start\.py, {says}"):
        build(source(tmp_path / "source", text), tmp_path)
    assert not list(tmp_path.rglob("*.ipynb"))


@pytest.mark.parametrize("key", NEEDS_KEYS)
def test_a_needs_line_without_its_value_is_an_error_that_names_it(tmp_path, key):
    needs = {name: value for name, value in NEEDS.items() if name != key}
    with pytest.raises(QvqError, match=rf"00_start\.py, cell 1: needs\.json does not say {key}"):
        build(source(tmp_path / "source", needs=needs), tmp_path)


# --- the lessons of the kit


def tagged(cell, tag):
    return tag in cell.metadata.get("tags", [])


def test_the_kit_has_its_lessons_in_order():
    assert [path.stem for path in SOURCES] == [
        "00_start", "01_download", "02_load_72b", "03_image_tokens", "04_recognition",
        "05_invoice", "06_chart", "07_chemistry", "08_sofa", "09_derivative", "10_larger_model",
        "11_several_pictures", "12_find_it", "13_a_small_agent",
    ]  # fmt: skip


def test_the_notebooks_on_disk_are_what_the_sources_give():
    assert build(check=True) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_opens_with_title_goals_needs_parameters_and_version(path, language):
    cells = edition(path, language).cells
    opening = cells[: next(i for i, cell in enumerate(cells) if cell.cell_type == "code")]
    text = "\n".join(cell.source for cell in opening)
    assert opening[0].source.startswith("# ")
    assert any(part in text for part in PARTS["what you will be able to do"])
    assert re.search(r"\*\*(Needs|所需条件)", text) and NEEDS_MARK not in str(cells)
    parameters, version = [cell for cell in cells if cell.cell_type == "code"][:2]
    assert tagged(parameters, "parameters") and f'language = "{language}"' in parameters.source
    assert "version" in version.source


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_closes_with_what_was_learned_an_exercise_and_the_next_lesson(path, language):
    cells = edition(path, language).cells
    texts = [cell.source if cell.cell_type == "markdown" else "" for cell in cells]
    positions = [
        max((i for i, text in enumerate(texts) if any(part in text for part in PARTS[name])), default=-1)
        for name in ("what was learned", "an exercise", "the next lesson")
    ]
    assert -1 not in positions and positions == sorted(positions)
    assert positions[-1] == len(cells) - 1
    assert any(tagged(cell, "exercise") for cell in cells)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_code_cells_are_short(path):
    lines = [len(cell.source.splitlines()) for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    assert median(lines) <= MAXIMUM_MEDIAN_LINES
    assert max(lines) <= MAXIMUM_LINES


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_each_half_is_in_its_own_language(path):
    chinese = {
        language: [
            len(re.findall("[\u4e00-\u9fff]", cell.source))
            for cell in edition(path, language).cells
            if cell.cell_type == "markdown" and not cell.id.endswith("-solution")
        ]
        for language in LANGUAGES
    }
    assert all(in_zh > 2 * in_en for in_en, in_zh in zip(chinese["en"], chinese["zh"]))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_source_has_no_header_and_its_needs_were_measured(path):
    assert path.read_text(encoding="utf-8").startswith("# %% [markdown]")
    needs = json.loads(path.with_name(NEEDS_FILE).read_text(encoding="utf-8"))[path.stem]
    assert set(needs) == set(NEEDS_KEYS)
    assert needs["learner_minutes"] >= needs["machine_minutes"] > 0


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_links_between_lessons_lead_somewhere(path, language):
    names = {f"{source.stem}.ipynb" for source in SOURCES}
    links = re.findall(
        r"\]\(([^)#]+\.ipynb)\)", "\n".join(cell.source for cell in edition(path, language).cells)
    )
    assert set(links) <= names
