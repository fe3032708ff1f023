"""The mail's styles: inlined, readable in light and dark, and all of them used."""

import re

import pytest
from css_inline import CSSInliner
from django.template.loader import render_to_string

from newsletters.content.email import dark, light, mail_of
from tests.mscos.test_stylesheet import contrast
from tests.newsletters.helpers import make_rich, tree, words, words_within

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(issue):
    return make_rich(issue)


def test_the_styles_are_inlined(rich):
    html = mail_of(rich).html
    kept = "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    assert len(kept) < 6000
    assert re.findall(r"^(?!@media|\}|  ).+", kept, re.MULTILINE) == []
    assert 'class="button" style="padding: 0 24px;border-radius: 4px;background-color: #0F5C63;' in html


def in_dark(html):
    """Inline the rules for dark devices too."""
    rules = re.search(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", html, re.DOTALL)[1]
    return CSSInliner(extra_css=rules, load_remote_stylesheets=False).inline(html)


def pairs(element, colours=("", "")):
    """Return the text and background colours of all words in an element."""
    style = element.get("style", "")
    if "display: none" in style:
        return set()
    front = re.findall(r"(?<![-\w])color: (#\w{6})", style) or [colours[0]]
    ground = re.findall(r"background-color: (#\w{6})", style) or [colours[1]]
    own = (front[-1], ground[-1])
    children = [child for child in element if isinstance(child.tag, str)]
    texts = [element.text, *[child.tail for child in children]]
    found = {own} if any(words(text) for text in texts) else set()
    return found.union(*[pairs(child, own) for child in children])


def test_text_has_contrast_in_light_and_in_dark(rich):
    html = mail_of(rich).html
    light_pairs, dark_pairs = (pairs(tree(each).find("body")) for each in (html, in_dark(html)))
    assert {pair for pair in light_pairs | dark_pairs if contrast(*pair) < 4.5} == set()
    assert ("#1C2B33", "#FFFFFF") in light_pairs
    assert ("#FFFFFF", "#0F5C63") in light_pairs
    assert ("#E9EDEB", "#1A2429") in dark_pairs
    assert ("#0B2B30", "#7FCBD4") in dark_pairs
    assert {ground for _, ground in light_pairs} & {ground for _, ground in dark_pairs} == set()


def test_every_cell_with_text_sets_both_colours(rich):
    for html in (mail_of(rich).html, in_dark(mail_of(rich).html)):
        cells = [each for each in tree(html).iter() if each.tag in {"td", "th"} and words_within(each)]
        styles = [each.get("style", "") for each in cells]
        assert [each for each in styles if not re.search(r"background-color: #", each)] == []
        assert [each for each in styles if not re.search(r"(?<!-)color: #", each)] == []


def test_the_preview_can_show_either_scheme(issue):
    html = mail_of(issue).html
    assert html.count("@media (prefers-color-scheme: dark)") == html.count('content="light dark"') / 2 == 1
    assert (light(html).count("@media not all"), light(html).count('content="light"')) == (1, 2)
    assert (dark(html).count("@media all"), dark(html).count('content="dark"')) == (1, 2)
    assert "prefers-color-scheme: dark" not in light(html) + dark(html)


def test_the_inlined_stylesheet_names_only_what_the_mail_has(rich):
    """An unused rule would be a mistake."""
    rules = re.sub(r"/\*.*?\*/", "", render_to_string("newsletters/emails/issue.css"), flags=re.DOTALL)
    named = set(re.findall(r"\.([a-z]+)\b(?![^{]*\})", rules))
    used = {name for each in tree(mail_of(rich).html).iter() for name in each.get("class", "").split()}
    assert named - used == set()
