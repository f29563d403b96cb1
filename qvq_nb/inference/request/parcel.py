"""What is sent to a server: messages in its dialect, pictures scaled and written out, and a note on it."""

from qvq_nb.grading.verdict import phrase
from qvq_nb.inference.engine import Message
from qvq_nb.inference.local.inputs import scaling_note
from qvq_nb.inference.providers import FEWEST_FRAMES, Provider
from qvq_nb.media.clip import clip_tokens
from qvq_nb.media.encoding import encoded
from qvq_nb.media.resize import resized, visual_tokens

SENT = ("Sent to {host}: {said}.", "已发送到 {host}：{said}。")
PICTURES = (
    "{count} picture{plural}, {sizes} pixels, {kinds}, {size}",
    "{count} 张图片，{sizes} 像素，{kinds}，{size}",
)
SENT_AS_PICTURES = (
    "The clip was sent as {count} pictures, its frames in order.",
    "短片按帧的顺序拆成 {count} 张图片发送。",
)


class Parcel:
    """`turns` for the request; `said` tells what they hold, `scaled` what was done to the pictures.

    A picture outside the budget (visual tokens, minimum and maximum) is scaled before it is sent, since
    servers take no budget with a request; one within it is sent as it is.
    """

    def __init__(self, messages: list[Message], budget: tuple[int, int], provider: Provider):
        self._budget, self._provider = budget, provider
        self.sizes, self.formats, self.bytes, self.visual_tokens = [], [], 0, 0
        self.scaled, self.clips = [], []
        self._language = messages[-1].language
        self.turns = [self._turn(message) for message in messages]

    @property
    def said(self) -> str:
        """Such as "1 picture, 448×336 pixels, PNG, 12 kB"; empty where there is none."""
        return self._said("en")

    def _said(self, language: str) -> str:
        if not self.sizes:
            return ""
        sizes = ", ".join(dict.fromkeys(f"{width}×{height}" for width, height in self.sizes))
        kinds = phrase((" and ", "、"), language).join(dict.fromkeys(self.formats))
        words = {"count": len(self.sizes), "plural": "s" if len(self.sizes) > 1 else "", "sizes": sizes}
        return phrase(PICTURES, language, **words, kinds=kinds, size=f"{self.bytes / 1000:.0f} kB")

    @property
    def half_budget(self) -> int:
        """The most visual tokens per picture that would send half as many pixels."""
        tokens = sum(visual_tokens(*size) for size in self.sizes)
        return max(tokens // (2 * max(len(self.sizes), 1)), 1)

    def notes(self, host: str) -> list[str]:
        said = self._said(self._language)
        sent = [phrase(SENT, self._language, host=host, said=said)] if said else []
        return [*sent, *self.clips, *self.scaled]

    def _turn(self, message: Message) -> dict:
        if all(isinstance(part, str) for part in message.parts):
            return {"role": message.role, "content": "\n".join(message.parts)}
        return {"role": message.role, "content": [one for part in message.parts for one in self._part(part)]}

    def _part(self, part) -> list[dict]:
        if isinstance(part, str):
            return [{"type": "text", "text": part}]
        if hasattr(part, "frames"):
            return self._clip(part)
        picture = self._written(part)
        self.visual_tokens += visual_tokens(*self.sizes[-1])
        return [{"type": "image_url", "image_url": {"url": picture.data_uri}}]

    def _clip(self, clip) -> list[dict]:
        """The frames as this dialect takes a video, else as so many pictures."""
        way, frames = self._provider.video, list(clip.frames)
        if way == "pictures" or (way == "frames" and len(frames) < FEWEST_FRAMES):
            self.clips.append(phrase(SENT_AS_PICTURES, self._language, count=len(frames)))
            return [one for frame in frames for one in self._part(frame)]
        written = [self._written(frame, jpeg=True) for frame in frames]
        self.visual_tokens += clip_tokens(len(frames), *self.sizes[-1])
        if way == "frames":
            uris = [frame.data_uri for frame in written]
            return [{"type": "video", "video": uris, "fps": clip.frames_per_second}]
        joined = ",".join(frame.base64 for frame in written)
        return [{"type": "video_url", "video_url": {"url": f"data:video/jpeg;base64,{joined}"}}]

    def _written(self, picture, jpeg: bool = False):
        """The picture as it is sent, within the budget; counted."""
        minimum, maximum = self._budget
        if note := scaling_note(picture, minimum, maximum, self._language):
            picture = picture.resize(resized(*picture.size, minimum, maximum))
            self.scaled.append(note)
        written = encoded(picture, jpeg)
        self.sizes.append(picture.size)
        self.formats.append(written.format)
        self.bytes += len(written.content)
        return written
