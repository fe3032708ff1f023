"""What the tests here do again and again."""

from hypothesis import strategies as st

from newsletters.preflight import Finding

OUTSIDE = "https://example.org/"


TAKE_OUT = "or take the section out."


NOT_SENT = "Pictures are not sent. Say in words what it shows."


STILL_TO_COME = "Write what there is to say, or take it out."


NOT_FINISHED = "Write it as [words](https://…), with no spaces between the brackets, or take it out."


OTHER_PAGE = "Link to a page that everybody can open, or take the link out."


WAIT = "Wait, and look again. Or open it yourself."


def the(issue, kind):
    return issue.sections.filter(kind=kind).first()


def blocks(problem, mend, section=None):
    return Finding(blocks=True, section=section, problem=problem, mend=mend)


def warns(problem, mend, section=None):
    return Finding(blocks=False, section=section, problem=problem, mend=mend)


ASK = "Ask for consent and note it, or take the section out."


PUBLIC = [
    "/", "/about/", "/about", "/safety/", "/outcomes/", "/outcomes/housing/", "/outcomes/housing", "/forums/housing/",
    "/forums/housing/new/?type=e", "/resources/?q=x", "/about/#main", "/newsletter/week-5/", "http://testserver",
    "http://testserver/about/", "https://testserver/about/#main", "/code/take-down/",
]  # fmt: skip


NOT_PUBLIC = [
    "/none/", "/outcomes/none/", "/outcomes/none", "/newsletter/week-6/", "/newsletter/preview/abc/", "/admin/",
    "/admin/login/", "/accounts/login/", "/accounts/", "/leave/", "/health/", "/unsubscribe/abc/", "/confirm/abc/",
    "/change/abc/", "/subscription/abc/", "/static/site.css", "http://testserver/none/", "https://testserver/admin/",
    "/../", "/%00/", "/%ff/", "/?%zz=/../%", "/ä/",
]  # fmt: skip


PIECES = st.sampled_from(
    ["[", "]", "(", ")", "!", "#", "/", "<", ">", "&", "\\", "*", "_", "\n", "\n\n", " ", "|", "-", "^", ":", "@", "%",
     "http://", "https://", "www.", "mailto:", "a", "example.org", "[a](", "![", "[^1]", "\n[^1]: ", "/about/", "//", "[::1",
     ":99999", "%00", "testserver", "http://testserver/", "\u202e", "\ud83d\ude00", "ﬀ", "more soon", "&#x0;"]
)  # fmt: skip
