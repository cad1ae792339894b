"""Measurements from laboratories: needles going in, channels closing, passage, permeability, healing."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from .cells import SAID, Count, NotNegative, Ph, Positive, Ref, SourceId, Word
from .row import Row, Wrong

LONGEST_NEEDLE = 5000.0  # um; no needle of a device for skin is longer
SPECIES = ("human", "pig", "porcine", "rat", "mouse", "rabbit", "guinea pig", "animal", "not stated", "not in abstract")
"""Words of which a skin that was measured names one, if only to say that nobody stated it."""
_JUST_SKIN = re.compile(r"(living |excised |in vitro |ex vivo )*skin(,? (in|ex) (vivo|vitro))*", re.IGNORECASE)
_SPECIES = re.compile(rf"\b({'|'.join(SPECIES)})\b", re.IGNORECASE)


def _read_skin(text: str) -> str:
    if not (_SPECIES.search(text) or _JUST_SKIN.fullmatch(text)):
        raise PydanticCustomError(SAID, "{why}", {"why": f"names no skin that is known; one of {', '.join(SPECIES)}"})
    return text


SkinWords = Annotated[Word, AfterValidator(_read_skin)]
NeedleLength = Annotated[float, Field(gt=0.0, le=LONGEST_NEEDLE)]


def _measured(quantity: str, unit: str, value: float, units: Mapping[str, tuple[str, ...]]) -> Iterator[Wrong]:
    """What is wrong with a number: a unit that is none of its quantity, a share above one."""
    allowed = units.get(quantity, (unit,))
    if unit not in allowed:
        yield Wrong("unit", f"is not a unit of {quantity}; one of {', '.join(allowed)}")
    elif unit == "1" and quantity in SHARES and value > 1.0:
        yield Wrong("value", f"is above 1, and {quantity} is a share")


SHARES = ("fraction_penetrated", "pore_open_fraction")

Percent = Annotated[float, Field(ge=0.0, le=100.0)]
Celsius = Annotated[float, Field(ge=-273.15, le=200.0)]


class InsertionRow(Row):
    """Force, depth, width or share of needles that were pushed into skin."""

    table: ClassVar[str] = "measurements/insertion"

    source: SourceId
    skin: SkinWords
    device: Word
    needle_length_um: NeedleLength | None
    tip_radius_um: Positive | None
    base_width_um: Positive | None
    needle_count: Count | None
    spacing_um: Positive | None
    applied: str
    quantity: Literal["insertion_force", "depth", "channel_diameter", "fraction_penetrated"]
    value: NotNegative
    sd: NotNegative | None
    unit: Literal["N", "um", "1"]
    n: Count | None
    kind: tuple[
        Literal[
            "approx",
            "base_width_inferred",
            "binary",
            "deposit",
            "fraction_of_length",
            "fraction_of_needles",
            "fraction_of_travel",
            "in_situ",
            "lower_bound",
            "per_needle",
            "potential",
            "range_high",
            "range_low",
            "residual",
            "upper_bound",
        ],
        ...,
    ]
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A unit of the quantity; a share is at most one."""
        yield from super().laws()
        yield from _measured(self.quantity, self.unit, self.value, _INSERTION_UNITS)


_INSERTION_UNITS = {"insertion_force": ("N",), "depth": ("um",), "channel_diameter": ("um",), "fraction_penetrated": ("1",)}


class ClosureRow(Row):
    """When, or how far, channels had closed by one read-out."""

    table: ClassVar[str] = "measurements/closure"

    source: SourceId
    skin: SkinWords
    device: Word
    needle_length_um: NeedleLength | None
    occluded: bool | None
    readout: Literal["TEWL", "dye", "impedance", "OCT", "drug_delivery", "histology"]
    quantity: Literal["closure_time", "pore_open_fraction", "TEWL"]
    time_h: NotNegative | None
    time_sd_h: NotNegative | None
    value: NotNegative
    sd: NotNegative | None
    unit: Literal["h", "1", "g/m2/h"]
    n: Count | None
    kind: tuple[
        Literal[
            "approx",
            "baseline",
            "lower_bound",
            "meta_analysis",
            "model_predicted",
            "occlusion_inferred",
            "occlusion_unconfirmed",
            "thermal",
            "upper_bound",
        ],
        ...,
    ]
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A unit of the quantity; a share is at most one."""
        yield from super().laws()
        yield from _measured(self.quantity, self.unit, self.value, _CLOSURE_UNITS)


_CLOSURE_UNITS = {"closure_time": ("h",), "pore_open_fraction": ("1",), "TEWL": ("g/m2/h",)}


class PermeationRow(Row):
    """What passed needled skin, and intact skin beside it."""

    table: ClassVar[str] = "measurements/permeation_microneedle"

    source: SourceId
    skin: SkinWords
    permeant: Word
    mw_g_mol: Positive
    log_kow: float | None
    device: Word
    needle_length_um: NeedleLength | None
    needle_density_per_cm2: Positive | None
    patch_load_ug: Positive | None
    patch_area_mm2: Positive | None
    time_h: Positive | None
    quantity: Literal["flux", "enhancement_ratio", "cumulative", "retained"]
    value_untreated: NotNegative | None
    sd_untreated: NotNegative | None
    value_treated: NotNegative
    sd_treated: NotNegative | None
    fraction_permeated_pct: Percent | None
    unit: Literal["ug/cm2/h", "1", "% of dose", "ug", "ug/cm2"]
    n: Count | None
    kind: tuple[
        Literal[
            "approx",
            "best_condition",
            "in_vivo",
            "negative_control",
            "not_microneedle",
            "not_significant",
            "other_vehicle",
            "percent_of_dose",
            "range_high",
            "range_low",
            "second_hand",
        ],
        ...,
    ]
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A unit of the quantity; a share of the dose is at most all of it."""
        yield from super().laws()
        yield from _measured(self.quantity, self.unit, self.value_treated, _PERMEATION_UNITS)
        for column in ("value_treated", "value_untreated"):
            value = getattr(self, column)
            if self.unit == "% of dose" and value is not None and value > 100.0:
                yield Wrong(column, "is above 100, and it is a share of the dose in per cent")


_AMOUNTS = ("ug", "ug/cm2", "% of dose")
_PERMEATION_UNITS = {"flux": ("ug/cm2/h",), "enhancement_ratio": ("1",), "cumulative": _AMOUNTS, "retained": _AMOUNTS}


class PermeabilityRow(Row):
    """The permeability of one membrane for one compound, as a laboratory recorded it."""

    table: ClassVar[str] = "measurements/permeability_intact"

    source: SourceId
    compound: Word
    smiles: str
    log10_kp_cm_s: float
    skin_source: str
    skin_site: str
    layer: Literal[
        "epidermis",
        "stratum corneum",
        "epidermis, dermis",
        "dermis",
        "epidermis without stratum corneum",
        "epidermis, dermis without stratum corneum",
        "unknown",
    ]
    preparation: str
    storage_temperature_c: Celsius | None
    storage_duration_d: NotNegative | None
    neat: bool
    donor_temperature_c: Celsius | None
    donor_ph: Ph | None
    donor_type: str
    acceptor_temperature_c: Celsius | None
    acceptor_ph: Ph | None
    acceptor_type: str
    cell_type: str
    crippen_log_p_deposited: float | None
    monoisotopic_mass_g_mol: Positive | None
    mw_g_mol: Positive | None
    crippen_log_p: float | None
    tpsa_a2: NotNegative | None


class PermeabilityMedianRow(Row):
    """Medians by compound of other collections."""

    table: ClassVar[str] = "measurements/permeability_intact_medians"

    source: SourceId
    compound: Word
    log10_kp_epidermis_cm_s: float | None
    log10_kp_dermis_cm_s: float | None


class HealingRow(Row):
    """Tissue, cells, barrier, redness or pain on some day after needling or another wound."""

    table: ClassVar[str] = "measurements/healing_timecourse"

    source: SourceId
    species: Word
    site: str
    procedure: Word
    quantity: Annotated[Word, Ref.of("validation_map.quantity")]
    time_d: NotNegative | None
    value: float
    sd: NotNegative | None
    n: Count | None
    unit: Literal[
        "%",
        "sign",
        "fold",
        "fraction",
        "grade points",
        "score points",
        "0-10",
        "d",
        "h",
        "um",
        "% of baseline",
        "ratio",
        "mol/mol collagen",
        "relative",
        "% of control",
        "ng/ml",
        "%/decade",
        "%/h",
        "cells/mm2",
        "mm of 100",
        "0/1",
    ]
    baseline_or_control: str
    kind: tuple[
        Literal[
            "comparator",
            "direction",
            "in_vitro",
            "midpoint",
            "model_predicted",
            "negative_result",
            "other_injury",
            "residual",
            "sd_computed",
            "second_hand",
            "uncontrolled",
            "upper_bound",
        ],
        ...,
    ]
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A sign is -1, 0 or 1; a fraction lies between nothing and all."""
        yield from super().laws()
        low, high = _RANGES.get(self.unit, (self.value, self.value))
        if not low <= self.value <= high or (self.unit in ("sign", "0/1") and self.value != round(self.value)):
            yield Wrong("value", f"is not a value in {self.unit!r}, which goes from {low:g} to {high:g}")


_RANGES = {"sign": (-1.0, 1.0), "0/1": (0.0, 1.0), "fraction": (0.0, 1.0), "0-10": (0.0, 10.0), "mm of 100": (-100.0, 100.0)}


class NumbnessRow(Row):
    """What a numbing cream does before a needle, a laser or a cannula."""

    table: ClassVar[str] = "measurements/numbness"

    source: SourceId
    product: Word
    lidocaine_pct: Percent | None
    prilocaine_pct: Percent | None
    tetracaine_pct: Percent | None
    vehicle: Literal["cream", "gel", "peel", "patch", "none"]
    occluded: Literal["true", "false", "self-occluding"] | None
    time_min: NotNegative | None
    time_after_removal_min: NotNegative | None
    site: str
    population: Literal["adults", "children"]
    test: Literal["needle_insertion", "venous_access", "needling", "laser", "punch", "not_stated"]
    test_depth_mm: Positive | None
    readout: Literal[
        "vas_0_100",
        "share_adequate",
        "share_mild_pain",
        "share_no_pain",
        "pain_threshold_depth",
        "sensory_threshold_depth",
        "acceptable_pain_depth",
        "minimal_effective_time",
        "direction_against_placebo",
    ]
    statistic: Literal["mean", "median", "share", "maximum", "all", "cusum", "sign"]
    value: float
    sd: NotNegative | None
    unit: Literal["1", "mm", "min"]
    n: Count | None
    needled_first_mm: Positive | None
    kind: tuple[
        Literal[
            "approx",
            "baseline",
            "comparator",
            "lower_bound_of_time",
            "n_arm_inferred",
            "needled_first",
            "observer",
            "scaled_from_0_10",
            "second_hand",
            "thermal",
        ],
        ...,
    ]
    note: str
