"""Boxes in a text: read by their form and the model's profile, and drawn on a copy."""

import pytest
from PIL import Image

from qvq_nb.errors import QvqError
from qvq_nb.inference.answer import Answer
from qvq_nb.media.boxes import Box, draw_boxes, read_boxes

SIZE = (400, 300)
CAR = "<|object_ref_start|>the red car<|object_ref_end|><|box_start|>(100,200),(500,600)<|box_end|>"
IN_PIXELS = (40, 60, 200, 180)


def corners(box):
    return box.left, box.top, box.right, box.bottom


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"I see {CAR}.", "box tokens"),
        ("I see: the red car(100,200),(500,600).", "bare pairs"),
        ('```json\n[{"bbox_2d": [100, 200, 500, 600], "label": "the red car"}]\n```', "JSON"),
        ('[{"label": "the red car", "bbox_2d": ["100", "200", "500", "600"]},', "JSON"),
    ],
)
def test_each_form_is_read_in_thousandths(text, form):
    (box,) = read_boxes(text, SIZE)
    assert (box.label, box.form, box.counted_in) == ("the red car", form, "thousandths")
    assert corners(box) == pytest.approx(IN_PIXELS)


def test_json_counts_as_the_profile_says_even_where_the_other_way_would_fit_as_well():
    text = '{"bbox_2d": [0, 0, 196, 154], "label": "left half"}'
    (box,) = read_boxes(text, SIZE, "resized pixels")
    assert box.counted_in == "resized pixels"
    assert corners(box) == pytest.approx((0, 0, 200, 150), abs=1)  # the model saw 392×308 pixels
    (box,) = read_boxes(text, SIZE)
    assert corners(box) == pytest.approx((0, 0, 78.4, 46.2))


def test_resized_pixels_are_those_of_the_budget_with_which_was_asked():
    (box,) = read_boxes('{"bbox_2d": [0, 0, 56, 28]}', SIZE, "resized pixels", visual_tokens=(1, 4))
    assert corners(box) == pytest.approx((0, 0, 400, 300))


def test_tokens_count_in_thousandths_whatever_json_means():
    (box,) = read_boxes(CAR, SIZE, "resized pixels")
    assert corners(box) == pytest.approx(IN_PIXELS)


def test_a_quad_keeps_its_corners():
    (box,) = read_boxes("<|quad_start|>(100,100),(300,200),(250,400),(50,300)<|quad_end|>", SIZE)
    assert box.form == "quad tokens" and corners(box) == pytest.approx((20, 30, 120, 120))
    assert [round(x) for point in box.corners for x in point] == [40, 30, 120, 60, 100, 120, 20, 90]


def test_several_boxes_come_in_order_and_each_has_its_own_name():
    text = f"{CAR} and <|object_ref_start|>狗<|object_ref_end|><|box_start|>(1,2),(3,4)<|box_end|>"
    assert [box.label for box in read_boxes(text, SIZE)] == ["the red car", "狗"]
    assert [box.label for box in read_boxes("a cat(1,2),(3,4)a dog(5,6),(7,8)", SIZE)] == ["a cat", "a dog"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "There is no red car.",
        "the points (1, 2), (3, 4) lie on it",
        "a path (1,2),(3,4),(5,6)",
        "from (500,600),(100,200)",
        "in pixels (1200,300),(1500,400)",
        "<|box_start|>(1,2)<|box_end|>",
        '{"bbox_2d": [1, 2, 3]}',
    ],
)
def test_what_has_none_of_the_forms_is_no_box(text):
    assert read_boxes(text, SIZE) == []


def test_an_answer_will_do_as_well_as_a_text():
    answer = Answer(CAR, "", CAR, "told", "en", 1, 1, 1, 0.0, "end")
    assert read_boxes(answer, SIZE) == read_boxes(CAR, SIZE)


def test_an_unknown_way_of_counting_is_said():
    with pytest.raises(QvqError, match="thousandths or resized pixels"):
        read_boxes(CAR, SIZE, "inches")


def test_the_overlap_of_two_boxes_is_intersection_over_union():
    def box(left, right):
        return Box("", left, 0, right, 10, "JSON", "thousandths")

    assert box(0, 10).overlap(box(0, 10)) == 1
    assert box(0, 10).overlap(box(5, 15)) == pytest.approx(1 / 3)
    assert box(0, 10).overlap(box(20, 30)) == box(0, 0).overlap(box(0, 0)) == 0


def test_boxes_are_drawn_on_a_copy():
    picture = Image.new("RGB", SIZE, "white")
    drawn = draw_boxes(picture, read_boxes(CAR, SIZE))
    assert picture.getcolors() == [(400 * 300, (255, 255, 255))]
    assert drawn.size == SIZE and drawn.getpixel((40, 120)) != (255, 255, 255)
    assert drawn.getpixel((120, 150)) == (255, 255, 255)  # inside it is free


def test_a_label_that_the_font_cannot_write_gives_way_to_a_number():
    def drawn(label):
        return draw_boxes(Image.new("RGB", SIZE), [Box(label, 40, 60, 200, 180, "JSON", "thousandths")])

    assert drawn("龘") == drawn("") == drawn("1") != drawn("图")


def test_a_box_beyond_the_picture_is_kept_and_drawn_to_the_edge():
    (box,) = read_boxes("<|box_start|>(900,900),(1200,1200)<|box_end|>", SIZE)
    assert corners(box) == pytest.approx((360, 270, 480, 360))
    assert draw_boxes(Image.new("RGB", SIZE), [box]).size == SIZE
