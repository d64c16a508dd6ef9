"""The one-command stack, with its real parts."""
