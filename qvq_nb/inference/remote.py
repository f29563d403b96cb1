"""The engine behind an address: any server that speaks the chat completions protocol, as a stream."""

import time
from dataclasses import replace

import httpx2
import openai

from qvq_nb.errors import QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED
from qvq_nb.inference import providers
from qvq_nb.inference.engine import Abilities, GenerationOptions, Message, Usage
from qvq_nb.inference.request import faults, target
from qvq_nb.inference.request.connection import Connection
from qvq_nb.inference.request.parcel import Parcel
from qvq_nb.inference.request.reply import Reply
from qvq_nb.models import profiles
from qvq_nb.models.resolve import Model
from qvq_nb.screen import note
from qvq_nb.trace import final_has_begun, is_looping

PIECES_BETWEEN_LOOP_CHECKS = 64
LOOP_WINDOW_CHARACTERS = 16_000
GREEDY = {"temperature": 0}
SAMPLING = {"temperature": 0.7, "top_p": 0.9}  # as the local engine's
CAN_BE_LEFT_OUT = (
    *("temperature", "top_p", "seed", "max_tokens", "max_completion_tokens", "stream_options"),
    *("enable_thinking", "thinking_budget", "chat_template_kwargs"),
)
MORE_THAN_FITS = "tokens for the completion"  # SGLang's words for max_tokens beyond its context length


class RemoteEngine:
    """A model that a server runs; `name` is what the server calls it.

    Without a name it is the only model there; `dialect` is a name of `providers`, found by the address and by
    what the server says of itself. QvqError where that fails, for a missing key, and for a retired model.
    """

    def __init__(self, address: str, name: str | None = None, dialect: str | None = None):
        target.check_offered(name, providers.at(address))
        self.connection = Connection(address)
        self.name, self.provider, self.served = target.found(self.connection, name, dialect)
        self.profile = profiles.served_as(self.name)
        self._separates = self._said_where = False
        self.can = Abilities(
            continues_prefix=self.provider.continues is not None, takes_video=True, takes_several_images=True
        )

    def __repr__(self):
        return f"RemoteEngine({self.name!r} at {self.connection.host})"

    @property
    def model(self):
        raise QvqError(
            f"{self.name} is at {self.connection.host}, and its inside cannot be looked at from here; "
            'load a model on this machine for that, such as load("qvq-mini").'
        )

    processor = model

    def stream(self, messages: list[Message], options: GenerationOptions):
        """Deltas, then the Usage; QvqError where nothing came. Closing it closes the connection.

        A thinking budget is the provider's own where it has one; else the answer is ended after so many
        tokens, and gone on with if its final part had begun by then.
        """
        per_picture = options.visual_tokens or self.profile.visual_tokens
        parcel = Parcel(messages, per_picture, self.provider)
        self._say_where_once(parcel)
        reply, budget = Reply(separates=self._separates), options.thinking_budget
        yield from self._read(self._request(parcel.turns, options), options, reply, parcel)
        self._separates = reply.separates
        if reply.fault and not reply.text:
            raise QvqError(reply.fault)
        stop = reply.stop_reason
        if stop == "length" and budget and not self.provider.thinking_budget:
            if final_has_begun(reply.text):
                yield from self._rest(messages, options, reply.text)
                return
            stop = "budget"
        yield reply.usage(stop, parcel, options, self.connection.host, self.provider.keeps_seeds)

    def _rest(self, messages: list[Message], options: GenerationOptions, begun: str):
        budget, left = options.thinking_budget, options.max_new_tokens - options.thinking_budget
        rest = replace(options, prefix=begun, max_new_tokens=left, thinking_budget=None)
        for step in self.stream(messages, rest):
            yield replace(step, new_tokens=budget + step.new_tokens) if isinstance(step, Usage) else step

    def _say_where_once(self, parcel: Parcel) -> None:
        if parcel.said and not self.connection.is_loopback and not self._said_where:
            note(f"Questions and pictures go to {self.connection.host} from here on.")
            self._said_where = True

    def _request(self, turns: list[dict], options: GenerationOptions) -> dict:
        """The fields of the request; those of a dialect in `extra_body`."""
        budget, most = options.thinking_budget, options.max_new_tokens
        extra = dict(self.provider.thinks)
        if options.prefix:
            fields, of_message = self.provider.continues
            extra |= fields
            turns = [*turns, {"role": "assistant", "content": options.prefix, **of_message}]
        elif budget and self.provider.thinking_budget:
            extra[self.provider.thinking_budget] = budget
        elif budget:
            most = min(budget, most)
        words = GREEDY if options.seed is None else {**SAMPLING, "seed": options.seed}
        always = {"stream": True, "stream_options": {"include_usage": True}, "extra_body": extra}
        return {"model": self.name, "messages": turns, "max_tokens": most, **words, **always}

    def _read(self, request: dict, options: GenerationOptions, reply: Reply, parcel: Parcel):
        """The deltas; `reply` takes in what came, and what went wrong."""
        limit, started = options.time_limit_seconds, time.monotonic()
        request["timeout"] = self.connection.timeout(limit or self.connection.silence_seconds)
        was_interrupted = False
        try:
            with self._opened(request, reply) as chunks:
                kind = chunks.response.headers.get("content-type", "")
                if "event-stream" not in kind:
                    page = chunks.response.read().decode(errors="replace")
                    reply.fault = faults.not_what_was_asked_for(kind, page, self.connection)
                    return
                for chunk in chunks:
                    yield from reply.take(chunk, goes_on=bool(options.prefix))
                    if limit and time.monotonic() - started > limit and not reply.finish:
                        reply.stopped = "time"
                    elif reply.pieces % PIECES_BETWEEN_LOOP_CHECKS == 1 and not reply.finish:
                        reply.stopped = "loop" if is_looping(reply.text[-LOOP_WINDOW_CHARACTERS:]) else None
                    if reply.stopped:
                        return
        except KeyboardInterrupt:
            was_interrupted = True
        except (openai.APIError, httpx2.HTTPError, *NOT_WHAT_WAS_EXPECTED) as error:
            if limit and isinstance(error, openai.APITimeoutError) and time.monotonic() - started >= limit:
                reply.stopped = "time"
            else:
                reply.fault = faults.sentence(error, self.connection, self.name, self.served, parcel)
        if was_interrupted:
            raise KeyboardInterrupt  # a new one: the frames of the old one hold the request with its key

    def _opened(self, request: dict, reply: Reply):
        """The stream. What a server says it does not take is left out, and that is noted."""
        while True:
            try:
                return self.connection.client.chat.completions.create(**request)
            except openai.BadRequestError as error:
                places, said = (request, request["extra_body"]), str(error.body)
                refused = [(place, name) for name in CAN_BE_LEFT_OUT for place in places if name in place]
                said = f"{said} max_tokens" if MORE_THAN_FITS in said else said
                refused = [(place, name) for place, name in refused if name in said]
                if not refused:
                    raise
                why = faults.words_of(error, self.connection)
            place, name = refused[0]
            value = place.pop(name)
            if name == "max_tokens" and "max_completion_tokens" in said:
                request["max_completion_tokens"] = value
            else:
                reply.notes.append(
                    f"{self.connection.host} does not take {name}={value}; it was left out{why}."
                )


def engine_at(named: Model, name: str | None, dialect: str | None, wishes: list[str]) -> RemoteEngine:
    """The engine for a model that is behind an address; QvqError for wishes that are for this machine."""
    if wishes:
        raise QvqError(
            f"{', '.join(wishes)}: that is for a model on this machine; at an address the server decides. "
            "Leave it out."
        )
    address = named.address or providers.get(named.profile.hosted.provider).address
    return RemoteEngine(address, name or named.served_name, dialect)
