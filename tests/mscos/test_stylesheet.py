"""The stylesheet and the script: contrast of every pair of colours, forbidden content, and size."""

import gzip
import re
from pathlib import Path

import brotli
import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
CSS = (STATIC / "site.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
SCRIPT = (STATIC / "site.js").read_text()
TINTS = ("info", "success", "waiting", "error", "note")

# Words in front, what they stand on. WCAG 2.2, 1.4.3: 4.5 to 1.
TEXT_PAIRS = [
    *[(text, ground) for text in ("ink", "muted", "link", "link-hover") for ground in ("page", "surface", "sunken")],
    *[(text, tint) for text in ("ink", "muted", "link", "link-hover") for tint in TINTS],
    *[(f"{tint}-label", tint) for tint in TINTS],
    *[(label, ground) for label in ("error-label", "waiting-label") for ground in ("page", "surface")],
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("on-ink", "ink"),
    ("ink", "halo"),
]
# What shows where a control or a panel ends, or what has the focus. WCAG 2.2, 1.4.11: 3 to 1.
EDGE_PAIRS = [
    *[("edge", ground) for ground in ("page", "surface", "sunken", *TINTS)],
    *[("focus", ground) for ground in ("page", "surface", "sunken", *TINTS)],
    *[("accent", ground) for ground in ("page", "surface", "sunken")],
    *[("primary", ground) for ground in ("page", "surface", "sunken")],
    *[(f"{tint}-label", tint) for tint in TINTS],
    ("error-label", "page"),
    ("waiting-label", "page"),
    ("focus", "halo"),
]


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", css))


def layer(name: str) -> str:
    return RULES.split(f"@layer {name} {{")[1].split("\n@layer ")[0]


LIGHT_PART, DARK_PART = layer("tokens").split("@media (prefers-color-scheme: dark)")
SCHEMES = {"light": tokens(LIGHT_PART), "dark": tokens(LIGHT_PART) | tokens(DARK_PART)}


def luminance(colour: str) -> float:
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_what_it_stands_on(scheme):
    colours = SCHEMES[scheme]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_stand_out_from_what_they_lie_on(scheme):
    colours = SCHEMES[scheme]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in EDGE_PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_the_dark_scheme_changes_every_colour():
    assert tokens(DARK_PART).keys() == tokens(LIGHT_PART).keys()


def test_every_colour_is_a_token():
    outside = RULES.replace(layer("tokens"), "").replace(layer("print"), "")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(", outside) == []


def test_every_token_that_is_used_exists():
    assert set(re.findall(r"var\((--[a-z0-9-]+)", RULES)) - set(re.findall(r"(--[a-z0-9-]+):", RULES)) == set()


def test_printing_is_black_on_white():
    assert set(tokens(layer("print")).values()) == {"#FFFFFF", "#000000", "#808080"}
    assert {name for name, colour in tokens(layer("print")).items() if colour == "#808080"} == {"line"}


@pytest.mark.parametrize("unwanted", [":visited", "@import", "url(", "image-set(", "@font-face"])
def test_nothing_tells_what_was_read_or_comes_from_elsewhere(unwanted):
    assert unwanted not in RULES


def selectors() -> list[str]:
    without_declarations = re.sub(r"[\w-]+\s*:[^;{}]*;", "", RULES)
    return [found.strip() for found in re.findall(r"([^{}@;]+)\{", without_declarations)]


def test_no_selector_names_an_id():
    assert [selector for selector in selectors() if "#" in selector] == []


def steps(selector: str) -> int:
    """How many elements, one inside the other, a selector names; brothers ('+') count once."""
    flat = re.sub(r"\((?:[^()]|\([^()]*\))*\)", "", selector)
    inside = re.sub(r"\s*\+\s*[*.:\w-]+", "", flat)
    return max(len(re.split(r"\s*>\s*|\s+", part.strip())) for part in inside.split(","))


def test_no_selector_goes_deeper_than_three_elements():
    """Two steps down from where it starts."""
    assert [selector for selector in selectors() if steps(selector) > 3] == []


def test_movement_is_only_for_those_who_have_not_asked_for_less():
    assert RULES.count("transition") == 1
    assert "transition" in RULES.split("@media (prefers-reduced-motion: no-preference)")[1][:200]
    assert re.findall(r"animation|@keyframes|scroll-behavior", RULES) == []


@pytest.mark.parametrize(("name", "most"), [("site.css", 12_000), ("site.js", 4_000), ("favicon.svg", 300)])
def test_files_stay_small(name, most):
    plain = (STATIC / name).read_bytes()
    sizes = {"brotli": len(brotli.compress(plain)), "gzip": len(gzip.compress(plain))}
    assert {how: size for how, size in sizes.items() if size > most} == {}


def test_the_favicon_says_nothing():
    assert (STATIC / "favicon.svg").read_text().count("<") == 3
    assert len((STATIC / "favicon.svg").read_bytes()) <= 300


@pytest.mark.parametrize(
    "unwanted",
    ["localStorage", "sessionStorage", "indexedDB", "serviceWorker", "beforeunload", "cookie", "fetch(", "innerHTML"],
)
def test_the_script_keeps_nothing_and_asks_nobody(unwanted):
    assert unwanted.lower() not in SCRIPT.lower()


def test_the_script_knows_no_address():
    assert re.findall(r"https?:|//\w", re.sub(r"^\s*//.*$", "", SCRIPT, flags=re.MULTILINE)) == []
