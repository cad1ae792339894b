"""What the records of the stages hold, field by field: what it says, its unit, the axes of its array.

These are the labels of `run.nc`: a table (group of the file) per kind of record, a row per record, a variable per field.
A field whose axis has its own name is the coordinate of that axis, common to all rows. The axes of a record that is
shorter than others of its table end where the numbers of a ruler end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..delivery import Guard, Numbness
from ..flows import Channels, Exposure, Pattern, Punctures, TissueHistory
from ..skin import Skin
from .run import Everybody
from .weight import Weight

STATE = "state"


@dataclass(frozen=True)
class Field:
    """One field of a record. No axes: a single value or a text. `name`: its name in the file, the field's own if empty."""

    title: str
    unit: str = "1"
    axes: tuple[str, ...] = ()
    name: str = ""

    @property
    def shared(self) -> bool:
        """Whether it is the coordinate of an axis."""
        return self.axes == (self.name,)


@dataclass(frozen=True)
class Table:
    """A group of the file: a row per record.

    rows : what tells the records apart; a field of that name is not written, its row says it.
    rulers : axis -> field whose numbers end where a record's axis ends.
    top : fields that stand in the top group, beside those of other tables.
    """

    kind: type
    rows: tuple[str, ...]
    fields: Mapping[str, Field]
    rulers: Mapping[str, str]
    top: frozenset[str]

    def by_state(self, key: str) -> bool:
        """Whether a field becomes a variable per state of the network: on top, where people look for them by name."""
        return key in self.top and STATE in self.fields[key].axes


def _table(
    kind: type,
    rows: tuple[str, ...],
    fields: Mapping[str, Field],
    rulers: Mapping[str, str] = MappingProxyType({}),
    top: str = "",
) -> Table:
    named = {key: replace(one, name=one.name or key) for key, one in fields.items()}
    return Table(kind, rows, named, rulers, frozenset(top.split()))


def _person(title: str, unit: str = "1", *axes: str, name: str = "") -> Field:
    return Field(title, unit, ("draw", *axes), name)


_NOTICES = Field("remarks, as JSON")
_READS = Field("names of the parameters and pools that were read, by field, as JSON")
_ZONE, _SESSION = Field("key of the zone", name="of_zone"), Field("sessions before it", name="of_session")

_SKIN = {
    "zone": _ZONE,
    "site": Field("anatomical site in the catalogue of sites"),
    "species": Field("species"),
    "alive": Field("false for excised or reconstructed skin"),
    "stratum_corneum": _person("thickness of the stratum corneum", "mm"),
    "viable_epidermis": _person("thickness of the viable epidermis", "mm"),
    "papillary_dermis": _person("thickness of the papillary dermis", "mm"),
    "dermis": _person("thickness of the dermis, papillary dermis included", "mm"),
    "stiffness": _person("effective indentation modulus", "MPa"),
    "capillary_depth": _person("depth of the first capillary loops below the surface", "mm"),
    "tewl": _person("transepidermal water loss, baseline", "g/m^2/h"),
    "temperature": _person("temperature of the skin", "degC"),
    "pigment": _person("pigment drive relative to phototype III"),
    "age": Field("age", "yr"),
    "sex": Field("sex"),
    "phototype": Field("phototype"),
    "over_bone": Field("whether bone lies right below"),
    "appendages": _person("hair follicles", "1/cm^2"),
    "notices": _NOTICES,
    "reads": _READS,
}
_PATTERN = {
    "contacts": _person("contacts of needles with the skin, re-entries included", "1/cm^2"),
    "holes": _person("places that needles hit, each counted once", "1/cm^2"),
    "reentry_share": _person("share of the contacts that land in a hole that is there already"),
    "nearest": _person("mean distance from a place to the nearest other one", "mm"),
    "hit_twice": _person("share of the surface that the width of two or more needles covers"),
    "slit_length": _person("way of a needle through the surface while inside, at most", "mm"),
    "pace": _person("time that the needling takes", "min/cm^2"),
}
_PUNCTURES = {
    "zone": _ZONE,
    "session": _SESSION,
    "attempted_density": _person("places that needles hit", "1/cm^2"),
    "density": _person("punctures that pierced the skin", "1/cm^2"),
    "pierced_fraction": _person("share of the contacts that pierced"),
    "in_situ_depth": _person("depth below the surface, needle still inside", "mm", "needle"),
    "residual_depth": _person("depth of the channel left after removal", "mm", "needle"),
    "needle_diameter": _person("needle's local diameter at the skin surface when deepest", "mm", "needle"),
    "channel_diameter": _person("diameter of the hole at the surface after removal", "mm", "needle"),
    "force": _person("peak force of one needle", "N", "needle"),
    "reach": _person("share of the piercing needles that enter a layer", "1", "layer"),
    "bleeding_fraction": _person("share of the punctures that bleed"),
    "notices": _NOTICES,
    "pattern": Field("how the contacts lie on the zone"),
    "vessel_cut_fraction": _person("share of the punctures that cut a vessel"),
    "bleeding_endpoint": _person("chance that the operator sees uniform pinpoint bleeding"),
    "vessels_cut": _person("vessels that a puncture cuts, mean"),
    "reads": _READS,
}
_CHANNELS = {
    "zone": _ZONE,
    "session": _SESSION,
    "time": Field("time after a session", "h", ("channel_time",), "channel_time"),
    "density": _person("channels", "1/cm^2"),
    "depth": _person("mean residual depth", "mm"),
    "radius": _person("root-mean-square radius at the surface just after removal", "mm"),
    "open_fraction": _person("open cross-section relative to just after removal", "1", "channel_time"),
    "tewl": _person("transepidermal water loss", "g/m^2/h", "channel_time"),
    "closure_time": _person("time until closed, by what is read", "h", "readout"),
    "notices": _NOTICES,
    "covered": Field("time under an occlusive cover right after needling", "h"),
    "reads": _READS,
}
_EXPOSURE = {
    "zone": _ZONE,
    "session": _SESSION,
    "product": Field("product"),
    "active": Field("active"),
    "time": Field("time after the session, negative before it", "h", ("delivery_index",), "delivery_time"),
    "dose": _person("dose applied", "ug/cm^2"),
    "amount": _person("where the dose is", "ug/cm^2", "compartment", "delivery_index"),
    "through_channels": _person("amount that has entered by way of the channels", "ug/cm^2", "delivery_index"),
    "intact_below_sc": _person(
        "amount below the stratum corneum, cleared included, had nobody needled", "ug/cm^2", "delivery_index"
    ),
    "dermal_concentration": _person("mean concentration over the dermis", "ug/cm^3", "delivery_index"),
    "notices": _NOTICES,
    "at_nerves": _person("unbound concentration at the papillary nerves, of anaesthetics", "ug/cm^3", "delivery_index"),
    "at_depths": _person("the same at depths, nowhere above those nerves", "ug/cm^3", "nerve_depth", "delivery_index"),
    "removed": Field("time after the session at which the product is wiped off", "h"),
    "reads": _READS,
}
_NUMBNESS = {
    "zone": _ZONE,
    "session": _SESSION,
    "time": Field("time after the needling, negative before it", "h", ("numb_index",), "numb_time"),
    "block": _person("share of the nociceptors that are blocked", "1", "numb_index"),
    "apply": Field("time after the needling when the first product was put on", "h"),
    "remove": Field("time after the needling when the last product was wiped off", "h"),
    "below": _person("the same at depths below the skin surface", "1", "nerve_depth", "numb_index"),
    "reads": _READS,
    "deep": _person("the same at depths below the skin surface at the needling", "1", "nerve_depth"),
}
_HISTORY = {
    "zone": _ZONE,
    "time": Field("time after the first session", "d", ("time",), "time"),
    "sessions": Field("days of the sessions after the first", "d", ("session",)),
    "states": Field("state of the healing network", "1", ("state",), "state"),
    "values": _person("inside the activated part", "1", "layer", "time", "state"),
    "activated_fraction": _person("share of the layer that a session activates", "1", "layer", "session"),
    "local_damage": _person("destroyed share of the activated part", "1", "layer", "session"),
    "status": _person("0 = done; anything else = failed", "1", "layer"),
    "notices": _NOTICES,
    "means": _person("mean of a state over the whole layer, where anything reads it", "1", "layer", "time", "state"),
    "inflammation": _person("inflammation that a session brings, over depth and time", "mm*d", "session"),
    "clearing": _person("mean time of this person's inflammation", "d"),
    "cut_vessels": _person("vessels that were cut", "1/cm^2", "session"),
    "reads": _READS,
}
_GUARD = {
    "what": Field("what is held against a limit"),
    "applied": Field("amount, in its own unit"),
    "limit": Field("limit, in the same unit"),
    "share": Field("share of the limit"),
    "unit": Field("unit of the amount and the limit", name="in_unit"),
    "verdict": Field("ok, caution or stop"),
    "sources": Field("who says so, as JSON"),
    "note": Field("remark"),
}

_WEIGHT = {
    "quantity": Field("quantity in the catalogue"),
    "detail": Field("what else the endpoint is about"),
    "zone": Field("key of the zone", name="of_zone"),
    "time": Field("time after the first session", "d", name="weight_time"),
    "grades": Field("share of the spread by grade of evidence", "1", ("grade",)),
    "grade_errors": Field("standard error of that share", "1", ("grade",)),
    "spreads": Field("share of the spread by its source", "1", ("spread",)),
    "spread_errors": Field("standard error of that share", "1", ("spread",)),
    "people": Field("people who were looked at with each group closed"),
    "carried_by": Field("parameters and pools that the endpoint follows most, as JSON"),
}
_EVERYBODY = {
    "quantity": Field("quantity in the catalogue"),
    "detail": Field("what else the endpoint is about"),
    "zone": Field("key of the zone", name="of_zone"),
    "time": Field("time after the first session", "d", name="endpoint_time"),
    "values": Field("the endpoint, in the unit that the summary says", "1", ("person",)),
}


def _of_the_reference(fields: Mapping[str, Field]) -> dict[str, Field]:
    """The fields of a history on axes of its own: the usual course has other days than the case, and fewer states."""

    def own(name: str) -> str:
        return f"reference_{name}" if name in ("time", "session", STATE) else name

    return {key: replace(one, axes=tuple(map(own, one.axes)), name=own(one.name)) for key, one in fields.items()}


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "skin": _table(Skin, ("zone",), _SKIN),
        "punctures": _table(
            Punctures,
            ("zone", "session"),
            _PUNCTURES,
            top="density pierced_fraction bleeding_fraction in_situ_depth residual_depth channel_diameter force reach",
        ),
        "punctures/pattern": _table(Pattern, ("zone", "session"), _PATTERN),
        "channels": _table(Channels, ("zone", "session"), _CHANNELS, top="time open_fraction tewl closure_time"),
        "exposures": _table(
            Exposure, ("exposure",), _EXPOSURE, {"delivery_index": "time"}, top="time amount through_channels"
        ),
        "numbness": _table(Numbness, ("zone", "session"), _NUMBNESS, {"numb_index": "time"}),
        "healing": _table(TissueHistory, ("zone",), _HISTORY, {"session": "sessions"}, top="time values status"),
        "reference": _table(TissueHistory, (), _of_the_reference(_HISTORY)),
        "guards": _table(Guard, ("guard",), _GUARD),
        "weights": _table(Weight, ("endpoint",), _WEIGHT),
        "everybody": _table(Everybody, ("any_endpoint",), _EVERYBODY),
    }
)
"""Group of the file -> what stands in it. What is nested in a record has a group below it, with the same rows."""
