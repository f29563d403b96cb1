"""Units as people write them, in both languages, and one converted into another."""

import re
from fractions import Fraction
from functools import lru_cache

# pint converts, but does not find: it knows no Chinese, and takes "in", "are" and "at" for units.
# The first pattern that fits wins: volumes stand before areas, and areas before lengths.
_WRITTEN = {
    "mm³": r"mm(?: ?\^ ?3|3)(?!\d)|cubic (?:mm\b|millimet(?:er|re)s?\b)|立方毫米",
    "cm³": r"cm(?: ?\^ ?3|3)(?!\d)|ccm\b|cc\b|cu\.? ?cm\b|cubic[ -](?:cms?\b|centimet(?:er|re)s?\b)"
           r"|cent?imet(?:er|re)s? cubed|立方厘米|立方公分",
    "dm³": r"dm(?: ?\^ ?3|3)(?!\d)|cubic (?:dm\b|decimet(?:er|re)s?\b)|立方分米",
    "m³": r"m(?: ?\^ ?3|3)(?!\d)|[Cc]ubic[ -](?:m\b|met(?:er|re)s?\b)|met(?:er|re)s? cubed|立方米|立方公尺",
    "in³": r"in(?: ?\^ ?3|3)(?!\d)|cubic in(?:ch(?:es)?)?\b|立方英寸",
    "ft³": r"ft(?: ?\^ ?3|3)(?!\d)|cubic (?:ft\b|feet\b|foot\b)|立方英尺",
    "mL": r"m[lL]\b|[Mm]illilit(?:er|re)s?\b|毫升",
    "cL": r"c[lL]\b|[Cc]entilit(?:er|re)s?\b|厘升",
    "dL": r"d[lL]\b|[Dd]ecilit(?:er|re)s?\b|分升",
    "L": r"[lL]\b(?!-)|[Ll]it(?:er|re)s?\b|公升|升",
    "mm²": r"mm(?: ?\^ ?2|2)(?!\d)|(?:sq\.?|square) ?(?:mm\b|millimet(?:er|re)s?\b)|平方毫米",
    "cm²": r"cm(?: ?\^ ?2|2)(?!\d)|(?:sq\.?|square) ?(?:cm\b|centimet(?:er|re)s?\b)|平方厘米",
    "dm²": r"dm(?: ?\^ ?2|2)(?!\d)|(?:sq\.?|square) ?(?:dm\b|decimet(?:er|re)s?\b)|平方分米",
    "m²": r"m(?: ?\^ ?2|2)(?!\d)|(?:[Ss]q\.?|[Ss]quare) ?(?:m\b|met(?:er|re)s?\b)|平方米",
    "m/s": r"m ?/ ?s\b|met(?:er|re)s? (?:per|a) second\b|米每秒|米 ?/ ?秒",
    "km": r"km\b|[Kk]ilomet(?:er|re)s?\b|千米|公里",
    "cm": r"cms?\b|centimet(?:er|re)s?\b|厘米|公分",
    "mm": r"mm\b|millimet(?:er|re)s?\b|毫米",
    "dm": r"dm\b|decimet(?:er|re)s?\b|分米",
    "m": r"m\b|[Mm]et(?:er|re)s?\b|米",
    "ft": r"ft\b|feet\b|foot\b|英尺",
    "inch": r"inch(?:es)?\b|英寸",
    "kW": r"kW\b|[Kk]ilowatts?\b|千瓦",
    "W": r"W\b|[Ww]atts?\b|瓦",
    "J": r"J\b|[Jj]oules?\b|焦耳?",
    "N": r"N\b|[Nn]ewtons?\b|牛顿?",
    "s": r"s\b|[Ss]ec(?:ond)?s?\b|秒",
    "kg": r"kg\b|kilograms?\b|千克|公斤",
    "g": r"g\b|grams?\b|克",
    "yuan": r"(?:chinese )?yuan\b|rmb\b|cny\b|元|圆|块钱?|人民币|¥",
    "dollar": r"(?:in )?(?:usd\b|us ?dollars?\b|dollars?\b)|美元|美金",
    "other money": r"(?:HKD|CHF|INR|AUD|CAD|SGD|TWD|KRW|RUB|NZD|SEK)\b|francs?\b|rupees?\b|won\b"
                   r"|港[元币]|卢比|法郎|韩元",
    "cent": r"cents?\b|¢",
    "euro": r"(?:in )?(?:euros?\b|eur\b)|€|欧元?",
    "pound": r"£|gbp\b|pounds?\b|英镑",
    "yen": r"jpy\b|yen\b|日元|円",
    "°": r"°|degrees?\b|度",
    "‰": r"‰|per mille\b|千分点",
    "%": r"%|per ?cent\b|percentage points?\b",
}  # fmt: skip
UNITS = frozenset(_WRITTEN)
# Amounts of money and shares are not converted, and pint's pound and cent are other things.
_OF_NO_MEASURE = {"yuan", "dollar", "other money", "cent", "euro", "pound", "yen", "°", "‰", "%"}
_AFTER = [
    (name, re.compile(rf"[ -]?\(?(?:{written})", re.IGNORECASE if len(name) > 2 else 0))
    for name, written in _WRITTEN.items()
]
_BEFORE = [
    (name, re.compile(rf"(?i)(?:{written}) ?$"))
    for name, written in {
        "dollar": r"\b(?:USD|US ?USD|A ?USD|C ?USD)|美元",
        "euro": r"€|\bEUR|欧元",
        "pound": r"£|\bGBP",
        "yen": r"\bJPY|日元",
        "other money": r"\b(?:HKD|CHF|INR|AUD|CAD|SGD|TWD|KRW|RUB|NZD|SEK)|HK ?USD|港[元币]",
        "yuan": r"¥|\bRMB|\bCNY|人民币",
    }.items()
]


def after(text: str, position: int) -> tuple[str | None, int]:
    """The unit that stands there, and where it ends; None and the same position without one."""
    for name, pattern in _AFTER:
        if found := pattern.match(text, position):
            return name, found.end()
    return None, position


def before(text: str) -> str | None:
    """The currency with which a text ends."""
    return next((name for name, pattern in _BEFORE if pattern.search(text)), None)


def converted(value: Fraction, unit: str, wanted: str) -> Fraction | None:
    """The value in another unit, exactly; None where the two do not measure the same."""
    if unit == wanted or _OF_NO_MEASURE & {unit, wanted}:
        return value if unit == wanted else None
    from pint import DimensionalityError, UndefinedUnitError

    try:
        return _registry().Quantity(value, unit).to(wanted).magnitude
    except (DimensionalityError, UndefinedUnitError):
        return None


@lru_cache(maxsize=1)
def _registry():
    from pint import UnitRegistry

    return UnitRegistry(non_int_type=Fraction)
