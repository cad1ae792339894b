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
_COUNTED = ("passes", "track_spacing")  # nothing is taken for these where a density says how many needles fall
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
    """What holds for one setting, in which sessions something else, and why where it is not stated but taken as usual."""
    if zone.settings is None:
        return words.NOTHING, ""
    text, remark = _taken(run, zone, name)
    found: dict[str, list[int]] = {}
    for session in range(len(run.case.session_days)):
        here = zone.settings.at(session)
        value = _stated(here, name) or ("" if here.density is not None and name in _COUNTED else text)
        found.setdefault(value, []).append(session + 1)
    if not remark or text not in found:
        return _in_words(found, _stated(zone.settings, name)), ""
    usual = "taken as usual" if len(found) == 1 else f"{text} taken as usual"
    return _in_words(found, text), ", ".join((usual, *remark))


def _taken(run: Run, zone: ZoneRun, name: str) -> tuple[str, tuple[str, ...]]:
    """What was taken for a setting that some session does not state; its spread and its source."""
    path = f"course.settings.{zone.zone.key}.{name}"
    taken = next((n for n in run.notices if n.path == path and n.message.startswith(_TAKEN)), None)
    if taken is None:
        return "", ()
    text, _, detail = taken.message.removeprefix(_TAKEN).partition(" (")
    spread = re.sub(r"(?<=\d)-(?=\d)", words.DASH, detail.rstrip(")"))
    return text, tuple(filter(None, (spread, taken.source)))


def _stated(settings: CaseSettings, name: str) -> str:
    """What the case says of one setting; '' where it says nothing."""
    value = settings.model_dump(mode="json", include={name}).get(name)
    return "" if value is None else str(value)


def _in_words(found: dict[str, list[int]], usual: str) -> str:
    """The usual value, and every other with its sessions; with sessions all of them where some have none of it."""
    held = {value: sessions for value, sessions in found.items() if value}
    if not held:
        return words.NOTHING
    bare = usual if len(held) == len(found) and usual in held else next(iter(held)) if len(found) == 1 else ""
    other = (f"{value} in session {words.listing([*map(str, on)])}" for value, on in held.items() if value != bare)
    return "; ".join(filter(None, (bare, *other)))


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
