"""Joint draws that a fit left behind: read, drawn from, left out study by study."""

import numpy as np
import pytest

from dermatwin.core.chance import Luck
from dermatwin.core.errors import EvidenceError
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.joint import ALL as WHOLE
from dermatwin.evidence.joint import read_joint
from dermatwin.evidence.layers import Layer
from dermatwin.evidence.posterior import read_posteriors
from dermatwin.validation.rows import measured

ALL = frozenset({"knowledge", "person", "chance"})


@pytest.fixture(scope="module")
def evidence():
    return Evidence.packaged()


@pytest.fixture(scope="module")
def needling(evidence):
    return next(posterior for posterior in evidence.posteriors if posterior.name == "needling")


def test_the_shipped_fit_has_a_table_without_every_study(needling):
    assert set(needling.tables) == {"", *needling.studies}
    tables = measured(Evidence.packaged())
    rows = [*tables["insertion.csv"], *tables["closure.csv"]]
    assert set(needling.studies) <= {source for row in rows for source in row.sources}
    assert all(table.shape == needling.scores.shape and np.isfinite(table).all() for table in needling.tables.values())


def test_measurements_were_heard_but_not_everywhere(evidence, needling):
    """Toughness is what puncture tests measure; nothing here sees where evaporation saturates."""
    assert "puncture_toughness" in needling.informed
    assert 0 < len(needling.informed) < len(needling.parameters)
    heard, silent = evidence.parameters["puncture_toughness"], evidence.parameters["evaporation_limit"]
    assert heard.informed
    assert heard.grade == "D"
    assert set(needling.studies) <= set(heard.sources)
    assert not silent.informed
    assert silent.grade == "E"


def test_priors_rest_on_no_row_that_took_part(evidence, needling):
    """A prior may cite a fitted study only for another result of it than the rows that were fitted."""
    other_results = {"davis2004", "closure_colour_slope: micropore_sites2021"}  # geometry of needles; a remark without size
    prior = evidence.before_fits()
    for name in needling.parameters:
        if prior.parameters[name].stage in ("insertion", "barrier") and prior.parameters[name].grade != "D":
            cited = set(prior.parameters[name].sources) & set(needling.studies)
            assert not {one for one in cited if not {one, f"{name}: {one}"} & other_results}, name


def test_a_value_set_by_hand_is_not_moved_by_the_fit(evidence):
    draws = Draws(evidence.believing(puncture_toughness=17.0), Luck(1, 1, frozenset()))
    assert draws("puncture_toughness", "kJ/m^2") == pytest.approx([17.0])
    assert draws.median("puncture_toughness", "kJ/m^2") == pytest.approx(17.0)


def test_persons_draw_whole_rows(evidence, needling):
    """What the fit ties together stays tied: every drawn pair of values is a pair of the table."""
    draws = Draws(evidence, Luck(3, 50, frozenset({"knowledge"})))
    pair = ("toughness_rate_exponent", "toughness_rate_floor")  # spread by knowledge alone
    drawn = np.stack([draws(name, "1") for name in pair], axis=1)
    medians = Draws(evidence, Luck(3, 1, frozenset()))
    known = Draws(evidence.without([]), Luck(3, 5000, frozenset({"knowledge"})))
    table = np.unique(np.round(np.stack([known(name, "1") for name in pair], axis=1), 9), axis=0)
    assert len(table) <= len(needling.scores)
    assert all(np.isclose(table, one, atol=1e-8).all(axis=1).any() for one in drawn)
    assert medians.median(pair[0], "1") == pytest.approx(float(medians(pair[0], "1")[0]))


def test_leaving_a_study_out_uses_its_own_table(evidence, needling):
    without = evidence.without(["kalluri2011"])
    posterior = next(p for p in without.posteriors if p.name == "needling")
    assert posterior.scores is needling.tables["kalluri2011"]
    assert evidence.without(["kalluri2011", "kalluri2011"]) is without, "made once"
    assert "kalluri2011" not in without.parameters["puncture_toughness"].sources
    assert evidence.without(["never_seen_2099"]) is evidence
    assert Draws(without, Luck(1, 4, ALL))("puncture_toughness", "N/mm") != pytest.approx(
        Draws(evidence, Luck(1, 4, ALL))("puncture_toughness", "N/mm")
    )


def test_before_fits_the_prior_speaks(evidence):
    prior = Draws(evidence.before_fits(), Luck(1, 4000, frozenset({"knowledge"})))
    parameter = evidence.parameters["puncture_toughness"]
    assert np.median(prior("puncture_toughness", "kJ/m^2")) == pytest.approx(parameter.value, rel=0.1)
    after = Draws(evidence, Luck(1, 4000, frozenset({"knowledge"})))("puncture_toughness", "kJ/m^2")
    assert np.log(after).std() < np.log(prior("puncture_toughness", "kJ/m^2")).std()
    assert np.quantile(after, [0.05, 0.5, 0.95]) == pytest.approx(parameter.fitted, rel=0.08)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("without,draw,no_such_parameter\n,0,0.1\n", "is not a parameter"),
        ("without,draw,puncture_toughness\n,0,much\n", "could not convert"),
        ("without,draw,puncture_toughness\nkalluri2011,0,0.1\n", "lacks the draws in which every study took part"),
    ],
)
def test_a_table_that_is_not_one_is_refused(table, says, evidence, tmp_path):
    (tmp_path / "posteriors").mkdir()
    (tmp_path / "posteriors" / "odd.csv").write_text(table, encoding="utf-8")
    (tmp_path / "posteriors" / "odd.yaml").write_text("parameters: {}\nstudies: []\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=says):
        read_posteriors(Layer.own(tmp_path), evidence.parameters)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("parameters: {}\n", "is not the record of a fit: it lacks studies"),
        ("nothing\n", "is not the record of a fit; write lines of"),
        ("parameters: [a\n", "is not YAML"),
        ("parameters: {puncture_toughness: yes}\nstudies: []\n", "does not say of each parameter whether it is informed"),
    ],
)
def test_a_record_that_is_not_one_is_refused(record, says, evidence, tmp_path):
    (tmp_path / "posteriors").mkdir()
    (tmp_path / "posteriors" / "odd.csv").write_text("without,draw,puncture_toughness\n,0,0.1\n", encoding="utf-8")
    (tmp_path / "posteriors" / "odd.yaml").write_text(record, encoding="utf-8")
    with pytest.raises(EvidenceError, match=says):
        read_posteriors(Layer.own(tmp_path), evidence.parameters)


def test_a_trusted_table_is_looked_at_block_by_block():
    """What has passed the gate is read when asked for; any other table is looked at whole, faults in the order of lines."""
    table = b"without,draw,a\n,0,0.5\nother,0,much\n,1,0.25\nother,1\n"
    blocks = read_joint("odd.csv", table, trusted=True).blocks
    assert list(blocks) == [WHOLE, "other"]
    assert blocks[WHOLE].tolist() == [[0.5], [0.25]]
    with pytest.raises(EvidenceError, match="could not convert"):
        blocks["other"]
    with pytest.raises(EvidenceError) as error:
        read_joint("odd.csv", table)
    assert [fault.path for fault in error.value.faults] == ["odd.csv:3", "odd.csv:5"]
