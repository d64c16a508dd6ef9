"""The stack without the product: real PostgreSQL, Temporal and messages. Arguments: the data folder."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from embedded.stack import Stack
from embedded.supervisor import Supervisor
from embedded.terminal import take_the_terminal


async def main() -> int:
    """Run it as `onewindow run` would."""
    stack = Stack(
        Path(sys.argv[1]), dict(os.environ), prepare=None, application=(), ready_at=None,
        say=lambda line: print(line, flush=True),
    )  # fmt: skip
    return await Supervisor(stack).run()


if __name__ == "__main__":
    take_the_terminal()
    sys.exit(asyncio.run(main()))
