"""`qvq-nb models`."""

from qvq_nb.files import GIB
from qvq_nb.models.profiles import PROFILES
from qvq_nb.tables import Table


def models():
    """List the models that the lessons know."""
    rows = [
        (p.name, p.tier, f"{p.bytes / GIB:.1f}" if p.bytes else "", "yes" if p.is_here else "", p.remark)
        for p in PROFILES
    ]
    Table(("Model", "Runs on", "GiB", "On this disk", "Remark"), rows, left=(0, 1, 3, 4)).print()
