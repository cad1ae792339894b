"""Pictures with a palette: what a reader sees is what was given, tone for tone, colour for colour, the right way up."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dermatwin.report.figures import raster, tones

LUCK = np.random.default_rng(1)
PALETTE = LUCK.permutation(3 * 70).astype(np.uint8).reshape(70, 3)  # no two colours alike, nor two parts of one
PICTURES = {
    "smooth": np.add.outer(np.arange(30), np.arange(40)),
    "rough": LUCK.integers(0, 70, (30, 40)),
    "one row": np.arange(70)[None, :],
    "one column": np.arange(70)[:, None],
    "one cell": np.array([[3]]),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_read_as_it_was_written(kind: str) -> None:
    kind_of, data = raster.address(PICTURES[kind], PALETTE).split(",")
    assert kind_of == "data:image/png;base64"
    with Image.open(BytesIO(b64decode(data, validate=True)), formats=["PNG"]) as picture:
        assert picture.mode == "P"
        np.testing.assert_array_equal(np.asarray(picture), PICTURES[kind])
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), PALETTE[PICTURES[kind]])


@pytest.mark.parametrize("count", [1, 2, 3, 16, 17, 255, 256])
def test_a_palette_of_any_size_keeps_its_colours(count: int) -> None:
    palette = LUCK.integers(0, 256, (count, 3))
    picture = np.arange(2 * count).reshape(2, count) % count
    with Image.open(BytesIO(raster.png(picture, palette)), formats=["PNG"]) as found:
        np.testing.assert_array_equal(np.asarray(found.convert("RGB")), palette[picture])


def test_the_same_picture_has_the_same_bytes_every_time() -> None:
    picture = PICTURES["rough"]
    assert raster.png(picture, PALETTE) == raster.png(picture.astype(np.uint8).copy(), PALETTE.astype(float))


@pytest.mark.parametrize("tone", [-1, 5, 256, 261])
def test_a_tone_without_a_colour_is_refused(tone: int) -> None:
    with pytest.raises(ValueError, match="palette"):
        raster.png(np.array([[0, tone]]), np.zeros((5, 3)))


def test_more_tones_than_the_format_can_count_are_refused() -> None:
    with pytest.raises(ValueError, match="palette"):
        raster.png(np.array([[256]]), np.zeros((300, 3)))


def test_a_smooth_field_is_packed() -> None:
    """A hill as smooth as those of a healing field takes less than a third of its cells."""
    x, y = np.linspace(-1.0, 1.0, 120), np.linspace(-1.0, 1.0, 80)
    hill = np.exp(-4.0 * (x[None, :] ** 2 + y[:, None] ** 2))
    scale = tones.Tones(0.0, 1.0)
    assert len(raster.png(scale.of(hill), scale.palette)) < hill.size / 3
