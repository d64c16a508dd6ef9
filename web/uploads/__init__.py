"""Documents as they come in and go out: recognised, made anew, scanned, kept, served."""
