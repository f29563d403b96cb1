"""A clip: a few frames in order, made from a file or from pictures, within a budget of visual tokens.

Qwen2-VL sees frames in pairs: two frames make one slice, which takes as many tokens as one picture of that
size. It knows the order of the slices, not the seconds.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import write_whole
from qvq_nb.media import video_file
from qvq_nb.media.image import open_image
from qvq_nb.media.resize import resized, visual_tokens
from qvq_nb.media.strip import strip

FRAMES_PER_SECOND = 2.0  # as in qwen-vl-utils, with which Qwen2-VL was published
MOST_FRAMES = 120  # a minute
TOKENS_PER_PAIR = 768  # as in qwen-vl-utils
TOKENS_IN_ALL = 16_384  # as much as one picture may take
WRITERS = {".mp4": video_file.as_mp4, ".gif": video_file.as_gif}


@dataclass(frozen=True, repr=False)
class Clip:
    """Frames in order, RGB images of one size, and how fast they follow; `notes` say what was left out.

    In a notebook it is shown as a strip and a player, on a page without a kernel as a strip.
    """

    frames: tuple
    frames_per_second: float = FRAMES_PER_SECOND
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "frames", tuple(self.frames))
        if not self.frames:
            raise QvqError("A clip without frames shows nothing; give at least one picture.")
        if len(sizes := {frame.size for frame in self.frames}) > 1:
            named = " and ".join(f"{width}×{height}" for width, height in sorted(sizes)[:2])
            raise QvqError(f"The frames of a clip have one size; these are {named}. Resize or crop them.")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of each frame in pixels."""
        return self.frames[0].size

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.frames) / self.frames_per_second

    @property
    def visual_tokens(self) -> int:
        """How many tokens it takes in a prompt, without its start and end."""
        return clip_tokens(len(self.frames), *self.size)

    def save(self, path) -> Path:
        """Write it to a file that ends in .mp4 or .gif, whole or not at all; return the path.

        An mp4 has even sides: an odd last row or column is cut off.
        """
        path = Path(path).expanduser()
        if path.suffix.lower() not in WRITERS:
            raise QvqError(f"A clip is written as .mp4 or .gif; {path.name} is neither.")
        write_whole(path, WRITERS[path.suffix.lower()](self.frames, self.frames_per_second))
        return path

    def __repr__(self) -> str:
        count, (width, height) = len(self.frames), self.size
        return f"Clip({count} frames of {width}×{height}, {self.seconds:.1f} s, {self.visual_tokens} tokens)"

    def _repr_png_(self) -> bytes:
        return strip(self.frames, self.frames_per_second)._repr_png_()

    def _repr_html_(self) -> str:
        film = b64encode(video_file.as_mp4(self.frames, self.frames_per_second)).decode()
        return (
            f'<img alt="{self!r}" src="data:image/png;base64,{b64encode(self._repr_png_()).decode()}"><br>'
            f'<video controls loop muted src="data:video/mp4;base64,{film}"></video>'
        )


def clip(
    source,
    *,
    fps: float = FRAMES_PER_SECOND,
    max_frames: int = MOST_FRAMES,
    tokens_per_pair: int = TOKENS_PER_PAIR,
    tokens_in_all: int = TOKENS_IN_ALL,
    start: float = 0.0,
    end: float | None = None,
) -> Clip:
    """A Clip from a file (mp4, mov, webm, mkv, avi, gif: a path or bytes) or from a list of pictures.

    Of a file `fps` frames of each second are taken, from `start` to `end` (seconds), never more than
    `max_frames`: of a longer one fewer each second. Of a list every picture is taken, up to `max_frames`
    evenly chosen, and `fps` says how fast they follow. Frames are scaled down until two of them take at most
    `tokens_per_pair` visual tokens and all together at most `tokens_in_all`.

    QvqError, naming the file, for what is missing, damaged, empty, too large or no clip.
    """
    _check(fps=fps, max_frames=max_frames, tokens_per_pair=tokens_per_pair, tokens_in_all=tokens_in_all)

    def fitting(width: int, height: int, frames: int) -> tuple[int, int]:
        return frame_size(width, height, frames, tokens_per_pair, tokens_in_all)

    if isinstance(source, Clip):
        source, fps = source.frames, source.frames_per_second
    if isinstance(source, (list, tuple)):
        return _of_pictures(source, fps, max_frames, fitting)
    film = video_file.read(source, fps, max_frames, fitting, start, end)
    return Clip(film.frames, len(film.frames) / film.seconds, (_note(film),))


def open_media(source) -> list:
    """RGB images and Clips from one or a list of them: what `open_image` and `clip` take, and Clips.

    A file, or bytes, is a clip where its name or its beginning says so, or where it is a gif that moves.
    """
    sources = list(source) if isinstance(source, (list, tuple)) else [source]
    if not sources:
        raise QvqError("The list of images is empty; give at least one image.")
    return [_opened(one) for one in sources]


def pairs(frames: int) -> int:
    """How many slices so many frames make; an odd last frame is shown twice."""
    return math.ceil(frames / 2)


def clip_tokens(frames: int, width: int, height: int) -> int:
    """How many visual tokens a clip takes at this size: those of one picture for each pair of frames."""
    return pairs(frames) * visual_tokens(width, height)


def frame_size(
    width: int,
    height: int,
    frames: int,
    tokens_per_pair: int = TOKENS_PER_PAIR,
    tokens_in_all: int = TOKENS_IN_ALL,
) -> tuple[int, int]:
    """The (width, height) at which so many frames keep within both budgets: their own, or a smaller one."""
    most = max(1, min(tokens_per_pair, tokens_in_all // pairs(frames)))
    if visual_tokens(width, height, 1, math.inf) <= most:
        return width, height
    return resized(width, height, 1, most)


def _opened(source):
    if isinstance(source, Clip):
        return source
    return clip(source) if video_file.is_clip(source) else open_image(source)


def _of_pictures(sources: Sequence, fps: float, max_frames: int, fitting) -> Clip:
    given, kept = len(sources), min(len(sources), max_frames)
    frames, notes, stored = [], [], None
    for number in range(kept):
        frame = open_image(sources[number * given // kept])
        stored = frame.size
        frames.append(frame.resize(fitting(*stored, kept)))  # at once: large pictures do not pile up
    made = Clip(frames, fps * kept / max(given, 1))
    if kept < given:
        notes.append(f"Of {given} frames {kept} were taken, evenly chosen.")
    if made.size != stored:
        notes.append(f"The frames were scaled from {_by(stored)} to {_by(made.size)} pixels.")
    return replace(made, notes=tuple(notes))


def _note(film: video_file.Film) -> str:
    count, (width, height) = len(film.frames), film.frames[0].size
    scaled = "" if (width, height) == film.size else f", scaled from {_by(film.size)} to {width}×{height}"
    return (
        f"{film.name}: {count} frames of {film.seconds:.1f} s were taken, "
        f"{count / film.seconds:.3g} each second{scaled}."
    )


def _by(size) -> str:
    return f"{size[0]}×{size[1]}"


def _check(**wishes) -> None:
    for name, value in wishes.items():
        kind, least = (Real, 0) if name == "fps" else (int, 1)
        right = isinstance(value, kind) and not isinstance(value, bool) and least <= value < math.inf
        if not right or value == 0:
            what = "a number above zero" if kind is Real else "a whole number from 1 upwards"
            raise QvqError(f"{name} is {what}; {value!r} is not.")
