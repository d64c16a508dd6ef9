"""What is sent along with pages: small, ours or vendored unchanged, named by its hash, without left and right."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.web.window import Window, checked
from tests.world import ROOT
from web.assets import STATIC, Assets
from web.render import ACT_ICONS, STATE_ICONS, TEMPLATES
from web.vendor import SUMS

FIRST_VIEW = 30_000
STYLE = 8_192
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|left|right|float|text-align:\s*(?:left|right))\s*:"
)


def test_vendored_files_are_unchanged() -> None:
    for line in SUMS.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


def test_the_style_is_small_and_turns_with_the_writing() -> None:
    style = (STATIC / "onewindow.css").read_text(encoding="utf-8")
    assert not PHYSICAL.findall(style)
    assert len(Assets().files["onewindow.css"].packed) <= STYLE


def test_every_picture_that_is_named_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    named = {*STATE_ICONS.values(), *ACT_ICONS.values()}
    for template in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'icon\("([a-z0-9-]+)"\)', template.read_text(encoding="utf-8")))
    for profile in (ROOT / "profiles").glob("*.toml"):
        named |= set(re.findall(r'(?m)^icon = "(.+)"$', profile.read_text(encoding="utf-8")))
    assert not named - there


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=", text), template.name


async def test_an_asset_stays_for_ever_under_its_hash_and_nowhere_else(window: Window) -> None:
    address = window.parts.assets.address("onewindow.css")
    async with window.visitor() as visitor:
        answer = await visitor.get(address)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        plain = await visitor.get(address, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content
        for wrong in ("/static/000000000000/onewindow.css", "/static/x/../../app.py", "/static/vendor/htmx.min.js"):
            assert (await visitor.get(wrong)).status_code == 404


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
async def test_the_first_view_of_a_page_is_small_and_strictly_written(window: Window, language: str) -> None:
    reference = await window.filed()
    assets = sum(len(window.parts.assets.files[name].packed) for name in ("onewindow.css", "onewindow.js", "icons.svg"))
    async with window.visitor(language) as visitor:
        for path in ("/", "/file", f"/track/{reference}", f"/track/{reference}/code", "/nowhere"):
            answer = checked(await visitor.get(path))
            sent = int(answer.headers["content-length"])
            assert sent + assets < FIRST_VIEW, (path, sent, assets)


async def test_titles_say_page_and_utility_and_no_two_elements_share_an_id(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        for path in ("/", "/file?category=no-supply", f"/track/{reference}", f"/track/{reference}/code"):
            text = (await visitor.get(path)).text
            assert re.search(r"<title>[^<]+ – Gizri Electric \(demo\)</title>", text)
            ids = re.findall(r'\sid="([^"]+)"', text)
            assert len(ids) == len(set(ids))


def test_sprite_and_script_are_where_the_licences_are() -> None:
    assert {path.name for path in Path(STATIC / "vendor").iterdir()} == {
        "htmx.min.js", "hx-sse.min.js", "htmx-LICENSE", "lucide-LICENSE", "SHA256SUMS",
    }  # fmt: skip
