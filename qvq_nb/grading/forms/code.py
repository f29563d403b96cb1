"""A program as the answer: interpreted on several inputs, never executed."""

import ast
from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.grading.forms.interpreter import Fails, NotRead, parsed, printed
from qvq_nb.grading.verdict import Finding, phrase, shortened

_PYTHON = ("python", "python3", "py")


@dataclass(frozen=True)
class Code:
    """A Python program, right where it prints what is expected for each input; `program` is one that does.

    `runs` are pairs of what is typed, line by line, and what is to be printed.
    """

    program: str
    runs: tuple[tuple[str, str], ...]

    @property
    def expected(self) -> str:
        """A right program in a fenced block."""
        return f"```python\n{self.program}\n```"

    def grade(self, final: str, language: str) -> Finding:
        """Interprets the one program in a fence or box, or the whole text where it is but a program."""
        source = _program_in(final)
        if source is None:
            return Finding("unclear", shortened(final), phrase(_NO_PROGRAM, language))
        got = shortened(source)
        try:
            program = parsed(source)
            for typed, truth in self.runs:
                output = printed(program, typed)
                if _lines(output) != _lines(truth):
                    words = {"typed": typed, "output": shortened(output, 40), "truth": truth}
                    return Finding("wrong", got, phrase(_OTHER_OUTPUT, language, **words))
        except NotRead as error:
            reason = phrase(error.args, language)
            return Finding("unclear", got, phrase(_NOT_READ, language, reason=reason))
        except Fails as error:
            reason = phrase(error.args, language)
            return Finding("wrong", got, phrase(_FAILS, language, typed=typed, reason=reason))
        return Finding("right", got, phrase(_RIGHT, language, runs=len(self.runs)))


def _program_in(text: str) -> str | None:
    """The one program of a text: in a block, in a box, or all of it; None where it is not clear which."""
    blocks = [block for block in trace.blocks_in(text) if block.kind != "table"]
    programs = [block.content for block in blocks if block.kind in _PYTHON] or [
        block.content for block in blocks
    ]
    boxes = [] if programs else trace.all_boxed(text)
    if found := {one.strip() for one in programs or boxes}:
        return found.pop() if len(found) == 1 else None
    return text.strip() if _prints(text) else None


def _prints(text: str) -> bool:
    """Whether a text without a fence is a program: at least two statements, and somewhere it prints.

    One line alone may be the last one of a program that was cut off.
    """
    try:
        tree = parsed(text.strip())
    except NotRead:
        return False
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return len(tree.body) > 1 and "print" in names


def _lines(output: str) -> list[str]:
    return [line.strip() for line in output.strip().splitlines()]


_NO_PROGRAM = (
    "There is no single program to read; write one in a fenced block that begins with ```python.",
    "没有一段可读的程序；请把程序写进以 ```python 开头的代码块。",
)
_NOT_READ = (
    "The program is not interpreted: {reason}. Use whole numbers, while, for, if, int(input()) and print.",
    "程序无法解释：{reason}。请只用整数、while、for、if、int(input()) 和 print。",
)
_FAILS = ("With the input {typed} the program fails: {reason}.", "输入 {typed} 时程序出错：{reason}。")
_OTHER_OUTPUT = (
    "With the input {typed} it prints “{output}”, where “{truth}” is right.",
    "输入 {typed} 时输出“{output}”，应为“{truth}”。",
)
_RIGHT = ("It prints what is right for each of {runs} inputs.", "对 {runs} 个输入，输出都正确。")
