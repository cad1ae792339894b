"""Trial documents and verbs: every fault at once, the same numbers whoever computes them, what is written."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml

from builders import dermatwin
from dermatwin.core import Luck
from dermatwin.core.errors import CaseError
from dermatwin.outcome import Belief
from dermatwin.trial.chunk import MEAN, Chunk, Task, column, computed
from dermatwin.trial.drawing import Bench, draw_trials
from dermatwin.trial.eligible import enrol
from dermatwin.trial.loading import load_trial, plan_of
from dermatwin.trial.pool import pooled
from dermatwin.trial.running import run_trial
from dermatwin.trial.schema_of import TEMPLATE, trial_schema
from dermatwin.trial.spread_out import Where, from_cluster, packed, unpacked
from dermatwin.trial.telling import efficacy, subjects
from trials import document, known_pool

SMALL = {
    "people": 4,
    "pool": {"lots": 4, "worlds": 4},
    "include": {"sex": ["female"], "phototypes": ["III"], "age": ["30 yr", "40 yr"]},
}
LENGTH = "course.settings.cheek.needle_length"
SCARS, WAITING = {"concern": "acne_scar"}, {"name": "b", "role": "waiting_list"}
WITHIN = {"analysis": {"method": "paired_t"}}
TABLES = sorted(Path(__file__).parents[2].glob("examples/trials/**/*.yaml"))


def cheek(*concerns):
    return {"zone": "cheek", "area": "60 cm^2", "concerns": list(concerns)}


def faults_of(raw):
    with pytest.raises(CaseError) as wrong:
        plan_of(raw)
    return {fault.path: f"{fault.found} {fault.expected}".strip() for fault in wrong.value.faults}


# --- documents ---


def test_the_template_is_a_trial_and_fits_its_schema(tmp_path):
    path = tmp_path / "trial.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    assert load_trial(path).document.people == 60
    jsonschema.Draft202012Validator(trial_schema()).validate(yaml.safe_load(TEMPLATE.replace("2026-01-12", "'2026-01-12'")))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_example_is_a_trial(path):
    assert load_trial(path).document.title


def test_all_faults_are_told_at_once():
    raw = document(
        people=3,
        visits=[{"time": "4 weeks"}, {"time": "2 weeks"}],
        randomisation={"block": 3, "strata": ["sex", "sex"]},
        exclude={"facts": ["diabets"]},
        analysis={"method": "paired_t", "compare": ["needling", "nobody"]},
        stopping={"looks": [0.5, 0.4]},
        population="acne_scar_indai",
        course={**document()["course"], "device": "no such pen", "sessions": {"count": 0}},
    )
    found = faults_of(raw)
    assert found["people"] == "3 cannot fill 2 arms with two people each; take 4 or more"
    assert found["randomisation.block"].endswith("take a multiple of 2")
    assert "did you mean 'diabetes'" in found["exclude.facts.0"]
    assert "did you mean 'acne_scar_india'" in found["population"]
    assert {"visits.1", "randomisation.strata", "analysis.method", "analysis.compare.1", "stopping.looks"} <= found.keys()
    assert "course.sessions.count" in found


def test_faults_of_shape_and_of_the_course_come_together():
    raw = document(people=0, desing="parallel", course={**document()["course"], "start": "tomorrow"})
    found = faults_of(raw)
    assert found["people"] == "0 is below 1"
    assert found["desing"] == "is not a known key; did you mean 'design'?"
    assert "course.start" in found


def test_a_fault_of_one_arm_names_the_arm():
    settings = {"settings": {"cheek": {"needle_length": "15 mm"}}}
    found = faults_of(document(arms=[{"name": "usual"}, {"name": "deep", "course": settings}]))
    assert list(found) == ["arms.1.course.settings.cheek.needle_length"]


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"design": "split_face", **WITHIN, "arms": [{"name": n} for n in "abc"]}, "arms", "two halves"),
        ({"include": {"phototypes": ["III"], "age": ["66 yr", "70 yr"]}}, "include.age", "leaves nobody"),
        ({"population": "acne_scar_india", "include": {"phototypes": ["IV", "I"]}}, "include.phototypes", "nobody"),
        ({"randomisation": {"strata": ["sex", "phototype", "age", "severity"]}}, "randomisation.strata", "too few"),
        ({"visits": [{"time": "6 weeks"}]}, "visits.0.time", "before the last session"),
        (
            {"zones": [cheek({"concern": "acne_scar", "severity": 20})]},
            "zones.0.concerns.0.severity",
            "drawn from the population",
        ),
        ({"zones": [cheek({"concern": "pores"})]}, "zones.0.concerns.0.concern", "no number"),
        ({"zones": [cheek()]}, "zones.0.concerns", "has no concern"),
        ({"zones": [cheek(SCARS), {**cheek(SCARS), "name": "other"}]}, "zones", "a trial reads one"),
        ({"design": "crossover", **WITHIN, "arms": [{"name": "a"}, WAITING]}, "arms.1.role", "nobody waits"),
        ({"course": {**document()["course"], "settings": {"cheek": {"needle_length": "1 mm"}}}}, LENGTH, "1.5-1.5 mm"),
        ({"course": {**document()["course"], "device": "no such pen"}}, "course.device", "no such pen"),
        ({"stopping": {"looks": [0.1, 1.0]}}, "stopping.looks.0", "too few"),
        ({"stopping": {"looks": [0.5]}}, "stopping.looks", "the last is at 1"),
        ({"published": [{"quantity": "change", "time": "5 weeks"}]}, "published.0.time", "none of the visits"),
        ({"leave_out": ["alam2041"]}, "leave_out.0", "did you mean 'alam2014'"),
    ],
)
def test_what_cannot_be_is_told_before_anything_runs(changes, path, words):
    assert words in faults_of(document(**changes))[path]


def test_a_trial_for_which_nobody_is_left_says_why():
    """Everybody's history has the fact that is excluded."""
    narrow = {"sex": ["female"], "age": ["30 yr", "34 yr"]}
    plan = plan_of(document(include=narrow, exclude={"facts": ["diabetes"], "screened": "nobody"}))
    assert enrol(plan, 50, 1).reasons["diabetes"] > 0
    settings = {"upper_eyelid": {"needle_length": "1.5 mm"}}
    lid = {"zone": "upper_eyelid", "area": "4 cm^2", "concerns": [SCARS]}
    course = {**document()["course"], "settings": settings}
    none = plan_of(document(include=narrow, exclude={"screened": "stop"}, zones=[lid], course=course))
    with pytest.raises(CaseError, match="hardly anybody"):
        enrol(none, 50, 1)


# --- the same numbers whoever computes them ---


@pytest.fixture(scope="module")
def whole():
    """A small pool in worlds of its own, in one chunk."""
    return pooled(plan_of(document(**SMALL)), 3, drawn=True)


def same(one, other):
    return list(one.table) == list(other.table) and all(
        np.array_equal(one.table[name], other.table[name]) for name in one.table
    )


def test_chunks_change_nothing(whole):
    assert same(whole, pooled(plan_of(document(**SMALL)), 3, drawn=True, size=7))


def test_what_a_chunk_says_is_what_the_twin_says():
    """A person of the pool beside the same person simulated alone."""
    from dermatwin import outcome
    from dermatwin.evidence import Draws
    from dermatwin.history import person_in
    from dermatwin.trial.eligible import kinds_of, patient_of
    from dermatwin.twin.reading import course_of
    from dermatwin.twin.resolve import resolve
    from dermatwin.twin.stages import run_zone, untold, usual_course

    plan = plan_of(document(**SMALL))
    people = enrol(plan, 2, 3).people
    numbers = tuple(int(n) for n in people.number)
    table = computed(Task(plan, 3, True), Chunk(0, numbers, numbers))
    for place, number in enumerate(numbers):
        draws = Draws(plan.evidence, Luck(3, 1, first=number))
        patient = patient_of(kinds_of(people, 10.0)[place], plan, 10.0)
        case = plan.cases["needling"].model_copy(update={"patient": patient})
        (zone,) = resolve(case, plan.evidence)
        who = person_in(case, plan.evidence)
        run = run_zone(case, who, zone, draws, untold)
        read = outcome.read_out(
            run.zone,
            who,
            run.skin,
            course_of(case, run),
            Belief(draws, reference=usual_course(draws)),
            also=plan.reading_days,
        )
        alone = {r.time: r.values[0] for r in read.readings if r.quantity == "trial_mean_relative_improvement"}
        for day in plan.reading_days:
            assert table[column("needling", MEAN, day)][place] == alone[day]


def test_what_is_there_is_not_computed_again_and_what_is_lost_comes_back(whole, tmp_path, monkeypatch):
    plan = plan_of(document(**SMALL))
    first = pooled(plan, 3, drawn=True, folder=tmp_path, size=7)
    files = sorted(tmp_path.rglob("*"))
    kept = [path for path in files if path.suffix == ".parquet"]
    assert len(kept) == 3
    assert not [path for path in files if path.name.startswith(".")]
    kept[1].unlink()
    before = kept[0].stat().st_mtime_ns
    done = []
    monkeypatch.setattr(
        "dermatwin.trial.spread_out.computed", lambda task, chunk: done.append(chunk.number) or computed(task, chunk)
    )
    again = pooled(plan, 3, drawn=True, folder=tmp_path, size=7)
    assert done == [1]
    assert kept[0].stat().st_mtime_ns == before
    assert same(first, again)
    assert same(whole, again)


def test_another_trial_has_another_pool(tmp_path):
    from dermatwin.trial.pool import key_of

    plan, other = plan_of(document(**SMALL)), plan_of(document(**{**SMALL, "visits": [{"time": "25 weeks"}]}))
    keys = {key_of(Task(p, seed, drawn), 4, 7) for p in (plan, other) for seed in (1, 2) for drawn in (True, False)}
    assert len(keys) == 8


def test_a_table_survives_the_way_through_parquet():
    table = {"person": np.array([3, 9]), "x": np.array([0.1, np.nan])}
    back = unpacked(packed(table))
    assert all(np.array_equal(table[name], back[name], equal_nan=True) for name in table)
    assert packed(table) == packed(table)


def test_a_cluster_whose_worker_is_killed_gives_the_same(whole):
    """Two workers of processes of their own; one is killed while it computes its first chunk."""
    from distributed import Client, LocalCluster

    plan = plan_of(document(**SMALL))
    numbers = [int(n) for n in whole.people.number]
    chunks = [Chunk(i, tuple(numbers[4 * i : 4 * i + 4]), (i,) * 4) for i in range(4)]
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        pids = client.run(os.getpid)
        coming = from_cluster(client, Task(plan, 3, True), chunks)
        os.kill(next(iter(pids.values())), signal.SIGKILL)
        tables = {chunk.number: unpacked(content) for chunk, content in coming}
    for name, values in whole.table.items():
        joined = np.concatenate([tables[number][name] for number in range(4)])
        assert np.array_equal(joined, values), name


def test_processes_give_the_same(whole):
    assert same(whole, pooled(plan_of(document(**SMALL)), 3, drawn=True, size=8, where=Where(workers=2)))


def test_a_scheduler_that_is_not_there_is_a_fault():
    with pytest.raises(CaseError, match="does not answer"):
        pooled(plan_of(document(**SMALL)), 3, drawn=True, where=Where(scheduler="nothing://here:1"))


def test_people_of_one_world_share_its_knowledge_and_others_do_not(whole):
    spread = whole.spread.reshape(4, 4)
    assert (spread == spread[:, :1]).all()
    assert len(np.unique(spread)) == 4


# --- what is written ---


@pytest.mark.parametrize("design", ["parallel", "split_face", "crossover"])
def test_one_trial_in_the_layout_of_the_field(design, tmp_path):
    """What stands in the tables is what was drawn: a t test of the table is that of the trial."""
    from dermatwin.trial.analysed import analysed

    method = "t_test" if design == "parallel" else "paired_t"
    raw = document(
        design=design, analysis={"method": method}, randomisation={}, leaving={"at_random": "20 %"}, raters={"step": 0.5}
    )
    bench = Bench(known_pool(raw, (0.3, 0.1), severity=None), 1, False)
    drawn = draw_trials(bench, 1, 40, np.random.default_rng(1))

    class Found:
        plan, seed, example = bench.pool.plan, 1, drawn

    Found.bench = bench
    people = list(csv.DictReader(io.StringIO(subjects(Found))))
    rows = list(csv.DictReader(io.StringIO(efficacy(Found))))
    assert len(people) == 40
    assert {row["EOSSTT"] for row in people} == {"COMPLETED", "DISCONTINUED"}
    last = [row for row in rows if row["AVISITN"] == "2"]
    assert all(float(r["AVAL"]) - float(r["BASE"]) == pytest.approx(float(r["CHG"]), abs=1e-3) for r in last)
    gains = {(r["USUBJID"], r["TRTP"]): -float(r["CHG"]) for r in last}
    if design == "split_face":
        assert {row["LAT"] for row in rows} == {"LEFT", "RIGHT"}
        pairs = [gains[i, "needling"] - gains[i, "untreated"] for i in {i for i, _ in gains}]
        mean = np.mean(pairs)
    elif design == "parallel":
        mean = np.mean([g for (_, t), g in gains.items() if t == "needling"]) - np.mean(
            [g for (_, t), g in gains.items() if t != "needling"]
        )
    else:
        assert {row["APERIOD"] for row in rows} == {"1", "2"}
        by = {p["USUBJID"]: p["TRTSEQP"] for p in people}
        sequences = [
            np.mean([gains[i, "needling"] - gains[i, "untreated"] for i in by if by[i] == s and (i, "needling") in gains])
            for s in set(by.values())
        ]
        mean = np.mean(sequences)
    assert analysed(bench, drawn).estimate[0] == pytest.approx(mean, abs=1e-3)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The verb on a small trial: its folder, and what it prints for machines."""
    folder = tmp_path_factory.mktemp("trial")
    raw = document(**{**SMALL, "people": 12, "randomisation": {"block": 4}, "stopping": {"looks": [0.5, 1.0]}})
    (folder / "trial.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    arguments = [
        "trial",
        str(folder / "trial.yaml"),
        "--out",
        str(folder / "out"),
        "--pool",
        str(folder / "pool"),
        "--trials",
        "40",
    ]
    return folder, json.loads(dermatwin(*arguments, "--json").stdout), arguments


def test_the_verb_writes_page_tables_and_numbers(ran):
    folder, summary, _ = ran
    assert {path.name for path in (folder / "out").iterdir()} == {
        "trial.html",
        "trial.json",
        "adsl.csv",
        "adeff.csv",
        "contents.json",
    }
    assert json.loads((folder / "out" / "trial.json").read_text()) == summary
    assert summary["power"]["trials"] == 40
    assert 0.0 <= summary["assurance"]["significant"]["value"] <= 1.0
    page = (folder / "out" / "trial.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    for words in ("Power", "Assurance", "Simulated trials", "When it ends", "Careless readings"):
        assert words in page


def test_the_same_trial_again_is_the_same_and_simulates_nothing(ran, monkeypatch):
    folder, summary, _ = ran
    monkeypatch.setattr("dermatwin.trial.spread_out.computed", lambda *_: pytest.fail("simulated again"))
    again = run_trial(load_trial(folder / "trial.yaml"), 40, folder=folder / "pool")
    assert again.power.significant.value == summary["power"]["significant"]["value"]
    assert again.assurance is not None
    assert again.assurance.estimate == pytest.approx(summary["assurance"]["estimate"], rel=1e-12)


def test_a_missing_library_is_one_line(monkeypatch):
    import importlib.util

    from dermatwin.cli.trial_verbs import require_extra

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "statsmodels" else object())
    with pytest.raises(CaseError, match=r"needs statsmodels: pip install 'dermatwin\[trials\]'"):
        require_extra()
