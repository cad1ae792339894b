"""What differs between the arms: devices, needles and technique, stated or taken as usual, and where the needles end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..chapters import lookup
from ..chapters.limits import Said
from ..chapters.lookup import band
from ..chapters.needle_section import pierced
from ..figures import depths

if TYPE_CHECKING:
    from ...case import Settings as CaseSettings
    from ...twin import Run, ZoneRun
    from ...twin.contrast import Contrast

_DEVICE = (
    ("Kind", lambda device: words.title(device.kind.label)),
    ("Needles", lambda device: str(device.needle_count)),
    ("Needle diameter", lambda device: words.given(1000.0 * device.needle_diameter, "um")),
)
_TECHNIQUE = (
    "needle_length",
    "density",
    "passes",
    "hand_speed",
    "frequency",
    "stroke",
    "track_spacing",
    "directions",
    "force",
    "pitch",
)
_HANDLED = re.compile(r"course\.device|course\.settings\.|zones\.\d+\.treated$")  # what the rows above say already
_TAKEN = "not stated; taken as "


@dataclass(frozen=True)
class Row:
    """One setting: what every arm says, and a remark on it."""

    label: str
    zone: str
    values: list[tuple[str, str]]

    @property
    def differs(self) -> bool:
        """Whether the arms say different things."""
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Drawing:
    """Where the needles of every arm end in one zone."""

    zone: str
    figure: Markup


@dataclass(frozen=True)
class Settings:
    """What differs between the arms."""

    rows: list[Row]
    drawings: list[Drawing]
    left_out: list[str]
    same: bool
    hangs_on: list[str]


def settings(found: Contrast, left_out: Sequence[str]) -> Settings:
    """A table with a column for each arm, and a drawing for each zone that all arms needle."""
    zones = [zone.zone.key for zone in found.runs[0].zones if all(run.zone(zone.zone.key).punctures for run in found.runs)]
    keys = lookup.unique(zone.zone.key for run in found.runs for zone in lookup.treated(run))
    several = len(keys) > 1
    rows = [row for key in keys for row in _rows(found, key, several)] + list(_others(found))
    drawings = [Drawing(words.title(key) if several else "", _drawing(found, key)) for key in zones]
    dropped = lookup.unique(words.name(path.rpartition(".")[2]) for path in left_out)
    return Settings(rows, drawings, dropped, not found.settings, list(found.hangs_on))


def _rows(found: Contrast, key: str, several: bool) -> Iterator[Row]:
    """Device and technique of one zone in every arm; what no arm has is left out, and what says nothing of devices that are
    alike."""
    zones = [run.zone(key) for run in found.runs]
    where = words.title(key) if several else ""
    yield Row("Device", where, [(zone.device.name if zone.device else "not needled", "") for zone in zones])
    for label, of in _DEVICE:
        row = Row(label, where, [(of(zone.device) if zone.device else words.NOTHING, "") for zone in zones])
        if row.differs:
            yield row
    for name in _TECHNIQUE:
        said = [_said(run, zone, name) for run, zone in zip(found.runs, zones, strict=True)]
        if any(text != words.NOTHING for text, _ in said):
            yield Row("Needle pitch" if name == "pitch" else words.title(name), where, said)


def _said(run: Run, zone: ZoneRun, name: str) -> tuple[str, str]:
    """What a case says of one setting, or what was taken for it and why."""
    if zone.settings is None:
        return words.NOTHING, ""
    stated = _stated(zone.settings, name)
    if stated:
        return stated, ""
    path = f"course.settings.{zone.zone.key}.{name}"
    taken = next((n for n in run.notices if n.path == path and n.message.startswith(_TAKEN)), None)
    if taken is None:
        return words.NOTHING, ""
    text, _, detail = taken.message.removeprefix(_TAKEN).partition(" (")
    spread = re.sub(r"(?<=\d)-(?=\d)", words.DASH, detail.rstrip(")"))
    return text, ", ".join(filter(None, ("taken as usual", spread, taken.source)))


def _stated(settings: CaseSettings, name: str) -> str:
    """What the case says of one setting, and in which sessions it says something else; '' where it says nothing."""
    usual = settings.model_dump(mode="json")
    changes = [(change[name], change["sessions"]) for change in usual["changes"] if change.get(name) is not None]
    other = [f"{value} in session {words.listing([str(s) for s in sessions])}" for value, sessions in changes]
    return "; ".join(filter(None, [str(usual.get(name) or ""), *other]))


def in_table(notice: Said) -> bool:
    """Whether the table says what a notice says: that a setting of technique is not stated, and what was taken for it."""
    return notice.message.lower().startswith(_TAKEN) and notice.field.lower().replace(" ", "_") in _TECHNIQUE


def _others(found: Contrast) -> Iterator[Row]:
    """Differences beside device and technique: sessions, products, adjuncts, aftercare."""
    for path, values in found.settings:
        if not _HANDLED.match(path):
            yield Row(
                words.title(path.removeprefix("course.").replace(".", ", ")),
                "",
                [(value or words.NOTHING, "") for value in values],
            )


def _drawing(found: Contrast, key: str) -> Markup:
    """Tips and channels of every arm in the same skin, first session."""
    zones = [run.zone(key) for run in found.runs]
    arms = [_arm(label, run, zone) for label, run, zone in zip(found.labels, found.runs, zones, strict=True)]
    said = "; ".join(f"{arm.name}: {arm.set_words}, tips {arm.in_situ_words}, channels {arm.residual_words}" for arm in arms)
    return depths.draw(arms, _layers(zones[0]), f"{words.title(key)}: where the needles of every arm end", said)


def _arm(label: str, run: Run, zone: ZoneRun) -> depths.Arm:
    assert zone.set_first is not None
    inside, left = pierced(zone.punctures[0].in_situ_depth), pierced(zone.punctures[0].residual_depth)
    return depths.Arm(
        label,
        zone.set_first.needle_length,
        f"set to {words.given(zone.set_first.needle_length, 'mm')}",
        inside,
        left,
        _median(run, zone, "in_situ_depth", inside),
        _median(run, zone, "residual_depth", left),
    )


def _median(run: Run, zone: ZoneRun, name: str, values: np.ndarray) -> str:
    found = lookup.first(run, name, zone.zone.key)
    shown = band(values, "mm") if found is None else lookup.of(found)
    return words.with_unit(shown.value, "mm") if shown.known else "none pierces"


def _layers(zone: ZoneRun) -> list[depths.Layer]:
    faces = np.nanmedian(zone.skin.interfaces, axis=0)
    return [
        depths.Layer("Epidermis", float(faces[1]), "fill-epidermis"),
        depths.Layer("Papillary dermis", float(faces[2]), "fill-papillary"),
        depths.Layer("Reticular dermis", float(faces[4]), "fill-reticular"),
        depths.Layer("Fat below", float("inf"), "fill-fat"),
    ]
