"""How our processes log: a line that cannot be written, on a full disk say, is lost, and nothing else with it."""

from __future__ import annotations

from contextlib import suppress

import structlog


class Lossy(structlog.PrintLogger):
    """Prints, or does not."""

    def msg(self, message: str) -> None:
        """One line, if there is room for it."""
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def never_in_the_way() -> None:
    """Log so from now on: whoever logs that something failed must be able to go on."""
    structlog.configure(logger_factory=lambda *_: Lossy())
