"""Ctrl-C belongs to us: make must not die of it, or its status would not be ours."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def take_the_terminal() -> None:
    """Become the terminal's foreground group, when we are in it together with make; undone at exit."""
    if not os.isatty(0) or os.getpgrp() == os.getpid() or os.tcgetpgrp(0) != os.getpgrp():
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # make would not notice a stopped recipe
    before = os.getpgrp()
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    atexit.register(os.tcsetpgrp, 0, before)


@contextmanager
def on_stop_signals(asked: Callable[[], None]) -> Iterator[None]:
    """Call `asked` at SIGINT, SIGTERM and SIGHUP while the block runs; a SIGHUP ignored by nohup stays ignored."""
    loop = asyncio.get_running_loop()
    # a script that runs us in the background hands SIGINT down ignored; it is wanted all the same
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    for given in wanted:
        loop.add_signal_handler(given, asked)
    try:
        yield
    finally:
        for given in wanted:
            loop.remove_signal_handler(given)
