"""Foreseeable mistakes: each one ends in a sentence that says what happened and what to do."""

import io
import json
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from qvq_nb import load
from qvq_nb.errors import QvqError
from qvq_nb.media.image import open_image, open_images


def picture(width=120, height=80, mode="RGB"):
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height // 2), fill=(200, 30, 30))
    return image.convert(mode)


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def noisy(kind):
    return saved(Image.effect_noise((200, 200), 90).convert("RGB"), kind)


def png_that_claims(width, height):
    """A valid PNG header for an image of that size, and nothing behind it."""

    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


# --- images that cannot be used

BAD_FILES = {
    "zero bytes": (b"", "is empty"),
    "not an image": (b"Dear all, attached is the invoice.", "not an image"),
    "truncated PNG": (noisy("PNG")[:-3000], "damaged or cut off"),
    "PNG cut within its header": (noisy("PNG")[:20], "not an image|damaged"),
    "truncated JPEG": (noisy("JPEG")[:-3000], "damaged or cut off"),
    "PNG with a flipped byte": (
        bytes(byte ^ (255 * (place == 300)) for place, byte in enumerate(noisy("PNG"))),
        "damaged or cut off",
    ),
    "1×1": (saved(picture(1, 1), "PNG"), "1×1 pixels.*at least 28"),
    "27 pixels high": (saved(picture(400, 27), "PNG"), "400×27 pixels.*at least 28"),
    "300:1": (saved(picture(8400, 28), "PNG"), "8400×28 pixels.*200 times"),
    "decompression bomb": (png_that_claims(30_000, 30_000), "900,000,000 pixels, more than"),
    "half a bomb, of which PIL only warns": (
        png_that_claims(10_000, 10_000),
        "100,000,000 pixels, more than",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_image_file_is_named_with_the_reason(kind, tmp_path):
    content, message = BAD_FILES[kind]
    file = tmp_path / "photo.png"
    file.write_bytes(content)
    with pytest.raises(QvqError, match=message) as caught:
        open_image(file)
    assert "photo.png" in str(caught.value)
    with pytest.raises(QvqError, match=message):
        open_image(content)
    assert [entry.name for entry in tmp_path.iterdir()] == ["photo.png"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no/such/photo.png", "There is no file no/such/photo.png"),
        ("https://example.org/photo.png", "opens no network"),
        ("photo\0.png", "cannot be read"),
        (42, "int is none of them"),
        (None, "NoneType is none of them"),
    ],
)
def test_something_that_is_no_image_at_all(source, message):
    with pytest.raises(QvqError, match=message):
        open_image(source)


def test_a_folder_is_no_image(tmp_path):
    with pytest.raises(QvqError, match="is a folder"):
        open_image(tmp_path)


def test_an_empty_list_of_images():
    with pytest.raises(QvqError, match="list of images is empty"):
        open_images([])


def test_a_pil_image_too_is_looked_at():
    with pytest.raises(QvqError, match="1×1"):
        open_image(Image.new("RGB", (1, 1)))


# --- images that are unusual, and work


def test_cmyk_becomes_rgb():
    image = open_image(saved(picture(mode="CMYK"), "JPEG"))
    assert image.mode == "RGB"
    assert image.getpixel((10, 10))[0] > 150 > image.getpixel((10, 10))[1]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_white(mode):
    image = Image.new(mode, (60, 60), (0,) * len(mode))
    assert open_image(saved(image, "PNG")).getpixel((30, 30)) == (255, 255, 255)


def test_a_transparent_palette_is_laid_on_white():
    image = Image.new("P", (60, 60), 1)
    image.putpalette([200, 30, 30, 0, 0, 0])
    image.paste(0, (0, 0, 20, 20))
    opened = open_image(saved(image, "PNG", transparency=1))
    assert opened.mode == "RGB"
    assert opened.getpixel((10, 10)) == (200, 30, 30)
    assert opened.getpixel((40, 40)) == (255, 255, 255)


def test_a_photo_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    opened = open_image(saved(picture(120, 80), "JPEG", exif=exif))
    assert opened.size == (80, 120)
    assert opened.getpixel((70, 10))[1] < 100 < opened.getpixel((10, 10))[1]


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    opened = open_image(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert opened.getpixel((25, 25)) == (255, 0, 0)


def test_sixteen_bit_grey_keeps_its_shades():
    image = Image.new("I;16", (40, 40), 32_896)
    assert open_image(saved(image, "PNG")).getpixel((5, 5)) == (128, 128, 128)
    assert open_image(saved(Image.new("I;16", (40, 40), 65_535), "PNG")).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "YCbCr", "HSV", "F", "I"])
def test_every_other_mode_becomes_rgb(mode):
    assert open_image(picture(mode=mode)).mode == "RGB"


def test_the_learners_own_image_is_left_alone():
    image = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    open_image(image)
    assert (image.mode, image.getpixel((0, 0))) == ("RGBA", (0, 0, 0, 0))


# --- models that cannot be loaded


def test_an_unknown_model_lists_the_known_ones():
    with pytest.raises(QvqError, match="qvq-mini, qwen2-vl-2b.*qvq-72b"):
        load("qvq-73b")


def test_a_model_that_is_not_downloaded_says_how_big_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("QVQ_NB_MODELS", str(tmp_path))
    with pytest.raises(QvqError, match=r"136\.7 GiB.*lesson 01.*path/to/folder"):
        load("qvq-72b")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("qvq-max", "retired by its provider on 2026-10-10.*qwen3.7-plus"),
        ("http://127.0.0.1:1/v1", "Nobody answers at http://127.0.0.1:1/v1"),
        ("models/no-such-folder", "There is no folder models/no-such-folder"),
        ("", "name is empty"),
    ],
)
def test_a_model_that_cannot_be_here(model, message):
    with pytest.raises(QvqError, match=message):
        load(model)


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(QvqError, match="no model folder: it has no config.json"):
        load(tmp_path)


def test_a_file_instead_of_a_folder(tiny_folder):
    with pytest.raises(QvqError, match="is a file; give the folder"):
        load(tiny_folder / "model.safetensors")


def test_an_unknown_option_of_load(tiny_folder):
    with pytest.raises(QvqError, match="no option 'devcie'"):
        load(tiny_folder, devcie="cpu")
    with pytest.raises(QvqError, match="no dtype 'int3'"):
        load(tiny_folder, dtype="int3")
    with pytest.raises(QvqError, match="write quantization='nf4'"):
        load(tiny_folder, precision="nf4")


@pytest.fixture
def broken(tiny_folder, tmp_path):
    """A copy of the tiny model, to be broken."""
    for file in tiny_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "preprocessor_config.json"])
def test_a_missing_file_is_named(broken, name):
    (broken / name).unlink()
    with pytest.raises(QvqError, match=f"{name} is missing"):
        load(broken)


@pytest.mark.parametrize("keep", [-1, 5000, 4, 0])
def test_a_cut_weights_file_is_named(broken, keep):
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(QvqError, match="model.safetensors .*fetch it again"):
        load(broken)


def test_weights_that_are_only_a_pointer(broken):
    (broken / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    )
    with pytest.raises(QvqError, match="git lfs pull"):
        load(broken)


def test_a_missing_shard_is_named(broken):
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (broken / "model.safetensors").rename(broken / shards["a"])
    (broken / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}))
    with pytest.raises(
        QvqError, match="lacks 1 of its 2 weights files, first model-00002-of-00002.safetensors"
    ):
        load(broken)


def test_weights_that_lack_a_tensor(broken):
    from safetensors.torch import load_file, save_file

    weights = load_file(broken / "model.safetensors")
    del weights["model.norm.weight"]
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(QvqError, match="lack 1 of the model's tensors"):
        load(broken)


def test_pickled_weights_are_refused(broken):
    (broken / "model.safetensors").rename(broken / "pytorch_model.bin")
    with pytest.raises(QvqError, match="pickle"):
        load(broken)


def test_a_model_of_another_kind(broken):
    (broken / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(QvqError, match="'llama'.*Qwen2-VL"):
        load(broken)


def test_a_config_that_is_no_json(broken):
    (broken / "config.json").write_text('{"model_type": ')
    with pytest.raises(QvqError, match="config.json cannot be read as JSON"):
        load(broken)


# --- questions that cannot be asked


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"question": ""}, "question is empty"),
        ({"question": " \n"}, "question is empty"),
        ({"question": None}, "question is empty"),
        ({"question": "What is <|image_pad|>?"}, "control token"),
        ({"max_new_tokens": 0}, "max_new_tokens is a whole number from 1"),
        ({"max_new_tokens": 2.5}, "max_new_tokens is a whole number"),
        ({"seed": -1}, "seed is a whole number from 0"),
        ({"time_limit_seconds": 0}, "time_limit_seconds is a number above zero"),
        ({"visual_tokens": (256, 4)}, "1 ≤ minimum ≤ maximum"),
        ({"visual_tokens": 256}, "1 ≤ minimum ≤ maximum"),
        ({"visual_tokens": (3000, 4000)}, "room for 2,048"),
    ],
)
def test_a_question_with_a_mistake_is_refused(tiny, arguments, message):
    with pytest.raises(QvqError, match=message):
        tiny.ask(**{"image": picture(), "question": "How many?", **arguments})


def test_a_refused_question_leaves_the_reasoner_usable(tiny):
    with pytest.raises(QvqError):
        tiny.ask(picture(), "")
    assert tiny.ask(picture(), "How many?", max_new_tokens=2).new_tokens


def test_the_torchvision_trap_is_recognised():
    from qvq_nb.inference.loading.model import raise_if_torchvision_trap

    try:
        try:
            raise RuntimeError("operator torchvision::nms does not exist")
        except RuntimeError as cause:
            raise ModuleNotFoundError("Could not import module 'AutoProcessor'.") from cause
    except ModuleNotFoundError as error:
        with pytest.raises(QvqError, match="qvq-nb doctor --fix"):
            raise_if_torchvision_trap(error)
