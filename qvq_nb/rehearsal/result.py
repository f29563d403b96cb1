"""The result of a rehearsal."""

from dataclasses import asdict, dataclass

from qvq_nb.files import GIB
from qvq_nb.tables import Table


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal measured, next to what the plan says.

    `device_map` is module name → device, `weight_bytes` device → bytes of weights ("disk": in the files).
    `peak_bytes`, `own_peak_bytes` and `resident_peak_bytes` are those of `Memory`.
    `first_token_seconds` covers image and prompt; `tokens_per_second` is that of the tokens after the first,
    None for one token. `predicted_…` is what the plan says, of the speed an upper bound or None.
    """

    model: str
    dtype: str
    quantization: str | None
    values: str
    layers: int
    all_layers: int
    parameters: int
    shards: int
    apparent_bytes: int
    disk_bytes: int
    device_map: dict
    weight_bytes: dict
    load_seconds: float
    first_token_seconds: float
    tokens_per_second: float | None
    prompt_tokens: int
    visual_tokens: int
    new_tokens: int
    peak_bytes: dict
    own_peak_bytes: int
    resident_peak_bytes: int
    predicted_weight_bytes: dict
    predicted_bytes: dict
    predicted_tokens_per_second: float | None

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return asdict(self)

    def rows(self) -> list[tuple[str, str, str]]:
        """(what, measured, plan) for a table; "" where the plan says nothing."""
        measured, planned = self.weight_bytes, self.predicted_weight_bytes
        bound = self.predicted_tokens_per_second
        at_most = f"at most {_figure(bound)}" if bound else ""
        devices = sorted({*measured, *(device for device, size in planned.items() if size)})
        rows = [
            ("layers", f"{self.layers} of {self.all_layers}"),
            ("parameters", f"{self.parameters:,}"),
            ("stand-in, GiB", _gib(self.apparent_bytes)),
            ("stand-in on the disk, MiB", f"{self.disk_bytes / 2**20:.2f}"),
            ("seconds to load", f"{self.load_seconds:.1f}"),
            ("seconds to first token", f"{self.first_token_seconds:.1f}"),
            ("tokens per second", _figure(self.tokens_per_second), at_most),
            *(
                (f"weights on {device}, GiB", _gib(measured.get(device)), _gib(planned.get(device)))
                for device in devices
            ),
            *(
                (f"peak on {device}, GiB", _gib(size), _gib(self.predicted_bytes.get(device)))
                for device, size in self.peak_bytes.items()
            ),
            ("… without pages of files, GiB", _gib(self.own_peak_bytes)),
            ("peak of the whole process, GiB", _gib(self.resident_peak_bytes)),
        ]
        return [(*row, "")[:3] for row in rows]

    def table(self) -> Table:
        """What was measured beside the plan."""
        return Table(("", "measured", "plan"), self.rows())

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _gib(size) -> str:
    return "" if size is None else f"{size / GIB:.2f}"


def _figure(number) -> str:
    """Three digits that count: 0.0123, 1.23, 123."""
    return "" if number is None else f"{number:.3g}"
