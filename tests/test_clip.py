"""Clips: what is taken of a file or of pictures, that it stays in bounds, and how it is shown and written."""

import base64
import io
import re
import struct
from pathlib import Path

import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image, ImageDraw

from qvq_nb import clip
from qvq_nb.display.clip_costs import clip_costs
from qvq_nb.errors import QvqError
from qvq_nb.media import video_file
from qvq_nb.media.clip import Clip, open_media

STATES, SIZE = 8, (224, 112)


def ball(states=STATES, size=SIZE, held=2):
    """A red ball that moves on by a cell each state; every state is held for two frames."""
    frames = []
    for state in range(states):
        frame = Image.new("RGB", size, "white")
        ImageDraw.Draw(frame).ellipse((10 + 25 * state, 40, 40 + 25 * state, 70), fill="red")
        frames += [frame] * held
    return frames


def place(frame):
    """At which state the ball is there: red is where green is not."""
    left, _, right, _ = frame.getchannel("G").point(lambda value: 255 * (value < 100)).getbbox()
    return round(((left + right) / 2 - 25) / 25)


@pytest.fixture(scope="module", params=["mp4", "gif"])
def file(request, tmp_path_factory):
    """The ball as a file: 8 seconds, two frames each."""
    return Clip(ball()).save(tmp_path_factory.mktemp("clips") / f"ball.{request.param}")


# --- from a file


def test_what_was_written_is_read_again(file):
    again = clip(file)
    assert [place(frame) for frame in again.frames] == [place(frame) for frame in ball()]
    assert (again.size, again.frames_per_second, again.seconds) == (SIZE, 2.0, 8.0)


def test_frames_are_taken_at_even_times_and_that_is_noted(file):
    slow = clip(file, fps=1)
    assert [place(frame) for frame in slow.frames] == list(range(STATES))
    assert slow.seconds == 8 and slow.frames_per_second == 1
    assert slow.notes == (f"{file}: 8 frames of 8.0 s were taken, 1 each second.",)


def test_a_longer_clip_gives_no_more_frames_than_allowed(file):
    few = clip(file, max_frames=4)
    assert [place(frame) for frame in few.frames] == [0, 2, 4, 6]
    assert few.seconds == 8 and "0.5 each second" in few.notes[0]


def test_a_part_of_a_clip_is_taken(file):
    assert [place(frame) for frame in clip(file, start=2, end=4).frames] == [2, 2, 3, 3]
    assert [place(frame) for frame in clip(file, start=7).frames] == [7, 7]


def test_bytes_are_as_good_as_a_file(file):
    assert [place(one) for one in clip(file.read_bytes()).frames] == [place(one) for one in ball()]


def test_frames_are_scaled_into_both_budgets(tmp_path):
    path = Clip(ball(4, (640, 360))).save(tmp_path / "large.mp4")
    assert clip(path).size == (640, 360)
    each = clip(path, tokens_per_pair=100)
    assert each.visual_tokens <= 4 * 100 and "scaled from 640×360 to 364×196" in each.notes[0]
    assert each.size == (364, 196)
    assert 100 < clip(path, tokens_in_all=200).visual_tokens <= 200


def test_a_clip_of_a_phone_is_turned_upright(tmp_path):
    content = bytearray(Clip(ball()).save(tmp_path / "ball.mp4").read_bytes())
    matrix = content.index(b"tkhd") + 44  # in ISO 14496-12, the track's header
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    upright = clip(bytes(content))
    assert upright.size == (112, 224) and "scaled" not in upright.notes[0]
    assert upright.frames[0].getpixel((57, 25))[1] < 100 < upright.frames[0].getpixel((57, 200))[1]


@pytest.mark.parametrize(("kind", "codec"), [("webm", "libvpx"), ("matroska", "libx264"), ("mov", "mpeg4")])
def test_other_kinds_of_file_are_read(kind, codec):
    import av

    stored = io.BytesIO()
    with av.open(stored, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=2)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for frame in ball():
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))
        container.mux(stream.encode())
    assert [place(frame) for frame in clip(stored.getvalue()).frames] == [place(frame) for frame in ball()]


# --- what cannot be used


def test_a_damaged_clip_is_named_with_the_reason(tmp_path):
    content = Clip(ball()).save(tmp_path / "ball.mp4").read_bytes()
    damaged = {
        b"": "is empty",
        b"Dear all, attached is the clip.": "no clip that can be read",
        content[: len(content) // 2]: "damaged or cut off",
        content[:40]: "damaged or cut off|no frame",
        content[:600] + b"\xff" * 300 + content[900:]: "damaged or cut off",
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n": "no clip that can be read",
    }
    for broken, message in damaged.items():
        (tmp_path / "photo.mp4").write_bytes(broken)
        with pytest.raises(QvqError, match=message) as caught:
            open_media(tmp_path / "photo.mp4")
        assert "photo.mp4" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("no/such/clip.mp4", {}, "There is no file no/such/clip.mp4"),
        ("https://example.org/clip.mp4", {}, "opens no network"),
        ("rtsp://example.org/clip.mp4", {}, "opens no network"),
        ([], {}, "without frames"),
        (42, {}, "int is none of them"),
        ([Image.new("RGB", SIZE), Image.new("RGB", (112, 112))], {}, "112×112 and 224×112"),
        ([Image.new("RGB", (20, 20))], {}, "at least 28"),
        (ball(), {"fps": 0}, "fps is a number above zero"),
        (ball(), {"fps": float("nan")}, "fps is a number above zero"),
        (ball(), {"max_frames": 0}, "max_frames is a whole number"),
        (ball(), {"tokens_per_pair": 2.5}, "tokens_per_pair is a whole number"),
    ],
)
def test_what_is_no_clip_is_a_sentence(source, options, message):
    with pytest.raises(QvqError, match=message):
        clip(source, **options)


def test_a_part_that_is_not_there_is_a_sentence(file):
    with pytest.raises(QvqError, match="ends after 8.0 s"):
        clip(file, start=9)
    for start, end in ((-1, None), (3, 3), (4, 2)):
        with pytest.raises(QvqError, match="from start to a later end"):
            clip(file, start=start, end=end)


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MOST_FRAMES_IN_A_FILE", 7, "more than 7 frames; take a part"),
        ("MOST_PIXELS_OF_A_FRAME", 25_000, "224×112 pixels, more than the 25,000"),
        ("MOST_PIXELS_IN_ALL", 200_000, "too much to read.*take a part"),
    ],
)
def test_a_huge_clip_is_refused_before_anything_is_unpacked(file, monkeypatch, limit, value, message):
    monkeypatch.setattr(video_file, limit, value)
    monkeypatch.setattr("av.container.InputContainer.decode", None, raising=False)
    with pytest.raises(QvqError, match=message):
        clip(file)


def test_many_pictures_are_cut_down_evenly_and_scaled():
    many = clip(ball(size=(560, 280)), max_frames=8, tokens_in_all=400)
    assert [place(frame.resize((560, 280))) for frame in many.frames] == list(range(8))
    assert many.visual_tokens <= 400 and many.seconds == 8
    assert "Of 16 frames 8" in many.notes[0] and "scaled from 560×280" in many.notes[1]
    assert clip(ball()).notes == ()


# --- what is a clip, and what a picture


def test_a_gif_that_moves_is_a_clip_and_one_that_does_not_is_a_picture(tmp_path):
    still, moving = tmp_path / "still.gif", Clip(ball()).save(tmp_path / "moving.gif")
    ball()[0].save(still)
    (one, other) = open_media([still, moving])
    assert isinstance(one, Image.Image) and isinstance(other, Clip)


def test_a_picture_of_the_mp4_family_is_a_picture():
    stored = io.BytesIO()
    ball()[0].save(stored, "AVIF")
    assert isinstance(open_media(stored.getvalue())[0], Image.Image)


# --- shown and written


def test_a_notebook_shows_a_strip_and_a_player_and_a_report_the_strip():
    bundle, _ = DisplayFormatter().format(Clip(ball()))
    assert Image.open(io.BytesIO(bundle["image/png"])).width > 800
    page = bundle["text/html"]
    assert "<img alt=" in page and "<script" not in page
    film = base64.b64decode(re.search(r"data:video/mp4;base64,([\w+/=]+)", page)[1])
    assert [place(frame) for frame in clip(film).frames] == [place(frame) for frame in ball()]
    assert bundle["text/plain"] == "Clip(16 frames of 224×112, 8.0 s, 256 tokens)"


def test_a_clip_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(QvqError, match=r"\.mp4 or \.gif"):
        Clip(ball()).save(tmp_path / "ball.webm")
    assert list(tmp_path.iterdir()) == []


def test_odd_sides_are_written_as_even_ones(tmp_path):
    odd = clip([frame.crop((0, 0, 223, 111)) for frame in ball()]).save(tmp_path / "odd.mp4")
    assert clip(odd).size == (222, 110)


# --- what it costs


def test_tokens_are_those_of_one_picture_for_each_pair_of_frames():
    assert Clip(ball()).visual_tokens == 8 * (8 * 4)
    assert Clip(ball()[:15]).visual_tokens == 8 * (8 * 4)  # the last one is shown twice


def test_the_costs_for_the_72b_are_those_that_were_calculated_by_hand():
    rows = {(row[0], row[1]): row[2:] for row in clip_costs("qvq-72b").rows}
    assert rows["60 s, 1280×720", "tokens_in_all=50000"] == (120, "1008×560", "43,200", "13.18")
    assert rows["30 s, 640×360", ""][2:] == ("8,970", "2.74")


@pytest.mark.parametrize("page", ["media.md", "media.zh.md"])
def test_the_pages_state_the_costs_as_they_are_calculated(page):
    page = Path(__file__).resolve().parent.parent / "docs" / page
    if not page.is_file():
        pytest.skip("this test needs the checkout")
    rows = clip_costs("qvq-72b").to_markdown().splitlines()[1:]
    assert "\n".join(rows) in page.read_text(encoding="utf-8")
