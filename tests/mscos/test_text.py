"""Rendered Markdown: by equality, by a list of attacks, and for any text."""

from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from mscos.text import POST_LENGTH, REDACTED, plain_text, render_editorial, render_post, stored

POST_REL = "nofollow ugc noreferrer noopener"


def post_link(address, words=None):
    return f'<a href="{address}" rel="{POST_REL}">{words or address}</a>'


def one_line(html):
    return html.replace("\n", "")


ALLOWED_IN_POSTS = {
    "": "",
    "One\ntwo\r\nthree\rfour\n\nfive": "<p>One<br>two<br>three<br>four</p><p>five</p>",
    "**strong**, *so* and _so_": "<p><strong>strong</strong>, <em>so</em> and <em>so</em></p>",
    "- a\n- b": "<ul><li>a</li><li>b</li></ul>",
    "3. a\n4. b": '<ol start="3"><li>a</li><li>b</li></ol>',
    "> said\n\nanswer": "<blockquote><p>said</p></blockquote><p>answer</p>",
    "[words](https://example.org/a?b=1&c=2)": f"<p>{post_link('https://example.org/a?b=1&amp;c=2', 'words')}</p>",
    "[words](<https://example.org/a b> 'title')": f"<p>{post_link('https://example.org/a%20b', 'words')}</p>",
    "<https://example.org>": f"<p>{post_link('https://example.org')}</p>",
    "https://example.org/a_b_c": f"<p>{post_link('https://example.org/a_b_c')}</p>",
    "HTTP://EXAMPLE.ORG": f"<p>{post_link('HTTP://EXAMPLE.ORG')}</p>",
    "(see https://example.org/a_(b), there)": f"<p>(see {post_link('https://example.org/a_(b)')}, there)</p>",
    "Is it https://example.org/a? (https://example.org)": (
        f"<p>Is it {post_link('https://example.org/a')}? ({post_link('https://example.org')})</p>"
    ),
    "**https://example.org/a** _https://example.org_": (
        f"<p><strong>{post_link('https://example.org/a')}</strong> <em>{post_link('https://example.org')}</em></p>"
    ),
    "https://example.org:8080/x: yes": f"<p>{post_link('https://example.org:8080/x')}: yes</p>",
    "[https://a.example](https://b.example)": f"<p>{post_link('https://b.example', 'https://a.example')}</p>",
    "[](https://example.org)": f"<p>{post_link('https://example.org')}</p>",
    "https://пример.рф": f"<p>{post_link('https://xn--e1afmkfd.xn--p1ai', 'https://пример.рф')}</p>",
    r"\*as typed\*": "<p>*as typed*</p>",
    f"I live in {REDACTED}.": f"<p>I live in {REDACTED}.</p>",
}


@pytest.mark.parametrize(("markdown", "html"), ALLOWED_IN_POSTS.items())
def test_what_a_post_may_hold(markdown, html):
    assert one_line(render_post(markdown)) == html


SHOWN_AS_TYPED_IN_POSTS = {
    "# Heading": "<p># Heading</p>",
    "Heading\n===": "<p>Heading<br>===</p>",
    "a\n\n***\n\nb": "<p>a</p><p>***</p><p>b</p>",
    "a\n---\nb": "<p>a</p><p>---</p><p>b</p>",
    "|a|b|\n|-|-|\n|1|2|": "<p>|a|b|<br>|-|-|<br>|1|2|</p>",
    "`code` ~~struck~~ a[^1]\n\n[^1]: note": "<p>`code` ~~struck~~ a[^1]</p><p>[^1]: note</p>",
    "```\ncode\n```": "<p>```<br>code<br>```</p>",
    "    indented": "<p>indented</p>",
    "![alt](https://example.org/a.png)": f"<p>!{post_link('https://example.org/a.png', 'alt')}</p>",
    "[a]\n\n[a]: https://example.org 'x'": f"<p>[a]</p><p>[a]: {post_link('https://example.org')} 'x'</p>",
    "<b>raw</b> <!-- c --> &amp; &#x202e;": "<p>&lt;b&gt;raw&lt;/b&gt; &lt;!-- c --&gt; &amp;amp; &amp;#x202e;</p>",
    "me@example.org www.example.org example.org": "<p>me@example.org www.example.org example.org</p>",
    "<me@example.org> mailto:me@example.org": "<p>&lt;me@example.org&gt; mailto:me@example.org</p>",
    "[mail](mailto:me@example.org) [here](/outcomes/) [x](#x)": (
        "<p>[mail](mailto:me@example.org) [here](/outcomes/) [x](#x)</p>"
    ),
    "ftp://example.org //example.org xhttps://example.org https://": (
        "<p>ftp://example.org //example.org xhttps://example.org https://</p>"
    ),
    "https://bank.example@other.example https://me:secret@other.example http://me:80@other.example": (
        "<p>https://bank.example@other.example https://me:secret@other.example http://me:80@other.example</p>"
    ),
    "[bank](https://bank.example@other.example)": "<p>[bank](https://bank.example@other.example)</p>",
}


@pytest.mark.parametrize(("markdown", "html"), SHOWN_AS_TYPED_IN_POSTS.items())
def test_what_a_post_may_not_hold_stays_readable(markdown, html):
    assert one_line(render_post(markdown)) == html


def test_an_address_is_shown_as_typed_so_that_hidden_marks_stay_encoded():
    address = "https://example.org/%E2%80%AEgnp.exe"
    assert one_line(render_post(address)) == f"<p>{post_link(address)}</p>"


EDITORIAL = {
    "# A\n\n## B\n\n# C": "<h3>A</h3><h4>B</h4><h3>C</h3>",
    "### A\n\n###### B\n\n##### C\n\n# D": "<h3>A</h3><h4>B</h4><h4>C</h4><h3>D</h3>",
    "# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6": ("<h3>1</h3><h4>2</h4><h5>3</h5><h6>4</h6><h6>5</h6><h6>6</h6>"),
    "|a|b|\n|-|-:|\n|1|**2**|": (
        '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        "<tbody><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table>"
    ),
    "a\n\n---\n\nb": "<p>a</p><hr><p>b</p>",
    "[in](/outcomes/housing/) [there](#x)": '<p><a href="/outcomes/housing/">in</a> <a href="#x">there</a></p>',
    "https://example.org": '<p><a href="https://example.org" rel="noreferrer noopener">https://example.org</a></p>',
    "[mail](mailto:me@example.org)": '<p><a href="mailto:me@example.org">mail</a></p>',
    "[a](//example.org) [b](/\\example.org) [c](javascript:x)": (
        '<p>[a](//example.org) <a href="/%5Cexample.org">b</a> [c](javascript:x)</p>'
    ),
    "<b>raw</b> ![alt](https://example.org/a.png) `code`": (
        '<p>&lt;b&gt;raw&lt;/b&gt; !<a href="https://example.org/a.png" rel="noreferrer noopener">alt</a> `code`</p>'
    ),
}


@pytest.mark.parametrize(("markdown", "html"), EDITORIAL.items())
def test_what_editors_may_write(markdown, html):
    assert one_line(render_editorial(markdown)) == html


def test_footnotes_lead_there_and_back():
    assert one_line(render_editorial("One[^n], again[^n].\n\n[^n]: The *note*.")) == (
        '<p>One<sup><a href="#fn-5706e4-1" id="fnref-5706e4-1">[1]</a></sup>, '
        'again<sup><a href="#fn-5706e4-1" id="fnref-5706e4-1:1">[1]</a></sup>.</p>'
        '<section class="footnotes" aria-label="Footnotes"><ol>'
        '<li id="fn-5706e4-1"><p>The <em>note</em>. '
        '<a href="#fnref-5706e4-1" aria-label="Back to the text">\u21a9\ufe0e</a> '
        '<a href="#fnref-5706e4-1:1" aria-label="Back to the text">\u21a9\ufe0e</a></p></li></ol></section>'
    )


def test_footnotes_of_two_texts_share_no_id():
    first, second = (set(structure(render_editorial(f"{word}[^1]\n\n[^1]: note")).ids) for word in ("one", "two"))
    assert (len(first), len(second), first & second) == (2, 2, set())


# What goes past a bound


def nested_lists(depth):
    return "\n".join(" " * (2 * level) + f"- w{level}" for level in range(depth))


@pytest.mark.parametrize("render", [render_post, render_editorial])
@pytest.mark.parametrize("depth", [1, 5, 7, 8, 9, 10, 11, 30, 100])
def test_no_word_is_lost_by_nesting(render, depth):
    for text in (nested_lists(depth), "> " * depth + "w0"):
        words = [word for word in plain_text(render(text), 10_000).split() if word.startswith("w")]
        assert words == [f"w{level}" for level in range(len(words))]
        assert len(words) == text.count("w")


def test_what_is_nested_too_deep_is_shown_as_typed():
    assert render_post("> " * 30 + "a\n\n**b**") == f"<p>{'&gt; ' * 30}a</p>\n<p>**b**</p>\n"


def test_what_is_too_long_is_shown_as_typed():
    longest = "*a*".ljust(POST_LENGTH - 1) + "b"
    assert render_post(longest).startswith("<p><em>a</em>")
    assert render_post(f"*a*\n*b* <i>\n\n \t\n{longest}").startswith("<p>*a*<br>\n*b* &lt;i&gt;</p>\n<p>*a* ")


def test_a_table_too_wide_for_its_rows_is_shown_as_typed():
    table = "|a" * 80 + "|\n" + "|-" * 80 + "|\n"
    assert render_editorial(table + "b\n" * 50).startswith("<table>")
    assert render_editorial(table + "b\n" * 70).startswith("<p>|a|a")
    assert render_editorial((table + "b\n" * 20 + "\n") * 3).startswith("<p>|a|a")


def test_lone_surrogates_and_nul_bytes_do_not_stop_it():
    assert render_post("a\ud800b\0c") == "<p>a?b\ufffdc</p>\n"
    assert "\0" not in render_post("\0" * (POST_LENGTH + 1))


def test_many_at_once_give_what_one_gives():
    texts = [f"**{number}** [a](https://example.org/{number})[^1]\n\n[^1]: {number}" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(render_editorial, texts)) == [render_editorial(text) for text in texts]


# Attacks: nothing but the tags and attributes on the list, no link but to the web


class Structure(HTMLParser):
    """What a browser would find in HTML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.links, self.ids = set(), set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_comment(self, data):
        self.tags.add("!--")

    def handle_decl(self, decl):
        self.tags.add("!")

    def handle_pi(self, data):
        self.tags.add("?")

    def unknown_decl(self, data):
        self.tags.add("![")


def structure(html):
    found = Structure()
    found.feed(html)
    found.close()
    return found


POST_TAGS = {"a", "blockquote", "br", "em", "li", "ol", "p", "strong", "ul"}
POST_ATTRIBUTES = {("a", "href"), ("a", "rel"), ("ol", "start")}
EDITORIAL_TAGS = POST_TAGS | {
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
}
EDITORIAL_ATTRIBUTES = POST_ATTRIBUTES | {
    ("a", "id"),
    ("a", "aria-label"),
    ("li", "id"),
    ("section", "aria-label"),
    ("section", "class"),
    ("th", "scope"),
}


def assert_harmless(text):
    post, editorial = render_post(text), render_editorial(text)
    assert (type(post), type(editorial)) == (SafeString, SafeString)
    found = structure(post)
    assert found.tags - POST_TAGS == set()
    assert found.attributes - POST_ATTRIBUTES == set()
    assert [link for link in found.links if not link.lower().startswith(("http://", "https://"))] == []
    assert post.count("<a ") == post.count(f'rel="{POST_REL}">')
    found = structure(editorial)
    assert found.tags - EDITORIAL_TAGS == set()
    assert found.attributes - EDITORIAL_ATTRIBUTES == set()
    web = ("http://", "https://", "mailto:", "/", "#")
    assert [each for each in found.links if not each.lower().startswith(web) or each.startswith("//")] == []
    assert len(found.ids) == len(set(found.ids))


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:x'>y</a></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=x>",
    "<a href='javascript:x' onclick=y>z</a>",
    "<iframe srcdoc='<script>x</script>'>",
    "<style>*{background:url(https://x.example)}</style>",
    "<base href=https://x.example><meta http-equiv=refresh content=0>",
    "<form action=https://x.example><input name=a></form>",
    "<!--><script>x</script>-->",
    "<![CDATA[><script>x</script>]]>",
    "<?php x ?><!DOCTYPE html>",
    "<p style='color:red' id=main class=x>y</p>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a]( javascript:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](\x01javascript:alert(1))",
    "[a](java\0script:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A;&#x61;vascript&colon;alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](javascript\\:alert(1))",
    "[a](%6Aavascript:alert(1))",
    "[a](\u202ejavascript:alert(1))",
    "[a](\uff4aavascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](DATA:image/svg+xml,<svg onload=x>)",
    "[a](vbscript:x) [b](file:///etc/passwd) [c](blob:x) [d](about:blank) [e](intent:x)",
    "[a](http:javascript:x) [b](https:/x) [c](http:///x) [d](https:x.example)",
    "![a](javascript:x) ![b](data:image/svg+xml;base64,x)",
    "<javascript:alert(1)> <data:text/html,x> <JAVASCRIPT:x>",
    "[a]: javascript:alert(1)\n\n[a] [x][a] ![a]",
    '[a](https://x.example/"onmouseover=alert(1))',
    "[a](https://x.example 'title\" onmouseover=alert(1) x=')",
    '[a" onclick=x](https://x.example)',
    '<https://x.example/"onmouseover=x>',
    "https://x.example/'onmouseover=x' https://x.example/<script>x</script>",
    'https://x.example/"><script>x</script>',
    "https://x.example/`-alert(1)-`",
    'https://x.example"onclick=x',
    "[a](https://x.example/&quot;&gt;&lt;script&gt;)",
    "[[a](https://x.example)](https://y.example) [<https://x.example>](https://y.example)",
    "[a<script>](https://x.example) **<script>** > <script>",
    "# <script>\n\n|<script>|\n|-|\n|<img src=x onerror=y>|",
    "a[^<script>]\n\n[^<script>]: <script>x</script>",
    'a[^"onclick=x]\n\n[^"onclick=x]: javascript:x',
    "x[^a]\n\n[^a]: self[^a] [^b]\n\n[^b]: [^a]",
    "x[^a][^a]\n\n[^a]: one\n[^a]: two",
    "```<script>\nx\n```\n~~~ onclick=x\n~~~",
    "a  \\\n<script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</p></div><script>x</script>",
    '<a@x.example"onclick=x> <mailto:a@x.example?body=x>',
    "[a](mailto:javascript:x) [b](mailto:x@x.example?bcc=y@y.example)",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_attacks_are_shown_as_text(text):
    assert_harmless(text)


MARKS = [
    *"[]()<>!#*_`~|\\/:&;-+=.'\"@^a\t\n\0\x0b\x1f\u00a0\u2028\ud800 \u0301",
    *("1. ", "\n\n", "\n> ", "\n- ", "\n  ", "|-|", "[^a]", "[^a]: ", "&#106;", "&colon;", "xn--", "a@b.c"),
    *("https://", "http://a.b", "mailto:", "javascript:", "data:", "<a ", "</", "<!--", "<![CDATA[", "href=", "onx=y"),
]


@settings(deadline=None)  # the machine may be busy; test_text_speed.py measures
@given(st.text())
def test_any_text_is_harmless(text):
    assert_harmless(text)


@settings(deadline=None)  # the machine may be busy; test_text_speed.py measures
@given(st.lists(st.sampled_from(MARKS), max_size=60).map("".join))
def test_any_run_of_marks_is_harmless(text):
    assert_harmless(text)


# Reading back


def test_stored_html_is_safe():
    assert (type(stored("<p>a</p>")), stored("<p>a</p>")) == (SafeString, "<p>a</p>")


EXCERPTS = {
    "": "",
    "**One** [two](https://example.org)\n\n- three & <b>": "One two three & <b>",
    "one two three": "one two three",
    "one two three four": "one two…",
    "one two, threes": "one two…",
    "one two, - three": "one two…",
    "abcdefghijklmnopq": "abcdefghijkl…",
}


@pytest.mark.parametrize(("text", "words"), EXCERPTS.items())
def test_excerpts_end_with_a_word(text, words):
    limit = 13 if words.endswith("…") else 40
    assert plain_text(text, limit) == words
    assert plain_text(render_post(text), limit) == words


def test_excerpts_are_160_characters_unless_told():
    assert plain_text("word " * 100) == "word " * 31 + "word…"
    assert plain_text("a" * 160) == "a" * 160
    assert plain_text("a" * 161) == "a" * 159 + "…"


def test_no_excerpt_is_longer_than_its_limit():
    for limit in range(1, 40):
        assert len(plain_text("one two three four five six seven eight nine", limit)) <= limit
