"""The verb that draws where the needles of one session land: map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import CaseFile, Force, Machine, OutFile, Own, Seed, Set, read_case, read_evidence

if TYPE_CHECKING:
    from ..case import Case
    from ..device import Device
    from ..evidence import Evidence
    from ..pattern import MapStatistics, PunctureMap

HEADER = "x_mm,y_mm,pass,needle,slit_mm"


def draw_map(
    case: CaseFile,
    zone: Annotated[
        str | None,
        typer.Option(
            "--zone", metavar="ZONE", show_default=False, help="Zone to draw; left out, the first that is treated."
        ),
    ] = None,
    session: Annotated[int, typer.Option("--session", metavar="N", min=1, help="Session to draw, counted from 1.")] = 1,
    out: OutFile = None,
    settings: Set = None,
    evidence: Own = None,
    seed: Seed = 1,
    force: Force = False,
    json: Machine = False,
) -> None:
    """Draw where every needle of one session lands, and count what overlaps."""
    from .machine import emit, only_json
    from .writing import write_text

    with only_json(json):
        believed = read_evidence(evidence)
        found = _drawn(read_case(case, settings, believed), zone, session, seed, believed)
        if out is not None:
            write_text(out, _table(found["map"]), force=force)
    summary = {
        "zone": found["zone"],
        "session": session,
        "device": found["device"].id,
        "seed": seed,
        "outline": found["outline"],
        "expected_contact_density": found["density"],
        "statistics": found["statistics"],
        "written": out,
    }
    if json:
        emit(summary)
    else:
        _show(summary, found["device"].name)


def _drawn(case: Case, key: str | None, session: int, seed: int, evidence: Evidence) -> dict[str, Any]:
    import numpy as np

    from ..core import Luck
    from ..evidence import Draws
    from ..pattern import puncture_map, raster_of, statistics
    from ..twin.resolve import resolve

    plans = {plan.zone.key: plan for plan in resolve(case, evidence)}
    plan = plans[_zone(case, key)]
    assert plan.device is not None
    assert plan.settings is not None
    typical = Draws(evidence, Luck(seed, 1, frozenset()))
    _require_session(case, session)
    raster = raster_of(plan.device, plan.settings, typical, plan.zone.key, session - 1)
    outline = None if plan.zone.outline is None else np.array(plan.zone.outline, dtype=float)
    drawn = puncture_map(raster, Luck(seed, 1), outline=outline, area_cm2=plan.zone.area, border=True, zone=plan.zone.key)
    return {
        "zone": plan.zone.key,
        "device": plan.device,
        "density": raster.density,
        "map": drawn,
        "outline": "drawn" if outline is not None else "square",
        "statistics": _read(drawn, plan.device, typical, statistics),
    }


def _require_session(case: Case, session: int) -> None:
    from ..core.errors import CaseError, Fault

    if session > len(case.session_days):
        said = f"is not a session of this course, which has {len(case.session_days)}"
        raise CaseError([Fault("--session", str(session), said)])


def _read(drawn: PunctureMap, device: Device, typical: Any, statistics: Any) -> MapStatistics:
    width = device.needle_diameter
    return statistics(drawn, reentry=width * typical.median("reentry_distance_ratio", "1"), radius=0.5 * width)


def _zone(case: Case, key: str | None) -> str:
    """The key of the zone that is meant; raises `CaseError` where there is none to draw."""
    from ..core.errors import CaseError, Fault

    treated = [zone.key for zone in case.zones if zone.treated]
    if key is None:
        if not treated:
            raise CaseError([Fault("zones", "", "holds no zone that is treated; there is nothing to draw")])
        return treated[0]
    if key not in [zone.key for zone in case.zones]:
        raise CaseError(
            [Fault("--zone", key, f"is not a zone of this case, which has {', '.join(zone.key for zone in case.zones)}")]
        )
    if key not in treated:
        raise CaseError([Fault("--zone", key, "is not treated in this case; there is nothing to draw")])
    return key


def _table(drawn: PunctureMap) -> str:
    """Contacts in the order of time as CSV, to the micrometre; passes and needles count from 1."""
    rows = zip(drawn.position.tolist(), drawn.pass_number.tolist(), drawn.needle.tolist(), drawn.slit.tolist(), strict=True)
    lines = [f"{x:.3f},{y:.3f},{number + 1},{needle + 1},{slit:.3f}" for (x, y), number, needle, slit in rows]
    return "\n".join([HEADER, *lines, ""])


_ROWS = (
    ("contacts", "contacts", ""),
    ("area", "area_cm2", "cm^2"),
    ("contact density", "contact_density", "1/cm^2"),
    ("holes of their own", "hole_density", "1/cm^2"),
    ("contacts that land in a hole", "reentry_share", ""),
    ("variance over mean, 1 mm squares", "dispersion", ""),
    ("nearest hole, mean", "nearest_mean_mm", "mm"),
    ("nearest hole, 5 %", "nearest_p05_mm", "mm"),
    ("nearest hole, median", "nearest_p50_mm", "mm"),
    ("nearest hole, 95 %", "nearest_p95_mm", "mm"),
    ("surface under a needle", "area_hit", ""),
    ("surface under two or more", "area_hit_twice", ""),
    ("thinner at the edge by", "edge_shortfall", ""),
    ("way of a needle in the surface, at most", "slit_length_mm", "mm"),
)


def _show(summary: dict[str, Any], device: str) -> None:
    from rich.markup import escape

    from .tables import console, listing, number

    page = console()
    table = listing("of the map", "value", "unit", title=f"zone {escape(summary['zone'])}, {escape(device)}")
    for title, name, unit in _ROWS:
        table.add_row(title, number(getattr(summary["statistics"], name)), unit)
    page.print(table)
    page.print(
        f"Expected far from the edge: {number(summary['expected_contact_density'])} contacts per cm^2. Typical "
        "settings stand in for what the case leaves open.",
        style="dim",
    )
    written = summary["written"]
    page.print(f"Wrote {escape(str(written))}" if written else "Nothing was written; name a file with --out.", style="dim")
