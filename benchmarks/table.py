"""What this checkout costs beside another one: the same tasks in turn, each in a process of its own.

    python benchmarks/table.py BEFORE [--rounds 3] [--only demo,arms] [--write docs/benchmarks-table.md]

BEFORE is a checkout of an earlier state, whose machine code was compiled before; both run under this interpreter. Sides take
turns, so that a busy machine slows both; what is compared is processor time (of all threads and children), which other
people's work hardly touches, with the median over the rounds. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parents[1]
DEMO = HERE / "examples" / "alam_2014.yaml"
LARGE = Path(__file__).parent / "twelve_zones.yaml"
MANY = 2000
Files = dict[str, int]


def demo(place: Path) -> None:
    """The demo with report, sheets and files, as the verb writes it."""
    _verb("simulate", DEMO, "--out", place / "run")


def answer(place: Path) -> None:
    """The demo for a machine, nothing written."""
    _verb("simulate", DEMO, "--json")


def arms(place: Path) -> None:
    """Three devices side by side, with the page."""
    devices = [word for name in ("dermapen-4", "dermaroller-mf8", "stamp") for word in ("--device", name)]
    _verb("compare", DEMO, *devices, "--needle-length", "1.5 mm", "--out", place / "run")


def large(place: Path) -> None:
    """Twelve zones, four sessions, two products, 200 people: simulated without the split and written."""
    from dermatwin import load_case, simulate, write_run

    write_run(simulate(load_case(LARGE), draws=200, seed=1), place / "run")


def people(place: Path) -> None:
    """The demo with 2000 people, without the split, nothing written."""
    from dermatwin import load_case, simulate

    simulate(load_case(DEMO), draws=MANY, seed=1)


TASKS: dict[str, Callable[[Path], None]] = {one.__name__: one for one in (demo, answer, arms, large, people)}


def _verb(*words: object) -> None:
    from dermatwin.cli import main

    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the process ends with it
    sys.argv = ["dermatwin", *map(str, words)]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise


def _alone(name: str) -> None:
    """One task in this process; what it cost as one line of JSON on standard error."""
    with tempfile.TemporaryDirectory() as place:
        TASKS[name](Path(place))
        files = {path.name: path.stat().st_size for path in Path(place).rglob("*") if path.is_file()}
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps({"cpu": spent, "rss": used[0].ru_maxrss / 1024, "files": files}), file=sys.stderr)


def _measured(checkout: Path, name: str) -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    found = subprocess.run(
        [sys.executable, __file__, "--alone", name], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(found.stderr.strip().splitlines()[-1])


def _cpu_model() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def _commit(checkout: Path) -> str:
    return subprocess.run(
        ["git", "-C", checkout, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()


def _row(name: str, before: list[dict[str, object]], after: list[dict[str, object]]) -> str:
    def middle(side: list[dict[str, object]], what: str) -> float:
        return statistics.median(float(str(one[what])) for one in side)

    def sizes(side: list[dict[str, object]]) -> Files:
        return side[-1]["files"]  # type: ignore[return-value]

    seconds, memory = ([middle(side, what) for side in (before, after)] for what in ("cpu", "rss"))
    files = ", ".join(
        f"{file} {sizes(before).get(file, 0) / 1e6:.2f} → {size / 1e6:.2f} MB"
        for file, size in sizes(after).items()
        if file in ("run.nc", "summary.json", "comparison.json")
    )
    told = (TASKS[name].__doc__ or "").rstrip(".")
    ratio = seconds[1] / seconds[0]
    return (
        f"| {told} | {seconds[0]:.1f} s | {seconds[1]:.1f} s | {ratio:.2f} | "
        f"{memory[0]:.0f} → {memory[1]:.0f} MiB | {files or '-'} |"
    )


def table(before: Path, rounds: int, only: list[str]) -> str:
    """The page: machine, load, both sides."""
    load = os.getloadavg()
    head = [
        "# What a run costs, before and after",
        "",
        "Made by `python benchmarks/table.py BEFORE --write`; processor seconds, medians of "
        f"{rounds} rounds, sides in turn. Memory is the largest resident set.",
        "",
        f"{_cpu_model()}, {os.cpu_count()} cores, load {load[0]:.1f} {load[1]:.1f} {load[2]:.1f} at the start; "
        f"before {_commit(before)}, after {_commit(HERE)}.",
        "",
        "| task | before | after | ratio | memory | files |",
        "|---|---|---|---|---|---|",
    ]
    for name in only:
        sides: list[list[dict[str, object]]] = [[], []]
        for _ in range(rounds):
            for found, checkout in zip(sides, (before, HERE), strict=True):
                found.append(_measured(checkout, name))
        head.append(_row(name, *sides))
        print(head[-1])
    return "\n".join(head) + "\n"


def main() -> None:
    """Measure, or be measured."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("before", nargs="?", type=Path)
    words.add_argument("--alone", choices=TASKS)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--only", default=",".join(TASKS))
    words.add_argument("--write", type=Path)
    given = words.parse_args()
    if given.alone:
        _alone(given.alone)
        return
    if given.before is None:
        print("name an earlier checkout to compare with: python benchmarks/table.py BEFORE")
        return
    page = table(given.before.absolute(), given.rounds, given.only.split(","))
    if given.write:
        given.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
