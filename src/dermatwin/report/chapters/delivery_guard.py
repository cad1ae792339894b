"""Doses against their limits: anaesthetic applied and absorbed, and what else of a product channels let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...core.vocabulary import ASSUMPTION
from .. import words
from ..figures import guardbar
from . import lookup
from .piece import NO_FIGURE

if TYPE_CHECKING:
    from ...delivery import Guard
    from ...twin import Run

VERDICTS = {"stop": "Stop", "caution": "Caution", "ok": "Within the limit"}
BELOW, WHOLE = " below the stratum corneum", "excipients of "
ASSUMED = "; its share of the product is assumed"
MILLI = 1000.0


@dataclass(frozen=True)
class Row:
    """One dose against its limit."""

    what: str
    amount: str
    share: str
    verdict: str
    word: str
    note: str
    sources: str
    figure: Markup


@dataclass(frozen=True)
class Ingredient:
    """What the channels let in of one ingredient; `assumed` says how its share of the product is known."""

    name: str
    amount: str
    assumed: str


@dataclass(frozen=True)
class Ingredients:
    """The ingredients of one product."""

    name: str
    rows: list[Ingredient]


@dataclass(frozen=True)
class Excipients:
    """What else the channels let in, by product."""

    products: list[Ingredients]
    sources: str


@dataclass(frozen=True)
class Guards:
    """Doses against their limits, and what has none."""

    rows: list[Row]
    axis: Markup
    caution: str
    excipients: Excipients | None
    sentences: list[str]


def guards(run: Run) -> Guards | None:
    """Rows of bars and the table of excipients; None where there is nothing to guard."""
    limits = [guard for guard in run.guards if not _is_excipient(guard)]
    others = [guard for guard in run.guards if _is_excipient(guard)]
    if not run.guards:
        return None
    caution = float(run.evidence.parameters["guard_caution_share"].value)
    labels = [(0.0, "0"), (caution, _percent(caution)), (1.0, "limit"), (guardbar.ROOM, _percent(guardbar.ROOM))]
    rows, axis = [_row(guard, caution) for guard in limits], guardbar.axis(labels)
    return Guards(rows, axis, _percent(caution), _excipients(run, others), _sentences(limits, others))


def _is_excipient(guard: Guard) -> bool:
    return guard.what.endswith(BELOW) or guard.what.startswith(WHOLE)


def _row(guard: Guard, caution: float) -> Row:
    amount, share, drawn = _amount(guard), _share(guard), guard.share is not None or guard.limit == 0.0
    what, verdict = words.title(guard.what), VERDICTS[guard.verdict]
    bar = guardbar.bar(guard.share, caution, guard.verdict, f"{what}: {amount}, {verdict.lower()}") if drawn else NO_FIGURE
    return Row(what, amount, share, guard.verdict, verdict, words.sentence(guard.note), ", ".join(guard.sources), figure=bar)


def _amount(guard: Guard) -> str:
    """'72 of 270 mg'."""
    if guard.applied is None:
        return "not known"
    if guard.unit == "1":
        return "all agents together"
    if guard.limit is None:
        return words.given(_round(guard.applied), guard.unit)
    if guard.limit == 0.0:
        return f"{words.given(_round(guard.applied), guard.unit)}, none allowed"
    return f"{words.given(_round(guard.applied))} of {words.given(_round(guard.limit), guard.unit)}"


def _round(value: float) -> float:
    """Two digits, three from a hundred on: a dose is not known better."""
    return float(f"{value:.3g}" if value >= 100.0 else f"{value:.2g}")


def _share(guard: Guard) -> str:
    if guard.share is None:
        return "over any limit" if guard.limit == 0.0 and guard.verdict == "stop" else words.NOTHING
    return _percent(guard.share) if guard.share < 10.0 else f"{words.number(guard.share)}{words.NARROW}times"


def _percent(share: float) -> str:
    text = "<1" if 0.0 < share < 0.01 else words.fixed(100.0 * share, 0)
    return words.with_unit(text, "%")


def _excipients(run: Run, found: Sequence[Guard]) -> Excipients | None:
    """By product: what is known of each ingredient, largest first."""
    if not found:
        return None
    names = _product_names(run)
    groups: dict[str, list[Ingredient]] = {}
    for guard in sorted(found, key=lambda g: -(g.applied or 0.0)):
        ingredient, product = _split(guard, names)
        name = words.title(ingredient) if ingredient else "Composition not known"
        assumed = "assumed" if ASSUMED in guard.note else "stated" if ingredient else ""
        groups.setdefault(product, []).append(Ingredient(name, _reached(guard), assumed))
    sources = lookup.unique(source for guard in found for source in guard.sources if source != ASSUMPTION)
    products = [Ingredients(words.title(product), rows) for product, rows in groups.items()]
    return Excipients(products, ", ".join(sources))


def _product_names(run: Run) -> list[str]:
    from ...delivery import product_in

    return lookup.unique(product_in(topical, run.evidence).name for topical in run.case.course.topicals)


def _split(guard: Guard, products: Sequence[str]) -> tuple[str, str]:
    """Ingredient and product of a guard; no ingredient where the composition is not known."""
    if guard.what.startswith(WHOLE):
        return "", guard.what.removeprefix(WHOLE)
    text = guard.what.removesuffix(BELOW)
    for product in products:
        if text.endswith(f" of {product}"):
            return text.removesuffix(f" of {product}"), product
    ingredient, _, product = text.partition(" of ")
    return ingredient, product


def _reached(guard: Guard) -> str:
    if guard.applied is None:
        return "all that gets in with the active"
    if guard.verdict == "ok":
        return "nothing measurable"
    large = guard.applied >= MILLI
    return f"up to {words.quantity(guard.applied / MILLI if large else guard.applied, 'mg' if large else 'ug')}"


def _sentences(limits: Sequence[Guard], others: Sequence[Guard]) -> list[str]:
    """What a clinician has to know first."""
    found = []
    for verdict in ("stop", "caution"):
        said = [f"{guard.what} ({_told(guard)})" for guard in limits if guard.verdict == verdict]
        found += [f"{VERDICTS[verdict]}: {'; '.join(said)}."] if said else []
    if limits and not found:
        found.append("Doses of anaesthetic stay within their limits.")
    if any(guard.verdict == "caution" for guard in others):
        found.append("Caution: excipients reach living tissue; no amount is known to be safe.")
    return found


def _told(guard: Guard) -> str:
    return f"{_share(guard)} of the limit" if guard.unit == "1" else _amount(guard)
