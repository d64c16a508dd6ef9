"""What cannot be logged waits: on a full disk the loop that says so goes on, and says so once there is room."""

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
    assert run.returncode == 7


ROOM_LATER = """
import resource, sys, time
from pathlib import Path
import structlog
from models.logs import never_in_the_way
never_in_the_way()
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
for at in range(3):
    structlog.get_logger().warning("no room for this", line=at)
assert Path(sys.argv[1]).stat().st_size == 0
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
ends = time.monotonic() + 30
while Path(sys.argv[1]).read_text().count("no room for this") < 3 and time.monotonic() < ends:
    time.sleep(0.05)
print(Path(sys.argv[1]).read_text().count("no room for this"), file=sys.stderr)
"""


def test_what_had_no_room_is_written_once_there_is_though_nothing_more_is_said(tmp_path: Path) -> None:
    told = tmp_path / "log"
    with told.open("w") as log:
        run = subprocess.run(
            [sys.executable, "-c", ROOM_LATER, str(told)], stdout=log, stderr=subprocess.PIPE, check=False
        )
    assert run.stderr.strip() == b"3"


def test_where_there_is_room_it_is_written() -> None:
    run = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, check=False)
    assert b"outbox waits" in run.stdout
