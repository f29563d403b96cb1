"""Which model of which server is meant, and in which dialect that one is asked."""

from typing import NamedTuple

from qvq_nb.errors import QvqError
from qvq_nb.inference import providers
from qvq_nb.inference.providers import Provider
from qvq_nb.inference.request import faults
from qvq_nb.inference.request.connection import Connection
from qvq_nb.models import profiles


class Target(NamedTuple):
    """`name` is what the server calls the model, `served` what else it says it has."""

    name: str
    provider: Provider
    served: tuple[str, ...] = ()


def check_offered(name: str | None, own: Provider | None) -> None:
    """QvqError naming the successor, where `own`, the provider itself, does not offer this model any more."""
    hosted = profiles.served_as(name).hosted if name else None
    if hosted and hosted.is_retired and own and own.name == hosted.provider:
        raise QvqError(
            f"{name} was retired by its provider on {hosted.offered_until} (as of {hosted.looked_up}); "
            f'its successor is {hosted.successor}: load("{hosted.successor}").'
        )


def found(connection: Connection, wanted: str | None, dialect: str | None) -> Target:
    """The target; the server is asked for its list only where name or dialect are not known without it."""
    own = providers.at(connection.address)
    provider = providers.get(dialect) if dialect else own
    if own and connection.key is None:
        raise QvqError(faults.no_key(connection))
    if provider and wanted:
        return Target(wanted, provider)
    listed = connection.served()
    served = tuple(one.name for one in listed)
    provider = provider or providers.owning({one.owner for one in listed})
    if wanted is None:
        name = (provider == providers.PLAIN and connection.pinned()) or _only(served, connection)
        check_offered(name, own)
        return Target(name, provider, served)
    profile = profiles.served_as(wanted)
    same = [name for name in served if name == wanted or profiles.served_as(name) == profile]
    if not same and provider.owners:  # the list of these servers is complete
        raise QvqError(f"{connection.host} has no model {wanted!r}, only {', '.join(served)}.")
    return Target(wanted if wanted in same or not same else same[0], provider, served)


def _only(served: tuple[str, ...], connection: Connection) -> str:
    if len(served) == 1:
        return served[0]
    has = f"has {', '.join(served)}" if served else "does not list its models"
    raise QvqError(
        f"{connection.host} {has}; say which one is meant: name=… in load(), --name in `qvq-nb ask`, "
        f"or {connection.address}#NAME wherever a model is given."
    )
