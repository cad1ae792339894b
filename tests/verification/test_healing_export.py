"""What leaves the house about healing: SBML, PEtab, and the page of equations, each from the one model file."""

from __future__ import annotations

import copy
import csv
import io
import math
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from builders import case_of, course_of
from dermatwin.core import Luck
from dermatwin.core.units import registry
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.healing import IdentifierRow
from dermatwin.evidence.rows.knowledge import ObservableRow
from dermatwin.evidence.rows.laboratory import HealingRow
from dermatwin.flows import LAYERS
from dermatwin.healing import antimony, equations, sbml, sbml_notes
from dermatwin.healing.lane import PIECES
from dermatwin.twin.lane import lane

PAGE = Path(__file__).parents[2] / "docs" / "equations.md"
NETWORK = antimony.read()
EVIDENCE = Evidence.packaged()
quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def rolled(**patient):
    """Two sessions with a roller on a cheek without a concern."""
    course = course_of("cheek", device="roller-192", start="2026-01-01", settings={"passes": None, "hand_speed": None})
    return case_of(
        patient={"age": "50 yr", "sex": "female", "phototype": "III", **patient},
        zones=[{"zone": "cheek", "area": "50 cm^2"}],
        course=course,
    )


ALIVE = []  # a model is gone with its document


def model_of(it):
    ALIVE.append(sbml.build(it))
    return ALIVE[-1].getModel()


def text_of(it):
    """The document before it is refused for what is wrong in it."""
    import libsbml

    return libsbml.writeSBMLToString(sbml.build(it))


def plain(tree):
    """A formula without the units of its numbers."""
    import libsbml

    return libsbml.formulaToL3String(tree).replace(" dimensionless", "")


def parts(model, kind):
    return {part.getId(): part for part in getattr(model, f"getListOf{kind}")()}


class TestPage:
    def test_is_up_to_date(self):
        assert PAGE.read_text(encoding="utf-8") == equations.page(EVIDENCE), "python -m dermatwin.healing.equations"

    def test_holds_every_state_constant_and_source(self):
        page = equations.page(EVIDENCE)
        assert all(f"d/dt {name} = " in page for name in NETWORK.states)
        for name in NETWORK.constants:
            assert f"`{name}`" in page or f"{name} = " in page
            if name in EVIDENCE.parameters:
                assert all(f"**{source}**" in page for source in EVIDENCE.parameters[name].sources)

    @pytest.mark.parametrize(
        ("formula", "found"),
        [("a", ["a"]), ("-a*b", ["-a*b"]), ("a - b*(c + d)", ["a", "- b*(c + d)"]), ("(a - b) + c", ["(a - b)", "+ c"])],
    )
    def test_summands(self, formula, found):
        assert equations.summands(formula) == found

    @pytest.mark.parametrize("name", NETWORK.states)
    def test_summands_are_the_whole_rate(self, name):
        assert " ".join(equations.summands(NETWORK.rates[name])) == NETWORK.rates[name]


@quiet
class TestSbml:
    @pytest.mark.parametrize("piece", PIECES)
    @pytest.mark.parametrize("layer", LAYERS)
    def test_consistent_with_units_and_without_any_warning(self, layer, piece):
        assert sbml.complaints(text_of(lane(layer=layer, piece=piece, person=2, evidence=EVIDENCE))) == []

    def test_everything_has_a_unit(self):
        model = model_of(lane(evidence=EVIDENCE))
        assert all(part.isSetUnits() for part in model.getListOfParameters())
        assert all(part.isSetSubstanceUnits() for part in model.getListOfSpecies())
        assert model.isSetTimeUnits()
        rates = {name: model.getParameter(name).getUnits() for name in NETWORK.constants if NETWORK.units[name] == "1/d"}
        assert set(rates.values()) == {"per_d"}

    def test_a_rate_of_a_wrong_dimension_is_refused(self):
        state = NETWORK.states[0]
        wrong = copy.deepcopy(NETWORK)
        wrong.rates[state] = state  # a level where a level per time is due
        with pytest.raises(ValueError, match="not consistent"):
            sbml.to_sbml(replace(lane(evidence=EVIDENCE), network=wrong))

    @pytest.mark.parametrize("unit", ["1/d", "d", "1", "mm", "mm/d", "1/cm^2", "%", "g/m^2/h", "kJ/m^2", "um", "1/yr"])
    def test_a_unit_means_the_same_in_both_worlds(self, unit):
        import libsbml

        from dermatwin.healing.sbml_units import define

        document = libsbml.SBMLDocument(3, 2)
        model = document.createModel()
        name = define(model, unit)
        words = "" if unit == "1" else unit.replace("%", "percent").replace("yr", "year")
        size = registry().Quantity(1.0, words).to_base_units()
        if name == "dimensionless":
            assert size.dimensionless
            return
        found = libsbml.UnitDefinition.convertToSI(model.getUnitDefinition(name))
        product = 1.0
        for part in found.getListOfUnits():
            product *= (part.getMultiplier() * 10.0 ** part.getScale()) ** part.getExponentAsDouble()
        assert product == pytest.approx(size.magnitude, rel=1e-12)

    def test_functions_states_and_sessions_survive(self):
        it = lane(evidence=EVIDENCE)
        model = model_of(it)
        assert set(parts(model, "FunctionDefinitions")) == set(NETWORK.functions)
        assert set(parts(model, "Species")) == set(NETWORK.states)
        assert model.getNumEvents() == len(it.sessions) == 4
        assert {rule.getVariable() for rule in model.getListOfRules() if rule.isRate()} == set(NETWORK.states)

    def test_constants_are_those_of_the_person(self):
        it = lane(person=3, seed=5, evidence=EVIDENCE)
        model = model_of(it)
        for name, value in it.constants.items():
            assert model.getParameter(name).getValue() == value
        assert it.constants != lane(person=2, seed=5, evidence=EVIDENCE).constants
        assert lane(person=3, seed=5, evidence=EVIDENCE).constants == it.constants

    def test_a_derived_constant_that_something_moved_keeps_its_value(self):
        """Conditions act after constants were worked out from others; a formula would undo that."""
        sound, ill = (
            lane(rolled(**more), evidence=EVIDENCE) for more in ({}, {"conditions": [{"name": "uncontrolled diabetes"}]})
        )
        assert not set(sound.constants) & set(NETWORK.derived)
        moved = set(ill.constants) & set(NETWORK.derived)
        assert moved
        model = model_of(ill)
        assert all(model.getInitialAssignment(name) is None for name in moved)

    def test_a_layer_that_is_not_reached_has_no_session(self):
        it = lane(evidence=EVIDENCE)
        missed = replace(it, sessions=tuple({**session, "activation": 0.0} for session in it.sessions))
        assert model_of(missed).getNumEvents() == 0
        assert sbml.complaints(text_of(replace(missed, piece="mean"))) == []

    def test_another_network_is_written_as_well(self, tmp_path):
        text = antimony.NETWORK.read_text(encoding="utf-8")
        state = NETWORK.states[0]
        more = (
            "species novelty",
            "const novelty_rate;  // 1/d",
            "const novelty_share;  // 1",
            "novelty_share = 2*novelty_rate/novelty_rate",
            f"drive := novelty_rate*positive({state} - 1)",
            "novelty' = drive - novelty_rate*hill(novelty, novelty_share, 2)",
            "novelty = 1",
        )
        text = text.replace("  // Untreated skin", "\n".join((*more, "  // Untreated skin")))
        path = tmp_path / "network.ant"
        path.write_text(text, encoding="utf-8")
        it = lane(evidence=EVIDENCE)
        for piece in PIECES:
            other = replace(it, piece=piece, network=antimony.read(path), constants={**it.constants, "novelty_rate": 0.1})
            assert sbml.complaints(text_of(other)) == []
            assert model_of(other).getParameter("drive").getUnits() == "per_d"
        assert "d/dt novelty = " in equations.page(EVIDENCE, antimony.read(path))

    def test_a_constant_without_a_value_is_refused(self):
        it = lane(evidence=EVIDENCE)
        name = it.free_constants[0]
        with pytest.raises(ValueError, match=name):
            replace(it, constants={key: value for key, value in it.constants.items() if key != name})

    def test_names_in_public_registers_belong_to_parts_of_the_model(self):
        rows = EVIDENCE.rows(IdentifierRow)
        assert {row.name for row in rows} <= {*NETWORK.states, "model", sbml.PLACE}
        assert all(re.fullmatch(r"(taxonomy|GO|UBERON|CL|CHEBI|uniprot):\w+", row.identifier) for row in rows)
        model = model_of(lane(evidence=EVIDENCE))
        for row in rows:
            part = model if row.name == "model" else model.getElementBySId(row.name)
            assert row.identifier in part.getAnnotationString()

    def test_every_species_is_named_in_a_register(self):
        model = model_of(lane(evidence=EVIDENCE))
        assert {row.name for row in EVIDENCE.rows(IdentifierRow)} >= set(NETWORK.states)
        for name in NETWORK.states:
            assert "identifiers.org" in model.getSpecies(name).getAnnotationString(), name

    def test_the_model_says_who_made_it_and_when(self):
        found = model_of(lane(evidence=EVIDENCE)).getModelHistory()
        assert found.hasRequiredAttributes()
        assert found.getCreator(0).getName() in (PAGE.parents[1] / "CITATION.cff").read_text(encoding="utf-8")
        assert found.getCreatedDate().getDateAsString() == f"{sbml_notes.CREATED}T00:00:00Z"
        assert found.getModifiedDate(0).getDateAsString() == f"{sbml_notes.CHANGED}T00:00:00Z"

    def test_the_day_of_the_last_change_is_that_of_these_equations(self):
        """Whoever changes the network writes down the day: `CHANGED` and `FORM` of `sbml_notes`."""
        assert sha256(antimony.NETWORK.read_bytes()).hexdigest().startswith(sbml_notes.FORM)

    @pytest.mark.parametrize("piece", PIECES)
    def test_events_read_nothing_that_a_rule_assigns(self, piece):
        """AMICI compiles no model in which they do."""
        model = model_of(lane(piece=piece, evidence=EVIDENCE))
        assigned = {rule.getVariable() for rule in model.getListOfRules() if rule.isAssignment()}
        assert assigned
        for event in model.getListOfEvents():
            for one in event.getListOfEventAssignments():
                assert not assigned & set(re.findall(r"[A-Za-z_]\w*", plain(one.getMath()))), one.getVariable()

    def test_notes_name_grade_and_source(self):
        model = model_of(lane(evidence=EVIDENCE))
        for name in lane(evidence=EVIDENCE).free_constants:
            if name in EVIDENCE.parameters:
                notes = model.getParameter(name).getNotesString()
                assert f"grade {EVIDENCE.parameters[name].grade}" in notes
                assert all(f"({source})" in notes for source in EVIDENCE.parameters[name].sources)

    def test_antimony_reads_the_same_equations(self):
        """The file by the field's own reader against ours."""
        import antimony as field
        import libsbml

        field.clearPreviousLoads()
        assert field.loadAntimonyFile(str(antimony.NETWORK)) >= 0, field.getLastError()
        document = libsbml.readSBMLFromString(field.getSBMLString(NETWORK.name))
        theirs = document.getModel()
        ours = model_of(lane(evidence=EVIDENCE))
        for rule in theirs.getListOfRules():
            mine = ours.getRuleByVariable(rule.getVariable())
            assert (mine.isRate(), plain(mine.getMath())) == (rule.isRate(), plain(rule.getMath()))
        assert theirs.getNumRules() == ours.getNumRules()
        for event in theirs.getListOfEvents():
            mine = ours.getEvent(f"{event.getId()}_1")
            found = {a.getVariable(): plain(a.getMath()) for a in mine.getListOfEventAssignments()}
            given = lane(evidence=EVIDENCE).session_constants
            for assignment in event.getListOfEventAssignments():
                wanted = plain(assignment.getMath())
                for name in given:
                    wanted = re.sub(rf"\b{name}\b", f"{name}_1", wanted)
                assert found[assignment.getVariable()] == wanted


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


@quiet
class TestPetab:
    @pytest.fixture(scope="class")
    def found(self):
        from dermatwin.validation.problem import petab_problem

        return petab_problem(EVIDENCE)

    @pytest.mark.filterwarnings("ignore")
    def test_passes_the_checks_of_the_format(self, found, tmp_path):
        from petab.v1 import Problem
        from petab.v1.lint import lint_problem

        for name, text in found.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        assert not lint_problem(Problem.from_yaml(tmp_path / "problem.yaml"))

    @pytest.mark.filterwarnings("ignore")
    def test_passes_the_checks_of_version_two(self, found, tmp_path):
        from petab.v2 import Problem, lint_problem

        for name, text in found.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        problem = Problem.from_yaml(tmp_path / "problem_v2.yaml")
        assert not lint_problem(problem)
        assert len(problem.measurements) == found.taken
        assert len(problem.parameters) == len(rows_of(found.files["parameters.tsv"]))

    @pytest.mark.filterwarnings("ignore")
    def test_both_versions_say_the_same(self, found, tmp_path):
        """Densities of the priors too: what version 1 means on the scale of a fitter, version 2 means of the value."""
        from petab.v2 import Problem

        for name, text in found.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        two = Problem.from_yaml(tmp_path / "problem_v2.yaml")
        changes = {(one.id, change.target_id): str(change.target_value) for one in two.conditions for change in one.changes}
        for row in rows_of(found.files["conditions.tsv"]):
            for target in row.keys() - {"conditionId", "conditionName"}:
                told, meant = changes.pop((row["conditionId"], target)), row[target]
                assert told == meant or float(told) == pytest.approx(float(meant), rel=1e-12)
        assert not changes
        for row in rows_of(found.files["parameters.tsv"]):
            parameter = two[row["parameterId"]]
            assert (parameter.lb, parameter.ub) == (float(row["lowerBound"]), float(row["upperBound"]))
            first, second = (float(number) for number in row["objectivePriorParameters"].split(";"))
            law = {
                "logNormal": lambda x, m=first, s=second: math.exp(-(((math.log(x) - m) / s) ** 2) / 2.0) / x,
                "normal": lambda x, m=first, s=second: math.exp(-(((x - m) / s) ** 2) / 2.0),
                "uniform": lambda x: 1.0,
                "parameterScaleUniform": lambda x: 1.0 / x,
            }[row["objectivePriorType"]]
            low, high = (
                parameter.lb + 0.2 * (parameter.ub - parameter.lb),
                parameter.lb + 0.7 * (parameter.ub - parameter.lb),
            )
            ratio = parameter.prior_dist.pdf(low) / parameter.prior_dist.pdf(high)  # bounds cut both alike
            assert float(ratio) == pytest.approx(law(low) / law(high), rel=1e-9), row["parameterId"]

    def test_every_row_is_in_it_or_listed(self, found):
        assert found.taken == len(rows_of(found.files["measurements.tsv"]))
        assert found.taken + len(found.left_out) == len(EVIDENCE.rows(HealingRow))
        assert all(reason for _, _, reason in found.left_out)

    def test_nominal_values_lie_within_bounds_and_come_from_evidence(self, found):
        median = Draws(EVIDENCE, Luck(1, 1, frozenset()))
        for row in rows_of(found.files["parameters.tsv"]):
            low, value, high = (float(row[name]) for name in ("lowerBound", "nominalValue", "upperBound"))
            assert low <= value <= high, row
            parameter = EVIDENCE.prior.get(row["parameterId"])
            assert parameter or row["parameterId"].startswith("scale_")
            if parameter:
                person = low / parameter.low  # age and conditions move range and value alike; a fit moves the value alone
                assert value == pytest.approx(person * median.median(parameter.name, parameter.unit))
                assert parameter.knowledge > 0.0

    def test_observables_name_parts_of_the_network(self):
        known = {*NETWORK.states, *NETWORK.assignments, *NETWORK.constants}
        for entry in EVIDENCE.rows(ObservableRow):
            assert set(re.findall(r"[A-Za-z_]\w*", entry.formula)) <= known, entry.quantity

    def test_measurements_are_those_of_the_table(self, found):
        known = {(row.quantity, row.source, row.time_d, row.value) for row in EVIDENCE.rows(HealingRow)}
        read = {row["observableId"]: row for row in rows_of(found.files["observables.tsv"])}
        for row in rows_of(found.files["measurements.tsv"]):
            observable = read[row["observableId"]]
            quantity = observable["observableName"]
            assert (quantity, row["datasetId"], float(row["time"]), float(row["measurement"])) in known
            assert float(observable["noiseFormula"]) > 0.0

    def test_an_observable_has_one_error_which_fitters_can_take_as_a_number(self, found):
        read = rows_of(found.files["observables.tsv"])
        errors = [(row["observableName"], row["noiseFormula"]) for row in read]
        assert len(set(errors)) == len(errors)
        assert len({row["observableId"] for row in read}) == len(read)
        assert "noiseParameters" not in rows_of(found.files["measurements.tsv"])[0]

    def test_nothing_that_follows_from_a_parameter_is_worked_out_only_once(self, found):
        """Simulators keep initial assignments when a fitter moves a constant: rules and conditions have to say it."""
        import libsbml

        model = libsbml.readSBMLFromString(found.files["model.xml"]).getModel()
        estimated = {row["parameterId"] for row in rows_of(found.files["parameters.tsv"])}
        for number in range(model.getNumInitialAssignments()):
            used = re.findall(r"[A-Za-z_]\w*", libsbml.formulaToL3String(model.getInitialAssignment(number).getMath()))
            assert not estimated & set(used)
        rules = {model.getRule(n).getVariable() for n in range(model.getNumRules()) if model.getRule(n).isAssignment()}
        assert {name for name in NETWORK.derived if not estimated & {name}} <= rules
        starts = {state: start for state, start in NETWORK.initial.items() if start in estimated}
        assert starts
        for row in rows_of(found.files["conditions.tsv"]):
            for state, start in starts.items():
                assert row[f"{state}_hit"] == row[f"{state}_spared"] == start
