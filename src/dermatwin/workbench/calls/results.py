"""What a run came to, as its page shows it: the main endpoints of `summary.json`, zone by zone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ...naming import split
from ...twin.folder import REPORT, SUMMARY
from ..models import Run
from .simulating import folder_of

MAIN = (
    "relative_improvement",
    "scale_change",
    "downtime_makeup",
    "downtime_unnoticeable",
    "pain_vas",
    "pih_risk",
    "infection_risk",
    "tram_track_risk",
)
"""Quantities that the page shows, in this order; the report holds all."""


_SESSION = re.compile(r" \((\d+)\)$")
SHARES = ("relative_improvement", "pih_risk", "infection_risk", "tram_track_risk")
"""Of these, shares that are shown in per cent."""


SHEETS = {
    "before.html": "Before",
    "consent.html": "Consent",
    "session.html": "Session order",
    "aftercare.html": "Aftercare",
    "expect.html": "What to expect",
    "complications.html": "Complications",
    "calendar.ics": "Calendar",
}
"""Sheets of a run, and what they are called on its page."""


@dataclass(frozen=True)
class Result:
    """One line: what, when, its middle and band, its grade."""

    title: str
    day: float | None
    median: float | None
    low: float | None
    high: float | None
    unit: str
    grade: str


def summary(run: Run) -> dict[str, Any]:
    """`summary.json` of a run that is done."""
    return json.loads((folder_of(run) / SUMMARY).read_text(encoding="utf-8"))


def results(told: dict[str, Any]) -> dict[str, list[Result]]:
    """Zone -> its main lines, the latest reading of each."""
    found: dict[str, dict[str, Result]] = {}
    for end in told["endpoints"]:
        if split(end["name"])[0] in MAIN:
            found.setdefault(end["zone"], {})[end["name"]] = _line(end, told["titles"][end["name"]])
    order = {name: number for number, name in enumerate(MAIN)}
    return {
        zone: [line for _, line in sorted(lines.items(), key=lambda one: order[split(one[0])[0]])]
        for zone, lines in found.items()
    }


def _line(end: dict[str, Any], title: str) -> Result:
    share = split(end["name"])[0] in SHARES
    factor = 100 if share else 1
    median, low, high = (None if end[key] is None else end[key] * factor for key in ("median", "p05", "p95"))
    unit = "%" if share else "" if end["unit"] == "1" else end["unit"]
    return Result(_SESSION.sub(r", session \1", title), end["time_days"], median, low, high, unit, end["grade"])


def files(run: Run) -> dict[str, str]:
    """What the page hands out of the folder, by name: the sheets that are there, and the summary."""
    folder = folder_of(run)
    return {name: said for name, said in SHEETS.items() if (folder / "sheets" / name).exists()} | {SUMMARY: "All numbers"}


def content(run: Run, name: str) -> bytes | None:
    """A file of the folder by its name; None for anything that is not handed out."""
    if name in (REPORT, SUMMARY):
        return (folder_of(run) / name).read_bytes()
    return (folder_of(run) / "sheets" / name).read_bytes() if name in files(run) else None
