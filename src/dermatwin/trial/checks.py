"""What is true of a trial beyond its shape: designs that can be, people whom there are, arms that can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from ..case.faults import shown
from ..core.errors import Fault
from ..core.spelling import closest
from ..evidence import Evidence
from ..history import vocabulary
from .document import TrialDocument
from .planned import Plan

WITHIN = ("paired_t", "wilcoxon", "responders")
BETWEEN = ("t_test", "ancova", "wilcoxon", "responders", "proportional_odds", "mixed_model")
METHODS: Mapping[str, tuple[str, ...]] = {"parallel": BETWEEN, "split_face": WITHIN, "crossover": ("paired_t",)}
HALVES = 2

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "bool_type": "is not true or false",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_type": "is not a number",
    "string_type": "is not text",
    "list_type": "is not a list",
    "dict_type": "is not a mapping",
    "model_type": "is not a mapping",
}
_LIMITS = {
    "greater_than": ("not above", "gt"),
    "greater_than_equal": ("below", "ge"),
    "less_than": ("not below", "lt"),
    "less_than_equal": ("above", "le"),
    "too_short": ("shorter than", "min_length"),
    "too_long": ("longer than", "max_length"),
}


def of_the_shape(error: ValidationError, raw: Any) -> Iterator[Fault]:
    """Every fault of shape, with its path, what was found, what would be right."""
    for detail in error.errors(include_url=False):
        kind, context = detail["type"], detail.get("ctx", {})
        path = ".".join(str(part) for part in detail["loc"])
        found = "" if kind in ("missing", "extra_forbidden") else shown(detail["input"])
        if kind == "literal_error":
            expected = f"is not one of {context['expected'].replace(' or ', ', ').replace(chr(39), '')}"
        elif kind == "extra_forbidden":
            expected = f"is not a known key{closest(str(detail['loc'][-1]), _keys(detail['loc']))}"
        elif kind in _LIMITS:
            word, limit = _LIMITS[kind]
            expected = f"is {word} {context[limit]:g}"
        else:
            expected = _WORDS.get(kind, detail["msg"])
        yield Fault(path, found, expected)


def _keys(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Keys that the record at a place knows."""
    kind: Any = TrialDocument
    for part in loc[:-1]:
        if isinstance(part, str) and hasattr(kind, "model_fields") and part in kind.model_fields:
            kind = _record(kind.model_fields[part].annotation)
    return tuple(getattr(kind, "model_fields", ()))


def _record(annotation: Any) -> Any:
    """The record within an annotation."""
    from typing import get_args

    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _record(inner)) is not None), None)


def faults_in(document: TrialDocument, plan: Plan | None, evidence: Evidence) -> Iterator[Fault]:
    """What cannot be, all of it; what needs the population is asked where there is a plan."""
    yield from _design(document)
    yield from _arms(document)
    yield from _visits(document)
    yield from _randomised(document)
    yield from _ranges(document)
    yield from _facts(document, evidence)
    yield from _stopping(document)
    yield from _analysis(document)
    yield from _published(document, evidence)
    if plan is not None:
        yield from _sessions(document, plan)
        yield from _somebody(document, plan)


def _design(document: TrialDocument) -> Iterator[Fault]:
    arms, zones = len(document.arms), len(document.zones)
    if document.design == "split_face" and arms > HALVES:
        yield Fault("arms", str(arms), "arms cannot share a face, which has two halves; take two, or design: parallel")
    if document.design == "crossover" and arms > HALVES:
        yield Fault("arms", str(arms), "arms do not make a crossover of two periods; take two, or design: parallel")
    if zones > 1:
        said = "zones are read; a trial reads one, and the halves of a split face are the same zone in each arm"
        yield Fault("zones", str(zones), said)
    if document.design == "parallel" and document.people < 2 * arms:
        yield Fault("people", str(document.people), f"cannot fill {arms} arms with two people each; take {2 * arms} or more")
    if document.design != "parallel":
        if document.people < 3:
            yield Fault("people", str(document.people), "is too few for differences within people; take 3 or more")
        for number, arm in enumerate(document.arms):
            if arm.role == "waiting_list":
                yield Fault(
                    f"arms.{number}.role", arm.role, f"does not go with {document.design}: nobody waits for one half"
                )


def _arms(document: TrialDocument) -> Iterator[Fault]:
    names = [arm.name for arm in document.arms]
    for number, arm in enumerate(document.arms):
        if arm.name in names[:number]:
            yield Fault(f"arms.{number}.name", arm.name, f"is the name of arms.{names.index(arm.name)} already")
        if arm.role != "needled" and arm.course:
            yield Fault(f"arms.{number}.course", "", f"does not go with {arm.role}: nobody is needled; take it out")
    for number, name in enumerate(document.analysis.compare or ()):
        if name not in names:
            yield Fault(f"analysis.compare.{number}", name, f"is not an arm{closest(name, names)}")
    if document.analysis.compare and len(set(document.analysis.compare)) == 1:
        yield Fault("analysis.compare", document.analysis.compare[0], "is compared with itself; name two arms")


def _visits(document: TrialDocument) -> Iterator[Fault]:
    before = 0.0
    for number, visit in enumerate(document.visits):
        where = f"visits.{number}"
        if visit.time <= 0.0:
            yield Fault(f"{where}.time", f"{visit.time:g} d", "is not after the first session")
        elif visit.time - visit.window <= before:
            yield Fault(where, f"{visit.time - visit.window:g} d", f"is not after what comes before it ({before:g} d)")
        before = max(before, visit.time + visit.window)


def _randomised(document: TrialDocument) -> Iterator[Fault]:
    block, whole = document.randomisation.block, sum(arm.ratio for arm in document.arms)
    if document.design != "parallel":
        if document.randomisation.strata:
            yield Fault(
                "randomisation.strata", "", f"do not go with {document.design}: everybody has every arm; take them out"
            )
        if whole != len(document.arms):
            yield Fault("arms.0.ratio", "", f"does not go with {document.design}: everybody has every arm")
    elif block is not None and block % whole:
        yield Fault("randomisation.block", str(block), f"cannot hold the arms by their ratio; take a multiple of {whole}")
    if len(set(document.randomisation.strata)) < len(document.randomisation.strata):
        yield Fault("randomisation.strata", "", "name one stratum twice")


def _ranges(document: TrialDocument) -> Iterator[Fault]:
    for name in ("age", "severity"):
        pair = getattr(document.include, name)
        if pair is not None and pair[0] > pair[1]:
            yield Fault(f"include.{name}", f"{pair[0]:g} to {pair[1]:g}", "ends before it begins")


def _facts(document: TrialDocument, evidence: Evidence) -> Iterator[Fault]:
    known = vocabulary(evidence).concepts
    for number, fact in enumerate(document.exclude.facts):
        if fact not in known:
            yield Fault(f"exclude.facts.{number}", fact, f"is not a concept of the vocabulary{closest(fact, known)}")


def _stopping(document: TrialDocument) -> Iterator[Fault]:
    stopping = document.stopping
    if stopping is None:
        return
    if stopping.looks != sorted(set(stopping.looks)):
        yield Fault("stopping.looks", "", "do not rise; write shares of the people in order, such as [0.5, 1]")
    if stopping.looks[-1] != 1.0:
        yield Fault(
            "stopping.looks", f"{stopping.looks[-1]:g}", "is the last look; the last is at 1, when everybody was read"
        )
    fewest = round(min(stopping.looks) * document.people)
    if fewest < 3 * (len(document.arms) if document.design == "parallel" else 1):
        yield Fault("stopping.looks.0", f"{min(stopping.looks):g}", f"is a look at {fewest} people: too few for a test")


def _analysis(document: TrialDocument) -> Iterator[Fault]:
    method, possible = document.analysis.method, METHODS[document.design]
    if method not in possible:
        said = f"does not go with {document.design}; one of {', '.join(possible)}"
        yield Fault("analysis.method", method, said)
    if document.analysis.estimand == "composite" and method not in (
        "responders",
        "t_test",
        "wilcoxon",
        "paired_t",
        "ancova",
    ):
        yield Fault(
            "analysis.estimand", "composite", f"does not go with {method}: who left counts as unchanged; take t_test"
        )


def _published(document: TrialDocument, evidence: Evidence) -> Iterator[Fault]:
    """Studies that are known, arms and visits that there are."""
    for number, name in enumerate(document.leave_out):
        if name not in evidence.sources:
            yield Fault(f"leave_out.{number}", name, f"is not registered in sources{closest(name, evidence.sources)}")
    names, days = [arm.name for arm in document.arms], [visit.time for visit in document.visits]
    for number, one in enumerate(document.published):
        if one.arm is not None and one.arm not in names:
            yield Fault(f"published.{number}.arm", one.arm, f"is not an arm{closest(one.arm, names)}")
        if one.time not in days:
            yield Fault(f"published.{number}.time", f"{one.time:g} d", "is none of the visits")


def _sessions(document: TrialDocument, plan: Plan) -> Iterator[Fault]:
    last = max((case.session_days[-1] for case in plan.cases.values() if case.zones[0].treated), default=0.0)
    if document.visits[-1].time <= last:
        yield Fault(
            f"visits.{len(document.visits) - 1}.time",
            f"{document.visits[-1].time:g} d",
            f"is before the last session ({last:g} d): the trial would end under treatment",
        )
    if document.analysis.method == "proportional_odds" and (document.raters.step or plan.scale.step) is None:
        yield Fault(
            "analysis.method", "proportional_odds", f"needs steps, and the {plan.scale.title} has none; set raters.step"
        )


def _somebody(document: TrialDocument, plan: Plan) -> Iterator[Fault]:
    """Rules that leave nobody of the population, and strata that nobody fills."""
    from ..core.chance import Luck
    from ..population import draw_people
    from .eligible import within

    asked = draw_people(plan.preset, Luck(0, LOOKED_AT))
    rest = within(document.include, asked)
    share = float(rest.mean())
    if share == 0.0:
        for name in ("age", "sex", "phototypes", "severity"):
            alone = document.include.model_copy(update=dict.fromkeys({"age", "sex", "phototypes", "severity"} - {name}))
            if not within(alone, asked).any():
                yield Fault(f"include.{name}", "", f"leaves nobody of {plan.preset.label}")
                return
        yield Fault("include", "", f"leaves nobody of {plan.preset.label}")
        return
    if share * FOUND_AT_ALL < 1.0:
        yield Fault("include", f"{100.0 * share:.2g} %", f"of {plan.preset.label} are too few to fill a trial from")
    if document.randomisation.strata:
        from .randomised import strata_of

        _, counts = strata_of(document, asked.at(rest))
        mean = document.people / max(len(counts), 1)
        if mean < len(document.arms):
            many = f"make {len(counts)} strata of {mean:.2g} people each"
            said = f"{many}: too few for {len(document.arms)} arms; take fewer strata or more people"
            yield Fault("randomisation.strata", ", ".join(document.randomisation.strata), said)
    for name, given in (("phototypes", document.include.phototypes), ("sex", document.include.sex)):
        for entry in given or ():
            alone = document.include.model_copy(update={name: [entry]})
            if not within(alone, asked).any():
                yield Fault(f"include.{name}", entry, f"is a stratum that nobody of {plan.preset.label} fills; take it out")


LOOKED_AT = 4000  # numerical: people who are drawn to see whether there is anybody
FOUND_AT_ALL = 200.0  # numerical: people drawn for one who may take part, at most
