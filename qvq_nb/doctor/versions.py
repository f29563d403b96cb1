"""Which Python, kit and packages: the first thing to compare where a notebook gives something else."""


def versions(*packages: str) -> None:
    """Print Python's version and the kit's, and one line for each package that is named."""
    import importlib.metadata
    import platform

    import qvq_nb

    print("python", platform.python_version(), "| qvq_nb", qvq_nb.__version__)
    for package in packages:
        try:
            print(package, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            print(package, "is not installed")
