"""How long delivery takes and how exact it is, beside the same equations in finite elements and two public programs.

Run: python benchmarks/delivery.py [--kartinav FOLDER] [--surrey FOLDER] [--hours 24] [--cold]. Two threads unless
NUMBA_NUM_THREADS says otherwise. What is not there is skipped with a line that says how to get it. Times are the least of
several repeats, warm; `--cold` adds the compilation, in a fresh process. docs/benchmarks-delivery.md explains the cases.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small systems: more threads only slow the other programs down
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

from dermatwin.case.document import InlineProduct, Topical
from dermatwin.core import Luck
from dermatwin.delivery import deliver
from dermatwin.delivery.cell import RINGS, Faces, Mesh, Thickness, Tube, bore, grid, mesh
from dermatwin.delivery.stratum import Barrier
from dermatwin.delivery.tissue import Tissue
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import Channels
from dermatwin.numerics.steps import graded_times, stage_times
from dermatwin.numerics.unit_cell import GAMMA, Clock, solve
from dermatwin.skin.section import Skin

HOURS = (1.0, 4.0, 24.0)
COARSE, FINE = {}, {"first": 1.0 / 960.0, "growth": 1.06, "longest": 0.3}  # steps in time: of the product, of a reference
FEW = {"first": 1.0 / 20.0, "growth": 1.6, "longest": 6.0}
T = TypeVar("T")


# --- one linear problem, known to both sides ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """Constants of one finite dose, as a caffeine-like solute has them; lengths cm, conductivities cm2/h."""

    edges: tuple[float, float, float] = (0.0011, 0.0111, 0.0405)  # lower edges of the three layers
    barrier: float = 1e-3  # cm/h
    partition: tuple[float, float, float] = (3.0, 0.7, 0.7)
    conductivity: tuple[float, float] = (0.002, 0.008)  # of viable epidermis and dermis, diffusivity times partition
    clearance: float = 0.0  # 1/h, in the dermis
    drained: bool = True  # a sink below
    film: float = 0.01
    channel: bool = False
    density: float = 200.0
    radius: float = 0.0035
    depth: float = 0.03
    water: float = 0.025  # diffusivity in the channel at the start
    plugs: bool = True  # closes by a plug (the diffusivity falls) or else by its wall moving in

    def opened(self, t: np.ndarray) -> np.ndarray:
        return np.ones_like(t) if self.plugs else 0.1 + 0.9 * np.exp(-t / 2.0)

    def fluid(self, t: np.ndarray) -> np.ndarray:
        return self.water * (0.02 + 0.98 * np.exp(-t / 2.0)) if self.plugs else np.full_like(t, self.water)

    def access(self, t: np.ndarray) -> np.ndarray:
        """Film to the mouths: discs in a deep film."""
        return 4.0 * self.density * self.radius * np.sqrt(self.opened(t)) * self.water

    def thickness(self, lanes: int) -> Thickness:
        sc, inner, end = self.edges
        return Thickness(*(np.full(lanes, x) for x in (sc, inner - sc, end - inner)))

    def tube(self, lanes: int) -> Tube:
        if not self.channel:
            return Tube.none(lanes)
        return Tube(*(np.full(lanes, x) for x in (self.density, self.depth, self.radius, 0.0)))

    def times(self, steps: dict[str, float]) -> np.ndarray:
        return graded_times((0.0,), HOURS[-1], HOURS, **steps)


FLAT = Problem()
CELL = Problem(edges=(0.0012, 0.0062, 0.1262), barrier=1e-4, clearance=3.0, drained=False, channel=True)
SHRINKING = replace(CELL, plugs=False)


@dataclass(frozen=True)
class Amounts:
    """Shares of the dose below the stratum corneum and in the dermis at HOURS."""

    below: np.ndarray
    dermis: np.ndarray

    def error(self, reference: Amounts) -> float:
        """Largest deviation, over the largest value."""
        pairs = ((self.below, reference.below), (self.dermis, reference.dermis))
        return max(float(np.abs(found - known).max() / known.max()) for found, known in pairs)


def split(problem: Problem, rows: int = 1, rings: int = 1, lanes: int = 1) -> Mesh:
    """The product's mesh with every row and every ring of tissue cut into this many."""
    coarse = mesh(problem.thickness(lanes), problem.tube(lanes), RINGS if problem.channel else 1)
    z, r = coarse.edges, coarse.rings
    part = np.arange(rows) / rows
    edges = np.concatenate([(z[:, :-1, None] + np.diff(z)[:, :, None] * part).reshape(lanes, -1), z[:, -1:]], axis=1)
    if problem.channel:
        part = np.arange(rings) / rings
        grown = (r[:, 1:-1, None] * (r[:, 2:, None] / r[:, 1:-1, None]) ** part).reshape(lanes, -1)
        r = np.concatenate([r[:, :1], grown, r[:, -1:]], axis=1)
    return Mesh(edges, np.repeat(coarse.layer, rows, axis=1), r, coarse.density)


def own(problem: Problem, rows: int = 1, rings: int = 1, steps: dict[str, float] | None = None, lanes: int = 1) -> Amounts:
    """The problem by `dermatwin.numerics.unit_cell`, on the product's mesh or a finer one."""
    one, q = np.ones(lanes), problem
    tube = q.tube(lanes)
    cells = split(q, rows, rings, lanes)
    stratum = Barrier(q.barrier * one, 0.0 * one, q.partition[0] * one)
    viable = Tissue(
        partition=q.partition[1] * one,
        epidermis=q.conductivity[0] * one,
        conductivity=q.conductivity[1] * one,
        junction=0.0 * one,
        clearance=q.clearance * one,
    )
    t = q.times(steps or COARSE)
    when, nothing = stage_times(t)[None], np.zeros((1, t.size - 1, 2))
    clock = Clock(
        t,
        nothing + q.film,
        q.opened(when),
        q.fluid(when),
        q.access(when),
        outflow=nothing,
        perfusion=nothing + 1.0,
        evaporation=0.0 * one,
        wipe=-1,
        needled=-1,
    )
    course = solve(
        grid(cells, stratum, viable, Faces(one, one), q.drained),
        bore(cells, tube, stratum, viable, 0.0 * one),
        clock,
        one,
        np.inf * one,
    )
    at = np.searchsorted(t, HOURS)
    return Amounts((1.0 - course.film - course.layers[:, 0])[0, at], course.layers[0, 2, at])


# --- the same problem in finite elements -------------------------------------------------------------------------------


def elements(
    problem: Problem, rows: int = 1, rings: int = 1, inside: int = 3, steps: dict[str, float] | None = None
) -> Amounts:
    """The problem by scikit-fem: linear elements in the activity on the same rows and rings, the same two-stage steps.

    Element matrices are assembled once and scaled as the channel closes; every stage is one sparse factorisation. The wall
    between channel and stratum corneum is tight: the nodes on it are double. `inside`: elements across the channel.
    """
    t = problem.times(steps or COARSE)
    fem, when = Elements(problem, rows, rings, inside), stage_times(t)
    mass = np.zeros(fem.size)
    mass[0] = 1.0
    held = np.zeros((3, t.size))  # film, stratum corneum, dermis
    for step, h in enumerate(np.diff(t)):
        first, _ = fem.stage(mass, when[step, 0], GAMMA * h)
        mass, held[:, step + 1] = fem.stage(mass + (1.0 - GAMMA) / GAMMA * (first - mass), when[step, 1], GAMMA * h)
    at = np.searchsorted(t, HOURS)
    return Amounts((1.0 - held[0] - held[1])[at], held[2, at])


class Elements:
    """Element matrices of a problem, the numbers of their unknowns (0 = the film, -1 = the sink), their layers."""

    def __init__(self, problem: Problem, rows: int, rings: int, inside: int) -> None:
        import skfem  # type: ignore[import-not-found]

        self.problem = q = problem
        cells = split(q, rows, rings)
        if q.channel:
            across = q.radius * np.sin(0.5 * np.pi * np.arange(inside) / inside)
            shape = _slit(skfem.MeshQuad.init_tensor(np.append(across, cells.rings[0, 1:]), cells.edges[0]), q)
            basis = skfem.Basis(shape, skfem.ElementQuad1())
        else:
            shape = skfem.MeshLine(cells.edges[0])
            basis = skfem.Basis(shape, skfem.ElementLineP1())
        around = (lambda w: 2.0 * np.pi * q.density * w.x[0]) if q.channel else (lambda w: 1.0)
        forms = (
            lambda u, v, w: u * v * around(w),
            lambda u, v, w: u.grad[-1] * v.grad[-1] * around(w),
            lambda u, v, w: u.grad[0] * v.grad[0] * around(w) if q.channel else 0.0 * w.x[0],
        )
        parts = [skfem.BilinearForm(form).coo_data(basis) for form in forms]
        z, r = shape.p[-1][shape.t], shape.p[0][shape.t] if q.channel else np.zeros(shape.t.shape)
        number = _numbers(shape.p[-1], shape.t, r, q)
        count, (i, j) = shape.t.shape[1], number[parts[0].indices]
        self.keep, self.element = (i >= 0) & (j >= 0), np.tile(np.arange(count), i.size // count)
        self.i, self.j, self.size = i[self.keep], j[self.keep], int(number.max()) + 1
        self.held, self.axial, self.lateral = (part.data[self.keep] for part in parts)
        self.element = self.element[self.keep]
        self.layer = (z.mean(axis=0) > q.edges[0]).astype(int) + (z.mean(axis=0) > q.edges[1])
        self.inner, self.outer = r.min(axis=0) ** 2, r.max(axis=0) ** 2
        self.bored = q.channel & (r.mean(axis=0) < q.radius) & (z.mean(axis=0) < q.depth)
        self.mouth = _mouth(number, shape.t, z, r, np.flatnonzero(self.bored & (z.min(axis=0) < 1e-12)))

    def stage(self, known: np.ndarray, t: float, weight: float) -> tuple[np.ndarray, np.ndarray]:
        """Solve (M + weight A) u = known at time t: the mass M u, and what film, stratum corneum and dermis hold of it."""
        q, (capacity, axial, lateral, loss) = self.problem, self._materials(t)
        held = self.held * capacity[self.element]
        data = held * (1.0 + weight * loss[self.element]) + weight * (
            self.axial * axial[self.element] + self.lateral * lateral[self.element]
        )
        i, j, data = np.append(self.i, 0), np.append(self.j, 0), np.append(data, q.film)
        if q.channel:
            open_wall = q.radius**2 * q.opened(np.array(t))
            share = np.clip((open_wall - self.mouth.inner) / (self.mouth.outer - self.mouth.inner), 0.0, 1.0)
            flow = weight * q.access(np.array(t)) / open_wall * share * self.mouth.weights
            i, j, data = np.append(i, self.mouth.i), np.append(j, self.mouth.j), np.append(data, flow)
        u = splu(coo_matrix((data, (i, j)), shape=(self.size, self.size)).tocsc()).solve(known)
        parts = held * u[self.j]
        mass = np.bincount(self.i, parts, self.size)
        mass[0] += q.film * u[0]
        layers = np.bincount(self.layer[self.element], parts, 3)
        return mass, np.array([q.film * u[0], layers[0], layers[2]])

    def _materials(self, t: float) -> tuple[np.ndarray, ...]:
        """Capacity, conductivity along and across, loss of every element; the channel's share of it mixes them."""
        q = self.problem
        fluid, wall = q.fluid(np.array(t)), q.radius**2 * q.opened(np.array(t))
        share = np.clip((wall - self.inner) / np.maximum(self.outer - self.inner, 1e-30), 0.0, 1.0) * self.bored
        plug = self.bored & (self.layer == 0)  # watery and impermeable where the wall has moved in
        rest = np.where(plug, 0.0, np.array([q.barrier * q.edges[0], *q.conductivity])[self.layer])
        room = np.where(plug, 1.0, np.array(q.partition)[self.layer])
        return (
            share + (1.0 - share) * room,
            share * fluid + (1.0 - share) * rest,
            np.where(share > 0.5, fluid, rest),
            np.where(self.layer == 2, q.clearance, 0.0),
        )


@dataclass(frozen=True)
class Mouth:
    """Entries of a unit conductance between the film and the open surface of the channel, times squared radius."""

    i: np.ndarray
    j: np.ndarray
    weights: np.ndarray
    inner: np.ndarray  # cm2, squared radii of the element that an entry is of
    outer: np.ndarray


def _mouth(number: np.ndarray, t: np.ndarray, z: np.ndarray, r: np.ndarray, elements_at: np.ndarray) -> Mouth:
    entries = []
    for e in elements_at:
        (a, na), (b, nb) = sorted((float(r[k, e]), int(number[t[k, e]])) for k in range(4) if z[k, e] < 1e-12)
        length, box = b - a, (a * a, b * b)
        aa, ab, bb = (length * x / 6.0 for x in (3.0 * a + b, a + b, a + 3.0 * b))
        entries += [
            (na, na, aa, *box),
            (na, nb, ab, *box),
            (nb, na, ab, *box),
            (nb, nb, bb, *box),
            (0, 0, aa + 2.0 * ab + bb, *box),
        ]
        for n, x in ((na, aa + ab), (nb, ab + bb)):
            entries += [(0, n, -x, *box), (n, 0, -x, *box)]
    table = np.array(entries).reshape(-1, 5)
    return Mouth(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], table[:, 3], table[:, 4])


def _slit(shape: Any, q: Problem) -> Any:
    """Nodes on the wall within the stratum corneum once for the channel and once for the skin."""
    p, t = shape.p, shape.t.copy()
    on = np.flatnonzero((np.abs(p[0] - q.radius) < 1e-9) & (p[1] < q.edges[0] - 1e-9))
    twin = np.arange(p.shape[1])
    twin[on] = p.shape[1] + np.arange(on.size)
    skin = p[0][t].mean(axis=0) > q.radius
    t[:, skin] = twin[t[:, skin]]
    return type(shape)(np.hstack([p, p[:, on]]), t)


def _numbers(z: np.ndarray, t: np.ndarray, r: np.ndarray, q: Problem) -> np.ndarray:
    """Unknowns of the nodes: the surface beside the channel is the film, a drained floor is nothing."""
    skin = np.zeros(z.size, bool)
    skin[t[:, r.mean(axis=0) > (q.radius if q.channel else -1.0)]] = True
    film, sink = skin & (z < 1e-12), (z > q.edges[2] - 1e-9) & q.drained
    number = np.full(z.size, -1)
    number[~film & ~sink] = 1 + np.arange((~film & ~sink).sum())
    number[film] = 0
    return number


# --- caffeine, 1.08 ug/cm2 -----------------------------------------------------------------------------------------------

LAYERS_MM = (0.011, 0.1, 0.294)
READ = (4.0, 8.0, 24.0)
CAFFEINE = InlineProduct(name="caffeine 0.108 mg/ml", active="caffeine", strength=1.08e-4, vehicle="solution")


def draws(count: int) -> Draws:
    return Draws(Evidence.packaged(), Luck(1, count))


def skin(count: int, alive: bool, layers: tuple[float, float, float] = (0.012, 0.05, 1.2)) -> Skin:
    one = np.ones(count)
    outer, inner, dermis = layers
    return Skin(
        "cheek",
        "cheek",
        "human",
        alive,
        outer * one,
        inner * one,
        0.1 * dermis * one,
        dermis * one,
        one,
        0.1 * one,
        12.0 * one,
        32.0 * one,
        one,
        35.0,
        "female",
        "III",
        False,
        one,
    )


def channels(count: int, density: float) -> Channels:
    """Stamped 0.3 mm deep, 35 um wide at the mouth; they lose four fifths in minutes and the rest in hours."""
    one, t = np.ones(count), np.concatenate([[0.0], np.geomspace(1.0 / 60.0, 96.0, 40)])
    opened = 0.8 * np.exp(-t / 0.05) + 0.2 * np.exp(-t / 4.0)
    return Channels(
        "cheek",
        1,
        t,
        density * one,
        0.3 * one,
        0.035 * one,
        np.tile(opened, (count, 1)),
        np.zeros((count, t.size)),
        np.zeros((count, 4)),
    )


def absorbed(count: int, wet: bool) -> np.ndarray:
    """Share of the dose that has left excised skin below, (draw, hour of READ)."""
    from scipy.interpolate import PchipInterpolator

    topical = Topical.model_validate({"product": CAFFEINE, "dose": "10 mg/cm^2", "apply": "0 min", "occluded": wet})
    exposure = deliver(topical, channels(count, 0.0), skin(count, False, LAYERS_MM), draws(count))[0]
    return PchipInterpolator(exposure.time, exposure.amount[:, -1] / exposure.dose[:, None], axis=1)(READ)


SESSION = (
    {"product": "lidocaine 4 % cream", "dose": "1 mg/cm^2", "apply": "-30 min", "remove": "-5 min"},
    {"product": "vitamin C 15 % serum", "dose": "2 mg/cm^2", "apply": "0 min"},
)


def session(count: int) -> None:
    """Lidocaine cream before the needles, vitamin C serum after them; one zone."""
    for topical in SESSION:
        deliver(Topical.model_validate(topical), channels(count, 200.0), skin(count, True), draws(count))


# --- public programs -----------------------------------------------------------------------------------------------------


def kartinav(folder: Path) -> Iterator[tuple[str, float, list[float]]]:
    """Finite dose of the CDC calculator's port: deposited neat, its own thicknesses, both states of hydration."""
    sys.path.insert(0, str(folder))
    from skin_perm import chem_data, constants, orchestrator, skin_data  # type: ignore[import-not-found]

    chemical = chem_data.ChemDat()
    chemical.chem_name = "caffeine"
    for name, value in (
        ("formula", "C8H10N4O2"),
        ("mw", 194.191),
        ("logkow", -0.07),
        ("melting_point", 236.0),
        ("boiling_point", 178.0),
        ("density", 1.23),
        ("density_temperature", 17.78),
        ("water_solubility", 21.7),
        ("water_solubility_temperature", 25.0),
    ):
        getattr(chemical, f"set_{name}")(value)
    chemical.set_vapour_pressure(1.5e-6, scale=constants.TORR_TO_PA)
    for name, value in (
        ("grain_class", constants.GRAIN_OTHER),
        ("pka_HA", 14.0),
        ("_is_pka_HA", True),
        ("pka_BHplus", 0.6),
        ("_is_pka_BHplus", True),
        ("n_double_bonds", 4),
        ("n_triple_bonds", 0),
        ("n_ring_systems", 2),
    ):
        setattr(chemical, name, value)
    for state in (constants.PARTIALLY_HYDRATED, constants.FULLY_HYDRATED):
        section, dose, output = skin_data.SkinProp(), skin_data.DosageDat(), skin_data.OutputParameters()
        section.set_hydration(state)
        section.set_in_vitro_vivo(constants.IN_VITRO)
        dose.set_permeant_amount(1.08)
        dose.set_area(1.0)
        output.max_duration, output.min_output_step_size = READ[-1], 1.0
        begin = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            result = orchestrator.setup_and_run(chemical, section, None, dose, None, None, output)
        yield state.lower(), time.perf_counter() - begin, list(np.interp(READ, result.times, np.array(result.Qabs) / 1.08))


def surrey(folder: Path, hours: float) -> Iterator[tuple[str, float, list[float]]]:
    """Homogenised stratum corneum, its own caffeine configuration; plotting is not loaded."""
    sys.path.insert(0, str(folder))
    from core import chemical, config, skin_setup  # type: ignore[import-not-found]

    setting = config.Config(str(folder / "example/config/Surrey1D/Caffeine_CE_SCHomo.cfg"))
    solute = chemical.Chemical(setting)
    section = skin_setup.Skin_Setup(solute, setting)
    section.createComps(solute, setting)
    total, shares, begin = np.sum(section.compMass_comps()), {}, time.perf_counter()
    for hour in np.arange(hours):
        section.solveMoL(3600.0 * hour, 3600.0 * (hour + 1.0))
        shares[hour + 1.0] = section.compMass_comps()[-1] / total
    yield f"1-D, {hours:g} h simulated", time.perf_counter() - begin, [shares.get(at, np.nan) for at in READ]


# --- report --------------------------------------------------------------------------------------------------------------


def least(work: Callable[[], T], repeats: int = 5, for_s: float = 0.5) -> tuple[float, T]:
    """The shortest of at least `repeats` runs, and of as many as fit in a time."""
    best, runs, start = np.inf, 0, time.perf_counter()
    while True:
        begin = time.perf_counter()
        result = work()
        end = time.perf_counter()
        best, runs = min(best, end - begin), runs + 1
        if runs >= repeats and end - start > for_s:
            return best, result


def line(words: str, seconds: float, rest: str = "") -> None:
    print(f"  {words:58s} {1000.0 * seconds:10.1f} ms  {rest}", flush=True)


def report_caffeine(rivals: dict[str, Path | None], hours: float) -> None:
    print("caffeine 1.08 ug/cm2 on excised skin; share absorbed at 4, 8, 24 h (median, 5-95 %)")
    for wet in (False, True):
        words = "wet film, hydrated" if wet else "drying film, partly hydrated"
        absorbed(1, wet)
        line(f"dermatwin, one person, {words}", least(partial(absorbed, 1, wet))[0])
        taken, shares = least(partial(absorbed, 200, wet))
        low, middle, high = np.percentile(shares, [5, 50, 95], axis=0)
        line(
            f"dermatwin, 200 draws, {words}",
            taken,
            "  ".join(f"{m:.3f} ({a:.3f}-{b:.3f})" for a, m, b in zip(low, middle, high, strict=True)),
        )
    programs = (("KARTINAV/skin-permeation-model", kartinav), ("anthonytchen/SurreyDPK", partial(surrey, hours=hours)))
    for name, run in programs:
        folder = rivals[name]
        if folder is None:
            print(f"  {name}: not measured; check out that public repository and give its folder (see --help)")
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for words, seconds, found in run(folder):
                line(f"{name}, {words}", seconds, "  ".join(f"{share:.3f}" for share in found))


CASES = (
    ("1-D, three layers over a sink", FLAT, 12),
    ("unit cell whose channel plugs", CELL, 4),
    ("unit cell whose wall closes", SHRINKING, 4),
)


def report_equations() -> None:
    print("the same equations, 24 h; error: worst of the shares below the stratum corneum and in the dermis at 1, 4, 24 h,")
    print("over the largest, against the reference [against our own limit: mesh and steps alone]")
    with_elements = find_spec("skfem") is not None
    if not with_elements:
        print("  finite elements: not measured; install scikit-fem beside dermatwin (pip install scikit-fem);")
        print("  the reference is our own limit")
    for words, problem, finer in CASES:
        limit = own(problem, min(finer, 4), min(finer, 3), FINE)
        reference = limit
        print(f"  {words}")
        if with_elements:
            taken, reference = least(partial(elements, problem, finer, finer, 2 * finer, FINE), repeats=1, for_s=0.0)
            line(f"  scikit-fem, mesh {finer} x finer: the reference", taken)
        work = [
            ("dermatwin, as in the product", partial(own, problem)),
            ("dermatwin, as in the product, 100 people", partial(own, problem, lanes=100)),
            ("dermatwin, fewer steps", partial(own, problem, steps=FEW)),
            ("dermatwin, mesh 2 x finer, fine steps", partial(own, problem, 2, 2, FINE)),
        ]
        work += [
            ("scikit-fem, same mesh and steps", partial(elements, problem)),
            ("scikit-fem, mesh 2 x finer, fine steps", partial(elements, problem, 2, 2, 6, FINE)),
        ][: 2 * with_elements]
        for name, run in work:
            taken, found = least(run)
            line(
                "  " + name,
                taken,
                f"error {100 * found.error(reference):.2f} %"
                + (f" [{100 * found.error(limit):.2f} %]" if name.startswith("dermatwin") else ""),
            )


def report_session(count: int = 100) -> None:
    session(count)
    line(f"two products, one zone, needled and intact, {count} draws", least(partial(session, count))[0])


def report_compilation() -> None:
    """The first solve of a fresh process with an empty cache, and with a full one."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import delivery; delivery.own(delivery.FLAT)"
    with tempfile.TemporaryDirectory() as cache:
        for words in ("fresh process, empty cache: import, compile, solve", "fresh process again: import, load, solve"):
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code, str(Path(__file__).parent)],
                check=True,
                env={**os.environ, "NUMBA_CACHE_DIR": cache},
            )
            line(words, time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long delivery takes and how exact it is, beside others.")
    parser.add_argument("--kartinav", type=Path, metavar="FOLDER", help="check-out of KARTINAV/skin-permeation-model")
    parser.add_argument("--surrey", type=Path, metavar="FOLDER", help="check-out of anthonytchen/SurreyDPK")
    parser.add_argument("--hours", type=int, default=24, help="hours that SurreyDPK simulates (a minute for 24)")
    parser.add_argument("--cold", action="store_true", help="measure the compilation too")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    if given.cold:
        report_compilation()
    report_session()
    report_equations()
    report_caffeine({"KARTINAV/skin-permeation-model": given.kartinav, "anthonytchen/SurreyDPK": given.surrey}, given.hours)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
