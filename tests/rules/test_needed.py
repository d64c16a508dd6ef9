"""What the ladders need of a role."""

from __future__ import annotations

import pytest

from rules.needed import Need, on_ladders, unfit
from rules.profile import Rights, Scope
from tests.world import demo_profile


@pytest.mark.parametrize(
    ("role", "rights", "scope", "need"),
    [
        ("relationship_officer", Rights.ANSWERABLE, Scope.OFFICE, Need.DOES_THE_WORK),
        ("relationship_officer", Rights.CONTROL_ROOM, Scope.ZONE, None),
        ("zone_head", Rights.AUDIT, Scope.ZONE, Need.HAS_A_QUEUE),
        ("zone_head", Rights.HANDLE, Scope.ZONE, None),
        ("vigilance_officer", Rights.HANDLE, Scope.ZONE, Need.APART),
        ("vigilance_officer", Rights.HANDLE, Scope.COMPANY, None),
        ("call_centre", Rights.WALL, Scope.COMPANY, None),
    ],
)
def test_a_role_keeps_what_its_ladders_need(role: str, rights: Rights, scope: Scope, need: Need | None) -> None:
    assert unfit([demo_profile().policy], role, rights, scope) == need


def test_who_is_on_a_ladder_is_known_also_where_only_the_consumer_calls_him() -> None:
    policy = demo_profile().policy
    appeal = {tier.role for ladder in policy.ladders.values() for tier in ladder.appeal}
    assert appeal <= on_ladders([policy])
    assert "administrator" not in on_ladders([policy])
