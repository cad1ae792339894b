"""From a topical on the skin to where its actives went, hour by hour, for every draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case.document import Topical
from ..core import CaseError, Fault, Notice, require_most, unbalanced, unsound
from ..core.units import factor
from ..evidence import Draws, Evidence
from ..flows import NERVE_DEPTHS, Channels, Exposure
from ..numerics.steps import graded_times, stage_times
from ..numerics.unit_cell import Clock, Course, solve
from ..skin.section import Skin
from .cell import RINGS, ROWS, Faces, Mesh, Thickness, Tube, bore, grid, mesh
from .channel import Film, Holes, gates
from .excipient import passive_solutes
from .notices import notices_of
from .numbness import nerve_depth
from .product import Content, Product, product_in
from .solute import Solute
from .stratum import Barrier, barrier, lipid_share
from .tissue import Tissue, capillary_clearance, tissue
from .vehicle import film_thickness, saturation, vehicle_diffusivity_ratio, wetness

FOLLOWED = 48.0  # numerical: hours that are computed after application or needling, whichever is later
MARKS = (1.0, 4.0, 24.0)  # hours after needling at which a reading is taken
_BALANCE = 1e-8
HOLLOW, CROSSED = ("density", "depth", "radius", "open_fraction"), ("stratum_corneum", "viable_epidermis", "dermis")
"""Fields of the channels and of the skin that a dose meets."""


@dataclass(frozen=True)
class Transport:
    """One solute in one section of skin: everything but the vehicle and the channels."""

    solute: Solute
    thickness: Thickness
    stratum: Barrier
    viable: Tissue
    alive: bool

    def faces(self, ph: float | np.ndarray | None, p: Draws) -> Faces:
        """What a vehicle of this pH and the tissue leave of the permeability."""
        return Faces(
            self.stratum.weight(lipid_share(self.solute, ph, p)),
            self.stratum.weight(lipid_share(self.solute, p.median("tissue_ph", "1"), p)),
        )


def transport(solute: Solute, thickness: Thickness, hydrated: bool, alive: bool, p: Draws) -> Transport:
    """Laws of transport for one solute in skin of this thickness, shape (draw,)."""
    stratum = barrier(solute, 10.0 * thickness.stratum_corneum, hydrated, p)
    return Transport(solute, thickness, stratum, tissue(solute, stratum, alive, p), alive)


@dataclass(frozen=True)
class Dosing:
    """What lies on the skin and when."""

    time: np.ndarray  # (step + 1,) h after the needles left
    wipe: int  # index of the step before which it is wiped off; -1 = never
    film: np.ndarray  # (draw or 1, step, stage) cm, volume per area
    diffusivity_ratio: np.ndarray  # (draw, step, stage) or (draw, 1, 1), diffusivity in the vehicle over that in water
    ph: float | np.ndarray | None
    dose: np.ndarray  # (draw,) ug/cm2
    saturation: np.ndarray  # (draw,) ug/cm3
    deep: bool = False  # a stirred donor, not a film: no annulus to cross on the way to a mouth


@dataclass(frozen=True)
class Solved:
    """One finite dose in the cells that it was solved on."""

    course: Course
    cells: Mesh

    def activity_at(self, depth: np.ndarray) -> np.ndarray:
        """Mean activity over the rings at a depth [cm] in living skin, shape (draw, step + 1): linear between rows."""
        middle = 0.5 * (self.cells.edges[:, 1:] + self.cells.edges[:, :-1])
        outer = int((self.cells.layer == 0).sum(axis=1).max())
        below = np.clip((middle < depth[:, None]).sum(axis=1), outer + 1, middle.shape[1] - 1)
        lane = np.arange(depth.size)
        share = np.clip((depth - middle[lane, below - 1]) / (middle[lane, below] - middle[lane, below - 1]), 0.0, 1.0)
        levels = self.course.depth_activity
        return (1.0 - share)[:, None] * levels[lane, below - 1] + share[:, None] * levels[lane, below]


def run(
    path: Transport,
    holes: Holes,
    dosing: Dosing,
    p: Draws,
    *,
    intact: bool = False,
    keep: np.ndarray | None = None,
    rows: tuple[int, ...] = ROWS,
    rings: int = RINGS,
) -> Solved:
    """Solve one finite dose through skin with the channels `holes`, or `intact`: the same rows, nobody needled.

    keep : people whose whole field is kept. rows, rings : resolution.
    Conservation, positivity and finiteness are asserted: who breaks them is left out (NaN). Who asks for all people at once
    requires that these are few (`left_out`).
    """
    tube = holes.tube(p("channel_taper", "1"))
    cells = mesh(path.thickness, tube, 1 if intact or not holes.any else rings, rows)
    open_tube = Tube.none(p.count) if intact else tube
    fill = np.zeros(p.count) if intact or dosing.deep else p("needle_filling", "1")
    channel = bore(cells, open_tube, path.stratum, path.viable, fill)
    pierced = np.any(channel.taper > 0.0, axis=1)
    clock = _clock(path, holes, pierced, dosing, channel.fill, p)
    faces = path.faces(dosing.ph, p)
    course = solve(
        grid(cells, path.stratum, path.viable, faces, not path.alive),
        channel,
        clock,
        dosing.dose,
        dosing.saturation,
        keep=keep,
    )
    _leave_out(_lawless(course, dosing.dose), course)
    return Solved(course, cells)


def _clock(path: Transport, holes: Holes, pierced: np.ndarray, dosing: Dosing, fill: np.ndarray, p: Draws) -> Clock:
    """What changes with time; skin that nothing pierced stays as it is."""
    when = stage_times(dosing.time)
    nothing = np.zeros((1, *when.shape))
    still = np.zeros(p.count)
    if not pierced.any():
        return Clock(
            dosing.time, dosing.film, nothing, nothing + 1.0, nothing, nothing, nothing + 1.0, still, dosing.wipe, -1
        )
    seen = Film(when, None if dosing.deep else dosing.film, dosing.diffusivity_ratio)
    opened = gates(path.solute, holes, seen, path.alive, p)
    needled, film = _needled(dosing), dosing.film
    if needled >= 0:
        film = np.where(when >= 0.0, film - np.minimum(fill[:, None, None], 0.5 * film), film)
    perfusion = hyperaemia(path, when, pierced, p) if path.alive else nothing + 1.0
    return Clock(
        dosing.time, film, opened.opened, opened.fluid, opened.access, opened.outflow, perfusion, still, dosing.wipe, needled
    )


def _needled(dosing: Dosing) -> int:
    """The step that begins when the needles leave, if the product was put on before; else -1: nothing is there to move."""
    return int(np.searchsorted(dosing.time, 0.0)) if dosing.time[0] < 0.0 else -1


def hyperaemia(path: Transport, when: np.ndarray, pierced: np.ndarray, p: Draws) -> np.ndarray:
    """Clearance over its resting value [-], (draw, *when.shape), as blood flow rises: Q (1 + q exp(-t/tau))."""
    rise = np.where(pierced, p("hyperaemia_rise", "1"), 0.0)[:, None, None]
    fading = p("hyperaemia_time", "h")[:, None, None]
    flow = 1.0 + np.where(when >= 0.0, rise * np.exp(-np.maximum(when, 0.0) / fading), 0.0)
    resting = capillary_clearance(path.stratum, 1.0, p)
    raised = capillary_clearance(path.stratum, flow, p)
    return raised / resting[:, None, None]


def _lawless(course: Course, dose: np.ndarray) -> np.ndarray:
    """Which people break a law, shape (draw,): finite and positive masses that add up to the dose."""
    tolerance = _BALANCE * float(dose.max(initial=0.0))
    parts = [unsound(masses, tolerance) for masses in (course.film, course.layers, course.cleared)]
    return np.any([*parts, unbalanced(course.total, dose[:, None], _BALANCE)], axis=0)


def _leave_out(failed: np.ndarray, course: Course) -> None:
    """Make the masses of those who failed no numbers."""
    if failed.any():
        parts = (course.film, course.wiped, course.evaporated, course.layers, course.cleared, course.reacted)
        for masses in (*parts, course.through_mouth, course.depth_activity):
            masses[failed] = np.nan


@dataclass(frozen=True)
class Applied:
    """One product on one zone's skin in one treatment session."""

    topical: Topical
    product: Product
    skin: Skin
    time: np.ndarray  # (step + 1,) h
    wipe: int

    @staticmethod
    def of(topical: Topical, skin: Skin, evidence: Evidence) -> Applied:
        """The product that the case names; CaseError if it comes off before it goes on."""
        if topical.remove is not None and topical.remove <= topical.apply:
            raise CaseError([Fault("course.topicals.remove", f"{topical.remove:g} h", "must be later than apply")])
        return Applied(topical, product_in(topical, evidence), skin, *clock(topical))

    @property
    def thickness(self) -> Thickness:
        """The zone's layers."""
        return Thickness(0.1 * self.skin.stratum_corneum, 0.1 * self.skin.viable_epidermis, 0.1 * self.skin.dermis)

    def path(self, content: Content, p: Draws) -> Transport:
        """The way of one of its contents."""
        return transport(content.solute, self.thickness, self.topical.occluded, self.skin.alive, p)

    def dosing(self, content: Content, p: Draws) -> Dosing:
        """One of its contents as it lies on the skin."""
        topical, product = self.topical, self.product
        amount = np.full(p.count, topical.dose)
        solids = product.solids
        since = stage_times(self.time) - topical.apply
        film = film_thickness(amount, product.vehicle, solids, topical.occluded, since, p)
        fresh = film_thickness(amount, product.vehicle, solids, True, np.zeros(1), p)[:, 0]
        dose = factor("mg/cm^2", "ug/cm^2") * amount * content.strength
        wet = wetness(amount, product.vehicle, solids, topical.occluded, since, p)
        return Dosing(
            self.time,
            self.wipe,
            film,
            vehicle_diffusivity_ratio(product.vehicle, wet, p),
            product.ph,
            dose,
            saturation(content.solute, dose, fresh, product.ph, p),
        )


def deliver(topical: Topical, channels: Channels, skin: Skin, draws: Draws) -> tuple[Exposure, ...]:
    """Where every active of one product goes in one zone after one treatment session, one `Exposure` each.

    Finite dose in a well-mixed film on stratum corneum, viable epidermis and dermis with clearance, around a channel that
    is open from time 0 on and closes; the same solve without channels gives `intact_below_sc`.

    Units    amounts ug/cm2, times h after the needling.   Shape  (draw, ...).
    Valid    aqueous or emulsion vehicles, solutes that do not react; see the notices of the result.
    Law      the compartments add up to the dose within 1e-8 of it (asserted; NaN for a person who breaks it).
    """
    applied = Applied.of(topical, skin, draws.evidence)
    return tuple(_expose(content, applied, channels, draws) for content in applied.product.contents)


def excipient_doses(topical: Topical, channels: Channels, skin: Skin, draws: Draws) -> dict[str, np.ndarray]:
    """What of every excipient of a product enters through the channels [ug/cm2], shape (draw,); empty if none is known."""
    applied, holes = Applied.of(topical, skin, draws.evidence), Holes.of(channels)
    found: dict[str, np.ndarray] = {}
    for content in passive_solutes(applied.product, draws.evidence):
        solved = run(applied.path(content, draws), holes, applied.dosing(content, draws), draws).course
        require_most(missing_in(solved), f"delivery of {content.solute.name}")
        found[content.solute.name] = solved.through_mouth[:, -1]
    return found


def left_out(exposure: Exposure) -> np.ndarray:
    """Who was left out of an exposure, with channels or without, shape (draw,)."""
    return np.asarray(np.isnan(exposure.amount[:, 0, -1]) | np.isnan(exposure.intact_below_sc[:, -1]))


def missing_in(course: Course) -> np.ndarray:
    """Who was left out of a course, shape (draw,)."""
    return np.asarray(np.isnan(course.film[:, -1]))


def clock(topical: Topical) -> tuple[np.ndarray, int]:
    """Step ends [h] and the index of the step before which the film is wiped off (-1: never)."""
    end = max(0.0, topical.apply) + FOLLOWED
    remove = topical.remove if topical.remove is not None and topical.remove < end else None
    events = sorted({topical.apply, *((0.0,) if topical.apply < 0.0 else ()), *(() if remove is None else (remove,))})
    time = graded_times(tuple(events), end, MARKS)
    return time, -1 if remove is None else int(np.searchsorted(time, remove))


def _expose(content: Content, applied: Applied, channels: Channels, p: Draws) -> Exposure:
    p = p.apart()
    path, dosing, holes = applied.path(content, p), applied.dosing(content, p), Holes.of(channels)
    solved = run(path, holes, dosing, p)
    needled, name, skin = solved.course, content.solute.name, applied.skin
    nerves, deeper = _numbing(solved, skin, p) if content.solute.numbs else (None, None)
    intact = run(path, holes, dosing, p, intact=True).course if holes.any else needled
    said = notices_of(applied.product, content.solute, applied.topical, skin, holes.any)
    return Exposure(
        zone=channels.zone,
        session=channels.session,
        product=applied.product.id,
        active=name,
        time=applied.time,
        dose=dosing.dose,
        amount=_compartments(needled),
        through_channels=needled.through_mouth,
        intact_below_sc=intact.layers[:, 1] + intact.layers[:, 2] + intact.cleared,
        dermal_concentration=needled.layers[:, 2] / path.thickness.dermis[:, None],
        notices=(*said, *_failed(needled, intact, f"topical.{applied.product.id}.{name}")),
        at_nerves=nerves,
        at_depths=deeper,
        removed=applied.topical.remove,
        reads={"amount": p.reads | channels.behind(*HOLLOW) | skin.behind(*CROSSED)},
    )


def _numbing(solved: Solved, skin: Skin, p: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Activity at the papillary nerves, and at `NERVE_DEPTHS` but nowhere above them: there a trunk's block counts."""
    nerves, to_cm = nerve_depth(skin, p), factor("mm", "cm")
    deeper = [solved.activity_at(to_cm * np.maximum(nerves, depth)) for depth in NERVE_DEPTHS]
    return solved.activity_at(to_cm * nerves), np.stack(deeper, axis=1)


def _failed(needled: Course, intact: Course, path: str) -> tuple[Notice, ...]:
    """Say for how many people a course could not be computed."""
    failed = missing_in(needled) | missing_in(intact)
    if not failed.any():
        return ()
    return (
        Notice(path, f"could not be computed for {int(failed.sum())} of {failed.size} possible people, who are left out"),
    )


def _compartments(course: Course) -> np.ndarray:
    """Masses in the order of `flows.COMPARTMENTS`."""
    return np.stack(
        [
            course.film,
            course.wiped,
            course.evaporated,
            course.layers[:, 0],
            course.layers[:, 1],
            course.layers[:, 2],
            course.cleared,
        ],
        axis=1,
    )
