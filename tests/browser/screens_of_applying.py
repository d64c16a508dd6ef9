"""The screens of applying and of following an application: the form, the page in each of its stages, the demand note."""

from __future__ import annotations

from functools import partial

from tests.browser.screens import Screen, all_open, sent_empty, sent_with
from tests.browser.town_of_applications import APPLYING, SENT
from tests.browser.town_of_screens import Town

STEPS = ("what", "where", "applicant", "load", "you", "papers", "check")
STAGES = ("papers_wanted", "dates", "visit_over", "to_pay", "no_access", "energised", "closed_well", "refund")


def applying_screens(town: Town) -> list[Screen]:
    """The questions of the form, one a page, and what they say to a wrong answer."""
    return [
        Screen("apply", "/apply"),
        Screen("apply-empty", "/apply", then=sent_empty),
        *(Screen(f"apply-{step}", f"/apply/{APPLYING}/{step}") for step in STEPS),
        Screen("apply-resume", f"/apply/{APPLYING}/you", then=all_open),
        Screen("apply-account", f"/apply/{APPLYING}-account/account", then=partial(sent_with, account="12")),
        Screen("apply-load-wrong", f"/apply/{APPLYING}/load", then=partial(sent_with, load="0.3")),
        Screen("apply-you-wrong", f"/apply/{APPLYING}/you", then=partial(sent_with, name="", phone="12")),
        Screen("apply-paper", f"/apply/{APPLYING}/papers/identity"),
        Screen("apply-paper-empty", f"/apply/{APPLYING}/papers/identity", then=sent_empty),
        Screen("apply-sent", f"/apply/{SENT}/sent"),
    ]


def application_screens(town: Town) -> list[Screen]:
    """The page of an application by number alone and for the applicant, and what belongs to it."""
    of = town.of
    wanted = f"/track/{of['papers_wanted']}"
    return [
        *(Screen(f"application-{stage}", f"/track/{of[stage]}") for stage in ("papers_wanted", "to_pay", "energised")),
        *(Screen(f"own-application-{stage}", f"/track/{of[stage]}", "own") for stage in STAGES),
        Screen("application-open", f"/track/{of['to_pay']}", then=all_open),
        Screen("application-paper", f"{wanted}/papers/lease", "own", then=sent_empty),
        Screen("application-complain", f"{wanted}/acts/complain", "own", then=sent_empty),
        Screen("application-withdraw", f"{wanted}/acts/withdraw", "own"),
        Screen("demand-note", f"/track/{of['to_pay']}/note", "own"),
        Screen("demand-note-paid", f"/track/{of['energised']}/note", "own"),
    ]
