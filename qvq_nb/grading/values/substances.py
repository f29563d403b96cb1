"""Chemical substances as people and models write them: FeSO₄, `\\ce{FeSO4}`, iron (II) sulphate, 硫酸亚铁."""

import re
import unicodedata
from dataclasses import dataclass

from qvq_nb.grading.values.plain import one_spaced

_ELEMENTS = {
    "iron": "铁", "copper": "铜", "zinc": "锌", "magnesium": "镁", "aluminium": "铝", "silver": "银",
    "lead": "铅", "tin": "锡", "nickel": "镍", "cobalt": "钴", "manganese": "锰", "chromium": "铬",
    "sodium": "钠", "potassium": "钾", "calcium": "钙", "barium": "钡", "lithium": "锂", "mercury": "汞",
    "gold": "金", "platinum": "铂", "titanium": "钛", "cadmium": "镉", "ammonium": "铵",
}  # fmt: skip
_CATIONS = "|".join((*_ELEMENTS, "hydrogen"))
_ANIONS = (
    "sulfate|sulfite|sulfide|chloride|chlorate|nitrate|nitrite|carbonate|bicarbonate|phosphate|acetate|"
    "hydroxide|peroxide|dioxide|trioxide|monoxide|oxide|bromide|iodide|fluoride|thiosulfate|bisulfate"
)
_METALS = "".join(_ELEMENTS.values())
_CHINESE_ANIONS = (
    "硫代硫酸|亚硫酸|硫酸|亚硝酸|硝酸|碳酸|磷酸|醋酸|乙酸|氯酸|氢氧化|过氧化|氧化|硫化|氯化|溴化|碘化|氟化"
)
_SYMBOLS = {
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl", "Ar", "K",
    "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb",
    "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Xe", "Cs",
    "Ba", "La", "Ce", "W", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "U",
}  # fmt: skip
# Old names say the charge in Latin.
_OLD_NAMES = {
    "ferrous": "iron(ii)", "ferric": "iron(iii)", "cuprous": "copper(i)", "cupric": "copper(ii)",
    "stannous": "tin(ii)", "stannic": "tin(iv)", "plumbous": "lead(ii)", "plumbic": "lead(iv)",
}  # fmt: skip
# In Chinese 亚 marks the lower charge.
_CHINESE_CHARGES = {
    "铁(ii)": "亚铁", "铁(iii)": "铁", "铜(ii)": "铜", "铜(i)": "亚铜", "锡(ii)": "亚锡", "锡(iv)": "锡",
}  # fmt: skip
_ONE_CHARGE = "zinc|magnesium|aluminium|silver|sodium|potassium|calcium|barium|锌|镁|铝|银|钠|钾|钙|钡"

_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_CHARGE = r"(?:\((?:iii|ii|iv|vi|v|i)\))?"
_ENGLISH_NAME = re.compile(
    rf"\b(?:(?:(?:{_CATIONS}){_CHARGE})[\s-]+){{1,4}}(?:(?:hydrogen|di|tri|basic)\s+)?(?:{_ANIONS})\b"
    r"|\b(?:sulfuric|sulfurous|hydrochloric|nitric|nitrous|carbonic|phosphoric|acetic)\s+acid\b|\bammonia\b"
)
_CHINESE_NAME = re.compile(
    rf"[一二三四五]?(?:{_CHINESE_ANIONS})氢?[一二三四五]?(?:亚?[{_METALS}]{_CHARGE}){{1,4}}|亚?硫酸"
    rf"|稀?盐酸|亚?硝酸|氨水|氨气"
)
_PART = r"[A-Z][a-z]?\d{0,3}"
_FORMULA = re.compile(
    rf"(?<![A-Za-z])(?:{_PART}|\((?:{_PART}){{1,9}}\)\d{{0,3}}"
    rf"|\[(?:{_PART}){{1,9}}\]\d{{0,3}}){{1,24}}(?![A-Za-z\d])"
)


@dataclass(frozen=True)
class Mention:
    """A compound named in a text: as written, in one normal form, and where."""

    text: str
    normal: object  # a name, or the sorted (element, count) pairs of a formula
    start: int
    end: int


def plain(text: str) -> str:
    r"""The text without LaTeX and typographic dress: `\ce{Fe_{2}(SO_4)_3}` becomes `Fe2(SO4)3`."""
    text = re.sub(r"</?su[bp]>|</?[a-z]{1,6}>", "", one_spaced(text))
    # Charges go first, so that their digits are not taken for counts.
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]*[⁺⁻]|\^\s*(?:\{[^{}]*\}|\d*[+-])", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\\(?:rightarrow|longrightarrow|to|xrightarrow)(?![A-Za-z])", " → ", text)
    text = re.sub(r"\\cdot(?![A-Za-z])", "·", text)
    text = re.sub(r"\\(?:neq?|not)(?![A-Za-z])", " ≠ ", text)
    text = re.sub(r"\\[ ,;:!]|~|\\(?:quad|qquad)(?![A-Za-z])", " ", text)
    text = re.sub(r"\\[\[\]()]", " ", re.sub(r"\\[A-Za-z]+\s*", "", text))
    text = re.sub(r"[{}_$*`]|\((?:aq|s|l|g)\)", "", text)
    text = re.sub(r"(?<=[A-Za-z\d)])\s*[·•∙.]\s*\d*\s*H2O", "", text)
    return re.sub(r"[ \t\u00a0]+", " ", text)


def mentions(text: str) -> list[Mention]:
    """The compounds in a text that went through `plain`, without water; elements ("iron powder") are none."""
    spelt = words(text)
    lower = spelt.translate(_LOWER)
    spans = [
        (match.start(), match.end(), _normal_name(match.group()), match.group())
        for pattern in (_ENGLISH_NAME, _CHINESE_NAME)
        for match in pattern.finditer(lower)
    ]
    spans += [
        (match.start(), match.end(), atoms, match.group())
        for match in _FORMULA.finditer(spelt)
        if (atoms := _atoms(match.group())) and atoms != (("H", 2), ("O", 1))
    ]
    return [
        Mention(written, normal, start, end)
        for start, end, normal, written in sorted(spans, key=lambda span: span[:2])
    ]


def normal_form(written: str) -> object:
    """The normal form of one name or formula, as in `Mention.normal`; the stripped text where it is none."""
    found = mentions(plain(written))
    return found[0].normal if found else words(plain(written)).translate(_LOWER).strip()


def words(text: str) -> str:
    """The text with its spellings made one, as `mentions` counts positions in it."""
    text = re.sub(r"(?i)sulph", "sulf", text)
    text = re.sub(r"(?i)aluminum", "aluminium", text)
    for old, new in _OLD_NAMES.items():
        text = re.sub(rf"(?i)\b{old}\b", new, text)
    text = re.sub(r"(?i)\s*\(\s*(iii|ii|iv|vi|v|i)\s*\)", lambda found: f"({found[1].lower()})", text)
    return re.sub(
        rf"(?i)\b({_CATIONS})[\s-]+(iii|ii|iv)\b", lambda found: f"{found[1]}({found[2].lower()})", text
    )


def _normal_name(name: str) -> str:
    name = re.sub(r"[\s-]+", " ", name).strip()
    name = re.sub(rf"({_ONE_CHARGE}){_CHARGE}", r"\1", name)
    for written, meant in _CHINESE_CHARGES.items():
        name = name.replace(written, meant)
    return name.removeprefix("稀")


def _atoms(formula: str) -> tuple | None:
    """(element, count) pairs in alphabetical order; None where this is a word, an element, or a letter."""
    counts, stack = {}, []
    for symbol, digits, opening, closing in re.findall(
        r"([A-Z][a-z]?)(\d*)|([(\[])|[)\]](\d*)", formula.replace("[", "(").replace("]", ")")
    ):
        if opening:
            stack.append(counts)
            counts = {}
        elif symbol:
            if symbol not in _SYMBOLS:
                return None
            counts[symbol] = counts.get(symbol, 0) + int(digits or 1)
        elif stack:
            inner, counts = counts, stack.pop()
            for element, count in inner.items():
                counts[element] = counts.get(element, 0) + count * int(closing or 1)
    is_word = not re.search(r"[a-z\d]", formula) and formula not in ("KOH", "HF", "HI", "KI", "KF")
    return tuple(sorted(counts.items())) if len(counts) > 1 and not is_word and not stack else None
