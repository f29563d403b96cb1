"""Benchmarks' files as VLMEvalKit has them: what becomes of each set's rows."""

import tracemalloc

import pytest
from benchmark_files import WHITE, encoded, picture, write_picture, write_table

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets import Harness, read
from qvq_nb.media.image import open_image

ROW = {"index": "7", "image": WHITE, "question": "How many dots?", "answer": "3"}
CHOICE = {**ROW, "question": "Which one is red?", "answer": "B", "A": "the left one", "B": "the right one"}
SELECT = "Please select the correct answer from the options above."
SHORT = "\nPlease try to answer the question with short words or phrases if possible."
CHINESE = {**CHOICE, "question": "哪个是红的？", "A": "左", "B": "右", "hint": "看颜色", "split": "dev"}
VISTA = {**ROW, "question_type": "free_form", "answer_type": "integer", "choices": "", "precision": ""}
OLYMPIAD = {
    "index": "0", "image": WHITE, "question": "Find $x$.", "source": "OE_MM_maths_en_COMP", "context": "",
    "final_answer": "['$\\\\frac{1}{2}$']", "is_multiple_answer": "False", "unit": "",
    "answer_type": "Numerical", "error": "",
}  # fmt: skip

# File name, row, and what is expected of its question.
SETS = [
    ("MMMU_DEV_VAL", {**CHOICE, "split": "validation"}, {"kind": "choice", "gold": "B", "end": SELECT}),
    ("MMMU_DEV_VAL", {**ROW, "A": ""}, {"kind": "text", "gold": "3", "end": "Question: How many dots?"}),
    ("MMMU_DEV_VAL", {**ROW, "A": "", "answer": "['0.5', '1/2']"}, {"kind": "text", "gold": ["0.5", "1/2"]}),
    ("MathVista_MINI", VISTA, {"kind": "integer", "gold": "3", "precision": None, "end": SHORT}),
    (
        "MathVista_MINI",
        {**VISTA, "answer_type": "float", "precision": "1.0", "answer": "1.2"},
        {"kind": "float", "gold": "1.2", "precision": 1},
    ),
    (
        "MathVista_MINI",
        {**VISTA, "answer_type": "list", "answer": "[2007, 2008]"},
        {"kind": "list", "gold": ["2007", "2008"]},
    ),
    (
        "MathVista_MINI",
        {
            **VISTA,
            "question_type": "multi_choice",
            "answer_type": "text",
            "choices": "['B', 'A']",
            "answer": "A",
        },
        {"kind": "choice", "gold": "B", "choices": ("B", "A"), "nearest": True},
    ),
    (
        "MathVista_MINI",
        {**VISTA, "question": "Hint: Please answer the question.\nQuestion: 图中有几个圆点？"},
        {"language": "zh"},
    ),
    ("MathVision", {**ROW, "choices": "[]"}, {"kind": "expression", "gold": "3", "end": SHORT}),
    ("MathVision", {**ROW, "choices": "[]", "answer": "C"}, {"kind": "choice", "gold": "C", "choices": ()}),
    (
        "MathVision_MINI",
        {**ROW, "choices": "['$\\\\Delta$', \"it's\"]", "answer": "B", "category": "logic"},
        {
            "kind": "choice",
            "gold": "B",
            "choices": ("$\\Delta$", "it's"),
            "categories": {"category": "logic"},
        },
    ),
    (
        "OlympiadBench",
        OLYMPIAD,
        {"kind": "expression", "gold": "$\\frac{1}{2}$", "precision": None, "unit": None},
    ),
    (
        "OlympiadBench_EN",
        {**OLYMPIAD, "is_multiple_answer": "True", "final_answer": "['1,2']", "error": "0.1,"},
        {"kind": "list", "gold": ["1,2"], "precision": "0.1,"},
    ),
    (
        "OlympiadBench_CN",
        {
            **OLYMPIAD,
            "source": "OE_MM_physics_zh_CEE",
            "unit": "m/s",
            "question": "求速度。",
            "context": "一车",
        },
        {"language": "zh", "unit": "m/s", "end": "\n一车\n求速度。<image 1>"},
    ),
    (
        "OlympiadBench",
        {**OLYMPIAD, "answer_type": "Tuple", "error": "1"},
        {"kind": "tuple", "precision": None},
    ),
    ("OlympiadBench", {**OLYMPIAD, "answer_type": "Interval"}, {"kind": "interval"}),
    ("OlympiadBench", {**OLYMPIAD, "answer_type": "Equation"}, {"kind": "equation"}),
    (
        "DocVQA_VAL",
        {**ROW, "answer": "['3', 'three']"},
        {"kind": "anls", "gold": ["3", "three"], "end": SHORT},
    ),
    ("TextVQA_VAL", {**ROW, "answer": str(["3"] * 9 + ["8"])}, {"kind": "vqa", "gold": ["3"] * 9 + ["8"]}),
    ("ChartQA_TEST", {**ROW, "answer": "['3']", "split": "test_human"}, {"kind": "relaxed", "gold": "3"}),
    ("AI2D_TEST", CHOICE, {"kind": "choice", "choices": ("the left one", "the right one"), "end": SELECT}),
    ("AI2D_TEST_NO_MASK", {**CHOICE, "answer": "(b)"}, {"kind": "choice", "gold": "B"}),
    ("MMBench_DEV_CN", CHINESE, {"language": "zh", "end": "\nA. 左\nB. 右\n请直接回答选项字母。"}),
    (
        "MMBench_DEV_CN_V11",
        {**CHOICE, "C": "", "D": "None"},
        {"choices": ("the left one", "the right one", "", "None")},
    ),
    ("Homework", {**ROW, "answer": "['3', 'three']"}, {"kind": "text", "gold": ["3", "three"], "end": SHORT}),
    ("Homework", CHOICE, {"kind": "choice", "gold": "B", "end": SELECT}),
]


@pytest.mark.parametrize(("name", "row", "expected"), SETS)
def test_a_row_of_each_set_becomes_its_question(tmp_path, name, row, expected):
    [question] = read(write_table(tmp_path, f"{name}.tsv", row))
    ending = expected.pop("end", "")
    assert question.prompt.endswith(ending)
    assert (question.set, question.id) == (name, row["index"])
    assert {field: getattr(question, field) for field in expected} == expected


def test_the_words_around_a_choice_are_those_of_the_harness(tmp_path):
    path = write_table(tmp_path, "AI2D_TEST.tsv", {**CHOICE, "hint": "Look at the colours."})
    assert read(path)[0].prompt == (
        "Hint: Look at the colours.\nQuestion: Which one is red?\nOptions:\n"
        f"A. the left one\nB. the right one\n{SELECT}"
    )
    other = Harness(name="mine", after_options="Just the letter.")
    assert read(path, other)[0].prompt.endswith("B. the right one\nJust the letter.")


def test_olympiad_problems_are_asked_in_their_own_words(tmp_path):
    rows = [
        {**OLYMPIAD, "unit": "m", "answer_type": "Numerical,Expression", "is_multiple_answer": "True"},
        {**OLYMPIAD, "index": "1", "source": "OE_MM_physics_zh_CEE", "question": "求。"},
    ]
    english, chinese = (
        question.prompt for question in read(write_table(tmp_path, "OlympiadBench.tsv", *rows))
    )
    assert english.startswith(
        "The following is an open-ended problem from an International Math competition. "
    )
    assert "with the answers in order being a numerical value, an expression. " in english
    assert '"So the final answer is \\boxed{multiple answers connected with commas}(unit)."' in english
    assert english.endswith("unit of the answer should not be included in \\boxed{}.\nFind $x$.<image 1>")
    assert chinese.startswith("以下是中国物理竞赛中的解答题，答案类型为数值。请根据")
    assert chinese.endswith("请在最后以“所以最终答案是\\boxed{答案}。”显式给出结果。\n求。<image 1>")


def test_olympiad_problems_show_their_pictures_after_the_text(tmp_path):
    two = str([encoded(picture("red")), encoded(picture("blue"))])
    [question] = read(write_table(tmp_path, "OlympiadBench.tsv", {**OLYMPIAD, "image": two}))
    assert question.parts[0].endswith("\nFind $x$.") and question.parts[1:] == list(question.pictures)


def test_the_harness_is_printed_and_kept_as_data():
    harness = Harness()
    assert harness.to_dict()["min_pixels"] == 1280 * 28 * 28
    assert harness.visual_tokens == (1280, 16384)
    assert all(f"{name}: {value!r}" in str(harness) for name, value in harness.to_dict().items())


def test_several_pictures_and_pictures_of_other_rows_come_whole(tmp_path):
    red, blue = picture("red"), picture("blue", "JPEG")
    rows = [
        {**CHOICE, "index": "a", "image": "b"},
        {**CHOICE, "index": "b", "image": str([encoded(red), encoded(blue)])},
        {**CHOICE, "index": "c", "image": encoded(red)},
    ]
    first, second, third = read(write_table(tmp_path, "AI2D_TEST.tsv", *rows))
    assert list(first.pictures) == list(second.pictures) == [red, blue]
    assert list(third.pictures) == [red] and len(third.pictures) == 1
    assert open_image(second.pictures[1]).size == (64, 48)
    assert first.group == second.group is not None and third.group is None
    assert "image" not in first.row


def test_pictures_beside_a_local_file_are_found_in_its_folder(tmp_path):
    direct = write_picture(tmp_path / "one.jpg", "red")
    nested = write_picture(tmp_path / "images" / "Big" / "two.jpg", "blue")
    rows = [{**ROW, "image_path": "['one.jpg', 'two.jpg']"}]
    del rows[0]["image"]
    [question] = read(write_table(tmp_path, "Big_local.tsv", *rows))
    assert question.set == "Big"
    assert list(question.pictures) == [direct, nested]


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "{outside}/secret.jpg", "link.jpg", "images/../../secret.jpg"]
)
def test_a_picture_outside_the_folder_is_not_opened(tmp_path, name):
    write_picture(tmp_path / "secret.jpg")
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    row = {**ROW, "image_path": name.format(outside=tmp_path)}
    del row["image"]
    with pytest.raises(QvqError, match=r"line 2, column image_path: .*leads out of the folder"):
        read(write_table(folder, "Big_local.tsv", row))


def test_pictures_stand_in_place_where_that_is_wanted_and_first_otherwise(tmp_path):
    red, blue = picture("red"), picture("blue")
    row = {**CHOICE, "image": str([encoded(red), encoded(blue)]), "question": "Is <image 2> like <image 1>?"}
    path = write_table(tmp_path, "MMMU_DEV_VAL.tsv", row)
    assert read(path)[0].parts == [red, blue, read(path)[0].prompt]
    parts = read(path, Harness(in_place=True))[0].parts
    assert parts[:4] == ["Question: Is ", blue, " like ", red] and parts[4].startswith("?\nOptions:")


def test_rows_that_are_not_asked_are_counted_with_their_reason(tmp_path):
    rows = [
        {**CHOICE, "split": "validation"},
        {**CHOICE, "index": "8", "image": "", "split": "validation"},
        {**CHOICE, "index": "9", "answer": "E", "split": "validation"},
        {**CHOICE, "index": "10", "answer": "", "split": "validation"},
        {**CHOICE, "index": "11", "split": "dev"},
        {**CHOICE, "index": "12", "split": "dev", "image": ""},
    ]
    path = write_table(tmp_path, "MMMU_DEV_VAL.tsv", *rows)
    questions = read(path)
    assert [question.id for question in questions] == ["7"]
    assert questions.left_out == {
        "no picture": 1, "an answer that is none of the options": 1, "no answer": 1, "split dev": 2
    }  # fmt: skip
    assert "2 with split dev" in questions.told() and "1 行没有图片" in questions.told("zh")
    assert [question.id for question in read(path, splits="dev")] == ["11"]


def test_proofs_are_counted_as_not_scored_by_machine(tmp_path):
    proof = {**OLYMPIAD, "index": "1", "source": "TP_MM_maths_en_COMP", "final_answer": "", "answer_type": ""}
    questions = read(write_table(tmp_path, "OlympiadBench.tsv", OLYMPIAD, proof))
    assert len(questions) == 1 and questions.left_out == {"not scored by machine": 1}


def test_the_orders_of_a_questions_options_belong_together(tmp_path):
    rows = [{**CHOICE, "index": index} for index in ("241", "1000241", "2000241", "5")]
    rows = [rows[0], *({**row, "image": "241"} for row in rows[1:])]
    questions = read(write_table(tmp_path, "MMBench_DEV_CN.tsv", *rows))
    assert [question.circular for question in questions] == ["241", "241", "241", None]
    plain = read(write_table(tmp_path, "AI2D_TEST.tsv", *rows))
    assert {question.circular for question in plain} == {None}


def test_a_file_is_read_without_holding_its_pictures(tmp_path):
    large = picture() + bytes(400_000)
    path = write_table(
        tmp_path,
        "DocVQA_VAL.tsv",
        *({**ROW, "index": str(number), "image": encoded(large)} for number in range(60)),
    )
    assert path.stat().st_size > 30_000_000
    tracemalloc.start()
    questions = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(questions) == 60 and peak < 10_000_000
    assert questions[59].pictures[0] == large


def test_lines_within_cells_and_a_mark_at_the_beginning_are_read(tmp_path):
    path = write_table(
        tmp_path, "AI2D_TEST.tsv", CHOICE, {**CHOICE, "index": "8", "question": 'a\r\nb\x85"c"\u2028\td\re'}
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    questions = read(path)
    assert questions[1].row["question"] == 'a\r\nb\x85"c"\u2028\td\re'
    assert questions[1].pictures[0] == picture()
