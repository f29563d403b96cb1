"""`load` a model and `ask` it about an image: the face of the kit."""

import inspect
import time
import warnings
from collections.abc import Iterator
from contextlib import closing

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.inference import live
from qvq_nb.inference.answer import Answer
from qvq_nb.inference.asked import Asked, answer_many, check_words, finished, media_and_question, refused
from qvq_nb.inference.budget import stream_within_budget
from qvq_nb.inference.engine import Delta, Engine, GenerationOptions, Message
from qvq_nb.inference.narrow import within_training
from qvq_nb.media.clip import Clip, open_media
from qvq_nb.media.image import notes_of
from qvq_nb.memory.dtypes import instead_of_precision
from qvq_nb.models import profiles
from qvq_nb.models.resolve import resolve_to_ask


class Reasoner:
    """A loaded model that answers questions about images. Each question stands alone: nothing is remembered.

    `refuses` says whether the kit turns down questions that a narrow model was not trained on; set it to
    False to see what such a model writes all the same.
    """

    def __init__(self, name: str, profile: profiles.Profile, engine: Engine):
        self.name = name
        self.profile = profile
        self.engine = engine
        self.refuses = profile.is_narrow

    @property
    def model(self):
        """The transformers model, for a look inside; QvqError for one behind an address."""
        return self.engine.model

    @property
    def processor(self):
        """The transformers processor, for a look inside; QvqError for one behind an address."""
        return self.engine.processor

    def __repr__(self):
        return f"Reasoner({self.name!r})"

    def ask(self, image, question=None, **options) -> Answer:
        """The answer to a question about an image (a path, bytes or a PIL image) or a clip (a path, bytes or
        what `qvq.clip` makes), or about a list of these, which the model sees in that order.

        A case brings both, `ask(case)`; a question beside it is asked about the case's picture instead.
        In a notebook and in a terminal a slow answer is shown while it is being written.

        Options, none of which is needed:
        `system` replaces the profile's system prompt; `visual_tokens=(minimum, maximum)` is the budget per
        image, or per two frames of a clip; `seed` draws the words at random, the same for the same seed,
        instead of taking the likeliest.
        `max_new_tokens` and `time_limit_seconds` end an answer, `thinking_budget` cuts the thinking after so
        many tokens and asks for the final answer, 0 at once.
        """
        image, question = media_and_question(image, question)
        stream = self.stream(image, question, **options)
        with closing(stream), live.shown(trace.language_of(question)) as show:
            for step in stream:
                if isinstance(step, Delta):
                    show(step.text)
        return step

    def ask_many(self, asked, **options) -> list[Answer]:
        """The answers to many cases, or (image, question) pairs, in their order, with the options of `ask`.

        Where the engine can, they are written side by side: much faster than one after another, in the same
        words. `seconds` of an answer is then its share of the time. A mistake in one question is raised
        before any is asked.
        """
        return answer_many(self, asked, options)

    def stream(self, image, question=None, **options) -> Iterator[Delta | Answer]:
        """Like `ask`, but yields the text piece by piece as it is produced and, last, the Answer."""
        # Checked here, before the first piece is asked for: a mistake shows where it was made.
        return self.stream_prepared(self.prepared(image, question, **options))

    def stream_prepared(self, asked: Asked) -> Iterator[Delta | Answer]:
        """What `stream` gives, for a question that `prepared` made, perhaps in another order of its parts."""
        return self._refusing(asked) if asked.refusal else self._answering(asked)

    def prepared(
        self,
        image,
        question=None,
        *,
        system=None,
        max_new_tokens=None,
        visual_tokens=None,
        seed=None,
        time_limit_seconds=None,
        thinking_budget=None,
    ) -> Asked:
        """A question as it goes to the engine; QvqError for a mistake in it."""
        options = GenerationOptions(
            self.profile.max_new_tokens if max_new_tokens is None else max_new_tokens,
            visual_tokens,
            seed,
            time_limit_seconds,
            thinking_budget=thinking_budget,
        )
        image, question = media_and_question(image, question)
        check_words(question, system)
        media = open_media(image)
        from qvq_nb.inference import guard, refusal

        language = trace.language_of(question)
        if self.refuses and not guard.is_inside(question):
            return Asked((), options, language, refusal=refusal.refusal(language))
        self._check_abilities(media, options)
        notes = tuple(
            note for one in media for note in (one.notes if isinstance(one, Clip) else notes_of(one))
        )
        if self.profile.is_narrow:
            options, bounds = within_training(self.profile, options, media, language)
            notes += bounds
        prompt = self.profile.system_prompt if system is None else system
        messages = [Message("system", (prompt,)), Message("user", (*media, question.strip()))]
        return Asked(messages, options, language, notes)

    def _refusing(self, asked: Asked):
        yield Delta("answer", asked.refusal)
        yield refused(self.name, asked)

    def _check_abilities(self, media: list, options: GenerationOptions) -> None:
        can = self.engine.can
        if not can.takes_video and any(isinstance(one, Clip) for one in media):
            raise QvqError(f"{self.name} takes pictures and no clips; ask about single frames of it.")
        if len(media) > 1 and not can.takes_several_images:
            raise QvqError(
                f"{self.name} takes one picture with each question; ask about each picture by itself."
            )
        if options.thinking_budget is not None and not can.continues_prefix:
            raise QvqError(
                f"{self.name} does not go on from a text that was begun, which a thinking budget needs; "
                "models on this machine, vLLM, SGLang and Model Studio do. Leave thinking_budget out."
            )

    def _answering(self, asked: Asked):
        started = time.perf_counter()
        written = []
        with closing(
            stream_within_budget(self.engine, asked.messages, asked.options, asked.language)
        ) as stream:
            for step in stream:
                if isinstance(step, Delta):
                    written.append(step)
                    yield step
                else:
                    usage = step
        yield finished(self.name, asked, written, usage, time.perf_counter() - started)


Reasoner.ask.__signature__ = inspect.signature(Reasoner.prepared)  # so that Tab knows the options
Reasoner.stream.__signature__ = Reasoner.ask.__signature__


def load(
    model="qvq-mini",
    *,
    device=None,
    dtype=None,
    quantization=None,
    offload=False,
    max_memory=None,
    parallel="pipeline",
    max_new_tokens=None,
    image_size=None,
    name=None,
    dialect=None,
    **unknown,
) -> Reasoner:
    """A Reasoner for a profile name ("qvq-mini", "qvq-72b" …), a local model folder, or an address.

    "http://127.0.0.1:8000/v1" is an address, of any server that speaks the chat completions protocol. `name`
    is what it calls the model (or "http://…/v1#NAME"), `dialect` how it wants to be asked: "vllm", "sglang",
    "dashscope", "modelscope" or "plain"; both are found where they can be. With the environment variable
    QVQ_NB_ENDPOINT, a name that is not on this disk is a model at that address.

    A downloaded folder that lacks something is refused; one that was never verified is loaded with a warning.

    Options for a model on this machine, none of which is needed:
    `device`: "cpu", "cuda", "cuda:1" …; without it all GPUs there are, else the CPU.
    `dtype`: "fp32", "bf16", "fp16" or "auto"; without it fp32 on the CPU, bf16 on GPUs.
    `quantization`: "int8" or "nf4" (vision tower and output layer stay bf16); without it the best that fits.
    `offload`: True leaves in memory or in the files what does not fit on the GPUs; slow.
    `max_memory`: how much each device may hold, such as {0: "70GiB", "cpu": "8GiB"}; without it by the plan.
    `parallel`: "pipeline" puts whole layers on the GPUs in order; "tensor" shares every layer, see
    `qvq-nb ask --tensor-parallel`.
    `max_new_tokens`, `image_size`: for which answers and pictures (width, height) room is left on the GPUs.
    """
    _check_unknown(unknown)
    named = resolve_to_ask(model)
    wishes = {"device": device, "dtype": dtype, "quantization": quantization, "offload": offload}
    wishes |= {"max_memory": max_memory, "parallel": None if parallel == "pipeline" else parallel}
    wishes |= {"max_new_tokens": max_new_tokens, "image_size": image_size}
    if named.address or named.profile.hosted:
        from qvq_nb.inference.remote import engine_at

        engine = engine_at(named, name, dialect, [wish for wish, given in wishes.items() if given])
        return Reasoner(f"{engine.name} at {engine.connection.host}", engine.profile, engine)
    if name or dialect:
        raise QvqError("name and dialect belong to a model behind an address; leave them out, or give one.")
    profile, folder = named.profile, named.folder_to_load()
    if folder != profiles.get(profiles.EMBEDDED).folder:
        from qvq_nb.download.verification import standing

        if note := standing(folder, next(iter(profile.hub_ids), None)):
            warnings.warn(note, stacklevel=2)
    from qvq_nb.inference.loading.wishes import Wishes
    from qvq_nb.inference.local.engine import LocalEngine

    room = (max_new_tokens or profile.max_new_tokens, image_size)
    wishes = Wishes(device, dtype, quantization, offload, max_memory, parallel, *room)
    return Reasoner(named.name, profile, LocalEngine(folder, wishes))


def _check_unknown(options: dict) -> None:
    """QvqError for what `load` does not know, with today's words for the old one."""
    if "precision" in options:
        raise instead_of_precision(options["precision"])
    if options:
        known = (
            "device, dtype, quantization, offload, max_memory, parallel, max_new_tokens, image_size, name "
            "and dialect"
        )
        raise QvqError(f"load() knows no option {min(options)!r}; it takes {known}.")
