"""A case: something to look at, a question about it, and the target that an answer is held against."""

from dataclasses import dataclass, replace
from random import Random

from qvq_nb.grading.verdict import Target, Verdict, check
from qvq_nb.media.clip import Clip
from qvq_nb.media.strip import side_by_side, strip

CASE_MIME = "application/vnd.qvq.case+json"


@dataclass(frozen=True)
class Case:
    """What is shown, what is asked and what is true; another question about the same media is a case, too.

    `id` is a name such as "invoice-en-7". `media` are PIL images and Clips. `facts` are what was drawn, ready
    for JSON; `family` and `seed` say by whom and from what. The seed of a canonical case is None; a learner's
    own picture has no family either.
    """

    id: str
    media: tuple
    question: str
    target: Target
    language: str
    facts: dict
    family: str | None = None
    seed: int | None = None

    @property
    def image(self):
        """The first medium."""
        return self.media[0]

    @property
    def overview(self):
        """All media as one PIL image: several pictures side by side, the frames of a clip in rows."""
        if isinstance(self.image, Clip):
            return strip(self.image.frames, self.image.frames_per_second)
        return self.image if len(self.media) == 1 else side_by_side(self.media)

    @property
    def truth(self) -> str:
        """What the target expects, as people write it."""
        return self.target.expected

    def check(self, answer) -> Verdict:
        """Compares an Answer, or its text, with the truth."""
        asked = {"id": self.id, "family": self.family, "seed": self.seed, "question": self.question}
        return check(self.target, answer, self.language, **asked)

    def follow_up(self, seed: int | None = None) -> "Case":
        """Another question about the same media, with its own truth; another `seed` may give another one."""
        from qvq_nb.cases.follow_up import follow_up

        random = Random(f"{self.family}-{self.seed}" if seed is None else seed)
        other = follow_up(self.family, self.facts, self.language, random)
        name = "-".join([self.id, *other.kind.split(), *([] if seed is None else [str(seed)])])
        return replace(self, id=name, question=other.question, target=other.target)

    def to_dict(self) -> dict:
        """Everything but the media, ready for JSON."""
        names = ("id", "family", "seed", "language", "question", "truth", "facts")
        return {name: getattr(self, name) for name in names}

    def _repr_mimebundle_(self, include=None, exclude=None):
        fields = {name: value for name, value in self.to_dict().items() if name != "facts"}
        shown = {"text/plain": repr(self), "image/png": self.overview._repr_png_()}
        if isinstance(self.image, Clip):
            shown["text/html"] = self.image._repr_html_()
        return {CASE_MIME: fields, **shown}

    def __repr__(self):
        seed = "canonical" if self.seed is None else f"seed {self.seed}"
        name = f"{self.family}, {seed}" if self.family else self.id
        return f"Case({name}: {self.question})"
