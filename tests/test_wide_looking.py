"""Wide cases of the families that look and conclude: crowds of birds, and more metals in the flow chart."""

from math import lcm
from random import Random

import pytest
from PIL import ImageFont

from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.cases.drawing import Canvas
from qvq_nb.cases.follow_up import follow_up
from qvq_nb.cases.scenes import recognition
from qvq_nb.cases.science import chemistry
from qvq_nb.paths import data_folder

SEEDS = range(200)
# The activity series as schoolbooks print it, and the charge that each metal takes in water.
SERIES = (
    *("magnesium", "aluminium", "manganese", "zinc", "iron", "cobalt"),
    *("nickel", "tin", "lead", "copper", "silver"),
)
CHARGES = {"Mg": 2, "Al": 3, "Mn": 2, "Zn": 2, "Fe": 2, "Co": 2, "Ni": 2, "Sn": 2, "Pb": 2, "Cu": 2}
IONS = {"sulfate": ("SO4", 2), "nitrate": ("NO3", 1), "chloride": ("Cl", 1)}
INSOLUBLE = {"PbSO4", "PbCl2", "AgCl", "Ag2SO4"}


class Numbered(Canvas):
    """A canvas on which every stroke has one colour, that of the bird being drawn."""

    number = 0

    def polygon(self, points, fill=None, outline=None, width=None):
        super().polygon(points, self.paint(), self.paint() if outline else None, width)

    def line(self, points, fill=None, width=None):
        super().line(points, self.paint(), width)

    def rectangle(self, *corners, **options):
        super().rectangle(*corners, fill=(0, 0, 0))

    def ellipse(self, left, top, right, bottom, fill=None, outline=None, width=None):
        super().ellipse(left, top, right, bottom, self.paint())

    def paint(self):
        return (self.number, 0, 0)


class NumberedPen(recognition.Pen):
    """A pen that counts the birds it draws on a canvas; a shadow is no part of its bird."""

    def bird(self, name):
        self.canvas.drawn = [*getattr(self.canvas, "drawn", []), name]
        self.canvas.number = len(self.canvas.drawn)
        super().bird(name)
        self.canvas.number = 0


def drawn_birds(facts, style):
    """The names of the birds in the order in which they are drawn, and the pixels that are seen of each."""
    canvas = recognition.draw(facts, style, "en")
    reds = canvas.drawn_large().getchannel("R").histogram()
    return canvas.drawn, reds[1 : len(canvas.drawn) + 1]


@pytest.fixture
def numbered(monkeypatch):
    monkeypatch.setattr(recognition, "Canvas", Numbered)
    monkeypatch.setattr(recognition, "Pen", NumberedPen)


@pytest.fixture(scope="module")
def crowds():
    return [facts_and_style("recognition", seed, wide=True) for seed in SEEDS]


@pytest.fixture(scope="module")
def charts():
    return [facts_and_style("chemistry", seed, wide=True) for seed in SEEDS]


@pytest.mark.slow
def test_the_pelicans_of_a_crowd_are_as_many_as_are_drawn_and_at_least_half_of_each_bird_is_seen(
    numbered, crowds
):
    partly_hidden = 0
    for facts, style in crowds:
        names, seen = drawn_birds(facts, style)
        assert facts["answer"] == str(names.count("pelican"))
        for bird, pixels in zip(sorted(facts["birds"], key=lambda bird: bird["y"]), seen):
            middle = {**bird, "x": recognition.WIDTH // 2}  # so that no edge cuts the bird when it is alone
            _, (alone,) = drawn_birds({"birds": [middle]}, style)
            assert pixels >= alone / 2, (bird, facts)
            partly_hidden += pixels < 0.9 * alone
    assert partly_hidden > 300


def test_crowds_have_no_to_fifteen_pelicans_of_many_sizes_and_all_other_birds_among_them(crowds):
    answers = {int(facts["answer"]) for facts, _ in crowds}
    birds = [bird for facts, _ in crowds for bird in facts["birds"]]
    sizes = [bird["size"] for bird in birds]
    assert answers == set(range(16))
    assert {bird["name"] for bird in birds} == {"pelican", *recognition.OTHERS}
    assert 0.55 < min(sizes) < 0.65 and 1.1 < max(sizes) < 1.3


def test_the_salt_of_a_wide_flow_chart_is_neutral_and_dissolves(charts):
    for facts, _ in charts:
        symbol = chemistry.ALL_DISPLACERS[facts["displacer"]]["symbol"]
        ion, charge = IONS[facts["anion"]]
        total = lcm(CHARGES[symbol], charge)
        metals, ions = total // CHARGES[symbol], total // charge
        many = f"({ion})" if ion != "Cl" else ion
        formula = symbol + (str(metals) if metals > 1 else "") + (f"{many}{ions}" if ions > 1 else ion)
        assert facts["answer"]["formula"] == formula and formula not in INSOLUBLE


def test_the_metal_powder_stands_above_the_metal_that_it_drives_out(charts):
    for facts, _ in charts:
        assert facts["won"] == chemistry.ALL_ORES[facts["ore"]]["metal"]
        assert SERIES.index(facts["displacer"]) < SERIES.index(facts["won"]), facts


def test_every_metal_ore_and_word_and_many_letters_come_up(charts):
    all_facts = [facts for facts, _ in charts]
    assert {facts["displacer"] for facts in all_facts} == set(chemistry.ALL_DISPLACERS)
    assert {facts["ore"] for facts in all_facts} == set(chemistry.ALL_ORES)
    assert {facts["anion"] for facts in all_facts} == set(IONS)
    assert len({facts["letters"]["last"] for facts in all_facts}) > 12
    for key, others in chemistry.metals.OTHER_WORDS["en"].items():
        assert len(chemistry.metals.OTHER_WORDS["zh"][key]) == len(others)
        assert {facts["words"][key] for facts in all_facts} == set(range(len(others) + 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_that_is_asked_about_is_drawn_and_graded(language, charts):
    for facts, style in charts:
        canvas = chemistry.draw(facts, style, language)
        drawn = "".join(glyph.character for glyph in canvas.places["filtrate"])
        last = drawn.replace("filtrate", "filtrate ").replace("solution", "solution ")
        assert last in chemistry.question(facts, language) and last[-1] == facts["letters"]["last"]
        target, other = chemistry.target(facts, language), facts["letters"]["filtrate"]
        formula, is_the = facts["answer"]["formula"], {"en": " is ", "zh": "是"}[language]
        assert target.grade(f"{last}{is_the}{formula}", language).ok
        assert target.grade(f"{last}{is_the}{formula}. {last[:-1]}{other}{is_the}Hg(NO3)2.", language).ok
        assert not target.grade(f"{last}{is_the}Hg(NO3)2", language).ok
        assert all(target.grade(name, language).ok for name in facts["answer"]["names"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_boxes_of_a_wide_flow_chart_do_not_touch(language, monkeypatch, charts):
    boxes = []
    rectangle = Canvas.rectangle

    def recording(self, *corners, **options):
        boxes.append(corners[:4])
        rectangle(self, *corners, **options)

    monkeypatch.setattr(Canvas, "rectangle", recording)
    for facts, style in charts:
        boxes.clear()
        chemistry.draw(facts, style, language)
        for index, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[:index]:
                apart = max(left - other[2], other[0] - right), max(top - other[3], other[1] - bottom)
                assert max(apart) >= 8, (facts, boxes)  # room for an arrow


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_that_a_wide_flow_chart_may_draw_is_in_the_shipped_font(language):
    font = ImageFont.truetype(str(data_folder() / "fonts" / "NotoSansSC-Regular-subset.otf"), 32)
    tables = (chemistry.ALL_DISPLACERS, chemistry.ALL_METALS, chemistry.ALL_ORES)
    names = {entry[language] for table in tables for entry in table.values()}
    words = str(chemistry.metals.OTHER_WORDS[language]) + "".join(names)
    missing = bytes(font.getmask("\uffff"))
    assert not [letter for letter in set(words) - {" "} if bytes(font.getmask(letter)) == missing]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", ["recognition", "chemistry"])
def test_follow_ups_of_wide_cases_are_graded(family, language):
    kinds = set()
    for seed in range(40):
        drawn = case(family, seed, language, wide=True)
        for number in range(6):
            asked = follow_up(family, drawn.facts, language, Random(number))
            kinds.add(asked.kind)
            assert "{" not in asked.question and asked.target.grade(asked.truth, language).ok
            assert not asked.target.grade("99", language).ok
            if family == "recognition":
                names = [bird["name"] for bird in drawn.facts["birds"]]
                wanted = asked.subject["birds"]
                assert int(asked.truth) == (len(names) if wanted == "bird" else names.count(wanted))
    assert kinds == set(family_module(family).FOLLOW_UPS)
