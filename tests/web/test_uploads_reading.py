"""What a file is made into, in a process of its own; what cannot be taken, and by which name."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from rules.papers import LONGEST_SIDE, Content, FileFault, content_of
from tests.web.files import blank, bomb, deep, moving, pdf, photograph, picture
from web.uploads.apart import Fit, read_apart
from web.uploads.faults import Unfit

MORE = pytest.mark.sweep("one more way to be no picture and no PDF")


async def read(data: bytes) -> Fit:
    content = content_of(data[:32])
    assert isinstance(content, Content)
    return await read_apart(data, content)


def opened(fit: Fit) -> Image.Image:
    image = Image.open(BytesIO(fit.data))
    assert (image.format, image.size) == ("JPEG", (fit.wide, fit.high))
    return image


def colour(image: Image.Image, at: tuple[int, int]) -> str:
    red, green, blue = image.convert("RGB").getpixel(at)  # type: ignore[misc]
    return "red" if red > 150 and green < 90 else "white" if min(red, green, blue) > 220 else f"{red},{green},{blue}"


async def fault(data: bytes) -> FileFault:
    with pytest.raises(Unfit) as unfit:
        await read(data)
    return unfit.value.fault


async def test_a_photograph_stands_upright_and_says_nothing_of_its_taker() -> None:
    sent = photograph()
    assert b"Telephone of Asha" in sent
    assert b"taken at home" in sent
    image = opened(await read(sent))
    assert image.size == (40, 60)
    assert (colour(image, (20, 5)), colour(image, (20, 55))) == ("red", "white")
    assert not image.getexif()
    assert not set(image.info) & {"exif", "icc_profile", "comment", "xmp", "photoshop"}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(picture("PNG"), id="PNG"),
        pytest.param(picture("WEBP", lossless=True), id="WebP"),
        pytest.param(picture("PNG", mode="P"), id="PNG with a palette"),
        pytest.param(picture("PNG", mode="RGBA"), id="PNG with transparency"),
        pytest.param(picture("JPEG", mode="CMYK"), id="JPEG of a press"),
        pytest.param(picture("JPEG", progressive=True), id="progressive JPEG"),
    ],
)
async def test_every_sort_of_picture_becomes_a_jpeg(sent: bytes) -> None:
    image = opened(await read(sent))
    assert (colour(image, (5, 20)), colour(image, (55, 20))) == ("red", "white")


async def test_what_is_transparent_is_paper() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert colour(opened(await read(out.getvalue())), (10, 10)) == "white"


async def test_a_scan_of_sixteen_bits_keeps_its_greys() -> None:
    grey = opened(await read(deep())).convert("L").getpixel((10, 10))
    assert isinstance(grey, int)
    assert 120 <= grey <= 136


async def test_a_large_picture_is_made_as_small_as_can_still_be_read() -> None:
    fit = await read(picture(size=(6000, 3000)))
    assert (fit.wide, fit.high) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert (await read(picture(size=(300, 200)))).wide == 300


async def test_two_pictures_in_one_jpeg_are_a_photograph_with_its_preview() -> None:
    image = opened(await read(moving("MPO")))
    assert image.size == (20, 20)


async def test_nothing_behind_the_picture_is_kept() -> None:
    fit = await read(picture() + b"<script>alert(1)</script>" + pdf() + b"PK\x03\x04")
    assert b"script" not in fit.data
    assert b"%PDF" not in fit.data
    assert b"PK\x03\x04" not in fit.data


async def test_a_pdf_stays_as_it_is() -> None:
    sent = pdf(3)
    fit = await read(sent)
    assert (fit.data, fit.content, fit.pages, fit.wide) == (sent, Content.PDF, 3, None)


async def test_a_pdf_that_anybody_can_open_is_not_locked() -> None:
    assert (await read(pdf(1, password=""))).pages == 1


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        pytest.param(bomb(), FileFault.TOO_MANY_PIXELS, id="bomb"),
        pytest.param(blank((8000, 5001)), FileFault.TOO_MANY_PIXELS, id="one row too many", marks=MORE),
        pytest.param(picture(size=(900, 900))[:-900], FileFault.BROKEN, id="truncated JPEG", marks=MORE),
        pytest.param(picture("PNG", size=(90, 90))[:-40], FileFault.BROKEN, id="truncated PNG", marks=MORE),
        pytest.param(picture()[:20], FileFault.BROKEN, id="a JPEG's beginning", marks=MORE),
        pytest.param(b"\xff\xd8\xff<html><script>", FileFault.BROKEN, id="a page that begins like a JPEG"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBP", FileFault.BROKEN, id="an empty WebP", marks=MORE),
        pytest.param(moving("PNG"), FileFault.MOVING, id="moving PNG"),
        pytest.param(moving("WEBP"), FileFault.MOVING, id="moving WebP", marks=MORE),
        pytest.param(pdf()[:-60], FileFault.BROKEN, id="truncated PDF", marks=MORE),
        pytest.param(b"%PDF-1.7\n%%EOF\n", FileFault.BROKEN, id="empty PDF"),
        pytest.param(pdf(0), FileFault.BROKEN, id="PDF without sheets", marks=MORE),
        pytest.param(pdf(1, password="secret"), FileFault.LOCKED, id="locked PDF"),
    ],
)
async def test_what_cannot_be_taken_is_refused_by_its_name(sent: bytes, name: FileFault) -> None:
    assert await fault(sent) is name


async def test_a_file_that_takes_too_long_ends_with_its_process() -> None:
    with pytest.raises(Unfit) as unfit:
        await read_apart(picture(), Content.JPEG, patience=0.001)
    assert unfit.value.fault is FileFault.TOO_SLOW
