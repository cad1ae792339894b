"""What a fit stands on, written into its record: digests of priors, rows, tables and model, and a probe of the model.

A fit stamps its own record. Whoever changes code or tables without changing what the model says renews the digests by
`python -m dermatwin.calibration confirm`: the probe is made again and must agree. Priors that the fit varied, and rows that
took part, cannot be confirmed: the measurements were weighed against them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..core.errors import EvidenceError
from ..evidence import Evidence
from ..evidence.digest import SECTION, Digests, joined, of_prior, parted, read_digests
from ..evidence.plain import parsed
from ..evidence.stale import CODE, COMMAND, REFIT, Change, Present, changes
from .grounds import GROUNDS, Grounds
from .probe import Probe, Table, probe

PROBE = "probe"
AGREES = 1e-9  # of a log likelihood, or of the likelihood where its logarithm is small


class _Dumper(yaml.SafeDumper):
    """YAML as it always was, with text of several lines as it stands."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def written(record: Mapping[str, Any]) -> str:
    """A record as text."""
    return yaml.dump(dict(record), Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


def stamped(
    fit: str, record: Mapping[str, Any], table: Iterable[str], evidence: Evidence, code: Path = CODE
) -> dict[str, Any]:
    """The record of a fit with what it stands on. table : lines of its joint draws as they are shipped."""
    found = probe(fit, Table.read(table), record["studies"], evidence)
    now = Present(evidence.tables.layers, code, evidence.prior)
    rows = rows_of(GROUNDS[fit], record["studies"], now)
    levels = {name: " ".join(map(repr, values)) for name, values in found.levels.items()}
    return {**record, SECTION: _digests(fit, found, rows, now).as_record(), PROBE: joined(levels)}


def rows_of(grounds: Grounds, studies: Iterable[str], now: Present) -> dict[str, str]:
    """Digests of the rows that take part, by file and study."""
    return {
        f"{path} {study}": digest
        for path in grounds.measured
        for study, digest in now.table(path).studies.items()
        if grounds.all_rows or study in set(studies)
    }


def _digests(fit: str, found: Probe, rows: dict[str, str], now: Present) -> Digests:
    grounds = GROUNDS[fit]
    programs = {path: now.program(path) for path in grounds.programs(now.code)}
    tables = {path: now.table(path) for path in grounds.tables}
    files = {path: now.table(path) for path in grounds.measured} | tables | programs
    return Digests(
        fit,
        {name: of_prior(now.priors.get(name)) for name in found.fitted},
        {name: of_prior(now.priors.get(name)) for name in found.held},
        rows,
        {path: file.table for path, file in tables.items()},
        {path: file.code for path, file in programs.items()},
        {path: file.raw for path, file in files.items()},
    )


def confirmed(fit: str, folder: Path, evidence: Evidence, code: Path = CODE) -> tuple[str, tuple[str, ...]]:
    """The record of a fit with its digests renewed, as text; and what speaks against it, a line each: then there is no text.

    folder : evidence that holds record and joint draws.
    """
    grounds = GROUNDS[fit]
    then = read_digests(folder / grounds.record)
    record = parsed((folder / grounds.record).read_text(encoding="utf-8"))
    before = _levels(record.get(PROBE, ""))
    if then is None or not before:
        return "", (f"{grounds.record}: holds no digests with a probe to compare with",)
    now = Present(evidence.tables.layers, code, evidence.prior)
    with (folder / grounds.table).open(newline="", encoding="utf-8") as lines:
        table = Table.read(lines)
    try:
        found = probe(fit, table, record["studies"], evidence)
    except EvidenceError as error:
        return "", tuple(map(str, error.faults))
    against = (*_unmendable(then, found, changes(then, now)), *_moved(before, found.levels))
    renewed = {**record, SECTION: _digests(fit, found, then.rows, now).as_record()}
    return ("", against) if against else (written(renewed), ())


def _unmendable(then: Digests, found: Probe, changed: Iterable[Change]) -> Iterator[str]:
    """What needs another fit whatever the probe says."""
    for change in changed:
        if change.kind in REFIT:
            yield f"{change.path}: {change.what}"
    for name in sorted(then.fitted.keys() ^ set(found.fitted)):
        yield f"{name}: is {'no longer' if name in then.fitted else 'now'} among the priors that the fit varies"


def _levels(text: str) -> dict[str, tuple[float, ...]]:
    """The probe of a record; empty where it is none."""
    try:
        return {name: tuple(map(float, numbers.split())) for name, numbers in parted(text).items()}
    except ValueError:
        return {}


def _moved(then: Mapping[str, tuple[float, ...]], now: Mapping[str, tuple[float, ...]]) -> Iterator[str]:
    """Studies and factors of which the model says something else at the fixed draws, each by how much at most."""
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name, ()), now.get(name, ())
        if len(before) != len(after):
            yield f"{name}: is {'no longer' if name in then else 'now'} part of the likelihood as it was"
            continue
        worst = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(after, before, strict=True))
        if not worst <= AGREES:
            yield f"{name}: its log likelihood moved by {worst:.2g} (relative; {AGREES:g} is allowed)"


def refit(fit: str) -> str:
    """The command that fits anew."""
    return f"{COMMAND} {fit}"
