"""Every page: the leave link, plain titles, help in one order, nothing inline, no cookie."""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.shortcuts import render
from django.test import RequestFactory

from forums.moderation.reports import REPORT_DAYS
from forums.writer_actions import REFUSED_POST_DAYS
from mscos import views
from mscos.sensitive_words import SENSITIVE_WORDS

STATIC_PAGES = ["/", "/about/", "/safety/", "/accessibility/"]
ERROR_PAGES = {
    "400.html": "We could not read that",
    "403.html": "You cannot open this page",
    "403_token.html": "Something went wrong when sending",
    "404.html": "Page not found",
    "429.html": "Too many tries",
    "500.html": "Sorry, there is a problem",
    "503.html": "This does not work just now",
}
HELP = ["Contact", "Ask for a call", "Safety and privacy", "Accessibility", "Cookies", "Staff sign in"]


class Page(HTMLParser):
    """A page as its elements in order: (tag, attributes, text directly inside)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_data(self, data):
        if self.elements and data.strip():
            self.elements[-1][2].append(data.strip())

    def texts(self, tag: str) -> list[str]:
        return [" ".join(text) for name, _, text in self.elements if name == tag]

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes, _ in self.elements if name == tag]

    @property
    def title(self) -> str:
        return self.texts("title")[0]


def error_page(name: str) -> str:
    return render(RequestFactory().get("/anything/"), name).content.decode()


@pytest.fixture(params=[*STATIC_PAGES, *ERROR_PAGES])
def html(request, client, db):
    if request.param in ERROR_PAGES:
        return error_page(request.param)
    response = client.get(request.param)
    assert response.status_code == 200
    return response.content.decode()


def test_leaving_is_among_the_first_three_things_in_reach(html):
    first = [attributes for tag, attributes, _ in Page(html).elements if tag in {"a", "button", "input"}][:3]
    assert [link.get("href") for link in first] == ["#main", "/leave/", "/leave/"]
    assert [link.get("data-leave") for link in first] == [None, settings.LEAVE_URL, settings.LEAVE_URL]
    assert [link.get("rel") for link in first[1:]] == ["nofollow noreferrer"] * 2


def test_nothing_is_inline(html):
    page = Page(html)
    assert "style" not in [tag for tag, _, _ in page.elements]
    assert [name for _, attributes, _ in page.elements for name in attributes if name == "style"] == []
    assert [name for _, attributes, _ in page.elements for name in attributes if name.startswith("on")] == []
    assert [list(script) for script in page.attributes("script")] == [["src", "defer"]]
    assert "".join(page.texts("script")) == ""


def test_nothing_is_loaded_from_elsewhere(html):
    page = Page(html)
    loaded = [link["href"] for link in page.attributes("link")] + [
        script["src"] for script in page.attributes("script")
    ]
    assert loaded == ["/static/favicon.svg", "/static/site.css", "/static/site.js"]
    assert page.attributes("img") == []


def test_titles_end_with_the_site_and_give_nothing_away(html):
    title = Page(html).title
    assert title.endswith(" \N{EN DASH} Community of Practice")
    assert len(title) > len(" - Community of Practice")
    assert SENSITIVE_WORDS.findall(title) == []


def test_link_previews_carry_the_name_only(html):
    previews = [meta for meta in Page(html).attributes("meta") if (meta.get("property") or "").startswith("og:")]
    assert {meta["content"] for meta in previews} == {"Community of Practice"}


def test_help_stands_in_the_same_order_everywhere(html):
    page = Page(html.split('<nav aria-label="Help">')[1])
    assert page.texts("a") == HELP


def test_one_h1_and_one_main(html):
    page = Page(html)
    assert len(page.attributes("h1")) == 1
    assert page.attributes("main") == [{"id": "main", "tabindex": "-1"}]


def test_ids_are_used_once_and_inner_links_lead_somewhere(html):
    elements = Page(html).elements
    ids = [attributes["id"] for _, attributes, _ in elements if "id" in attributes]
    targets = {a["href"][1:] for tag, a, _ in elements if tag == "a" and (a["href"] or "").startswith("#")}
    assert len(ids) == len(set(ids))
    assert targets - set(ids) == set()


@pytest.mark.parametrize("path", STATIC_PAGES)
def test_reading_sets_no_cookie_and_asks_the_database_nothing_but_what_it_shows(path, client, db):
    response = client.get(path)
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_need_no_database_and_say_what_happened(name):
    """No `db` fixture: a query would fail the test."""
    page = Page(error_page(name))
    assert page.texts("h1") == [ERROR_PAGES[name]]
    assert "noindex, noarchive" in [meta.get("content") for meta in page.attributes("meta")]
    assert page.attributes("ol") == []


def test_the_last_error_page_is_drawn_by_its_view_without_a_database():
    response = views.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert response.cookies == {}


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/about/", {"About": "page"}),
        ("/forums/", {"Forums": "page"}),
        ("/outcomes/x/", {"Outcomes": "true"}),
        ("/", {}),
    ],
)
def test_the_place_one_is_at_is_marked(path, marked):
    html = render(RequestFactory().get(path), "404.html").content.decode()
    links = [(text, attributes) for tag, attributes, text in Page(html).elements if tag == "a"]
    assert {text[0]: link["aria-current"] for text, link in links if "aria-current" in link} == marked


def test_every_helpline_is_on_the_safety_page(client, db):
    phones = [link["href"] for link in Page(client.get("/safety/").content.decode()).attributes("a")]
    assert [href for href in phones if href.startswith("tel:")] == ["tel:08000121700", "tel:08008083733"]


def test_the_safety_page_promises_of_the_disk_what_this_database_can_keep(client, db):
    html = client.get("/safety/").content.decode()
    at_once = "The place on the disk where they stood is written over within minutes." in html
    later = "somebody with full control of the server might find remains" in html
    assert (at_once, later) == ((True, False) if connection.vendor == "sqlite" else (False, True))


def test_the_safety_page_says_how_long_refused_posts_and_reports_stay(client, db):
    html = client.get("/safety/").content.decode()
    assert f"Erased after {REFUSED_POST_DAYS} days, the text at once when you send a new version with your code" in html
    assert f"Erased {REPORT_DAYS} days after a moderator dealt with it" in html


def test_the_safety_page_says_what_leaving_cannot_do(client, db):
    html = client.get("/safety/").content.decode()
    assert "It cannot delete your history." in html
    assert re.findall(r"(?i)hides? your (?:tracks|history|visit)|untraceable|leaves? no trace", html) == []


class Everything(forms.Form):
    """One field of each kind."""

    words = forms.CharField(help_text="A few", error_messages={"required": "Enter words"})
    text = forms.CharField(widget=forms.Textarea, required=False)
    pick = forms.ChoiceField(
        choices=[("a", "A"), ("b", "B")],
        widget=forms.RadioSelect,
        help_text="One",
        error_messages={"required": "Choose one"},
    )
    some = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple, required=False)
    tick = forms.BooleanField(required=False)
    submission_id = forms.CharField(widget=forms.HiddenInput, error_messages={"required": "Open the form again"})

    def clean(self):
        self.add_error(None, "Something as a whole")


def field(name: str, *, sent: bool) -> Page:
    return Page(Everything({} if sent else None)[name].as_field_group())


def test_a_field_is_tied_to_its_hint_and_error():
    page = field("words", sent=True)
    control = page.attributes("input")[0]
    assert control["aria-describedby"] == "id_words_helptext id_words_error"
    assert control["aria-invalid"] == "true"
    assert [a["id"] for a in page.attributes("div") if "id" in a] == ["id_words_helptext", "id_words_error"]
    assert page.attributes("label") == [{"for": "id_words"}]


def test_a_list_of_choices_is_a_fieldset_tied_to_its_hint_and_error():
    page = field("pick", sent=True)
    assert page.attributes("fieldset") == [{"class": "field", "aria-describedby": "id_pick_helptext id_pick_error"}]
    assert page.texts("legend") == ["Pick"]
    assert len(page.attributes("input")) == 2


@pytest.mark.parametrize(
    ("name", "says"), [("words", False), ("text", True), ("pick", False), ("some", True), ("tick", False)]
)
def test_only_what_may_be_left_out_says_so(name, says):
    assert ("(optional)" in field(name, sent=False).texts("span")) is says


def test_a_tick_box_stands_before_its_label():
    assert [tag for tag, _, _ in field("tick", sent=False).elements] == ["div", "label", "input", "span"]


def test_a_hidden_field_is_only_itself():
    assert [tag for tag, _, _ in field("submission_id", sent=False).elements] == ["input"]


def test_a_failed_form_says_so_in_the_title_and_links_to_its_fields():
    form = Everything({})
    html = render(RequestFactory().get("/"), "base.html", {"form": form}).content.decode()
    page = Page(html)
    assert page.title.startswith("Error: ")
    summary = Page(html.split('id="problem"')[1].split("</main>")[0])
    assert [link["href"] for link in summary.attributes("a")] == ["#id_words", "#id_pick_0"]
    assert summary.texts("a") == ["Enter words", "Choose one"]
    assert [text for text in summary.texts("li") if text] == ["Something as a whole", "Open the form again"]
    assert 'id="id_pick_0"' in str(form["pick"])


def test_a_form_not_yet_sent_shows_no_problem():
    html = render(RequestFactory().get("/"), "base.html", {"form": Everything()}).content.decode()
    assert 'id="problem"' not in html
    assert not Page(html).title.startswith("Error")


def pages_shown(number: int, of: int) -> list[str]:
    page = Paginator(range(of), 1).page(number)
    html = render(RequestFactory().get("/?type=b&page=9"), "_pagination.html", {"page": page}).content.decode()
    assert {link["href"].split("page=")[0] for link in Page(html).attributes("a")} <= {"?type=b&"}
    words = re.sub(r'<span class="vh">.*?</span>', "", html)
    return [found.strip() for found in re.findall(r">([^<>]+)</(?:a|span)>", words)]


@pytest.mark.parametrize(
    ("number", "of", "shown"),
    [
        (1, 1, []),
        (1, 3, ["1", "2", "3", "Next"]),
        (2, 3, ["Previous", "1", "2", "3", "Next"]),
        (7, 20, ["Previous", "1", "…", "6", "7", "8", "…", "20", "Next"]),
        (20, 20, ["Previous", "1", "…", "19", "20"]),
        (3, 5, ["Previous", "1", "2", "3", "4", "5", "Next"]),
        (1, 4, ["1", "2", "3", "4", "Next"]),
        (4, 7, ["Previous", "1", "2", "3", "4", "5", "6", "7", "Next"]),
        (5, 9, ["Previous", "1", "…", "4", "5", "6", "…", "9", "Next"]),
        (2, 2, ["Previous", "1", "2"]),
    ],
)
def test_pagination_shows_the_ends_and_the_neighbours(number, of, shown):
    assert pages_shown(number, of) == shown


def test_the_links_to_five_thousand_pages_are_as_short_as_those_to_twenty():
    few, many = (Paginator(range(of), 1).page(10) for of in (20, 5000))
    lengths = [
        len(render(RequestFactory().get("/"), "_pagination.html", {"page": page}).content) for page in (few, many)
    ]
    assert lengths[1] - lengths[0] == 2 * len("00")  # the last page is named twice, in its address and its name
