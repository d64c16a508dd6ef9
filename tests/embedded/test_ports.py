"""Ports that are free, and the same ones again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from embedded.ports import free_ports, is_free
from embedded.stack import NotStarted, Stack, ports_of


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_wanted_ports_are_given_unless_they_are_taken(taken: int) -> None:
    wanted = free_ports(2)
    assert free_ports(2, wanted) == wanted
    first, second = free_ports(2, (taken, wanted[1]))
    assert first != taken
    assert second == wanted[1]


def test_many_ports_differ_and_avoid_what_is_promised_to_others() -> None:
    ports = free_ports(50, (30_001, 30_001), avoid=(30_001,))
    assert len(set(ports)) == 50
    assert 30_001 not in ports


def test_an_asked_port_that_is_taken_is_refused_in_one_sentence(taken: int, tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match=f"Port {taken} of 127.0.0.1 is taken") as refused:
        ports_of(Stack(tmp_path, {"PORT": str(taken)}))
    assert refused.value.code == 2


def test_the_embedded_parts_keep_their_ports_from_run_to_run(tmp_path: Path) -> None:
    first, second = ports_of(Stack(tmp_path, {})), ports_of(Stack(tmp_path, {}))
    assert (first.temporal, first.messages) == (second.temporal, second.messages)


def test_a_folder_does_not_have_the_ports_of_one_that_runs(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    a = ports_of(Stack(tmp_path / "a", {}))
    theirs = [a.temporal, a.temporal_ui, a.smtp, a.messages]
    (tmp_path / "b" / "ports.json").write_text((tmp_path / "a" / "ports.json").read_text())
    with ExitStack() as runs:
        for port in theirs:
            listener = runs.enter_context(socket.socket())
            listener.bind(("127.0.0.1", port))
            listener.listen()
        b = ports_of(Stack(tmp_path / "b", {}))
    assert set(theirs).isdisjoint({b.temporal, b.temporal_ui, b.smtp, b.messages})
