"""The worked cases: the published ones redrawn, endless fresh ones, and truths that can be trusted."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageChops, ImageFont, ImageStat

from qvq_nb.cases import BASIC, FAMILIES, LANGUAGES, case, case_of, facts_and_style, family_module
from qvq_nb.cases.case import CASE_MIME
from qvq_nb.cases.drawing import Canvas, Style, canvases
from qvq_nb.cases.follow_up import follow_up
from qvq_nb.errors import QvqError
from qvq_nb.grading.several import Several
from qvq_nb.paths import data_folder

GOLDEN = Path(__file__).parent / "golden"
SEEDS = range(60)
PLACES = ("find", "screen")  # their answers are places, which another case may share

PUBLISHED = {
    "recognition": ("How many pelicans are there in this picture?", "图中一共有几只鹈鹕？", "6"),
    "invoice": ("What is the total tax amount on this invoice?", "这张发票的税额合计是多少？", "462.05"),
    "chart": ("What is the highest value of QwQ-32B-Preview?", "QwQ-32B-Preview 的最高值是多少？", "86.7"),
    "chemistry": (
        "What chemical substance is filtrate E in the picture?",
        "图片中的滤液E是什么化学物质？",
        "FeSO4",
    ),
    "sofa": ("What is the volume of this sofa?", "这个沙发的体积是多少？", "3159000"),
    "derivative": (
        "Given h(x) = f(x) · g(x), find h'(2) using the table below.",
        "已知 h(x) = f(x) · g(x)，根据下表求 h'(2)。",
        "-29",
    ),
}


@pytest.mark.parametrize("family", PUBLISHED)
def test_the_canonical_case_is_the_published_one(family):
    english, chinese = case(family), case(family, language="zh")
    question_en, question_zh, truth = PUBLISHED[family]
    assert (english.question, chinese.question) == (question_en, question_zh)
    assert truth in english.truth and truth in chinese.truth
    assert english.check(english.truth).ok and chinese.check(chinese.truth).ok


def test_the_canonical_quay_has_four_whole_pelicans_and_two_cut_off_by_the_right_edge():
    from qvq_nb.cases.scenes import recognition

    birds = recognition.CANONICAL["birds"]
    right_ends = [bird["x"] + recognition.HALF_LENGTH * bird["size"] for bird in birds]
    assert [bird["name"] for bird in birds] == ["pelican"] * 6
    assert [end > recognition.WIDTH for end in right_ends] == [False] * 4 + [True] * 2


def true_answer(family: str, facts: dict):
    """The answer worked out again from the facts, by another way than the drawing module takes."""
    if family == "recognition":
        return str([bird["name"] for bird in facts["birds"]].count("pelican"))
    if family == "invoice":
        for line in facts["lines"]:
            assert abs(Decimal(line["amount"]) * line["rate"] / 100 - Decimal(line["tax"])) <= Decimal(
                "0.005"
            )
        return str(sum(round(Decimal(line["tax"]) * 100) for line in facts["lines"]) / Decimal(100))
    if family == "chart":
        return str(sorted(map(Decimal, facts["values"][facts["asked"]]))[-1])
    if family == "sofa":
        whole = facts["long"] * facts["short"]
        gap = (facts["long"] - facts["depth"]) * (facts["short"] - facts["depth"])
        return str((whole - gap) * facts["height"])
    row = {row["x"]: row for row in facts["table"]}[facts["x"]]
    return str(row["f"] * row["g'"] + row["g"] * row["f'"])


@pytest.mark.parametrize("family", [family for family in BASIC if family != "chemistry"])
def test_the_truth_follows_from_the_facts(family):
    for seed in (None, *SEEDS):
        facts = case(family, seed).facts
        assert Decimal(facts["answer"]) == Decimal(true_answer(family, facts)), seed


@pytest.mark.parametrize(
    "anion, displacer, formula, english, chinese",
    [
        ("sulfate", "iron", "FeSO4", "iron(II) sulfate", "硫酸亚铁"),
        ("nitrate", "zinc", "Zn(NO3)2", "zinc nitrate", "硝酸锌"),
        ("chloride", "magnesium", "MgCl2", "magnesium chloride", "氯化镁"),
        ("sulfate", "aluminium", "Al2(SO4)3", "aluminium sulfate", "硫酸铝"),
        ("nitrate", "iron", "Fe(NO3)2", "iron(II) nitrate", "硝酸亚铁"),
        ("chloride", "aluminium", "AlCl3", "aluminium chloride", "氯化铝"),
    ],
)
def test_the_salt_left_in_filtrate_e_is_named_rightly(anion, displacer, formula, english, chinese):
    salt = family_module("chemistry").salt(anion, displacer)
    assert salt["formula"] == formula and english in salt["names"] and chinese in salt["names"]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_gives_the_same_case_again_and_another_seed_another(family, wide):
    first, again, other = (case(family, seed, wide=wide) for seed in (7, 7, 8))
    assert first.facts == again.facts and first.overview.tobytes() == again.overview.tobytes()
    assert first.facts != other.facts and first.overview.tobytes() != other.overview.tobytes()


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("family", FAMILIES)
def test_facts_survive_json(family, wide):
    facts = case(family, 3, wide=wide).facts
    assert json.loads(json.dumps(facts)) == facts


def is_as_good(other, one) -> bool:
    """Whether what the other target expects is right for the one, too, maybe within a tolerance."""
    if isinstance(one, Several) and isinstance(other, Several):
        pairs = zip(other.parts, one.parts, strict=True)
        return all(is_as_good(theirs, own) for (_, theirs), (_, own) in pairs)
    if slack := Fraction(getattr(one, "tolerance", "0")):
        return abs(Fraction(other.expected) - Fraction(one.expected)) <= slack
    return other.expected == one.expected


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", [one for one in FAMILIES if one not in PLACES])
def test_the_truth_is_right_and_another_cases_truth_is_not(family, language, wide):
    drawn = [case(family, seed, language, wide=wide) for seed in range(12)]
    for one in drawn:
        assert one.check(one.truth).ok, one.check(one.truth)
        others = [other.truth for other in drawn if not is_as_good(other.target, one.target)]
        assert not any(one.check(other).ok for other in others), one.truth


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_text_is_large_enough_and_inside_the_picture(family, language, wide, monkeypatch):
    sizes = []
    write = Canvas.text

    def recording(self, x, y, text, size=None, *arguments, **options):
        sizes.append(size or self.style.text_size)
        write(self, x, y, text, size, *arguments, **options)

    monkeypatch.setattr(Canvas, "text", recording)
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style(family, seed, wide)
        for canvas in canvases(family_module(family).draw(facts, style, language)):
            assert all(
                4 <= glyph.x <= canvas.width - 4 and 8 <= glyph.y <= canvas.height - 8
                for glyph in canvas.glyphs
            ), seed
    assert all(size >= getattr(family_module(family), "SMALLEST_TEXT", 16) for size in sizes)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_character_is_in_the_shipped_font(family, language, wide):
    font = ImageFont.truetype(str(data_folder() / "fonts" / "NotoSansSC-Regular-subset.otf"), 32)
    missing = bytes(font.getmask("\uffff"))
    characters = set()
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style(family, seed, wide)
        drawn = canvases(family_module(family).draw(facts, style, language))
        characters |= {glyph.character for canvas in drawn for glyph in canvas.glyphs}
    assert not [character for character in characters if bytes(font.getmask(character)) == missing]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_fits_the_patch_grid(family):
    assert all(side % 28 == 0 for medium in case(family).media for side in medium.size)


@pytest.mark.parametrize("family", BASIC)
def test_a_basic_picture_fits_200_visual_tokens(family):
    width, height = case(family).image.size
    assert width // 28 * (height // 28) <= 200


def test_scale_draws_the_same_case_larger():
    small, large = case("invoice"), case("invoice", scale=2)
    assert large.image.size == (2 * small.image.width, 2 * small.image.height) and large.truth == small.truth


def test_glyphs_are_remembered_where_they_are_drawn():
    canvas = Canvas(56, 28, Style(paper=(255, 255, 255), ink=(0, 0, 0)))
    canvas.text(30, 14, "8", 18)
    (glyph,) = canvas.glyphs
    left, top, right, bottom = ImageChops.invert(canvas.image().convert("L")).getbbox()
    assert abs((left + right) / 2 - glyph.x) < 1.5 and abs((top + bottom) / 2 - glyph.y) < 3


@pytest.mark.parametrize(
    "arguments, word",
    [
        (("painting",), "recognition"),
        (("chart", -1), "0 upwards"),
        (("chart", 1.5), "whole number"),
        (("chart", 1, "fr"), "en or zh"),
        (("chart", None, "en", 1, True), "canonical"),
    ],
)
def test_a_wrong_request_says_what_there_is(arguments, word):
    with pytest.raises(QvqError, match=word):
        case(*arguments)


def test_the_golden_canonical_cases_are_what_the_code_draws():
    golden = json.loads((GOLDEN / "cases.json").read_text(encoding="utf-8"))
    assert [(entry["family"], entry["language"]) for entry in golden] == [
        (family, language) for family in FAMILIES for language in LANGUAGES
    ]
    for entry in golden:
        drawn = case(entry["family"], language=entry["language"])
        assert {name: value for name, value in entry.items() if name != "image"} == drawn.to_dict()
        with Image.open(GOLDEN / entry["image"]) as image:
            difference = ImageStat.Stat(ImageChops.difference(image.convert("RGB"), drawn.overview))
        assert max(difference.mean) < 1, entry["image"]  # another FreeType may round an edge otherwise


def test_a_case_is_known_by_its_name():
    fresh = case("invoice", 7)
    assert (case("invoice").id, fresh.id) == ("invoice-en", "invoice-en-7")
    kind = follow_up("invoice", fresh.facts, "en", Random(2)).kind
    assert fresh.follow_up(2).id == f"invoice-en-7-{kind.replace(' ', '-')}-2"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", [one for one in FAMILIES if hasattr(family_module(one), "FOLLOW_UPS")])
def test_a_follow_up_is_a_case_with_the_same_picture_and_its_own_truth(family, language):
    for seed in (None, *range(20)):
        drawn = case(family, seed, language)
        for number in range(10):
            other = drawn.follow_up(seed=number)
            asked = follow_up(family, drawn.facts, language, Random(number))
            assert (other.question, other.truth) == (asked.question, asked.truth)
            assert other.media is drawn.media and other.facts is drawn.facts
            assert other.check(other.truth).ok and not other.check("").ok
            assert other.check(drawn.truth).ok == (other.truth == drawn.truth), (other.truth, drawn.truth)
            verdict = other.check(other.truth)
            assert (verdict.question, verdict.family, verdict.seed) == (other.question, family, seed)


def test_a_follow_up_without_a_seed_is_the_same_each_time():
    assert case("chart", 3).follow_up() == case("chart", 3).follow_up()


def test_the_facts_can_be_asked_about_in_a_picture_by_another_hand():
    drawn, blank = case("sofa", 5, "zh"), Image.new("RGB", (280, 280))
    other = case_of("sofa", drawn.facts, blank, "zh", 5)
    assert other.image is blank
    assert (other.id, other.question, other.truth) == (drawn.id, drawn.question, drawn.truth)


def test_a_case_shows_its_picture_and_says_what_was_asked():
    drawn = case("derivative", 4)
    bundle = drawn._repr_mimebundle_()
    assert set(bundle) == {CASE_MIME, "text/plain", "image/png"}
    told = bundle[CASE_MIME]
    assert (told["question"], told["truth"], told["seed"]) == (drawn.question, drawn.truth, 4)
    assert json.loads(json.dumps(told)) == told and "facts" not in told
