"""Rows of numbness.csv: how much less a needle hurts after a numbing cream, how many feel it no more, how long that takes.

The row's cream is put on the row's skin, and the block of nociceptors is read when the test comes. The twin knows the pain
of needles that pierce skin: pain of needling is predicted as a trial reports it, without its own study, and eased along
the way of its needles; pain of another needle as the share of what the same study's placebo left, because how much a cannula
hurts is not modelled. A share of people is that of those who are numb, and of the others so many as under placebo. What a
row does not state of the cream (amount, time, cover) is unknown once per study, but that a cream whose label has it covered
was covered. The depth at which a needle hurts is told from that of untreated skin in the same study. Not predicted: laser
and punch, heated patches, other depths.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from ..barrier import close
from ..case.document import ActiveShare, InlineProduct, Topical
from ..core import require_most
from ..core.units import factor
from ..delivery import Numbness, along_needle, deliver, find_product, numb
from ..delivery.numbness import onset
from ..evidence import Draws, Evidence
from ..evidence.rows.screening import AnaestheticRow
from ..flows import READOUTS, Channels
from ..insertion import insert
from ..outcome.pain import along, predict_pain, relief
from ..skin import Skin
from ..twin.resolve import resolve
from .adverse import MAX_PEOPLE, counted, shifted
from .experiment import site_of
from .laboratory import Laboratory, unstated
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .protocol import Protocol, case_of
from .rows import Row
from .spread import study_mean

PERCENT = "_pct"  # what the column of an agent ends with
VEHICLES = {
    **dict.fromkeys(("peel", "lotion", "emulsion", "liposomal cream", "liposome", "none"), "cream"),
    **dict.fromkeys(("spray", "liquid"), "solution"),
}
"""Vehicles that are put on as another: a peel as a cream."""
UNEASED = "under placebo or untreated nothing numbs, and how much another needle than one of needling hurts is not modelled"
KNOWN_VEHICLES: tuple[str, ...] = get_args(InlineProduct.model_fields["vehicle"].annotation)
NOTHING = re.compile(r"placebo|vehicle|\bnone\b|\bno cream\b|untreated|moisturi|sham", re.IGNORECASE)
"""Words of a product that numbs nothing."""
NOT_STATED = "not_stated"
TESTS = {
    "laser": "pain of heat or light: the twin knows that of needles",
    "punch": "pain of a punch of millimetres: the twin knows that of needles",
    NOT_STATED: "what was tested is not stated",
}
DEPTHS = ("sensory_threshold_depth", "acceptable_pain_depth")
NEEDLER = "roller-192"  # what needled first, where only its length is stated
NEVER_H = 48.0  # where a person never becomes numb
DEEPEST, STEPS = 6.0, 120  # numerical: a needle is tried to so many times the untreated depth, in so many steps
SURELY = 1e-6  # shares nearer to 0 or 1 have no odds worth telling apart
STANDS_ON = ("nociceptor_block", "pain_vas")
ALIKE = ("readout", "test", "test_depth_mm", "population", "statistic")
SAME_DEPTH = ("readout", "test", "population")
"""Columns in which a placebo arm agrees with the arm that it belongs to."""


@dataclass(frozen=True)
class Pair:
    """Values of people, and of what is known of them, (draw,) each."""

    people: np.ndarray
    known: np.ndarray


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""

    def predict(row: Row) -> Answer:
        told = tested(labelled(row, laboratory.evidence))
        reason = _unfit(told)
        return NotPredicted(reason) if reason else WAYS[told["readout"]](told, laboratory)

    return predict


def _unfit(row: Row) -> str:
    """Why a row is not predicted, '' if it is."""
    if row.number("value") is None:
        return "no value"
    if row["readout"] in DEPTHS:
        return "a depth of numbness: the block is read at the nerves of the epidermis, not deeper"
    if row["readout"] not in WAYS:
        return f"the read-out {row['readout']!r} is not predicted"
    if "thermal" in row.tags:
        return "a heated patch: how warmth speeds a cream up is not modelled"
    if row["vehicle"] == "patch":
        return "a patch: how it releases is not modelled"
    if row["test"] in TESTS:
        return TESTS[row["test"]]
    if NOTHING.search(row["product"]) or (not strengths(row) and row[f"lidocaine{PERCENT}"]):
        bare = row["test"] == "needling" and WAYS[row["readout"]] is _pain
        return "" if bare else UNEASED
    if not strengths(row):
        return "what numbs and how strong it is are not stated, and the catalogue has no such product"
    vehicle = VEHICLES.get(row["vehicle"], row["vehicle"] or "cream")
    return "" if vehicle in KNOWN_VEHICLES else f"the vehicle {row['vehicle']!r} is not modelled"


def tested(row: Row) -> Row:
    """The row with the test of its study's other rows, where it states none and these agree."""
    others = {other["test"] for other in row.beside} - {NOT_STATED}
    return replace(row, cells={**row.cells, "test": others.pop()}) if row["test"] == NOT_STATED and len(others) == 1 else row


def labelled(row: Row, evidence: Evidence) -> Row:
    """The row with the strengths of its product from the catalogue, where it states none."""
    if any(row[column] for column in row.cells if column.endswith(PERCENT)):
        return row
    try:
        contents = find_product(row["product"], evidence).contents
    except KeyError:
        return row
    known = {
        f"{content.solute.name}{PERCENT}": f"{100.0 * content.strength:g}" for content in contents if content.solute.numbs
    }
    return replace(row, cells={**row.cells, **known})


def strengths(row: Row) -> dict[str, float]:
    """Mass fractions of the anaesthetics that a row states; empty for a placebo."""
    stated = {column.removesuffix(PERCENT): row.number(column) for column in row.cells if column.endswith(PERCENT)}
    return {agent: 0.01 * percent for agent, percent in stated.items() if percent and 0.0 < percent <= 100.0}


def product(row: Row, evidence: Evidence) -> str | InlineProduct:
    """The product of that name where the catalogue has it with these strengths, else one described by them."""
    stated = strengths(row)
    try:
        contents = find_product(row["product"], evidence).contents
        if {content.solute.name: content.strength for content in contents} == stated:
            return row["product"]
    except KeyError:
        pass
    parts = [ActiveShare(active=agent, strength=share) for agent, share in stated.items()]
    vehicle = VEHICLES.get(row["vehicle"], row["vehicle"] or "cream")
    return InlineProduct.model_validate({"name": row["product"] or "cream", "actives": parts, "vehicle": vehicle})


def placebo(row: Row, alike: tuple[str, ...] = ALIKE) -> Row | None:
    """The arm of the same study without an anaesthetic and with the same read-out, where it has one."""
    return next(
        (
            other
            for other in row.beside
            if NOTHING.search(other["product"])
            and not strengths(other)
            and other["vehicle"] != "patch"
            and all(other[name] == row[name] for name in alike)
        ),
        None,
    )


def _channels(row: Row, skin: Skin, draws: Draws) -> Channels:
    """Channels of what was needled before the cream; none where nothing was."""
    length = row.number("needled_first_mm")
    if not length:
        none, at = np.zeros(draws.count), np.array([0.0, 1.0])
        never = np.zeros((draws.count, len(READOUTS)))
        return Channels(skin.zone, 0, at, none, none, none, np.zeros((draws.count, 2)), np.zeros((draws.count, 2)), never)
    plan = resolve(case_of(Protocol(NEEDLER, length, 1, 1.0, skin.site, "human"), 0.0), draws.evidence)[0]
    assert plan.device is not None
    assert plan.settings is not None
    return close(insert(plan.device, plan.settings, skin, draws, 0), skin, draws)


def course(row: Row, laboratory: Laboratory, draws: Draws, covered: bool, remove: float | None) -> Numbness:
    """The block from the moment on which the cream goes on; rows of one study, cream and skin share it. remove : h.

    No trial states the amount: it is unknown once per study, so that each person's draw has a dose of its own.
    """

    def make() -> Numbness:
        site = site_of(row["site"], "human", laboratory.evidence)
        age = draws.median("experiment_child_age", "yr")
        skin = laboratory.skin(site, draws, age=age) if row["population"] == "children" else laboratory.skin(site, draws)
        topical = Topical.model_construct(
            product=product(row, laboratory.evidence),
            dose=unstated("experiment_cream_dose", "mg/cm^2", row["source"], draws),
            apply=0.0,
            remove=remove,
            occluded=covered,
        )
        found = numb(deliver(topical, _channels(row, skin, draws), skin, draws), draws)
        assert found is not None  # an anaesthetic always blocks something
        require_most(~found.computed, "numbness of a trial")
        return found

    told = tuple(row[column] for column in ("source", "product", "vehicle", "site", "population", "needled_first_mm"))
    key = ("numb", *told, *strengths(row).items(), covered, remove, draws is laboratory.people)
    return laboratory.once(key, make)


def hours(row: Row, draws: Draws) -> np.ndarray:
    """Hours that the cream lay on the skin, (draw,): as stated, unknown once per study, or at least so long."""
    stated, minute = row.number("time_min"), factor("min", "h")
    drawn = unstated("experiment_cream_time", "h", row["source"], draws)
    if stated is None:
        return drawn
    return np.maximum(drawn, stated * minute) if "lower_bound_of_time" in row.tags else np.full(draws.count, stated * minute)


def _covered(row: Row, draws: Draws) -> np.ndarray:
    """Whether a cover lay on the cream, (draw,); what makes its own counts as one, and what the label has covered was."""
    if row["occluded"] in ("true", "false", "self-occluding"):
        return np.full(draws.count, row["occluded"] != "false")
    if covered_by_label(strengths(row), draws.evidence):
        return np.ones(draws.count, bool)
    return unstated("experiment_covered", "1", row["source"], draws) > 0.5


def covered_by_label(stated: dict[str, float], evidence: Evidence) -> bool:
    """Whether a cream of just these strengths has a label that says to cover it."""
    return any(label.occlusion == "labelled" and dict(label.actives) == stated for label in evidence.rows(AnaestheticRow))


def _over_covers(row: Row, laboratory: Laboratory, read: Callable[[Numbness, Draws], np.ndarray]) -> Pair:
    """What is read from the course, covered or bare as the row says, of people and of what is known."""
    waited, on = row.number("time_after_removal_min"), row.number("time_min")
    remove = on * factor("min", "h") if waited and on else None

    def of(draws: Draws) -> np.ndarray:
        covered = _covered(row, draws)
        parts = {
            cover: read(course(row, laboratory, draws, cover, remove), draws)
            for cover, needed in ((True, covered.any()), (False, not covered.all()))
            if needed
        }
        return np.where(covered, parts.get(True, 0.0), parts.get(False, 0.0))

    return Pair(of(laboratory.people), of(laboratory.known))


def block(row: Row, laboratory: Laboratory) -> Pair:
    """Share of nociceptors blocked when the test comes: along the way of a needle of needling, else at the nerves."""
    waited = (row.number("time_after_removal_min") or 0.0) * factor("min", "h")

    def read(found: Numbness, draws: Draws) -> np.ndarray:
        at = hours(row, draws) + waited
        if row["test"] == "needling":
            return along(_needle_depth(row, draws), along_needle(found, at), draws)
        return np.array([np.interp(when, found.time, one) for when, one in zip(at, found.block, strict=True)])

    return _over_covers(row, laboratory, read)


def _needle_depth(row: Row, draws: Draws) -> np.ndarray:
    """How deep the needles of the test go [mm], (draw,): as stated, else as those behind the pooled scores of pain."""
    stated = row.number("test_depth_mm")
    return np.full(draws.count, stated) if stated else draws("pain_anchor_depth", "mm")


def eased(row: Row, laboratory: Laboratory) -> np.ndarray:
    """Share of the pain that the cream takes away in the mean of the row's people, (draw,); none under a placebo."""
    if not strengths(row):
        return np.zeros(laboratory.people.count)
    found = block(row, laboratory)
    people, known = (
        relief((), values, draws) for values, draws in ((found.people, laboratory.people), (found.known, laboratory.known))
    )
    mean = study_mean(people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}")
    return np.clip(mean, 0.0, 1.0)


def _pain(row: Row, laboratory: Laboratory) -> Answer:
    """Mean pain of needling, from 0 to 10 as the twin has it; of another needle what is left of the pain under placebo."""
    if row["test"] != "needling":
        return _left(row, laboratory)
    draws = laboratory.people
    whole = predict_pain("needling_unspecified", draws, row.sources, needle_length=row.number("test_depth_mm") or None)
    error = draws.median("pain_between_people", "1") / np.sqrt(max(row.number("n") or 1.0, 1.0))
    noise = error * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    score = shifted(whole * (1.0 - eased(row, laboratory)), noise)
    measured = (row.number("value") or 0.0) / 10.0
    what = "pain of needling under a cream" if strengths(row) else "pain of needling without a cream"
    return Prediction(score, measured, "absolute", what, stands_on=STANDS_ON, kind="pain")


def _left(row: Row, laboratory: Laboratory) -> Answer:
    """Mean pain over that under placebo [-]; both were measured in so many people."""
    other = placebo(row)
    without = other.number("value") if other else None
    if other is None or not without or without <= 0.0:
        return NotPredicted("pain of another needle than a needling, and no placebo arm beside it")
    draws = laboratory.people
    spread = np.hypot(_relative_error(row, draws), _relative_error(other, draws))
    noise = spread * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    left = (1.0 - eased(row, laboratory)) * np.exp(noise)
    return Prediction(
        left, (row.number("value") or 0.0) / without, "absolute", "pain over that under placebo", stands_on=STANDS_ON
    )


def _relative_error(row: Row, draws: Draws) -> float:
    """Standard error of the logarithm of a mean pain; what people differ by where the row states no spread."""
    value, n, sd = row.number("value") or 0.0, max(row.number("n") or 1.0, 1.0), row.number("sd")
    share = min(max(0.01 * value, SURELY), 1.0 - SURELY)
    relative = sd / value if sd and value > 0.0 else draws.median("pain_between_people", "1") * (1.0 - share)
    return relative / np.sqrt(n)


def numb_share(found: Pair, level: float) -> np.ndarray:
    """Share of people whose block is above a level [-], (draw,): people are normal on the logit around what is known.

    share = Phi((logit B_known - logit level) / s),   s the spread of logit B_people - logit B_known
    """
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs]

    people, known = _logit(found.people), _logit(found.known)
    spread = max(float(np.nanstd(people - known)), SURELY)
    return ndtr((known - _logit(np.array(level))) / spread)


def _logit(share: np.ndarray) -> np.ndarray:
    inside = np.clip(share, SURELY, 1.0 - SURELY)
    return np.log(inside / (1.0 - inside))


def _share(row: Row, laboratory: Laboratory) -> Answer:
    """Share of people with no or little pain [-]: those who are numb, and of the others so many as under placebo."""
    draws, other = laboratory.people, placebo(row)
    anyhow = min(max((other.number("value") if other else None) or 0.0, 0.0), 1.0)
    numbed = numb_share(block(row, laboratory), draws.median("numb_block", "1"))
    strayed = (
        draws("experiment_share_discrepancy", "1") * draws.luck.normal("knowledge", f"numb share {row['source']}")[:, 0]
    )
    odds = np.exp(_logit(numbed + (1.0 - numbed) * anyhow) + strayed)
    people = min(max(round(row.number("n") or 1.0), 1), MAX_PEOPLE)
    uniform = draws.luck.uniform("chance", f"{row.file}:{row.line}:count")[:, 0]
    return Prediction(
        counted(odds / (1.0 + odds), people, uniform),
        row.number("value") or 0.0,
        "absolute",
        "share of people numbed",
        stands_on=STANDS_ON,
        kind="rate",
    )


def people_numb(row: Row, draws: Draws) -> np.ndarray:
    """Share of the people that is numb at the reported time [-], (draw,): `numb_people`; of a Cusum what it sums against.

    The sum of (numb or not - q) turns where the share of the numb passes q; which q was taken is not in the abstract.
    """
    if row["statistic"] == "cusum":
        return unstated("experiment_cusum_share", "1", row["source"], draws)
    return np.full(draws.count, draws.median("numb_people", "1"))


def _time(row: Row, laboratory: Laboratory) -> Answer:
    """Minutes on the skin after which so many of the people are numb as `people_numb` says."""
    from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]

    value, never = row.number("value") or 0.0, factor("h", "min") * NEVER_H
    if value <= 0.0 or row["unit"] not in ("min", ""):
        return NotPredicted("not a time in minutes")

    def read(found: Numbness, draws: Draws) -> np.ndarray:
        late = np.nan_to_num(onset(found, draws), nan=never).clip(1.0, never)
        return np.where(found.computed, np.log(late), np.nan)  # who is never numb is late, who failed is not known

    found = _over_covers(row, laboratory, read)
    apart = float(np.nanstd(found.people - found.known))
    last = found.known + ndtri(people_numb(row, laboratory.people)) * apart
    return Prediction(np.exp(last), value, "log", "time to numb", stands_on=("time_to_numb",))


def _direction(row: Row, laboratory: Laboratory) -> Answer:
    """Less pain than under placebo (-1) or no difference (0), as a study of so many people would see it."""
    draws = laboratory.people
    error = draws.median("pain_between_people", "1") * np.sqrt(2.0 / max(row.number("n") or 1.0, 1.0))
    seen = np.log1p(-np.minimum(eased(row, laboratory), 1.0 - SURELY))
    noise = error * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    value = int(np.sign(row.number("value") or 0.0))
    return Prediction(seen + noise, float(value), "sign", "pain against placebo", sign=value, stands_on=STANDS_ON)


def _threshold(row: Row, laboratory: Laboratory) -> Answer:
    """Depth at which a needle hurts [mm], from that without a cream in the same study.

    z^a (1 - E_max B(z)) = z_0^a,  B the block in the mean over the needle's way to z, a the exponent of length; the first
    such depth. Below the deepest nerves that are looked at the block is taken as there.
    """
    bare = placebo(row, SAME_DEPTH)
    usual = bare.number("value") if bare else None
    if not usual or usual <= 0.0 or row["unit"] != "mm":
        return NotPredicted("the depth at which a needle hurts, without that of the same study's untreated skin")
    deepest = DEEPEST * usual
    depths = np.linspace(usual, deepest, STEPS)
    waited = (row.number("time_after_removal_min") or 0.0) * factor("min", "h")

    def read(found: Numbness, draws: Draws) -> np.ndarray:
        blocked = along_needle(found, hours(row, draws) + waited)
        power, most = draws("pain_length_exponent", "1"), draws("anaesthesia_strength", "1")
        felt = np.stack(
            [
                (depth / usual) ** power * (1.0 - most * along(np.full(draws.count, depth), blocked, draws))
                for depth in depths
            ],
            axis=1,
        )
        hurts = felt >= 1.0
        return np.where(hurts.any(axis=1), depths[hurts.argmax(axis=1)], deepest)

    found = _over_covers(row, laboratory, read)
    luck = laboratory.people.luck
    mean = study_mean(found.people, found.known, row.number("n"), luck, f"{row.file}:{row.line}", log=True)
    return Prediction(mean, row.number("value") or 0.0, "log", "depth at which a needle hurts", stands_on=STANDS_ON)


WAYS: dict[str, Callable[[Row, Laboratory], Answer]] = {
    "vas_0_100": _pain,
    **dict.fromkeys(("share_adequate", "share_mild_pain", "share_no_pain"), _share),
    "minimal_effective_time": _time,
    "pain_threshold_depth": _threshold,
    "direction_against_placebo": _direction,
}
