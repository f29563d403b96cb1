"""Makes the fonts in data/fonts from Noto Sans CJK (Debian's package fonts-noto-cjk), with fonttools:

python -m qvq_nb.cases.drawing.font_subset /usr/share/fonts/opentype/noto --to data/fonts
"""

from pathlib import Path

import typer

# Besides ASCII: signs that the drawings use, and the 3,755 everyday characters of GB 2312, its rows 16 to 55,
# so that names and items can be any words.
SIGNS = "×÷±°·−–—…′″“”‘’₀₁₂₃₄₅₆₇₈₉⁺⁻²³→←≈≤≥Δ√παβγ，。：；？！（）、《》％￥¥钴铵鹈鹕鹭∠∥⊥□△○✓✕μ◁▷●★"
EVERYDAY = "".join(
    bytes((row + 0xA0, place + 0xA0)).decode("gb2312", "ignore")
    for row in range(16, 56)
    for place in range(1, 95)
)


def main(folder: Path, to: Path = typer.Option(..., help="The folder to write.")):
    """Cuts the regular and the bold font down to the characters that the kit draws."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    options = subset.Options(
        layout_features=[], name_IDs=["*"], hinting=False, desubroutinize=True, notdef_outline=True
    )
    for weight in ("Regular", "Bold"):
        collection = TTCollection(folder / f"NotoSansCJK-{weight}.ttc")
        font = next(font for font in collection if font["name"].getDebugName(1) == "Noto Sans CJK SC")
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(map(chr, range(32, 127))) + SIGNS + EVERYDAY)
        subsetter.subset(font)
        font.save(to / f"NotoSansSC-{weight}-subset.otf")


if __name__ == "__main__":
    typer.run(main)
