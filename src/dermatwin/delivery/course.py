"""From a topical on the skin to where its actives went, hour by hour, for every draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case.document import Topical
from ..core import CaseError, Fault, require_balance, require_finite, require_not_negative
from ..evidence import Draws
from ..flows import Channels, Exposure
from ..numerics import finite_dose
from ..numerics.finite_dose import Clock, Course
from ..skin.section import Skin
from .channel import Film, Holes, gates, side_chain
from .notices import notices_of
from .product import Content, Product, find_product, product_of
from .section import CELLS, Thickness, cell_conductivity, stack
from .solute import Solute
from .stratum import Barrier, barrier, lipid_share
from .tissue import Tissue, tissue
from .vehicle import film_thickness, saturation, vehicle_diffusivity_ratio

FOLLOWED = 48.0  # numerical: hours that are computed after application or needling, whichever is later
MARKS = (1.0, 4.0, 24.0)  # hours after needling at which a reading is taken
_BALANCE = 1e-8


@dataclass(frozen=True)
class Transport:
    """One solute in one section of skin: everything but the vehicle and the channels."""

    solute: Solute
    thickness: Thickness
    stratum: Barrier
    viable: Tissue
    drained: bool

    def stack(self, ph: float | None, p: Draws) -> finite_dose.Stack:
        """The section's cells under a vehicle of this pH."""
        weight = self.stratum.weight(lipid_share(self.solute, ph, p))
        inner = self.stratum.weight(lipid_share(self.solute, p.median("tissue_ph", "1"), p))
        return stack(self.thickness, self.stratum, self.viable, weight, inner, self.drained)


def transport(solute: Solute, thickness: Thickness, hydrated: bool, alive: bool, p: Draws) -> Transport:
    """Laws of transport for one solute in skin of this thickness, shape (draw,)."""
    stratum = barrier(solute, 10.0 * thickness.stratum_corneum, hydrated, p)
    return Transport(solute, thickness, stratum, tissue(solute, stratum, alive, p), drained=not alive)


@dataclass(frozen=True)
class Dosing:
    """What lies on the skin and when."""

    time: np.ndarray  # (step + 1,) h after the needles left
    wipe: int  # index of the step before which it is wiped off; -1 = never
    film: np.ndarray  # (draw or 1, step, stage) cm, volume per area
    diffusivity_ratio: np.ndarray  # (draw,) diffusivity in the vehicle over that in water
    ph: float | None
    dose: np.ndarray  # (draw,) ug/cm2
    saturation: np.ndarray  # (draw,) ug/cm3
    deep: bool = False  # a stirred donor, not a film: no annulus to cross on the way to a mouth


def run(path: Transport, holes: Holes | None, dosing: Dosing, p: Draws) -> Course:
    """Solve one finite dose, with the channels `holes` or, where they are None, through intact skin.

    Conservation, positivity and finiteness are asserted.
    """
    closed = np.zeros((1, *dosing.film.shape[1:]))
    side, mouth, bore, wall = None, closed, closed, closed
    if holes is not None and holes.any:
        side, first = _side(path, holes)
        thickness = None if dosing.deep else dosing.film
        film = Film(finite_dose.stage_times(dosing.time), thickness, dosing.diffusivity_ratio)
        opened = gates(path.solute, holes, path.thickness.stratum_corneum, first, film, p)
        mouth, bore, wall = opened.mouth, opened.bore, opened.wall
    clock = Clock(dosing.time, dosing.film, mouth, bore, wall, dosing.wipe)
    course = finite_dose.solve(path.stack(dosing.ph, p), side, clock, dosing.dose, dosing.saturation)
    _assert_laws(course, dosing.dose, path.solute.name)
    return course


def _side(path: Transport, holes: Holes) -> tuple[finite_dose.Side, np.ndarray]:
    """The channels beside the living cells, and their length in the first of these [cm]."""
    outer = path.thickness.stratum_corneum
    edges = path.thickness.edges()[:, CELLS[0]:] - outer[:, None]
    conductivity = cell_conductivity(path.thickness, path.stratum, path.viable)[:, CELLS[0]:]
    side = side_chain(holes, outer, edges, conductivity)
    area = np.pi * holes.density * (0.1 * holes.radius) ** 2
    return side, side.capacity[:, 0] / np.where(area > 0.0, area, 1.0)


def _assert_laws(course: Course, dose: np.ndarray, name: str) -> None:
    where = f"delivery of {name}"
    for masses in (course.film, course.layers, course.lost):
        require_finite(masses, where)
        require_not_negative(masses, where, tolerance=_BALANCE * float(dose.max(initial=0.0)))
    require_balance(course.total, np.broadcast_to(dose[:, None], course.total.shape), where, _BALANCE)


def deliver(topical: Topical, channels: Channels, skin: Skin, draws: Draws) -> tuple[Exposure, ...]:
    """Where every active of one product goes in one zone after one treatment session, one `Exposure` each.

    Finite dose in a well-mixed film on stratum corneum, viable epidermis and dermis with clearance, the channels in
    parallel from time 0 on; the same solve without channels gives `intact_below_sc`.

    Units    amounts ug/cm2, times h after the needling.   Shape  (draw, ...).
    Valid    aqueous or emulsion vehicles, solutes that do not react; see the notices of the result.
    Law      the compartments add up to the dose within 1e-8 of it (asserted).
    """
    product = find_product(topical.product) if isinstance(topical.product, str) else product_of(topical.product)
    if topical.remove is not None and topical.remove <= topical.apply:
        raise CaseError([Fault("course.topicals.remove", f"{topical.remove:g} h", "must be later than apply")])
    thickness = Thickness(0.1 * skin.stratum_corneum, 0.1 * skin.viable_epidermis, 0.1 * skin.dermis)
    time, wipe = clock(topical)
    return tuple(_expose(content, product, topical, channels, skin, thickness, (time, wipe), draws)
                 for content in product.contents)


def clock(topical: Topical) -> tuple[np.ndarray, int]:
    """Step ends [h] and the index of the step before which the film is wiped off (-1: never)."""
    end = max(0.0, topical.apply) + FOLLOWED
    remove = topical.remove if topical.remove is not None and topical.remove < end else None
    events = sorted({topical.apply, *((0.0,) if topical.apply < 0.0 else ()), *(() if remove is None else (remove,))})
    time = finite_dose.graded_times(tuple(events), end, MARKS)
    return time, -1 if remove is None else int(np.searchsorted(time, remove))


def _expose(content: Content, product: Product, topical: Topical, channels: Channels, skin: Skin, thickness: Thickness,
            steps: tuple[np.ndarray, int], p: Draws) -> Exposure:
    time, wipe = steps
    path = transport(content.solute, thickness, topical.occluded, skin.alive, p)
    amount = np.full(p.count, topical.dose)
    solids = sum(other.strength for other in product.contents)
    since = finite_dose.stage_times(time) - topical.apply
    film = film_thickness(amount, product.vehicle, solids, topical.occluded, since, p)
    fresh = film_thickness(amount, product.vehicle, solids, True, np.zeros(1), p)[:, 0]
    dose = 1000.0 * amount * content.strength
    dosing = Dosing(time, wipe, film, vehicle_diffusivity_ratio(product.vehicle, p), product.ph, dose,
                    saturation(dose, fresh, p))
    holes = Holes.of(channels)
    needled = run(path, holes, dosing, p)
    intact = run(path, None, dosing, p) if holes.any else needled
    return Exposure(
        zone=channels.zone, session=channels.session, product=product.id, active=content.solute.name, time=time, dose=dose,
        amount=_compartments(needled), through_channels=needled.through_mouth,
        intact_below_sc=intact.layers[:, 1] + intact.layers[:, 2] + intact.lost,
        dermal_concentration=needled.layers[:, 2] / thickness.dermis[:, None],
        notices=notices_of(product, content.solute, topical, skin, holes.any))


def _compartments(course: Course) -> np.ndarray:
    """Masses in the order of `flows.COMPARTMENTS`; nothing in the catalogue evaporates but the water of the vehicle."""
    evaporated = np.zeros_like(course.film)
    return np.stack([course.film, course.wiped, evaporated, course.layers[:, 0], course.layers[:, 1], course.layers[:, 2],
                     course.lost], axis=1)
