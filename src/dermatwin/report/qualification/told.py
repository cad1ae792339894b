"""How figures of the scores are written: shares, factors, names of quantities, values beside an axis."""

from __future__ import annotations

import math
import re

from .. import words
from ..figures.scales import Scale


def share(value: float | None) -> str:
    """A share in per cent."""
    return words.NOTHING if value is None else f"{100.0 * value:.0f}{words.NARROW}%"


def factor(value: float | None) -> str:
    """A factor between predicted and measured."""
    return words.NOTHING if value is None else f"×{words.NARROW}{words.number(value)}"


def times(value: float | None) -> str:
    """A ratio of scores."""
    return words.NOTHING if value is None else words.fixed(value, 2)


SPELT = {
    "um": "µm",
    "pct": "in %",
    "fft": "FFT",
    "picp": "PICP",
    "pinp": "PINP",
    "piiinp": "PIIINP",
    "qgsgs": "QGSGS",
    "goodman": "Goodman",
    "baron": "Baron",
    "lemperle": "Lemperle",
    "manchester": "Manchester",
}


def title(quantity: str) -> str:
    """A quantity's name in words: 'rate:pih' -> 'Rate: PIH'."""
    found = words.name(re.sub(r"_(um|pct)$", "", quantity).replace(":", ": ")).split()
    text = " ".join(SPELT.get(word, word) for word in found)
    return text[:1].upper() + text[1:]


def unit(text: str) -> str:
    """A unit as it is printed, with powers that the tables write plainly: 'g/m2/h' -> 'g/m²/h'."""
    return words.unit(re.sub(r"(?<=m)(?=[23]\b)", "^", text))


def as_stated(value: float) -> str:
    """A measured value with the digits that it came with."""
    return words.given(value) if 1e-3 <= abs(value) < 1e5 or not value else words.number(value)


def written(value: float, scale: Scale) -> str:
    """A value as it stands beside a figure; what lies off a log axis is written as such."""
    if scale.log and value < scale.low:
        return f"<{words.NARROW}{decade(scale.low)}"
    if scale.log and value > scale.high:
        return f">{words.NARROW}{decade(scale.high)}"
    return words.number(value, 3) if abs(value) >= 100 else words.number(value)


def band(low: float, high: float, scale: Scale) -> str:
    """A band beside a figure."""
    if not scale.log:
        return words.interval(low, high)
    first, last = written(low, scale), written(high, scale)
    return f"{first} to {last}" if {first[0], last[0]} & {"<", ">"} else f"{first}{words.DASH}{last}"


def between(low: float, high: float) -> str:
    """A range of a quantity that lives on a scale of ratios: two digits of each end."""
    return words.interval(low, high) if not low > 0.0 else f"{words.number(low)}{words.DASH}{words.number(high)}"


def decade(value: float) -> str:
    """A power of ten as an axis has it: '0.01', '1000', '10⁻⁷'."""
    power = round(math.log10(value))
    return words.number(value, 1) if -2 <= power <= 3 else "10" + words.unit(f"^{power}")
