"""`python -m qvq_nb.cli` is the command `qvq-nb`."""

from qvq_nb.cli.main import main

if __name__ == "__main__":
    main()
