r"""The trace parser on what QVQ-72B really writes, and that it never loses text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb import trace

THINKING = "So I have this table.\n\nh'(2) = -8 + (-21) = -29. Wait, let me double-check."


@pytest.mark.parametrize(
    ("written", "final"),
    [
        ("\n\n**Final Answer**\n\n$$ \\boxed{-29} $$", "$$ \\boxed{-29} $$"),
        ("\n\n**Final Answer:**\n\\[ \\boxed{-29} \\]", "\\[ \\boxed{-29} \\]"),
        ("\n\n**Final Answer**:\n-29", "-29"),
        ("\n\n**final answer**\n-29", "-29"),
        ("\n\n**The Final Answer**\n-29", "-29"),
        ("\n\n**Answer:** -29", "-29"),
        ("\n\n**Final Answer: -29**", "-29**"),
        ("\n\n## Final Answer\n\n-29", "-29"),
        ("\n\nFinal Answer: -29", "-29"),
        (" So. **Final Answer** -29", "-29"),
        ("\n\n**答案**\n\n滤液E是硫酸亚铁溶液。", "滤液E是硫酸亚铁溶液。"),
        ("\n\n**最终答案**\n\n$$ \\boxed{6} $$", "$$ \\boxed{6} $$"),
        ("\n\n**最终答案：** 6", "6"),
        ("\n\n答案：6", "6"),
        ("\n\n【答案】6", "6"),
        ("</think>\n\nIt is -29.", "It is -29."),
    ],
)
def test_every_marker_parts_thinking_from_final(written, final):
    parts = trace.split(THINKING + written)
    assert parts.final == final
    assert parts.thinking.startswith(THINKING)
    assert parts.marker is not None


def test_of_several_markers_the_last_with_content_counts():
    text = "Think.\n\n**Final Answer**\n\n5\n\nWait, no.\n\n**Final Answer**\n\n6\n\n**Final Answer**\n\n"
    assert trace.split(text).final.startswith("6")
    assert "Wait, no." in trace.split(text).thinking


def test_a_word_in_a_sentence_is_no_marker():
    assert trace.split("The answer: I am not sure yet. I count again. It is 6.").marker is None


def test_a_box_without_marker_is_found_with_its_sentence():
    parts = trace.split("I add them up.\n\nThe volume is:\n\n$$\n\\boxed{3159000\\ \\text{cubic cm}}\n$$")
    assert parts.marker is None
    assert parts.final == "$$\n\\boxed{3159000\\ \\text{cubic cm}}\n$$"


def test_without_marker_or_box_the_last_sentence_is_final():
    assert (
        trace.split("It is 3.159 m³ or so? I add. The volume is 3.159 m³.").final == "The volume is 3.159 m³."
    )
    assert trace.split("我数一数。图中一共有六只鹈鹕。").final == "图中一共有六只鹈鹕。"
    assert trace.split("462.05").final == "462.05"


def test_a_thought_that_was_cut_off_has_no_final():
    parts = trace.split("I count one, two, three, so there may be 3", finished=False)
    assert (parts.final, parts.marker) == ("", None)
    assert parts.thinking == "I count one, two, three, so there may be 3"


def test_a_cut_off_text_keeps_the_final_that_it_reached():
    assert trace.split("Think.\n\n**Final Answer**\n\n\\boxed{315", finished=False).final == "\\boxed{315"


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (r"\boxed{-29}", "-29"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{3159000\ \text{cubic cm}}", r"3159000\ \text{cubic cm}"),
        (r"\boxed {6}", "6"),
        (r"\boxed{5} and then \boxed{6}", "6"),
        (r"\boxed{\boxed{6}}", "6"),
        (r"\boxed{\{6\}}", r"\{6\}"),
        (r"\boxed{5} \boxed{6", "5"),
        (r"\boxed{6", None),
        ("6", None),
    ],
)
def test_boxes_are_read_by_counting_braces(text, content):
    assert trace.boxed(text) == content


def test_an_open_box_is_noticed():
    assert trace.has_open_box(r"\boxed{315")
    assert not trace.has_open_box(r"\boxed{\frac{1}{2}}")


snippets = st.sampled_from(
    [
        "**Final Answer**",
        "**答案**",
        "答案：",
        "</think>",
        "<think>",
        "\\boxed{",
        "}",
        "$$",
        "\n",
        "\n\n",
        " ",
        ".",
        "。",
        "6",
        "So",
        "## Answer\n",
        "\\[",
    ]
)


@given(st.lists(snippets | st.text(max_size=8)).map("".join), st.booleans())
def test_no_character_is_ever_lost(text, finished):
    parts = trace.split(text, finished)
    assert parts.thinking + (parts.marker or "") + parts.final == text == parts.text


@given(st.text(alphabet="ab{}\\ 1"))
def test_any_braces_can_stand_in_a_box_when_they_are_balanced(inside):
    def balanced(text):
        depth, escaped = 0, False
        for character in text:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            else:
                depth += {"{": 1, "}": -1}.get(character, 0)
            if depth < 0:
                return False
        return depth == 0 and not escaped

    if balanced(inside) and "boxed" not in inside:
        assert trace.boxed(f"\\boxed{{{inside}}}") == inside


@pytest.mark.parametrize(
    "piece", ["Wait, let me check. ", "再核对一次。\n", "3", "x = 2: 3, 4; ", "a long line " * 30 + "\n"]
)
def test_the_same_words_again_and_again_are_a_loop(piece):
    assert trace.is_looping("I start to think.\n" + piece * (300 // len(piece) + 5))


def test_a_loop_is_noticed_in_the_middle_of_a_repeat():
    assert trace.is_looping(("Wait, let me check. " * 20)[:-7])


@pytest.mark.parametrize(
    "text",
    [
        "; ".join(f"x = {x}: 3, 4" for x in range(-40, 40)),
        "\n".join(f"item {n}: amount 100.00, rate 13%, tax 13.00" for n in range(30)),
        "70.0; 70.0; 70.0; 70.0; 70.0; 70.0",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        "Wait, let me check. " * 3,
        "",
    ],
)
def test_a_table_with_like_rows_is_no_loop(text):
    assert not trace.is_looping(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Let me count the pelicans in the picture.", "en"),
        ("The filtrate E (滤液E) is iron sulfate, as I said before.", "en"),
        ("What is the tax on 打印机?", "en"),
        (
            "The question is about the tax of 打印机.\n打印机: 1\n办公桌: 2\n服务费: 3\n"
            "So I read 打印机: 1\nLet me double-check.",
            "en",
        ),
        ("所以我在看这个流程图。4CuFeS2 + 9O2 → 4CuSO4 + 2Fe2O3", "zh"),
        ("$\\text{the volume of the sofa is the following}$ 体积是 3159000", "zh"),
        ("alpha 10.5；omega 70.2；最高值是 70.2", "zh"),
        ("-29", "en"),
    ],
)
def test_the_language_is_that_of_the_prose(text, language):
    assert trace.language_of(text) == language


def test_boxes_that_never_close_and_boxes_in_boxes_are_read_in_one_pass():
    assert trace.boxes_in(r"\boxed{" * 5000) == []
    assert [box.content for box in trace.boxes_in(r"\boxed{a \boxed{b\}} }} \boxed{c")] == [
        r"a \boxed{b\}} ",
        r"b\}",
    ]


@pytest.mark.parametrize(
    "text, final",
    [
        ("I think so.\n```python\nprint(1)\n```", "```python\nprint(1)\n```"),
        ("So:\n\n```\nx = 1\n\nprint(x)\n```\nIt prints one.", "```\nx = 1\n\nprint(x)\n```\nIt prints one."),
        ("So:\n| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("~~~~json\n```\n~~~~", "~~~~json\n```\n~~~~"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nThe sum is 3.", "The sum is 3."),
        ("```\n1 + 2\n```\nIt is 3.", "It is 3."),
        ("```\nprint(1)", "print(1)"),
        ("```\nx\n```\nso \\boxed{3}", "so \\boxed{3}"),
        ("**Final Answer**\n\n6\n\n```\nx\n```", "6\n\n```\nx\n```"),
    ],
)
def test_a_block_at_the_end_is_the_final_part_as_a_whole(text, final):
    assert trace.split(text).final == final and trace.split(text).text == text


def test_the_blocks_of_a_text_are_found_in_one_pass():
    text = "a\n| 1 | 2 |\n| 3 | 4 |\n```Json\n{}\n| 1 |\n| 2 |\n```\n| 5 |\n"
    assert [(text[one.start : one.end], one.content, one.kind) for one in trace.blocks_in(text)] == [
        ("| 1 | 2 |\n| 3 | 4 |\n", "| 1 | 2 |\n| 3 | 4 |\n", "table"),
        ("```Json\n{}\n| 1 |\n| 2 |\n```\n", "{}\n| 1 |\n| 2 |\n", "json"),
    ]
