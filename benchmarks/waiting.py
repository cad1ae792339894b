"""How long somebody waits for the program: the help of the command line, and the page of a run that is there.

Times are the least of a few, as other work on the machine only adds to them.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dermatwin import load_case, simulate
from dermatwin.report import render

EXAMPLE = Path(__file__).parents[1] / "examples" / "dogra_2014.yaml"
TIMES = 5


def least(work: Callable[[], object]) -> float:
    """Seconds of the quickest of a few."""
    found = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def main() -> None:
    help_ = [sys.executable, "-m", "dermatwin", "--help"]
    print(f"help           {least(lambda: subprocess.run(help_, capture_output=True, check=True)):6.2f} s")
    run = simulate(load_case(EXAMPLE), draws=200, seed=1)
    print(f"report         {least(lambda: render(run)):6.2f} s   of 200 people")


if __name__ == "__main__":
    main()
