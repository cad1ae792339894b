"""From a review to a case: the history with the code of every line, unconfirmed, and the plan of treatment.

The plan is the one that dermatwin wrote into the record, else that of a case that is handed in, else that of the file that
`dermatwin new` writes. What the record does not say is taken from there and named in `taken_from.unsaid`: screening asks
for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...case import Case, case_of, dump_values
from ...case.compose import overridden
from ...case.reading import read_file
from ...core.errors import CaseError, Fault
from ...device import movements
from ...evidence import Evidence
from ...evidence import words as words_of
from ...history import LISTS
from .line import Line
from .review import Review

MOST = 200
"""Items of one list of a case."""

_ASSUMED = ("age", "sex", "phototype")
_FIELDS = ("age", "sex", "phototype", "body_weight", "smoker", "pregnant", "breastfeeding")
_TEMPLATE = Path(__file__).parents[2] / "case" / "template.yaml"


def case_values(
    review: Review, base: Mapping[str, Any] | None = None, overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The plain values of the case of a review.

    base : plain values of a case whose plan is taken where the record holds none. overrides : dotted path -> value that is
    laid over it; what is said so is no longer assumed. CaseError where a list holds too much, or a path is none.
    """
    values, faults = overridden(_values(review, base), overrides or {})
    if faults:
        raise CaseError([fault for _, fault in faults])
    said = {_about(path) for path in overrides or {}}
    values["taken_from"]["unsaid"] = [name for name in values["taken_from"]["unsaid"] if name not in said]
    return values


def _about(path: str) -> str:
    """Which of the things that a record may leave unsaid a path is about."""
    first, _, rest = path.partition(".")
    return rest if first == "patient" else "course" if first in ("zones", "course", "horizon") else ""


def _values(review: Review, base: Mapping[str, Any] | None) -> dict[str, Any]:
    told = _told(review.lines)
    plan, assumed = _plan(review, base)
    person = {key: value for key, value in plan.pop("patient", {}).items() if key not in LISTS}
    if review.plan is None and base is None:
        person = {key: value for key, value in person.items() if key in _ASSUMED}
    elif review.plan is None:
        person = {key: value for key, value in person.items() if key in _ASSUMED or key not in _FIELDS}
    else:
        stand_in = (base if base is not None else template_values())["patient"]
        person = {**{name: stand_in[name] for name in _ASSUMED}, **person}
    found = {line.place: line.value for line in review.lines if line.place in (*_FIELDS, "anamnesis")}
    unsaid = [name for name in _ASSUMED if name not in found]
    patient = {**person, **found, **{name: _merged(told[name], review) for name in LISTS}}
    observations = [line.value for line in review.lines if line.place == "observations"]
    values = {"dermatwin": 1, **plan, "patient": patient}
    if observations:
        values["observations"] = observations
    missing = list(
        dict.fromkeys([*unsaid, *(name for name in assumed if name not in found), *(["pages"] if review.partial else [])])
    )
    taken = {"record": Path(review.record).name[:MOST], "day": review.day.isoformat(), "unsaid": missing}
    return {
        **{key: values.pop(key) for key in ("dermatwin", "title") if key in values},
        "patient": values.pop("patient"),
        **values,
        "taken_from": taken,
    }


def case_in(
    review: Review, evidence: Evidence, base: Mapping[str, Any] | None = None, overrides: Mapping[str, Any] | None = None
) -> Case:
    """The case of a review, checked; `base` and `overrides` as for `case_values`."""
    return case_of(case_values(review, base, overrides), (), words_of(evidence), movements(evidence))


def case_text(
    review: Review, evidence: Evidence, base: Mapping[str, Any] | None = None, overrides: Mapping[str, Any] | None = None
) -> str:
    """The case of a review as a file, with a head that says what is to be done."""
    case_in(review, evidence, base, overrides)
    values = case_values(review, base, overrides)
    unsaid = values["taken_from"]["unsaid"]
    head = [
        "Read from a clinical record; nothing here is confirmed. Ask the person about every line, correct what is wrong,"
    ]
    head += ["and write 'confirmed: NAME' into its origin. What was not understood stands in the review (--review FILE)."]
    if unsaid:
        head += [
            f"Not in the record, and assumed: {', '.join(unsaid)}. Write the right thing; take the word out of 'unsaid'."
        ]
    return "".join(f"# {line}\n" for line in head) + dump_values(values)


def _told(lines: Sequence[Line]) -> dict[str, list[Line]]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.item is not None and line.place in LISTS:
            found[line.place].append(line)
    return found


def _plan(review: Review, base: Mapping[str, Any] | None) -> tuple[dict[str, Any], list[str]]:
    """The plan with what else of the case stands beside the history, and whether it was assumed."""
    if review.plan is not None:
        taken = review.plan.get("taken_from", {})
        return {key: value for key, value in review.plan.items() if key != "taken_from"}, list(taken.get("unsaid", []))
    if base is not None:
        return {key: value for key, value in base.items() if key != "taken_from"}, []
    values = template_values()
    course = {**values["course"], "start": review.day.isoformat()}
    kept = {key: values[key] for key in ("patient", "zones", "horizon")}
    return {"title": "History from a clinical record", **kept, "course": course}, ["course"]


def template_values() -> dict[str, Any]:
    """The values of the file that `dermatwin new` writes, without what is switched off there."""
    return _on(read_file(_TEMPLATE).value)


def _on(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _on(entry) for key, entry in value.items() if not key.startswith("#")}
    return [_on(entry) for entry in value] if isinstance(value, list) else value


def _merged(lines: Sequence[Line], review: Review) -> list[dict[str, Any]]:
    """The items of one list; lines that say the same of several times are one item, from the first day to the last."""
    found: dict[Any, list[Line]] = defaultdict(list)
    for number, line in enumerate(lines):
        item = line.item or {}
        origin = item["origin"]
        same = (
            item["name"].casefold(),
            tuple(origin.get("codes", ())),
            origin.get("status", ""),
            item.get("note", ""),
            item.get("zone", ""),
        )
        found[same if line.by != "value" else number].append(line)
    if len(found) > MOST:
        said = f"has {len(found)} different {lines[0].place.replace('_', ' ')}; a case holds at most {MOST}"
        raise CaseError([Fault(review.record, "", said)])
    return [together(same) for same in found.values()]


def together(same: Sequence[Line]) -> dict[str, Any]:
    """The one item of lines that say the same: from the first day to the last, where every line has its day."""
    item = dict(same[0].item or {})
    if len(same) == 1:
        return item
    days = [(line.item.get("since"), line.item.get("until")) for line in same if line.item]
    over = same[0].place == "recent_procedures"  # what happens is over when it has happened
    item.pop("since", None)
    item.pop("until", None)
    starts = [start for start, _ in days if start]
    ends = [last for start, end in days if (last := end or (start if over else None))]
    if len(starts) == len(same):
        item["since"] = min(starts)
    if len(ends) == len(same):
        item["until"] = max(ends)
    more = f" and {len(same) - 1} more"
    item["origin"] = {**item["origin"], "record": item["origin"]["record"][: MOST - len(more)] + more}
    return item
