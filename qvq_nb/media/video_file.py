"""Files that move, read and written with PyAV: bounded in frames and pixels, and no network is opened."""

import io
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.media.resize import LARGEST_ASPECT_RATIO, TOKEN_SIDE_PIXELS

SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi")  # a gif may be a still picture
STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")  # pictures in a box of the mp4 family
BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # with which mp4 and mov begin
MOST_FRAMES_IN_A_FILE = 40_000  # 22 minutes at 30 frames per second
MOST_PIXELS_OF_A_FRAME = 16_000_000
MOST_PIXELS_IN_ALL = 20_000_000_000  # five minutes of 1080p; decoding takes a minute or two
MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Film:
    """What was read of a file: frames evenly over `seconds`; `size` is (width, height) as they are stored."""

    name: str
    frames: list
    seconds: float
    size: tuple[int, int]


def is_clip(source) -> bool:
    """Whether a path or bytes are to be read as a clip rather than as a picture."""
    if isinstance(source, (str, os.PathLike)):
        if Path(source).suffix.lower() in SUFFIXES:
            return True
        try:
            with Path(source).expanduser().open("rb") as file:
                return _moves(file)
        except (OSError, ValueError):
            return False  # opening it as a picture says what is wrong with it
    return isinstance(source, (bytes, bytearray, memoryview)) and _moves(io.BytesIO(source))


def read(
    source,
    fps: float,
    max_frames: int,
    fitting: Callable[[int, int, int], tuple[int, int]],
    start: float = 0.0,
    end: float | None = None,
) -> Film:
    """Frames of a file at even distances; `fitting(width, height, frames)` is the size that they get.

    The file is passed through twice: once for its times, without unpacking anything, once for its frames.
    """
    name = str(source) if isinstance(source, (str, os.PathLike)) else "The clip"
    end = math.inf if end is None else end
    if not 0 <= start < end:
        raise QvqError(f"A clip lasts from start to a later end, in seconds; {start} to {end} is none.")
    with _container(source, name) as container:
        stream = container.streams.video[0]
        first, last, count = _span(container, stream, name, start, end)
        _check_size(stream.codec_context, count, name)
        seconds = last - first
        wanted = min(max(1, round(seconds * fps)), max_frames)
        times = [first + seconds * number / wanted for number in range(wanted)]
        frames = _frames_at(container, stream, times, fitting)
        return Film(name, frames, seconds, _upright_size(stream.codec_context, frames[0]))


def as_mp4(frames: Sequence, fps: float) -> bytes:
    """The frames as H.264, which browsers play; an odd last row or column is cut off."""
    import av

    width, height = (side - side % 2 for side in frames[0].size)
    stored = io.BytesIO()
    with av.open(stored, "w", format="mp4") as container:
        rate = Fraction(fps).limit_denominator(1000)
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_image(frame.crop((0, 0, width, height)))))
        container.mux(stream.encode())
    return stored.getvalue()


def as_gif(frames: Sequence, fps: float) -> bytes:
    """The frames as a gif that begins again for ever, in at most 256 colours each."""
    stored, (first, *others) = io.BytesIO(), frames
    milliseconds = max(20, round(100 / fps) * 10)  # players take less than 20 for 100
    first.save(stored, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0)
    return stored.getvalue()


def _format(head: bytes) -> str | None:
    """FFmpeg's name for the kind of file that begins like this. It is never left to guess: a playlist would
    make it open other files and addresses."""
    if head[4:8] in BOXES:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    return "gif" if head.startswith(b"GIF8") else None


def _moves(file) -> bool:
    head = file.read(12)
    if head[4:8] in BOXES:
        return head[4:8] == b"ftyp" and head[8:12] not in STILL_BRANDS
    if _format(head) != "gif":
        return _format(head) is not None
    from PIL import Image

    file.seek(0)
    try:
        return Image.open(file).is_animated
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


@contextmanager
def _container(source, name: str) -> Iterator:
    """The file, opened; what goes wrong in it is told in a sentence."""
    import av

    with _opened(source) as file:
        head = file.read(12)
        kind = _format(head)
        if not head:
            raise QvqError(f"{name} is empty (0 bytes); save or download the clip again.")
        if kind is None:
            raise QvqError(f"{name} is no clip that can be read; give an mp4, mov, webm, mkv, avi or gif.")
        file.seek(0)
        try:
            with av.open(file, format=kind) as container:
                if not container.streams.video:
                    raise QvqError(f"{name} has sound, but no picture; give a clip with both or a picture.")
                container.streams.video[0].thread_type = "AUTO"
                yield container
        except (av.FFmpegError, ValueError, OSError, EOFError) as damage:
            said = str(damage).split("] ")[-1].split(":")[0]
            raise QvqError(f"{name} is damaged or cut off ({said}); save or download it again.") from None


def _opened(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return io.BytesIO(source)
    if not isinstance(source, (str, os.PathLike)):
        kind = type(source).__name__
        raise QvqError(f"A clip is a path, bytes or a list of pictures; {kind} is none of them.")
    if re.match(r"\w+://", str(source)):
        raise QvqError(
            f"{source} is an address, and the kit opens no network; download the clip and give its path."
        )
    try:
        return Path(source).expanduser().open("rb")
    except FileNotFoundError:
        raise QvqError(f"There is no file {source}; check the spelling and the folder you are in.") from None
    except (OSError, ValueError) as error:
        raise QvqError(f"{source} cannot be read ({getattr(error, 'strerror', None) or error}).") from None


def _span(container, stream, name: str, start: float, end: float) -> tuple[float, float, int]:
    """(first second, last second, number of frames) between start and end."""
    begins, ends = [], []
    for packet in _packets(container, stream, start):
        if packet.pts is None or packet.is_discard:
            continue
        begin = float(packet.pts * stream.time_base)
        if packet.dts is not None and float(packet.dts * stream.time_base) >= end:
            break
        begins.append(begin)
        ends.append(begin + float((packet.duration or 0) * stream.time_base))
        if len(begins) > MOST_FRAMES_IN_A_FILE:
            raise QvqError(
                f"{name} has more than {MOST_FRAMES_IN_A_FILE:,} frames; take a part of it: "
                "clip(path, start=0, end=60), in seconds."
            )
    first, last = max(start, min(begins, default=0)), min(end, max(ends, default=0))
    if last <= first:
        if not begins or start == 0:
            raise QvqError(f"{name} has no frame that can be shown; save or download it again.")
        raise QvqError(f"{name} ends after {last:.1f} s; let the clip start before that.")
    return first, last, len(begins)


def _packets(container, stream, start: float):
    container.seek(int(start * MICROSECONDS))
    return container.demux(stream)


def _check_size(video, count: int, name: str) -> None:
    width, height = video.width, video.height
    if min(width, height) < TOKEN_SIDE_PIXELS:
        raise QvqError(
            f"{name} is {width}×{height} pixels; the model sees squares of {TOKEN_SIDE_PIXELS} pixels. "
            "Give a larger clip."
        )
    if max(width, height) > LARGEST_ASPECT_RATIO * min(width, height):
        raise QvqError(
            f"{name} is {width}×{height} pixels, more than {LARGEST_ASPECT_RATIO} times as long as wide; "
            "crop it first."
        )
    if width * height > MOST_PIXELS_OF_A_FRAME:
        raise QvqError(
            f"{name} has frames of {width}×{height} pixels, more than the {MOST_PIXELS_OF_A_FRAME:,} "
            "that are safe to open; make it smaller first."
        )
    if width * height * count > MOST_PIXELS_IN_ALL:
        raise QvqError(
            f"{name} has {count:,} frames of {width}×{height} pixels, too much to read in a minute or two; "
            "take a part of it: clip(path, start=0, end=60), in seconds."
        )


def _frames_at(container, stream, times: list[float], fitting) -> list:
    """The frame that is shown at each of the times, scaled and upright; the last one stays to the end."""
    container.seek(int(times[0] * MICROSECONDS))
    frames, before = [], None
    tolerance = float(stream.time_base)
    for frame in container.decode(stream):
        before = before or frame
        while len(frames) < len(times) and frame.time > times[len(frames)] + tolerance:
            frames.append(_picture(before, fitting, len(times)))
        if len(frames) == len(times):
            return frames
        before = frame
    if before is None:
        raise ValueError("no frame can be unpacked")
    return frames + [_picture(before, fitting, len(times))] * (len(times) - len(frames))


def _picture(frame, fitting, count: int):
    if frame.is_corrupt:
        raise ValueError("a frame is damaged")
    width, height = fitting(frame.width, frame.height, count)
    picture = frame.to_image(width=width, height=height, interpolation="BICUBIC")
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _upright_size(video, frame) -> tuple[int, int]:
    width, height = video.width, video.height
    return (height, width) if (width > height) != (frame.width > frame.height) else (width, height)
