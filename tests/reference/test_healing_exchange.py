"""The exported network in other people's programs: libRoadRunner, COPASI, and SciPy on what the SBML document says.

Ten possible people over a year with four sessions. Every state is compared with our own stepper, relative to its peak.
"""

from __future__ import annotations

import locale

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing import sbml, tissue
from dermatwin.twin.lane import YEAR, lane

EVIDENCE = Evidence.packaged()

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PEOPLE, SEED, LAYER = 10, 7, "papillary_dermis"
ALLOWED = 1e-5
TIGHT = 1e-10


@pytest.fixture(autouse=True)
def _same_locale():
    """COPASI sets the locale of the whole process when it is imported."""
    before = locale.setlocale(locale.LC_ALL)
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.fixture(scope="module")
def ours():
    """Our own answer at a tight tolerance: times (sessions left out), and each piece of tissue, (draw, time, state)."""
    from dermatwin import insertion
    from dermatwin import skin as sections
    from dermatwin.device import find
    from dermatwin.outcome import reference_course

    draws = Draws(Evidence.packaged(), Luck(SEED, PEOPLE))
    course = reference_course(draws)
    skin = sections.section_of(course.zone, course.person.patient, draws)
    punctures = [
        insertion.insert(find(course.device, EVIDENCE), course.settings, skin, draws, number)
        for number in range(len(course.session_days))
    ]
    assert len(course.session_days) == 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tissue, "RTOL", TIGHT)
        patch.setattr(tissue, "ATOL", 1e-2 * TIGHT)
        history = tissue.heal(punctures, course.session_days, skin, course.person, YEAR, draws)
    assert not history.status.any()
    between = ~np.isin(history.time, history.sessions)
    size = len(kernel.STATES)
    at = LAYERS.index(LAYER)
    assert history.means is not None
    return history.time[between], {
        "repeated": history.values[:, at, between, :size],
        "mean": history.means[:, at, between, :size],
    }


def documents(piece, people=PEOPLE):
    return [
        sbml.to_sbml(lane(layer=LAYER, piece=piece, seed=SEED, person=number + 1, evidence=EVIDENCE))
        for number in range(people)
    ]


def roadrunner_answer(text, times):
    import roadrunner

    engine = roadrunner.RoadRunner(text)
    engine.integrator.relative_tolerance = TIGHT
    engine.integrator.absolute_tolerance = 1e-3 * TIGHT
    engine.integrator.maximum_num_steps = 1_000_000
    return np.array(engine.simulate(times=[0.0, *times], selections=["time", *kernel.STATES]))[1:, 1:]


def copasi_answer(text, times):
    import basico

    model = basico.load_model_from_string(text)
    found = basico.run_time_course(
        values=[0.0, *times], r_tol=TIGHT, a_tol=1e-3 * TIGHT, max_steps=1_000_000, use_sbml_id=True, model=model
    )
    basico.remove_datamodel(model)
    assert len(found) == len(times) + 1
    return np.stack([found[name].to_numpy()[1:] for name in kernel.STATES], axis=1)


def scipy_answer(text, times):
    """LSODA on the rate rules as the document states them, from event to event."""
    problem = _Document(text)
    y, found, begin = problem.start(), [], 0.0
    for day, jump in [*problem.jumps(), (float("inf"), None)]:
        end = min(day, times[-1])
        inside = times[(times > begin) & (times <= end)]
        if end > begin:
            path = solve_ivp(
                problem.rates,
                (begin, end),
                y,
                method="LSODA",
                t_eval=[*inside, end] if end not in inside else inside,
                rtol=TIGHT,
                atol=1e-3 * TIGHT,
            )
            assert path.success
            found.append(path.y.T[: inside.size])
            y, begin = path.y[:, -1], end
        if jump is not None:
            y = jump(y)
    return np.concatenate(found)[:, [problem.states.index(name) for name in kernel.STATES]]


class _Document:
    """The mathematics of an SBML document as Python functions; nothing of dermatwin takes part in it."""

    def __init__(self, text):
        import libsbml

        self.libsbml = libsbml
        self.document = libsbml.readSBMLFromString(text)
        self.model = self.document.getModel()
        rules = list(self.model.getListOfRules())
        self.rules = {rule.getVariable(): self.python(rule) for rule in rules if rule.isRate()}
        self.assigned = [(rule.getVariable(), self.python(rule)) for rule in rules if rule.isAssignment()]
        self.states = list(self.rules)
        self.scope = {"max": max, "piecewise": lambda value, condition, other: value if condition else other}
        for function in self.model.getListOfFunctionDefinitions():
            names = [function.getArgument(i).getName() for i in range(function.getNumArguments())]
            body = self.formula(function.getBody())
            self.scope[function.getId()] = eval(f"lambda {', '.join(names)}: {body}", self.scope)
        self.scope.update({p.getId(): p.getValue() for p in self.model.getListOfParameters() if p.isSetValue()})
        waiting = {a.getSymbol(): self.python(a) for a in self.model.getListOfInitialAssignments()}
        self.initial = {}
        while waiting:
            for name, formula in list(waiting.items()):
                try:
                    self.initial[name] = self.scope[name] = eval(formula, self.scope)
                    del waiting[name]
                except NameError:
                    continue
        lines = [
            f"    {', '.join(self.states)} = y",
            *(f"    {name} = {formula}" for name, formula in self.assigned),
            f"    return [{', '.join(self.rules.values())}]",
        ]
        exec("def rates(t, y):\n" + "\n".join(lines), self.scope)
        self.rates = self.scope["rates"]

    def python(self, part):
        return self.formula(part.getMath())

    def formula(self, tree):
        return self.libsbml.formulaToL3String(tree).replace("^", "**").replace(" dimensionless", "")

    def start(self):
        stated = {species.getId(): species.getInitialConcentration() for species in self.model.getListOfSpecies()}
        return np.array([self.initial.get(name, stated[name]) for name in self.states])

    def jumps(self):
        for event in self.model.getListOfEvents():
            day = self.scope[event.getTrigger().getMath().getChild(1).getName()]
            changes = {a.getVariable(): self.python(a) for a in event.getListOfEventAssignments()}

            def jump(y, changes=changes):
                now = {**self.scope, **dict(zip(self.states, y, strict=True))}
                return np.array([eval(changes[name], now) if name in changes else now[name] for name in self.states])

            yield day, jump


ANSWERS = {"libRoadRunner": roadrunner_answer, "COPASI": copasi_answer, "SciPy": scipy_answer}


def difference(found, exact):
    """Largest difference relative to each state's peak; a state that is never there counts as it is."""
    peak = np.abs(exact).max(axis=0)
    return float((np.abs(found - exact) / np.where(peak > 0.0, peak, 1.0)).max())


@pytest.mark.parametrize("program", ANSWERS)
def test_ten_people_over_a_year(program, ours, record_property):
    times, exact = ours
    found = [
        difference(ANSWERS[program](text, times), one)
        for text, one in zip(documents("repeated"), exact["repeated"], strict=True)
    ]
    record_property("largest difference", max(found))
    print(f"{program}: {max(found):.2g} of the peak at most")
    assert max(found) < ALLOWED


@pytest.mark.parametrize("program", ["libRoadRunner", "COPASI"])
def test_the_mean_over_the_layer_too(program, ours):
    times, exact = ours
    for text, one in zip(documents("mean", 2), exact["mean"], strict=False):
        assert difference(ANSWERS[program](text, times), one) < ALLOWED


def test_the_petab_problem_at_its_nominal_point_is_our_median_prediction():
    """Sessions that an experiment does not have, shares and injuries of the conditions table, and the constants."""
    import csv
    import io

    import libsbml
    import roadrunner

    from dermatwin.twin import simulate
    from dermatwin.validation.problem import FILE, petab_problem
    from dermatwin.validation.protocol import case_of, protocol_of
    from dermatwin.validation.rows import measured

    files = petab_problem(EVIDENCE).files
    conditions, parameters = (
        list(csv.DictReader(io.StringIO(files[name]), delimiter="\t")) for name in ("conditions.tsv", "parameters.tsv")
    )
    row = next(row for row in measured(EVIDENCE)[FILE] if row["quantity"] == "collagen_content_papillary_change_pct")
    day = row.number("time_d")
    assert day is not None
    draws = Draws(Evidence.packaged(), Luck(1, 1, frozenset()))
    history = simulate(case_of(protocol_of(row, "human", draws), day + 1.0), 1, vary=frozenset()).zones[0].history
    names = ["collagen", "epidermis"]
    for layer in ("papillary_dermis", "epidermis"):
        condition = next(one for one in conditions if one["conditionId"] == f"{row['source']}_{layer}")
        document = libsbml.readSBMLFromString(files["model.xml"])
        values = {one["parameterId"]: one["nominalValue"] for one in parameters}
        values.update({name: value for name, value in condition.items() if not name.startswith("condition")})
        for name, value in values.items():
            parameter, species = document.getModel().getParameter(name), document.getModel().getSpecies(name)
            if parameter is not None:
                parameter.setValue(float(value))
            elif species is not None:  # starts at a parameter of the table
                species.setInitialConcentration(float(values[value]))
            else:
                assert name.startswith("scale_")
        engine = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
        engine.integrator.relative_tolerance = TIGHT
        found = np.array(engine.simulate(times=[0.0, day], selections=names))[1]
        ours = [np.interp(day, history.time, history.mean(name)[0, LAYERS.index(layer)]) for name in names]
        kept = np.isfinite(ours)  # a run keeps of a layer what its readings need
        assert kept.any()
        np.testing.assert_allclose(found[kept], np.array(ours)[kept], rtol=2e-3)
