"""The fonts of the training pictures: openly licensed ones, from Debian packages and from matplotlib.

    apt-get install fonts-liberation fonts-dejavu-core fonts-lato fonts-open-sans fonts-roboto-unhinted \\
        fonts-freefont-ttf fonts-crosextra-carlito fonts-crosextra-caladea fonts-inconsolata \\
        fonts-cantarell fonts-comic-neue fonts-hack fonts-noto-core fonts-sil-gentiumplus fonts-noto-cjk \\
        fonts-wqy-zenhei fonts-wqy-microhei fonts-arphic-ukai fonts-arphic-uming fonts-lxgw-wenkai

What is not installed is left out; the kit's own font and matplotlib's DejaVu are always there.
"""

from functools import cache
from pathlib import Path

LATIN = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf",
    "DejaVuSansCondensed.ttf", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf",
    "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf", "LiberationMono-Regular.ttf",
    "LiberationSansNarrow-Regular.ttf", "Lato-Regular.ttf", "Lato-Bold.ttf", "OpenSans-Regular.ttf",
    "OpenSans-Bold.ttf", "Roboto-Regular.ttf", "Roboto-Medium.ttf", "FreeSans.ttf", "FreeSerif.ttf",
    "FreeMono.ttf", "Carlito-Regular.ttf", "Carlito-Bold.ttf", "Caladea-Regular.ttf", "Inconsolata.otf",
    "Cantarell-Regular.otf", "ComicNeue-Regular.otf", "Hack-Regular.ttf", "NotoSans-Regular.ttf",
    "NotoSerif-Regular.ttf", "NotoSansMono-Regular.ttf", "GentiumPlus-Regular.ttf", "STIXGeneral.ttf",
    "cmr10.ttf",
)  # fmt: skip
WITHOUT_SIGNS = {  # of these two: − and ′
    "NotoSans-Regular.ttf", "NotoSerif-Regular.ttf", "cmr10.ttf", "Carlito-Regular.ttf", "Carlito-Bold.ttf",
    "Inconsolata.otf", "ComicNeue-Regular.otf",
}  # fmt: skip
CHINESE = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc",
    "wqy-zenhei.ttc", "wqy-microhei.ttc", "ukai.ttc", "uming.ttc", "LXGWWenKai-Regular.ttf",
    "LXGWWenKai-Bold.ttf",
)  # fmt: skip


@cache
def installed() -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The font files found here: for Latin letters and digits, and for Chinese."""
    from matplotlib import font_manager, get_data_path

    from qvq_nb.paths import data_folder

    files = {Path(file).name: Path(file) for file in sorted(font_manager.findSystemFonts())}
    files |= {file.name: file for file in sorted(Path(get_data_path(), "fonts", "ttf").glob("*.ttf"))}
    own = data_folder() / "fonts" / "NotoSansSC-Regular-subset.otf"
    return tuple(tuple(files[name] for name in names if name in files) + (own,) for names in (LATIN, CHINESE))
