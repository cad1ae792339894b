"""Runs say what they read: the generated table holds just that, and nothing that was not read can move a number."""

from __future__ import annotations

import ast
import csv
import sys
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

import dermatwin
from dermatwin.case import load_case
from dermatwin.core.chance import Luck
from dermatwin.core.errors import EvidenceError
from dermatwin.core.notebook import Notebook
from dermatwin.core.units import factor
from dermatwin.evidence import Draws, Evidence, Pages
from dermatwin.evidence.rows.parameters import QuantityRow
from dermatwin.evidence.rows.provenance import ReadRow
from dermatwin.evidence.store import DATA
from dermatwin.naming import split
from dermatwin.outcome import pooled
from dermatwin.outcome.prediction import effects
from dermatwin.twin import simulate
from dermatwin.twin.reads import TARGET, main, reads_of, splits_of, table

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
CASES = [
    *(EXAMPLES / f"{name}.yaml" for name in ("alam_2014", "ablon_2018", "dogra_2014", "kalluri_2011")),
    *sorted((HERE / "reads").glob("*.yaml")),
]
SOURCE = Path(dermatwin.__file__).parent
EVIDENCE = Evidence.packaged()
AHEAD = 0.3  # of the way from a value to the end of its range
BATCH = 12
NOISE = 1e-4  # people who are integrated side by side share their steps: of a number that does not move


def rows() -> dict[str, ReadRow]:
    return {row.quantity: row for row in EVIDENCE.rows(ReadRow)}


def test_the_table_is_what_runs_read():
    found = reads_of(map(load_case, CASES), EVIDENCE)
    assert {row.quantity: frozenset(row.reads) for row in rows().values()} == found


def test_the_table_says_how_the_demo_is_split():
    found = splits_of(simulate(load_case(CASES[0]), draws=200, split=True))
    for quantity, row in rows().items():
        said = found.get(quantity, {})
        assert (row.a is None) == (not said), quantity
        for column in ("a", "b", "c", "d", "e", "knowledge", "person", "chance") if said else ():
            assert getattr(row, column) == pytest.approx(float(said[column]), abs=0.03), (quantity, column)


def test_the_table_is_written_as_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("dermatwin.twin.reads.TARGET", tmp_path / "reads.csv")
    monkeypatch.setattr("dermatwin.twin.reads.MANY", 70)
    assert main([str(CASES[3])]) == 0
    with open(tmp_path / "reads.csv", encoding="utf-8", newline="") as file:
        written = {row["quantity"]: row for row in csv.DictReader(file)}
    assert {name: frozenset(row["reads"].split(";")) for name, row in written.items()} == reads_of(
        [load_case(CASES[3])], EVIDENCE
    )
    assert any(row["carried_by"] for row in written.values())


def test_without_a_case_no_table_is_made(capsys):
    before = TARGET.read_bytes()
    assert main([]) == 1
    assert "case files" in capsys.readouterr().err
    assert TARGET.read_bytes() == before


def test_names_are_typed_only_where_no_run_reads_them():
    typed = {row.name for row in EVIDENCE.rows(QuantityRow) if row.parameters}
    assert typed
    assert not typed & rows().keys()


def test_names_that_are_gone_are_one_fault(tmp_path):
    """However many rows hold them."""
    copytree(DATA, tmp_path / "evidence")
    file = tmp_path / "evidence" / "reads.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("taper_ratio", "taper").replace("pain_scores", "pains"), encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        Evidence.read(tmp_path / "evidence", alone=True)
    assert [str(fault) for fault in caught.value.faults] == [
        "reads.csv: taper, pains are no parameters or pools any more; make it anew: make reads"
    ]


def test_a_table_has_a_row_for_each_quantity_in_order():
    text = table({"b": frozenset({"y", "x"}), "a": frozenset({"z"})}, {"a": {"e": "1.000"}})
    assert [line.split(",")[:2] for line in text.splitlines()[1:]] == [["a", "z"], ["b", "x;y"]]
    assert text.splitlines()[1].split(",")[6] == "1.000"


@pytest.fixture(scope="module")
def run(make_case):
    return simulate(make_case(), draws=4, seed=3)


def test_every_number_says_what_was_read_for_it(run):
    for one in (*run.endpoints, *run.curves):
        assert one.reads or one.quantity == "applied_dose", one.name
        assert one.reads <= EVIDENCE.parameters.keys() | EVIDENCE.pools.keys(), one.name
        assert one.reads <= set(EVIDENCE.stands_on(one.quantity)), one.name


@pytest.mark.parametrize(
    ("quantity", "read", "unread"),
    [
        ("in_situ_depth", "puncture_toughness", ("closure_half_life", "residual_depth_share", "bleeding_share")),
        ("residual_depth", "residual_depth_share", ("closure_half_life", "bleeding_share")),
        ("baseline_dermis", "dermis_between_people", ("indentation_stiffness", "papillary_dermis_share[face]")),
        ("contact_density", "track_width[pen]", ("puncture_toughness", "handling_overhead")),
        ("needling_time", "handling_overhead", ("puncture_toughness", "reentry_distance_ratio")),
        ("open_fraction_at_1_h", "recoil_share", ("channel_evaporation", "closed_step[OCT]")),
        ("closure_time_tewl", "channel_evaporation", ("pore_narrowing_exponent", "makeup_clinic_hours")),
        ("activated_fraction", "signalling_length", ("collagen_i_turnover", "epithelial_front_speed")),
        ("infection_risk", "event_rates", ("collagen_i_turnover", "outcome_effects")),
        ("trial_mean_relative_improvement", "outcome_effects", ("pain_scores", "closure_half_life", "event_rates")),
        ("pain_vas", "pain_scores", ("outcome_effects", "closure_half_life", "event_rates")),
        ("redness_duration", "sign_durations", ("pain_scores", "bruise_volume")),
    ],
)
def test_what_was_not_read_is_not_named(run, quantity, read, unread):
    end = next(one for one in run.endpoints if one.quantity == quantity)
    assert read in end.reads
    assert not set(unread) & end.reads


@dataclass(frozen=True)
class Nudged(Draws):
    """One person in every lane, in each of them with one parameter moved; the first is left alone."""

    lanes: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str, unit: str, session: int = 0, zone: str = "") -> np.ndarray:
        values, one = super().__call__(name, unit, session, zone).copy(), EVIDENCE.parameters[name]
        if name in self.lanes:
            low, high = (end * factor(one.unit, unit) for end in (one.low, one.high))
            value = values[self.lanes[name]]
            values[self.lanes[name]] = value + AHEAD * (high - value if high - value > value - low else low - value)
        return values


@pytest.fixture
def nudged(monkeypatch):
    """A run of one person, once for each parameter with a range."""
    names = [name for name, one in EVIDENCE.parameters.items() if one.low < one.high]
    lanes = {name: number + 1 for number, name in enumerate(names)}
    count = len(lanes) + 1

    def draws(evidence: Evidence, luck: Luck, notes: Notebook) -> Nudged:
        return Nudged(evidence, Luck(luck.seed, count, luck.vary, count), notes, lanes=lanes)

    monkeypatch.setattr(sys.modules["dermatwin.twin.simulate"], "Draws", draws)
    monkeypatch.setattr(sys.modules["dermatwin.twin.simulate"], "people_kept", lambda case, people: people)
    return lambda path: (lanes, simulate(load_case(path), draws=count, seed=3))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_parameter_that_moves_a_number_was_read_for_it(path, nudged):
    """All parameters one by one, each in a lane of its own: what moves a number stands among what was read for it."""
    lanes, run = nudged(path)
    moved, wrong = 0, {}
    for end in run.endpoints:
        moving = ~np.isclose(
            end.values, end.values[0], rtol=NOISE, atol=NOISE * np.nanmax(np.abs(end.values)), equal_nan=True
        )
        found = {name for name, lane in lanes.items() if moving[lane]}
        moved += len(found)
        if found - end.reads:
            wrong[end.name] = sorted(found - end.reads)
    assert moved > 5 * len(run.endpoints)
    assert wrong == {}


def moved_without_being_read(case, base, batch):
    """Endpoints that change when a batch of parameters does, though none of the batch was read for them."""
    changed = {}
    for name in batch:
        one = EVIDENCE.parameters[name]
        changed[name] = one.value + AHEAD * ((one.high if one.high > one.value else one.low) - one.value)
    again = {
        end.key: end for end in simulate(case, base.provenance["draws"], 3, evidence=EVIDENCE.believing(**changed)).endpoints
    }
    both = [(end, again[end.key]) for end in base.endpoints if end.key in again]
    moved = [(a, b) for a, b in both if not np.array_equal(a.values, b.values, equal_nan=True)]
    return len(moved), [a.name for a, b in moved if not (a.reads | b.reads) & changed.keys()]


@pytest.mark.parametrize("path", [CASES[0]], ids=lambda path: path.stem)
def test_only_what_was_read_can_move_a_number(path):
    """Stated values too, which are the same for everybody: in batches, and to the last bit."""
    case = load_case(path)
    base = simulate(case, 3, 3)
    names = [name for name, one in EVIDENCE.parameters.items() if one.low < one.high]
    order = np.random.default_rng(1).permutation(len(names))
    batches = [[names[at] for at in order[start : start + BATCH]] for start in range(0, len(names), BATCH)]
    found = [moved_without_being_read(case, base, batch) for batch in batches]
    assert sum(moved for moved, _ in found) > len(base.endpoints)
    assert [wrong for _, wrong in found if wrong] == []


def test_luck_has_an_owner():
    """Stages ask their draws, which know whose spread it is; nobody goes to the luck itself."""
    rooms = ("skin", "insertion", "barrier", "delivery", "healing", "outcome")
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for room in rooms
        for path in (SOURCE / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "luck"
    ]
    assert found == []


def test_a_notebook_tells_the_one_it_was_opened_in():
    draws = Draws(EVIDENCE, Luck(1, 3), Notebook(keep=True))
    own = draws.apart()
    values = own("channel_recoil", "1", 2, "cheek")
    own.median("taper_ratio", "1")
    page = Pages(draws)
    page["one"].score("person", "pain", owner="pain_between_people")
    page["other"].stated("hand_speed[pen]")
    assert own.reads == {"channel_recoil", "taper_ratio"}
    assert (page.of("one"), page.of("other")) == ({"pain_between_people"}, {"hand_speed[pen]"})
    assert page.of("one", "other", "nothing") == {"pain_between_people", "hand_speed[pen]"}
    assert draws.reads == own.reads | page.of("one", "other")
    assert draws.notes.kept is not None
    assert {name for name, _ in draws.notes.kept} == {"channel_recoil", "pain_between_people"}
    np.testing.assert_array_equal(draws.notes.kept["channel_recoil", "@cheek 2"], values)


def closed(grade_or_source: str, count: int = 5) -> Draws:
    """The same people twice: as they are, and with one group closed."""
    lanes = np.arange(2 * count) >= count
    return Draws(EVIDENCE, Luck(4, 2 * count, copies=2), closed={grade_or_source: lanes})


def spread(name: str) -> bool:
    return EVIDENCE.parameters[name].distribution != "fixed"


@pytest.mark.parametrize("grade", "ABCDE")
def test_a_closed_grade_stays_at_its_medians_and_leaves_the_others_alone(grade):
    people, lanes, still = Draws(EVIDENCE, Luck(4, 5)), closed(grade), Draws(EVIDENCE, Luck(4, 5, frozenset()))
    seen = 0
    for name in filter(spread, EVIDENCE.parameters):
        unit, shut = EVIDENCE.parameters[name].unit, EVIDENCE.grade_of(name) == grade
        found = lanes(name, unit, 1, "cheek")
        np.testing.assert_array_equal(found[:5], people(name, unit, 1, "cheek"))
        np.testing.assert_array_equal(found[5:], (still if shut else people)(name, unit, 1, "cheek"), err_msg=name)
        seen += shut
    assert seen > 0


@pytest.mark.parametrize("source", ["knowledge", "person", "chance"])
def test_a_closed_source_is_one_that_does_not_vary(source):
    rest = frozenset({"knowledge", "person", "chance"}) - {source}
    lanes, part = closed(source), Draws(EVIDENCE, Luck(4, 5, rest))
    for name in filter(spread, EVIDENCE.parameters):
        unit = EVIDENCE.parameters[name].unit
        np.testing.assert_array_equal(lanes(name, unit, 1, "cheek")[5:], part(name, unit, 1, "cheek"), err_msg=name)
    for owner in ("pain_scores", "pain_between_people"):
        for draw in (Draws.score, Draws.share):
            np.testing.assert_array_equal(draw(lanes, source, "x", owner=owner)[5:], draw(part, source, "x", owner=owner))


def test_a_pool_belongs_to_its_grade():
    lanes = closed(EVIDENCE.grade_of("pain_scores"))
    assert not lanes.score("knowledge", "x", owner="pain_scores")[5:].any()
    assert lanes.score("knowledge", "x", owner="pain_between_people")[5:].all()
    assert (lanes.share("knowledge", "x", owner="pain_scores")[5:] == 0.5).all()
    assert lanes.still("knowledge", "pain_scores").tolist() == [False] * 5 + [True] * 5
    assert EVIDENCE.grade_of("nobody_knows_it") == "E"


def test_closed_effects_of_trials_are_the_medians_of_their_table():
    found, table = effects(closed(EVIDENCE.grade_of("outcome_effects"))), pooled(closed("A"))
    for name in ("needle", "drift", "person"):
        assert np.ptp(found[name][:5]) > 0.0
        np.testing.assert_array_equal(found[name][5:], np.full(5, np.median(table.column(name))))
    assert not found.new("study", "study effect")[5:].any()


def test_a_family_that_was_read_stands_for_its_members():
    assert {name for name in EVIDENCE.stands_on("baseline_tewl") if split(name)[0] == "tewl_baseline"} == {
        parameter.name for parameter in EVIDENCE.family("tewl_baseline").values()
    }
