"""A backup file is taken whole or not at all, and writes nothing but what a backup may hold."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from embedded.archive import Manifest, Unusable, unpack, writing

DOCUMENT = "documents/ab/cd/" + "abcd" + "0" * 28
HELD = {"database.dump": b"rows" * 1000, "secret": b"kept", DOCUMENT: b"\x89PNG"}
MANIFEST = Manifest("2027-05-14T12:30:00+00:00", "0001", None, documents=True)


def nothing(what: str, done: int, of: int) -> None:
    """Hear of progress and say nothing."""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "kept.tar"
    with writing(file) as out:
        for name, data in HELD.items():
            source = tmp_path / "source"
            source.write_bytes(data)
            out.add(name, source)
        out.add("sign-ins.json", tmp_path / "deleted meanwhile")
        out.close(MANIFEST)
    return file


def test_what_went_in_comes_out_and_is_for_its_owner_alone(kept: Path, tmp_path: Path) -> None:
    manifest = unpack(kept, tmp_path / "out", nothing)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in HELD} == HELD
    assert (manifest.schema, manifest.files, set(manifest.sums)) == ("0001", 1, set(HELD))
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".kept*"))


@pytest.mark.parametrize("bytes_", [0, 700, 3000], ids=["empty", "cut off", "without its end"])
def test_half_of_a_backup_is_refused(kept: Path, tmp_path: Path, bytes_: int) -> None:
    kept.write_bytes(kept.read_bytes()[:bytes_])
    with pytest.raises(Unusable, match=r"kept\.tar"):
        unpack(kept, tmp_path / "out", nothing)


def test_a_changed_byte_is_found(kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b"rowsrows", b"rowsrowz", 1))
    with pytest.raises(Unusable, match=r"damaged: database\.dump"):
        unpack(kept, tmp_path / "out", nothing)


@pytest.mark.parametrize("name", ["../outside", "/outside", "documents/ab/cd/../../../outside", "temporal.version"])
def test_no_other_name_is_written(kept: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(kept, "a") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(Unusable, match="holds"):
        unpack(kept, tmp_path / "out", nothing)
    assert not list(tmp_path.rglob("outside"))


def test_a_link_is_not_followed(kept: Path, tmp_path: Path) -> None:
    with tarfile.open(kept, "a") as tar:
        member = tarfile.TarInfo("sign-ins.json")
        member.type, member.linkname = tarfile.SYMTYPE, "secret"
        tar.addfile(member)
    with pytest.raises(Unusable):
        unpack(kept, tmp_path / "out", nothing)


def test_what_is_there_is_never_written_over(kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(Unusable, match="is there already"), writing(kept):
        pass
    assert kept.read_bytes() == before


def test_a_backup_that_could_not_be_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path / "new.tar"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())
