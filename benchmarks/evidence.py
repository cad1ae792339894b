"""What reading the evidence costs, what of it goes into asking whether its fits are stale, and what the whole gate costs.

Run: python benchmarks/evidence.py
"""

import time

from dermatwin.evidence import Evidence, Tables
from dermatwin.evidence.layers import Layer
from dermatwin.evidence.stale import CODE, Present, stale_fits
from dermatwin.evidence.store import DATA

ROUNDS = 15


def milliseconds(work):
    """The shortest time of some rounds [ms]: others may be at work on the machine."""
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        found.append(1e3 * (time.perf_counter() - begun))
    return min(found)


def main():
    priors, layer = Evidence.packaged().prior, Layer.packaged(DATA)
    print(f"reading the packaged evidence      {milliseconds(lambda: Evidence.of(Tables(Layer.packaged(DATA)))):7.1f} ms")
    print(f"of that, whether fits are stale    {milliseconds(lambda: stale_fits(Present((layer,), CODE, priors))):7.1f} ms")
    print(f"reading and checking it whole      {milliseconds(lambda: Evidence.read(DATA, alone=True)):7.1f} ms")


if __name__ == "__main__":
    main()
