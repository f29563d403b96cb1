"""What comes back from a server: the text so far, how it ended, and what is to be said about it."""

from dataclasses import dataclass, field

from qvq_nb.inference.engine import Delta, GenerationOptions, Usage
from qvq_nb.inference.request.parcel import Parcel

FINISHED = {"length": "length", "content_filter": "filter", "repetition": "loop"}  # anything else is "end"
NOT_FINISHED = (None, "abort", "error")  # a server that is stopped, or failed: it ends the stream politely


@dataclass
class Reply:
    """An answer as far as it has come. `fault` says in a sentence what went wrong."""

    text: str = ""
    pieces: int = 0
    channel: str | None = None  # of the last piece
    separates: bool = False  # the server sends thinking and answer apart
    finish: str | None = None  # the server's reason; None as long as it gave none
    stopped: str | None = None  # by us: "time" or "loop"
    fault: str | None = None
    counted: object = None  # the server's usage
    notes: list[str] = field(default_factory=list)

    @property
    def stop_reason(self) -> str:
        is_broken = self.fault or self.finish in NOT_FINISHED
        return self.stopped or ("broken" if is_broken else FINISHED.get(self.finish, "end"))

    def take(self, chunk, goes_on: bool):
        """The deltas of a chunk. What goes on with a begun answer is no thinking."""
        self.counted = chunk.usage or self.counted
        for choice in (chunk.choices or ())[:1]:
            self.finish = choice.finish_reason or self.finish
            more = choice.delta.model_extra or {}
            thinking = more.get("reasoning") or more.get("reasoning_content")
            self.separates |= bool(thinking)
            for channel, text in (("thinking", thinking), ("answer", choice.delta.content)):
                if text:
                    if channel == "answer" or goes_on:
                        channel = "answer" if self.separates else "unparsed"
                    if (self.channel, channel) == ("thinking", "answer"):
                        text = text if self.text[-1].isspace() or text[0].isspace() else "\n\n" + text
                    self.channel = channel
                    self.pieces += 1
                    self.text += text
                    yield Delta(channel, text)

    def usage(self, stop: str, parcel: Parcel, options: GenerationOptions, host: str, keeps_seeds) -> Usage:
        notes = [*parcel.notes(host), *self.notes]
        if stop == "broken":
            how = f'with "{self.finish}"' if self.finish else "without saying that it is finished"
            why = self.fault or f"{host} ended the answer {how}."
            notes.append(f"{why} What had come is kept, but the answer is not complete.")
        elif stop == "filter":
            notes.append(f"The content filter of {host} ended the answer.")
        if options.seed is not None and not keeps_seeds:
            notes.append(f"{host} does not promise the same words again for the same seed.")
        if self.counted is None:
            if stop in ("end", "length", "filter"):
                notes.append(f"{host} counted no tokens; the pieces of the answer are counted instead.")
            return Usage(stop, 0, parcel.visual_tokens, self.pieces, tuple(notes))
        details = getattr(self.counted.prompt_tokens_details, "model_extra", None) or {}
        seen = details.get("image_tokens") or parcel.visual_tokens
        prompt, new = self.counted.prompt_tokens or 0, self.counted.completion_tokens or 0
        return Usage(stop, prompt, seen, new, tuple(notes))
