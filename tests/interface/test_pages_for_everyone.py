"""Pages in a browser: all rules of WCAG 2.2 AA that axe-core knows, phones, keyboards, dark screens, paper.

A browser is part of what these tests need (`tests/browser.py`); without one they fail, they are not skipped.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright

import browser
from builders import case_of, course_of
from dermatwin.core import Luck
from dermatwin.evidence import MEASUREMENTS, Evidence
from dermatwin.population import draw_people
from dermatwin.population.preset import preset_of
from dermatwin.report import qualification, render
from dermatwin.report.comparison import render_comparison
from dermatwin.report.population import render_population
from dermatwin.report.sheets import sheets
from dermatwin.report.trial import render_trial
from dermatwin.trial.loading import plan_of
from dermatwin.trial.running import run_trial
from dermatwin.twin import compare, simulate
from dermatwin.validation import validate
from trials import document

from .synthetic_run import Recipe, synthetic

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]}
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SHEETS = ("before", "session", "aftercare", "expect", "consent", "complications")
OTHERS = ("trial", "population", "session.de", "aftercare.de", "expect.de")
NAMES = ("report", "synthetic", "comparison", "qualification", *SHEETS, *OTHERS)
FEW = {
    "people": 12,
    "pool": {"lots": 4, "worlds": 4, "lot": 24},
    "include": {"sex": ["female"], "phototypes": ["III"], "age": ["30 yr", "40 yr"]},
    "stopping": {"looks": [0.5, 1.0]},
    "exclude": {"facts": ["diabetes"], "screened": "nobody"},
}
ENOUGH = 4.5  # contrast of small text
PAPER = 8  # printed pages without the annex

CHECK = """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations
  .map(found => `${found.id}: ` + found.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | '))"""

WIDER = """() => { const room = document.documentElement.clientWidth
  return document.documentElement.scrollWidth > room ? document.documentElement.scrollWidth - room : 0 }"""

# Text of figures, which axe leaves open: its fill against the ground of the nearest element that has one. What stands on a
# mark of its own colour is left to the eye.
FAINT = """() => {
  const linear = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) }
  const ground = element => { for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor
    if (!/, 0\\)$/.test(colour)) return colour } return getComputedStyle(document.documentElement).backgroundColor }
  return [...document.querySelectorAll('svg text:not(.on-dot):not(.in-stratum)')].map(text => {
    const [one, two] = [light(getComputedStyle(text).fill), light(ground(text))]
    return [(Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05), text.textContent] }) }"""


@cache
def pages() -> dict[str, str]:
    """Page -> HTML, each kind once."""
    case = case_of(course=course_of("cheek"))
    run = simulate(case, draws=20, seed=7)
    shallow = case_of(course=course_of("cheek", settings={"needle_length": "0.5 mm"}))
    packaged = Evidence.packaged()
    found = compare([case, shallow], ["as planned", "shallow"], draws=20, seed=7)
    return {
        "report": render(run),
        "synthetic": render(synthetic(Recipe())),
        "comparison": render_comparison(found),
        "trial": render_trial(run_trial(plan_of(document(**FEW)), 40)),
        "population": render_population(draw_people(preset_of("melasma", packaged), Luck(1, 300)), 1, packaged),
        **{name.removesuffix(".html"): text for name, text in sheets(run).items()},
        **{name.replace(".html", ".de"): text for name, text in sheets(run, "de").items()},
    }


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("measured")
    (folder / "closure.csv").write_bytes((MEASUREMENTS / "closure.csv").read_bytes())
    return qualification.render(validate(folder, draws=20), Evidence.packaged())


@pytest.fixture(scope="module")
def chromium():
    program = browser.find()
    assert program, "no Chromium: `python tests/browser.py` brings one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=browser.options())
        yield started
        started.close()


@pytest.fixture
def opened(chromium, measured):
    """Opens a page by its name, in a window of a width and a scheme of colours."""
    windows = []

    def opened(name: str, width: int = 1280, scheme: str = "light"):
        window = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        windows.append(window)
        window.set_content(measured if name == "qualification" else pages()[name])
        return window

    yield opened
    for window in windows:
        window.close()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_axe_finds(opened, name):
    """Every rule at every width; in the dark those of colour, for nothing else changes."""
    window = opened(name)
    window.evaluate(AXE)
    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": 900})
        window.emulate_media(color_scheme="light")
        assert window.evaluate(CHECK, ALL_RULES) == [], width
        window.emulate_media(color_scheme="dark")
        assert window.evaluate(CHECK, RULES_OF_COLOUR) == [], width


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_wider_than_its_window(opened, name):
    window = opened(name)
    for width in (320, 360, 390, 768, 1024):
        window.set_viewport_size({"width": width, "height": 900})
        assert window.evaluate(WIDER) == 0, width


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["report", "synthetic", "comparison", "qualification"])
def test_text_of_figures_can_be_read(opened, name, scheme):
    read = opened(name, scheme=scheme).evaluate(FAINT)
    assert len(read) > 20
    assert [(round(contrast, 2), text) for contrast, text in read if contrast < ENOUGH] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_turns_dark_where_the_screen_is(opened, name):
    grounds = [
        opened(name, scheme=scheme).evaluate("getComputedStyle(document.documentElement).backgroundColor")
        for scheme in SCHEMES
    ]
    levels = [sum(int(part) for part in re.findall(r"\d+", ground)) for ground in grounds]
    assert levels[0] > 700
    assert levels[1] < 120


def printed(window) -> int:
    """Pages of paper."""
    return len(re.findall(rb"/Type\s*/Page\b", window.pdf(prefer_css_page_size=True, print_background=True)))


@pytest.mark.parametrize("name", ["report", "synthetic"])
def test_a_print_has_eight_pages_and_its_annex_on_request(opened, name):
    window = opened(name)
    short = printed(window)
    window.check("#print-annex")
    assert short <= PAPER < printed(window)


def test_paper_is_light_whatever_the_screen(opened):
    window = opened("report", scheme="dark")
    window.emulate_media(media="print", color_scheme="dark")
    assert window.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_english_on_a_german_sheet_says_so(opened):
    window = opened("session.de")
    assert window.evaluate("document.documentElement.lang") == "de"
    marked = window.evaluate("[...document.querySelectorAll('[lang=en]')].map(part => part.textContent)")
    assert "sterile saline 0.9 %" in marked
    assert not opened("session").evaluate("document.querySelectorAll('[lang]').length") > 1


def test_every_region_that_scrolls_can_be_reached_and_has_a_name(opened):
    scrolled = """[...document.querySelectorAll('*')].filter(part => getComputedStyle(part).overflowX === 'auto')
      .map(part => [part.tabIndex, part.getAttribute('aria-label') || ''])"""
    for name in ("report", "comparison", "qualification", "expect"):
        found = opened(name, 320).evaluate(scrolled)
        assert found
        assert all(index == 0 and label for index, label in found), name
