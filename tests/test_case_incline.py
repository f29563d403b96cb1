"""The block on the incline: its way up is stepped through with forces as arrows, and answers are graded."""

from fractions import Fraction
from functools import cache
from math import asin, cos, hypot, sin

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.science import incline

SEEDS = range(200)
STEPS = 400


@cache
def drawn(seed: int | None, wide: bool, language: str):
    """The facts of a case, and its glyphs: those with a key, and all."""
    facts, style = facts_and_style("incline", seed, wide)
    canvas = incline.draw(facts, style, language)
    return facts, canvas.places, canvas.glyphs


def drawn_numbers(seed: int | None, wide: bool, language: str) -> dict[str, float]:
    """The numbers that are written in the picture: mass, friction, sine, speed, gravity."""
    places = drawn(seed, wide, language)[1]
    texts = {name: "".join(glyph.character for glyph in places[name]) for name in places}
    numbers = {name: texts[name].split("=")[1] for name in ("m", "μ", "sin α", "g", "speed")}
    return {
        "mass": float(numbers["m"].removesuffix("kg")),
        "friction": float(numbers["μ"]),
        "sine": float(numbers["sin α"]),
        "gravity": float(numbers["g"].removesuffix("m/s²")),
        "speed": float(numbers["speed"].split("m/s")[0]),
    }


def slide(mass: float, friction: float, sine: float, gravity: float, speed: float) -> dict[str, float]:
    """The way up without a pull, in steps of time, friction as an arrow against the velocity.

    Its length, the heat as a share of the energy, and the power that kept the velocity before.
    """
    angle = asin(sine)
    along, across = (cos(angle), sin(angle)), (-sin(angle), cos(angle))
    weight = (0.0, -mass * gravity)
    normal = -(weight[0] * across[0] + weight[1] * across[1])
    velocity, length, heat = (speed * along[0], speed * along[1]), 0.0, 0.0
    pull, step = None, None
    while True:
        size = hypot(*velocity)
        rubbing = tuple(-friction * normal * part / size for part in velocity)
        force = tuple(weight[k] + normal * across[k] + rubbing[k] for k in (0, 1))
        if pull is None:
            pull = hypot(*force)
            step = speed / (pull / mass) / STEPS
        velocity = tuple(velocity[k] + force[k] / mass * step for k in (0, 1))
        if velocity[0] * along[0] + velocity[1] * along[1] <= 0:
            energy = mass * speed**2 / 2
            return {"length": length, "power": pull * speed, "share": heat / energy}
        length += hypot(*velocity) * step
        heat += friction * normal * hypot(*velocity) * step


@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_where_a_stepped_block_stops(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts = drawn(seed, wide, "en")[0]
        english, chinese = (drawn_numbers(seed, wide, language) for language in ("en", "zh"))
        assert english == chinese
        stepped, truth = slide(**english)[facts["asked"]], float(Fraction(facts["answer"]))
        assert abs(stepped - truth) <= 1.5 / STEPS * truth, seed


@pytest.mark.parametrize("wide", [False, True])
def test_a_truth_has_few_digits_and_every_kind_is_asked(wide):
    all_facts = [drawn(seed, wide, "en")[0] for seed in SEEDS]
    assert {facts["asked"] for facts in all_facts} == set(incline.ASKED)
    for facts in all_facts:
        written = facts["answer"]
        assert ("/" in written) == (facts["asked"] == "share") and len(written.replace(".", "")) <= 7
        assert len(set(facts["points"])) == 3


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_letters_stand_clear_of_each_other_and_of_the_numbers(language, wide):
    for seed in SEEDS:
        facts, places, glyphs = drawn(seed, wide, language)
        letters = [places[f"point {letter}"][0] for letter in facts["points"]]
        others = [glyph for glyph in glyphs if glyph not in letters]
        for letter in letters:
            near = [one for one in others + letters if abs(one.x - letter.x) < 12 and one != letter]
            assert all(abs(one.y - letter.y) > 15 for one in near), seed


def test_the_wrong_sign_is_named_as_such_in_both_languages():
    english, chinese = case("incline"), case("incline", language="zh")
    assert (english.question, chinese.question) == ("How long is CD?", "CD 段有多长？")
    assert english.truth == "0.8 m"
    assert english.check("CD = 4 m").outcome == chinese.check("CD 长 4 m").outcome == "wrong"
    assert "friction points down" in english.check(r"\boxed{4 \text{ m}}").reason
    assert "摩擦力沿斜面向下" in chinese.check(r"\boxed{4\text{ 米}}").reason
    assert "friction" not in english.check("5 m").reason


def test_there_is_no_wrong_sign_value_where_the_block_would_never_stop():
    all_facts = [drawn(seed, True, "en")[0] for seed in SEEDS]
    endless = [facts for facts in all_facts if facts["wrong_sign"] is None]
    assert endless and all(incline.target(facts, "en").slips == () for facts in endless)


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("0.8 m", "right"),
        (r"\boxed{0.8}", "right"),
        (r"\boxed{\frac{4}{5} \text{ m}}", "right"),
        ("The length of CD is 0.8 metres.", "right"),
        ("CD 段长 0.8 米。", "right"),
        ("CD = v²/(2g(sin α + μ cos α)) = 0.8 m", "right"),
        ("0.6 m", "wrong"),
        (r"\boxed{4 \text{ m}}", "wrong"),
        (r"\boxed{0.8 \text{ kg}}", "wrong"),
    ],
)
def test_a_length_is_graded(answer, outcome):
    assert case("incline").check(answer).outcome == outcome


def asked_for(kind: str):
    return next(one for seed in SEEDS if (one := case("incline", seed)).facts["asked"] == kind)


def test_a_power_in_watts_and_a_share_as_a_fraction_are_graded():
    power, share = asked_for("power"), asked_for("share")
    watts, fraction = power.facts["answer"], Fraction(share.facts["answer"])
    for unit in (" W", "W", " watts", " 瓦", r"\text{ W}", ""):
        assert power.check(f"\\boxed{{{watts}{unit}}}").ok, unit
    assert not power.check(f"{watts} m").ok
    top, bottom = fraction.numerator, fraction.denominator
    for written in (f"{top}/{bottom}", rf"\boxed{{\frac{{{top}}}{{{bottom}}}}}", f"It is {top}/{bottom}."):
        assert share.check(written).ok, written
    assert not share.check(f"{bottom}/{top}").ok
