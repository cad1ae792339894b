"""The chapter on delivery: pictures around a channel, numbness, doses against limits, and what trials say."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dermatwin.case import Case, load_case
from dermatwin.delivery import Guard, Numbness, picture
from dermatwin.report import page as report_page
from dermatwin.report import render
from dermatwin.report.chapters import (
    delivery,
    delivery_claims,
    delivery_field,
    delivery_guard,
    delivery_numb,
    delivery_units,
)
from dermatwin.report.figures import field, guardbar
from dermatwin.report.figures.field import Bands, Cell, Moment
from dermatwin.twin import simulate

from .synthetic_run import Recipe, synthetic

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = 20
BEFORE = {"product": "lidocaine 4 % cream", "dose": "30 mg/cm^2", "apply": "-60 min", "remove": "-5 min"}
SERUM = {"product": "vitamin C serum", "dose": "3 mg/cm^2", "apply": "5 min"}
ON_CHANNELS = {"product": "EMLA cream", "dose": "150 mg/cm^2", "apply": "-60 min", "remove": "30 min"}
PRP = {"product": "PRP", "dose": "10 mg/cm^2", "apply": "0 min"}
DEEP = {"product": "hyaluronic acid gel", "dose": "10 mg/cm^2", "apply": "0 min", "remove": "20 min"}
STYLE = (report_page.TEMPLATES / "style.css").read_text(encoding="utf-8")


def with_topicals(*topicals: dict[str, str]) -> Case:
    """The example with a roller, one session, other products."""
    data = load_case(EXAMPLES / "dogra_2014.yaml").model_dump(mode="json")
    data["course"] |= {"topicals": [], "sessions": {"count": 1, "interval": "4 weeks"}}
    data["observations"] = []
    return Case.model_validate({**data, "course": {**data["course"], "topicals": list(topicals)}})


@pytest.fixture(scope="module")
def run():
    return simulate(with_topicals(BEFORE, SERUM), draws=DRAWS)


@pytest.fixture(scope="module")
def chapter(run):
    return delivery.delivery(run)


@pytest.fixture(scope="module")
def section(chapter):
    return next(active for active in chapter.actives if active.name == "L-ascorbic acid").section


@pytest.fixture(scope="module")
def broken():
    """Everything on open channels: anaesthetic, growth factors, a giant molecule."""
    return simulate(with_topicals(ON_CHANNELS, PRP, DEEP), draws=DRAWS)


@pytest.fixture(scope="module")
def page(run) -> str:
    return render(run)


@pytest.fixture(scope="module")
def broken_page(broken) -> str:
    return render(broken)


@pytest.fixture(scope="module")
def text(page) -> str:
    return visible(page)


def visible(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", page, flags=re.S)))


def classes(figure: str) -> list[str]:
    return [e.get("class") or "" for e in ElementTree.fromstring(figure).iter()]


# Around a channel


def test_four_moments_are_drawn_with_channel_layers_and_scale(section) -> None:
    assert len(section.figures) == 4
    for figure in section.figures:
        found = classes(figure)
        assert {"hole-then", "scale-bar", "face"} <= set(found)
        assert any(name.startswith("hole-now") for name in found)
        assert found.count("face") == 2
    assert "stratum corneum" in section.figures[0]
    assert [re.search(r'field-time">([^<]+) after', f)[1].replace("\xa0", " ") for f in section.figures][1:] == [
        "1 h",
        "4 h",
        "24 h",
    ]


def test_a_picture_is_small(section) -> None:
    assert max(len(figure.encode()) for figure in section.figures) < 60_000


def cell_of() -> Cell:
    """A channel of 0.25 mm and 0.05 mm radius in 1 mm of skin, 0.5 mm of it shown, 0.3 mm to each side."""
    rings = np.array([0.0, 0.05, 0.1, 0.3])
    return Cell(np.linspace(0.0, 1.0, 21), rings, [("a", 0.1), ("b", 1.0)], 0.25, 0.05, 1.0, 0.5, 0.3)


def test_a_picture_is_to_scale_and_mirrored() -> None:
    cell = cell_of()
    values = np.tile([100.0, 10.0, 1.0], (20, 1))
    figure = field.draw(cell, Moment("", "", values, 1.0), Bands((5.0,), False), "t")
    root = ElementTree.fromstring(figure)
    frame = next(e for e in root if e.get("class") == "window")
    per_mm = float(frame.get("width")) / 0.6
    assert float(frame.get("height")) / 0.5 == pytest.approx(per_mm, rel=1e-3)
    region = next(e.get("d") for e in root if e.get("class") == "field-15")
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", region), float)
    axis = float(frame.get("x")) + 0.3 * per_mm
    assert points[:, 0].min() + points[:, 0].max() == pytest.approx(2.0 * axis, abs=0.3)
    # u falls from 100 at the wall to 10 at the node of the first ring: it is 5 between the nodes of ring one and two
    wall, nodes = 0.05, np.sqrt([0.05 * 0.1, 0.1 * 0.3])
    at = np.exp(np.interp(-5.0, [-100.0, -10.0, -1.0], np.log([wall, *nodes])))
    assert (points[:, 0].max() - axis) / per_mm == pytest.approx(at, abs=0.5 / per_mm + 0.012)


def test_what_lies_deeper_is_drawn_lower() -> None:
    cell = cell_of()
    middles = 0.5 * (cell.edges[1:] + cell.edges[:-1])
    falls = np.repeat(1.0 - middles[:, None], 3, axis=1)  # 0.7 at 0.3 mm, whatever the radius
    root = ElementTree.fromstring(field.draw(cell, Moment("", "", falls, 1.0), Bands((0.7,), False), "t"))
    frame = next(e for e in root if e.get("class") == "window")
    left, top, width, height = (float(frame.get(name)) for name in ("x", "y", "width", "height"))
    region = next(e.get("d") for e in root if e.get("class") == "field-15")
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", region), float)
    assert (points[:, 0].min(), points[:, 0].max()) == pytest.approx((left, left + width), abs=0.1)
    assert (points[:, 1].min(), points[:, 1].max()) == pytest.approx((top, top + 0.6 * height), abs=0.1)


def test_the_outline_shrinks_with_the_open_cross_section() -> None:
    cell = cell_of()

    def width(opened: float) -> float:
        figure = field.draw(cell, Moment("", "", np.ones((20, 3)), opened), Bands((2.0,), False), "t")
        path = next(e.get("d") for e in ElementTree.fromstring(figure) if e.get("class") == "hole-now")
        across = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", path)]
        return max(across) - min(across)

    assert width(0.25) == pytest.approx(0.5 * width(1.0), rel=0.02)
    shut = field.draw(cell, Moment("", "", np.ones((20, 3)), 0.0), Bands((2.0,), False), "t")
    assert "hole-now shut" in classes(shut)


def test_values_between_cells_are_those_of_the_solver() -> None:
    cell = Cell(np.linspace(0.0, 1.0, 3), np.array([0.0, 0.1, 0.2, 0.4]), [], 0.5, 0.1, 1.0, 1.0, 0.4)
    values = np.array([[8.0, 4.0, 2.0], [4.0, 2.0, 1.0]])
    nodes = np.sqrt([0.02, 0.08])
    found = field.sampled(cell, values, np.array([0.0, 0.1, *nodes]), np.array([0.25, 0.5, 0.75]))
    assert found[0] == pytest.approx([8.0, 8.0, 4.0, 2.0])
    assert found[2, [0, 2, 3]] == pytest.approx([4.0, 2.0, 1.0])
    assert found[1] == pytest.approx(0.5 * (found[0] + found[2]))


def test_colours_span_the_values_shown(run, section) -> None:
    bounds = section.scale.bounds
    assert section.scale.log
    assert bounds == tuple(sorted(bounds))
    drawn = {int(n) for figure in section.figures for n in re.findall(r'class="field-(\d+)"', figure)}
    assert len(drawn) > 5
    keyed = {int(n) for n in re.findall(r'class="field-(\d+)"', section.key)}
    assert drawn <= keyed
    assert "unbound" in section.key
    assert "µg/cm³" in section.key


@pytest.mark.parametrize(("low", "high", "log"), [(1.0, 90.0, False), (0.01, 90.0, True), (3.0, 3.0, False)])
def test_a_scale_is_logarithmic_beyond_two_decades(low: float, high: float, log: bool) -> None:
    scale = field.bands([np.array([low, high])])
    assert scale.log == log
    assert all(low < bound <= high for bound in scale.bounds)
    assert scale.bounds or low == high
    assert len(scale.bounds) < field.TONES
    assert scale.tone(0) == 0
    assert scale.tone(len(scale.bounds)) == (field.TONES - 1 if scale.bounds else 0)


def test_colours_darken_step_by_step() -> None:
    tones = [re.search(rf"\.field-{n} \{{ fill: #([0-9a-f]{{6}});", STYLE)[1] for n in range(field.TONES)]
    grey = [sum(w * int(tone[i : i + 2], 16) for w, i in ((0.2126, 0), (0.7152, 2), (0.0722, 4))) for tone in tones]
    assert all(before - after > 5.0 for before, after in itertools.pairwise(grey))


def test_the_picture_is_that_of_the_run(run) -> None:
    seen = delivery_field.Pictures(run).of(run.zones[0].exposures[-1])
    assert seen is not None
    topical, found = seen
    draws = delivery_field.draws_of(run)
    again = picture(topical, run.zones[0].channels[0], run.zones[0].skin, draws, np.array([1.0 / 6.0, 1.0, 4.0, 24.0]))[0]
    assert np.array_equal(found.activity, again.activity)
    other = replace(run, provenance={**run.provenance, "seed": 2})
    assert not np.array_equal(delivery_field.Pictures(other).of(run.zones[0].exposures[-1])[1].activity, found.activity)


def test_what_is_wiped_off_before_has_no_picture_of_a_channel(chapter, text) -> None:
    numbing = next(active for active in chapter.actives if active.name == "Lidocaine")
    assert numbing.section is None
    assert any("Lidocaine is wiped off before the needling" in said for said in chapter.sentences)
    assert any(chart.title.startswith("By depth") for chart in numbing.charts)
    assert "the typical person, to scale" in text


def test_without_channels_nothing_is_drawn_around_one(run) -> None:
    zone = run.zones[0]
    none = tuple(replace(c, density=0.0 * c.density, depth=0.0 * c.depth, radius=0.0 * c.radius) for c in zone.channels)
    closed = replace(run, zones=(replace(zone, channels=none),))
    assert all(active.section is None for active in delivery.delivery(closed).actives)
    render(closed)
    unknown = replace(run, provenance={key: value for key, value in run.provenance.items() if key != "vary"})
    assert all(active.section is None for active in delivery.delivery(unknown).actives)


def test_what_stays_out_is_said_instead_of_drawn(broken) -> None:
    found = delivery.delivery(broken).actives
    giant = next(active for active in found if active.name.startswith("Hyaluronic"))
    assert giant.little
    assert not giant.charts
    assert giant.section is None
    assert sum(active.section is not None for active in found) == delivery_field.MOST
    assert not any(active.little for active in found if active is not giant)


def test_traces_are_written_in_small_units(broken, broken_page) -> None:
    growth = next(e for e in broken.zones[0].exposures if e.active == "PDGF-BB")
    scale = delivery_units.scale_of(growth)
    assert scale.mass in ("ng", "pg")
    assert scale.factor * float(np.median(growth.dose)) >= 1.0
    page = visible(broken_page)
    assert f"{scale.mass}/cm²" in page


# Amounts


def test_a_ratio_without_a_difference_is_called_the_same(chapter) -> None:
    numbing = next(active for active in chapter.actives if active.name == "Lidocaine")
    assert numbing.numbers[0].more == ("the same", "")


def test_measurements_stand_beside_the_twin_where_they_disagree(broken, broken_page) -> None:
    said = [line for line in delivery.delivery(broken).sentences if line.startswith("PDGF-BB")]
    assert said
    assert "did not bring more in" in said[0]
    found = {active.name: active.measured for active in delivery.delivery(broken).actives}
    assert found["PDGF-BB"] in visible(broken_page)
    assert found["Lidocaine"] == ""


# Numbness


def numb_of(block: np.ndarray, **changes) -> Numbness:
    time = np.linspace(-1.0, 5.0, block.shape[1])
    return replace(Numbness("cheek", 0, time, block, -1.0, -0.25), **changes)


def test_numbness_is_drawn_with_its_moments(run) -> None:
    zone = delivery_numb.numbness(run).zones[0]
    for word in ("put on", "wiped off", "needling", "on the skin"):
        assert f">{word}<" in zone.figure
    assert "band tone-1" in zone.figure
    assert "of people" in zone.facts[0].value


def test_numbness_in_words_follows_the_block(run) -> None:
    zone = run.zones[0]
    rise = np.concatenate([np.linspace(0.0, 1.0, 13), np.linspace(1.0, 0.0, 12)])
    everybody = replace(run, zones=(replace(zone, numb=(numb_of(np.tile(rise, (DRAWS, 1))),)),))
    found = delivery_numb.numbness(everybody).zones[0]
    assert found.facts[0].value.startswith("0")  # half is reached at 0.5 h after the needling
    assert found.facts[1].value.startswith("90")
    assert "half are numb" in found.figure
    nobody = replace(run, zones=(replace(zone, numb=(numb_of(np.zeros((DRAWS, 25))),)),))
    found = delivery_numb.numbness(nobody).zones[0]
    assert found.facts[1].value == "never"
    assert "only 0" in found.sentence
    assert "half are numb" not in found.figure
    some = replace(run, zones=(replace(zone, numb=(numb_of(np.ones((DRAWS, 25))),)),))
    assert "at least" in delivery_numb.numbness(some).zones[0].facts[2].range


def test_nothing_numbs_no_chart(run, text) -> None:
    silent = replace(run, zones=(replace(run.zones[0], numb=()),))
    assert delivery_numb.numbness(silent) is None
    words = "share of the nerves that carry pain"
    assert words in text
    assert words not in visible(render(silent))


# Guards


def test_a_stop_is_shown_as_a_stop(broken, broken_page) -> None:
    found = delivery_guard.guards(broken)
    row = next(row for row in found.rows if "open channels" in row.what)
    assert (row.word, row.verdict, row.share) == ("Stop", "stop", "over any limit")
    assert "none allowed" in row.amount
    assert "guard-stop" in row.figure
    assert found.sentences[0].startswith("Stop: ")
    page = broken_page
    assert 'class="verdict-word guard-word-stop">Stop<' in page
    assert "fda_anaesthetics2009" in row.sources


SHARES = [(0.27, "ok"), (0.8, "caution"), (1.2, "stop"), (4.0, "stop"), (None, "stop")]


@pytest.mark.parametrize(("share", "verdict"), SHARES)
def test_a_bar_is_as_long_as_the_share(share: float | None, verdict: str) -> None:
    figure = guardbar.bar(share, 0.5, verdict, "t")
    bar = next(e for e in ElementTree.fromstring(figure) if f"guard-bar guard-{verdict}" in (e.get("class") or ""))
    wanted = 100.0 * min(share if share is not None else 9.0, guardbar.ROOM) / guardbar.ROOM
    assert float(bar.get("width").rstrip("%")) == pytest.approx(wanted, abs=0.1)
    assert ("overflow" in figure.split("<rect")[-1]) == (share is None or share > guardbar.ROOM)
    limit = next(e for e in ElementTree.fromstring(figure) if e.get("class") == "guard-limit")
    assert float(limit.get("x1").rstrip("%")) == pytest.approx(100.0 / guardbar.ROOM, abs=0.1)


def test_guards_say_amount_share_and_verdict(run) -> None:
    row = next(row for row in delivery_guard.guards(run).rows if row.what == "Lidocaine applied")
    assert row.amount.replace("\u202f", " ") == "72 of 270 mg"
    assert row.share.replace("\u202f", " ") == "27 %"
    assert row.word == "Within the limit"


def test_a_dose_that_cannot_be_checked_is_a_stop_without_a_bar(run) -> None:
    guard = Guard("time under cream", None, None, None, "min", "stop", ("emla_smpc",), "never taken off")
    row = delivery_guard.guards(replace(run, guards=(guard,))).rows[0]
    assert (row.amount, row.word, row.figure) == ("not known", "Stop", "")
    assert "Never taken off." in visible(render(replace(run, guards=(guard,))))


def test_excipients_are_listed_with_the_caution(run, text) -> None:
    found = delivery_guard.guards(run).excipients
    names = [row.name for product in found.products for row in product.rows]
    below = [guard for guard in run.guards if guard.what.endswith(delivery_guard.BELOW)]
    assert len(names) == len(below) > 3
    assert found.products[0].name == "Vitamin C 15 % serum"
    assert "of Vitamin" not in " ".join(names)
    assert "granulomas" in text
    assert "friedmann2024" in found.sources
    strange = Guard("excipients of house serum", None, None, None, "ug", "caution", ("friedmann2024",), "not known")
    row = delivery_guard.guards(replace(run, guards=(strange,))).excipients.products[0].rows[0]
    assert (row.name, row.amount) == ("Composition not known", "all that gets in with the active")


def test_no_guard_no_table(run) -> None:
    assert delivery_guard.guards(replace(run, guards=())) is None
    assert "Doses against their limits" not in visible(render(replace(run, guards=())))


# Claims


def test_claims_are_said_in_plain_words_with_sources(run, broken) -> None:
    rows = delivery_claims.claims(run)
    acne = next(row for row in rows if row.active == "L-ascorbic acid" and "cne scars" in row.claim)
    assert (acne.kind, acne.sources) == ("good", "chakrawarty2017")
    assert any(row.kind == "none" for row in rows)
    growth = [row for row in delivery_claims.claims(broken) if row.active == "PDGF-BB"]
    assert growth[0].verdict == "Measured: needling did not bring more in"
    assert "dhurat2019" in growth[0].sources
    stronger = {**SERUM, "product": "vitamin C 20 % serum"}
    assert delivery_claims.claims(replace(run, case=with_topicals(BEFORE, SERUM, stronger))) == rows


def test_every_source_named_is_listed(run) -> None:
    listed = {source.id for source in delivery_claims.sources(run, run.guards)}
    named = {s for row in delivery_claims.claims(run) for s in row.sources.split(", ") if s}
    named |= {s for guard in run.guards for s in guard.sources if s != delivery_claims.ASSUMPTION}
    assert listed == named


# The page


def test_same_run_same_bytes_and_small(page, broken_page) -> None:
    assert page == render(simulate(with_topicals(BEFORE, SERUM), draws=DRAWS))
    for one in (page, broken_page):
        assert len(one.encode()) < 1_200_000


def test_figures_have_no_number_that_is_not_one(page, broken_page) -> None:
    for one in (page, broken_page):
        assert not re.search(r'="[^"]*\b(nan|inf|None)\b[^"]*"', one)


def test_nothing_on_the_skin_no_chapter() -> None:
    assert delivery.delivery(synthetic(Recipe(topicals=False))) is None
