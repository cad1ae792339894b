"""Rows as other people write them, in our words, columns and units: 'penetration depth 0.4 mm' is a depth of 400 um.

A folder of unseen studies is read through this, the packaged tables are not. A column, a quantity, a read-out or an event
is known by what its words begin with; values go into the unit of their quantity; '<24' is an upper bound, '12 +- 3' a
value with its spread, '500-600' the middle of a range. What would have to be guessed makes a row unreadable, with the
reason: a comma in a number, a unit of something else, skin of an animal or a film that nobody knows here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..core.units import factor

UNREADABLE = "unreadable"  # the column in which the reason stands
Cells = dict[str, str]
Synonyms = tuple[tuple[str, str], ...]
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "": {
        **dict.fromkeys(("study", "reference", "citation", "ref"), "source"),
        **dict.fromkeys(("doi", "pmid", "pmcid"), "doi_or_pmcid"),
        **dict.fromkeys(("tags", "tag"), "kind"),
        **dict.fromkeys(("notes", "comment", "comments"), "note"),
        **dict.fromkeys(("sample_size", "n_subjects", "subjects"), "n"),
        **dict.fromkeys(("read_out", "method"), "readout"),
        **dict.fromkeys(("units",), "unit"),
        **dict.fromkeys(("fitzpatrick", "skin_types", "phototype"), "phototypes"),
    },
    "permeation_microneedle.csv": {
        **dict.fromkeys(("drug", "compound", "solute"), "permeant"),
        **dict.fromkeys(("mw", "molecular_weight", "molar_mass"), "mw_g_mol"),
        **dict.fromkeys(("log_p", "logp", "logkow", "log_kow_measured"), "log_kow"),
    },
    "permeability_intact.csv": {
        **dict.fromkeys(("drug", "permeant", "solute", "chemical"), "compound"),
        **dict.fromkeys(("mw", "molecular_weight", "molar_mass"), "mw_g_mol"),
        **dict.fromkeys(("log10_kp", "log_kp_cm_s", "logkp_cm_s"), "log10_kp_cm_s"),
        "ph": "donor_ph",
        "donor": "donor_type",
        "membrane": "layer",
    },
    "permeability_intact_medians.csv": {
        **dict.fromkeys(("drug", "permeant", "solute", "chemical"), "compound"),
        **dict.fromkeys(("mw", "molecular_weight", "molar_mass"), "mw_g_mol"),
    },
    "adverse_rates.csv": {"adverse_event": "event", "n": "population_n", "events": "events_n"},
}
"""Other names of columns, by file and for all; names in small letters with underscores."""
SCALED: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "insertion.csv": {"needle_length_mm": ("needle_length_um", 1000.0), "tip_diameter_um": ("tip_radius_um", 0.5)},
    "closure.csv": {
        "needle_length_mm": ("needle_length_um", 1000.0),
        "time_d": ("time_h", 24.0),
        "time_min": ("time_h", 1 / 60),
    },
    "permeation_microneedle.csv": {"needle_length_mm": ("needle_length_um", 1000.0), "time_min": ("time_h", 1 / 60)},
    "healing_timecourse.csv": {"time_h": ("time_d", 1 / 24), "time_wk": ("time_d", 7.0), "time_weeks": ("time_d", 7.0)},
    "outcomes.csv": {"interval_weeks": ("interval_days", 7.0), "needle_length_um": ("needle_length_mm", 0.001)},
    "numbness.csv": {"time_h": ("time_min", 60.0)},
    "adverse_rates.csv": {"duration_d": ("duration_h", 24.0), "rate_pct": ("rate", 0.01)},
}
"""Columns of another unit, by file: the column that they fill where it is empty, and what one of theirs is in its unit."""
QUANTITIES: Mapping[str, Synonyms] = {
    "insertion.csv": (
        ("insertion_force", r"(insertion|puncture|penetration|piercing)_force"),
        ("channel_diameter", r"(micro)?(channel|pore|hole)s?_(diameter|width|size)"),
        ("fraction_penetrated", r"(fraction|share|percent\w*|proportion)_(penetrated|pierced|inserted|of_needles)"),
        (
            "fraction_penetrated",
            r"(penetration|insertion|piercing)_(efficiency|fraction|success|rate|ratio)|pierced_fraction",
        ),
        ("depth", r"\w*depth"),
    ),
    "closure.csv": (
        ("pore_open_fraction", r"\w*open_(fraction|share)|(fraction|share)_(of_pores_)?open"),
        ("TEWL", r"tewl|trans_?epidermal_water_loss|water_loss"),
        ("closure_time", r"\w*(closure|closing|closed|reseal\w*|recovery|lifetime|repair)(_time)?"),
    ),
    "permeation_microneedle.csv": (
        ("flux", r"\w*flux|j_?ss?$"),
        ("retained", r"retain|retention|skin_deposit|deposit|skin_content|in_skin"),
        ("enhancement_ratio", r"er$|enhancement|permeation_ratio|fold"),
        ("cumulative", r"cumulative|permeated|total_permeat|amount_permeated|q_?\d|receptor"),
    ),
    "healing_timecourse.csv": (
        ("mucin_direction", r"(hyaluron\w+|gags?|glycosaminoglycans?|mucins?)_direction$"),
        ("tgfb3_upregulated_direction", r"tgf_?(beta|b)_?3(_\w+)?_direction$"),
        ("vegf_direction", r"vegf_(protein|mrna|expression)_direction$"),
        ("neutrophil_direction", r"neutrophils_direction$"),
        ("elastin_desmosine_direction", r"elastin_direction$|elastic_fib\w+_direction$"),
        ("collagen_i_direction", r"(type_(i|1)_collagen|collagen_(1|type_(i|1)))_direction$"),
        ("collagen_iii_direction", r"(type_(iii|3)_collagen|collagen_(3|type_(iii|3)))_direction$"),
        ("epidermal_thickness_change_pct", r"epidermal_thickness(_direction)?$"),
        ("erythema_resolution_time", r"(erythema|redness)_(duration|resolution)"),
        ("pain_vas", r"pain(_score|_vas)?$"),
    ),
}
READOUTS: Synonyms = (
    ("TEWL", r"tewl|trans_?epidermal|water_loss|tewameter|vapometer"),
    ("impedance", r"\w*impedance|\w*electrical|\w*resistance|\w*conductance|admittance"),
    ("dye", r"\w*(dye|methylene|gentian|calcein|stain|trypan|fluoresc)"),
    ("OCT", r"oct|optical_coherence|confocal|rcm|reflectance_confocal"),
    ("histology", r"\w*histolog|h_e$|biops"),
    ("drug_delivery", r"drug|delivery|pharmacokinetic|plasma"),
)
EVENTS: Synonyms = (
    ("pih", r"pih|post_?inflammatory_hyperpig|hyperpigment"),
    ("erythema", r"erythema|redness"),
    ("oedema", r"oedema|edema|swelling"),
    ("pain_vas", r"pain"),
    ("dryness_or_peeling", r"dry|peel|desquam|scal(e|ing)|flak"),
    ("bruising", r"bruis|ecchymos|h(a)?ematoma|purpura"),
    ("bleeding", r"bleed|h(a)?emorrhag"),
    ("hsv_reactivation", r"hsv|herpes"),
    ("infection", r"infection|bacterial|cellulitis|folliculitis"),
    ("tram_track_scar", r"tram"),
    ("hypertrophic_scar_or_keloid", r"hypertrophic|keloid|scar"),
    ("granuloma_or_allergy", r"granuloma|allerg|contact_dermatitis"),
    ("acneiform_or_milia", r"acne|milia"),
)
DEVICES: Synonyms = (
    ("rf_needle", r"\w*(rf|radio_?frequency)"),
    ("roller", r"\w*roller"),
    ("pen", r"\w*pen$|pen_|skinpen|dermapen|motori[sz]ed|automated"),
    ("none", r"none|no_device|untreated"),
    ("needling_unspecified", r"\w*needl|mn$|pci|stamp"),
)
TESTS: Synonyms = (
    ("needling", r"(micro)?needling|dermaroller|roller|dermapen|skinpen"),
    ("venous_access", r"ven(e|i|ous)|cannul|iv_|intravenous|blood_draw"),
    ("needle_insertion", r"needle_|injection|pin_?prick|prick"),
    ("laser", r"laser|ipl|\w*rf_|radio_?frequency|\w*thermal"),
    ("punch", r"punch|biops"),
)
UNITS: Mapping[str, Mapping[str, str]] = {
    "insertion.csv": {"insertion_force": "N", "depth": "um", "channel_diameter": "um", "fraction_penetrated": "1"},
    "closure.csv": {"closure_time": "h", "pore_open_fraction": "1", "TEWL": "g/m^2/h"},
    "healing_timecourse.csv": dict.fromkeys(
        ("microchannel_depth", "microchannel_surface_diameter", "epidermal_thickness_um"), "um"
    ),
}
"""The unit of each quantity, by file; as the tables write it but for the powers."""
WRITTEN = {"g/m^2/h": "g/m2/h"}
OF_DOSE = re.compile(r"%|percent|per cent|pct")
NUMBERS = re.compile(
    r"value|value_.*|sd|sd_.*|n|.*_(n|um|mm|mm2|cm2|ug|h|d|min|max|pct|mol|days|mean|sd|change|fraction|a2|c|ph|kow|log_p|cm_s)$"
    r"|rate|sessions|.*session|time_.*|spacing.*|needle_count"
)
"""Columns that hold numbers."""
SHARES = ("rate", "responders_fraction", "relative_change")
"""Columns of shares, in which per cent are hundredths."""
_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
_VALUE = re.compile(
    rf"([<>]=?|~|ca\.?|about|approx\.?|ph)? ?{_NUMBER}(?: ?(?:\u00b1|\+/?-) ?{_NUMBER})? ?(%)?", re.IGNORECASE
)
_RANGE = re.compile(rf"(?:~|ca\.?|about)? ?{_NUMBER} ?(?:-|to) ?{_NUMBER} ?(%)?", re.IGNORECASE)
_SIGNS = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2264": "<", "\u2265": ">", "\u2248": "~", "\u00a0": " ", "\u2009": " "}
)
BOUNDS = {"<": "upper_bound", ">": "lower_bound", "~": "approx", "c": "approx", "a": "approx"}
STRANGE = re.compile(
    r"\b(bovine|cow|cattle|udder|dog|canine|cat|monkey|macaque|chicken|sheep|ovine|horse|equine|goat|snake|frog|fish|parafilm"
    r"|agarose|agar|gelatine?|pdms|polydimethylsiloxane|silicone|phantom|simulant|strat-?m|cellophane)\b",
    re.IGNORECASE,
)
KNOWN = re.compile(r"\b(human|pigs?|porcine|rats?|mouse|mice|rabbits?|guinea)\b", re.IGNORECASE)
"""What is no skin that the catalogue holds, and what is: skin on a bed of silicone is skin."""


def columns(file: str, names: Iterable[str]) -> list[str]:
    """The columns of a header in the words of the evidence; a name that is there already is not given twice."""
    own = [_slug(name) for name in names]
    aliases = {**COLUMNS[""], **COLUMNS.get(file, {})}
    return [aliases.get(name, name) if aliases.get(name, name) not in own else name for name in own]


def cells(file: str, told: Mapping[str, str]) -> Cells:
    """The cells of a row in the words and units of the evidence; `UNREADABLE` says why one cannot be understood."""
    row = _scaled(file, dict(told))
    for column in [name for name in row if NUMBERS.fullmatch(name) and row[name]]:
        _number(row, column)
    _words(file, row)
    _unit(file, row)
    skin = f"{row.get('skin', '')} {row.get('species', '')}"
    strange = STRANGE.search(skin)
    if strange and not KNOWN.search(skin):
        _spoil(row, f"{strange[1].casefold()}: no skin that the catalogue holds")
    return row


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _spoil(row: Cells, reason: str) -> None:
    row.setdefault(UNREADABLE, reason)


def _scaled(file: str, row: Cells) -> Cells:
    """Columns of other units written into the usual ones, where these are empty."""
    for other, (usual, times) in SCALED.get(file, {}).items():
        number = _plain(row.get(other, ""))
        if number is not None and not row.get(usual):
            row[usual] = f"{float(number) * times:g}"
    return row


def _plain(text: str) -> str | None:
    found = re.fullmatch(_NUMBER, text.translate(_SIGNS).strip(), re.IGNORECASE)
    return found[1] if found else None


def _number(row: Cells, column: str) -> None:
    """A number with what stands around it: a bound, a spread, a per cent sign, the ends of a range."""
    text = row[column].translate(_SIGNS).strip()
    if _plain(text) is not None or not re.search(r"\d", text):
        row[column] = text
        return
    whole, between = _VALUE.fullmatch(text), _RANGE.fullmatch(text)
    if whole:
        row[column], percent = whole[2], whole[4]
        if column == "value":
            _tag(row, BOUNDS.get((whole[1] or "")[:1].casefold(), ""))
        if whole[3] and not row.get(beside := "sd" if column == "value" else column.replace("value", "sd")):
            row[beside] = whole[3]
    elif between:
        row[column], percent = f"{0.5 * (float(between[1]) + float(between[2])):g}", between[3]
        _tag(row, "midpoint" if column == "value" else "")
    elif re.fullmatch(r"[-+]?\d+(,\d+)+", text):
        _spoil(row, f"{column} {text!r}: a comma in a number is never guessed")
        return
    else:
        return
    if percent and column == "value" and row.get("unit", "") in ("", "1", "fraction"):
        row["unit"] = "%"
    elif percent and column in SHARES:
        row[column] = f"{0.01 * float(row[column]):.9g}"


def _tag(row: Cells, tag: str) -> None:
    if tag:
        row["kind"] = ";".join(dict.fromkeys([*(t for t in row.get("kind", "").split(";") if t), tag]))


def _words(file: str, row: Cells) -> None:
    """Quantities, read-outs, events and devices in the words of the tables."""
    _named(row, "quantity", QUANTITIES.get(file, ()))
    if file == "insertion.csv":
        told = _slug(row.get("quantity_as_written", ""))
        _tag(row, "residual" if re.search(r"residual|channel|hole|pore", told) and row["quantity"] == "depth" else "")
    if file == "closure.csv":
        _named(row, "readout", READOUTS)
    if file == "adverse_rates.csv":
        _named(row, "event", EVENTS)
    if file in ("adverse_rates.csv", "outcomes.csv"):
        _named(row, "device_kind", DEVICES)
    if row.get("outcome_scale"):
        row["outcome_scale"] = _slug(row["outcome_scale"])
    for column in (
        "kind",
        "occluded",
        "vehicle",
        "population",
        "role",
        "arm_kind",
        "design",
        "zone",
        "indication",
        "adjunct",
    ):
        if column in row:
            row[column] = row[column].strip().lower()
    covered = {"yes": "true", "occluded": "true", "covered": "true", "no": "false", "unoccluded": "false", "open": "false"}
    if row.get("occluded"):
        row["occluded"] = covered.get(row["occluded"], row["occluded"])


def _named(row: Cells, column: str, synonyms: Synonyms) -> None:
    told = row.get(column, "")
    slug = _slug(told)
    if not slug or told in {name for name, _ in synonyms}:
        return
    found = next((name for name, pattern in synonyms if re.match(pattern, slug)), None)
    row[f"{column}_as_written"] = told
    row[column] = found or slug


def _unit(file: str, row: Cells) -> None:
    """The value in the unit of its quantity."""
    told = tidy(row.get("unit", ""))
    wanted = UNITS.get(file, {}).get(row.get("quantity", ""))
    if file == "permeation_microneedle.csv":
        row["unit"] = "% of dose" if row.get("quantity") == "cumulative" and OF_DOSE.match(told) else row.get("unit", "")
    elif file == "healing_timecourse.csv" and wanted is None:
        _time(row, told)
    elif file == "numbness.csv":
        _numb(row, told)
    if wanted is None or not row.get("value"):
        return
    try:
        times = 1.0 if told == wanted or not told else factor(told, wanted)
    except ValueError:
        _spoil(row, f"the unit {row.get('unit', '')!r} is none of {row['quantity']}")
        return
    row["unit"] = WRITTEN.get(wanted, wanted)
    _times(row, times)


def _time(row: Cells, told: str) -> None:
    """Times of healing in days or hours; per cent, fold and micrometre as they are written here."""
    if told in ("week", "weeks", "wk", "wks", "month", "months"):
        _times(row, factor(told, "d"))
        row["unit"] = "d"
    elif told in ("min", "minutes"):
        _times(row, factor("min", "h"))
        row["unit"] = "h"
    else:
        share = told in ("fraction", "1") and "_pct" in row.get("quantity", "")
        _times(row, 100.0 if share else 1.0)
        usual = (
            {"fraction": "%", "1": "%"}
            if share
            else {"hours": "h", "hour": "h", "hrs": "h", "days": "d", "day": "d", "percent": "%", "pct": "%", "x": "fold"}
        )
        row["unit"] = usual.get(told, row.get("unit", ""))


def _numb(row: Cells, told: str) -> None:
    """Pain from 0 to 100, shares from 0 to 1, times in minutes."""
    _named(row, "test", TESTS)
    readout = _slug(row.get("readout", ""))
    if readout.startswith(("vas", "nrs", "pain_score")):
        _times(row, 10.0 if re.search(r"0-10\b", told) or readout.endswith("0_10") or told == "cm" else 1.0)
        row["readout"], row["unit"] = "vas_0_100", "1"
    elif row.get("readout", "").startswith("share") and told == "%":
        _times(row, 0.01)
        row["unit"] = "1"
    elif row.get("readout") == "minimal_effective_time" and told in ("h", "hours", "s"):
        _times(row, factor(told, "min"))
        row["unit"] = "min"


def _times(row: Cells, times: float) -> None:
    for column in ("value", "sd"):
        number = _plain(row.get(column, ""))
        if number is not None and times != 1.0:
            row[column] = f"{float(number) * times:.9g}"


def tidy(unit: str) -> str:
    """A unit as `core.units` writes it: 'g m-2 h-1', 'g/m\u00b2\u00b7h' and 'g/(m2 h)' are g/m^2/h, 'N/needle' is N."""
    text = unit.strip().translate(str.maketrans({"\u00b2": "2", "\u03bc": "u", "\u00b5": "u", "\u00b7": " ", "*": " "}))
    text = re.sub(r" ?(?:/|per) ?(?:micro)?needles?\b", "", text)
    text = re.sub(r"\(([^()]*)\)", lambda inside: inside[1].replace(" ", "/"), text)
    text = re.sub(r" ?([a-zA-Z]+)-(\d)", lambda power: f"/{power[1]}{power[2] if power[2] != '1' else ''}", text)
    text = re.sub(r"(?<=\w) (?=h\b)", "/", text) if "/" in text else text
    return re.sub(r"([a-zA-Z])2\b", r"\1^2", text)
