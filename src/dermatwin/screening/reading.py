"""A case file read in the words of some evidence: its concerns, scales, grades and kinds of device."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..case import Case
from ..case import load_case as load
from ..device import movements
from ..evidence import Evidence, words


def load_case(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    evidence: Evidence | None = None,
    *,
    planned: bool = False,
) -> Case:
    """Read and check a case file; CaseError with every fault at once.

    overrides : dotted path -> value that is laid over the file, {"course.settings.cheek.needle_length": "1 mm"}; None takes
        a key away.
    evidence : whose concerns, scales and kinds of device are known; left out, the packaged one.
    planned : a course is still to be found (`plan`): settings and sessions may be left out.
    """
    believed = evidence or Evidence.packaged()
    return load(path, overrides, words=words(believed), kinds=movements(believed), planned=planned)
