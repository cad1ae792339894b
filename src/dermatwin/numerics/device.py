"""One source for processor and graphics card: the code of a function compiled for the processor, for a CUDA device too.

Nothing is written a second time for the device. `on_device` takes a function as it stands, puts device functions in the
place of the names that it calls, and hands it to numba's CUDA target. Whole programs still differ where memory and threads
do: `rosenbrock_device`, `patch_device`. Imported only by those: the CUDA target takes a third of a second to import.

A device rounds as IEEE 754 asks, but fuses a product with the sum that follows it: answers differ from the processor's in
the last digits. In numba's simulator (`NUMBA_ENABLE_CUDASIM=1`) they are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba.cuda as _target
from numba.core import config as _config

cuda: Any = _target  # what a type checker sees of these is less than what there is
config: Any = _config
SIMULATED = bool(config.ENABLE_CUDASIM)
"""Whether threads are threads of Python and no device is needed: to check kernels, a million times slower."""


def on_device(function: Callable, **names: Any) -> Any:
    """The same function for the device; `names` are what its global names mean there."""
    plain = getattr(function, "py_func", function)
    scope = {**plain.__globals__, **names}
    same = FunctionType(plain.__code__, scope, plain.__name__, plain.__defaults__, plain.__closure__)
    same.__module__, same.__qualname__ = plain.__module__, plain.__qualname__
    return cuda.jit(device=True)(same)


@cuda.jit(device=True)
def select(condition, yes, no):
    """`yes` where the condition holds, else `no`."""
    return yes if condition else no


def lacking() -> str:
    """What keeps kernels from running here; nothing if a device is at hand."""
    try:
        if cuda.is_available():
            return ""
        return "no CUDA device or driver was found"
    except Exception as problem:  # broken drivers fail in more ways than the target's own errors
        return f"CUDA does not start: {problem}".splitlines()[0]


def multiprocessors() -> int:
    """How many multiprocessors the device has; the simulated one counts as one."""
    return getattr(cuda.current_context().device, "MULTIPROCESSOR_COUNT", 1)
