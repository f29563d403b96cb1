"""A question of a benchmark: what is shown, what is asked, what is right, and by which rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """One question as a model is asked; `pictures` are read and decoded only when they are taken.

    Where pictures stand inside the text, `prompt` has `<image 1>` there, and `parts` puts them in.
    """

    id: str  # unique in its set
    set: str  # "MathVista_MINI", "cases", …
    prompt: str
    pictures: Sequence = ()  # bytes of picture files, PIL images or Clips
    gold: str | list[str] = ""
    kind: str = "text"  # one of scoring.KINDS, or "case" for the kit's own, which grade themselves
    choices: tuple[str, ...] = ()
    precision: str | int | None = None  # as `scoring.score` takes it
    unit: str | None = None
    language: str = "en"
    categories: dict[str, str] = field(default_factory=dict)  # "split", "subject" … as the file has them
    group: str | None = None  # questions that share a picture have it in common
    circular: str | None = None  # the orders of one question's options have it in common
    nearest: bool = False  # a choice that is not named is the one with the nearest text
    inside: bool = False  # the pictures stand where the prompt has <image 1>
    row: dict = field(default_factory=dict)  # the file's own columns but the picture
    case: object | None = None  # of the kind "case"

    @property
    def parts(self) -> list:
        """Texts and pictures in the order in which a model gets them: all pictures first, or in place."""
        from qvq_nb.evaluation.sets.places import in_place

        return in_place(self.prompt, self.pictures) if self.inside else [*self.pictures, self.prompt]
