"""Which machine integrates the network: the processor's cores or a CUDA device.

Both run the same generated functions with the same steps; answers agree within a fraction of the tolerance, not to the last
digit. `auto`, the default, looks for a device only where a batch is large enough to be worth the seconds that compiling for
it takes; ordinary runs stay on the processor and never import the CUDA target.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..core.errors import CaseError, Fault, Notice
from . import kernel_generated as kernel

ENGINES = ("auto", "cpu", "gpu")
VARIABLE = "DERMATWIN_ENGINE"
"""Environment variable with the engine, where none is named in the call."""
ENOUGH = 100_000  # numerical: lanes from which `auto` looks for a device; reckoned, not measured


@dataclass(frozen=True)
class Engine:
    """What integrates lanes: `integrate` as in `kernel_generated`, and what a result should say of it."""

    name: str
    integrate: Callable[..., Any]
    remark: str = ""

    def notices(self, zone: str) -> tuple[Notice, ...]:
        """The remark as a notice of a zone."""
        return (Notice(f"zones.{zone}.healing", self.remark),) if self.remark else ()


CPU = Engine("cpu", kernel.integrate)


def engine_for(lanes: int, name: str | None = None) -> Engine:
    """The engine for a batch of so many lanes.

    name     'cpu'; 'gpu'; 'auto': a device if there is one and the batch is large. None: the environment's choice, 'auto'.
    Raises   CaseError for another name, and if 'gpu' is asked for where no device can be used.
    """
    name = name or os.environ.get(VARIABLE) or "auto"
    if name not in ENGINES:
        raise CaseError([Fault("engine", repr(name), f"is not one of {', '.join(ENGINES)}")])
    if name == "cpu" or (name == "auto" and lanes < ENOUGH):
        return CPU
    from . import gpu

    reason = gpu.reason()
    if name == "auto" and (reason or gpu.SIMULATED):
        unused = "" if gpu.lacking() or gpu.SIMULATED else f"there is a CUDA device, but it was not used: {reason}"
        return replace(CPU, remark=unused)
    if reason:
        raise no_device(reason)
    return Engine("gpu", gpu.integrate, "integrated on a CUDA device; the last digits differ from the processor's")


def no_device(reason: str) -> CaseError:
    """What is raised where a device was asked for and none can be used."""
    return CaseError(
        [
            Fault(
                "engine",
                "'gpu'",
                f"cannot be used: {reason}; use 'cpu', or install the extra 'gpu' (pip "
                "install 'dermatwin[gpu]') on a machine with an NVIDIA device",
            )
        ]
    )
