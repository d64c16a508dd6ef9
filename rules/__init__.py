"""What is true: pure functions and values; standard library only, no clock, no I/O."""
