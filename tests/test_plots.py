"""Pictures: what they show is what the plan says, and colour is never the only sign."""

import builtins

import pytest
from matplotlib.figure import Figure
from PIL import Image

from qvq_nb.display import plots
from qvq_nb.display import slider as widgets
from qvq_nb.files import GIB
from qvq_nb.media.resize import visual_tokens
from qvq_nb.memory.planning import plan


@pytest.fixture
def drawn(monkeypatch):
    """The axes of every figure that becomes a picture."""
    figures = []
    save = Figure.savefig

    def saving(figure, *arguments, **options):
        figures.append(figure)
        save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", saving)
    return lambda: figures[-1].axes[0]


def test_the_bars_of_a_device_add_up_to_its_memory(drawn):
    planned = plan("qvq-72b", "4x48", images=[(2480, 3508)])
    plots.memory_bars(planned)
    for number, place in enumerate(planned.placement):
        heights = [
            bar.get_height() for bar in drawn().patches if round(bar.get_x() + bar.get_width() / 2) == number
        ]
        assert sum(heights) == pytest.approx(place.memory_bytes / GIB)
        assert heights[0] == pytest.approx(place.vision_bytes / GIB) and heights[-1] == pytest.approx(
            place.free_bytes / GIB
        )


def test_the_budget_curve_shows_each_budget_and_the_line_without_a_limit(drawn):
    row = {"accuracy": 0.5, "low": 0.25, "high": 0.75}
    plots.budget_curve(
        [
            {"thinking_budget": 0, **row},
            {"thinking_budget": 64, **row},
            {"thinking_budget": None, **row, "accuracy": 0.9},
        ]
    )
    points, *_, limit = drawn().lines
    assert points.get_xydata().tolist() == [[0, 50], [64, 50]]
    assert set(limit.get_ydata()) == {90}


def test_what_does_not_fit_stands_out_beyond_the_line(drawn):
    planned = plan("qvq-72b", "1x141")
    plots.memory_bars(planned)
    height = sum(bar.get_height() for bar in drawn().patches if bar.get_x() < 0.4)
    assert height > planned.placement[0].memory_bytes / GIB and drawn().get_ylim()[1] > height


def test_no_two_parts_and_no_two_devices_differ_by_colour_alone():
    parts = [(colour, hatch) for _, _, colour, hatch in plots.PARTS if colour != "#FFFFFF"]
    for signs in (parts, list(zip(plots.DEVICE_COLOURS, plots.DEVICE_HATCHES))):
        assert len({colour for colour, _ in signs}) == len({hatch for _, hatch in signs}) == len(signs)


@pytest.mark.parametrize("device_map", [{"": 0}, {"model": 0, "lm_head": "cpu"}, None])
def test_the_strip_has_one_cell_per_part_and_one_name_per_stretch(drawn, device_map):
    device_map = device_map or plan("qvq-72b", "4x48").device_map
    plots.placement_strip(device_map, 80)
    names = [text.get_text() for text in drawn().texts if "→" not in text.get_text()]
    assert len(drawn().patches) == 83
    assert names == {1: ["GPU 0"], 2: ["GPU 0", "cpu"]}.get(
        len(device_map), ["GPU 0", "GPU 1", "GPU 2", "GPU 3"]
    )


def test_pictures_are_pil_images_that_a_notebook_shows():
    planned = plan("qvq-72b", "2x80")
    for picture in (
        plots.memory_bars(planned),
        plots.placement_strip(planned.device_map, 80),
        plots.working_hours(planned),
    ):
        assert isinstance(picture, Image.Image) and min(picture.size) > 100 and picture._repr_png_()


@pytest.mark.parametrize("maximum", [16_384, 100, 10])
def test_the_grid_has_as_many_cells_as_the_image_has_visual_tokens(maximum):
    picture = plots.token_grid(Image.new("RGB", (560, 280), "white"), maximum)
    row, column = picture.height // 2 + 1, picture.width // 2 + 1  # beside any line
    lines = [
        sum(picture.getpixel((x, row)) != (255, 255, 255) for x in range(picture.width)),
        sum(picture.getpixel((column, y)) != (255, 255, 255) for y in range(picture.height)),
    ]
    assert lines[0] * lines[1] == visual_tokens(560, 280, maximum=maximum)


def test_without_a_kernel_or_ipywidgets_there_is_a_picture_instead_of_a_slider(monkeypatch):
    image = Image.new("RGB", (280, 280))
    assert isinstance(widgets.budget_slider(image), Image.Image)
    find = builtins.__import__

    def without(name, *rest, **more):
        if name == "ipywidgets":
            raise ImportError(name)
        return find(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert isinstance(widgets.budget_slider(image), Image.Image)


def test_the_slider_redraws_for_its_budget_and_carries_a_picture_for_pages_without_a_kernel(monkeypatch):
    from types import SimpleNamespace

    import IPython

    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))
    control = widgets.budget_slider(Image.new("RGB", (560, 280), "red"))
    slider, count = control.children[0].children
    before = control.children[1].value
    slider.value = 20
    assert control.children[1].value != before and count.value.startswith(
        f"{visual_tokens(560, 280, maximum=20)} visual"
    )
    assert "image/png" in control._repr_mimebundle_()
