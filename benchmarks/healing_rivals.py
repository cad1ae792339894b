"""The healing network in other people's solvers: libRoadRunner (CVODE on compiled SBML) and SciPy's LSODA.

Each function runs a share of the people in a process of its own and returns (values (lane, time, state), seconds, seconds
of processor time); making the model, compiling it and starting the process are not counted. The treatment sessions are
put in between two calls, as our own engine does, which spares the rival the search for the time of an event.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.antimony import NETWORK, read
from dermatwin.healing.generate import EVENT_CONSTANTS

Answer = tuple[np.ndarray, float, float]


@dataclass(frozen=True)
class Course:
    """Lanes with sessions: constants (lane, constant), injury (lane,), session days, end and times to write."""

    p: np.ndarray
    activation: np.ndarray
    destroyed: np.ndarray
    days: tuple[float, ...]
    horizon: float
    times: np.ndarray

    def part(self, which: slice) -> Course:
        return Course(self.p[which], self.activation[which], self.destroyed[which], self.days, self.horizon, self.times)

    @property
    def spans(self) -> list[tuple[float, float, slice]]:
        """From session to session: begin, end, and which times lie in between."""
        return [
            (begin, end, slice(*np.searchsorted(self.times, [begin, end], side="right")))
            for begin, end in pairwise([*self.days, self.horizon])
        ]


def own(course: Course, rtol: float, atol: float, lowest: float) -> np.ndarray:
    """Our engine, all lanes at once; NaN in a lane that fails."""
    y = kernel.untreated(course.p)
    out = np.empty((*y.shape[:1], course.times.size, y.shape[1]))
    for begin, end, inside in course.spans:
        kernel.session(y, course.p, course.activation, course.destroyed)
        times = course.times[inside] - begin
        y = kernel.integrate(y, course.p, end - begin, times, rtol, atol, lowest, out, inside.start)[0]
    return out


def antimony_text(constants: np.ndarray) -> str:
    """The model file with values for its constants; what a session does is left to the caller."""
    network = read()
    left_out = "|".join(
        [f"{name} =" for name in network.derived]
        + [rf"const {name}\b" for name in EVENT_CONSTANTS]
        + [f"{name}:" for name in network.events]
    )
    lines = [line for line in NETWORK.read_text(encoding="utf-8").splitlines() if not re.match(rf"\s*({left_out})", line)]
    last = max(i for i, line in enumerate(lines) if line.strip() == "end")
    values = [f"  {name} = {float(value)!r}" for name, value in zip(kernel.CONSTANTS, constants, strict=True)]
    return "\n".join([*lines[:last], *values, *lines[last:]])


def roadrunner_answer(course: Course, rtol: float, atol: float) -> Answer:
    """CVODE's stiff method on the model compiled once; constants and states are put in as whole vectors."""
    import antimony
    import roadrunner

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(antimony_text(course.p[0])) < 0:
        raise RuntimeError(antimony.getLastError())
    engine = roadrunner.RoadRunner(antimony.getSBMLString(read().name))
    model, names = engine.model, engine.model.getGlobalParameterIds()
    if tuple(model.getFloatingSpeciesIds()) != kernel.STATES:
        raise RuntimeError("the states come in another order")
    engine.timeCourseSelections = list(kernel.STATES)
    engine.integrator.relative_tolerance, engine.integrator.absolute_tolerance = rtol, atol
    engine.integrator.maximum_num_steps = 1_000_000
    at, states = [names.index(name) for name in kernel.CONSTANTS], list(range(len(kernel.STATES)))

    def span(y: np.ndarray, p: np.ndarray, times: list[float]) -> np.ndarray:
        model.setGlobalParameterValues(at, p)
        model.setTime(0.0)
        model.setFloatingSpeciesAmounts(states, y)
        return np.array(engine.simulate(times=times))

    return _all(course, span)


def lsoda_answer(course: Course, rtol: float, atol: float) -> Answer:
    """SciPy's odeint on our own compiled rates and Jacobian."""
    from scipy.integrate import odeint

    def rates(y: np.ndarray, _: float, p: np.ndarray) -> np.ndarray:
        dy = np.empty(y.size)
        kernel.rates(y, p, dy)
        return dy

    def jacobian(y: np.ndarray, _: float, p: np.ndarray) -> np.ndarray:
        j = np.zeros((y.size, y.size))
        kernel.jacobian(y, p, j)
        return j

    def span(y: np.ndarray, p: np.ndarray, times: list[float]) -> np.ndarray:
        return odeint(rates, y, times, args=(p,), Dfun=jacobian, rtol=rtol, atol=atol, mxstep=1_000_000)

    return _all(course, span)


def _all(course: Course, span: Callable[[np.ndarray, np.ndarray, list[float]], np.ndarray]) -> Answer:
    """Lane by lane and span by span; one lane beforehand, so that nothing is compiled within the clock."""

    def lane(i: int) -> None:
        y = kernel.untreated(course.p[i : i + 1])[0]
        for begin, end, inside in course.spans:
            kernel.session(y, course.p[i], course.activation[i], course.destroyed[i])
            times = course.times[inside] - begin
            ends = times[-1] == end - begin
            found = span(y, course.p[i], [0.0, *times] if ends else [0.0, *times, end - begin])
            out[i, inside] = found[1 : 1 + times.size]
            y = found[-1].copy()

    out = np.empty((len(course.p), course.times.size, len(kernel.STATES)))
    lane(0)
    begin, work = time.perf_counter(), time.process_time()
    for i in range(len(course.p)):
        lane(i)
    return out, time.perf_counter() - begin, time.process_time() - work
