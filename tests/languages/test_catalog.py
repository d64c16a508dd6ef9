"""Every text of the product exists in every language, says the same places to fill in, and is found by extraction."""

from __future__ import annotations

import ast
import re
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment

from languages import catalog, extract

TRANSLATED = ("hi", "ur")
SCRIPT = {"hi": re.compile(r"[ऀ-ॿ]"), "ur": re.compile(r"[؀-ۿ]")}
PLACE = re.compile(r"%\((\w+)\)([sd])")
TAG = re.compile(r"</?\w+[^>]*>")
LATIN = re.compile(r"[A-Za-z]{2,}")
SAME_IN_ALL = {
    "SMS",
    "QR",
    "Onewindow",
    "CSV",
    "Ctrl",
    "Alt",
    "Enter",
    "Escape",
    "TOML",
    "name",
    "example",
    "org",
    "working",
    "days",
    "none",
    "mon",
    "thu",
    "fri",
    "Asia",
    "Kolkata",
}
SAME_IN_ALL |= {"JPEG", "PNG", "WebP", "PDF", "HEIC", "MB", "multipart", "form", "data", "paper", "file"}
"""Names, and what is typed or looks exactly so in every language."""


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extract.extracted()


def texts(messages: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, message.id) for message in messages if message.id}


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of a translation with the source it stands for."""
    source = message.id[-1] if isinstance(message.id, tuple | list) else message.id
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    return [(str(source), str(form)) for form in said if form]


def entries(language: str) -> list[Message]:
    return [message for message in extract.on_file(language) if message.id]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_file_holds_exactly_the_texts_of_the_source(template: Catalog, language: str) -> None:
    assert texts(extract.on_file(language)) == texts(template), "run: make i18n"


@pytest.mark.parametrize("language", TRANSLATED)
def test_extraction_keeps_every_translation_and_its_order(template: Catalog, language: str) -> None:
    once = extract.written(extract.update(language, template))
    again = read_po(BytesIO(once), locale=language)
    again.update(template, no_fuzzy_matching=True)
    assert extract.written(again) == once
    assert {m.id: m.string for m in again if m.id} == {m.id: m.string for m in entries(language)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_untranslated_or_doubtful(language: str) -> None:
    bad = [m.id for m in entries(language) if m.fuzzy or len(forms(m)) != (2 if m.pluralizable else 1)]
    assert bad == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_places_to_fill_in_are_the_same(language: str) -> None:
    bad = [
        (source, form)
        for message in entries(language)
        for source, form in forms(message)
        if sorted(PLACE.findall(source)) != sorted(PLACE.findall(form)) or form.count("%") != source.count("%")
    ]
    assert bad == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_markup_and_line_breaks_are_the_same(language: str) -> None:
    bad = [
        (source, form)
        for message in entries(language)
        for source, form in forms(message)
        if sorted(TAG.findall(source)) != sorted(TAG.findall(form)) or source.count("\n") != form.count("\n")
    ]
    assert bad == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_in_their_own_script(language: str) -> None:
    bad = []
    for message in entries(language):
        for source, form in forms(message):
            words, own = TAG.sub("", PLACE.sub("", form)), TAG.sub("", PLACE.sub("", source))
            if (LATIN.search(own) and not SCRIPT[language].search(words)) or set(LATIN.findall(words)) - SAME_IN_ALL:
                bad.append(form)
    assert bad == []


@pytest.mark.parametrize(("language", "stop", "question"), [("hi", "।", "?"), ("ur", "۔", "؟")])
def test_sentences_end_as_the_language_ends_them(language: str, stop: str, question: str) -> None:
    ends = {".": stop, "?": question}
    bad = [
        form
        for message in entries(language)
        for source, form in forms(message)
        if source[-1] in ends and " " in source and not form.endswith(ends[source[-1]])
    ]
    assert bad == []


def test_no_text_hides_inside_an_f_string() -> None:
    """Extraction does not look into f-strings: a text there would stay English."""
    hidden = []
    for path in extract.sources():
        if path.suffix != ".py":
            continue
        for outer in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(outer, ast.JoinedStr):
                calls = [node.func for node in ast.walk(outer) if isinstance(node, ast.Call)]
                hidden += [path.name for name in calls if isinstance(name, ast.Name) and name.id in extract.KEYWORDS]
    assert hidden == []


def test_extraction_reads_python_and_templates(template: Catalog) -> None:
    places = {place for message in template for place, _ in message.locations}
    assert "languages/story.py" in places
    assert any(place.startswith("web/templates/") for place in places)
    assert any(place.startswith("activities/messages/") for place in places)


def test_a_language_is_in_use_inside_its_block_only() -> None:
    assert catalog.current() == "en"
    with catalog.use("ur") as language:
        assert (language, catalog.current(), catalog.gettext("today")) == ("ur", "ur", "آج")
        with catalog.use(None):
            assert catalog.current() == "ur"
        with catalog.use("xx"):
            assert catalog.current() == "en"
    assert catalog.gettext("today") == "today"


def test_an_unknown_language_has_no_texts() -> None:
    with pytest.raises(ValueError, match="en, hi, ur"):
        catalog.translations("fr")


def test_plural_and_context_follow_the_language() -> None:
    with catalog.use("hi"):
        assert catalog.ngettext("%(num)d hour", "%(num)d hours", 1) == "1 घंटा"
        assert catalog.ngettext("%(num)d hour", "%(num)d hours", 3) == "3 घंटे"
        assert catalog.pgettext("time", "just now") == "अभी-अभी"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        pytest.param(None, "en", id="no header"),
        pytest.param("", "en", id="empty header"),
        pytest.param("ur-PK,en;q=0.8", "ur", id="the first of two"),
        pytest.param("en;q=0.2, hi-IN;q=0.9", "hi", id="the weightier one"),
        pytest.param("fr, hi;q=0.1", "hi", id="one we have"),
        pytest.param("hi;q=0, ur;q=0.1", "ur", id="one that is refused"),
        pytest.param("hi;q=many,,;=", "en", id="nonsense"),
    ],
)
def test_the_browser_says_which_language_it_wants(header: str | None, language: str) -> None:
    assert catalog.preferred(header) == language


def test_a_name_without_a_translation_is_shown_in_english_or_any() -> None:
    assert catalog.named({"en": "Gizri", "ur": "گزری"}, "ur") == "گزری"
    assert catalog.named({"en": "Gizri", "hi": ""}, "hi") == "Gizri"
    assert catalog.named({"ur": "گزری"}, "hi") == "گزری"
    assert catalog.named({}) == ""


def test_direction() -> None:
    assert [catalog.direction(language) for language in catalog.LANGUAGES] == ["ltr", "ltr", "rtl"]


def test_templates_speak_the_language_in_use_and_escape_what_is_filled_in() -> None:
    environment = Environment(autoescape=True)
    catalog.install(environment)
    shown = environment.from_string('{{ _("Reason: %(reason)s.", reason=r) }} {% trans %}\n  today\n{% endtrans %}')
    with catalog.use("hi"):
        assert shown.render(r="<b>") == "वजह: &lt;b&gt;। आज"
    counted = environment.from_string('{{ ngettext("%(num)d minute", "%(num)d minutes", n) }}')
    with catalog.use("ur"):
        assert counted.render(n=5) == "5 منٹ"


CONSUMERS = (
    "languages/story.py",
    "languages/application.py",
    "languages/your_turn.py",
    "languages/stages.py",
    "languages/stage_line.py",
    "languages/decided.py",
    "languages/promises.py",
    "activities/messages/consumer/",
)


def test_consumers_are_told_one_thought_a_sentence_in_twelve_words_at_most(template: Catalog) -> None:
    long = []
    for message in template:
        if not any(place.startswith(CONSUMERS) for place, _ in message.locations):
            continue
        source = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        for said in re.split(r"(?<=[.?!:]) ", str(source)):
            words = [word for word in said.split() if not word.startswith("%(category)")]
            if len(words) > 12:
                long.append(said)
    assert long == []


def test_messages_to_consumers_have_sentences_of_at_most_twelve_words(template: Catalog) -> None:
    texts = [
        message.id
        for message in template
        if isinstance(message.id, str) and any("messages/consumer/" in path for path, _ in message.locations)
    ]
    assert len(texts) > 30
    for text in texts:
        for sentence in re.split(r"[.?!:] ", text):
            assert len(sentence.split()) <= 12, sentence
