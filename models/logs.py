"""How our processes log: a line for which there is no room, on a full disk say, waits until there is some, and stops nobody."""

from __future__ import annotations

import os
import threading
import time
from collections import deque

import structlog

STANDARD_OUTPUT = 1
AGAIN = 1.0
"""Seconds until what had no room is tried again."""
MOST = 200
"""So many lines wait at the most; of more the oldest are lost, of one of them perhaps only the end."""


class Patient:
    """Writes each line behind those that wait. What waits when the process ends is lost."""

    def __init__(self) -> None:
        self._lines = deque[bytes](maxlen=MOST)
        self._lock = threading.Lock()
        self._late = False

    def msg(self, message: str) -> None:
        """One line, now or as soon as there is room for it."""
        with self._lock:
            self._lines.append(message.encode(errors="replace") + b"\n")
            if self._written() or self._late:
                return
            self._late = True
        try:
            threading.Thread(target=self._write_later, daemon=True).start()
        except RuntimeError:  # there is no thread to be had: the next line tries again
            self._late = False

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg

    def _written(self) -> bool:
        """Whether nothing waits any more; of a line that found room for a part, the rest does."""
        while self._lines:
            try:
                done = os.write(STANDARD_OUTPUT, self._lines[0])
            except OSError:
                return False
            if not done:
                return False
            self._lines[0] = self._lines[0][done:]
            if not self._lines[0]:
                self._lines.popleft()
        return True

    def _write_later(self) -> None:
        while True:
            time.sleep(AGAIN)
            with self._lock:
                self._late = not self._written()
                if not self._late:
                    return


def never_in_the_way() -> None:
    """Log so from now on: whoever logs that something failed must be able to go on."""
    patient = Patient()
    structlog.configure(logger_factory=lambda *_: patient)
