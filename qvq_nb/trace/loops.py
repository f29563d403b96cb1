"""Does a text go round in circles?"""

LOOP_REPEATS = 4
LOOP_CHARACTERS = 200
LONGEST_LOOP_CHARACTERS = 1000


def is_looping(text: str) -> bool:
    """Whether the text ends in the same words again and again.

    Exact repetition only: at least 4 times, over at least 200 characters (three times that when the repeated
    piece holds neither letter nor digit, as the rule of a table). Rows that differ in a number are no loop.
    """
    tail = text.rstrip()
    for length in range(1, min(LONGEST_LOOP_CHARACTERS, len(tail) // LOOP_REPEATS) + 1):
        piece = tail[-length:]
        needed_characters = LOOP_CHARACTERS if any(map(str.isalnum, piece)) else 3 * LOOP_CHARACTERS
        repeats = max(LOOP_REPEATS, -(-needed_characters // length))
        if tail.endswith(piece * repeats):
            return True
    return False
