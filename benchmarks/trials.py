"""What a pool of virtual people costs, how that grows with people, and what a hundred thousand would take.

    python benchmarks/trials.py [people ...]

People of the US population of scars (all phototypes), 4 sessions, one year, one needled arm and one untreated: processor
time of chunks of so many people (500, 1000 and 2000 unless said), the exponent between them, the projection for 100 000
people on two cores, the memory at the end; then how many trials are drawn and tested in a second.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from dermatwin.trial.analysed import analysed
from dermatwin.trial.chunk import Chunk, Task, computed
from dermatwin.trial.drawing import Bench, draw_trials
from dermatwin.trial.eligible import band_width, enrol, kinds_of
from dermatwin.trial.loading import plan_of
from dermatwin.trial.pool import pooled

TRIAL = {
    "population": "acne_scar_us",
    "people": 40,
    "design": "parallel",
    "zones": [{"zone": "cheek", "area": "60 cm^2", "concerns": [{"concern": "acne_scar"}]}],
    "course": {
        "device": "pen-12",
        "start": "2026-01-12",
        "sessions": {"count": 4, "interval": "4 weeks"},
        "settings": {"cheek": {"needle_length": "1.5 mm", "passes": 6}},
    },
    "arms": [{"name": "needled"}, {"name": "untreated", "role": "untreated"}],
    "visits": [{"time": "26 weeks"}, {"time": "52 weeks"}],
    "exclude": {"screened": "nobody"},
    "pool": {"lots": 4, "worlds": 0},
}
MANY, CORES = 100_000, 2


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [500, 1000, 2000]
    plan = plan_of(TRIAL)
    people = enrol(plan, max(sizes), 1).people
    computed(Task(plan, 1, True), Chunk(0, tuple(int(n) for n in people.number[:4]), (0,) * 4))  # compiles
    spent = []
    for size in sizes:
        numbers = tuple(int(n) for n in people.number[:size])
        kinds = len(set(kinds_of(people.at(np.arange(size)), band_width(plan))))
        before = time.process_time()
        computed(Task(plan, 1, True), Chunk(0, numbers, tuple(range(size))))
        spent.append(time.process_time() - before)
        print(f"{size:6d} people of {kinds:4d} kinds: {spent[-1]:7.1f} s, {1000.0 * spent[-1] / size:6.2f} ms a person")
    if len(sizes) > 1:
        exponent = np.polyfit(np.log(sizes), np.log(spent), 1)[0]
        each = spent[-1] / sizes[-1]
        print(f"exponent with people {exponent:.2f}; a chunk is 2000 people, beyond it cost is linear")
        print(f"{MANY} people, {CORES} cores: {each * MANY / CORES / 60.0:.1f} min of processor time")
        millions = [each * 1e6 * 40 / CORES / 3600.0 / machines for machines in (1, 10, 100)]
        said = ", ".join(f"{hours:.0f}" for hours in millions)
        print(f"a million trials of 40 people, everybody simulated anew: {said} h on 1, 10, 100 machines")
    print(f"memory at the most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0:.0f} MB")
    bench = Bench(pooled(plan, 1, drawn=False), 1, False)
    before = time.process_time()
    analysed(bench, draw_trials(bench, 10_000, 40, np.random.default_rng(1)))
    print(f"{10_000 / (time.process_time() - before):.0f} trials of 40 people drawn and tested a second")


if __name__ == "__main__":
    main()
