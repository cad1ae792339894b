"""The gate: packaged evidence passes, a planted fault in any table does not, and each is told with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from builders import gate_faults
from dermatwin.core import EvidenceError
from dermatwin.evidence import Evidence
from dermatwin.evidence.gate import examine
from dermatwin.evidence.rows.every import KINDS
from dermatwin.evidence.rows.row import columns_of
from dermatwin.evidence.store import DATA

HEAD = "name,symbol,value,unit,distribution,knowledge,person,chance,low,high,grade,source,note\n"
GOOD = "toughness_x,G,4.6,kJ/m^2,lognormal,0.5,0,0,0.5,30,C,romgens2014,slope\n"
READER = {"name": "depth_x", "title": "Depth", "unit": "mm", "equation": "d = L", "parameters": ["toughness_x"]}


def lay(folder: Path, name: str, content: str) -> Path:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def copied(folder: Path, name: str, find: str, put: str) -> Path:
    """A folder with one packaged table in which one text is another."""
    text = (DATA / name).read_text(encoding="utf-8")
    assert find in text
    return lay(folder, name, text.replace(find, put, 1))


def parameter(folder: Path, row: str) -> Path:
    lay(folder, "quantities/test.yaml", yaml.safe_dump([READER]))
    return lay(folder, "parameters/test.csv", HEAD + row)


def test_the_packaged_evidence_passes():
    found = examine(Evidence.packaged().tables)
    assert [str(fault) for fault in found.faults] == []
    assert found.rows["parameters"] == len(Evidence.packaged().parameters)


def test_every_file_of_the_packaged_evidence_is_one_that_the_gate_reads():
    """A table without a row model, or a document that nobody reads, would be a strange file to the gate."""
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.*")}
    assert files == set(Evidence.packaged().tables.layers[0].names)
    assert all(kind.key or kind.table.startswith("measurements/") for kind in KINDS)


def test_a_good_parameter_passes(tmp_path):
    found = Evidence.read(parameter(tmp_path, GOOD))
    assert found.parameters["toughness_x"].sources == ("romgens2014",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kJ/m^2", "", "unit: has no unit; write '1' for a pure number"),
        ("kJ/m^2", "furlongs_of_x", "unit: furlongs_of_x is not a unit"),
        ("romgens2014", "", "source: has no source"),
        ("romgens2014", "somebody1999", "source: somebody1999 is not registered in sources"),
        ("romgens2014", "romgens2041", "did you mean 'romgens2014'?"),
        ("romgens2014", "unconfirmed", "source: unconfirmed may be shown but not used"),
        ("romgens2014", "dermatwin_prior", "grade: C is too good for an assumption; it would be E"),
        (",C,", ",,", "grade: is not one of A, B, C, D, E"),
        (",C,", ",F,", "grade: F is not one of A, B, C, D, E"),
        (",0.5,30,", ",,30,", "low: is empty; it needs a number"),
        (",0.5,30,", ",0.5,,", "high: is empty; it needs a number"),
        (",0.5,30,", ",5,30,", "value: 4.6 is outside its range 5 to 30"),
        (",0.5,30,", ",-1,30,", "low: -1 must be positive for a lognormal"),
        ("4.6", "nan", "value: nan is not a finite number"),
        ("4.6", "4,6", "has 14 cells, the header 13"),
        ("4.6", "four", "value: four is not a number"),
        ("lognormal", "cauchy", "distribution: cauchy is not one of fixed, lognormal, normal, uniform"),
        ("lognormal", "lognorml", "did you mean 'lognormal'?"),
        ("lognormal", "fixed", "distribution: fixed has a spread"),
        ("lognormal,0.5", "lognormal,0", "distribution: lognormal needs a spread"),
        ("lognormal,0.5", "lognormal,-0.5", "knowledge: -0.5 is below 0"),
    ],
)
def test_planted_faults_of_a_parameter_are_refused(tmp_path, old, new, says):
    assert old in GOOD
    (fault,) = gate_faults(parameter(tmp_path, GOOD.replace(old, new, 1)))
    assert fault.startswith("parameters/test.csv:2")
    assert says in fault


TABLES = [
    ("sources.csv", ",paper,", ",papr,", "sources.csv:2.kind: papr is not one of paper, database"),
    (
        "sites.csv",
        ",bone,",
        ",bon,",
        "sites.csv:2.backing: bon is not one of bone, cartilage, muscle, fat; did you mean 'bone'?",
    ),
    ("sites.csv", "forehead,forehead,face", "brow_x,brow x,face", "sites.csv:2.site: brow_x needs the parameter strat"),
    ("devices.csv", ",250,15,", ",250,300,", "devices.csv:2.tip_diameter_um: 300 is above needle_diameter_um, 250"),
    ("devices.csv", ",250,15,", ",0,15,", "devices.csv:2.needle_diameter_um: 0 is not above 0"),
    ("devices.csv", ",ring,,", ",rings,,", "devices.csv:2.layout: rings is not one of ring, grid; did you mean 'ring'?"),
    ("devices.csv", ",ring,,", ",ring,3,", "devices.csv:2.rows: 3 does not apply to a pen; leave it empty"),
    (
        "devices.csv",
        "tip_diameter;",
        "tip_diamter;",
        "devices.csv:2.assumed: tip_diamter is not one of needle_count, needle",
    ),
    ("devices.csv", "I;II;III", "I;II;3", "devices.csv:2.phototypes: 3 is not one of I, II, III, IV, V, VI"),
    (
        "devices.csv",
        "skinpen; skin pen",
        "skinpen; pen-12",
        "devices.csv:16.id: pen-12 is a name of skinpen-precision already",
    ),
    ("actives.csv", ",antioxidant,", ",antioxidants,", "actives.csv:2.class: antioxidants is not one of anaesthetic"),
    ("active_properties.csv", "log_kow", "log_kov", "active_properties.csv:2.property: log_kov is not one of log_kow"),
    ("active_properties.csv", ",mg/mL,", ",mol/kg,", "unit: mol/kg cannot be turned into ug/cm^3, in which it is used"),
    (
        "active_properties.csv",
        "L-ascorbic acid",
        "L-ascorbc acid",
        "L-ascorbc acid is not an active; did you mean 'L-ascorbic",
    ),
    ("products.csv", ",lidocaine,0.04,", ",lidocaine,4,", "products.csv:2.strength: 4 is above 1"),
    ("products.csv", ",lidocaine,0.04,", ",lidocaine,,", "products.csv:2.strength: has 0 strengths for 1 actives"),
    (
        "products.csv",
        ",cream,",
        ",creme,",
        "products.csv:2.vehicle: creme is not one of solution, gel, cream, serum, ointment",
    ),
    ("products.csv", ",no,", ",perhaps,", "products.csv:2.sterile: perhaps is not yes or no"),
    ("excipients.csv", "lidocaine_4_cream", "lidocaine_44_cream", "is not a product; did you mean 'lidocaine_4_cream'?"),
    ("active_evidence.csv", "not enhanced", "works", "active_evidence.csv:2.verdict: works is not one of enhanced"),
    (
        "anaesthetics.csv",
        "lidocaine:0.025",
        "lidocain:0.025",
        "actives: lidocain is not an active; did you mean 'lidocaine'?",
    ),
    ("anaesthetics.csv", "lidocaine:0.025", "lidocaine", "actives: lidocaine is not a drug with its mass share; write for"),
    ("anaesthetics.csv", ",0,0.25,", ",1,0.25,", "anaesthetics.csv:2.age_from_yr: 1 is above age_below_yr, 0.25"),
    ("contraindications.csv", ",absolute,", ",absolut,", "level: absolut is not one of absolute, relative, precaution"),
    ("concerns.csv", ",surface,", ",surfce,", "concerns.csv:2.driver: surfce is not one of scar, surface, pigment, dermis"),
    (
        "concerns.csv",
        ",wrinkles,surface,",
        ",wrinkls,surface,",
        "pool: wrinkls is not a pool of trials; did you mean 'wrinkles'?",
    ),
    ("concerns.csv", ",surface,", ",none,", "concerns.csv:2.driver: none drives nothing; a number needs one of scar"),
    ("concerns.csv", ",lemperle,", ",lemperl,", "default_scale: lemperl is not a scale; did you mean 'lemperle'?"),
    (
        "scales.csv",
        ",1,4,lower,",
        ",1,4,lowr,",
        "scales.csv:2.direction: lowr is not one of lower, higher; did you mean 'lower'?",
    ),
    ("scales.csv", ",1,4,lower,", ",4,1,lower,", "scales.csv:2.low: 4 is above high, 1"),
    ("scales.csv", ",severity,1,4", ",severities,1,4", "scales.csv:2.kind: severities is not one of severity, category"),
    (
        "default_courses.csv",
        ",0.5,0.25,1.0,E,",
        ",2.5,0.25,1.0,E,",
        "default_courses.csv:2.depth_mm: 2.5 is above depth_high_mm",
    ),
    (
        "default_courses.csv",
        ",pen;stamp,4,",
        ",pen;stmp,4,",
        "default_courses.csv:2.device_kinds: stmp is not a kind of device; did you mean 'stamp'?",
    ),
    (
        "default_courses.csv",
        ",pen;stamp,4,3,",
        ",pen;stamp,,3,",
        "default_courses.csv:2.sessions: is empty; a course needs it",
    ),
    ("default_courses.csv", "fine_lines,", "fine_line,", "concern: fine_line is not a concern; did you mean 'fine_lines'?"),
    ("depth_by_zone.csv", ",0.25,0.5,0.5,1.0,2.0,", ",0.25,0.5,0.5,3.0,2.0,", "deep_high_mm: 3.0 is above stop_above_mm, 2"),
    (
        "modifiers.csv",
        "smoking_collagen_factor",
        "smoking_colagen_factor",
        "factor: smoking_colagen_factor is not a parameter; did",
    ),
    (
        "modifiers.csv",
        "smoking,,,,present,,collagen_i_turnover",
        "smokking,,,,present,,collagen_i_turnover",
        "concepts: smokking is not a concept of the vocabulary; did you mean 'smoking'?",
    ),
    ("risk_modifiers.csv", ",window,10 days,", ",window,,", "window: goes with the time 'window' and only with it"),
    ("risk_modifiers.csv", ",window,10 days,", ",window,ten days,", "window: ten days "),
    (
        "risk_modifiers.csv",
        "herpes_risk,",
        "herpes_riks,",
        "risk: herpes_riks is not a quantity; did you mean 'herpes_risk'?",
    ),
    (
        "vocabulary_medicines.csv",
        "Vitamin K antagonist,anticoagulant,",
        "Vitamin K antagonist,vitamin_k_antagonist,",
        "parents: vitamin_k_antagonist leads back to the concept itself; name what it is, or holds",
    ),
    (
        "vocabulary_medicines.csv",
        "Vitamin K antagonist,anticoagulant,",
        "Vitamin K antagonist,anticoagulent,",
        "parents: anticoagulent is not a concept of the vocabulary; did you mean 'anticoagulant'?",
    ),
    ("places.csv", "chin; jaw", "chin; jawe", "sites: jawe does not stand in sites.csv, column site; did you mean 'jaw'?"),
    (
        "modifiers.csv",
        ",m1_recruitment,",
        ",puncture_toughness,",
        "constant: puncture_toughness is not a constant of the network",
    ),
    ("identifiers.csv", "hasTaxon", "hasTaxn", "identifiers.csv:2.qualifier: hasTaxn is not one of is, isVersionOf"),
    ("care_steps.csv", "before,always", "befor,always", "care_steps.csv:2.phase: befor is not one of before, session, stop"),
    (
        "red_flags.csv",
        ",emergency,",
        ",emergncy,",
        "red_flags.csv:2.action: emergncy is not one of emergency, call the clinic",
    ),
    ("observables.csv", ",no,20,", ",no,,", "observables.csv:2.error: is empty; it needs a number"),
    ("validation_map.csv", ",tissue,", ",tissu,", "validation_map.csv:2.way: tissu is not one of tissue, opposite"),
    ("validation_map.csv", ",3,log,", ",three,log,", "layer: three is not a number; the parameter is the power to which"),
    (
        "validation_map.csv",
        ",aged,collagen,",
        ",aged,colagen,",
        "name: colagen needs the parameter colagen_age_slope, which stands",
    ),
    (
        "tensions.csv",
        "insertion.csv:kalluri2011",
        "insertion.csv:kaluri2011",
        "rows: kaluri2011 does not stand in measurements/insertion",
    ),
    ("optics/observer.csv", ",49.9755,", ",-49.9755,", "optics/observer.csv:2.d65: -49.9755 is not above 0"),
    ("optics/colour_space.csv", "x_red", "x_rde", "optics/colour_space.csv:2.name: x_rde is not one of x_red"),
    (
        "measurements/outcomes.csv",
        ",own_score,",
        ",own_scor,",
        "outcome_scale: own_scor is not a scale; did you mean 'own_score'?",
    ),
    ("measurements/adverse_rates.csv", ",30,5,0.1667,", ",3,5,0.1667,", "events_n: 5 is above population_n, 3"),
    ("measurements/closure.csv", ",dye,", ",dey,", "measurements/closure.csv:4.readout: dey is not one of TEWL, dye"),
    (
        "measurements/insertion.csv",
        "range_low",
        "range_lo",
        "measurements/insertion.csv:2.kind: range_lo is not one of approx",
    ),
    (
        "measurements/insertion.csv",
        "insertion_force,0.1,,N,",
        "insertion_force,0.1,,mN,",
        "insertion.csv:2.unit: mN is not one of N",
    ),
    (
        "measurements/insertion.csv",
        "insertion_force,0.1,,N,",
        "insertion_force,0.1,,um,",
        "um is not a unit of insertion_force; one of N",
    ),
    (
        "measurements/insertion.csv",
        "fraction_penetrated,0.5,",
        "fraction_penetrated,5,",
        "5 is above 1, and fraction_penetrated is a share",
    ),
    (
        "measurements/insertion.csv",
        '"pig, ex vivo (and',
        '"martian, ex vivo (and',
        "names no skin that is known; one of human, pig",
    ),
    ("measurements/closure.csv", ",DermaRoller,370,", ",DermaRoller,-100,", "needle_length_um: -100 is not above 0"),
    (
        "measurements/closure.csv",
        ",DermaRoller,370,",
        ",DermaRoller,37000,",
        "closure.csv:2.needle_length_um: 37000 is above 5000",
    ),
    (
        "measurements/closure.csv",
        ",pore_open_fraction,25.86,14.96,0.5,",
        ",pore_open_fraction,25.86,14.96,5,",
        "pore_open_fraction is a share",
    ),
    ("measurements/permeation_microneedle.csv", ",11.31,2.3,,%", ",113.1,2.3,,%", "value_treated: 113.1 is above 100"),
    (
        "measurements/healing_timecourse.csv",
        "direction,14,1,,24,sign",
        "direction,14,7,,24,sign",
        "is not a value in 'sign'",
    ),
    ("measurements/outcomes.csv", ",needling_plus,", ",sideways,", "role: sideways is not one of needling"),
    ("quantities/skin.yaml", "unit: mm", "unit: mmm", "unit: mmm is not a unit"),
    ("quantities/skin.yaml", "equation:", "equatoin:", "is not a known key; did you mean 'equation'?"),
]


def test_families_are_told_apart_once_for_all():
    evidence = Evidence.packaged()
    thick = evidence.family("dermis_thickness")
    assert thick["cheek:female"] is evidence.parameters["dermis_thickness[cheek:female]"]
    assert set(evidence.family("duration_ratio")) >= {"heat", "redness"}
    assert evidence.family("puncture_toughness") == {}
    whole = [parameter for name in evidence.families for parameter in evidence.family(name).values()]
    assert len(whole) == sum("[" in name for name in evidence.parameters)


@pytest.mark.parametrize(("name", "old", "new", "says"), TABLES)
def test_a_planted_fault_in_any_table_is_told_with_its_place(tmp_path, name, old, new, says):
    found = gate_faults(copied(tmp_path, name, old, new))
    assert any(says in fault for fault in found), found
    assert all(fault.startswith(f"{name}:") for fault in found), found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.ending == ".csv"], ids=lambda kind: kind.table)
def test_a_column_too_few_or_too_many_is_one_fault_of_the_file(tmp_path, kind):
    name = f"{kind.table.replace('*', {'sources*': '', 'vocabulary*': '_medicines'}.get(kind.table, 'skin'))}.csv"
    columns = tuple(columns_of(kind))
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()[1:4]
    lay(tmp_path, name, "\n".join([",".join(("colour_of_the_moon", *columns[1:])), *lines]) + "\n")
    assert gate_faults(tmp_path) == [
        f"{name}:1: lacks the columns {columns[0]}; has columns that nobody reads: colour_of_the_moon"
    ]


def test_every_fault_of_every_file_is_reported_at_once(tmp_path):
    copied(tmp_path, "scales.csv", ",1,4,lower,", ",1,4,lowr,")
    copied(tmp_path, "concerns.csv", ",surface,", ",surfce,")
    parameter(tmp_path, GOOD.replace("kJ/m^2", "").replace("romgens2014", "") + GOOD.replace(",C,", ",Z,"))
    found = gate_faults(tmp_path)
    assert [fault.partition(":")[0] for fault in found] == ["concerns.csv", *["parameters/test.csv"] * 3, "scales.csv"]


def test_a_row_of_one_key_may_stand_once(tmp_path):
    lines = (DATA / "devices.csv").read_text(encoding="utf-8").splitlines()
    lay(tmp_path, "devices.csv", "\n".join([*lines[:3], lines[1]]) + "\n")
    assert gate_faults(tmp_path) == ["devices.csv:4.id: skinpen-precision stands here twice, first on line 2"]


def test_a_name_that_finds_two_rows_is_refused(tmp_path):
    lines = (DATA / "devices.csv").read_text(encoding="utf-8").splitlines()
    row = next(line for line in lines if line.startswith("pen-12,")).replace("pen-12,", "pen-of-mine,", 1)
    found = gate_faults(lay(tmp_path, "devices.csv", f"{lines[0]}\n{row}\n"))
    assert found
    assert all(fault.endswith("is a name of pen-12 already") for fault in found), found


def test_what_is_no_evidence_is_named(tmp_path):
    lay(tmp_path, "device.csv", "a,b\n")
    lay(tmp_path, "parametres/skin.csv", "a,b\n")
    lay(tmp_path, "closure.csv", "a,b\n")
    assert gate_faults(tmp_path) == [
        "closure.csv: is not a file of evidence; did you mean 'measurements/closure.csv'?",
        "device.csv: is not a file of evidence; did you mean 'devices.csv'?",
        "parametres/: is not a folder of evidence; did you mean 'parameters'?",
    ]


def test_a_folder_of_nothing_is_refused(tmp_path):
    (fault,) = gate_faults(tmp_path)
    assert "holds no evidence" in fault
    (fault,) = gate_faults(tmp_path / "missing")
    assert "is not a folder of evidence" in fault


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "devices.csv: is empty; its first line names the columns"),
        (b"id,name\n\xff\xfe", "devices.csv:2: is not UTF-8 text; save it as UTF-8"),
        (b"id,name\0\n", "devices.csv: is binary, not text"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, content, says):
    (tmp_path / "devices.csv").write_bytes(content)
    assert gate_faults(tmp_path) == [says]


def test_a_document_that_cannot_be_read_hides_no_other_fault(tmp_path):
    copied(tmp_path, "concerns.csv", ",surface,", ",surfce,")
    found = gate_faults(lay(tmp_path, "screening_rules.yaml", "rules: [\n"))
    assert [fault.partition(":")[0] for fault in found] == ["concerns.csv", "screening_rules.yaml"]


def test_a_document_that_is_no_yaml_is_told_with_its_line(tmp_path):
    (fault,) = gate_faults(lay(tmp_path, "quantities/own.yaml", "- name: x\n  title: [\n"))
    assert fault.startswith("quantities/own.yaml:3: is not YAML")
    assert gate_faults(lay(tmp_path, "quantities/own.yaml", "- name: x\n  name: y\n")) == [
        "quantities/own.yaml:2: name stands here twice; take one out"
    ]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"parameters": ["nothing"]}, "parameters: nothing is not a parameter"),
        ({"parameters": ["nothing[*]"]}, "parameters: nothing is not a family of parameters"),
        ({"uses": ["nothing"]}, "uses: nothing is not a quantity"),
        ({"unit": "blorp"}, "unit: blorp is not a unit"),
        ({"detail": "wether"}, "detail: wether is not one of session, layer, active, permeant, concern, scale"),
        ({"detail": "sessions"}, "did you mean 'session'?"),
        ({"shown": "loudly"}, "shown: loudly is not one of number, percent"),
        ({"kind": "nice"}, "kind: nice is not one of risk"),
        ({"shown": "percent"}, "shown: percent does not go with mm; only a pure number is read as a share"),
        ({"uses": ["depth_x", "depth_y"]}, "uses: depth_x; depth_y holds the quantity itself; take it out"),
    ],
)
def test_a_quantity_that_points_nowhere_is_refused(tmp_path, entry, says):
    parameter(tmp_path, GOOD)
    lay(tmp_path, "quantities/test.yaml", yaml.safe_dump([READER, {**READER, "name": "depth_y", **entry}]))
    (fault,) = gate_faults(tmp_path)
    assert says in fault


def test_the_weakest_grade_counts(tmp_path):
    weak = GOOD.replace("toughness_x", "factor_x").replace(",C,romgens2014", ",E,dermatwin_prior")
    force = {**READER, "name": "force_x"}
    depth = {**READER, "parameters": ["factor_x"], "uses": ["force_x"]}
    parameter(tmp_path, GOOD + weak)
    lay(tmp_path, "quantities/test.yaml", yaml.safe_dump([force, depth]))
    evidence = Evidence.read(tmp_path)
    assert evidence.grade("force_x") == "C"
    assert evidence.grade("depth_x") == "E"
    assert evidence.sources_of("depth_x") == ("dermatwin_prior", "romgens2014")


@pytest.mark.parametrize("name", ["outcome_effects.csv", "posteriors/needling.csv"])
def test_draws_without_the_record_of_their_fit_are_refused(tmp_path, name):
    (tmp_path / "posteriors").mkdir()
    shutil.copy(DATA / name, tmp_path / name)
    found = gate_faults(tmp_path)
    assert any("stands without" in fault and fault.startswith(name) for fault in found), found


def test_draws_that_are_no_numbers_are_refused(tmp_path):
    shutil.copy(DATA / "outcome_effects.yaml", tmp_path)
    head, first, *rest = (DATA / "outcome_effects.csv").read_text(encoding="utf-8").splitlines()[:4]
    lay(tmp_path, "outcome_effects.csv", "\n".join([head, first + "x", *rest]) + "\n")
    (fault,) = gate_faults(tmp_path)
    assert fault.startswith("outcome_effects.csv:2: could not convert string to float")


def test_a_folder_that_stands_alone_needs_everything(tmp_path):
    shutil.copytree(DATA, tmp_path / "whole")
    whole = Evidence.read(tmp_path / "whole", alone=True)
    assert whole.parameters == Evidence.packaged().parameters
    assert whole.fingerprint == Evidence.packaged().fingerprint
    assert whole.overlays == ()
    (tmp_path / "whole" / "devices.csv").unlink()
    with pytest.raises(EvidenceError, match=r"devices\.csv: is missing; evidence that stands alone needs every table"):
        Evidence.read(tmp_path / "whole", alone=True)
