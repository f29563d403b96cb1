"""`load` a model and `ask` it about an image: the face of the kit."""

import html
import re
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from numbers import Real
from pathlib import Path

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.inference.budget import stream_within_budget
from qvq_nb.inference.engine import Options
from qvq_nb.media import resize
from qvq_nb.media.image import open_images
from qvq_nb.models import profiles
from qvq_nb.models.resolve import resolve

ANSWER_MIME = "application/vnd.qvq.answer+json"
ENGINE_OPTIONS = (
    "device",
    "dtype",
    "quantization",
    "offload",
    "max_memory",
    "parallel",
    "max_new_tokens",
    "image_size",
)


@dataclass(frozen=True)
class Answer:
    """What a model wrote about an image, in its parts, and how it came about.

    `stop_reason` is "end" (the model was done), "length" (max_new_tokens reached), "loop" (it repeated itself),
    "time" (the time limit) or "refused": then the model was not asked, and the text is the kit's, not the model's.
    `notes` say what was done to the input, such as scaling an image down, and to the thinking.
    `new_tokens` are those that the model wrote itself.
    """

    text: str
    thinking: str
    final: str
    model: str
    language: str
    visual_tokens: int
    prompt_tokens: int
    new_tokens: int
    seconds: float
    stop_reason: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.final

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {**asdict(self), "notes": list(self.notes)}

    def _stamp(self) -> str:
        if self.stop_reason == "refused":
            return f"written by the kit · {self.model} was not asked"
        stops = {
            "length": ", cut off by length",
            "loop": ", stopped in a loop",
            "time": ", stopped by the time limit",
        }
        return f"{self.model} · {self.new_tokens} tokens in {self.seconds:.1f} s{stops.get(self.stop_reason, '')}"

    def _repr_html_(self) -> str:
        thinking_title, nothing = (
            ("思考过程", "（没有最终答案）") if self.language == "zh" else ("Thinking", "(no final answer)")
        )
        wrap = "white-space:pre-wrap;overflow-wrap:anywhere"
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self.notes)
        thinking = (
            f"<details><summary>{thinking_title}</summary>"
            f'<div style="{wrap};opacity:.75">{_escaped(self.thinking)}</div></details>'
        )
        # Colours are inherited, so that it reads on light and on dark pages; "$" is coded lest it becomes a formula.
        return (
            f'<div style="border-left:4px solid #7a6ff0;padding:2px 10px">'
            f"{'' if self.stop_reason == 'refused' else thinking}"
            f'<div style="{wrap};font-weight:600;margin:4px 0">{_escaped(self.final) or nothing}</div>'
            f'<div style="font-size:85%;opacity:.7">{html.escape(self._stamp())}{notes}</div></div>'
        )

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {
            ANSWER_MIME: self.to_dict(),
            "text/plain": str(self),
            "text/html": self._repr_html_(),
            "text/markdown": self._repr_markdown_(),
        }

    def _repr_markdown_(self) -> str:
        quoted = "\n".join("> " + html.escape(line, quote=False) for line in self.thinking.splitlines())
        notes = "".join(f"  \n*{note}*" for note in self.notes)
        return f"{quoted}\n\n{html.escape(self.final, quote=False)}\n\n*{self._stamp()}*{notes}\n"


class Reasoner:
    """A loaded model that answers questions about images. Each question stands alone: nothing is remembered.

    `refuses` says whether the kit turns down questions that a narrow model was not trained on; set it to False to see
    what such a model writes all the same.
    """

    def __init__(self, name: str, profile: profiles.Profile, engine):
        self.name = name
        self.profile = profile
        self.engine = engine
        self.refuses = profile.is_narrow

    @property
    def model(self):
        """The transformers model, for a look inside."""
        return self.engine.model

    @property
    def processor(self):
        """The transformers processor, for a look inside."""
        return self.engine.processor

    def __repr__(self):
        return f"Reasoner({self.name!r})"

    def ask(
        self, image, question, *, system=None, max_new_tokens=None, visual_tokens=None, seed=None, time_limit_seconds=None,
        thinking_budget=None,
    ) -> Answer:  # fmt: skip
        """The answer to a question about an image (a path, bytes, a PIL image, or a list of these).

        `system` replaces the profile's system prompt; `visual_tokens=(minimum, maximum)` is the budget per image;
        `seed` draws the words at random, the same for the same seed, instead of always taking the likeliest.
        `thinking_budget` cuts the thinking after so many tokens and asks for the final answer; 0 asks at once.
        """
        *_, answer = self.stream(
            image, question, system=system, max_new_tokens=max_new_tokens, visual_tokens=visual_tokens,
            seed=seed, time_limit_seconds=time_limit_seconds, thinking_budget=thinking_budget,
        )  # fmt: skip
        return answer

    def stream(
        self, image, question, *, system=None, max_new_tokens=None, visual_tokens=None, seed=None, time_limit_seconds=None,
        thinking_budget=None,
    ) -> Iterator[str | Answer]:  # fmt: skip
        """Like `ask`, but yields the text piece by piece as it is produced and, last, the Answer."""
        options = Options(
            _whole_number("max_new_tokens", max_new_tokens, 1) or self.profile.max_new_tokens,
            _budget(visual_tokens),
            _whole_number("seed", seed, 0),
            _seconds(time_limit_seconds),
            thinking_budget=_whole_number("thinking_budget", thinking_budget, 0),
        )
        if not isinstance(question, str) or not question.strip():
            raise QvqError("The question is empty; ask something about the image.")
        control = re.search(r"<\|\w+\|>", f"{question} {system or ''}")
        if control:
            raise QvqError(
                f"{control.group()} is a control token of the model and cannot be part of a question; leave it out."
            )
        images = open_images(image)
        # Checked above, before the first piece is asked for: a mistake shows where it was made.
        from qvq_nb.inference import guard

        if self.refuses and not guard.is_inside(question):
            return self._refusing(question)
        notes = ()
        if self.profile.is_narrow:
            options, notes = self._within_training(options, images)
        return self._answering(
            self._messages(images, question, system), images, options, trace.language_of(question), notes
        )

    def _refusing(self, question):
        language = trace.language_of(question)
        from qvq_nb.inference.refusal import refusal

        text = refusal(language)
        yield text
        yield Answer(text, "", text, self.name, language, 0, 0, 0, 0.0, "refused")

    def _within_training(self, options, images) -> tuple[Options, tuple[str, ...]]:
        """The options with a budget that the model can read well, and what the learner must know about that."""
        notes = []
        least, most = self.profile.visual_tokens
        minimum, maximum = options.visual_tokens or (least, most)
        if maximum > most:
            notes.append(
                f"{self.name} takes at most {most} visual tokens per picture, so the budget is {most}, not {maximum}."
            )
            maximum = most
        minimum = min(minimum, maximum)
        # A picture that is enlarged is rounded up, which may take it beyond the most.
        while minimum > 1 and any(
            resize.visual_tokens(*image.size, minimum, maximum) > most for image in images
        ):
            minimum -= 1
        if len(images) > 1:
            notes.append(
                f"{self.name} was trained on one picture at a time; what it makes of {len(images)} is not to be trusted."
            )
        return replace(options, visual_tokens=(minimum, maximum)), tuple(notes)

    def _answering(self, messages, images, options, language, notes):
        started = time.perf_counter()
        pieces = []
        with closing(stream_within_budget(self.engine, messages, images, options, language)) as stream:
            for piece in stream:
                if isinstance(piece, str):
                    pieces.append(piece)
                    yield piece
                else:
                    finished = piece
        text = "".join(pieces)
        parts = trace.split(text, finished=finished.stop_reason == "end")
        yield Answer(
            text=text,
            thinking=parts.thinking.strip(),
            final=parts.final.strip(),
            model=self.name,
            language=trace.language_of(parts.thinking.strip() or text),
            visual_tokens=finished.visual_tokens,
            prompt_tokens=finished.prompt_tokens,
            new_tokens=finished.new_tokens,
            seconds=time.perf_counter() - started,
            stop_reason=finished.stop_reason,
            notes=(*notes, *finished.notes),
        )

    def _messages(self, images, question, system) -> list[dict]:
        content = [{"type": "image"} for _ in images] + [{"type": "text", "text": question.strip()}]
        prompt = self.profile.system_prompt if system is None else system
        return [{"role": "system", "content": prompt}, {"role": "user", "content": content}]


def load(model="qvq-mini", **options) -> Reasoner:
    """A Reasoner for a profile name ("qvq-mini", "qvq-72b" …) or a local model folder.

    A downloaded folder that lacks something is refused; one that was never verified is loaded with a warning.

    Options, none of which is needed:
    `device`: "cpu", "cuda", "cuda:1" …; without it all GPUs there are, else the CPU.
    `dtype`: "bf16", "fp16", "fp32" or "auto"; without it fp32 on the CPU, bf16 on GPUs.
    `quantization`: "int8" or "nf4" (vision tower and output layer stay bf16); without both the best that fits.
    `offload`: True leaves in memory or in the files what does not fit on the GPUs; slow.
    `max_memory`: how much each device may hold, such as {0: "70GiB", "cpu": "8GiB"}; without it what the plan says.
    `max_new_tokens`, `image_size`: for which answers and pictures (width, height) room is left on the GPUs.
    `parallel`: "pipeline" puts whole layers on the GPUs in order; "tensor" shares every layer, see `qvq-nb ask --tensor-parallel`.
    """
    unknown = sorted(set(options) - set(ENGINE_OPTIONS))
    if unknown:
        raise QvqError(f"load() knows no option {unknown[0]!r}; it takes {', '.join(ENGINE_OPTIONS)}.")
    named = resolve(model)
    profile, folder = named.profile, named.folder_to_load()
    if folder != profiles.get(profiles.EMBEDDED).folder:
        from qvq_nb.download.verification import standing

        if note := standing(folder, next(iter(profile.hub_ids), None)):
            warnings.warn(note, stacklevel=2)
    from qvq_nb.inference.local.engine import LocalEngine

    return Reasoner(
        named.name, profile, LocalEngine(folder, **{"max_new_tokens": profile.max_new_tokens, **options})
    )


def _whole_number(name, value, smallest):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < smallest:
        raise QvqError(f"{name} is a whole number from {smallest} upwards; {value!r} is not.")
    return value


def _budget(visual_tokens):
    if visual_tokens is None:
        return None
    pair = tuple(visual_tokens) if isinstance(visual_tokens, (tuple, list)) else ()
    whole = len(pair) == 2 and all(
        isinstance(number, int) and not isinstance(number, bool) for number in pair
    )
    if not whole or not 1 <= pair[0] <= pair[1]:
        raise QvqError(
            f"visual_tokens is (minimum, maximum) with 1 ≤ minimum ≤ maximum, such as (4, 256); {visual_tokens!r} is not."
        )
    return pair


def _seconds(value):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real) or not value > 0:
        raise QvqError(f"time_limit_seconds is a number above zero; {value!r} is not.")
    return float(value)


def _escaped(text: str) -> str:
    return html.escape(text).replace("$", "&#36;").replace("\\", "&#92;")
