"""The one kind of error that this kit raises on purpose."""


class QvqError(Exception):
    """A foreseeable mistake, told to a learner: what happened, what was kept, what to do next."""
