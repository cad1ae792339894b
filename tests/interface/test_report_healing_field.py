"""The healing field of the report: what is healed, what is shown, that it stands on paper and moves without scripts."""

import re
import xml.etree.ElementTree as Tree
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from builders import case_of, course_of
from dermatwin.core.errors import ComputationError
from dermatwin.report import render
from dermatwin.report.chapters import healing_field as chapter
from dermatwin.report.chapters import healing_specimen, needle_map
from dermatwin.report.figures import healing_field as figure
from dermatwin.report.figures import tones
from dermatwin.twin import recall, simulate, write_run


def case(length):
    zones = [{"zone": "cheek", "area": "20 cm^2", "concerns": [{"concern": "acne_scar"}]}]
    return case_of(zones=zones, course=course_of("cheek", settings={"needle_length": length}), horizon="16 weeks")


WHOLE = 3 * 2 + 3 * 6 * 2  # pictures: films and stills of three states, two views each


@pytest.fixture(scope="module")
def run():
    return simulate(case("1.5 mm"), draws=6, seed=4)


@pytest.fixture(scope="module")
def piece(run):
    return healing_specimen.specimen(run)


@pytest.fixture(scope="module")
def page(run, piece):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chapter, "specimen", lambda run: piece)
        return render(run)


@pytest.fixture
def small(monkeypatch):
    """A grid that is quick and no more than that."""
    for name, value in (("ACROSS", 12), ("ALONG", 10), ("FINENESS", 8)):
        monkeypatch.setattr(healing_specimen, name, value)


def section(page):
    return re.search(r'<section class="healing-field annex">.*?</section>', page, re.S).group()


def test_the_piece_holds_holes_of_the_map_as_deep_as_the_needles_of_the_typical_person(run, piece):
    side, holes = needle_map.holes(run, run.zones[0])
    found = piece.needling.position
    assert len(found)
    assert (found >= 0.0).all()
    assert (found < piece.size).all()
    moved = [holes - corner for corner in holes - found[0]]
    assert any(all(np.isclose(places, place).all(axis=1).any() for place in found) for places in moved)
    assert side > piece.size[0]
    assert (piece.needling.depth > 0.0).all()
    assert piece.needling.depth.max() < 1.5


def test_the_mean_of_the_picture_is_near_the_model_of_means(piece):
    number = healing_specimen.times().index(28.0)
    space, even = (
        values - 1.0
        for values in (
            piece.field.mean("collagen", "papillary_dermis")[number],
            piece.even[number, healing_specimen.STATES.index("collagen")],
        )
    )
    assert even > 0.01
    assert 0.75 < space / even < 1.33


@pytest.mark.usefixtures("small")
def test_little_happens_below_the_needles_and_the_page_says_why_means_differ():
    run = simulate(case("0.5 mm"), draws=2, seed=4)
    piece = healing_specimen.specimen(run)
    early = piece.section("macrophages_m1")[healing_specimen.times().index(1.0)]
    assert early[0].max() > 5.0 * early[-1].max()
    assert "lost to this layer" in chapter.healing_field(run).said


def test_the_page_shows_films_and_stills_as_pictures_of_its_own(page):
    shown = section(page)
    assert shown.count("<image") == WHOLE
    assert all(source.startswith("data:image/png;base64,") for source in re.findall(r'href="([^"]*)"', shown))
    assert "<script" not in shown
    assert "onload" not in shown
    assert len(shown) < 600_000


def test_the_page_says_that_it_is_a_rendering_with_grade_units_and_scale(page):
    shown = section(page)
    assert "Model rendering, not an image of skin." in shown
    assert 'class="grade grade-E"' in shown
    assert "% of a full wound’s peak" in shown
    assert "1\u202fmm" in shown
    assert "80\u202fµm" in shown


def test_every_picture_has_words_for_those_who_do_not_see_it(page):
    for figure_of in re.findall(r'<svg[^>]*class="figure healing-(?:film|still)".*?</desc>', section(page), re.S):
        assert "<title>" in figure_of
        assert "Model rendering" in figure_of
        assert "mean" in figure_of
    assert section(page).count("<desc>Model rendering") == 3 + 18


def test_the_film_can_be_stopped_and_is_left_out_on_paper(page):
    style = page[: page.index("</style>")]
    shown = section(page)
    assert '<input type="checkbox" id="film-hold"' in shown
    assert ".film-hold:checked ~ * .film-moves { animation-play-state: paused; }" in style
    assert "prefers-reduced-motion" in style
    assert re.search(r"@media print.*\.film \{ display: none; \}", style, re.S)
    frames = len(healing_specimen.times())
    assert f"steps({frames},jump-none)" in shown
    assert len(re.findall(r"<span>[^<]*</span>", re.search(r"film-times.*?</div>", shown, re.S).group())) == frames


@pytest.mark.usefixtures("small")
def test_a_run_that_is_read_again_shows_the_same_field(run, tmp_path):
    folder = write_run(run, tmp_path / "run")
    assert section(render(recall(folder))) == section(render(run))


def test_what_heals_not_is_not_shown(run):
    zone = run.zones[0]
    dead = replace(run, zones=(replace(zone, skin=replace(zone.skin, alive=False)),))
    without = replace(run, zones=(replace(zone, history=replace(zone.history, means=None)),))
    missed = replace(
        run,
        zones=(
            replace(
                zone, punctures=tuple(replace(p, pierced_fraction=np.zeros_like(p.pierced_fraction)) for p in zone.punctures)
            ),
        ),
    )
    for odd in (dead, without, missed):
        assert chapter.healing_field(odd) is None


def test_a_patch_that_fails_leaves_a_sentence_and_not_a_hole(run, monkeypatch):
    def fail(run):
        raise ComputationError("3 cells failed", "patch on day 2")

    monkeypatch.setattr(chapter, "specimen", fail)
    assert "3 cells failed" in section(render(run))


def decoded(drawn):
    """Tones of all pictures in a figure, from above and the cut, and the palette that both have."""
    found = [Image.open(BytesIO(b64decode(data))) for data in re.findall(r'href="data:image/png;base64,([^"]*)"', drawn)]
    palettes = [np.array(picture.getpalette()).reshape(-1, 3) for picture in found]
    np.testing.assert_array_equal(palettes[0], palettes[1])
    return [np.asarray(picture) for picture in found], palettes[0]


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.8), (-0.3, 0.41), (-3.2, 0.9), (-5.0, 0.0), (0.0, 0.0), (-1e-7, 1.0)])
def test_rest_is_the_palest_tone_and_distance_is_depth(low, high):
    scale = tones.tones_for([np.array([low, high])])
    assert scale.low <= low + 1e-3 * max(high, 0.0)
    assert scale.high >= high
    palette = scale.palette.astype(float)
    light = palette @ [0.299, 0.587, 0.114]
    rest = int(scale.of(np.array([0.0]))[0])
    np.testing.assert_array_equal(palette[rest], [0xF6, 0xF2, 0xE6])
    assert light[rest] == light.max()
    assert (np.diff(light[rest:]) <= 1.0).all()
    assert (np.diff(light[: rest + 1]) >= -1.0).all()


WINDOW = figure.Window(
    0.6,
    0.4,
    [("dermis", 0.1)],
    np.array([0.1, 0.2, 0.4, 0.6, 0.8]),
    0.8,
    np.array([[0.3, 0.2]]),
    np.array([0.05]),
    np.array([0.5]),
    0.2,
)


def test_a_film_holds_its_frames_below_one_another():
    values = np.stack([np.full((4, 6), float(n)) for n in range(5)])
    drawn = str(figure.film(WINDOW, figure.Views(values, values, tones.Tones(0.0, 4.0)), "<b>", "what it shows"))
    Tree.fromstring(drawn)
    assert "<b>" not in drawn
    (picture, _), _ = decoded(drawn)
    frames = picture.reshape(5, -1, 6 * figure.FINE_FILM)
    assert frames.shape[1] == 4 * figure.FINE_FILM + 2 * figure.GUARD
    assert all(len(np.unique(frame)) == 1 for frame in frames)
    assert (np.diff(frames[:, 0, 0].astype(int)) > 0).all()


def test_a_still_has_the_far_side_and_the_surface_above_and_the_colours_of_its_scale():
    plan, section = np.zeros((1, 4, 6)), np.zeros((1, 4, 6))
    plan[0, 3, 0], section[0, 0, 5] = 1.0, 1.0  # far and left; at the surface and right
    scale = tones.Tones(0.0, 1.0)
    (seen, cut), palette = decoded(str(figure.still(WINDOW, figure.Views(plan, section, scale), 0, "t", "d")))
    np.testing.assert_array_equal(palette, scale.palette)
    fine, (rows, columns) = figure.FINE_STILL, np.indices(seen.shape)
    assert seen.shape == (4 * fine + 2 * figure.GUARD, 6 * fine)
    assert (seen >= tones.TONES // 2)[1 : 1 + fine, :fine].any()
    assert not (seen >= tones.TONES // 2)[(rows > 1 + fine) | (columns >= fine)].any()
    down, across = np.unravel_index(cut.argmax(), cut.shape)
    assert down < len(cut) / 4
    assert across >= 5 * fine


def test_rows_of_a_cut_are_read_where_they_lie():
    """Linear in depth between the middles of rows, level beyond the first and the last."""
    edges = np.array([0.1, 0.2, 0.4, 0.6, 0.8])
    depths = 0.5 * (edges[1:] + edges[:-1])
    section = np.repeat(depths[None, :, None], 3, axis=2)
    found = figure._even_rows(section, edges)
    wanted = np.clip(0.15 + 0.1 * np.arange(7), depths[0], depths[-1])
    np.testing.assert_allclose(found, np.repeat(wanted[None, :, None], 3, axis=2), rtol=1e-12)
