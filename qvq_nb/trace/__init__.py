"""A reasoning text on plain strings: parts, boxes, blocks, language, loops. Knows no model and no case."""

from qvq_nb.trace.blocks import Block, blocks_in
from qvq_nb.trace.boxes import all_boxed, boxed, boxes_in, has_open_box
from qvq_nb.trace.language import language_of
from qvq_nb.trace.loops import is_looping
from qvq_nb.trace.parts import FINAL_OPENINGS, Trace, final_has_begun, opening, sentences, split

__all__ = [
    "FINAL_OPENINGS",
    "Block",
    "Trace",
    "all_boxed",
    "blocks_in",
    "boxed",
    "boxes_in",
    "final_has_begun",
    "has_open_box",
    "is_looping",
    "language_of",
    "opening",
    "sentences",
    "split",
]
