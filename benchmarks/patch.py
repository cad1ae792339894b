"""How long a step of diffusion and a whole patch take: against a copy of memory, and against BioFVM on the same problem.

Run: python benchmarks/patch.py [--biofvm FOLDER] [--threads 1]. FOLDER is a check-out of the public repository
MathCancer/BioFVM (Ghaffarizadeh, Friedman and Macklin 2016; implicit steps, first order, locally one-dimensional); none of
its code is part of this repository. It is compiled there with g++ -O3 -march=native -fopenmp, with the short driver below.

The problem: Gaussian columns in a tight box of cubic cells; the exact answer of the cells comes from cosine transforms.
`error` is the largest one over the highest value at the end. Least of several repeats: on a shared machine others take part
of the second.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

DRIVER = r"""
#include "BioFVM.h"
#include <omp.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
using namespace BioFVM;
int main(int, char** a) {
  int nx = atoi(a[1]), ny = atoi(a[2]), nz = atoi(a[3]), fields = atoi(a[4]), steps = atoi(a[5]), repeats = atoi(a[10]);
  double h = atof(a[6]), d = atof(a[7]), dt = atof(a[8]);
  omp_set_num_threads(atoi(a[9]));
  Microenvironment m;
  m.set_density(0, "a", "1");
  for (int f = 1; f < fields; f++) m.add_density("b", "1");
  for (int f = 0; f < fields; f++) { m.diffusion_coefficients[f] = d; m.decay_rates[f] = 0; }
  m.resize_space(0, nx * h, 0, ny * h, 0, nz * h, h, h, h);
  m.diffusion_decay_solver = diffusion_decay_solver__constant_coefficients_LOD_3D;
  std::vector<double> start(size_t(nx) * ny * nz);
  FILE* in = fopen(a[11], "rb");
  if (!in || fread(start.data(), 8, start.size(), in) != start.size()) return 1;
  double best = 1e99;
  for (int r = 0; r < repeats; r++) {
    for (size_t n = 0; n < start.size(); n++) for (int f = 0; f < fields; f++) m.density_vector(n)[f] = start[n];
    for (int s = 0; s < steps; s++) {
      auto t = std::chrono::steady_clock::now();
      m.simulate_diffusion_decay(dt);
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count());
    }
  }
  for (size_t n = 0; n < start.size(); n++) start[n] = m.density_vector(n)[0];
  FILE* out = fopen(a[12], "wb");
  fwrite(start.data(), 8, start.size(), out);
  fclose(out);
  fprintf(stderr, "%.9g\n", best);
}
"""
CELL, D, END = 0.05, 0.1, 0.1  # mm, mm2/d, d
SHAPES = {"3 x 3 x 1 mm": (20, 60, 60), "16 x 16 x 2.4 mm": (48, 320, 320)}
FIELDS = 6
STEPS = (1, 2, 4, 8, 16)
RIVAL_STEPS = (4, 16, 64, 256)
MANY = 1e6  # cells from which fewer steps are timed


def least(work, repeats=7):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def whole_patch(threads):
    """Least processor time of half a year of a 3.2 mm window of 64 x 64 cells after one session."""
    import numpy as np

    from dermatwin.case.document import Patient
    from dermatwin.core import Luck
    from dermatwin.evidence import Draws, Evidence
    from dermatwin.healing import patch
    from dermatwin.healing.person import constants
    from dermatwin.history import stranger
    from dermatwin.skin.section import Skin

    draws, one = Draws(Evidence.packaged(), Luck(3, 1, frozenset())), np.ones(1)
    skin = Skin(
        "cheek",
        "cheek",
        "human",
        True,
        0.012 * one,
        0.08 * one,
        0.2 * one,
        1.5 * one,
        one,
        0.1 * one,
        10 * one,
        32 * one,
        one,
        25.0,
        "female",
        "III",
        False,
        one,
    )
    p, _ = constants(
        skin, stranger(Patient.model_validate({"age": "25 yr", "sex": "female", "phototype": "III"}), draws.evidence), draws
    )
    slab = patch.slab_of(3.2, 64, "papillary_dermis", p, draws)
    holes = np.random.default_rng(1).uniform(0.0, 3.2, (26, 2))
    session = patch.Needling(0.0, holes, np.full(26, 0.062), np.full(26, np.inf))
    patch.follow(slab, [session], (0.1,))
    return least(lambda: patch.follow(slab, [session], (180.0,)), 2)


def columns(shape):
    import numpy as np

    y, x = ((np.arange(n) + 0.5) * CELL for n in shape[1:])
    rng = np.random.default_rng(1)
    plane = sum(np.exp(-((y[:, None] - b * y[-1]) ** 2 + (x - a * x[-1]) ** 2) / 0.02) for a, b in rng.random((23, 2)))
    return np.ascontiguousarray(plane * np.linspace(1.0, 0.0, shape[0])[:, None, None] ** 2)


def exact(start):
    import numpy as np
    from scipy.fft import dctn, idctn

    waves = dctn(start)
    for axis, n in enumerate(start.shape):
        rate = 4.0 * D / CELL**2 * np.sin(0.5 * np.pi * np.arange(n) / n) ** 2
        waves *= np.exp(-END * rate).reshape([-1 if k == axis else 1 for k in range(3)])
    return idctn(waves)


def copies(threads):
    """Bytes read and written per second by a threaded copy, far beyond the caches and at the size of the fields."""
    import numpy as np
    from numba import njit, prange

    @njit(parallel=True)
    def copy(a, b):
        for i in prange(a.size):
            b[i] = a[i]

    found = {}
    for words, size in (("far beyond the caches", 20_000_000), ("as large as the smallest fields", 432_000)):
        a, b = np.ones(size), np.zeros(size)
        copy(a, b)
        found[words] = 16.0 * size / least(lambda a=a, b=b: copy(a, b))
    return found


def ours(shape, steps, start):
    """Least time of one step, error at the end."""
    import numpy as np

    from dermatwin.numerics.patch import Box, Medium, diffuse, factorise

    box = Box(np.full(shape[0], CELL), *shape[1:], CELL, CELL)
    rates = np.full((FIELDS, 1), D)
    factors = factorise(box, Medium(rates, rates, rates), END / steps)
    first = np.repeat(start[None], FIELDS, axis=0)
    u, best = first.copy(), np.inf
    for _ in range(max(1, 24 // steps)):
        u[:] = first
        for _ in range(steps):
            best = min(best, least(lambda: diffuse(u, factors), 1))
    return best, _error(u[0], start)


def _error(found, start):
    import numpy as np

    right = exact(start)
    return float(np.abs(found - right).max() / right.max())


def compiled(folder: Path) -> Path:
    build = Path(tempfile.mkdtemp())
    (build / "driver.cpp").write_text(DRIVER)
    sources = [str(build / "driver.cpp"), *map(str, sorted(folder.glob("BioFVM_*.cpp"))), str(folder / "pugixml.cpp")]
    subprocess.run(
        [
            "g++",
            "-O3",
            "-march=native",
            "-fopenmp",
            "-std=c++11",
            "-w",
            f"-I{folder}",
            *sources,
            "-o",
            str(build / "driver"),
        ],
        check=True,
    )
    return build / "driver"


def rival(program: Path, shape, steps, start, threads):
    import numpy as np

    start.tofile(program.parent / "start")
    text = subprocess.run(
        [
            str(program),
            *(str(n) for n in reversed(shape)),
            str(FIELDS),
            str(steps),
            str(CELL),
            str(D),
            str(END / steps),
            str(threads),
            str(max(1, 24 // steps)),
            str(program.parent / "start"),
            str(program.parent / "end"),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    return float(text), _error(np.fromfile(program.parent / "end").reshape(shape), start)


def main(biofvm: Path | None, threads: int) -> None:
    copied = copies(threads)
    print(f"{threads} thread(s); copy, GB/s: " + ", ".join(f"{name} {1e-9 * rate:.1f}" for name, rate in copied.items()))
    memory = copied["far beyond the caches"]
    program = compiled(biofvm) if biofvm else None
    print(f"half a year of a patch of 64 x 64 cells, the whole network: {whole_patch(threads):.2f} s")
    for name, shape in SHAPES.items():
        start = columns(shape)
        count = FIELDS * start.size
        print(f"\n{name}, {shape} cells, {FIELDS} fields, {8e-6 * count:.0f} MB")
        few = STEPS if start.size < MANY else STEPS[2:3]
        for steps in few:
            best, error = ours(shape, steps, start)
            once, swept = 16.0 * count / best, 48.0 * count / best
            print(
                f"  dermatwin {steps:4d} steps  {1e9 * best / count:6.2f} ns per voxel-field and step  error {error:.1e}  "
                f"whole {1e3 * best * steps:8.1f} ms  {1e-9 * once:5.1f} GB/s read and written once, {1e-9 * swept:5.1f} "
                f"by three sweeps ({100 * swept / memory:.0f} % of a copy in memory)"
            )
        for steps in (RIVAL_STEPS if start.size < MANY else RIVAL_STEPS[1:2]) if program else ():
            best, error = rival(program, shape, steps, start, threads)
            print(
                f"  BioFVM    {steps:4d} steps  {1e9 * best / count:6.2f} ns per voxel-field and step  error {error:.1e}  "
                f"whole {1e3 * best * steps:8.1f} ms"
            )


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--biofvm", type=Path)
    reader.add_argument("--threads", type=int, default=2)
    given = reader.parse_args()
    os.environ["NUMBA_NUM_THREADS"] = str(given.threads)
    main(given.biofvm, given.threads)
