"""What is said: every message in every language and channel, short, with number, link and telephone, and nothing it must not say."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from activities.channels import Message
from activities.facts import NOT_SAID, Notice, Place, Recipient
from activities.named import Named
from activities.say import MESSAGES, Renderer
from languages.catalog import LANGUAGES
from models.names import Everything
from models.people import Locality, Office, Post
from models.policy import Names
from rules.sms import parts
from rules.terms import NoticeKind

CONSUMER, STAFF = Recipient.CONSUMER, Recipient.STAFF
SAID = [(to, kind) for to in Recipient for kind in NoticeKind if (to, kind) not in NOT_SAID]
REFERENCE = "234567895"
PHONE = "1912"
RENDERER = Renderer(Place("https://power.example", ZoneInfo("Asia/Kolkata")))


def labels(english: str) -> dict[str, str]:
    """The English name with a letter of the other script: as long as a real one."""
    return {"en": english, "hi": f"{english} हि", "ur": f"{english} ار"}


def names(*more: Names) -> Named:
    rows = [
        Names(kind="utility", code="name", labels=labels("Example Power")),
        Names(kind="utility", code="phone", data={"value": PHONE}),
        Names(kind="utility", code="forum", labels=labels("Grievance forum"), data={"phone": "011 44 55"}),
        Names(kind="category", code="theft-report", labels=labels("Theft of power")),
        Names(kind="category", code="wrong-bill", labels=labels("Wrong bill")),
        Names(kind="role", code="ro", labels=labels("Officer")),
        Names(kind="role", code="zh", labels=labels("Zone head")),
        Names(kind="hold_reason", code="locked", labels=labels("premises locked")),
        Names(kind="expected_reason", code="crew", labels=labels("crew on the way")),
        Names(kind="category", code="voltage", labels=labels("Low voltage")),
        Names(kind="reject_reason", code="own-wiring", labels=labels("own wiring")),
        Names(kind="procedure", code="new-connection", labels=labels("New connection")),
        Names(kind="stage", code="visit", labels=labels("Visit to the place")),
        Names(kind="outcome", code="feasible", labels=labels("Can be done now")),
        Names(kind="paper", code="landlord-consent", labels=labels("Landlord's consent")),
        Names(kind="paper", code="photo", labels=labels("Photo")),
        Names(kind="paper", code="lease", labels=labels("Rent agreement")),
        Names(
            kind="refuse_reason",
            code="old-dues",
            labels=labels("old dues at this place"),
            data={"descriptions": labels("Pay the old bills. Then apply again.")},
        ),
        *more,
    ]
    posts = [
        Post(code="gizri/ro", role="ro", rights="handle", scope="office", titles=labels("Relationship officer, Gizri")),
        Post(code="gizri/sm", role="sm", rights="answerable", scope="office", titles=labels("Service manager, Gizri")),
        Post(code="south/zh", role="zh", rights="answerable", scope="zone", titles=labels("Zone head, South")),
    ]
    office = Office(code="gizri", zone="south", names=labels("Gizri"), phone="1800 22 33")
    place = Locality(code="lane", office="gizri", names=labels("Gizri Lane"))
    return Named(
        Everything(
            1,
            {(row.kind, row.code): row for row in rows},
            offices={"gizri": office},
            localities={"lane": place},
            posts={post.code: post for post in posts},
        )
    )


FULL: dict[str, Any] = {
    "reference": REFERENCE, "category": "wrong-bill", "office": "gizri", "state": "in_progress", "tier": 3,
    "post": "south/zh", "handler": "gizri/ro", "from_post": "gizri/ro", "cause": "timer",
    "skipped": [{"tier": 2, "post": "gizri/sm", "role": "sm", "why": "on_leave"}],
    "due": "2026-11-24T12:00:00+00:00", "standard_due": "2026-11-25T12:00:00+00:00",
    "expected_at": "2026-11-24T11:00:00+00:00", "limit": "2026-11-26T12:00:00+00:00", "by": "2026-11-24T10:00:00+00:00",
    "put_right_at": "2026-11-24T09:15:00+00:00", "confirm_by": "2026-11-25T09:15:00+00:00",
    "what": "correct", "proposed_category": "voltage", "standard_then": "2026-12-02T12:00:00+00:00",
    "standard_was": "2026-11-24T12:00:00+00:00", "stop": "stop-en_12345678", "locality": "lane",
    "reopen_until": "2026-12-01T09:15:00+00:00", "closing": "silence", "token": "tok-en_123456789", "code": "482913",
}  # fmt: skip
SLOTS = [
    {"key": "a", "start": "2026-11-23T04:30:00+00:00", "end": "2026-11-23T07:30:00+00:00"},
    {"key": "b", "start": "2026-11-24T08:30:00+00:00", "end": "2026-11-24T11:30:00+00:00"},
    {"key": "c", "start": "2026-11-25T04:30:00+00:00", "end": "2026-11-25T07:30:00+00:00"},
]
APPLIED: dict[str, Any] = {
    "kind": "new_connection", "category": "new-connection", "stage": "visit", "outcome": "feasible",
    "faults": {"landlord-consent": "missing", "photo": "unreadable", "lease": "not_signed"},
    "slots": SLOTS, "slot": SLOTS[0], "note": f"{REFERENCE}-1", "total": 12_500_000, "to_pay": 50_000, "amount": 12_450_000,
    "expires_at": "2026-12-04T18:30:00+00:00", "complete_at": "2026-11-20T06:30:00+00:00",
}  # fmt: skip
NEVER_WITHOUT: dict[NoticeKind, dict[str, Any]] = {
    NoticeKind.CODE: {"code": "482913"},
    NoticeKind.EXPECTED: {"expected_at": FULL["expected_at"]},
}
LONG = {
    (CONSUMER, kind)
    for kind in (
        NoticeKind.EXPECTED,
        NoticeKind.ESCALATED,
        NoticeKind.BEYOND,
        NoticeKind.ASSIGNED,
        NoticeKind.RESUMED,
        NoticeKind.ACKNOWLEDGED,
        NoticeKind.PROPOSED,
        NoticeKind.CORRECTED,
        NoticeKind.TRANSFERRED,
        NoticeKind.PHONE_CHANGED,
        NoticeKind.REJECTED,
        NoticeKind.DEFICIENT,
        NoticeKind.SLOTS,
        NoticeKind.SLOT_CHOSEN,
        NoticeKind.NOTE_ISSUED,
        NoticeKind.TURN_REMINDER,
        NoticeKind.STAGE_DONE,
        NoticeKind.COMPLETE,
    )
}
"""Messages that carry names or reasons of any length: three or four parts in Hindi and Urdu."""
REASON = {NoticeKind.HELD: "locked", NoticeKind.EXPECTED: "crew", NoticeKind.REJECTED: "own-wiring"}


def notice(to: Recipient, kind: NoticeKind, language: str = "en", **data: Any) -> Notice:
    reason = {"reason": REASON[kind]} if kind in REASON else {}
    post = "south/zh" if to is STAFF else None
    return Notice(kind, to, REFERENCE, language, {**FULL, **reason, **data}, post, "Send the second crew to feeder 2.")


def applied(to: Recipient, what: NoticeKind, language: str = "en", **data: Any) -> Notice:
    """A notice about a new connection."""
    reason = {"reason": WHY[what]} if what in WHY else {}
    told = notice(to, what, language)
    return replace(told, data={**told.data, **APPLIED, **reason, **data})


WHY = {NoticeKind.REJECTED: "old-dues", NoticeKind.TURN_REMINDER: "payment", NoticeKind.RESUMED: "payment"}


def said(notice: Notice, channel: str = "sms", names: Named = names()) -> Message:
    return RENDERER.message(notice, channel, names)


def test_every_message_has_its_template_and_no_template_is_idle():
    files = {path.relative_to(MESSAGES).as_posix() for path in MESSAGES.glob("*/*.j2")}
    assert files == {f"{to}/{kind}.j2" for to, kind in SAID}


@pytest.mark.parametrize(("to", "kind"), SAID)
def test_every_message_by_text_message(to: Recipient, kind: NoticeKind) -> None:
    """Number first, telephone last, nothing unfilled, short."""
    for language in LANGUAGES:
        text = said(notice(to, kind, language)).text
        lines = text.splitlines()
        assert REFERENCE in lines[0], language
        assert PHONE in lines[-2 if kind is NoticeKind.CODE else -1], language
        assert "%(" not in text, language
        assert parts(text) <= (2 if language == "en" else 4 if (to, kind) in LONG or to is STAFF else 2), language


@pytest.mark.parametrize(("to", "kind"), SAID)
def test_every_message_by_mail(to: Recipient, kind: NoticeKind) -> None:
    for language in LANGUAGES:
        mail = said(notice(to, kind, language), "email")
        assert mail.language == language
        is_a_mail(mail)


def is_a_mail(mail: Message) -> None:
    """A subject of one line, and number and telephone in both its forms."""
    assert mail.subject
    assert "\n" not in mail.subject
    for body in (mail.text, mail.html):
        assert "2345-6789-5" in body
        assert PHONE in body
        assert "%(" not in body
    assert f'lang="{mail.language}" dir="{"rtl" if mail.language == "ur" else "ltr"}"' in mail.html
    assert "prefers-color-scheme: dark" in mail.html


@pytest.mark.parametrize(("to", "kind"), SAID)
def test_a_message_with_nothing_but_its_number_still_says_something(to: Recipient, kind: NoticeKind) -> None:
    bare = Notice(kind, to, REFERENCE, "en", NEVER_WITHOUT.get(kind, {}))
    for channel in ("sms", "email"):
        text = said(bare, channel, Named(Everything(0))).text
        assert REFERENCE in text or "2345-6789-5" in text
        assert not re.search(r"None|undefined|\.\.| ,|: \.|the \.|by \.", text)


SECRET = re.compile("Theft|Gizri|Zone head|Service manager|Relationship|South|voltage|wiring|1800")


@pytest.mark.parametrize(("to", "kind"), SAID)
def test_a_confidential_request_is_named_by_its_number_alone(to: Recipient, kind: NoticeKind) -> None:
    for language, channel in product(LANGUAGES, ("sms", "email")):
        message = said(notice(to, kind, language, category="theft-report", confidential=True), channel)
        assert not SECRET.search(message.subject + message.text + message.html), (language, channel)


def test_an_escalation_says_to_whom_why_and_who_was_passed_over():
    text = said(notice(CONSUMER, NoticeKind.ESCALATED), "email").text
    assert "It went to the zone head, South." in text
    assert "The time allowed was over." in text
    assert "Service manager, Gizri was passed over: on leave" in text
    short = said(notice(CONSUMER, NoticeKind.ESCALATED)).text
    assert "The zone head must now see to it." in short
    assert "Service manager, Gizri was passed over: on leave" in short


@pytest.mark.parametrize(
    ("post", "words"),
    [
        pytest.param("south/zh", "You answer for it now.", id="who answers"),
        pytest.param("gizri/ro", "The work stays with you.", id="who does the work"),
    ],
)
def test_an_escalation_says_to_each_officer_what_it_means_for_him(post, words):
    assert words in said(replace(notice(STAFF, NoticeKind.ESCALATED), post=post)).text


@pytest.mark.parametrize("kind", [NoticeKind.NOT_REPAIRED, NoticeKind.REOPENED, NoticeKind.REMINDER])
def test_what_is_past_is_not_said_to_be_due(kind: NoticeKind) -> None:
    for channel in ("sms", "email"):
        text = said(notice(STAFF, kind, beyond=True), channel).text
        assert "its time is over" in text
        assert "Due:" not in text
        assert "Due:" in said(notice(STAFF, kind), channel).text


def test_the_top_is_not_reminded_of_a_time_that_still_runs() -> None:
    mail = said(notice(STAFF, NoticeKind.REMINDER, beyond=True), "email")
    assert mail.subject.endswith("still not done")
    assert "running out" not in mail.text
    assert "running out" in said(notice(STAFF, NoticeKind.REMINDER), "email").text


def test_that_he_can_send_it_up_is_said_only_where_he_can() -> None:
    for channel in ("sms", "email"):
        at_the_top = said(notice(CONSUMER, NoticeKind.STANDARD_LAPSED), channel).text
        assert "late. We are sorry." in at_the_top
        assert "send it" not in at_the_top
        assert "You can now send it" in said(notice(CONSUMER, NoticeKind.STANDARD_LAPSED, send_up=True), channel).text


def test_once_the_time_limit_is_over_nothing_is_promised_any_more():
    for kind in (NoticeKind.ESCALATED, NoticeKind.RESUMED, NoticeKind.NOT_REPAIRED):
        text = said(notice(CONSUMER, kind, standard_lapsed=True), "email").text
        assert "We must put it right by" not in text
        assert "We are late. We are sorry." in text


def test_the_question_carries_its_own_link_and_no_other():
    for channel in ("sms", "email"):
        text = said(notice(CONSUMER, NoticeKind.QUESTION), channel).text
        assert "https://power.example/answer/tok-en_123456789" in text
        assert "/track/" not in text


@pytest.mark.parametrize(
    ("to", "link"),
    [
        (CONSUMER, f"https://power.example/track/{REFERENCE}"),
        (STAFF, f"https://power.example/desk/requests/{REFERENCE}"),
    ],
)
def test_other_messages_link_to_the_page_of_their_reader(to, link):
    assert link in said(notice(to, NoticeKind.CLOSED)).text.splitlines()


def test_a_code_ends_with_the_line_that_binds_it_to_our_address():
    assert said(notice(CONSUMER, NoticeKind.CODE)).text.splitlines()[-1] == "@power.example #482913"


def test_a_direction_is_read_in_the_mail_and_only_announced_by_text_message():
    directed = notice(STAFF, NoticeKind.DIRECTED)
    assert "Send the second crew to feeder 2." in said(directed, "email").text
    assert "second crew" not in said(directed).text


def test_a_mail_does_not_run_what_somebody_wrote():
    html = said(replace(notice(STAFF, NoticeKind.DIRECTED), words="<script>alert(1)</script>"), "email").html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        ("word", "Thank you for your answer."),
        ("silence", "No answer came."),
        ("unreached", "We could not reach you."),
        ("not_asked", "Complaint 234567895 is closed."),
    ],
)
def test_how_it_was_closed_is_said(closing, words):
    assert said(notice(CONSUMER, NoticeKind.CLOSED, closing=closing)).text.startswith(words)


def test_a_channel_may_have_a_language_of_its_own():
    plan = Names(kind="utility", code="channels", data={"value": {"sms": {"language": "en", "quiet": None}}})
    assert said(notice(CONSUMER, NoticeKind.CLOSED, "hi"), "sms", names(plan)).language == "en"
    assert said(notice(CONSUMER, NoticeKind.CLOSED, "hi"), "email", names(plan)).language == "hi"


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_is_the_first_word_of_its_message_and_says_where(language: str) -> None:
    first = {"en": "DANGER", "hi": "ख़तरा", "ur": "خطرہ"}[language]
    danger = notice(STAFF, NoticeKind.DANGER, language)
    assert said(danger).text.startswith(first)
    assert said(danger, "email").subject.startswith(first)
    assert "Gizri Lane" in said(danger).text


def test_whoever_does_not_do_the_work_is_not_told_to_take_a_danger_up() -> None:
    told = {mine: notice(STAFF, NoticeKind.DANGER, handler="south/zh" if mine else "control") for mine in (True, False)}
    for channel in ("sms", "email"):
        does, sees_to_it = (said(told[mine], channel).text for mine in (True, False))
        assert ("Take it up" in does, "See that somebody goes" in does) == (True, False)
        assert ("Take it up" in sees_to_it, "See that somebody goes" in sees_to_it) == (False, True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param({"what": "correct"}, "Another category was proposed: Low voltage.", id="another category"),
        pytest.param({"what": "lower"}, "It was proposed that there is no danger: Low voltage.", id="no danger"),
        pytest.param({"what": "reject", "reason": "own-wiring"}, "not to accept it: own wiring.", id="rejection"),
        pytest.param({"what": "transfer", "proposed_office": "gizri"}, "send it to the office Gizri.", id="office"),
        pytest.param(
            {"what": "hold", "proposed_category": None}, "The consumer says: I was there.", id="contested wait"
        ),
    ],
)
def test_who_must_decide_reads_what_was_proposed(data: dict[str, Any], words: str) -> None:
    asked = notice(STAFF, NoticeKind.PROPOSED, **data)
    assert words in said(asked).text
    answers = "You answer for it now. Due: Tuesday 24 November" in " ".join(said(asked).text.split())
    assert answers == (data["what"] == "reject")
    dates = "Time limit now: Wednesday 25 November" in said(asked, "email").text
    assert dates == (data["what"] in ("correct", "lower"))


def test_a_longer_date_is_told_to_the_consumer_beside_the_one_that_holds() -> None:
    text = said(notice(CONSUMER, NoticeKind.PROPOSED), "email").text
    assert "An officer says it is another matter: Low voltage." in text
    assert "Time limit now: Wednesday 25 November, 5:30 in the evening." in text
    assert "Then it would be: Wednesday 2 December, 5:30 in the evening." in text
    assert "We will tell you." in text


def test_when_the_longer_date_is_not_agreed_to_the_consumer_reads_that_the_old_one_stays() -> None:
    declined = notice(CONSUMER, NoticeKind.DECLINED)
    mail = said(declined, "email").text
    assert "The officer above has decided." in mail
    assert "It stays the same matter: Wrong bill." in mail
    for text in (mail, said(declined).text):
        assert "The time limit stays: Wednesday 25 November, 5:30 in the evening." in text
        assert "2 December" not in text
    late = said(replace(declined, data=declined.data | {"standard_lapsed": True})).text
    assert "The time limit stays" not in late
    assert "We are late. We are sorry." in late


def test_another_office_is_named_with_its_telephone() -> None:
    assert "The office Gizri has it now: 1800 22 33." in said(notice(CONSUMER, NoticeKind.TRANSFERRED)).text


def test_a_rejection_says_why_and_how_to_disagree() -> None:
    text = said(notice(CONSUMER, NoticeKind.REJECTED)).text
    assert "was not accepted: own wiring." in text
    assert "Not right? Say so until Tuesday 1 December:" in text


COMPLAINT = {"en": r"complaint\b|put right", "hi": "शिकायत", "ur": "شکایت"}


@pytest.mark.parametrize(("to", "kind"), SAID)
def test_nothing_about_an_application_speaks_of_a_complaint(to: Recipient, kind: NoticeKind) -> None:
    if kind in OF_A_COMPLAINT:
        return
    for language, word in COMPLAINT.items():
        short, mail = (said(applied(to, kind, language), channel) for channel in ("sms", "email"))
        assert REFERENCE in short.text.splitlines()[0]
        assert parts(short.text) <= (2 if language == "en" else 4 if (to, kind) in LONG or to is STAFF else 2)
        for text in (short.text, mail.subject, mail.text):
            assert "%(" not in text
            assert not re.search(word, text, re.IGNORECASE), text


OF_A_COMPLAINT = {
    NoticeKind.PROPOSED,
    NoticeKind.DECLINED,
    NoticeKind.CORRECTED,
    NoticeKind.TRANSFERRED,
    NoticeKind.DANGER,
    NoticeKind.COMPLAINED,
    NoticeKind.RECOVERY_HELD,
}
"""Messages that no application ever brings, and the one about a complaint about it."""


SAYS = [
    (
        NoticeKind.ACKNOWLEDGED,
        {"standard_due": None, "faults": {}},
        "Application 234567895 is received. Our time begins when all",
    ),
    (
        NoticeKind.ACKNOWLEDGED,
        {"standard_due": None},
        "Our time begins when these papers are here: Landlord's consent, Photo and 1 more.",
    ),
    (NoticeKind.COMPLETE, {}, "all papers are here. It must be done by Wednesday 25 November"),
    (
        NoticeKind.DEFICIENT,
        {},
        "we need: Landlord's consent (not here yet), Photo (cannot be read) and 1 more. Send them until Thursday",
    ),
    (
        NoticeKind.SLOTS,
        {},
        "Choose a date: Monday 23 November, 10 in the morning; Tuesday 24 November, 2 in the afternoon; Wednesday",
    ),
    (NoticeKind.SLOTS, {"slots": []}, "We will offer you dates soon."),
    (
        NoticeKind.SLOT_CHOSEN,
        {},
        "we come on Monday 23 November, 10 in the morning to 1 in the afternoon. Please be there",
    ),
    (NoticeKind.VISIT_MISSED, {"by": "applicant"}, "we came, and nobody was there. Were you there? Say so here:"),
    (NoticeKind.VISIT_MISSED, {"by": "office"}, "nobody came for the visit. We are sorry."),
    (NoticeKind.TURN_REMINDER, {}, "Your demand note is not paid yet. You have time until Thursday 26 November"),
    (NoticeKind.TURN_REMINDER, {"reason": "visit"}, "Please be there. We come on Thursday 26 November"),
    (
        NoticeKind.NOTE_ISSUED,
        {"to_pay": 12_500_000},
        "Demand note 234567895-1: Rs 1,25,000. Pay it until Friday 4 December:",
    ),
    (NoticeKind.NOTE_ISSUED, {}, "Rs 500 is still to be paid."),
    (NoticeKind.NOTE_EXPIRED, {}, "Do not pay it now. Wait for a new one."),
    (NoticeKind.NOTE_EXPIRED, {"lapses": True}, "Do not pay it any more."),
    (NoticeKind.PAID, {}, "we received Rs 1,24,500. Rs 500 is still to be paid."),
    (NoticeKind.PAID, {"late": True}, "we received Rs 1,24,500. The demand note was no longer valid."),
    (NoticeKind.PAID, {"amount": -50_000, "to_pay": None}, "Rs 500 was given back to you."),
    (NoticeKind.REFUND_DUE, {"amount": 50_000}, "we give Rs 500 back to you."),
    (NoticeKind.STAGE_DONE, {}, "done: “Visit to the place”. Result: Can be done now."),
    (NoticeKind.LAPSED, {"refund": True}, "has ended, the time ran out. What you paid comes back to you."),
    (NoticeKind.QUESTION, {}, "Application 234567895: Is there light? Yes or no:"),
    (NoticeKind.QUESTION, {"kind": "name_change"}, "Application 234567895: Is it done? Yes or no:"),
    (NoticeKind.REJECTED, {}, "Application 234567895 was not accepted: old dues at this place."),
]


@pytest.mark.parametrize(("kind", "data", "words"), SAYS)
def test_an_applicant_is_told_by_text_message(kind: NoticeKind, data: dict[str, Any], words: str) -> None:
    assert words in " ".join(said(applied(CONSUMER, kind, **data)).text.split())


def test_the_mail_about_papers_says_of_each_what_to_do() -> None:
    text = said(applied(CONSUMER, NoticeKind.DEFICIENT), "email").text
    assert "Landlord's consent: not here yet. Photograph it and send it." in text
    assert "Rent agreement: not signed. Sign it and send it again." in text


def test_a_refusal_says_what_to_do_and_where_to_go() -> None:
    text = said(applied(CONSUMER, NoticeKind.REJECTED), "email").text
    assert "Pay the old bills. Then apply again." in text
    assert "You may now go to: Grievance forum, 011 44 55." in text


@pytest.mark.parametrize("kind", [NoticeKind.ASSIGNED, NoticeKind.ESCALATED, NoticeKind.REMINDER, NoticeKind.LAPSED])
def test_an_officer_reads_which_stage_it_is(kind: NoticeKind) -> None:
    for channel in ("sms", "email"):
        assert "Visit to the place." in said(applied(STAFF, kind), channel).text
    assert "Visit" not in said(notice(STAFF, kind)).text


def test_a_complaint_about_an_application_is_read_in_the_mail() -> None:
    assert "Send the second crew" in said(applied(STAFF, NoticeKind.COMPLAINED), "email").text
    assert "Send the second crew" not in said(applied(STAFF, NoticeKind.COMPLAINED)).text


STOP = "https://power.example/not-mine/stop-en_12345678"


@pytest.mark.parametrize(("to", "kind"), SAID)
def test_every_mail_to_a_consumer_can_stop_all_others_and_none_to_staff(to: Recipient, kind: NoticeKind) -> None:
    mail = said(notice(to, kind), "email")
    assert (STOP in mail.text and STOP in mail.html) == (to is CONSUMER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_text_message_can_always_stop_the_others_and_a_later_one_where_it_fits(language: str) -> None:
    assert STOP in said(notice(CONSUMER, NoticeKind.ACKNOWLEDGED, language)).text
    assert (STOP in said(notice(CONSUMER, NoticeKind.CLOSED, language)).text) == (language == "en")
    assert STOP not in said(notice(CONSUMER, NoticeKind.ACKNOWLEDGED, language, stop=None)).text


@pytest.mark.parametrize(
    "kind", [NoticeKind.ACKNOWLEDGED, NoticeKind.ESCALATED, NoticeKind.CORRECTED, NoticeKind.PROPOSED]
)
@pytest.mark.parametrize("to", [CONSUMER, STAFF])
def test_where_a_matter_is_heard_messages_say_the_day_and_no_hour(to: Recipient, kind: NoticeKind) -> None:
    if (to, kind) == (STAFF, NoticeKind.ACKNOWLEDGED):
        return
    told = said(notice(to, kind, heard="yes"), "email").text
    assert "24 November" in told or "25 November" in told
    assert "evening" not in told.replace("Due: ", "")
    assert re.search(r"\d{1,2}:\d\d|\d [ap]m", told) is None, told


def test_the_day_an_officer_names_for_a_hearing_keeps_its_hour() -> None:
    told = said(notice(CONSUMER, NoticeKind.EXPECTED, heard="yes")).text
    assert "your hearing is on" in told
    assert "put it right" not in told
