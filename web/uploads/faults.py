"""What can be wrong with a document that comes in or goes out, by name."""

from __future__ import annotations

from rules.papers import FileFault


class Unfit(Exception):
    """The file cannot be taken; `fault` says why, and `languages.papers` in the reader's language."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class NotTaken(Exception):
    """The file was not taken: why, in the reader's language, and the status of the page that says so."""

    def __init__(self, why: str, status: int = 422) -> None:
        super().__init__(why)
        self.why = why
        self.status = status


class Reused(Exception):
    """A token came again with another file."""


class Lost(Exception):
    """The document's file is gone, or is not what was kept; its row says so from now on."""
