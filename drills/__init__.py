"""Faults on purpose: real stacks, killed and hung for real, and counted afterwards."""
