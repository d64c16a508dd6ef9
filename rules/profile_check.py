"""What the parts of a profile promise one another: ladders have their posts, categories their timings."""

from __future__ import annotations

from rules.needed import DOES_THE_WORK, LINE_OF_THE_OFFICES
from rules.policy import UNPLACED, Ladder, Policy, Timing
from rules.profile import Fill, Office, Post, Profile, Role, Scope
from rules.profile_posts import finds_places
from rules.toml_table import Findings


def check(profile: Profile, findings: Findings) -> None:
    """Note every promise that is not kept."""
    for ladder in profile.policy.ladders.values():
        _ladder(profile, ladder, findings)
    for category in profile.categories:
        if category not in profile.policy.timings:
            findings.wrong(("categories", category), f"has no timing; write [complaint.{category}]")
    for category, timing in profile.policy.timings.items():
        _confidential(profile, category, timing, findings)
    for post in profile.posts.values():
        _able(profile, post, findings)
    for office in profile.offices.values():
        _owns_something(profile, office, findings)


def _able(profile: Profile, post: Post, findings: Findings) -> None:
    known = {*profile.categories, *profile.policy.procedures}
    for category in post.able:
        if category not in known:
            findings.wrong(("posts",), f"post {post.code} is able for {category!r}, which is no category")


def _ladder(profile: Profile, ladder: Ladder, findings: Findings) -> None:
    path = ("ladder", ladder.code, "tiers")
    for tier in (*ladder.tiers, *ladder.appeal):
        if tier.role not in profile.roles:
            findings.wrong(path, f"there is no role {tier.role!r}")
        elif missing := _places_without(profile, profile.roles[tier.role]):
            findings.wrong(path, f"role {tier.role} has no post at {', '.join(missing)}")
    if not ladder.tiers or any(tier.role not in profile.roles for tier in ladder.tiers):
        return
    if profile.roles[ladder.tiers[0].role].rights not in DOES_THE_WORK:
        findings.wrong(path, f"the first tier, {ladder.tiers[0].role}, has no right to handle")
    top = [post for post in profile.posts.values() if post.role == ladder.tiers[-1].role]
    for post in top:
        _never_vacant(post, profile.fills, path, findings)


def _never_vacant(post: Post, fills: tuple[Fill, ...], path: tuple[str, ...], findings: Findings) -> None:
    if not post.never_vacant:
        findings.wrong(path, f"ends in post {post.code}, which is not declared never_vacant")
    elif not any(fill.post == post.code and fill.until is None for fill in fills):
        findings.wrong(path, f"ends in post {post.code}, which nobody fills")


def _places_without(profile: Profile, role: Role) -> list[str]:
    """The places of a role's scope at which it has no post."""
    posts = [post for post in profile.posts.values() if post.role == role.code]
    if role.scope is Scope.COMPANY:
        return [] if posts else ["the company"]
    if role.scope is Scope.ZONE:
        return [f"zone {code}" for code in profile.zones if code not in {post.zone for post in posts}]
    staffed = {post.office for post in posts}
    return [f"office {code}" for code, one in profile.offices.items() if code not in staffed and not finds_places(one)]


def _confidential(profile: Profile, category: str, timing: Timing, findings: Findings) -> None:
    """What is confidential passes by the offices concerned."""
    for role in _roles_of(profile.policy, timing):
        known = profile.roles.get(role)
        if timing.confidential and known and known.scope is not Scope.COMPANY and known.rights in LINE_OF_THE_OFFICES:
            reason = f"is confidential, but its ladder passes through {role}, who is in the line of the offices"
            findings.wrong(("complaint", category, "ladder"), reason)


def _roles_of(policy: Policy, timing: Timing) -> list[str]:
    ladder = policy.ladders.get(timing.ladder)
    return [tier.role for tier in ladder.tiers] if ladder else []


def _owns_something(profile: Profile, office: Office, findings: Findings) -> None:
    if finds_places(office):
        if UNPLACED not in profile.policy.timings:
            findings.wrong(("offices", office.code), f"finds places, but has no times; write [complaint.{UNPLACED}]")
        return
    if not any(locality.office == office.code for locality in profile.localities.values()):
        findings.wrong(("offices", office.code), "owns no locality")
