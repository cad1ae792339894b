"""The run as labelled arrays (xarray) with units on every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..flows import COMPARTMENTS, LAYERS, READOUTS

if TYPE_CHECKING:
    import xarray as xr

    from .run import Run, ZoneRun


def to_dataset(run: Run) -> xr.Dataset:
    """All stage results of a run.

    Dims: draw, zone, layer, time (days after the first session), session, channel_time and delivery_time (hours after
    a session), needle, readout, exposure, compartment. What a zone does not have (an untreated zone has no punctures)
    is NaN. Numbers are stored in single precision, every variable with its unit.
    """
    import xarray as xr

    keys = [zone.zone.key for zone in run.zones]
    data = xr.Dataset(coords={"zone": keys, "draw": np.arange(run.provenance["draws"]), "layer": list(LAYERS)})
    data = data.assign(_healing(run)).assign(_needling(run)).assign(_exposures(run))
    data.attrs = {"title": run.case.title, **{k: str(v) for k, v in run.provenance.items()}}
    return data


def _single(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)


def _healing(run: Run) -> dict[str, xr.DataArray]:
    import xarray as xr

    first = run.zones[0].history
    found = {}
    for name in first.states:
        stack = np.stack([_single(zone.history.state(name)) for zone in run.zones], axis=1)
        found[name] = xr.DataArray(
            stack,
            dims=("draw", "zone", "layer", "time"),
            coords={"time": first.time},
            attrs={"units": "1", "long_name": f"{name}, inside the activated part"},
        )
        found[name].time.attrs = {"units": "d", "long_name": "time after the first session"}
    status = np.stack([zone.history.status for zone in run.zones], axis=1).astype(np.int8)
    found["status"] = xr.DataArray(status, dims=("draw", "zone", "layer"), attrs={"units": "1", "long_name": "0 = done"})
    return found


_PUNCTURES = {
    "density": ("1/cm^2", ()),
    "pierced_fraction": ("1", ()),
    "bleeding_fraction": ("1", ()),
    "in_situ_depth": ("mm", ("needle",)),
    "residual_depth": ("mm", ("needle",)),
    "channel_diameter": ("mm", ("needle",)),
    "force": ("N", ("needle",)),
    "reach": ("1", ("layer",)),
}
_CHANNELS = {
    "open_fraction": ("1", ("channel_time",)),
    "tewl": ("g/m^2/h", ("channel_time",)),
    "closure_time": ("h", ("readout",)),
}


def _needling(run: Run) -> dict[str, xr.DataArray]:
    treated = [zone for zone in run.zones if zone.punctures]
    if not treated:
        return {}
    hours = treated[0].channels[0].time
    found = {name: _stacked(run, "punctures", name, unit, dims) for name, (unit, dims) in _PUNCTURES.items()}
    for name, (unit, dims) in _CHANNELS.items():
        array = _stacked(run, "channels", name, unit, dims)
        coords = {"channel_time": hours} if "channel_time" in dims else {"readout": list(READOUTS)}
        found[name] = array.assign_coords(coords)
    return found


def _stacked(run: Run, part: str, name: str, unit: str, dims: tuple[str, ...]) -> xr.DataArray:
    import xarray as xr

    def one(zone: ZoneRun) -> np.ndarray | None:
        records = getattr(zone, part)
        return np.stack([_single(getattr(r, name)) for r in records], axis=1) if records else None

    parts = [one(zone) for zone in run.zones]
    model = next(p for p in parts if p is not None)
    filled = [np.full_like(model, np.nan) if p is None else p for p in parts]
    return xr.DataArray(np.stack(filled, axis=1), dims=("draw", "zone", "session", *dims), attrs={"units": unit})


def _exposures(run: Run) -> dict[str, xr.DataArray]:
    import xarray as xr

    found = [(zone.zone.key, exposure) for zone in run.zones for exposure in zone.exposures]
    if not found:
        return {}
    label = [f"{key}/{e.session + 1}/{e.product}/{e.active}" for key, e in found]
    dims = ("exposure", "draw", "delivery_index")
    size = max(e.time.size for _, e in found)

    def padded(values: np.ndarray) -> np.ndarray:
        short = size - values.shape[-1]
        return np.pad(_single(values), [(0, 0)] * (values.ndim - 1) + [(0, short)], constant_values=np.nan)

    amounts = np.stack([padded(e.amount) for _, e in found])
    hours = np.stack([padded(e.time) for _, e in found])
    return {
        "amount": xr.DataArray(
            amounts,
            dims=("exposure", "draw", "compartment", "delivery_index"),
            coords={"exposure": label, "compartment": list(COMPARTMENTS)},
            attrs={"units": "ug/cm^2"},
        ),
        "delivery_time": xr.DataArray(hours, dims=("exposure", "delivery_index"), attrs={"units": "h"}),
        "through_channels": xr.DataArray(
            np.stack([padded(e.through_channels) for _, e in found]), dims=dims, attrs={"units": "ug/cm^2"}
        ),
    }
