"""Measurements from laboratories: needles going in, channels closing, passage, permeability, healing."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Count, NotNegative, Ph, Positive, Ref, SourceId, Word
from .row import Row

Percent = Annotated[float, Field(ge=0.0, le=100.0)]
Celsius = Annotated[float, Field(ge=-273.15, le=200.0)]


class InsertionRow(Row):
    """Force, depth, width or share of needles that were pushed into skin."""

    table: ClassVar[str] = "measurements/insertion"

    source: SourceId
    skin: Word
    device: Word
    needle_length_um: Positive | None
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
            "fraction_of_length",
            "fraction_of_needles",
            "in_situ",
            "lower_bound",
            "per_needle",
            "range_high",
            "range_low",
            "residual",
            "upper_bound",
        ],
        ...,
    ]
    note: str


class ClosureRow(Row):
    """When, or how far, channels had closed by one read-out."""

    table: ClassVar[str] = "measurements/closure"

    source: SourceId
    skin: Word
    device: Word
    needle_length_um: Positive | None
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


class PermeationRow(Row):
    """What passed needled skin, and intact skin beside it."""

    table: ClassVar[str] = "measurements/permeation_microneedle"

    source: SourceId
    skin: Word
    permeant: Word
    mw_g_mol: Positive
    log_kow: float | None
    device: Word
    needle_length_um: Positive | None
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
