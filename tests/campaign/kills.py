"""Verbs that write a folder, ended by a signal at a random moment: what is there afterwards, and does the next run work?

Half of the moments lie anywhere in the run, half just after its draft has appeared, where files are written and names
exchanged. Three of four runs are forks of a process that has read the program already, which saves its start; one of four is
the program as people start it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dermatwin.twin.contents import entries, entry_of
from dermatwin.twin.folder import write_folder
from dermatwin.twin.placing import require_usable

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
WRITING = 0.1  # s after a draft has appeared at most; half of the moments lie within an eighth of it
LONGEST = 240.0  # s that a run may take on a machine that others use, too
OTHERS = {"thesis.txt": b"precious", "photos/one.jpg": b"jpg", "sheets/signed.txt": b"signed"}
CASE = ROOT / "examples" / "alam_2014.yaml"
SEARCH = ("--search", "--budget", "10", "--draws", "10")
VERBS: dict[str, tuple[str, ...]] = {
    "simulate": ("simulate", str(CASE), "--draws", "10", "--no-split", "--no-report"),
    "simulate with report": ("simulate", str(CASE), "--draws", "10", "--no-split"),
    "reread": ("reread", "{run}", "--no-report"),
    "sheets": ("sheets", "{run}"),
    "compare": (
        "compare",
        str(ROOT / "tests" / "cases" / "first_session_shallower.yaml"),
        *("--device", "dermapen_4", "--device", "pen-12", "--draws", "10"),
    ),
    "plan --search": ("plan", str(ROOT / "examples" / "scars_phototype_v.yaml"), *SEARCH),
    "follow": ("follow", str(ROOT / "examples" / "followed" / "week_one.yaml"), "--draws", "50"),
}
ENDS = {0, 1, 3}
"""Exit status of a run that came to its own end; `follow` of this example asks (1) or warns (3)."""


@dataclass(frozen=True)
class Killed:
    """What came of one run that was killed."""

    verb: str
    signal: str
    writing: bool  # whether the moment was chosen by its draft
    before: str  # 'nothing', or 'old': a complete folder with files of others in it
    after: str  # 'nothing', 'old', 'new', or 'broken'
    status: int
    draft: bool  # whether a hidden draft was left for the next run to clear away
    wrong: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The outcome in one line."""
        where = "while it wrote" if self.writing else "anywhere"
        return f"{self.verb}, {self.signal} {where}, {self.before} -> {self.after}: {'; '.join(self.wrong)}"


class Workshop:
    """Old folders of every verb in a folder of its own, and the process whose forks are killed."""

    def __init__(self, folder: Path, verbs: Sequence[str] = tuple(VERBS)) -> None:
        self.folder, self.verbs, self.took = folder, tuple(verbs), dict[str, float]()
        self.nursery = _Nursery(folder)
        needed = dict.fromkeys(("simulate with report", *verbs))
        for verb in needed:
            begun = time.monotonic()
            status, said = self._whole(verb, folder / "old" / _plain(verb))
            if status not in ENDS:
                raise AssertionError(f"{verb} leaves with {status}: {said}")
            self.took[verb] = time.monotonic() - begun

    def _whole(self, verb: str, out: Path) -> tuple[int, str]:
        child = self.nursery.fork(self.command(verb, out))
        return self.nursery.ended(), child.said()

    def command(self, verb: str, out: Path) -> list[str]:
        """Words of a verb that writes a folder."""
        run = str(self.folder / "old" / _plain("simulate with report"))
        return [*(word.replace("{run}", run) for word in VERBS[verb]), "--out", str(out), "--force"]

    def tried(self, seed: int, number: int) -> Killed:
        """One run that is killed."""
        luck = random.Random(f"{seed} kills {number}")
        verb, sign = luck.choice(self.verbs), luck.choice(SIGNALS)
        writing, before = luck.random() < 0.5, luck.choice(("nothing", "old"))
        place = self.folder / f"try-{number}"
        target = place / "run"
        place.mkdir()
        if before == "old":
            shutil.copytree(self.folder / "old" / _plain(verb), target)
            _with_others(target)
        delay = WRITING * luck.random() ** 3 if writing else luck.uniform(0.0, 1.1 * self.took[verb])
        status, said = self._killed(self.command(verb, target), place, sign, delay, writing=writing, alone=number % 4 == 0)
        after, wrong = _seen(place, target, self.folder / "old" / _plain(verb), before)
        draft = any(path.name.startswith(".run-") for path in place.iterdir())
        wrong += _ending(status, sign, said)
        wrong += _next(place, target, before)
        shutil.rmtree(place)
        return Killed(verb, sign.name, writing, before, after, status, draft, tuple(wrong))

    def _killed(
        self, words: list[str], place: Path, sign: signal.Signals, delay: float, *, writing: bool, alone: bool
    ) -> tuple[int, str]:
        """Start a run, kill it at its moment; its exit status and what it said."""
        child = _Alone(words, self.folder) if alone else self.nursery.fork(words)
        begun = time.monotonic()
        while writing and child.alive() and not any(place.glob(".run-draft-*")):
            if time.monotonic() - begun > LONGEST:
                break
            time.sleep(0.0005)
        until = time.monotonic() + delay
        while child.alive() and time.monotonic() < until:
            time.sleep(min(0.001 if writing else 0.02, max(0.0, until - time.monotonic())))
        child.send(sign)
        status = child.ended() if isinstance(child, _Alone) else self.nursery.ended()
        return status, child.said()

    def close(self) -> None:
        """Let the process go whose forks were killed."""
        self.nursery.close()


def _plain(verb: str) -> str:
    return verb.replace(" ", "_")


def _with_others(target: Path) -> None:
    for name, content in OTHERS.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)


def _seen(place: Path, target: Path, old: Path, before: str) -> tuple[str, list[str]]:
    """What is there after a kill, and what of it is wrong."""
    wrong = [f"{path.name} lies beside the target" for path in place.iterdir() if path != target and path.name[0] != "."]
    if before == "old":
        lost = [name for name, told in OTHERS.items() if not _holds(target / name, told)]
        wrong += [f"{name} of somebody else is gone" for name in lost]
    if not target.exists():
        return "nothing", wrong + (["the old folder is gone"] if before == "old" else [])
    held = entries(target)
    if held is None:
        return "broken", [*wrong, "a folder without a list of its files"]
    off = [name for name, told in held.items() if not (target / name).is_file() or entry_of(target / name) != told]
    if off:
        return "broken", [*wrong, f"{', '.join(off)} are not as the list says"]
    strange = [p for p in target.rglob("*") if p.is_file() and p.relative_to(target).as_posix() not in {*held, *OTHERS}]
    wrong += [f"{path.name} stands in no list" for path in strange if path.name != "contents.json"]
    return ("old" if before == "old" and held == entries(old) and _same_file(target, old) else "new"), wrong


def _same_file(target: Path, old: Path) -> bool:
    """Whether a folder is the one that was there; what is computed anew may be equal to the last byte."""
    return (target / "contents.json").stat().st_mtime_ns == (old / "contents.json").stat().st_mtime_ns


def _holds(path: Path, told: bytes) -> bool:
    return path.is_file() and path.read_bytes() == told


def _ending(status: int, sign: signal.Signals, said: str) -> list[str]:
    wrong = ["a traceback on the screen"] if "Traceback" in said and "dermatwin/cli" in said else []
    tidy = {signal.SIGTERM: {143, -15}, signal.SIGINT: {130, -2, 1}, signal.SIGKILL: {-9}}[sign]
    return wrong if status in {*tidy, *ENDS} else [*wrong, f"left with {status}: {said[-200:]}"]


def _next(place: Path, target: Path, before: str) -> list[str]:
    """What goes wrong when the next result is written there."""
    files = {"next.txt": "next"}
    seen = require_usable(target, force=True, names=files)
    if write_folder(target, files, seen=seen) != target or (target / "next.txt").read_text() != "next":
        return ["the next run does not take the name"]
    left = [path.name for path in place.iterdir() if path != target]
    others = [name for name, told in OTHERS.items() if before == "old" and not _holds(target / name, told)]
    return [f"the next run leaves {name}" for name in left] + [f"the next run takes {name} away" for name in others]


# --- processes ---


@dataclass
class _Child:
    """A fork of the nursery."""

    pid: int
    told: Path

    def alive(self) -> bool:
        try:
            with open(f"/proc/{self.pid}/stat") as stat:
                return stat.read().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def send(self, sign: signal.Signals) -> None:
        if self.alive():
            os.kill(self.pid, sign)

    def said(self) -> str:
        return self.told.read_text(errors="replace")


class _Alone:
    """The program as people start it."""

    def __init__(self, words: list[str], folder: Path) -> None:
        self.told = folder / "said.txt"
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONFAULTHANDLER": ""}
        with self.told.open("wb") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "dermatwin", *words], stdout=out, stderr=out, env=env)

    def alive(self) -> bool:
        return self.process.poll() is None

    def send(self, sign: signal.Signals) -> None:
        if self.alive():
            self.process.send_signal(sign)

    def ended(self) -> int:
        return self.process.wait(LONGEST)

    def said(self) -> str:
        return self.told.read_text(errors="replace")


class _Nursery:
    """A process that has read the program and its evidence, and forks a run for every line of words that it is told."""

    def __init__(self, folder: Path) -> None:
        self.told = folder / "fork.txt"
        env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))}
        command = [sys.executable, "-c", "from campaign.kills import nurse; nurse()", str(self.told)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def fork(self, words: list[str]) -> _Child:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return _Child(int(self.process.stdout.readline()), self.told)

    def ended(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def nurse() -> None:
    """What the nursery does; its forks are runs of the program."""
    import dermatwin.cli.app
    import dermatwin.report
    import dermatwin.twin  # noqa: F401
    from dermatwin.evidence import Evidence

    Evidence.packaged()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _run(json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _run(words: list[str]) -> None:
    """A run of the program in this process, which ends with it."""
    handle = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from dermatwin.cli.app import app

    code = 70
    try:
        app(words)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def killed(folder: Path, seed: int, numbers: Iterator[int]) -> Iterator[tuple[int, Killed]]:
    """Runs by number with what came of them."""
    shop = Workshop(folder)
    try:
        for number in numbers:
            yield number, shop.tried(seed, number)
    finally:
        shop.close()
