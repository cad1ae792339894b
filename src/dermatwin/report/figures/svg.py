"""A very small writer of inline SVG: elements with escaped text and rounded coordinates, nothing else.

Figures are plain strings of markup: text stays text (selectable, searchable, read aloud), colours come from CSS classes
of the page, and every figure carries a title and a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup, escape

_NARROW = set("ijltfr.,:;'|!()[] \u202f\u2009I1")
_WIDE = set("mwMW@%")


def write(value: object) -> str:
    """An attribute's value: floats with at most two decimals, everything else escaped."""
    if isinstance(value, (float, np.floating)):
        text = f"{float(value):.2f}".rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text
    return str(escape(value))


def tag(element: str, *children: str | Markup, **attributes: object) -> Markup:
    """One element. `class_` writes class, `stroke_width` writes stroke-width; None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{write(value)}"' for key, value in attributes.items() if value is not None
    )
    if not children:
        return Markup(f"<{element}{written}/>")
    return Markup(f"<{element}{written}>") + Markup("").join(children) + Markup(f"</{element}>")


def figure(
    width: float, height: float, content: Iterable[Markup], title: str, description: str = "", class_: str = ""
) -> Markup:
    """A complete inline SVG with its title and description, scaled by the page to the space that it gets."""
    head = [tag("title", title)] + ([tag("desc", description)] if description else [])
    return tag(
        "svg",
        *head,
        *content,
        viewBox=f"0 0 {write(width)} {write(height)}",
        role="img",
        width=width,
        height=height,
        class_=f"figure {class_}".strip(),
        xmlns="http://www.w3.org/2000/svg",
    )


def strip(height: float | str, content: Iterable[Markup], title: str, class_: str = "") -> Markup:
    """A fluid row: as wide as its cell, x coordinates in percent, text and marks never stretched."""
    return tag(
        "svg",
        tag("title", title),
        *content,
        width="100%",
        height=height,
        role="img",
        class_=f"strip {class_}".strip(),
        xmlns="http://www.w3.org/2000/svg",
    )


def percent(share: float) -> str:
    """A coordinate of a fluid row."""
    return f"{write(100.0 * float(share))}%"


def path(x: np.ndarray, y: np.ndarray) -> str:
    """Path data of a line through points; gaps where a value is not finite."""
    parts, pen = [], "M"
    for left, top in zip(x, y, strict=True):
        if not (np.isfinite(left) and np.isfinite(top)):
            pen = "M"
            continue
        parts.append(f"{pen}{left:.1f} {top:.1f}")
        pen = "L"
    return "".join(parts)


def area(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> str:
    """Path data of the area between two curves."""
    good = np.isfinite(low) & np.isfinite(high)
    if good.sum() < 2:
        return ""
    x, low, high = x[good], low[good], high[good]
    return path(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]])) + "Z"


def thin(x: np.ndarray, *curves: np.ndarray, tolerance: float = 0.25) -> tuple[np.ndarray, ...]:
    """Leave out points that no eye could see (Douglas-Peucker, tolerance in px): a page stays small."""
    if x.size < 3:
        return (x, *curves)
    keep = np.zeros(x.size, bool)
    keep[[0, -1]] = True
    stack = [(0, x.size - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        share = (x[inner] - x[first]) / max(float(x[last] - x[first]), 1e-12)
        off = np.max([np.abs(np.nan_to_num(c[inner] - (c[first] + share * (c[last] - c[first])))) for c in curves], axis=0)
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return (x[keep], *(c[keep] for c in curves))


def text_width(text: str, size: float) -> float:
    """Estimated width of a text in px in a common sans-serif: good enough to keep labels apart."""
    em = sum(0.3 if c in _NARROW else 0.86 if c in _WIDE else 0.66 if c.isupper() else 0.54 for c in text)
    return em * size


def wrap(text: str, size: float, width: float) -> list[str]:
    """Break a text into lines that fit a width."""
    lines: list[str] = []
    for word in re.split(r"\s(?<!\u202f)", text):
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart so that neighbours keep a distance, each as near as it can be to where it wants to be."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    blocks: list[list[float]] = []  # [mean of wanted tops, size]
    for index in order:
        blocks.append([wanted[index], 1.0])
        while len(blocks) > 1 and blocks[-2][0] + gap * blocks[-2][1] > blocks[-1][0]:
            (top, size), (next_top, next_size) = blocks[-2], blocks[-1]
            merged = (top * size + (next_top - gap * size) * next_size) / (size + next_size)
            blocks[-2:] = [[merged, size + next_size]]
    placed = [top + gap * step for top, size in blocks for step in range(int(size))]
    for step, place in enumerate(placed):
        placed[step] = max(place, low + gap * step)
    for step, place in enumerate(reversed(placed)):
        placed[-1 - step] = min(place, high - gap * step)
    result = [0.0] * len(wanted)
    for index, place in zip(order, placed, strict=True):
        result[index] = place
    return result
