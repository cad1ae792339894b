"""Pain while needling, on a visual analogue scale from 0 to 10.

    logit(VAS/10) = pooled score + a_L ln(p / p_ref) + a_N ln(n / n_ref) + person + session,  then x (1 - relief)

Exponents of length and number are those of single-array experiments (3x the length hurts 7x, 10x the number 2x); on
the odds they keep a bounded scale bounded and are the same power laws where pain is small. The anchor is pooled over
trials that print a mean score; they do not state needle length, so the depth behind it is an assumption. Radiofrequency
needles have an anchor of their own. Relief follows the block of nociceptors when the first needle goes in, along its way:

    relief = E_max integral over u from 0 to 1 of B(p u^(1/a_L)) du

The pain of a needle is the sum of what it passes, (z/p)^a_L of it above z: a needle that goes deeper than the skin is
numb hurts below. Where the block is the same at all depths the relief is E_max B.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..core.vocabulary import NUMBED
from ..device import heated
from ..evidence import Draws, Tables, view
from ..evidence.rows.trials import AdverseRow
from ..flows import NERVE_DEPTHS, Punctures
from .meta import Observation, ValuePool, pool_values

_SCORE = re.compile(r"mean (?:VAS |NRS )?([\d.]+)(?:-([\d.]+))? of 10(?: \((SE|SD) ([\d.]+)\))?")
RELIEVED = NUMBED
SCORES = "pain_scores"  # pool of studies
_STEPS = 40  # numerical: equal shares of a needle's pain over which its relief is summed


def pain(
    punctures: Punctures,
    adjuncts: Sequence[str],
    draws: Draws,
    exclude: frozenset[str] = frozenset(),
    *,
    numb: np.ndarray | None = None,
) -> np.ndarray:
    """Mean pain of one session [0-10], shape (draw,); 0 where no needle pierces. `numb` as in `relief`."""
    depth = piercing_depth(punctures)
    length = draws("pain_length_exponent", "1") * _log_ratio(depth, draws("pain_anchor_depth", "mm"))
    number = draws("pain_number_exponent", "1") * _log_ratio(punctures.density, draws("pain_anchor_density", "1/cm^2"))
    person = draws.median("pain_between_people", "1") * draws.score("person", "pain", owner="pain_between_people")[:, 0]
    session = (
        draws.median("pain_between_sessions", "1")
        * draws.score("chance", f"pain@{punctures.zone}", punctures.session, owner="pain_between_sessions")[:, 0]
    )
    score = 10 * _expit(anchor("needle", draws, exclude) + length + number + person + session)
    return score * (1.0 - relief(adjuncts, numb, draws))


def piercing_depth(punctures: Punctures) -> np.ndarray:
    """Mean in-situ depth of the needles that pierced [mm], (draw,): those that did not are out of the density already."""
    return punctures.in_situ_depth.sum(axis=1) / np.maximum((punctures.in_situ_depth > 0.0).sum(axis=1), 1)


def anchor(kind: str, draws: Draws, exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """Mean pain of a trial on the logit scale, knowledge and study spread, (draw,)."""
    mean, between = pain_pool(draws, kind, exclude).draw(draws.share("knowledge", f"pain pool {kind}", owner=SCORES))
    return mean + between * draws.score("knowledge", f"pain of a study {kind}", owner=SCORES)[:, 0]


def predict_pain(
    device_kind: str,
    draws: Draws,
    exclude: frozenset[str] = frozenset(),
    *,
    needle_length: float | None = None,
    anaesthetised: bool = False,
) -> np.ndarray:
    """Mean score of a trial [0-10], (draw,). `needle_length` (mm, set length) shifts the anchor where it is stated."""
    kind = "rf" if device_kind in heated(draws.evidence) else "needle"
    shift = np.zeros(draws.count)
    if needle_length is not None and kind == "needle":
        shift = draws("pain_length_exponent", "1") * np.log(needle_length / draws("pain_anchor_depth", "mm"))
    eased = draws("anaesthetised_relief", "1") if anaesthetised else 0.0
    return 10 * _expit(anchor(kind, draws, exclude) + shift) * (1.0 - eased)


def relief(adjuncts: Sequence[str], numb: np.ndarray | None, draws: Draws) -> np.ndarray:
    """Share of the pain that anaesthesia takes away [-], (draw,): E_max times the block of nociceptors, or the stated one's.

    numb : (draw,) share of nociceptors that are blocked when the needling starts, as `along`; None without a product that
    numbs.
    """
    eased = draws("anaesthetised_relief", "1") if set(adjuncts) & set(RELIEVED) else np.zeros(draws.count)
    return eased if numb is None else np.maximum(eased, draws("anaesthesia_strength", "1") * numb)


def along(depth: np.ndarray, blocked: np.ndarray, draws: Draws) -> np.ndarray:
    """Block in the mean over the pain of a needle that goes so deep [-], (draw,): the integral of the module without E_max.

    depth : (draw,) mm. blocked : (draw, NERVE_DEPTHS) share of the nociceptors, linear between the depths, and beyond them
    as at the first and the last.
    Law      between the least and the greatest block; the block where it is the same everywhere; falling with the
             depth of the needle where the block falls with depth.
    """
    shares = (np.arange(_STEPS) + 0.5) / _STEPS
    ways = depth[:, None] * shares ** (1.0 / draws("pain_length_exponent", "1")[:, None])
    return np.array([np.interp(way, NERVE_DEPTHS, block).mean() for way, block in zip(ways, blocked, strict=True)])


def pain_pool(draws: Draws, kind: str, exclude: frozenset[str]) -> ValuePool:
    """Pooled mean pain of trials on the logit scale; kind is needle or rf."""
    prior = tuple(draws.median(name, "1") for name in ("pain_prior_score", "pain_prior_spread", "pain_between_studies"))
    return _pain_pool(draws.evidence, kind, exclude, prior)


@view
def _pain_pool(tables: Tables, kind: str, exclude: frozenset[str], prior: tuple[float, ...]) -> ValuePool:
    rows, hot = tables.rows(AdverseRow), heated(tables)
    found = [_observation(row) for row in rows if row.source not in exclude and _kind(row, hot) == kind]
    return pool_values([item for item in found if item], _logit(prior[0] / 10), prior[1], prior[2])


def _kind(row: AdverseRow, hot: frozenset[str]) -> str:
    if row.event != "pain_vas" or row.device_kind == "none" or "not pain of needling" in row.note:
        return ""
    return "rf" if row.device_kind in hot else "needle"


def _observation(row: AdverseRow) -> Observation | None:
    match = _SCORE.search(row.severity)
    if match is None:
        return None
    score = float(match[1]) if not match[2] else 0.5 * (float(match[1]) + float(match[2]))
    n = float(row.population_n or 10)
    error = float(match[4]) if match[3] == "SE" else float(match[4] or 2) / np.sqrt(n)
    slope = 10 / (score * (10 - score))  # derivative of logit(score / 10)
    return Observation(row.source, _logit(score / 10), float((error * slope) ** 2))


def _log_ratio(value: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """ln(value / reference), -inf at zero, without a warning."""
    with np.errstate(divide="ignore"):
        return np.log(value / reference)


def _logit(share: float) -> float:
    return float(np.log(share / (1.0 - share)))


def _expit(score: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return expit(score)
