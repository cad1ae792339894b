"""How fast the healing network runs on a CUDA device, beside the processor and beside a copy, in one process.

Run: python benchmarks/healing_gpu.py [--lanes N] [--write FILE]. Without a device it says so and ends well. A lane-year is
as in `benchmarks/healing.py`: one layer of one person at a point that all of four monthly sessions hit, 365 days, all 25
states. The same people come round again until there are as many lanes as asked for.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("NUMBA_NUM_THREADS", str(os.cpu_count()))

import numpy as np
from healing import course_of
from healing_rivals import Course

from dermatwin.healing import gpu
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.tissue import ATOL, LOWEST, RTOL
from dermatwin.numerics.device import cuda
from dermatwin.numerics.patch import Box, Medium, diffuse, factorise
from dermatwin.numerics.patch_device import Diffusion

MILLION = 1_000_000
PEOPLE = 50_000  # at a time: results of 1.45 GB
BESIDE = 20_000  # lanes that the processor runs
FIRST = 1000  # that run before the clock does
COMPARED = 2000  # whose answers are compared
COPIED = 2**30  # bytes

PAGE = """# Healing on a graphics card

Written by `python benchmarks/healing_gpu.py --write FILE`; nothing here is typed by hand.
Device: {device}. Processor: {threads} threads. Tolerances {rtol:g} / {atol:g}.

| what runs | lane-years | time | per second | ratio |
|---|---|---|---|---|
{rows}

Compiled for the device in {compiled:.1f} s, once in a process. Largest difference between the two engines: {apart:.1g} of a
tolerance over {beside} lanes; steps differ in {other} of them.

| copy | GB/s |
|---|---|
{copies}

| a step of diffusion, {fields} fields | device | processor | ratio | three sweeps, share of a copy on the device |
|---|---|---|---|---|
{diffusion}

On the device a copy reads and writes, both are counted. Results of all times weigh {weight:.1f} kB per lane-year: bringing
them back takes {share:.0f} % of the time at the speed of the copy to pinned memory.
"""

BOXES = ((48, 48, 48), (48, 320, 320))  # lines that fit into shared memory, lines that do not
FIELDS = 6

Integrate = Callable[..., Any]


def through(course: Course, integrate: Integrate, out: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """All lanes through all sessions: the last state, steps. Without `out` nothing in between is written down."""
    y, steps = kernel.untreated(course.p), np.zeros(len(course.p), np.int64)
    for begin, end, inside in course.spans:
        kernel.session(y, course.p, course.activation, course.destroyed)
        times = course.times[inside] - begin
        wanted = (times, RTOL, ATOL, LOWEST, out, inside.start) if out is not None else (times[:0], RTOL, ATOL, LOWEST)
        y, _, status, taken = integrate(y, course.p, end - begin, *wanted)
        steps += taken
        if status.any():
            print(f"{(status != 0).sum()} lanes failed")
    return y, steps


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    cuda.synchronize()
    return time.perf_counter() - begin


def room(course: Course) -> np.ndarray:
    """Where results go; touched once, so that no page is fetched within the clock."""
    return np.full((len(course.p), course.times.size, len(kernel.STATES)), np.nan)


def copies(size: int = COPIED) -> dict[str, float]:
    """Bytes per second: within the device (read and written), and from it to pinned and to ordinary memory."""
    words = size // 8
    one, two = cuda.device_array(words), cuda.device_array(words)
    pinned, plain = cuda.pinned_array(words), np.zeros(words)
    work = {
        "within the device": (2, lambda: two.copy_to_device(one)),
        "device to pinned memory": (1, lambda: one.copy_to_host(pinned)),
        "device to ordinary memory": (1, lambda: one.copy_to_host(plain)),
    }
    return {name: passes * 8 * words / min(seconds(copy) for _ in range(5)) for name, (passes, copy) in work.items()}


def diffusion(copied: float) -> list[str]:
    """Least time of a step on both, in each box, and the share of a copy's bandwidth; fails where answers differ."""
    rows = []
    for shape in BOXES:
        box, rates = Box(np.full(shape[0], 0.05), *shape[1:], 0.05, 0.05), np.full((FIELDS, 1), 0.1)
        factors = factorise(box, Medium(rates, rates, rates), 0.01)
        u = np.random.default_rng(1).uniform(0.5, 1.0, (FIELDS, *shape))
        there, step = cuda.to_device(u), Diffusion(u.shape)
        sent = step.prepared(factors)
        diffuse(u, factors)
        step(there, sent)
        np.testing.assert_allclose(there.copy_to_host(), u, rtol=1e-10)
        fast = min(seconds(lambda s=step, t=there, f=sent: s(t, f)) for _ in range(9))
        slow = min(seconds(lambda v=u, f=factors: diffuse(v, f)) for _ in range(5))
        rows.append(
            f"| {shape} cells | {1e3 * fast:.2f} ms | {1e3 * slow:.1f} ms | {slow / fast:.1f} | "
            f"{100.0 * 48.0 * u.size / fast / copied:.0f} % |"
        )
    return rows


def agreement(course: Course) -> tuple[float, int]:
    """Largest difference of both engines in tolerances, and how many lanes took other steps."""
    mine, theirs = room(course), room(course)
    _, steps = through(course, kernel.integrate, mine)
    _, others = through(course, gpu.integrate, theirs)
    return float(np.max(np.abs(mine - theirs) / (ATOL + RTOL * np.abs(mine)))), int((steps != others).sum())


def rate(course: Course, integrate: Integrate, out: np.ndarray | None, rounds: int) -> tuple[int, float]:
    """Lane-years and seconds of so many rounds of the course, after a short one that nobody times."""
    through(course.part(slice(0, FIRST)), integrate, out[:FIRST] if out is not None else None)
    target = out[: len(course.p)] if out is not None else None
    return rounds * len(course.p), seconds(lambda: [through(course, integrate, target) for _ in range(rounds)])


def table(many: Course, beside: Course, rounds: int) -> tuple[list[str], float]:
    """Lines of the table, and the device's lane-years per second with all times kept."""
    out, rows, fastest = room(many), [], 0.0
    for what, kept in (("the end kept", None), ("all times kept", out)):
        lanes, taken = rate(beside, kernel.integrate, kept, 1)
        slow = lanes / taken
        rows.append(f"| processor, {what} | {lanes:,} | {taken:.2f} s | {slow:,.0f} | 1 |")
        lanes, taken = rate(many, gpu.integrate, kept, rounds)
        fastest = lanes / taken
        rows.append(f"| device, {what} | {lanes:,} | {taken:.2f} s | {fastest:,.0f} | {fastest / slow:.1f} |")
    return rows, fastest


def report(lanes: int) -> str:
    compiled = seconds(gpu.reason)
    if gpu.reason():
        raise SystemExit(gpu.reason())
    many = course_of(min(PEOPLE, lanes))
    beside, some = many.part(slice(0, BESIDE)), many.part(slice(0, COMPARED))
    apart, other = agreement(some)
    rows, fastest = table(many, beside, -(-lanes // len(many.p)))
    copied, weight = copies(), 8.0 * many.times.size * len(kernel.STATES)
    name = getattr(cuda.current_context().device, "name", "unnamed")
    return PAGE.format(
        device=name.decode() if isinstance(name, bytes) else name,
        threads=os.environ["NUMBA_NUM_THREADS"],
        rtol=RTOL,
        atol=ATOL,
        rows="\n".join(rows),
        compiled=compiled,
        apart=apart,
        other=other,
        beside=len(some.p),
        fields=FIELDS,
        diffusion="\n".join(diffusion(copied["within the device"])),
        weight=1e-3 * weight,
        copies="\n".join(f"| {name} | {1e-9 * rate:.1f} |" for name, rate in copied.items()),
        share=100.0 * fastest * weight / copied["device to pinned memory"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1] if __doc__ else "")
    parser.add_argument("--lanes", type=int, default=MILLION, help="lane-years on the device")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    given = parser.parse_args()
    missing = gpu.lacking() or ("only its simulator" if gpu.SIMULATED else "")
    if missing:
        print(f"no CUDA device: not run ({missing})")
        return
    page = report(given.lanes)
    print(page)
    if given.write:
        given.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
