"""Pictures as the world hands them over: each is seen, seen with a note, or refused in one sentence."""

import base64
import io
import os
import socket
import struct
import sys
import zlib

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from survives import survives

from qvq_nb.errors import QvqError
from qvq_nb.media.image import notes_of, open_image
from qvq_nb.media.source import FORMATS, LARGEST_FILE_BYTES


def drawn(mode="RGB", size=(120, 80)):
    image = Image.effect_noise(size, 60).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(200, 30, 30))
    return image.convert(mode)


def saved(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def deep_png(values, *extra):
    """A PNG with 16 bits per colour: `values` are (height, width) or (height, width, channels) numbers."""
    channels = 1 if values.ndim == 2 else values.shape[2]
    height, width = values.shape[:2]
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(extra)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def two_values(dark, bright, kind=numpy.uint16, channels=()):
    values = numpy.full((60, 60, *channels), dark, kind)
    values[:, 30:] = bright
    return values


def difference(image):
    return max(high - low for low, high in image.getextrema())


# --- which formats, and what is no file


@survives(
    "pictures",
    en=("A file begins like PostScript or PDF, whatever its name", "Is refused; no other program is started"),
    zh=("文件内容是 PostScript 或 PDF，不论文件名是什么", "拒绝，不启动任何其他程序"),
)
@pytest.mark.parametrize(
    "content",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n%%EndComments\n{} loop\n",
        b"%!PS\n{} loop\n",
        b"\xc5\xd0\xd3\xc6"
        + struct.pack("<IIIIII", 30, 40, 0, 0, 0, 0)
        + b"%!PS-Adobe-3.0 EPSF-3.0\n{} loop\n",
        b"%PDF-1.7\n1 0 obj\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'></svg>",
        b"\xd7\xcd\xc6\x9a" + bytes(60),
        saved(drawn(), "ICO"),
        saved(drawn(), "TGA"),
        saved(drawn(), "PCX"),
        saved(drawn(), "SGI"),
        saved(drawn(), "EPS"),
    ],
)
def test_only_named_formats_are_opened(content, tmp_path, monkeypatch):
    def started(*_, **__):
        raise AssertionError("another program was started")

    monkeypatch.setattr("subprocess.Popen.__init__", started)
    for name in ("photo.png", "photo.eps"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(QvqError, match="not an image that can be read"):
            open_image(tmp_path / name)


def test_a_postscript_picture_that_pillow_opened_is_refused_before_it_runs():
    with pytest.raises(QvqError, match="PostScript"):
        open_image(Image.open(io.BytesIO(saved(drawn(), "EPS"))))


@pytest.mark.parametrize("kind", FORMATS)
def test_each_named_format_is_opened(kind, tmp_path):
    file = tmp_path / "picture.bin"
    file.write_bytes(saved(drawn(), kind))
    assert (open_image(file).mode, open_image(file).size) == ("RGB", (120, 80))


@survives(
    "pictures",
    en=("A pipe, a socket, a device or a folder is given for a picture", "Is refused before a byte is read"),
    zh=("把管道、套接字、设备或文件夹当作图片", "在读取任何字节之前拒绝"),
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other kinds of files")
@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: os.mkfifo(path), "a pipe"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to("/dev/null"), "a device"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (lambda path: path.symlink_to("nowhere"), "There is no file"),
    ],
)
def test_what_is_no_plain_file_is_refused_unread(tmp_path, make, what):
    make(tmp_path / "photo.png")
    with pytest.raises(QvqError, match=what):
        open_image(tmp_path / "photo.png")


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are no files there")
def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        with pytest.raises(QvqError, match="a socket"):
            open_image("s")


@survives(
    "pictures",
    en=("A file of gigabytes, most of them holes", "Is refused by its size, unread"),
    zh=("几 GB 的稀疏文件", "只看大小便拒绝，不读取"),
)
@pytest.mark.parametrize("start", [b"", saved(drawn()), saved(drawn(), "JPEG"), saved(drawn(), "TIFF")])
def test_a_huge_file_is_refused_by_its_size(tmp_path, start):
    file = tmp_path / "photo.png"
    file.write_bytes(start)
    os.truncate(file, LARGEST_FILE_BYTES + 1)
    with pytest.raises(QvqError, match="500.0 MB.*make the picture smaller"):
        open_image(file)


# --- nothing is lost in silence

NAN, INFINITE = float("nan"), float("inf")
SEEN = {
    "16-bit grey with a transparent value": (
        deep_png(two_values(9_000, 50_000), chunk(b"tRNS", struct.pack(">H", 1))), 100, 0),
    "16-bit grey whose dark value is transparent": (
        deep_png(two_values(0, 30_000), chunk(b"tRNS", struct.pack(">H", 0))), 100, 1),
    "16-bit white ink on a transparent value": (
        deep_png(two_values(0, 65_535), chunk(b"tRNS", struct.pack(">H", 0))), 200, 2),
    "12 bits in a 16-bit file": (deep_png(two_values(100, 4_000)), 200, 1),
    "10 bits in a 16-bit file": (deep_png(two_values(100, 1_000)), 200, 1),
    "8 bits in a 16-bit file": (deep_png(two_values(10, 250)), 200, 1),
    "14 bits in a 16-bit file": (deep_png(two_values(10, 16_000)), 200, 1),
    "the two lowest of 16 bits": (deep_png(two_values(1, 2)), 100, 1),
    "two close bright values in 16 bits": (deep_png(two_values(60_000, 60_100)), 250, 1),
    "two close middle values in 16 bits": (deep_png(two_values(32_000, 32_001)), 250, 1),
    "12 bits per colour in a 16-bit file": (deep_png(two_values(100, 4_000, channels=(3,))), 200, 1),
    "8 bits per colour in a 16-bit file": (deep_png(two_values(10, 250, channels=(3,))), 200, 1),
    "8 bits per colour with an alpha in 16 bits": (
        deep_png(numpy.dstack([two_values(10, 250, channels=(3,)), numpy.full((60, 60), 65_535)])), 200, 1),
    "white ink on a transparent ground": (
        saved(Image.fromarray(two_values((255,) * 3 + (0,), (255,) * 4, numpy.uint8, (4,)))), 200, 1),
    "grey with alpha, white ink": (
        saved(Image.fromarray(two_values((255, 0), (255, 255), numpy.uint8, (2,)), "LA")), 200, 1),
    "nearly white ink on a transparent ground": (
        saved(Image.fromarray(two_values((0, 0, 0, 0), (250, 250, 250, 255), numpy.uint8, (4,)))), 200, 1),
    "a picture whose alpha is 0 everywhere": (
        saved(Image.fromarray(two_values((9, 9, 9, 0), (200, 200, 200, 0), numpy.uint8, (4,)))), 150, 1),
    "black ink on a transparent ground": (
        saved(Image.fromarray(two_values((0, 0, 0, 0), (0, 0, 0, 255), numpy.uint8, (4,)))), 200, 1),
}  # fmt: skip
PILLOW_IMAGES = {
    "32-bit integers of 8 bits": (two_values(10, 250, numpy.int32), 200, 0),
    "32-bit integers of 20 bits": (two_values(10, 900_000, numpy.int32), 200, 1),
    "32-bit integers, close and large": (two_values(2**31 - 2, 2**31 - 1, numpy.int32), 200, 1),
    "negative 32-bit integers": (two_values(-500, 500, numpy.int32), 200, 1),
    "floats from 0 to 1": (two_values(0.1, 0.9, numpy.float32), 150, 0),
    "floats of 8 bits": (two_values(10, 250, numpy.float32), 200, 0),
    "floats with a NaN": (two_values(NAN, 0.9, numpy.float32), 150, 1),
    "floats with an infinity": (two_values(INFINITE, 0.9, numpy.float32), 150, 1),
    "tiny floats": (two_values(1e-9, 2e-9, numpy.float32), 200, 1),
    "huge floats": (two_values(-1e38, 1e38, numpy.float32), 200, 1),
    "negative floats": (two_values(-2, -1, numpy.float32), 200, 1),
}


@survives(
    "pictures",
    en=(
        "Grey or colours of 10 to 16 bits, white ink on transparent ground",
        "Stay visible; a note says what was changed",
    ),
    zh=("10 到 16 位的灰度或彩色，透明底上的白字", "保持可见，并附说明"),
)
@pytest.mark.parametrize("kind", SEEN)
def test_a_picture_of_two_values_never_becomes_one_even_colour(kind, tmp_path):
    content, least, notes = SEEN[kind]
    (tmp_path / "scan.png").write_bytes(content)
    for opened in (open_image(content), open_image(tmp_path / "scan.png")):
        assert difference(opened) >= least
        assert len(notes_of(opened)) == notes


@survives(
    "pictures",
    en=("32-bit integers, floating point, NaN and infinity", "Stay visible; a note says what was changed"),
    zh=("32 位整数、浮点、NaN 与无穷大", "保持可见，并附说明"),
)
@pytest.mark.parametrize("kind", PILLOW_IMAGES)
def test_numbers_of_any_range_become_a_picture(kind):
    values, least, notes = PILLOW_IMAGES[kind]
    opened = open_image(Image.fromarray(values))
    assert difference(opened) >= least
    assert len(notes_of(opened)) == notes


def test_a_picture_of_nothing_but_nan_is_refused():
    with pytest.raises(QvqError, match="no value in any of its pixels"):
        open_image(Image.fromarray(numpy.full((60, 60), NAN, numpy.float32)))


@given(
    dark=st.integers(0, 65_535), bright=st.integers(0, 65_535), channels=st.sampled_from([(), (3,)]),
    clear=st.none() | st.integers(0, 65_535),
)  # fmt: skip
@settings(max_examples=100)
def test_no_two_values_of_16_bits_look_alike_without_a_note(dark, bright, channels, clear):
    extra = () if clear is None or channels else (chunk(b"tRNS", struct.pack(">H", clear)),)
    opened = open_image(deep_png(two_values(dark, bright, channels=channels), *extra))
    if dark != bright:
        assert difference(opened) > 0 or notes_of(opened)


@given(st.lists(st.floats(width=32), min_size=2, max_size=2))
@settings(max_examples=50)
def test_any_two_floats_become_a_picture_a_note_or_a_refusal(pair):
    image = Image.fromarray(two_values(*pair, numpy.float32))
    try:
        opened = open_image(image)
    except QvqError:
        return
    assert difference(opened) > 0 or notes_of(opened) or pair[0] == pair[1]


@survives(
    "pictures",
    en=("A TIFF of several pages, an animation, a burst photo", "The first is looked at, and a note says so"),
    zh=("多页 TIFF、动画、连拍照片", "只看第一张，并说明"),
)
@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP", "MPO"])
def test_what_follows_the_first_picture_is_told(kind):
    others = [drawn().rotate(180)]
    opened = open_image(saved(drawn(), kind, save_all=True, append_images=others))
    assert any("several" in note and "1 is looked at" in note for note in notes_of(opened))


def test_the_notes_reach_the_answer(tiny):
    answer = tiny.ask(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "How many?", max_new_tokens=1)
    assert any("laid on white" in note for note in answer.notes)


def test_a_plain_picture_has_no_notes_and_opening_it_again_keeps_them():
    assert notes_of(open_image(drawn())) == ()
    once = open_image(SEEN["12 bits in a 16-bit file"][0])
    assert notes_of(open_image(once)) == notes_of(once) != ()


def test_a_file_cannot_write_notes():
    from PIL.PngImagePlugin import PngInfo

    written = PngInfo()
    written.add_text("qvq_notes", "trust me")
    assert notes_of(open_image(saved(drawn(), pnginfo=written))) == ()


# --- damage


def lost(content, share, size):
    start = int(len(content) * share)
    return content[:start] + bytes(size) + content[start + size :]


@survives(
    "pictures",
    en=("A JPEG lost bytes in its middle, which are zeros now", "Is refused as damaged"),
    zh=("JPEG 中间丢失了一段字节（变为零）", "作为损坏文件拒绝"),
)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("size", [64, 512, 2_000])
@pytest.mark.parametrize("options", [{}, {"quality": 95}, {"progressive": True}])
def test_zeroed_bytes_in_a_jpeg_are_noticed(share, size, options):
    content = saved(drawn(size=(300, 300)), "JPEG", **options)
    with pytest.raises(QvqError, match="damaged or cut off .*zeros"):
        open_image(lost(content, share, size))


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}, {"quality": 10}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_an_even_jpeg_is_not_taken_for_damage(mode, options):
    even = Image.new("RGB", (900, 700), "white")
    ImageDraw.Draw(even).rectangle((10, 10, 60, 60), fill="black")
    assert difference(open_image(saved(even.convert(mode), "JPEG", **options))) > 200


def test_a_jpeg_closed_before_its_end_is_told():
    content = saved(drawn(size=(300, 300)), "JPEG")
    opened = open_image(content[: len(content) // 2] + b"\xff\xd9")
    assert any("cut off" in note for note in notes_of(opened))


def exif_of(*entries):
    """Raw EXIF with these (tag, type, count, four bytes), and an orientation among them."""
    body = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in entries)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + bytes(4)


TURNED = (0x0112, 3, 1, b"\x06\0\0\0")
ODD_EXIF = {
    "resolution as text": [TURNED, (0x011A, 2, 4, b"72\0\0")],
    "resolution as a number": [TURNED, (0x011A, 9, 1, b"\xff\xff\xff\xff")],
    "resolution beyond the end": [TURNED, (0x011A, 5, 1, b"\xff\xff\0\0")],
    "resolution of no values": [TURNED, (0x011A, 5, 0, bytes(4))],
    "an unknown type": [TURNED, (0x011A, 99, 1, bytes(4))],
    "a folder within that points at itself": [TURNED, (0x8769, 4, 1, b"\x08\0\0\0")],
    "a folder beyond the end": [TURNED, (0x8769, 4, 1, b"\xff\xff\xff\x7f")],
    "a maker note of gigabytes": [TURNED, (0x927C, 7, 2**31, b"\x08\0\0\0")],
    "an orientation of 9": [(0x0112, 3, 1, b"\x09\0\0\0")],
    "an orientation as text": [(0x0112, 2, 4, b"up\0\0")],
    "two orientations": [(0x0112, 3, 2, b"\x06\0\x03\0")],
}


@survives(
    "pictures",
    en=("Odd EXIF beside the orientation", "Only the orientation is read; the picture is upright"),
    zh=("方向之外的 EXIF 内容异常", "只读方向信息，图片保持正立"),
)
@pytest.mark.parametrize("kind", ODD_EXIF)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_odd_exif_does_no_harm(kind, form):
    opened = open_image(saved(drawn(), form, exif=exif_of(*ODD_EXIF[kind])))
    turned = ODD_EXIF[kind][0][3][:1] == TURNED[3][:1]
    assert opened.size == ((80, 120) if turned else (120, 80))


@pytest.mark.parametrize("value", [-1, 0, "72 dpi", (1, 0), 2.5])
def test_odd_values_that_pillow_writes_itself_do_no_harm(value):
    image = drawn()
    exif = image.getexif()
    exif[0x0112], exif[0x011A] = 6, value
    assert open_image(image).size == (80, 120)


# --- addresses and messages


@survives(
    "pictures",
    en=("file:// and data: addresses", "Are opened; web addresses are refused with what to do"),
    zh=("file:// 与 data: 地址", "直接打开；网址则拒绝并说明该怎么做"),
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_addresses_of_files_and_of_data_are_opened(kind, tmp_path):
    content = saved(drawn(), kind)
    file = tmp_path / "a photo 图.png"
    file.write_bytes(content)
    written = base64.b64encode(content).decode()
    sources = [
        file.as_uri(),
        file.as_uri().replace("file://", "FILE://localhost"),
        f"data:image/{kind.lower()};base64,{written}",
        f"data:;base64,{written[:40]}\n{written[40:]}",
        "data:image/png," + "".join(f"%{byte:02x}" for byte in content),
    ]
    for source in sources:
        assert open_image(source).size == (120, 80)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("http://example.org/a.png", "web address.*opens no network"),
        ("HTTPS://example.org/" + "a" * 5_000, "web address.*opens no network"),
        ("ftp://example.org/a.png", "an address.*opens no network"),
        ("s3://bucket/a.png", "an address.*opens no network"),
        ("file://server/share/a.png", "names another machine"),
        ("file:///no/such/photo.png", "There is no file file:///no/such/photo.png"),
        ("file://[", "no address of a file"),
        ("data:image/png;base64,@@@", "cut off or no base64"),
        ("data:image/png;base64,", "is empty"),
        ("data:,hello", "not an image"),
        ("~nobody-of-that-name/a.png", "cannot be read|no file"),
        ("\ud800.png", "cannot be read|no file"),
        ("a" * 5_000 + ".png", "cannot be read"),
        ("", "a folder|no file"),
    ],
)
def test_a_message_about_an_address_or_a_path_is_short_and_printable(source, message):
    with pytest.raises(QvqError, match=message) as caught:
        open_image(source)
    assert len(str(caught.value)) < 300
    str(caught.value).encode("utf-8")


@survives(
    "pictures",
    en=(
        "Half a character in the question, a seed of 2^70, a system prompt that is none",
        "One sentence each",
    ),
    zh=("问题中有半个字符、种子为 2^70、system 不是文本", "各用一句话说明"),
)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"question": "How many \ud800?"}, "half a character"),
        ({"question": "\udfff"}, "half a character"),
        ({"system": "Be \udc80 brief."}, "half a character"),
        ({"seed": 2**70}, "seed is a whole number from 0 to"),
        ({"seed": 2**63}, "seed is a whole number from 0 to"),
        ({"seed": 10**5000}, "seed is a whole number from 0 to"),
        ({"seed": "7"}, "seed is a whole number from 0"),
        ({"system": 5}, "system is the text"),
        ({"system": ["a"]}, "system is the text"),
        ({"system": b"a"}, "system is the text"),
        ({"max_new_tokens": 2**64}, "max_new_tokens is a whole number from 1"),
        ({"thinking_budget": 2**64}, "thinking_budget is a whole number from 0"),
        ({"visual_tokens": (10**9, 10**9)}, "room for 2,048"),
    ],
)
def test_a_question_that_no_model_can_take_is_refused(tiny, arguments, message):
    with pytest.raises(QvqError, match=message):
        tiny.ask(**{"image": drawn(), "question": "How many?", **arguments})


# --- any bytes at all

CORPUS = [
    *(saved(drawn(mode), kind, **options) for mode, kind, options in [
        ("RGB", "PNG", {}), ("P", "PNG", {"transparency": 3}), ("RGBA", "PNG", {}), ("1", "PNG", {}),
        ("RGB", "JPEG", {}), ("CMYK", "JPEG", {}), ("L", "JPEG", {"progressive": True}),
        ("RGB", "WEBP", {}), ("RGBA", "WEBP", {"lossless": True}), ("P", "GIF", {}), ("RGB", "BMP", {}),
        ("1", "BMP", {}), ("RGB", "TIFF", {}), ("RGB", "TIFF", {"compression": "tiff_lzw"}),
        ("RGB", "TIFF", {"compression": "jpeg"}), ("1", "TIFF", {"compression": "group4"}),
        ("F", "TIFF", {}), ("I", "TIFF", {}), ("RGB", "PPM", {}), ("L", "PPM", {}),
    ]),
    saved(drawn(), "JPEG", exif=exif_of(*ODD_EXIF["resolution as text"])),
    saved(drawn(), "TIFF", save_all=True, append_images=[drawn()]),
    saved(drawn("P"), "GIF", save_all=True, append_images=[drawn("P").rotate(90)]),
    saved(drawn(), "PNG", save_all=True, append_images=[drawn().rotate(90)]),
    deep_png(two_values(100, 4_000, channels=(3,))),
    deep_png(two_values(100, 4_000), chunk(b"tRNS", struct.pack(">H", 100))),
]  # fmt: skip


def seen_or_refused(source):
    """True where it is seen; no other error than QvqError, and always a usable image."""
    try:
        image = open_image(source)
    except QvqError as error:
        assert len(str(error)) < 1_000
        return False
    assert image.mode == "RGB" and min(image.size) >= 28
    return True


@survives(
    "pictures",
    en=("Any bytes at all", "A picture or one sentence, never another error"),
    zh=("任意字节", "要么是图片，要么是一句话，绝无其他错误"),
)
@given(st.binary(max_size=300), st.sampled_from([b"", *(content[:40] for content in CORPUS)]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_end_in_a_picture_or_a_sentence(content, start):
    seen_or_refused(start + content)


@survives(
    "pictures",
    en=(
        "Files of every format with bytes changed, cut out or put in",
        "A picture or one sentence, never another error",
    ),
    zh=("各种格式的文件，字节被改、被删或被插入", "要么是图片，要么是一句话，绝无其他错误"),
)
@given(
    st.sampled_from(CORPUS),
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from("xdi"), st.binary(min_size=1, max_size=8)), max_size=5
    ),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_damaged_files_of_every_format_end_in_a_picture_or_a_sentence(content, changes):
    content = bytearray(content)
    for share, kind, new in changes:
        # most of what can go wrong stands in the first few hundred bytes
        place = int(share**3 * len(content))
        content[place : place + (0 if kind == "i" else len(new))] = b"" if kind == "d" else new
    seen_or_refused(bytes(content))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_every_byte_of_a_header_may_be_wrong(number):
    content = CORPUS[number]
    for place in range(min(len(content), 400)):
        for byte in (0, 255, content[place] ^ 1, content[place] ^ 128):
            seen_or_refused(content[:place] + bytes([byte]) + content[place + 1 :])
