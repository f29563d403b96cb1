"""What a family draws, as the media of a case: one picture, several, or a clip."""

from dataclasses import dataclass

from qvq_nb.cases.drawing.canvas import Canvas
from qvq_nb.media.clip import Clip

HELD_FRAMES = 2  # Qwen2-VL sees frames in pairs: a state held for two is seen like a picture of its own


@dataclass(frozen=True)
class Film:
    """The states of a clip in order, drawings of one size; each is held for two frames."""

    states: tuple[Canvas, ...]

    def clip(self) -> Clip:
        """The clip, each state lasting a second."""
        frames = [state.image() for state in self.states]
        return Clip([frame for frame in frames for _ in range(HELD_FRAMES)])


def canvases(drawn: "Canvas | Film | tuple[Canvas, ...]") -> tuple[Canvas, ...]:
    """Every drawing of what a family drew."""
    if isinstance(drawn, Film):
        return drawn.states
    return drawn if isinstance(drawn, tuple) else (drawn,)


def shown(drawn: "Canvas | Film | tuple[Canvas, ...]") -> tuple:
    """The media of a case: images, or a Clip."""
    if isinstance(drawn, Film):
        return (drawn.clip(),)
    return tuple(canvas.image() for canvas in canvases(drawn))
