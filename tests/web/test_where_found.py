"""Every tier can be visited and rung: where its post is found, in every profile that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from languages.catalog import use
from models import profile as written
from models.holidays import public_holidays
from models.names import Everything
from models.people import Office, Post, Zone
from models.policy import Names
from rules.profile_toml import load
from web.book import Book
from web.consumer.ladder import found_at

SHIPPED = sorted((Path(__file__).parents[2] / "profiles").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_post_of_every_ladder_has_an_address_hours_and_a_telephone_in_every_language(path: Path) -> None:
    profile = load(path.read_text("utf-8"), path.name, public_holidays)
    places = [row for rows in written.places(profile) for row in rows]
    names = [row for row in written.names(profile) if isinstance(row, Names)]
    book = Book()
    book.now = Everything(
        1,
        {(row.kind, row.code): row for row in names},
        offices={row.code: row for row in places if isinstance(row, Office)},
        zones={row.code: row for row in places if isinstance(row, Zone)},
    )
    roles = {tier.role for ladder in profile.policy.ladders.values() for tier in ladder.tiers}
    posts = [row for row in places if isinstance(row, Post) and row.role in roles]
    assert {post.role for post in posts} == roles
    for language in profile.languages:
        with use(language):
            assert not [post.code for post in posts if not all(found_at(post, book))]


def test_where_nobody_said_it_yet_the_utilitys_own_number_stands_for_it() -> None:
    book = Book()
    book.now = Everything(1, zones={"south": Zone(code="south")})
    for zone in ("south", None):
        post = Post(code="above", role="zone_head", rights="answerable", scope="zone", zone=zone)
        assert found_at(post, book) == ("", "", "")
