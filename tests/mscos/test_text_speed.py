"""No text takes long: texts known to slow Markdown parsers down, doubled in size.

Held against an ordinary text of the same length, rendered in the same moment, so that neither a slow machine nor other
work on it counts. A group of texts is one test, which names all that are slow.
"""

import math
from functools import partial

import pytest

from mscos.text import plain_text, render_editorial, render_post
from tests.cpu_time import TRIES, seconds, takes_less

# An ordinary text takes 0.012 s of the processor on a machine of 2026, so that this is the 0.25 s of the house rules.
TIMES = 20
MEASURABLE = 4  # times an ordinary text: below this noise is as large as growth
GROWTH = 3.0  # twice the text takes twice the time, and four times where a parser starts again at each mark
ORDINARY = (
    "We tried *two* things. The first was [a list](https://example.org/a) of rooms; see https://example.org/b too.\n\n"
    "- It was **quick**\n- It was kind\n\n"
) * 70

UNITS = {  # what parsers look for, again and again
    "brackets, links, pictures": [
        "[", "]", "[[", "[]", "[a](", "[a](<", "[a](b", "[](", "[]()", "](", "![", "[![", "[a][b]", "\\[", "[\\]",
        "[a](https://b.c)", "[a](https://b.c 'd", "[a](<b> '", "[*a](https://b.c)*", "[https://a.b](", "(", ")",
    ],
    "what looks like HTML": [
        "<", "<<", "<a ", "<a@", "<x>", "</", "<?", "<!A ", "<!--", "<![CDATA[", "<https://", "<https://b.c>", "&", "&#",
    ],
    "emphasis": [
        "*", "_", "***", "*_", "**_", "_*a", "**a", "a**b", "_a ", "*a_ ", "~", "'", '"', "\\", "\\\n",
    ],
    "quotations and lists": [
        "> ", ">", "> a\n", ">\n>> \n", ">* \n\\\n", "# >\n>> \n-", "a\n=\n> 1.\nb***", ">\n>> \n'", "> - ", "- > ",
        "- ", "- a\n", "+ ", "* \n", "*\t", "*\n  ", "-\n", "- - ", "1. ", "1.\n", "1) a\n", "> 1. ", "[^a]: > - ",
    ],
    "code, rules, headings, empty lines": [
        "`", "` ", "``a", "```\n", "~~~\n", "---\n", "# ", "#\n", "# a\n", "===\n", "\n", " \n", "a\n", "a\n\n", "  a\n",
    ],
    "addresses": [
        "http://", "http://a.", "https://a/ ", "https://a/", "https://a(", "https://u@", "https://a.b_", "://", "a://",
        "_https://a.b_ ", "https://a.b,", "https://_/", "https://--/", "https://é/", "https://a:1", "https:", "x://y@",
        "a@b.", "mailto:", "//", "www.", "https://" + "é" * 253 + "/", "https://a/" + ")" * 1990 + " ",
    ],
    "tables and footnotes": [
        "|", "|-", "|\n", "|a|b|\n|-|-|\n", "[^1]", "[^", "[^a]: ", "[^a]: x\n", "[^a][^b]", "[^1] [^2] ", "[^a]:[^a]:",
    ],
    "characters": [
        "\t", "\0", "é", "\u202e", "a\u0301", "\U000e0041", "\ufffd", "\ud800", ".", ":", " ",
    ],
}  # fmt: skip


# Each makes a text of about the size asked for.


def deeper(mark, indent):
    """A list in a list in a list."""
    return lambda size: "\n".join(" " * (indent * level) + mark for level in range(size // 4))


def repeated(units):
    """Return a shape for each of some units: the unit, again and again."""
    return {repr(unit)[:30]: lambda size, unit=unit: unit * size for unit in units}


WHOLE = {
    **{f"deeper {mark!r} by {by}": deeper(mark, by) for mark in ("- a", "1. a", "> a", "[^a]: ") for by in (1, 2, 4)},
    "deeper by tabs": lambda size: "\n".join("\t" * level + "- a" for level in range(size // 8)),
    "up and down": lambda size: "\n".join("> - " * (level % 8) + "a" for level in range(size // 4)),
    "open, close": lambda size: "[" * (size // 2) + "]" * (size // 2),
    "open, link": lambda size: "[a" * (size // 12) + "](https://b.c)" * (size // 14),
    "emphasis in emphasis": lambda size: "*a " * (size // 6) + "a* " * (size // 6),
    "strong, so": lambda size: "**a _b " * (size // 14) + "b_ a** " * (size // 14),
    "host of dots": lambda size: "https://" + "a." * (size // 2),
    "long path": lambda size: "https://a.b/" + "(a)" * (size // 3),
    "long scheme": lambda size: "a" * (size // 2) + "://" + "a" * (size // 2),
    "wide table": lambda size: "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "a\n" * 80 + "\n" + "a" * (size - 500),
    "wide tables": lambda size: ("|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "a\n" * 60 + "\n") * (size // 363),
    "long table": lambda size: "|a|\n|-|\n" + "|\n" * (size // 2 - 4),
    "many tables": lambda size: "|a|\n|-|\n\n" * (size // 9),
    "many quotations": lambda size: (">* \n\\\n" * 60 + "\n") * (size // 361),
    "notes": lambda size: "".join(f"[^{n}]" for n in range(size // 14)) + "\n\n[^1]: a" * (size // 20),
    "one note": lambda size: "[^a]: x\n\n" + "[^a]" * (size // 4 - 3),
    "note, brackets": lambda size: "[^a]: x\n\n" + "[^" * (size // 2 - 5),
    "note, few brackets": lambda size: "[^a]: x\n\n" + ("[^" * 20 + "a" * 300 + " ") * (size // 350),
}


SHAPES = {**{group: repeated(units) for group, units in UNITS.items()}, "whole texts": WHOLE}


def slow_ones(shapes, is_quick):
    """Return the names of the shapes whose texts of 10,000 and 5,000 characters are not quick."""
    return [name for name, shape in shapes.items() if not is_quick(*(shape(size)[:size] for size in (10_000, 5_000)))]


def takes_its_length(work, text, half, *, ordinary=ORDINARY, times=TIMES):
    """Return whether work on a text takes not many times an ordinary one's, and grows no faster than the text.

    The three are measured one after the other, for a few rounds at the most, and the best time of each is taken.
    """
    best = {}
    for _ in range(TRIES):
        for name, measured in (("ordinary", ordinary[:10_000]), ("whole", text), ("half", half)):
            best[name] = min(seconds(partial(work, measured)), best.get(name, math.inf))
        near = best["whole"] < MEASURABLE * best["ordinary"] or best["whole"] < GROWTH * best["half"]
        if near and best["whole"] < times * best["ordinary"]:
            return True
    return False


def is_short_work(text, half):
    """Return whether an excerpt takes not many times what an ordinary text takes."""
    return takes_less(lambda: plain_text(text), TIMES, lambda: render_post(ORDINARY[:10_000]))


@pytest.mark.parametrize("render", [render_post, render_editorial])
@pytest.mark.parametrize("group", SHAPES)
def test_no_text_takes_long(render, group):
    assert slow_ones(SHAPES[group], partial(takes_its_length, render)) == []


@pytest.mark.parametrize("group", SHAPES)
def test_excerpts_are_made_from_the_beginning_only(group):
    assert slow_ones(SHAPES[group], is_short_work) == []
