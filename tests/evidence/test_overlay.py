"""A folder laid over the evidence: what is new joins, what has the key of another takes its place, all else stays."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from dermatwin.core import EvidenceError
from dermatwin.delivery import find_product, solutes
from dermatwin.device import catalogue, find
from dermatwin.evidence import Evidence, Tables, view
from dermatwin.evidence.rows.delivery import ActivePropertyRow, ExcipientRow
from dermatwin.evidence.rows.device import DeviceRow
from dermatwin.evidence.rows.screening import AnaestheticRow
from dermatwin.evidence.rows.trials import AdverseRow
from dermatwin.evidence.store import DATA
from dermatwin.screening import rule_book
from dermatwin.skin import sites

PACKAGED = Evidence.packaged()
SOURCE = "ablon2018"  # any that is registered


def lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def row(name: str, start: str) -> str:
    return next(line for line in lines(name) if line.startswith(start))


def laid(folder: Path, **files: list[str]) -> Evidence:
    """Evidence with some rows laid over it, each file with the columns of the packaged one: parameters__skin=[...]."""
    for name, rows in files.items():
        path = folder / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(exist_ok=True, parents=True)
        source = DATA / path.relative_to(folder)
        head = lines(str(source))[0] if source.exists() else lines("parameters/skin.csv")[0]
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return Evidence.read(folder)


def test_a_row_of_the_same_key_takes_the_place_of_the_packaged_one(tmp_path):
    changed = row("devices.csv", "dermapen-3,").replace(",11,250,", ",9,250,")
    evidence = laid(tmp_path, devices=[changed])
    assert find("dermapen-3", evidence).needle_count == 9
    assert find("dermapen-3", PACKAGED).needle_count == 11
    assert [one.id for one in evidence.rows(DeviceRow)] == [one.id for one in PACKAGED.rows(DeviceRow)]
    others = {name: device for name, device in catalogue(evidence).items() if name != "dermapen-3"}
    assert others == {name: device for name, device in catalogue(PACKAGED).items() if name != "dermapen-3"}


def test_a_new_row_comes_after_all_others(tmp_path):
    new = row("devices.csv", "dermapen-3,").replace("dermapen-3,Dermapen (first model)", "mine,Mine")
    new = new.replace("dermapen; dermapen md; first dermapen", "")
    evidence = laid(tmp_path, devices=[new])
    assert [one.id for one in evidence.rows(DeviceRow)] == [*(one.id for one in PACKAGED.rows(DeviceRow)), "mine"]


def test_what_is_said_of_one_active_takes_the_place_of_all_that_was(tmp_path):
    """Two sources of one pKa are not a list to which a third is added: who lays one over says what it is."""
    evidence = laid(tmp_path, active_properties=[f"azelaic acid,pka_acid,4.6,1,C,{SOURCE},"])
    said = [r.value for r in evidence.rows(ActivePropertyRow) if (r.active, r.property) == ("azelaic acid", "pka_acid")]
    assert said == [4.6]
    assert solutes(evidence)["azelaic acid"].pka == 4.6
    assert solutes(evidence)["azelaic acid"].log_kow == solutes(PACKAGED)["azelaic acid"].log_kow


def test_a_product_named_again_has_only_the_excipients_that_are_named(tmp_path):
    evidence = laid(tmp_path, excipients=[f"azelaic_acid_15_gel,glycerol,0.1,92.09,-1.76,{SOURCE},C,"])
    of = [r.excipient for r in evidence.rows(ExcipientRow) if r.product == "azelaic_acid_15_gel"]
    assert of == ["glycerol"]
    others = [r for r in PACKAGED.rows(ExcipientRow) if r.product != "azelaic_acid_15_gel"]
    assert [r for r in evidence.rows(ExcipientRow) if r.product != "azelaic_acid_15_gel"] == others


def test_the_label_of_an_anaesthetic_is_replaced_for_all_ages(tmp_path):
    agent = PACKAGED.rows(AnaestheticRow)[0].agent
    first = row("anaesthetics.csv", f"{agent},")
    evidence = laid(tmp_path, anaesthetics=[first])
    assert len([r for r in evidence.rows(AnaestheticRow) if r.agent == agent]) == 1
    assert len([r for r in PACKAGED.rows(AnaestheticRow) if r.agent == agent]) > 1


def test_measurements_are_added(tmp_path):
    evidence = laid(tmp_path, measurements__adverse_rates=[lines("measurements/adverse_rates.csv")[1]])
    assert len(evidence.rows(AdverseRow)) == len(PACKAGED.rows(AdverseRow)) + 1
    assert evidence.rows(AdverseRow)[:-1] == PACKAGED.rows(AdverseRow)


def test_a_parameter_laid_over_keeps_its_stage_and_no_fit_moves_it(tmp_path):
    fitted = next(name for name in PACKAGED.parameters if PACKAGED.posterior_of(name))
    file = next(path for path in (DATA / "parameters").glob("*.csv") if f"\n{fitted}," in path.read_text("utf-8"))
    evidence = laid(tmp_path, parameters__mine=[row(f"parameters/{file.name}", f"{fitted},")])
    assert evidence.posterior_of(fitted) is None
    assert evidence.parameters[fitted] == PACKAGED.prior[fitted]
    assert evidence.parameters[fitted].stage == file.stem
    others = {name: value for name, value in evidence.parameters.items() if name != fitted}
    assert others == {name: value for name, value in PACKAGED.parameters.items() if name != fitted}


def test_a_fit_laid_over_is_asked_what_it_stands_on(tmp_path):
    """The packaged fits say what they said, whatever lies over them; one's own must belong to what lies there with it."""
    changed = row("parameters/insertion.csv", "puncture_toughness,").replace(",Gamma,4,", ",Gamma,5,")
    assert laid(tmp_path, parameters__insertion=[changed]).stale == ()
    (tmp_path / "posteriors").mkdir()
    for name in ("needling.csv", "needling.yaml"):
        shutil.copy(DATA / "posteriors" / name, tmp_path / "posteriors" / name)
    with pytest.raises(EvidenceError) as told:
        Evidence.read(tmp_path)
    (fault,) = told.value.faults
    assert str(fault).startswith(
        "parameters/insertion.csv: puncture_toughness has changed since the fit 'needling' was made"
    )
    assert Evidence.read(tmp_path, even_stale=True).stale == ("needling",)
    (tmp_path / "parameters" / "insertion.csv").unlink()
    again = Evidence.read(tmp_path)
    assert again.stale == ()
    assert again.parameters == PACKAGED.parameters


def test_a_parameter_in_another_unit_is_refused(tmp_path):
    name = "stratum_corneum_thickness[cheek]"
    changed = row("parameters/skin.csv", f"{name},").replace(",um,", ",mm,")
    with pytest.raises(EvidenceError) as told:
        laid(tmp_path, parameters__skin=[changed])
    assert [str(fault) for fault in told.value.faults] == [
        "parameters/skin.csv:2.unit: mm is not the unit in which it is read; write it in um"
    ]


def test_rules_are_replaced_by_id_and_groups_by_name(tmp_path):
    book = rule_book(PACKAGED)
    plain = f"level: info, when: [{{always: true}}], reason: r, action: a, sources: [{SOURCE}]"
    text = (
        "groups: {mouth: [upper lip]}\nrules:\n"
        f"  - {{id: past_skin_cancer, title: Past, {plain}}}\n  - {{id: of_mine, title: Mine, {plain}}}\n"
    )
    (tmp_path / "screening_rules.yaml").write_text(text, encoding="utf-8")
    own = rule_book(Evidence.read(tmp_path))
    assert [rule.id for rule in own.rules] == [*(rule.id for rule in book.rules), "of_mine"]
    assert {rule.id for rule in own.rules if rule not in book.rules} == {"past_skin_cancer", "of_mine"}
    assert own.groups == {**book.groups, "mouth": ("upper lip",)}


def test_later_folders_lie_over_earlier_ones(tmp_path):
    line = row("devices.csv", "dermapen-3,")
    laid(tmp_path / "first", devices=[line.replace(",11,250,", ",9,250,")])
    laid(tmp_path / "second", devices=[line.replace(",11,250,", ",7,250,")])
    both = Evidence.read(tmp_path / "first", tmp_path / "second")
    assert find("dermapen-3", both).needle_count == 7
    assert [overlay.name for overlay in both.overlays] == ["first", "second"]
    assert find("dermapen-3", Evidence.read(tmp_path / "second", tmp_path / "first")).needle_count == 9


def test_the_digest_is_of_what_was_read(tmp_path):
    """A file that changes after it was read changes neither the digest, nor a view, nor what a run folder keeps."""
    line = row("devices.csv", "dermapen-3,")
    evidence = laid(tmp_path / "mine", devices=[line])
    (before,) = evidence.overlays
    again = Evidence.read(tmp_path / "mine")
    assert again.overlays == (before,)
    (tmp_path / "mine" / "devices.csv").write_text("nonsense\n", encoding="utf-8")
    assert evidence.overlays == (before,)
    assert find("dermapen-3", evidence).needle_count == 11
    evidence.tables.layers[-1].write(tmp_path / "kept" / "mine")
    assert Evidence.read(tmp_path / "kept" / "mine").overlays == (before,)
    assert before.rows == {"devices": 1}
    assert evidence.fingerprint == PACKAGED.fingerprint


def test_beliefs_share_what_was_made_of_the_tables():
    made: list[Tables] = []

    @view
    def counted(tables: Tables, kind: type[DeviceRow]) -> int:
        made.append(tables)
        return len(tables.rows(kind))

    believing = PACKAGED.believing(puncture_toughness=1.0)
    for evidence in (PACKAGED, believing, PACKAGED.before_fits(), PACKAGED.without(["ablon2018"])):
        assert counted(evidence, DeviceRow) == len(PACKAGED.rows(DeviceRow))
    assert made == [PACKAGED.tables]
    assert catalogue(believing) is catalogue(PACKAGED)


def test_what_is_shared_cannot_be_changed():
    with pytest.raises(TypeError):
        catalogue(PACKAGED)["mine"] = find("dermapen-3", PACKAGED)  # pyright: ignore[reportIndexIssue]


def test_evidence_goes_to_other_processes(tmp_path):
    evidence = laid(tmp_path / "mine", devices=[row("devices.csv", "dermapen-3,").replace(",11,250,", ",9,250,")])
    again = pickle.loads(pickle.dumps(evidence))
    (tmp_path / "mine" / "devices.csv").unlink()
    assert find("dermapen-3", again).needle_count == 9
    assert (again.overlays, again.parameters) == (evidence.overlays, evidence.parameters)
    assert sites(again) == sites(PACKAGED)
    assert find_product("lidocaine 4 % cream", again) == find_product("lidocaine 4 % cream", PACKAGED)
