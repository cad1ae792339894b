"""A new kind of device is a row: laid over the packaged evidence it is simulated, planned and told, and no code knows it."""

import csv
import io

import numpy as np
import pytest

from dermatwin.case import CustomDevice, load_case
from dermatwin.core import CaseError, EvidenceError, Luck
from dermatwin.device import describe, find, kinds, movements
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.device import EACH, NUMBERS
from dermatwin.evidence.store import DATA
from dermatwin.outcome.counts import counts
from dermatwin.pattern import CHOICES
from dermatwin.planning import propose
from dermatwin.screening import screen
from dermatwin.twin import simulate

SOURCE = {"source": "reed_clinic_2026", "title_or_citation": "Reed clinic (made up)", "year": "2026", "kind": "registry"}
REED = {  # pressed by a spring: a stamp in all but its name
    "kind": "spring_stamp",
    "label": "spring stamp",
    "movement": "presses",
    "parameters": "stamp",
    "heat": "no",
}
SPRING = {
    "id": "reed-spring",
    "name": "Reed Spring",
    "kind": "spring_stamp",
    "needle_count": "40",
    "needle_diameter_um": "200",
    "tip_diameter_um": "20",
    "min_length_mm": "0.5",
    "max_length_mm": "2",
    "array_area_cm2": "1",
    "grade": "C",
    "source": "reed_clinic_2026",
}


def table(name, *rows):
    """A table with the packaged columns and these rows; what a row does not say is empty."""
    columns = (DATA / name).read_text(encoding="utf-8").splitlines()[0].split(",")
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def laid(folder, **tables):
    """The packaged evidence with tables laid over it; '__' stands for the folder's slash."""
    for name, rows in {"sources": [SOURCE], **tables}.items():
        path = folder / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(table(f"{name.replace('__', '/')}.csv", *rows), encoding="utf-8")
    return Evidence.read(folder)


def own_numbers(kind, like, **changes):
    """Parameters of a kind of its own: those of another one, some with another value."""
    found = {"insertion": [], "planning": []}
    for stage, rows in found.items():
        with (DATA / "parameters" / f"{stage}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                family, _, member = row["name"].rstrip("]").partition("[")
                if member == like and family in (*EACH, *NUMBERS[movements(Evidence.packaged())[like]]):
                    rows.append(row | {"name": f"{family}[{kind}]", "value": changes.get(family, row["value"])})
    return {f"parameters__{stage}": rows for stage, rows in found.items()}


def of(make_case, device, **settings):
    course = make_case().model_dump(mode="json")["course"]
    course |= {"device": device, "topicals": [], "settings": {"cheek": {"needle_length": "1.5 mm", **settings}}}
    return make_case(course=course)


def numbers(run):
    return {(e.name, e.zone, e.time_days): e.band for e in run.endpoints}


@pytest.fixture(scope="module")
def spring(tmp_path_factory):
    stamp = {**SPRING, "id": "reed-stamp", "name": "Reed Stamp", "kind": "stamp"}
    return laid(tmp_path_factory.mktemp("reed"), device_kinds=[REED], devices=[SPRING, stamp])


def test_it_is_simulated_as_what_it_shares_its_numbers_with(spring, make_case):
    found, like = (
        simulate(of(make_case, name, passes=3), evidence=spring, draws=12, seed=2) for name in ("reed-spring", "reed-stamp")
    )
    assert numbers(found) == numbers(like)
    assert found.zones[0].punctures[0].density.min() > 0.0


def test_it_is_told_by_its_own_name(spring):
    device = find("reed spring", spring)
    assert (device.kind.name, device.kind.label, device.kind.movement) == ("spring_stamp", "spring stamp", "presses")
    assert list(kinds(spring)) == ["pen", "roller", "stamp", "spring_stamp"]
    assert not device.motorised


def test_with_numbers_of_its_own_it_does_something_else(tmp_path, make_case):
    kind = REED | {"parameters": "spring_stamp"}
    hard = own_numbers("spring_stamp", "stamp", compliance_factor="20")
    stamp = {**SPRING, "id": "reed-stamp", "name": "Reed Stamp", "kind": "stamp"}
    known = laid(tmp_path, device_kinds=[kind], devices=[SPRING, stamp], **hard)
    deep, usual = (
        simulate(of(make_case, name, passes=3), evidence=known, draws=12, seed=2) for name in ("reed-spring", "reed-stamp")
    )
    depths = [run.zones[0].punctures[0].in_situ_depth.mean() for run in (deep, usual)]
    assert depths[0] > 1.05 * depths[1]


def test_a_motor_of_another_kind_strokes(tmp_path, make_case):
    kind = REED | {"kind": "dental_pen", "label": "dental pen", "movement": "strokes", "parameters": "pen"}
    motor = SPRING | {"kind": "dental_pen", "array_area_cm2": "", "frequency_hz": "60", "layout": "ring"}
    known = laid(tmp_path, device_kinds=[kind], devices=[motor])
    run = simulate(of(make_case, "reed-spring", frequency="90 Hz"), evidence=known, draws=8, seed=2)
    assert find("reed-spring", known).motorised
    assert np.isfinite(run.zones[0].punctures[0].in_situ_depth).all()
    assert run.find("slit_length")


def test_a_case_may_describe_one(spring, make_case, tmp_path):
    described = {key: SPRING[key] for key in ("kind", "needle_count")} | {"array_area": "1 cm^2"}
    described |= {"needle_count": 40, "needle_diameter": "0.2 mm", "tip_diameter": "0.02 mm", "max_length": "1.5 mm"}
    case = of(make_case, described, passes=3)
    assert describe(CustomDevice.model_validate(described), spring).kind == kinds(spring)["spring_stamp"]
    assert simulate(case, evidence=spring, draws=8, seed=2).zones[0].punctures
    assert screen(case, spring).verdict != "stop"
    for ask in (simulate, screen, propose):
        with pytest.raises(CaseError, match=r"course.device.kind: spring_stamp is not one of pen, roller, stamp"):
            ask(case, evidence=Evidence.packaged())


def test_a_plan_takes_it_where_the_table_of_courses_does(spring, tmp_path, make_case):
    with (DATA / "default_courses.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = (row for row in csv.DictReader(lines) if row["concern"] == "acne_scar")
    both = {"device_kinds": [REED], "devices": [SPRING]}
    courses = [row | {"device_kinds": "spring_stamp"}]
    (proposal,) = propose(of(make_case, "reed-spring"), laid(tmp_path, default_courses=courses, **both)).proposals
    assert proposal.device == "reed-spring"
    assert proposal.case is not None
    assert proposal.case.course.settings["cheek"].passes == 2  # as a stamp


WRONG = [
    ({"parameters": ""}, "device_kinds.csv:2.parameters: is empty; movement needs it"),
    ({"parameters": "spring"}, "needs the parameter passes[spring], which stands in no table"),
    ({"heat": "yes"}, "device_kinds.csv:2.heat: yes does not go with a movement"),
    ({"movement": "rolls"}, "device_kinds.csv:2.parameters: stamp needs the parameter drum_diameter[stamp]"),
    ({"movement": "spins"}, "device_kinds.csv:2.movement: spins is not one of strokes, rolls, presses"),
    ({"movement": "", "parameters": ""}, "devices.csv:2.kind: spring_stamp is a kind that only trials speak of"),
    ({"kind": "stamp"}, "devices.csv:2.kind: spring_stamp is not a kind of device; one of pen, roller, stamp, rf_needle"),
]


@pytest.mark.parametrize(("change", "says"), WRONG, ids=lambda part: str(part)[:40])
def test_a_faulty_kind_is_told(tmp_path, change, says):
    with pytest.raises(EvidenceError) as told:
        laid(tmp_path, device_kinds=[REED | change], devices=[SPRING])
    assert says in str(told.value)


def test_what_does_not_apply_to_its_movement_is_told(tmp_path):
    with pytest.raises(EvidenceError, match=r"devices.csv:2.rows: 4 does not apply to a spring_stamp; leave it empty"):
        laid(tmp_path, device_kinds=[REED], devices=[SPRING | {"rows": "4"}])


def test_needles_that_burn_are_counted_apart_by_the_table_alone(tmp_path):
    trial = {"source": "reed_clinic_2026", "population_n": "50", "events_n": "3", "event": "pih", "zone": "face"}
    trial |= {"device_kind": "plasma_pen", "arm_kind": "needling"}
    kind = {"kind": "plasma_pen", "label": "plasma pen", "heat": "yes"}
    before = counts("pih", Draws(Evidence.packaged(), Luck(1, 2)))
    for heat, hot, plain in (("yes", 50, 0), ("no", 0, 50)):
        known = laid(tmp_path, device_kinds=[kind | {"heat": heat}], measurements__adverse_rates=[trial])
        after = counts("pih", Draws(known, Luck(1, 2)))
        assert after.heated.people - before.heated.people == hot
        assert after.needled.people - before.needled.people == plain


def test_case_files_are_checked_against_what_the_evidence_knows(spring, tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(CASE, encoding="utf-8")
    assert load_case(file, kinds=movements(spring)).course.device.kind == "spring_stamp"
    with pytest.raises(CaseError, match=r"course.device.kind: spring_stamp is not one of pen, roller, stamp"):
        load_case(file, kinds=movements(Evidence.packaged()))
    with pytest.raises(CaseError, match=r"course.device.frequency: does not apply to a spring_stamp; take it out"):
        load_case(file, {"course.device.frequency": "90 Hz"}, kinds=movements(spring))


CASE = """\
patient: {age: 34 yr, sex: female, phototype: IV, body_weight: 62 kg}
zones: [{zone: cheek, area: 60 cm^2}]
course:
  device: {kind: spring_stamp, needle_count: 40, needle_diameter: 0.2 mm, tip_diameter: 0.02 mm, max_length: 1.5 mm}
  start: 2026-01-12
  sessions: {count: 1}
  settings: {cheek: {needle_length: 1.5 mm, passes: 2}}
"""


def test_every_movement_has_its_settings_and_every_setting_its_number():
    for movement, choices in CHOICES.items():
        assert sorted(choice.otherwise or choice.name for choice in choices) == sorted(NUMBERS[movement])
