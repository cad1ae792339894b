"""The picture of a healing field: what it shows, that it stands on paper, that it moves without scripts."""

import re
import xml.etree.ElementTree as Tree

import numpy as np

from dermatwin.report.figures.healing_field import State, Window, film, sequence

DAYS = (0.5, 2.0, 7.0)
NASTY = '<script>alert("x")</script>&"'


def window(name="danger", values=None, rest=0.0):
    x = (np.arange(20) + 0.5) * 0.1
    r2 = (x[:, None] - 1.0) ** 2 + (x - 1.0) ** 2
    shown = np.stack([np.exp(-r2 / (0.02 * (1.0 + day))) for day in DAYS]) if values is None else values
    return Window("A window", "what it shows", DAYS, [State(name, rest, shown + rest)], x, x, np.array([[1.0, 1.0]]), 0.06)


def test_every_day_of_every_state_has_its_picture():
    picture = sequence(window())
    root = Tree.fromstring(str(picture))
    texts = " ".join(e.text or "" for e in root.iter() if e.tag.endswith("text"))
    assert all(f"day {day:g}" in texts for day in DAYS)
    assert "danger" in texts
    assert "up to 0.97" in texts
    assert str(picture).count("<circle") == len(DAYS)
    assert "<script" not in str(picture)


def test_the_area_of_colour_grows_as_a_signal_spreads_and_a_state_at_rest_has_none():
    palest = re.findall(r"field-2[^0-9]", str(sequence(window())))
    assert palest
    assert "evenodd" not in str(sequence(window(values=np.zeros((3, 20, 20)), rest=1.0)))


def test_the_film_moves_by_style_alone_and_is_left_out_on_paper():
    text = str(film(window()))
    Tree.fromstring(text)
    assert text.count('class="film-frame') == len(DAYS)
    assert "@keyframes" in text
    assert "prefers-reduced-motion" in text
    assert "@media print{.healing-film{display:none}}" in text
    assert "<script" not in text
    assert "onload" not in text


def test_names_are_text_and_nothing_else():
    for picture in (sequence(window(NASTY)), film(window(NASTY))):
        assert "<script" not in str(picture)
        Tree.fromstring(str(picture))


def test_the_same_field_gives_the_same_picture():
    assert sequence(window()) == sequence(window())
    assert film(window()) == film(window())
