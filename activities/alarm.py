"""What the mail to administrators may say when a bound of trust in the clock breaks, or is well again."""

from __future__ import annotations

from collections.abc import Sequence

from activities.named import Named
from activities.notice import Place
from languages.alarms import heading, line
from languages.catalog import gettext
from rules.alarms import Watched
from rules.terms import Codes


class Alarm:
    """What the template of an alarm may say; no more than numbers and bounds."""

    number = ""
    stop = ""
    bound = ""

    def __init__(self, data: Codes, names: Named, place: Place) -> None:
        self.data = data
        self.names = names
        self.place = place

    @property
    def title(self) -> str:
        """The subject: what broke, or that all is well."""
        broken = [heading(Watched(one["what"])) for name in ("broken", "still") for one in self.data[name]]
        if not broken:
            return gettext("All is well again")
        if self.data["broken"]:
            return gettext("Alarm: %(what)s", what=", ".join(broken))
        return gettext("Partly well again; still broken: %(what)s", what=", ".join(broken))

    def lines(self, name: str) -> Sequence[str]:
        """One line for each that is `broken`, `still` broken, or `well`."""
        return [line(Watched(one["what"]), one["value"], one["bound"]) for one in self.data[name]]

    @property
    def link(self) -> str:
        """The page of these bounds."""
        return f"{self.place.public_url}/admin/clock"

    @property
    def utility(self) -> str:
        """The utility's name."""
        return self.names.utility("name") or "Onewindow"

    @property
    def phone(self) -> str:
        """None: administrators need no help line."""
        return ""
