"""What it costs to say where the spread of every number comes from: a run with the split against the same run without.

The demo and the case of `benchmarks/simulate.py`, 200 draws, both kinds in turn in one process, so that a busy machine slows
both. The split is to cost less than the run once more.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

from simulate import CASE

from dermatwin.case import Case, load_case
from dermatwin.twin import simulate

DEMO = Path(__file__).parents[1] / "examples" / "alam_2014.yaml"
ROUNDS = 7


def seconds(case: Case, *, split: bool) -> float:
    """Wall time of one run: what a user waits for."""
    begin = time.perf_counter()
    simulate(case, draws=200, seed=1, split=split)
    return time.perf_counter() - begin


def measure(case: Case) -> dict[str, float]:
    seconds(case, split=True)  # what is compiled and imported does not count
    pairs = [(seconds(case, split=False), seconds(case, split=True)) for _ in range(ROUNDS)]
    run = simulate(case, draws=200, seed=1, split=True)
    leading = [end.weight.leading for end in run.endpoints if end.weight is not None]
    return {
        "plain_s": min(plain for plain, _ in pairs),
        "split_s": min(split for _, split in pairs),
        "ratio_of_fastest": min(split for _, split in pairs) / min(plain for plain, _ in pairs),
        "median_ratio": statistics.median(split / plain for plain, split in pairs),
        "endpoints": len(run.endpoints),
        "split": len(leading),
        "led_by_better_than_assumed": sum(grade != "E" for grade in leading),
    }


if __name__ == "__main__":
    print(json.dumps({"demo": measure(load_case(DEMO)), "two zones, four sessions": measure(CASE)}, indent=2))
