"""The phone: its ways are found again by trying all taps and by counting pages; answers are graded."""

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.drawing import Style
from qvq_nb.cases.scenes import screen
from qvq_nb.cases.scenes.screen import Pages, Phone
from qvq_nb.errors import QvqError
from qvq_nb.grading.forms.state import State, written

SEEDS = range(200)
HOME = case("screen")
WAY = "tap(750,240)\ntap(500,270)\ntap(500,403)\ndone()"


def page_of(facts: dict, switch: str) -> int:
    """The page on which a switch stands, counted from home, which is 0."""
    pages = [facts["settings"], *facts["pages"].values()]
    return 1 + next(number for number, names in enumerate(pages) if switch in names)


def steps(here: int, there: int) -> int:
    """Taps from page to page: the settings lie between home and every other page."""
    return 0 if here == there else 1 if 1 in (here, there) else 2


def fewest(facts: dict, page: int, switches) -> int:
    """Taps that turn the switches, from a page on: the best order in which to visit their pages."""
    pages = {page_of(facts, switch) for switch in switches}
    walks = [sum(map(steps, (page, *order), order)) for order in permutations(pages)]
    return len(switches) + min(walks)


@pytest.mark.parametrize("wide", [False, True])
def test_the_fewest_taps_are_what_counting_pages_gives(wide):
    counts = set()
    for seed in SEEDS:
        facts, _ = facts_and_style("screen", seed, wide)
        least = fewest(facts, facts["page"], list(facts["goal"]))
        assert len(State(Pages(facts)).way) == least, seed
        counts.add(least)
    assert counts == ({1, 2, 3, 4, 5, 6} if wide else {1, 2, 3})


@pytest.mark.parametrize("wide", [False, True])
def test_a_place_is_right_where_one_tap_less_remains_after_it(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        drawn = case("screen", seed, wide=wide)
        facts, right = drawn.facts, 0
        for x, y in Pages(facts).places(Pages(facts).start):
            phone = Phone(facts)
            phone.tap(x, y)
            page, on = phone.state
            left = [name for name, value in facts["goal"].items() if (name in on) != value]
            needless = [name for name in set(facts["on"]) ^ on if name not in facts["goal"]]
            remaining = fewest(facts, page, [*left, *needless]) if left or needless else 0
            is_right = remaining < fewest(facts, facts["page"], list(facts["goal"]))
            assert drawn.check(f"({x},{y})").outcome == ("right" if is_right else "wrong"), (seed, x, y)
            right += is_right
        assert right >= 1


@pytest.mark.parametrize(
    "seed, wide", [(None, False), *product(range(8), [False]), *product(range(4), [True])]
)
def test_no_shorter_row_of_taps_reaches_the_goal_whatever_is_tried(seed, wide):
    facts, _ = facts_and_style("screen", seed, wide)
    least = min(len(State(Pages(facts)).way), 4)
    grid = [(x, y) for x in (250, 750) for y in (140, 270, 403, 540, 670, 760)]
    for count in range(least):
        for taps in product(grid, repeat=count):
            phone = Phone(facts)
            for x, y in taps:
                phone.tap(x, y)
            _, on = phone.state
            assert any((name in on) != value for name, value in facts["goal"].items())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_what_is_drawn_stands_inside_its_element_and_shows_its_state(wide, language):
    for seed in range(100):
        facts, style = facts_and_style("screen", seed, wide)
        pages, (page, on) = Pages(facts), Pages(facts).start
        canvas = screen.draw(facts, style, language)
        elements = dict(pages.elements(page))
        for key, glyphs in canvas.places.items():
            kind, *name = key.split()
            if not name:
                continue
            left, top, right, bottom = elements.pop(name[0]) if kind in ("app", "row") else (0, 0, 224, 392)
            assert all(left < glyph.x < right and top < glyph.y < bottom for glyph in glyphs), (seed, key)
            if kind == "switch":
                assert glyphs[0].character == ("on" if name[0] in on else "off")
                assert max(glyph.x for glyph in canvas.places[f"row {name[0]}"]) < 160
                assert canvas.image().getpixel((int(glyphs[0].x), int(glyphs[0].y))) == (255, 255, 255)
        assert set(elements) <= {"back"}


def test_the_style_moves_nothing_that_can_be_tapped():
    still, moved = (screen.draw(HOME.facts, Style(shift=shift), "en").image() for shift in ((0, 0), (6, -6)))
    assert still.tobytes() == moved.tobytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_shows_each_page_and_the_verdict_follows_what_was_tapped(language):
    phone = Phone(HOME.facts, language)
    seen = [phone.screen().tobytes()]
    assert phone.screen().size == (224, 392) and phone.done().outcome == "wrong"
    for x, y in ((750, 240), (500, 270), (500, 403)):
        phone.tap(x, y)
        seen.append(phone.screen().tobytes())
    assert len(set(seen)) == 4
    assert phone.done().outcome == "right" and phone.done().expected == WAY
    phone.tap(500, 270)  # Wi-Fi, which nobody asked for
    verdict = phone.done()
    assert verdict.outcome == "wrong" and screen.WORDS["wifi"][language == "zh"] in verdict.reason


def test_taps_remembered_from_one_phone_miss_the_goal_on_another():
    phone = Phone(case("screen", 2317).facts)  # that of lesson 13
    assert phone.facts["goal"] == HOME.facts["goal"]
    for x, y in State(Pages(HOME.facts)).way:
        phone.tap(x, y)
    verdict = phone.done()
    assert verdict.outcome == "wrong"
    assert "Bluetooth is still on" in verdict.reason and "Wi-Fi was turned off" in verdict.reason


def test_a_tap_on_nothing_changes_nothing_and_one_beyond_the_screen_is_refused():
    phone = Phone(HOME.facts)
    before = phone.screen().tobytes()
    phone.tap(0, 1000)
    assert phone.screen().tobytes() == before and phone.taps == [(0, 1000)]
    for x, y in ((1001, 5), (-1, 5), (0.5, 5), ("5", 5), (True, 5)):
        with pytest.raises(QvqError, match="0 to 1000"):
            phone.tap(x, y)


def test_the_question_says_what_to_do():
    assert (HOME.question, case("screen", language="zh").question) == (
        "Turn Bluetooth off. Where do you tap?",
        "关闭蓝牙，点哪里？",
    )
    two = {"goal": {"wifi": True, "dark": False}}
    assert screen.question(two, "en") == "Turn Wi-Fi on and Dark mode off. Where do you tap?"
    assert screen.question(two, "zh") == "打开无线网络，关闭深色模式，点哪里？"


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("(750,240)", "right"),
        ("(750, 240)", "right"),
        ("tap(700,200)", "right"),
        ("Tap Settings at (750,240).", "right"),
        ("点右上角的设置：(750,240)。", "right"),
        ("\\boxed{(750, 240)}", "right"),
        ("Not (250,240). \\boxed{(750,240)}", "right"),
        ("<|box_start|>(750,240)<|box_end|>", "right"),
        (
            "<|object_ref_start|>Settings<|object_ref_end|><|box_start|>(600,150),(900,340)<|box_end|>",
            "right",
        ),
        ("Settings(600,150),(900,340)", "right"),
        ('```json\n[{"point_2d": [750, 240], "label": "Settings"}]\n```', "right"),
        ('{"bbox_2d": [600, 150, 900, 340]}', "right"),
        ('"point_2d": [750, 240]', "right"),
        ("(250,240)", "wrong"),
        ("(168,94)", "wrong"),  # pixels are no thousandths
        ('{"point_2d": [250, 240]}', "wrong"),
        ("Settings", "unclear"),
        ("(750,240) or (250,240)", "unclear"),
        ("(750,240), (250,240)", "unclear"),
        ("not (750,240)", "unclear"),
        ("Do not tap (750,240).", "unclear"),
        ("不要点 (750,240)", "unclear"),
        ("(750,240) is wrong.", "unclear"),
        ("maybe (750,240)", "unclear"),
        ("(1750,240)", "unclear"),
        ("(0.75,0.24)", "unclear"),
        ("750, 240", "unclear"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_place_is_graded_in_every_form(answer, outcome, language):
    verdict = case("screen", language=language).check(answer)
    assert verdict.outcome == outcome, verdict.reason
    assert (outcome != "unclear") or "(500,300)" in verdict.reason


def test_a_miss_says_what_was_tapped():
    assert "Camera" in HOME.check("(250,240)").reason
    assert "相机" in case("screen", language="zh").check("(250,240)").reason


@pytest.mark.parametrize(
    "answer, outcome, told",
    [
        (WAY, "right", "3"),
        (f"```\n{WAY}\n```", "right", "3"),
        (f"First I open the settings.\n\n{WAY}\nNow it is off.", "right", "3"),
        (f"\\boxed{{{WAY}}}", "right", "3"),
        (WAY.replace("\n", "; "), "right", "3"),
        (WAY.replace(",", " , "), "right", "3"),
        ("tap(0,0)\n" * 3 + WAY, "right", "6"),
        ("tap(0,0)\n" * 4 + WAY, "wrong", "7"),
        ("done()", "wrong", "Bluetooth is still on"),
        (WAY.replace("(500,403)", "(500,270)"), "wrong", "Wi-Fi was turned off"),
        (WAY.replace("done()", "tap(500,403)\ndone()"), "wrong", "Bluetooth is still on"),
        (WAY.replace("done()", "tap(500,270)\ndone()"), "wrong", "Wi-Fi was turned off"),
        (f"{WAY}\n{WAY}", "unclear", "done()"),
        ("tap(750,240)\ntap(500,270)", "unclear", "end is missing"),
        (f"{WAY}\nor\n{WAY}", "unclear", "done()"),
        (f"Do not:\n{WAY}", "unclear", "denies"),
        ("tap(1750,240)\ndone()", "unclear", "beyond"),
        ("tap(x, y)\ndone()", "unclear", "taps alone"),
        ("tap(750,240), then tap(500,270) and done()", "unclear", "taps alone"),
        ("```\nimport os\ntap(1,1)\ndone()\n```", "unclear", "taps alone"),
        ("tap(__import__('os'),1)\ndone()", "unclear", "taps alone"),
    ],
)
def test_a_text_of_taps_is_carried_out_and_graded(answer, outcome, told):
    finding = HOME.target.grade(answer, "en")
    assert finding.outcome == outcome and told in finding.reason, finding
    assert HOME.target.grade(answer, "zh").outcome == outcome


def test_taps_as_text_are_checked_by_the_case():
    assert HOME.check(WAY).ok and HOME.check(f"I think.\n\n{WAY}").ok
    for seed in range(40):
        drawn = case("screen", seed, wide=True)
        way = State(Pages(drawn.facts)).way
        assert drawn.check(written(way)).ok
        assert not drawn.check(written(way[:-1])).ok


@settings(deadline=None, max_examples=300)
@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "tap(",
                ")",
                "done()",
                "(5,5)",
                "750,240",
                "\n",
                "```",
                "\\boxed{",
                "}",
                '{"point_2d":',
                '"point_2d":',
                "[5,5]",
                "[",
            ]
        )
    ).map("".join)
)
def test_any_text_gets_a_finding(text):
    for target in (HOME.target, HOME.target.state):
        for language in ("en", "zh"):
            finding = target.grade(text, language)
            assert finding.outcome in ("right", "wrong", "unclear") and finding.reason


@pytest.mark.parametrize("wide", [False, True])
def test_phones_differ_in_their_start_their_goal_and_their_pages(wide):
    drawn = [facts_and_style("screen", seed, wide)[0] for seed in SEEDS]
    assert {facts["page"] for facts in drawn} == (set(range(5)) if wide else {0, 1, 2})
    assert {len(facts["goal"]) for facts in drawn} == ({1, 2} if wide else {1})
    assert {len(facts["pages"]) + 2 for facts in drawn} == ({4, 5} if wide else {3})
    switches = [
        len([name for name in facts["settings"] if name not in screen.TOPICS])
        + sum(map(len, facts["pages"].values()))
        for facts in drawn
    ]
    assert (max(switches), min(switches)) == ((8, 2) if wide else (4, 4))
