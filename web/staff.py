"""The pages of those who sign in: officers, counter and administrators."""

from __future__ import annotations

from web.admin import messages, timings, versions
from web.desk import act, casefile, counter, queue, sign_in

ROUTERS = (
    sign_in.router,
    queue.router,
    casefile.router,
    act.router,
    counter.router,
    timings.router,
    versions.router,
    messages.router,
)
