"""Ctrl-C belongs to us: make must not die of it, or its status would not be ours."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
from collections.abc import Callable


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


def on_stop_signals(asked: Callable[[], None]) -> None:
    """Call `asked` at SIGINT, SIGTERM and SIGHUP, from the running loop; a SIGHUP ignored by nohup stays ignored."""
    loop = asyncio.get_running_loop()
    for given in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # a script that runs us in the background hands SIGINT down ignored; it is wanted all the same
        if given is signal.SIGHUP and signal.getsignal(given) is signal.SIG_IGN:
            continue
        loop.add_signal_handler(given, asked)
