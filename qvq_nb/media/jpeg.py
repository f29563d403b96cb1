"""Damage in a JPEG that its decoder passes over: bytes in the middle that were lost and became zeros."""

START_OF_SCAN, HUFFMAN_TABLES, END_OF_IMAGE = 0xDA, 0xC4, 0xD9
ZERO_BYTES = bytes(16)  # 128 bits, more than a block of a real picture spends on zeros
END_OF_BLOCK_RUNS = {run << 4 for run in range(15)}  # EOB, and in progressive files EOB0 … EOB14


def has_lost_bytes(content: bytes) -> bool:
    """Has the coded picture a run of zero bytes that its own Huffman tables make no sense of?

    Zero bits are the first code of every table (ITU T.81, annex C). Where that code says "no difference" and
    "end of block", zeros are an even area; where it does not, no encoder writes them in a row.
    """
    if ZERO_BYTES not in content:
        return False
    first_symbols, place = {}, 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            place += 1
            continue
        marker = content[place + 1]
        if marker == 0xFF or marker == 0 or 0xD0 <= marker <= 0xD8 or marker == 1:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == END_OF_IMAGE:
            return False
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        segment = content[place + 4 : end]
        if marker == HUFFMAN_TABLES:
            first_symbols |= _first_symbols(segment)
        if marker == START_OF_SCAN and segment:
            place = end
            end = _end_of_scan(content, end)
            if ZERO_BYTES in content[place:end] and not _zeros_are_even(segment, first_symbols):
                return True
        place = end
    return False


def _first_symbols(segment: bytes) -> dict:
    """(class, number) of each Huffman table → the symbol with the code of zeros."""
    found, place = {}, 0
    while place + 17 <= len(segment):
        counts = segment[place + 1 : place + 17]
        symbols = segment[place + 17 : place + 17 + sum(counts)]
        if symbols:
            found[segment[place] >> 4, segment[place] & 15] = symbols[0]
        place += 17 + len(symbols) + (0 if symbols else 1)
    return found


def _end_of_scan(content: bytes, start: int) -> int:
    """Where the next marker stands that does not belong to the coded picture itself."""
    place = start
    while (place := content.find(b"\xff", place)) >= 0:
        if place + 1 >= len(content):
            break
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2
    return len(content)


def _zeros_are_even(scan: bytes, first_symbols: dict) -> bool:
    """May this scan (its header) hold long runs of zeros where the picture is even?"""
    count = scan[0]
    if len(scan) < 2 * count + 4:
        return False
    first, last, refines = scan[1 + 2 * count], scan[2 + 2 * count], scan[3 + 2 * count] >> 4
    if refines and first == 0:
        return True  # plain bits, one per block
    tables = scan[2 : 2 + 2 * count : 2]
    differences = all(first_symbols.get((0, table >> 4)) == 0 for table in tables)
    ends = all(first_symbols.get((1, table & 15)) in END_OF_BLOCK_RUNS for table in tables)
    return (differences or first > 0) and (ends or last == 0)
