"""Does a fit still belong to what it was made of? Its record's digests against priors, rows, tables and code of today.

Posteriors are kept as scores of the prior: they say something else as soon as the prior does. So evidence whose fits are
stale is refused, with every change and the command that mends it. Whoever works on a model lets it load all the same by
DERMATWIN_STALE_FITS=1; then its runs say so. Bytes are compared first, and a file is read only where they differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..core.errors import EvidenceError, Fault
from .digest import ABSENT, Digests, File, digests_in, of_prior
from .layers import Layer
from .records import Parameter

CODE = Path(__file__).parents[1]
RECORDS = ("posteriors/*.yaml", "*_effects.yaml")
ALLOWED = "DERMATWIN_STALE_FITS"
COMMAND = "python -m dermatwin.calibration"
Kind = Literal["fitted", "held", "rows", "tables", "model"]
REFIT: tuple[Kind, ...] = ("fitted", "rows")
"""What no confirmation can mend: the measurements were weighed against something else."""


@dataclass(frozen=True)
class Present:
    """What fits of the uppermost layer could stand on today: layers of evidence, folder of the package, priors."""

    layers: tuple[Layer, ...]
    code: Path
    priors: Mapping[str, Parameter]
    _files: dict[str, File] = field(default_factory=dict[str, File], repr=False, compare=False)

    def table(self, name: str) -> File:
        """A table of the evidence by its path."""
        if name not in self._files:  # no table is named as a program is
            contents = [layer.read(name) for layer in self.layers if name in layer.names]
            self._files[name] = File(contents[0] if contents else None, tuple(contents[1:]))
        return self._files[name]

    def program(self, name: str) -> File:
        """A file of the package by its path."""
        if name not in self._files:
            self._files[name] = File.read(self.code / name)
        return self._files[name]


@dataclass(frozen=True)
class Change:
    """One thing that a fit stands on and that is no longer as it was."""

    kind: Kind
    path: str
    what: str


def changes(then: Digests, now: Present) -> tuple[Change, ...]:
    """Everything that a fit stands on and that has changed since."""
    return (
        *_priors("fitted", then.fitted, now),
        *_priors("held", then.held, now),
        *_rows(then, now),
        *_files("tables", then.tables, then.contents, now.table, lambda file: file.table),
        *_files("model", then.model, then.contents, now.program, lambda file: file.code),
    )


def _priors(kind: Kind, then: Mapping[str, str], now: Present) -> Iterator[Change]:
    for name, digest in then.items():
        prior = now.priors.get(name)
        if of_prior(prior) == digest:
            continue
        if prior is None:
            yield Change(kind, "parameters", f"{name} is gone")
        else:
            done = "has come" if digest == ABSENT else "has changed"
            yield Change(kind, f"parameters/{prior.stage}.csv", f"{name} {done}")


def _rows(then: Digests, now: Present) -> Iterator[Change]:
    for key, digest in then.rows.items():
        path, _, study = key.partition(" ")
        file = now.table(path)
        if file.raw != then.contents.get(path) and file.studies.get(study) != digest:
            yield Change("rows", path, f"rows of {study} {'have changed' if study in file.studies else 'are gone'}")


def _files(
    kind: Kind,
    then: Mapping[str, str],
    contents: Mapping[str, str],
    find: Callable[[str], File],
    said: Callable[[File], str],
) -> Iterator[Change]:
    for path, digest in then.items():
        file = find(path)
        if file.content is None:
            yield Change(kind, path, "is gone")
        elif file.raw != contents.get(path) and said(file) != digest:
            yield Change(kind, path, "has changed")


def stale_fits(now: Present) -> dict[str, tuple[Fault, ...]]:
    """Faults of every fit that does not belong to what is there now, by its name, in the order in which to mend them."""
    found: dict[str, tuple[Fault, ...]] = {}
    layer = now.layers[-1]
    records = {fit: digests_in(layer.read(name).decode("utf-8", "replace")) for fit, name in fits_in(layer).items()}
    for fit, then in sorted(records.items(), key=lambda record: _stands_on_a_fit(record[1])):
        if then is None:
            said = f"holds no digests of what the fit stands on; {COMMAND} {fit}"
            found[fit] = (Fault(fits_in(layer)[fit], "", said),)
        elif faults := tuple(_fault(change, then.fit) for change in changes(then, now)):
            found[then.fit] = faults
    return found


def fits_in(layer: Layer) -> dict[str, str]:
    """The fits of which a layer holds the record: name -> file."""
    names = (name for pattern in RECORDS for name in layer.matching(pattern))
    return {name.rpartition("/")[2].removesuffix(".yaml").removesuffix("_effects"): name for name in names}


def _stands_on_a_fit(then: Digests | None) -> bool:
    return then is not None and any(path.startswith("posteriors/") for path in then.tables)


def _fault(change: Change, fit: str) -> Fault:
    refit = f"{COMMAND} {fit}"
    mend = refit if change.kind in REFIT else f"{COMMAND} confirm {fit} if the model says the same, else {refit}"
    return Fault(change.path, change.what, f"since the fit '{fit}' was made; {mend}")


def require_fresh(stale: Mapping[str, Iterable[Fault]]) -> None:
    """EvidenceError with every fault unless the environment allows stale fits."""
    if faults := refused(stale):
        raise EvidenceError(faults)


def refused(stale: Mapping[str, Iterable[Fault]]) -> list[Fault]:
    """What is wrong with stale fits: nothing where the environment allows them."""
    word = os.environ.get(ALLOWED, "")
    faults = [fault for of_fit in stale.values() for fault in of_fit]
    if word not in ("", "0", "1"):
        faults.append(Fault(ALLOWED, repr(word), "is neither 1 (stale fits may be read) nor 0"))
    return [] if word == "1" else faults
