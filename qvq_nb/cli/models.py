"""`qvq-nb models`."""

from typing import Annotated

from typer import Option

from qvq_nb.files import GIB
from qvq_nb.models.profiles import PROFILES, Profile
from qvq_nb.screen import note
from qvq_nb.tables import Table

SECONDS_FOR_A_LIST = 5


def models(
    endpoint: Annotated[
        str | None, Option(metavar="URL", help="Also list what this server has; QVQ_NB_ENDPOINT without it.")
    ] = None,
):
    """List the models that the lessons know, and from where each can be called.

    The network is used only where an address is given, here or in QVQ_NB_ENDPOINT.
    """
    from qvq_nb.models import resolve

    address = resolve.checked_address(endpoint) if endpoint else resolve.endpoint()
    rows = [
        (one.name, one.tier, f"{one.bytes / GIB:.1f}" if one.bytes else "", _callable(one), _remark(one))
        for one in PROFILES
    ]
    rows += [(name, "a server", "", f"at {address}", "") for name in _served(address)] if address else []
    Table(("Model", "Runs on", "GiB", "Callable from here", "Remark"), rows, left=(0, 1, 3, 4)).print()


def _callable(profile: Profile) -> str:
    """From where this model can be called now; empty where it cannot."""
    if profile.hosted:
        from qvq_nb.inference.providers import get
        from qvq_nb.models import keys

        name = get(profile.hosted.provider).key_name
        return f"with {name}" if not profile.hosted.is_retired and keys.find(name) else ""
    return "on this disk" if profile.is_here else ""


def _remark(profile: Profile) -> str:
    """What is to be known of it; of a hosted model, how long its provider has it."""
    hosted = profile.hosted
    if hosted is None:
        return profile.remark
    if hosted.is_retired:
        return f"retired on {hosted.offered_until}; take {hosted.successor}"
    since = f"since {hosted.offered_from}, " if hosted.offered_from else ""
    return f"at {hosted.provider}, {since}as of {hosted.looked_up}"


def _served(address: str) -> list[str]:
    """The models that a server lists; where it does not answer, that is noted."""
    from qvq_nb.errors import QvqError
    from qvq_nb.inference.request.connection import Connection

    try:
        return [one.name for one in Connection(address, SECONDS_FOR_A_LIST, retries=0).served()]
    except QvqError as fault:
        note(str(fault))
        return []
