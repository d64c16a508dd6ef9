"""What the timings need of roles: who stands on a ladder has a queue, and who begins one does the work."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from rules.policy import Ladder, Policy
from rules.profile import Rights, Scope

DOES_THE_WORK = frozenset({Rights.HANDLE, Rights.CONTROL_ROOM, Rights.CONFIDENTIAL})
HAS_A_QUEUE = DOES_THE_WORK | {Rights.ANSWERABLE}
LINE_OF_THE_OFFICES = frozenset({Rights.HANDLE, Rights.ANSWERABLE})


class Need(StrEnum):
    """Why a role may not have other rights."""

    DOES_THE_WORK = "does_the_work"
    """Its post is the first of a ladder."""
    HAS_A_QUEUE = "has_a_queue"
    """Its post is on a ladder."""
    APART = "apart"
    """It is on the ladder of what is confidential: nobody in the line of the offices reads that."""


def on_ladders(policies: Iterable[Policy]) -> frozenset[str]:
    """The roles whose posts are given work or answer for it by any of these policies."""
    return frozenset(tier.role for ladder in _ladders(policies) for tier in (*ladder.tiers, *ladder.appeal))


def unfit(policies: Iterable[Policy], role: str, rights: Rights, scope: Scope) -> Need | None:
    """What would be missing if a role had these rights, this far; None where nothing would."""
    known = list(policies)
    if rights not in DOES_THE_WORK and any(ladder.tiers[0].role == role for ladder in _ladders(known)):
        return Need.DOES_THE_WORK
    if rights not in HAS_A_QUEUE and role in on_ladders(known):
        return Need.HAS_A_QUEUE
    if role in _apart(known) and rights in LINE_OF_THE_OFFICES and scope is not Scope.COMPANY:
        return Need.APART
    return None


def _ladders(policies: Iterable[Policy]) -> list[Ladder]:
    return [ladder for policy in policies for ladder in policy.ladders.values() if ladder.tiers]


def _apart(policies: Iterable[Policy]) -> set[str]:
    """The roles on the ladders of what is confidential."""
    return {
        tier.role
        for policy in policies
        for timing in (*policy.timings.values(), *policy.areas.values())
        if timing.confidential and timing.ladder in policy.ladders
        for tier in policy.ladders[timing.ladder].tiers
    }
