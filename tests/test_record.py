"""Records: strict JSON, field by field; whatever is not one record is unclear, and the reason says why."""

import json
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.cases import case
from qvq_nb.grading.forms.record import Record
from qvq_nb.grading.verdict import check
from qvq_nb.trace import split

CARD = Record((("name", "Tavi Solen"), ("height", "5'-05\""), ("fee", "25.00"), ("valid until", "N/A")))
TRUE = {"name": "Tavi Solen", "height": "5'-05\"", "fee": "25.00", "valid until": "N/A"}
RIGHT = json.dumps(TRUE)


def changed(**values) -> str:
    return json.dumps({**TRUE, **values})


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT,
        json.dumps(TRUE, indent=2),
        json.dumps(dict(reversed(TRUE.items()))),
        json.dumps(TRUE, indent=2).replace('"25.00"', "25.0"),
        changed(name="  Tavi Solen "),
        f"```json\n{json.dumps(TRUE, indent=1)}\n```",
        f"```\n{RIGHT}\n```\nI hope that this helps.",
        f"Here is the record: {RIGHT}",
        f"I read the card twice.\n\n{json.dumps(TRUE, indent=1)}\nThe date is not on the card.",
        f"**Final Answer**\n\n$$ \\boxed{{{RIGHT}}} $$",
        f'It is not {{"name": "Other"}}. \\boxed{{{RIGHT}}}',
        f"卡片上的内容是：{RIGHT}",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_right_record_is_right_in_every_form(answer, language):
    assert check(CARD, answer, language).outcome == "right"


@pytest.mark.parametrize(
    "answer, named",
    [
        (changed(name="Tavi Solem"), ['"name"', '"Tavi Solen"', '"Tavi Solem"']),
        (changed(height="5'-06\""), ['"height"', "05", "06"]),
        (changed(**{"valid until": None}), ['"valid until"', '"N/A"', "null"]),
        (changed(**{"valid until": ""}), ['"valid until"', '"N/A"', '""']),
        (changed(**{"valid until": "unknown"}), ['"valid until"', '"N/A"', '"unknown"']),
        (changed(fee="N/A"), ['"fee"', '"25.00"']),
        (changed(fee=25.01), ['"fee"', "25.01"]),
        (changed(fee="25.0"), ['"fee"', '"25.0"']),
        (changed(name=["Tavi", "Solen"]), ['"name"', "[…]"]),
        (changed(name={"first": "Tavi"}), ['"name"', "{…}"]),
        (changed(name=True), ['"name"', "true"]),
        (changed(town="Delo"), ['"town"']),
        ('{"name": "Tavi Solen"}', ['"height"', '"fee"', '"valid until"']),
        (changed(**{"Name": "Tavi Solen"}), ['"Name"']),
        ("{}", ['"name"', '"height"', '"fee"', '"valid until"']),
    ],
)
def test_each_wrong_missing_or_needless_field_is_named(answer, named):
    for language in ("en", "zh"):
        verdict = check(CARD, answer, language)
        assert verdict.outcome == "wrong"
        assert all(word in verdict.reason for word in named), verdict.reason


@pytest.mark.parametrize(
    "answer, told",
    [
        ('{\n "name": "Tavi Solen",\n "height": "5\'-05"",\n "fee": 25}', ("line 3", '"5\'-05""', '\\"')),
        ('{"name": "Tavi Solen",}', ("line 1", '"')),
        ("{'name': 'Tavi Solen'}", ("line 1, column 2", "double quotes")),
        ('{"name": "Tavi Solen"', ("line 1, column 22",)),
        ("{name: 5}", ("line 1, column 2",)),
        ('{"name": "a\nb"}', ("line 1", "column 12")),
        ('{"name": NaN}', ("NaN",)),
        ('{"name": -Infinity}', ("-Infinity",)),
        ('{"name": "a", "name": "b"}', ("twice", '"name"')),
        (f"{RIGHT} or {changed(fee=26)}", ("Several",)),
        (f"```\n{RIGHT}\n```\n```\n{changed(fee=26)}\n```", ("Several",)),
        (f"\\boxed{{{RIGHT}}} or \\boxed{{{changed(fee=26)}}}", ("Several",)),
        (f"It is not {RIGHT}", ("denies",)),
        (f"This is not the record: {RIGHT}", ("denies",)),
        (f"Maybe {RIGHT}", ("denies",)),
        (f"{RIGHT} is wrong.", ("denies",)),
        (f"答案不是{RIGHT}", ("denies",)),
        (f"[{RIGHT}]", ("one object",)),
        (f"```json\n[{RIGHT}]\n```", ("object",)),
        ("The name is Tavi Solen.", ("object",)),
        ("\\boxed{Tavi Solen}", ("line 1, column 1",)),
        ('{"a":' * 100_000, ("nested",)),
        ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", ("nested",)),
    ],
)
def test_what_is_not_one_json_object_is_unclear_and_the_reason_says_why(answer, told):
    finding = CARD.grade(answer, "en")
    assert finding.outcome == "unclear"
    assert all(word in finding.reason for word in told), finding.reason
    assert CARD.grade(answer, "zh").outcome == "unclear"


@pytest.mark.parametrize("number", ["1e999999999999999999", "9" * 5000, "1e400", "-0.0"])
def test_a_huge_number_is_a_wrong_value(number):
    assert check(CARD, changed(fee=0).replace(" 0,", f" {number},")).outcome == "wrong"


@pytest.mark.parametrize(
    "text, final",
    [
        (
            'I look.\nHere it is:\n{\n "a": "1. b"\n}\nThat is all.',
            'Here it is:\n{\n "a": "1. b"\n}\nThat is all.',
        ),
        ("I look.\n\nThese:\ntap(1,2)\ndone()", "These:\ntap(1,2)\ndone()"),
        ('{\n "a": 1\n}\nSo the answer is 5.', "So the answer is 5."),
        ("tap(1,2)\ntap(3,4)\nIt prints 5.", "It prints 5."),
        ("f(2)\nIt is known.", "It is known."),
    ],
)
def test_an_object_or_calls_without_a_fence_are_the_final_part_only_at_the_end(text, final):
    assert split(text).final == final


@pytest.mark.parametrize("target", [CARD, case("screen").target, case("screen").target.state])
@pytest.mark.parametrize(
    "piece",
    ["{", '{"a":', "[", '"', "\\boxed{", "```\n{}\n```\n", " ", "\n", "(", "(5,5)", "tap(1,1)\n", "tap(", ")",
     "done()", "not ", "不是", '{"point_2d": [1, 2]}', "a_b(", "{\n", "1e9"],
)  # fmt: skip
def test_a_text_twice_as_long_takes_about_twice_as_long(target, piece):
    def seconds(length: int) -> float:
        before = process_time()
        check(target, piece * (length // len(piece)))
        return process_time() - before

    assert min(seconds(20_000) for _ in range(6)) < 3 * min(seconds(10_000) for _ in range(6)) + 0.05


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text()
    | st.sampled_from(list(TRUE.values())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(TRUE)), inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(st.text() | VALUES.map(json.dumps) | VALUES.map(lambda value: f"so {json.dumps(value)} or"))
def test_any_text_gets_a_finding(text):
    for language in ("en", "zh"):
        finding = CARD.grade(text, language)
        assert finding.outcome in ("right", "wrong", "unclear") and finding.reason


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(list(TRUE)), VALUES))
def test_a_record_is_right_only_where_every_field_is(given_fields):
    finding = CARD.grade(json.dumps(given_fields), "en")
    texts = {key: value.strip() if isinstance(value, str) else value for key, value in given_fields.items()}
    assert finding.ok == (texts in (TRUE, {**TRUE, "fee": 25}))
