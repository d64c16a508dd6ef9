"""Measurements: each row of the promises against its own limit, in one run, on one machine. See `python -m bench --help`."""
