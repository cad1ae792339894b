"""The stages chained over the treatment sessions, for all people: case in, Run out.

    needle -> channel -> delivery, at every session; then healing over the whole course; then outcome.

The first people keep their stages, all others are computed in blocks and keep their endpoints (`blocks`). Two cases
simulated under the same seed share the luck of every person (paired comparison).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .. import delivery
from ..case import Case
from ..core.chance import Luck
from ..core.errors import CaseError, Fault, Notice
from ..core.notebook import Notebook
from ..core.vocabulary import SOURCES
from ..delivery import Guard
from ..evidence import Draws, Evidence
from ..flows import TissueHistory
from ..history import person_in
from ..screening import Screening, screen
from .blocks import Apart, Everyone, Task, Told, blocks, people_kept, working
from .endpoints import Endpoint, endpoint, key_of
from .guards import Taken, guards, taken
from .keeping import double, kept, kept_usual, single_curve
from .left_out import LeftOut, Tally, left_out_of
from .provenance import beyond, provenance, remarks
from .reading import Output, read_zone, stage_curves
from .resolve import ZonePlan
from .run import Beyond, Run, ZoneRun
from .stages import Progress, needs_usual, part_of, run_zone, untold, usual_course
from .weighing import Ranked, closed_draws, weight
from .weight import Weight


def simulate(
    case: Case,
    draws: int = 200,
    seed: int = 1,
    *,
    progress: Progress | None = None,
    vary: frozenset[str] = frozenset(SOURCES),
    evidence: Evidence | None = None,
    split: bool = False,
    apart: Apart = Apart(),  # noqa: B008 - frozen
) -> Run:
    """Run the twin on a case.

    Parameters
    ----------
    case : the run document (`load_case`).
    draws : number of possible people; 5-95 % bands need some hundreds. Of very many the first keep their stages, see
        `Run.beyond`; endpoints and their quantiles are always those of everybody.
    seed : any non-negative integer; the same seed gives the same run, byte for byte.
    progress : called with (share done, what is being done).
    vary : sources of spread that are switched on, of 'knowledge', 'person' and 'chance'.
    evidence : beliefs other than the packaged ones.
    split : whether every endpoint says which grades and sources its spread comes from, and which parameters carry most of it
        (`weighing`); takes as long as the run once more, so that inner loops leave it out. No other number depends on it.
    apart : processes for the people beyond those that keep their stages, and how many of them are computed at once; no
        number depends on it.

    Raises
    ------
    CaseError : a name in the case is unknown or a setting does not fit; carries every fault.
    ComputationError : mass, positivity or finiteness was violated; says where and when.
    """
    task = Task((case,), evidence or Evidence.packaged())
    tell = progress or untold
    luck = Luck(seed, draws, vary)
    return simulate_together(task, luck, [tell], split=split, apart=apart)[0]


def simulate_together(
    task: Task,
    luck: Luck,
    tells: Sequence[Progress],
    *,
    split: bool = False,
    apart: Apart = Apart(),  # noqa: B008 - frozen
    notes: Notebook | None = None,
) -> tuple[Run, ...]:
    """Runs of cases on the same people and zones; the reference course, which they share, is computed once.

    tells : progress of each case. notes : where what is read is noted, values too if it keeps them. Otherwise as `simulate`.
    """
    _require_sane(luck, apart)
    for tell in tells:
        tell(0.0, "reading the evidence")
    shown = people_kept(task.cases[0], luck.draws)
    first, rest = replace(luck, draws=shown), blocks(luck, shown, apart.block)
    share = shown / luck.draws
    plans, tally = [task.plans(case) for case in task.cases], Tally(luck.draws)
    with working(task, rest, apart.workers) as told:
        runs = _first(task, plans, first, [_within(tell, 0.0, share) for tell in tells], notes, split=split)
        tally.add(shown, [run.left for run in runs])
        return (
            _with_everybody(runs, task, luck, told, tells, tally) if shown < luck.draws else tuple(run.run for run in runs)
        )


@dataclass(frozen=True)
class _First:
    """The run of the people that keep their stages, what they take up of anaesthetics, and who of them was left out."""

    run: Run
    taken: Taken
    left: LeftOut


def _first(
    task: Task,
    plans: Sequence[tuple[ZonePlan, ...]],
    luck: Luck,
    tells: Sequence[Progress],
    notes: Notebook | None,
    *,
    split: bool,
) -> list[_First]:
    """The people that keep their stages, in every case."""
    found: list[_First] = []
    usual: TissueHistory | None = None
    for number, (case, planned, tell) in enumerate(zip(task.cases, plans, tells, strict=True)):
        believed = Draws(task.evidence, luck, notes or Notebook(keep=split))
        whole, closing = part_of(tell, 0, 2 if split else 1), part_of(tell, 1, 2)
        screening = screen(case, believed.evidence)
        if number == 0:
            usual = _usual(case, believed, whole)
        told = _told_by_all(case, screening, planned, usual, believed, whole)
        found.append(replace(told, run=_weighed(told.run, planned, believed, closing)) if split else told)
    return found


def _usual(case: Case, draws: Draws, tell: Progress) -> TissueHistory | None:
    """The reference course, where a concern is set against it."""
    tell(0.02, "the reference course")
    return usual_course(draws) if needs_usual(case) else None


def _told_by_all(
    case: Case, screening: Screening, plans: tuple[ZonePlan, ...], usual: TissueHistory | None, draws: Draws, tell: Progress
) -> _First:
    """All stages of all zones, each read as soon as it is computed, so that only what is kept piles up."""
    who, swallowed, left = person_in(case, draws.evidence), Taken({}), LeftOut()
    outputs: list[Output] = []
    for number, plan in enumerate(plans):
        zone = run_zone(case, who, plan, draws, part_of(tell, number, len(plans)))
        swallowed, left = swallowed.plus(taken(zone)), left.plus(left_out_of(zone))
        outputs.append(_kept(read_zone(case, who, zone, draws, usual), kept(zone)))
    tell(0.95, "outcome")
    zones = tuple(output.run for output in outputs)
    slim = None if usual is None else kept_usual(usual)
    guarded = guards(case, zones, draws, swallowed)
    return _First(_gathered(_Read(case, screening, tuple(outputs), slim, guarded), draws), swallowed, left)


def _kept(output: Output, zone: ZoneRun) -> Output:
    """What one zone contributes, with the stage results that are kept of it."""
    return replace(output, run=zone, curves=tuple(map(single_curve, output.curves)))


def _weighed(run: Run, plans: tuple[ZonePlan, ...], draws: Draws, tell: Progress) -> Run:
    """The run with the split of every endpoint: the stages once more, each group of beliefs closed in some lanes."""
    lanes, who = closed_draws(draws), person_in(run.case, draws.evidence)

    def saying(share: float, what: str) -> None:
        tell(share, f"where the spread comes from: {what}")

    usual = _usual(run.case, lanes, saying)
    closed = {
        key_of(one): one.values
        for number, plan in enumerate(plans)
        for zone in (run_zone(run.case, who, plan, lanes, part_of(saying, number, len(plans))),)
        for one in read_zone(run.case, who, zone, lanes, usual).readings
    }
    read = Ranked.of(draws.notes.kept or {})
    ends = [(end, closed.get(end.key)) for end in run.endpoints]
    weighed = [None if values is None else weight(end, values, read, draws.evidence) for end, values in ends]
    return replace(run, endpoints=tuple(replace(e, weight=w) for e, w in zip(run.endpoints, weighed, strict=True)))


def _with_everybody(
    runs: Sequence[_First], task: Task, luck: Luck, told: Iterable[tuple[Told, ...]], tells: Sequence[Progress], tally: Tally
) -> tuple[Run, ...]:
    """The runs with the endpoints of all other people, as their blocks come in."""
    shown = len(runs[0].run.zones[0].history.status)
    tables = [Everyone(one.run.endpoints, shown, luck.draws) for one in runs]
    swallowed: list[list[Taken]] = [[] for _ in runs]
    done = shown
    for number, block in enumerate(told):
        size = len(next(iter(block[0].values.values())))
        tally.add(size, [one.left for one in block])
        for table, mass, one in zip(tables, swallowed, block, strict=True):
            table.add(replace(luck, first=done, draws=size), one)
            mass.append(one.taken)
        done += size
        for tell in tells:
            tell(done / luck.draws, f"person {done} of {luck.draws}, block {number + 1}")
    everybody, kept_people = Draws(task.evidence, luck), Draws(task.evidence, replace(luck, draws=shown))
    return tuple(
        _enlarged(
            one.run, table, guards(one.run.case, one.run.zones, kept_people, one.taken.then(more), everybody), luck.draws
        )
        for one, table, more in zip(runs, tables, swallowed, strict=True)
    )


def _enlarged(run: Run, table: Everyone, guarded: tuple[Guard, ...], people: int) -> Run:
    """A run of the first people with the endpoints and guards of everybody."""
    return with_beyond(replace(run, endpoints=table.of(run.endpoints), guards=guarded), Beyond(people, table.failed))


def with_beyond(run: Run, more: Beyond) -> Run:
    """A run that says that more people stand behind its endpoints than it keeps stages of."""
    shown = len(run.zones[0].history.status)
    told = {**run.provenance, "draws": more.people, "kept": shown}
    return replace(run, beyond=more, provenance=told, notices=(beyond(shown, more.people), *run.notices))


@dataclass(frozen=True)
class _Read:
    """A case, and what its zones come to."""

    case: Case
    screening: Screening
    outputs: tuple[Output, ...]
    usual: TissueHistory | None
    guards: tuple[Guard, ...]
    weights: tuple[Weight, ...] = ()


def read(
    case: Case,
    screening: Screening,
    zones: Iterable[ZoneRun],
    usual: TissueHistory | None,
    guarded: tuple[Guard, ...],
    believed: Draws,
    weights: Iterable[Weight] = (),
) -> Run:
    """Endpoints, curves and notices of stage results; `weights` are those of the run that they come from."""
    who = person_in(case, believed.evidence)
    against = None if usual is None else double(usual)
    outputs = tuple(_kept(read_zone(case, who, double(zone), believed, against), zone) for zone in zones)
    return _gathered(_Read(case, screening, outputs, usual, guarded, tuple(weights)), believed)


def _gathered(told: _Read, believed: Draws) -> Run:
    """The run of what was read of all zones."""
    weighed = {one.key: one for one in told.weights}
    missing = delivery.not_computed(told.case.course.topicals, believed.evidence)
    said = (notice for output in told.outputs for notice in output.notices)
    notices: Iterator[Notice] = iter((*remarks(believed.evidence), *_followed(told.case), *missing, *said))
    return Run(
        case=told.case,
        screening=told.screening,
        zones=tuple(output.run for output in told.outputs),
        guards=told.guards,
        reference=told.usual,
        endpoints=tuple(replace(end, weight=weighed.get(end.key)) for end in _endpoints(told.outputs, believed.evidence)),
        curves=tuple(curve for output in told.outputs for curve in (*stage_curves(output.run), *output.curves)),
        notices=tuple(dict.fromkeys(notices)),
        provenance=provenance(believed, believed.luck.vary),
        evidence=believed.evidence,
    )


def _followed(case: Case) -> tuple[Notice, ...]:
    """What a case says of the course under way, which a run leaves aside."""
    held = Notice("held", "the course is simulated as planned; sessions as they were held count in `dermatwin follow`")
    noted = Notice("symptoms", "symptoms change nothing here; `dermatwin follow` says what to do about them")
    return (*((held,) if case.held else ()), *((noted,) if case.symptoms else ()))


def _require_sane(luck: Luck, apart: Apart) -> None:
    faults: list[Fault] = []
    for name, number in (("draws", luck.draws), ("workers", apart.workers), ("block", apart.block)):
        if number < 1:
            faults.append(Fault(name, str(number), "is below 1"))
    if not 0 <= luck.seed < 2**64:
        faults.append(Fault("seed", str(luck.seed), "is outside 0-18446744073709551615"))
    if faults:
        raise CaseError(faults)


def _within(tell: Progress, begin: float, end: float) -> Progress:
    return lambda share, what: tell(begin + share * (end - begin), what)


def _endpoints(outputs: Iterable[Output], evidence: Evidence) -> list[Endpoint]:
    return [
        endpoint(reading, evidence, output.trials.get(reading.name, ()), output.counts.get(reading.name))
        for output in outputs
        for reading in output.readings
    ]
