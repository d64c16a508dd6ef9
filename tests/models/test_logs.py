"""What cannot be logged is not: on a full disk the loop that says so goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SAYS = """
import structlog
from models.logs import never_in_the_way
never_in_the_way()
structlog.get_logger().warning("outbox waits", seconds=8.0)
raise SystemExit(7)
"""


def test_a_line_for_which_there_is_no_room_stops_nobody() -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run([sys.executable, "-c", SAYS], stdout=full, stderr=subprocess.PIPE, check=False)
    assert b"Traceback" not in run.stderr
    assert run.returncode in (7, 120), "what is left in the buffer is complained of at the very end"


def test_where_there_is_room_it_is_written() -> None:
    run = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, check=False)
    assert b"outbox waits" in run.stdout
