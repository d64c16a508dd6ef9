"""A utility with a procedure nobody thought of: one TOML, no code."""

from __future__ import annotations

from embedded.postgres import Postgres
from models.holidays import public_holidays
from rules.profile import Profile
from rules.profile_toml import load as read
from rules.terms import State
from tests.by_the_pen import town_by_the_pen
from tests.servers import database_of
from tests.stories.applying import apply
from tests.stories.conftest import THE_BEGINNING
from tests.world import ROOT, load

POLE_SHIFT = """
[procedure.pole-shift]
kind = "meter_shift"
note_valid = "10 days"
refund = "refund"

[procedure.pole-shift.papers]
neighbour = ["sketch"]

[[procedure.pole-shift.fee]]
code = "closing-fee"
amount = "900.00"

[[procedure.pole-shift.stage]]
code = "documents"
does = "documents"
ladder = "commercial"
tiers = ["2 working days", "1 working day", "1 working day"]
calendar = "office"
limit = "20 days"
remind = "5 days"
lapse = "lapsed"

[[procedure.pole-shift.stage]]
code = "note"
does = "note"
after = ["documents"]
ladder = "commercial"
tiers = ["1 working day", "1 working day", "1 working day"]
calendar = "office"

[[procedure.pole-shift.stage]]
code = "survey"
does = "work"
after = ["documents"]
ladder = "supply"
tiers = ["2 working days", "1 working day", "1 working day"]
calendar = "office"
checklist = ["photo-taken"]

[[procedure.pole-shift.stage]]
code = "payment"
does = "payment"
after = ["note", "survey"]
ladder = "commercial"
tiers = ["1 working day", "1 working day", "1 working day"]
calendar = "office"
whose = "applicant"
limit = "10 days"
remind = "2 days"
lapse = "officer"

[[procedure.pole-shift.stage]]
code = "shifted"
does = "handover"
after = ["payment"]
ladder = "supply"
tiers = ["3 working days", "1 working day", "1 working day"]
calendar = "office"

[[procedure.pole-shift.stage]]
code = "refund"
does = "refund"
ladder = "commercial"
tiers = ["5 working days", "5 working days", "5 working days"]
calendar = "office"

[procedures.pole-shift]
icon = "map-pin"
label = { en = "Move a pole", hi = "खंभा हटाना", ur = "کھمبا ہٹانا" }
description = { en = "To another spot", hi = "दूसरी जगह", ur = "دوسری جگہ" }

[stages.survey]
en = "Survey"
hi = "मुआयना"
ur = "معائنہ"

[applicants.neighbour]
en = "Neighbour"
hi = "पड़ोसी"
ur = "پڑوسی"
"""
"""The note beside a survey, paid only after both, and nobody is asked at the end."""


def with_a_pole() -> Profile:
    """The demo's profile with one more procedure."""
    text = (ROOT / "profiles" / "demo.toml").read_text(encoding="utf-8")
    return read(text + POLE_SHIFT, "poles.toml", public_holidays)


async def test_a_procedure_of_another_shape_runs_from_its_toml(postgres: Postgres) -> None:
    async with database_of(postgres, "template0") as url:
        await load(url, with_a_pole())
        async with town_by_the_pen(url, THE_BEGINNING) as town:
            request = await apply(town, "pole-shift", "neighbour")
            await request.do("documents")
            assert sorted(await request.open_stages()) == ["note", "survey"]
            await request.walk()
            done = {task.stage for task in await request.tasks()}
            row = await request.row()
    assert done == {*request.procedure.stages} - {"refund"}
    assert (row.state, row.closing) == (State.CLOSED, "not_asked")
