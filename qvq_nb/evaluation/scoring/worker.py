"""The process behind `pool`: reads a question a line from its input, writes a verdict a line."""

import json
import os
import sys
import threading
import time
from dataclasses import asdict

MOST_BYTES = 4 * 2**30  # of memory; a number that needs more is no answer


def main() -> None:
    """Scores until the input ends. What a library prints goes nowhere."""
    _limit_memory()
    threading.Thread(target=_leave_with, args=[os.getppid()], daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    from qvq_nb.errors import QvqError
    from qvq_nb.evaluation.scoring import formula, scorer

    formula.library()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        row = json.loads(line)
        try:
            answer = asdict(scorer.score(**row))
        except QvqError as error:
            answer = {"error": str(error)}
        except (MemoryError, RecursionError, ArithmeticError):
            answer = asdict(scorer.late(row["gold"], row.get("language", "en")))
        print(json.dumps(answer), file=answers, flush=True)


def _leave_with(parent: int) -> None:
    """Ends this process, whatever it works out, once the one that started it is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _limit_memory() -> None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MOST_BYTES if hard == resource.RLIM_INFINITY else min(MOST_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


if __name__ == "__main__":
    main()
