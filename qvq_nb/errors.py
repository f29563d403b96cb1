"""The errors that this kit raises on purpose, and the exit code of the command `qvq-nb` after each."""


class QvqError(Exception):
    """A foreseeable mistake, told to a learner: what happened, what was kept, what to do next."""

    exit_code = 1


class DiskError(QvqError):
    """The disk is full or too small, or a folder cannot be written."""

    exit_code = 3


class NetworkError(QvqError):
    """The hub cannot be reached, or sends nothing any more."""

    exit_code = 4


class IntegrityError(QvqError):
    """What came or lies on the disk is not what hub or manifest promise, or the hub's list is not safe."""

    exit_code = 5


class AuthorisationError(QvqError):
    """The hub refuses: it wants a login (401) or forbids the model (403)."""

    exit_code = 6


class NotFoundError(QvqError):
    """The hub has no such model or file."""

    exit_code = 7


class BusyError(QvqError):
    """Another process is downloading into the same folder."""

    exit_code = 8


class Terminated(KeyboardInterrupt):
    """SIGTERM or a closed terminal: this process is to end now, and in order."""
