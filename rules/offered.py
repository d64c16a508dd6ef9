"""Which categories of complaints may not go: the last of all, the last of danger, and the desk that finds places."""

from __future__ import annotations

from rules.policy import UNPLACED, Policy


def must_stay(before: Policy, after: Policy) -> list[str]:
    """The categories of `before` that `after` lacks, or takes the danger from, and that it cannot do without."""
    gone = before.timings.keys() - after.timings.keys()
    left = [timing for code, timing in after.timings.items() if code != UNPLACED]
    wanted = gone & {UNPLACED}
    if not left:
        wanted |= gone
    if not any(timing.safety for timing in left):
        wanted |= {code for code, timing in before.timings.items() if timing.safety}
    return [code for code in before.timings if code in wanted]
