"""`python -m campaign`: a whole campaign, and its page; or one try of it again."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import takewhile
from multiprocessing import get_context
from pathlib import Path

from dermatwin.evidence import Evidence

from .cases import Shown, tried
from .documents import outcomes
from .kills import killed
from .page import Results, page

PAGE = Path(__file__).parents[2] / "docs" / "campaign.md"


def main() -> int:
    """Run what is asked for; 1 where anything was found."""
    asked = _asked()
    told = Results(asked.seed, asked.draws)
    parts: dict[str, Callable[[Iterator[int]], None]] = {
        "cases": partial(_cases, told, asked.workers),
        "documents": partial(_documents, told),
        "kills": partial(_kills, told),
    }
    if asked.only:
        part, _, number = asked.only.partition(":")
        parts[part](iter([int(number)]))
    else:
        for part, run in parts.items():
            _timed(told, part, run, getattr(asked, part), 60.0 * asked.minutes)
            asked.out.write_text(page(told), encoding="utf-8")
    print("\n".join(told.wrong) or "no finding")
    return 1 if told.wrong else 0


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="campaign", description=__doc__.partition("\n")[0])
    words.add_argument("--cases", type=int, default=1000)
    words.add_argument("--documents", type=int, default=10_000)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--draws", type=int, default=20, help="people of a case")
    words.add_argument("--workers", type=int, default=1, help="processes for cases")
    words.add_argument("--minutes", type=float, default=1e6, help="of each part at most; the page says how many were tried")
    words.add_argument("--only", default="", help="one try again, such as documents:17")
    words.add_argument("--out", type=Path, default=PAGE)
    return words.parse_args()


def _timed(told: Results, part: str, run: Callable[[Iterator[int]], None], count: int, limit: float) -> None:
    """One part, until its time is over; making its workshop does not count."""
    begun, first = time.monotonic(), list[float]()
    told.asked[part] = count

    def in_time(number: int) -> bool:
        first[:] = first or [time.monotonic()]
        return time.monotonic() - first[0] < limit

    run(takewhile(in_time, iter(range(count))))
    told.seconds[part] = time.monotonic() - begun


def _note(told: Results, part: str, number: int, wrong: str) -> None:
    line = f"{part}:{number}: {' '.join(wrong.split())}"
    told.wrong.append(line)
    print(line, flush=True)


def _cases(told: Results, workers: int, numbers: Iterator[int]) -> None:
    one = partial(_case, told.seed, told.draws)
    if workers > 1:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            _counted(told, pool.map(one, numbers))
    else:
        _counted(told, map(one, numbers))


def _counted(told: Results, found: Iterator[tuple[int, Shown]]) -> None:
    for number, shown in found:
        told.cases.append(shown)
        for wrong in shown.broken:
            _note(told, "cases", number, wrong)


def _case(seed: int, draws: int, number: int) -> tuple[int, Shown]:
    try:
        return number, tried(seed, number, draws, Evidence.packaged())
    except Exception as error:  # whatever it is, it is a finding
        return number, Shown(0, (f"{type(error).__name__}: {str(error)[:300]}",), 0, 0, False, ())


def _documents(told: Results, numbers: Iterator[int]) -> None:
    for number, outcome in outcomes(told.seed, numbers):
        told.documents.append(outcome)
        if outcome.wrong:
            _note(told, "documents", number, outcome.line)


def _kills(told: Results, numbers: Iterator[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        for number, found in killed(Path(folder), told.seed, numbers):
            told.kills.append(found)
            if found.wrong:
                _note(told, "kills", number, found.line)


if __name__ == "__main__":
    sys.exit(main())
