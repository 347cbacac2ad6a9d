"""`python -m dillo` is the same as `dillo`."""

from dillo.cli import main

main()
