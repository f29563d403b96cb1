"""A small part of Python, interpreted and never executed: whole numbers, loops, input and print."""

import ast
import operator
import re
import warnings

MOST_STEPS, MOST_CHARACTERS, LARGEST = 20_000, 4_000, 10**30

_COUNTED = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
            ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod}  # fmt: skip
_COMPARED = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
             ast.Eq: operator.eq, ast.NotEq: operator.ne}  # fmt: skip
_SIGNS = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
_WHOLE = re.compile(r"\s*[-+]?[0-9]{1,30}\s*")


class NotRead(Exception):
    """The text is no program of this small part of Python: what it says, in English and in Chinese."""


class Fails(Exception):
    """The program comes to a halt before its end, or to none: how, in English and in Chinese."""


def parsed(source: str) -> ast.Module:
    """The program as a tree; NotRead for what is no Python or is too long."""
    if len(source) > MOST_CHARACTERS:
        raise NotRead(f"it is longer than {MOST_CHARACTERS} characters", f"超过 {MOST_CHARACTERS} 个字符")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        raise NotRead(f"line {error.lineno} is no Python", f"第 {error.lineno} 行不是 Python") from None
    except (ValueError, RecursionError, MemoryError):
        raise NotRead("it is no Python", "不是 Python") from None


def printed(program: ast.Module, typed: str) -> str:
    """What the program prints where the lines of `typed` are its input; NotRead or Fails."""
    machine = _Machine(typed.splitlines())
    try:
        if told := machine.run(program.body):
            raise NotRead(f"{told} stands outside of a loop", f"{told} 在循环之外")
    except RecursionError:
        raise NotRead("it is nested too deeply", "嵌套太深") from None
    return "".join(machine.output)


class _Machine:
    def __init__(self, lines: list[str]):
        self.lines, self.names, self.output, self.steps = iter(lines), {}, [], 0

    def run(self, body: list[ast.stmt]) -> str | None:
        """Runs statements in order; "break" or "continue" where one of them says so."""
        for statement in body:
            if told := self.statement(statement):
                return told
        return None

    def statement(self, node: ast.stmt) -> str | None:
        self.step()
        match node:
            case ast.Assign(targets=targets, value=value) if all(
                isinstance(one, ast.Name) for one in targets
            ):
                self.names |= dict.fromkeys((one.id for one in targets), self.value(value))
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                self.names[name] = self.counted(op, self.known(name), self.value(value))
            case ast.If(test=test, body=body, orelse=otherwise):
                return self.run(body if self.value(test) else otherwise)
            case ast.While(test=test, body=body, orelse=[]):
                while self.value(test) and self.run(body) != "break":
                    self.step()
            case ast.For(
                target=ast.Name(id=name),
                iter=ast.Call(func=ast.Name(id="range"), args=[_, *_] as bounds, keywords=[]),
                body=body,
                orelse=[],
            ) if len(bounds) <= 3:
                self.count(name, [self.number(self.value(bound)) for bound in bounds], body)
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments, keywords=[])):
                self.output.append(" ".join(str(self.value(one)) for one in arguments) + "\n")
                if sum(map(len, self.output)) > MOST_CHARACTERS:
                    raise Fails(f"it prints more than {MOST_CHARACTERS} characters",
                                f"输出超过 {MOST_CHARACTERS} 个字符")  # fmt: skip
            case ast.Expr(value=value):
                self.value(value)
            case ast.Break() | ast.Continue():
                return type(node).__name__.lower()
            case ast.Pass():
                pass
            case _:
                raise _not_read(node)
        return None

    def count(self, name: str, bounds: list[int], body: list[ast.stmt]) -> None:
        """Runs the body of a `for` over a range."""
        if len(bounds) == 3 and bounds[2] == 0:
            raise Fails("it counts in steps of 0", "range 的步长为 0")
        for number in range(*bounds):
            self.names[name] = number
            self.step()
            if self.run(body) == "break":
                return

    def value(self, node: ast.expr) -> int | str:
        self.step()
        match node:
            case ast.Constant(value=int() | str() as value):
                return value if isinstance(value, str) else self.small(value)
            case ast.Name(id=name):
                return self.known(name)
            case ast.BinOp(left=left, op=op, right=right):
                return self.counted(op, self.value(left), self.value(right))
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
                return _SIGNS[type(op)](self.number(self.value(operand)))
            case ast.BoolOp(op=op, values=values):
                for one in values:
                    value = self.value(one)
                    if bool(value) == isinstance(op, ast.Or):
                        break
                return value
            case ast.Compare(left=left, ops=ops, comparators=others) if {*map(type, ops)} <= {*_COMPARED}:
                first = self.number(self.value(left))
                for op, other in zip(ops, others):
                    second = self.number(self.value(other))
                    if not _COMPARED[type(op)](first, second):
                        return False
                    first = second
                return True
            case ast.Call(func=ast.Name(id="input"), args=[] | [ast.Constant()], keywords=[]):
                if (line := next(self.lines, None)) is None:
                    raise Fails("it reads more lines than were given", "读取的行数超过给出的行数")
                return line
            case ast.Call(func=ast.Name(id="int"), args=[inner], keywords=[]):
                value = self.value(inner)
                if isinstance(value, str) and not _WHOLE.fullmatch(value):
                    raise Fails("int(…) is given what is no whole number", "int(…) 得到的不是整数")
                return self.small(int(value))
        raise _not_read(node)

    def counted(self, op: ast.operator, left, right) -> int:
        if type(op) not in _COUNTED:
            raise _not_read(op)
        left, right = self.number(left), self.number(right)
        if isinstance(op, ast.FloorDiv | ast.Mod) and right == 0:
            raise Fails("it divides by 0", "除以了 0")
        return self.small(_COUNTED[type(op)](left, right))

    def known(self, name: str) -> int | str:
        if name not in self.names:
            raise Fails(f"{name[:20]} has no value yet", f"{name[:20]} 还没有值")
        return self.names[name]

    def number(self, value) -> int:
        if isinstance(value, str):
            raise Fails(
                "it counts with a text; int(…) makes a number of it", "用文字来计算；先用 int(…) 转成数"
            )
        return value

    def small(self, value: int) -> int:
        if abs(value) > LARGEST:
            raise Fails("its numbers grow beyond 30 digits", "数超过了 30 位")
        return value

    def step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Fails(f"it does not end within {MOST_STEPS} steps", f"运行 {MOST_STEPS} 步还没有结束")


def _not_read(node: ast.AST) -> NotRead:
    name, line = type(node).__name__, getattr(node, "lineno", None)
    english, chinese = (f" in line {line}", f"第 {line} 行的 ") if line else ("", "")
    return NotRead(f"{name}{english} is not among what is interpreted", f"{chinese}{name} 不在可解释的范围内")
