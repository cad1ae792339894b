"""The days after a session: redness, swelling, soreness, bruises, crusts, dryness, itch, and when a face can be shown.

How strong a sign is comes from what the needles did, how long it lasts in the usual course from the trials:

Redness    x = A r(l exp(-t/tau)),  tau = T p / ln(1/y_n),  EI = EI_0 (1 + x)
Swelling   o = r(l k (exp(-t/tau_o) - exp(-t/t_r))),  k: largest 1;  tau_o = T p / ln(1/y_n)
Soreness   v = V f_s exp(-t/tau_v) [1 - relief exp(-t/t_w)],  V the pain of the needling with nothing numbed
Bruises    b = n c (1 - q) v_b exp(-t/t_b),  c vessels cut by a puncture, q the share of them whose blood shows
Crusts     until t_epi(r_c) + t_shed where more than a visible number of punctures bled
Dryness    y' = (TEWL/TEWL_0 - 1 - y)/tau_dry,   itch i' = (y - i)/t_i

l is the load of the session and p the pace of the person, both against the usual course under the same draws, r a sign's
strength under its ceiling (`reaction`): inflamed volume and cut vessels decide by way of l, so depth, density, zone and age
count by what they do to the tissue, illness and medicines by p. T is how long the sign lasts in a person of a new trial
(`duration`), y_n what drives the sign that is just noticed: the usual course lasts as long as in trials, another one longer
by tau ln l. Melanin hides redness (its threshold rises with the phototype), it takes none away. Amplitudes are assumed. Left
out: milia, blanching under an anaesthetic, friction, what heat and exercise do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..core.errors import Notice
from ..core.notebook import Noted, Reads
from ..core.units import factor
from ..core.vocabulary import ASSUMPTION, DARK_PHOTOTYPES, PHOTOTYPES
from ..evidence import Draws, Pages
from ..flows import READOUTS, Channels, Curve, Punctures, Reading, TissueHistory
from ..naming import Detail
from ..skin.section import Skin
from .belief import Belief
from .course import Course
from .duration import REDNESS, SWELLING, TENDERNESS, duration_of_person, noticed_drive
from .reaction import LEAST, Reaction, react, relaxed, shown
from .tissue import EPIDERMIS, interpolated

TIMED = ("downtime_makeup", "downtime_unnoticeable", "redness_duration", "swelling_duration", "soreness_duration")
"""Readings that rest on the durations of trials."""

SIGNS = {
    **dict.fromkeys(("peak_erythema", "redness_duration", "downtime_unnoticeable"), "redness"),
    "swelling_duration": "swelling",
    "soreness_duration": "soreness",
    "bruise_duration": "bruising",
}
"""Reading -> the sign whose course it is read from."""


@dataclass(frozen=True)
class Recovery(Noted):
    """Time courses of one session, arrays (draw, time); time in h after it."""

    time: np.ndarray
    redness: np.ndarray  # relative rise of the erythema index
    swelling: np.ndarray  # relative to the largest of the usual course
    soreness: np.ndarray  # 0-10
    bruising: np.ndarray  # um: volume of blood per area
    dryness: np.ndarray
    itch: np.ndarray
    reads: Reads  # names of what was read, by field


@dataclass(frozen=True)
class Soreness(Noted):
    """Pain of the needling with nothing numbed [0-10] and the share of it that was taken away, (draw,) each."""

    pain: np.ndarray
    relief: np.ndarray
    reads: Reads = field(default_factory=dict)  # names of what was read, by field


def recover(course: Course, number: int, skin: Skin, sore: Soreness, belief: Belief) -> Recovery:
    """Recovery after one of the sessions, counted from 0: hourly until the next, the horizon or `recovery_horizon`."""
    punctures, channels, draws = course.punctures[number], course.channels[number], belief.draws
    page = Pages(draws)
    hours, exclude = _hours(punctures.session, course.history, page["reaction"]), belief.exclude
    reacted = react(punctures.session, course.history, page["reaction"], belief.reference)
    dryness = _dryness(channels, hours, skin, page["dryness"])
    found = (
        _redness(reacted, hours, page["redness"], exclude),
        _swelling(reacted, hours, page["swelling"], exclude),
        _soreness(sore, reacted.pace, hours, page["soreness"], exclude),
        _bruising(punctures, hours, page["bruising"]),
        dryness,
        relaxed(dryness, hours, page["itch"]("itch_delay", "h")),
    )
    seen = ("inflammation", "clearing", "cut_vessels")
    histories = [history.behind(*seen) for history in (course.history, belief.reference) if history is not None]
    inflamed = page.of("reaction").union(*histories)
    dry = page.of("dryness") | channels.behind("tewl") | skin.behind("tewl")
    reads = {
        "redness": inflamed | page.of("redness"),
        "swelling": inflamed | page.of("swelling"),
        "soreness": inflamed | page.of("soreness") | sore.behind(),
        "bruising": punctures.behind("density", "vessels_cut") | page.of("bruising"),
        "dryness": dry,
        "itch": dry | page.of("itch"),
    }
    return Recovery(hours, *found, reads)


def redness_on(days: np.ndarray, history: TissueHistory, draws: Draws, reference: TissueHistory | None = None) -> np.ndarray:
    """Relative rise of the erythema index on some days of the course [-], (draw, day); all sessions so far count.

    Days after the first session; none before it.
    """
    total = np.zeros((draws.count, len(days)))
    for session, day in enumerate(history.sessions):
        reacted = react(session, history, draws, reference)
        since = (days - day) * factor("d", "h")
        found = _redness(reacted, np.maximum(since, 0.0), draws, frozenset())
        total += np.where(since >= 0.0, found, 0.0)
    return total


def readings(
    course: Course, number: int, recovery: Recovery, skin: Skin, draws: Draws
) -> tuple[tuple[Reading, ...], tuple[Notice, ...]]:
    """Bleeding points, peak redness, how long each sign lasts and the two downtimes of one session, counted from 0."""
    punctures, channels, page = course.punctures[number], course.channels[number], Pages(draws)
    time, red = recovery.time, recovery.redness
    peak = page["peak_erythema"]("erythema_baseline", "1") * (1.0 + red.max(axis=1))
    lasting, faded = settled(time, red, page["redness_duration"]("noticeable_erythema", "1"))
    cover, covered = settled(time, red, page["downtime_makeup"]("coverable_erythema", "1"))
    closed = channels.closure_time[:, READOUTS.index("dye")] * factor("h", "d")
    crusts = _crusts(punctures, course.history, recovery.time, page["crust_duration"])
    values = {
        "bleeding_points": ("1/cm^2", punctures.density * punctures.bleeding_fraction),
        "peak_erythema": ("1", peak),
        "downtime_makeup": ("d", np.maximum(cover, closed)),
        "downtime_unnoticeable": ("d", _unnoticeable(time, red, skin, page["downtime_unnoticeable"])),
        "redness_duration": ("d", lasting),
        "crust_duration": ("d", crusts),
        **{name: ("d", lasts) for name, lasts in _lasting(recovery, skin, page).items()},
    }
    met = {
        **{name: recovery.behind(sign) for name, sign in SIGNS.items()},
        "bleeding_points": punctures.behind("density", "bleeding_fraction"),
        "downtime_makeup": recovery.behind("redness") | channels.behind("closure_time"),
        "crust_duration": punctures.behind("density", "bleeding_fraction") | course.history.behind("values"),
    }
    day, session = float(course.history.sessions[punctures.session]), Detail(session=punctures.session + 1)
    found = tuple(
        Reading(name, punctures.zone, unit, v, day, session, page.of(name) | met[name]) for name, (unit, v) in values.items()
    )
    late = float(np.mean(~(faded & covered)))
    return found, (*_lower_bound(punctures.zone, time[-1], late), *_unstudied(punctures.zone, skin))


def _unnoticeable(time: np.ndarray, redness: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Days until nobody notices the redness on this skin, (draw,)."""
    return settled(time, redness, draws("noticeable_erythema", "1") * masking(skin, draws))[0]


def _lasting(recovery: Recovery, skin: Skin, page: Pages) -> dict[str, np.ndarray]:
    """Days that swelling, soreness and bruises last, (draw,), by the name of the reading."""
    visible = page["bruise_duration"]("visible_bruise", "um") * masking(skin, page["bruise_duration"])
    thresholds = {
        "swelling_duration": (recovery.swelling, page["swelling_duration"]("noticeable_swelling", "1")),
        "soreness_duration": (recovery.soreness, page["soreness_duration"]("noticeable_soreness", "1")),
        "bruise_duration": (recovery.bruising, visible),
    }
    return {name: settled(recovery.time, course, limit)[0] for name, (course, limit) in thresholds.items()}


def _lower_bound(zone: str, hours: float, late: float) -> tuple[Notice, ...]:
    return (
        (
            Notice(
                f"{zone}.downtime",
                f"redness outlasts the {hours:.0f} hours followed after a session in {late:.0%} of "
                "the draws; the downtime is then a lower bound",
            ),
        )
        if late
        else ()
    )


def _unstudied(zone: str, skin: Skin) -> tuple[Notice, ...]:
    """What is asked of recovery and no study answers."""
    care = Notice(
        f"{zone}.downtime",
        "no study says what heat, exercise, alcohol or make-up of the first days do to "
        "redness, swelling or bruises, nor an anaesthetic that blanches the skin; they change no number and the "
        "advice is a precaution",
        ASSUMPTION,
    )
    dark = Notice(
        f"{zone}.downtime",
        "melanin hides redness and bruises: they are unnoticeable sooner, not over sooner; 'redness lasts' says how long",
        ASSUMPTION,
    )
    return (care, dark) if skin.phototype in DARK_PHOTOTYPES else (care,)


def curves(session: int, zone: str, recovery: Recovery, draws: Draws) -> tuple[Curve, ...]:
    """Redness (instrument units) and the other signs in the hours after one session."""
    own = draws.apart()
    redness, reads = own("erythema_baseline", "1")[:, None] * (1.0 + recovery.redness), recovery.behind
    table = {
        "erythema_index": ("1", redness, own.reads | reads("redness")),
        "erythema_rise": ("1", recovery.redness, reads("redness")),
        "oedema": ("1", recovery.swelling, reads("swelling")),
        "soreness": ("1", recovery.soreness, reads("soreness")),
        "bruising": ("um", recovery.bruising, reads("bruising")),
        "dryness": ("1", recovery.dryness, reads("dryness")),
        "itch": ("1", recovery.itch, reads("itch")),
    }
    return tuple(
        Curve(name, zone, unit, recovery.time, values, session, reads=behind)
        for name, (unit, values, behind) in table.items()
    )


def settled(time: np.ndarray, course: np.ndarray, threshold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days until a sign (draw, time in h) stays below a threshold (draw,), and whether it does so in the time followed."""
    above = course > threshold[:, None]
    count = above.shape[1]
    last = np.where(above.any(axis=1), count - np.argmax(above[:, ::-1], axis=1), 0)
    days = time[np.minimum(last, count - 1)] * factor("h", "d")
    return np.where(np.isnan(course).any(axis=1), np.nan, days), last < count


def masking(skin: Skin, draws: Draws) -> np.ndarray:
    """Redness that others notice on this skin against phototype III [-], (draw,); never falls from I to VI.

    The factors of neighbouring phototypes are drawn apart; the larger of a skin's own and all lighter ones counts.
    """
    names = [f"redness_masking[{p}]" for p in PHOTOTYPES]
    own = f"redness_masking[{skin.phototype}]"
    if own not in names:
        return np.ones(draws.count)
    return np.max([draws(name, "1") for name in names[: names.index(own) + 1]], axis=0)


def _hours(session: int, history: TissueHistory, draws: Draws) -> np.ndarray:
    day = history.sessions[session]
    following = history.sessions[session + 1] if session + 1 < len(history.sessions) else np.inf
    limit = min(draws.median("recovery_horizon", "d"), following - day, max(history.time[-1] - day, 0.0))
    return np.arange(np.floor(limit * factor("d", "h")) + 1.0)


def _redness(reacted: Reaction, hours: np.ndarray, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Rise of the erythema index at `hours` after the session [-], (draw, time)."""
    peak, ceiling = draws("erythema_reference_peak", "1"), draws("reaction_ceiling[redness]", "1")
    lasts = duration_of_person(REDNESS, draws, exclude) * reacted.pace
    decay = _decay(lasts, draws("noticeable_erythema", "1") / peak, ceiling)
    driven = reacted.load[:, None] * np.exp(-hours / decay[:, None])
    return peak[:, None] * shown(driven, ceiling[:, None])


def _decay(lasts: np.ndarray, noticed: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """Time constant of a sign that falls from its usual strength to `noticed` of it within `lasts`, in the unit of that."""
    return lasts / -np.log(noticed_drive(noticed, ceiling))


def _swelling(reacted: Reaction, hours: np.ndarray, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Swelling relative to the largest of the usual course [-], (draw, time): rises within hours, fades with the trials."""
    ceiling = draws("reaction_ceiling[swelling]", "1")
    lasts = duration_of_person(SWELLING, draws, exclude) * reacted.pace
    fall = _decay(lasts, draws("noticeable_swelling", "1"), ceiling)
    rise = np.minimum(draws("oedema_rise_time", "h"), 0.5 * fall)
    crest = rise * fall / (fall - rise) * np.log(fall / rise)
    largest = np.exp(-crest / fall) - np.exp(-crest / rise)
    shape = np.exp(-hours / fall[:, None]) - np.exp(-hours / rise[:, None])
    return shown((reacted.load / largest)[:, None] * shape, ceiling[:, None])


def _soreness(sore: Soreness, pace: np.ndarray, hours: np.ndarray, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Soreness after the needling [0-10], (draw, time): what is left of its pain as the anaesthetic wears off."""
    start = sore.pain * draws("soreness_share", "1")
    usual = draws.median("pain_prior_score", "1") * draws("soreness_share", "1")
    lasts = duration_of_person(TENDERNESS, draws, exclude) * pace
    decay = lasts / np.maximum(np.log(usual / draws("noticeable_soreness", "1")), LEAST)
    numb = sore.relief[:, None] * np.exp(-hours / draws("anaesthesia_wear_off", "h")[:, None])
    return start[:, None] * np.exp(-hours / decay[:, None]) * (1.0 - numb)


def _bruising(punctures: Punctures, hours: np.ndarray, draws: Draws) -> np.ndarray:
    """Blood under the skin per area [um], (draw, time): from vessels that were cut and did not bleed to the surface."""
    inside = punctures.cut * (1.0 - draws("bleeding_share", "1")) * factor("1/cm^2", "1/mm^2")
    layer = inside * draws("bruise_volume", "mm^3") * factor("mm", "um")
    return layer[:, None] * np.exp(-hours / draws("bruise_resorption", "h")[:, None])


def _crusts(punctures: Punctures, history: TissueHistory, hours: np.ndarray, draws: Draws) -> np.ndarray:
    """Days until the crusts have fallen, (draw,): the gaps over the holes have closed and t_shed has passed.

    0 where fewer punctures bled than are seen. Older skin closes more slowly (`healing.epithelial_front`).
    """
    day = float(history.sessions[punctures.session])
    gap = interpolated(history.time, history.state("epidermal_gap")[:, EPIDERMIS], day + hours * factor("h", "d"))
    closed, _ = settled(hours, gap, np.zeros(draws.count))
    seen = punctures.density * punctures.bleeding_fraction >= draws("visible_crusts", "1/cm^2")
    return np.where(seen, closed + draws("crust_shedding", "d"), 0.0)


def _dryness(channels: Channels, hours: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    tewl = interpolated(channels.time, channels.tewl, hours)
    excess = np.maximum(tewl / skin.tewl[:, None] - 1.0, 0.0)
    return relaxed(excess, hours, draws("dryness_delay", "h"))
