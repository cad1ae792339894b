"""Documents of every kind, changed, and put through the door that reads them: what came of it, and whether that is right.

The door is what the verbs do before they compute: read, screen, look up. It is asked in a process of its own, which may
die or hang without taking the campaign along.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from dermatwin.case.loading import MOST_FAULTS
from dermatwin.core.errors import CaseError, ComputationError, EvidenceError
from dermatwin.core.printing import unprintable_in
from dermatwin.evidence import Evidence
from dermatwin.evidence.gate import examine
from dermatwin.evidence.layers import Layer
from dermatwin.evidence.store import packaged_tables
from dermatwin.evidence.tables import Tables
from dermatwin.following.held import as_held
from dermatwin.following.seen import seen_in
from dermatwin.following.triage import triage
from dermatwin.planning import propose
from dermatwin.planning.search import space_of
from dermatwin.screening import screen
from dermatwin.screening.reading import load_case
from dermatwin.twin import recall, simulate, summarise, write_run
from dermatwin.twin.resolve import resolve
from dermatwin.twin.summary import to_json

from . import stored, tables
from .cases import drawn, luck_of
from .mutations import DIFFERENT, MUTATIONS, REFUSED, SAME, Mutated, dumped

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "interface" / "own_evidence"
KINDS = (*("case",) * 7, *("plan",) * 2, *("follow",) * 3, *("cabinet",) * 2, *("evidence",) * 2, "run")
"""Kinds of documents, as often as they come by."""
VERBS = {"case": "screen", "plan": "plan", "cabinet": "plan", "follow": "follow", "run": "reread"}
EVIDENCE = Evidence.packaged()
LIMIT = 60.0  # s of processor time that a document may take
PATIENCE = 600.0  # s on the clock, for one that waits and does nothing
EVERY = 100  # documents of which one goes through the program itself, too
PEOPLE = 4  # of the run that is changed
TODAY = "2026-03-30"


@dataclass(frozen=True)
class Outcome:
    """What came of one document."""

    kind: str
    name: str  # of the mutation
    expect: str
    note: str
    what: str  # 'accepted', 'refused', 'failed' or what went wrong
    faults: tuple[str, ...] = ()
    wrong: str = ""  # what is not as it must be

    @property
    def line(self) -> str:
        """The outcome in one line."""
        return f"{self.kind}, {self.name} ({self.note[:120]}): {self.wrong or self.what}"


@dataclass
class Base:
    """A sound document, what its door makes of it, and where changed ones are put."""

    kind: str
    tree: dict[str, Any] = field(default_factory=dict)
    read: Any = None


# --- sound documents ---


def tree_of(kind: str, luck: np.random.Generator) -> dict[str, Any]:
    """A sound document of a kind as plain data, with much in it that can be changed."""
    found = dict(drawn(luck, EVIDENCE).document)
    if found["patient"].get("species"):
        return tree_of(kind, luck)
    course = dict(found["course"])
    if kind == "follow":
        return {**found, "course": {**course, "start": "2026-01-12"}, **_followed(found)}
    if kind in ("plan", "cabinet"):
        found = {**found, "zones": [{**zone, "treated": True} for zone in found["zones"]]}
        course = {key: course[key] for key in ("device", "start", "topicals")}
        course["topicals"] = [{k: v for k, v in one.items() if k not in ("zones", "sessions")} for one in course["topicals"]]
    found["course"] = course
    if kind == "cabinet":
        found["cabinet"] = {"devices": ["pen-12", "dermapen_4"], "adjuncts": [{"adjunct": "prp"}]}
        found["accepts"] = {
            "sessions": 4,
            "downtime": "5 d",
            "keep_free": ["2026-05-04", {"start": "2026-06-01", "note": "x"}],
        }
    return found


def _followed(found: dict[str, Any]) -> dict[str, Any]:
    treated = [zone for zone in found["zones"] if zone["treated"]]
    zone = treated[0].get("name", treated[0]["zone"])
    return {
        "held": [{"session": 1, "settings": {zone: {"passes": 3}}}] if "passes" in found["course"]["settings"][zone] else [],
        "observations": [
            {"quantity": "redness", "zone": zone, "time": "12 h", "value": 2.5, "unit": "1", "by": "clinician"},
            {"quantity": "pain_vas[1]", "zone": zone, "time": "0 d", "value": 4, "unit": "1", "by": "patient"},
        ],
        "symptoms": [{"symptom": "red and a little puffy", "zone": zone, "time": "10 h", "getting": "same"}],
    }


# --- doors ---


def through(kind: str, path: Path) -> Any:
    """What the door of a kind makes of a document: something that can be compared; raises what the door raises."""
    if kind == "evidence":
        return _evidence(path)
    if kind == "run":
        return to_json(summarise(recall(path)))
    case = load_case(path, None, EVIDENCE, planned=kind in ("plan", "cabinet"))
    if kind in ("plan", "cabinet"):
        found = propose(case, EVIDENCE)
        if kind == "cabinet":
            space_of(case, found, EVIDENCE)
        return case
    screen(case, EVIDENCE)
    if kind == "follow":
        course = as_held(case)
        triage(course.case, EVIDENCE, days=course.days)
        from datetime import date

        _, faults = seen_in(course, EVIDENCE, date.fromisoformat(TODAY))
        if faults:
            raise CaseError(faults)
    resolve(case, EVIDENCE)
    return case


def _evidence(folder: Path) -> Any:
    """The rows of a folder of evidence, read, checked and used."""
    found = examine(Tables(Layer.own(folder), packaged_tables()))
    if found.faults:
        raise EvidenceError(found.faults)
    believed = Evidence.read(folder)
    case = load_case(OWN / "case.yaml", None, believed)
    screen(case, believed)
    resolve(case, believed)
    return None if not folder.name else tuple(found.rows.items())


# --- one changed document ---


class Workshop:
    """Makes changed documents in a folder of its own, and says what came of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.sound = _run_folder(folder)
        self.read: dict[str, Any] = {"run": through("run", self.sound), "evidence": through("evidence", OWN / "lake_clinic")}

    def tried(self, number: int) -> Outcome:
        """Document of a number."""
        luck = luck_of(self.seed, number, 2)
        kind = KINDS[int(luck.integers(len(KINDS)))]
        path, mutated, before = self._made(kind, luck)
        try:
            outcome = judged(kind, mutated, before, path)
            if number % EVERY == 0 and not outcome.wrong and kind in VERBS:
                return _by_program(outcome, path)
            return outcome
        finally:
            _take_away(path)

    def _made(self, kind: str, luck: np.random.Generator) -> tuple[Path, Mutated, Any]:
        """A changed document on disk, and what its door made of it before."""
        path = self.folder / "document"
        if kind in ("run", "evidence"):
            while True:
                shutil.copytree(self.sound if kind == "run" else OWN / "lake_clinic", path)
                mutated = (stored if kind == "run" else tables).mutate(path, luck)
                if mutated is not None:
                    return path, mutated, self.read[kind]
                _take_away(path)
        tree = tree_of(kind, luck)
        path = path.with_name("case.yaml")
        path.write_text(dumped(tree), encoding="utf-8")
        before = through(kind, path)
        while True:
            mutated = MUTATIONS[int(luck.integers(len(MUTATIONS)))](tree, luck)
            if mutated is not None:
                path.write_bytes(mutated.content)
                return path, mutated, before


def _take_away(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def judged(kind: str, mutated: Mutated, before: Any, path: Path) -> Outcome:
    """A changed document through its door."""
    told = kind, mutated.name, mutated.expect, mutated.note
    try:
        after = through(kind, path)
    except (CaseError, EvidenceError) as error:
        lines = tuple(map(str, error.faults))
        return Outcome(*told, "refused", lines, _wrong_refusal(mutated.expect, error.faults, str(error)))
    except ComputationError as error:
        return Outcome(*told, "failed", (str(error),), "ends in a computation that failed")
    except Exception as error:  # whatever it is, it is a finding
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {str(error)[:200]} in {Path(place.filename).name}:{place.lineno}"
        return Outcome(*told, "exception", (), said)
    same = after == before
    wrong = ""
    if mutated.expect == REFUSED:
        wrong = "accepted in silence"
    elif mutated.expect == SAME and not same:
        wrong = "means something else now"
    elif mutated.expect == DIFFERENT and same:
        wrong = "accepted, and the change is not seen"
    return Outcome(*told, "accepted", (), wrong)


def _wrong_refusal(expect: str, faults: Any, said: str) -> str:
    if expect == SAME:
        return f"refused: {said[:200]}"
    if not faults or any(not fault.path or not fault.expected.strip() for fault in faults):
        return f"a fault without a place, or that does not say what would be right: {said[:200]!r}"
    if unprintable_in(said.replace("\n", " ")):
        return f"characters that are no text in what is said: {said[:200]!r}"
    return f"{len(faults)} faults for one change" if len(faults) > MOST_FAULTS + 1 else ""


@lru_cache(maxsize=1)
def _python() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def _by_program(outcome: Outcome, path: Path) -> Outcome:
    """The same document through the program itself: the same verdict, one line for each fault, no traceback."""
    verb = VERBS[outcome.kind] if outcome.what == "refused" or outcome.kind != "follow" else "screen"
    more = ["--today", TODAY] if verb == "follow" else []
    command = [sys.executable, "-m", "dermatwin", verb, str(path), "--json", *more]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, env=_python())
    except subprocess.TimeoutExpired:
        return _again(outcome, "the program hangs")
    wanted = {1} if outcome.what == "refused" else {0, 3}
    if b"Traceback" in done.stderr:
        return _again(outcome, f"the program shows a traceback: {done.stderr[-200:]!r}")
    if done.returncode not in wanted:
        return _again(outcome, f"the program leaves with {done.returncode}: {done.stderr[-200:]!r}")
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return _again(outcome, f"the program writes no JSON: {done.stdout[:100]!r}")
    if outcome.what == "refused" and not all(one["path"] and one["expected"] for one in told["faults"]):
        return _again(outcome, "the program tells a fault without its place")
    return _again(outcome, "")


def _again(outcome: Outcome, wrong: str) -> Outcome:
    return Outcome(outcome.kind, outcome.name, outcome.expect, outcome.note, f"{outcome.what} by the program", (), wrong)


def _run_folder(folder: Path) -> Path:
    """A small run on disk with everything in it that can be changed."""
    case = load_case(ROOT / "examples" / "alam_2014.yaml", None, EVIDENCE)
    return write_run(simulate(case, draws=PEOPLE, seed=3), folder / "sound")


# --- the process that is asked ---


def _serve(asked: Connection, folder: str, seed: int) -> None:
    """Answer numbers with outcomes, until nothing more is asked."""
    import faulthandler

    with open(Path(folder) / "stacks.txt", "w") as stacks:
        faulthandler.enable(stacks)
        shop = Workshop(Path(folder), seed)
        asked.send(None)
        while (number := asked.recv()) is not None:
            faulthandler.dump_traceback_later(LIMIT - 5.0, repeat=True, file=stacks)
            asked.send(shop.tried(number))
            faulthandler.cancel_dump_traceback_later()


class _Asked:
    """A process that is asked, with its folder."""

    def __init__(self, seed: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="campaign-")
        self.here, there = multiprocessing.Pipe()
        fresh = multiprocessing.get_context("spawn")
        self.process = fresh.Process(target=_serve, args=(there, self.folder.name, seed), daemon=True)
        self.process.start()
        there.close()
        self.here.recv()

    def answer(self, number: int) -> Outcome | str:
        """An outcome, or how the process came to its end."""
        begun, used = time.monotonic(), self._used()
        self.here.send(number)
        try:
            while self._used() - used < LIMIT and time.monotonic() - begun < PATIENCE:
                if self.here.poll(1.0):
                    return self.here.recv()
            return f"no answer after {self._used() - used:.0f} s of work\n{self._stacks()}"
        except EOFError:
            self.process.join()
            return f"died with exit status {self.process.exitcode}\n{self._stacks()}"

    def _used(self) -> float:
        """Processor time of the process [s]; that of the clock where the system does not tell."""
        try:
            told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def _stacks(self) -> str:
        return (Path(self.folder.name) / "stacks.txt").read_text(errors="replace")[-1500:]

    def end(self) -> None:
        """Let the process go."""
        self.process.kill()
        self.process.join()
        self.folder.cleanup()


def outcomes(seed: int, numbers: Iterator[int]) -> Iterator[tuple[int, Outcome]]:
    """Documents by number with what came of them."""
    asked = _Asked(seed)
    try:
        for number in numbers:
            found = asked.answer(number)
            if isinstance(found, str):
                asked.end()
                asked = _Asked(seed)
                kind = KINDS[int(luck_of(seed, number, 2).integers(len(KINDS)))]
                found = Outcome(kind, "unknown", "any", f"document {number}", "ended", (), found)
            yield number, found
    finally:
        asked.end()
