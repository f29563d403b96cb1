"""The files that benchmarks' own authors publish, and the kit's own cases as a set."""

import json

import pytest
from benchmark_files import write_json, write_picture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from qvq_nb import cases
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets import Harness, cases_set, read

VISTA = {
    "pid": "1", "question": "How long is it?", "image": "images/1.jpg", "choices": None,
    "unit": "cm", "precision": 1.0, "answer": "1.5", "question_type": "free_form", "answer_type": "float",
    "metadata": {"split": "testmini", "language": "english", "task": "measuring", "skills": ["a", "b"]},
}  # fmt: skip
MATH_V = {
    "id": "4", "question": "Which one?\n<image1>", "options": ["left", "right"], "answer": "B",
    "solution": None, "level": 2, "subject": "counting", "image": "images/4.jpg",
}  # fmt: skip
OLYMPIAD = {
    "id": 12, "subfield": "Geometry", "context": None,
    "question": "See <img_7> and <img_8>.\nFind it.",
    "solution": ["…"], "final_answer": ["$2$"], "is_multiple_answer": False, "unit": None,
    "answer_type": "Numerical", "error": "1e-1",
}  # fmt: skip
MMMU = {
    "id": "validation_Art_1", "question": "Who painted <image 1>?", "options": "['Anna', 'Ben']",
    "answer": "A", "question_type": "multiple-choice",
    "subfield": "Painting", "image_1": "one.png", "image_2": None,
}  # fmt: skip


def test_mathvista_is_asked_with_its_authors_hint(tmp_path):
    shot = write_picture(tmp_path / "images" / "1.jpg")
    chosen = {
        **VISTA, "pid": "2", "question": "哪一个？", "choices": ["四", "五"], "answer": "五", "unit": None,
        "question_type": "multi_choice", "answer_type": "text", "metadata": {"language": "chinese"},
    }  # fmt: skip
    number, choice = read(write_json(tmp_path, "data/testmini.json", {"1": VISTA, "2": chosen}))
    assert number.prompt.startswith(
        "Hint: Please answer the question requiring a floating-point number with one decimal place and "
        "provide the final value, e.g., 1.2, 1.3, 1.4, at the end.\n"
        "Question: How long is it? (Unit: cm)\nPlease"
    )
    assert (number.kind, number.gold, number.precision, number.unit) == ("float", "1.5", 1, "cm")
    assert number.set == "MathVista_MINI" and number.language == "en" and list(number.pictures) == [shot]
    assert number.categories["skills"] == "a, b" and number.categories["task"] == "measuring"
    assert (
        "option letter, e.g., A, B, C, D, at the end.\nQuestion: 哪一个？\nChoices:\n(A) 四\n(B) 五"
        in choice.prompt
    )
    assert (choice.kind, choice.gold, choice.choices, choice.language) == ("choice", "B", ("四", "五"), "zh")
    assert number.group == choice.group is not None


def test_math_v_is_read_line_by_line(tmp_path):
    write_picture(tmp_path / "images" / "4.jpg")
    free = {**MATH_V, "id": "5", "options": [], "answer": "\\frac{1}{2}"}
    path = tmp_path / "data" / "test.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(entry) + "\n" for entry in (MATH_V, free)), encoding="utf-8")
    choice, formula = read(path)
    assert (choice.set, choice.gold, choice.choices) == ("MathVision", "B", ("left", "right"))
    assert choice.categories == {"category": "counting", "subject": "counting", "level": "2"}
    assert (formula.kind, formula.gold) == ("expression", "\\frac{1}{2}")
    [shown, _] = choice.pictures[0], formula
    assert read(path, Harness(in_place=True))[0].parts[1] == shown


def test_olympiad_pictures_stand_where_their_authors_put_them(tmp_path):
    seven, eight = (
        write_picture(tmp_path / "images" / f"img_{n}.jpg", colour) for n, colour in ((7, "red"), (8, "blue"))
    )
    [question] = read(write_json(tmp_path, "data/OE_MM_maths_en_COMP.json", [OLYMPIAD]))
    assert question.parts[1::2] == [seven, eight] and question.parts[4] == ".\nFind it."
    assert "International Math competition" in question.parts[0]
    assert (question.id, question.precision, question.set) == ("12", "1e-1", "OlympiadBench")
    assert question.categories["source"] == "OE_MM_maths_en_COMP"


def test_problems_without_pictures_and_proofs_are_counted(tmp_path):
    write_picture(tmp_path / "images" / "img_7.jpg")
    write_picture(tmp_path / "images" / "img_8.jpg")
    entries = [OLYMPIAD, {**OLYMPIAD, "id": 13, "question": "Find it."}]
    for entry in entries:
        entry |= {"language": "Chinese", "subject": "Physics", "question_type": "Open-ended"}
    proof = {**entries[0], "id": 14, "question_type": "Theorem proof"}
    questions = read(write_json(tmp_path, "data/all.json", [*entries, proof]))
    assert questions.left_out == {"no picture": 1, "not scored by machine": 1}
    assert questions[0].language == "zh" and questions[0].prompt.startswith("以下是中国物理竞赛")


def test_mmmu_entries_are_read_and_its_bare_answers_explained(tmp_path):
    write_picture(tmp_path / "one.png")
    free = {
        **MMMU,
        "id": "validation_Art_2",
        "options": "[]",
        "question_type": "open",
        "answer": ["2", "two"],
    }
    choice, opened = read(write_json(tmp_path, "val.json", [MMMU, free]))
    assert choice.prompt.endswith("A. Anna\nB. Ben\nPlease select the correct answer from the options above.")
    assert choice.categories["split"] == "validation" and choice.gold == "A"
    assert (opened.kind, opened.gold) == ("text", ["2", "two"])
    answers = {"validation_Art_1": {"question_type": "multiple-choice", "ground_truth": "B"}}
    with pytest.raises(QvqError, match="MMMU's answers without its questions. Give MMMU_DEV_VAL.tsv"):
        read(write_json(tmp_path, "answer_dict_val.json", answers))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"id": 1,]', r"set.json: no whole JSON \(.*line 1, column 1\d\)"),
        ('{"1": {"pid": "1", "pid": "2"}}', "'pid' stands there twice"),
        ("[]", "has no entries"),
        ("7", "holds no list of questions"),
        ("[7]", "entry 1: no object with fields"),
        ("[" * 100_000, "no JSON that can be read"),
        (json.dumps([{"id": 1, "question": "?"}]), "the fields id, question are not those of"),
        (json.dumps([MATH_V, MATH_V]), "entry 2, column id: the index '4' is that of set.json, entry 1, too"),
        (json.dumps([MATH_V, {"id": 5}]), "entry 2, column question: the cell is empty"),
        (json.dumps([{**MATH_V, "image": {"bytes": "…"}}]), "column image: it is no name of a picture"),
        (json.dumps([{**MATH_V, "image": "images/none.jpg"}]), "'none.jpg': there is no picture"),
        (json.dumps([{**MATH_V, "image": "/etc/hostname"}]), "leads out of the folder"),
        (json.dumps([{**MATH_V, "options": "left"}]), "column options: 'left' is no list of texts"),
        (json.dumps([{**VISTA, "metadata": 3}]), "column metadata: it is no object"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_authors_file_is_said_in_one_sentence(tmp_path, content, message):
    write_picture(tmp_path / "images" / "4.jpg")
    path = tmp_path / "set.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QvqError, match=message):
        read(path)


def test_the_kits_own_cases_are_one_more_set():
    questions = cases_set("invoice", "zh", range(3), wide=True)
    case = cases.case("invoice", seed=2, language="zh", wide=True)
    assert len(questions) == 3 and questions.name == "cases"
    last = questions[-1]
    assert (last.id, last.prompt, last.gold, last.kind) == (case.id, case.question, case.truth, "case")
    assert last.pictures[0].tobytes() == case.image.tobytes()
    assert last.categories == {"family": "invoice", "facts": "wide"} and last.language == "zh"


def test_the_set_of_all_cases_draws_none_before_it_is_asked(monkeypatch):
    monkeypatch.setattr(cases, "case", lambda *a, **k: pytest.fail("a case was drawn"))
    questions = cases_set()
    assert len(questions) == len(cases.FAMILIES) * 2 * 200
    assert len(questions[10:20]) == 10


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"families": "cooking"}, "There is no case family 'cooking'"),
        ({"languages": "fr"}, "There is no language 'fr'"),
        ({"seeds": [-1]}, "A seed is a whole number"),
        ({"seeds": 0}, "There is nothing to ask"),
    ],
)
def test_a_set_of_cases_that_cannot_be_is_refused(asked, message):
    with pytest.raises(QvqError, match=message):
        cases_set(**asked)


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.sampled_from([VISTA, MATH_V, OLYMPIAD, MMMU]), some.data())
def test_any_fields_are_read_or_refused_in_a_sentence(tmp_path, entry, data):
    for name in ("images/1.jpg", "images/4.jpg", "images/img_7.jpg", "images/img_8.jpg", "one.png"):
        if not (tmp_path / name).exists():
            write_picture(tmp_path / name)
    changed = data.draw(some.dictionaries(some.sampled_from(sorted(entry)), ANYTHING, max_size=3))
    extra = {"language": "English", "subject": "Maths", "question_type": "open"} if entry is OLYMPIAD else {}
    try:
        questions = read(write_json(tmp_path, "set.json", [{**extra, **entry, **changed}]))
    except QvqError as refusal:
        assert "\n" not in str(refusal)
    else:
        assert all(question.gold and question.parts for question in questions)
