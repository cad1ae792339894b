"""What a short answer costs from nothing: processor seconds of a fresh process for each verb that simulates nothing.

Beside them stands `python -c pass` of the same minute, and how much more than that each takes. Processor time is user and
system time together, the least of a few, files warm. Where the interpreter may not keep what it compiled
(PYTHONDONTWRITEBYTECODE), every start compiles the package anew, unless `python -m compileall` was run; this says so.

Run: python benchmarks/starting.py [TIMES]
"""

import importlib.util
import os
import resource
import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).parents[1] / "examples"
VERBS = {
    "--help": ["--help"],
    "screen": ["screen", str(CASES / "alam_2014.yaml")],
    "screen --json": ["screen", str(CASES / "alam_2014.yaml"), "--json"],
    "plan": ["plan", str(CASES / "alam_2014.yaml")],
    "explain a quantity": ["explain", "in_situ_depth"],
    "explain a concept": ["explain", "keloid"],
}


def spent(arguments):
    """Processor seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compiled():
    """Whether what the interpreter compiled of the package lies beside it."""
    source = importlib.util.find_spec("dermatwin").submodule_search_locations[0]
    return Path(importlib.util.cache_from_source(str(Path(source) / "lookup.py"))).exists()


def main(times=7):
    wanted = {"python -c pass": ["-c", "pass"]} | {name: ["-m", "dermatwin", *words] for name, words in VERBS.items()}
    least = dict.fromkeys(wanted, float("inf"))
    for _ in range(times):  # in turn, so that a busy moment falls on all of them alike
        least = {name: min(least[name], spent(words)) for name, words in wanted.items()}
    for name, seconds in least.items():
        print(f"{name:20s} {seconds:6.3f} s of processor   {seconds - least['python -c pass']:+.3f}")
    kept = "kept" if not os.environ.get("PYTHONDONTWRITEBYTECODE") else "not kept by the interpreter"
    print(f"bytecode: {kept}, {'there' if compiled() else 'not there'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
