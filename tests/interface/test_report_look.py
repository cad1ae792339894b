"""The rendering of skin in the report: swatches of untreated beside treated skin, with words, and silence without data."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from dermatwin.flows import Curve
from dermatwin.outcome import appearance
from dermatwin.report import render
from dermatwin.report.chapters import lookup, recovery_look
from dermatwin.report.figures import swatches

from .synthetic_run import Recipe, synthetic

DAYS = np.array([0.0, 0.007, 0.25, 1.0, 7.0, 28.0 - 1e-6, 84.0])
FADING = np.array([0.0, 6.0, 5.0, 3.0, 1.0, 0.0, 0.0])


@pytest.fixture(scope="module")
def run():
    """A synthetic run with colours in both zones: some people redden more, one draw failed."""
    plain = synthetic(Recipe())
    return replace(plain, curves=(*plain.curves, *(c for zone in plain.zones for c in colours(zone.zone.key))))


def colours(zone: str, draws: int = 60) -> tuple[Curve, ...]:
    """L*, a*, b* of people who redden from nothing to twice the usual."""
    strength = np.linspace(0.0, 2.0, draws)[:, None]
    light, red, yellow = 60.0 - 0.8 * strength * FADING, 12.0 + strength * FADING, 18.0 + 0.0 * strength * FADING
    red[0] = np.nan
    return tuple(
        Curve(name, zone, "1", DAYS, values) for name, values in zip(appearance.CHANNELS, (light, red, yellow), strict=True)
    )


def test_a_run_without_colours_has_no_rendering():
    plain = synthetic(Recipe())
    assert recovery_look.look(plain, plain.zones[0]) is None
    assert "rendering, not a photograph" not in render(plain)


def test_every_moment_has_a_swatch_in_three_rows_and_its_numbers(run):
    found = recovery_look.look(run, run.zones[0])
    assert found.moments[0].endswith("min")
    assert found.moments[-2:] == ["4\u00a0weeks", "12\u00a0weeks"]  # the eve of a session carries its day
    assert [len(row.swatches) for row in found.rows] == [len(DAYS) - 1] * 3
    assert all(len(line.cells) == len(DAYS) - 1 for line in found.lines)


def test_the_rows_go_from_little_to_much_redness(run):
    rows = recovery_look.look(run, run.zones[0]).rows
    rises = [float(re.search(r"a\* \+([\d.]+)", str(row.swatches[0]))[1]) for row in rows]
    assert rises == sorted(rises)
    assert rises[1] == pytest.approx(6.0, abs=0.3)


def test_the_page_labels_the_rendering_and_writes_nothing_on_colours(run):
    page = render(run)
    assert page.count("rendering, not a photograph; screens differ") == len(lookup.treated(run))
    found = re.findall(r'<svg[^>]*class="swatch".*?</svg>', page, re.DOTALL)
    assert len(found) == len(lookup.treated(run)) * (3 * (len(DAYS) - 1) + 2)
    assert all("<text" not in swatch and "<title>" in swatch for swatch in found)


def test_the_share_of_people_as_red_as_a_sunburn_falls_with_time(run):
    line = next(line for line in recovery_look.look(run, run.zones[0]).lines if "sunburn" in line.name)
    shares = [int(cell.value.split("\u202f")[0]) for cell in line.cells]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 70
    assert shares[-1] == 0


def test_the_sunburn_for_comparison_is_as_red_as_it_says(run):
    seen = recovery_look._seen(run, run.zones[0])
    assert recovery_look._sunburn(run, seen)[1] == pytest.approx(run.evidence.parameters["sunburn_a_star"].value)


def test_a_colour_is_written_as_css_writes_it():
    assert swatches.hexadecimal((196.0, 159.4, 141.0)) == "#c49f8d"
    assert swatches.hexadecimal((-3.0, 300.0, 0.0)) == "#00ff00"
    drawn = str(swatches.swatch((255, 255, 255), (0, 0, 0), "a <b>"))
    assert drawn.index("#ffffff") < drawn.index("#000000")
    assert "a &lt;b&gt;" in drawn
