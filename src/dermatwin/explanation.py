"""What stands behind a name: equation, parameters, sources, grade, and the tree of what a number is computed from.

A name may be a quantity (an endpoint), a parameter or a family of parameters, a pool of studies, a stage, an entry of a
catalogue (a device, product, active, concern, scale, site, rule, concept of a history) or a source. Nothing is computed:
it is looked up in the evidence and the catalogues. What a quantity stands on is what runs were seen to read for it, and so
is where its spread comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any

from .core.errors import CaseError, Fault
from .evidence import GRADES, Evidence, Parameter, Pool, Posterior, Quantity, Source, Split, weakest
from .lookup import CATALOGUES, Entry, called, entries
from .naming import EVERY, parts, split


@dataclass(frozen=True)
class Node:
    """One name in the tree of what a quantity stands on; `seen` marks a branch that is shown further up."""

    name: str
    kind: str
    grade: str
    seen: bool = False
    children: tuple[Node, ...] = ()
    family: str = ""  # of a parameter


@dataclass(frozen=True)
class Explanation:
    """Everything that is known about one name."""

    name: str
    kind: str
    title: str
    facts: dict[str, Any] = field(default_factory=dict)
    grade: str = ""  # the weakest that it stands on; empty where grades do not apply
    grades: dict[str, int] = field(default_factory=dict)  # how many of the parameters carry each grade
    split: Split | None = None  # where the spread of a quantity comes from in the course that was looked at
    parameters: tuple[Parameter, ...] = ()
    pools: tuple[Pool, ...] = ()  # of studies, whose spread is no parameter's own
    sources: tuple[Source, ...] = ()
    tree: Node | None = None
    used_by: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other kinds of thing that carry the same name

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        words = GRADES.get(self.grade, "")
        return {**asdict(self), "grade_means": words} if words else asdict(self)


def explain(name: str, evidence: Evidence | None = None) -> Explanation:
    """Look a name up; raises `CaseError` with suggestions for an unknown one.

    A quantity may be given with a detail that it takes, as in the endpoints of a run: 'dermal_amount[lidocaine]'.
    """
    believed = evidence or Evidence.packaged()
    word = name.strip()
    found = list(_found(word, believed))
    if not found:
        raise CaseError([Fault(word or "NAME", "", _unknown(word, believed))])
    first, *others = found
    return Explanation(**{**vars(first), "also": tuple(other.kind for other in others)})


def known_names(evidence: Evidence) -> dict[str, str]:
    """Every name that can be explained, with its kind."""
    from .device import catalogue
    from .skin import sites

    listed = {entry.name: entry.kind for kind in CATALOGUES for entry in entries(kind, evidence) if entry.kind not in _TOLD}
    names = listed | dict.fromkeys(evidence.sources, "source") | dict.fromkeys((p.name for p in evidence.posteriors), "fit")
    names |= dict.fromkeys(sites(evidence), "site") | dict.fromkeys(catalogue(evidence), "device")
    names |= dict.fromkeys(_stages(evidence), "stage")
    names |= dict.fromkeys(evidence.families, "family") | dict.fromkeys(evidence.pools, "pool")
    return names | dict.fromkeys(evidence.stated, "parameter") | dict.fromkeys(evidence.quantities, "quantity")


def _found(name: str, evidence: Evidence) -> Iterator[Explanation]:
    """Every thing of that name, the most specific kind first."""
    if (quantity := _named(name, evidence)) is not None:
        yield _quantity(quantity, evidence)
    if name in evidence.stated:
        yield _parameter(evidence.parameters[name], evidence)
    base, member = split(name)
    family = base if member == EVERY else name
    if members := list(evidence.family(family).values()):
        yield _group(family, "family", f"{len(members)} values, one for each entry in brackets", members, evidence)
    if pool := evidence.pools.get(name):
        yield _pool(pool, evidence)
    if name in _stages(evidence):
        yield _stage(name, evidence)
    for posterior in evidence.posteriors if evidence.may_have_fit(name) else ():
        if posterior.name == name:
            yield _posterior(posterior, evidence)
    yield from _catalogued(name, evidence)
    yield from (_entry(entry, evidence) for entry in called(name, evidence) if entry.kind not in _TOLD)
    if source := evidence.sources.get(name):
        yield _source(source, evidence)


def _named(name: str, evidence: Evidence) -> Quantity | None:
    """The quantity that a name is of, with its detail or without; None where the name is not one of a quantity."""
    quantity = evidence.quantities.get(split(name)[0])
    return None if quantity is None or _misnamed(name, quantity, evidence) else quantity


def _misnamed(name: str, quantity: Quantity, evidence: Evidence) -> str:
    """What would be right, for a quantity with a detail that it does not take; '' for a right name."""
    if name == quantity.name:
        return ""
    from .twin.names import read_name

    try:
        read_name(name, evidence)
    except ValueError as error:
        return str(error)
    return ""


def _quantity(quantity: Quantity, evidence: Evidence) -> Explanation:
    behind = evidence.stands_on(quantity.name)
    parameters = [evidence.parameters[name] for name in behind if name in evidence.parameters]
    facts = {"stage": quantity.stage, "unit": quantity.unit, "equation": quantity.equation}
    if quantity.note:
        facts["note"] = quantity.note
    return Explanation(
        name=quantity.name,
        kind="quantity",
        title=quantity.title,
        facts=facts,
        grade=evidence.grade(quantity.name),
        grades=evidence.grades(quantity.name),
        split=quantity.split,
        parameters=tuple(parameters),
        pools=tuple(evidence.pools[name] for name in behind if name in evidence.pools),
        sources=_sources(parameters, evidence),
        tree=_tree(quantity.name, evidence, set(), frozenset(behind)),
        used_by=tuple(q.name for q in evidence.quantities.values() if quantity.name in q.uses),
    )


def _tree(name: str, evidence: Evidence, shown: set[str], within: frozenset[str]) -> Node:
    """The tree of a quantity; `within` holds what the whole tree stands on.

    Runs say all that is read for a quantity: what is read for what it is computed from stands there.
    """
    quantity = evidence.quantities[name]
    if name in shown:
        return Node(name, "quantity", evidence.grade(name), seen=True)
    shown.add(name)
    below = {one for used in quantity.uses for one in evidence.stands_on(used)} if quantity.recorded else set()
    leaves = [_leaf(one, evidence) for one in quantity.parameters if one in within - below]
    return Node(
        name,
        "quantity",
        evidence.grade(name),
        children=(*leaves, *(_tree(used, evidence, shown, within) for used in quantity.uses)),
    )


def _leaf(name: str, evidence: Evidence) -> Node:
    parameter = evidence.parameters.get(name)
    if parameter is None:
        return Node(name, "pool", evidence.grade_of(name), family=name)
    return Node(name, "parameter", parameter.grade, family=parameter.family)


def _pool(pool: Pool, evidence: Evidence) -> Explanation:
    users = tuple(q.name for q in evidence.quantities.values() if pool.name in q.parameters)
    return Explanation(pool.name, "pool", pool.title, {"note": pool.note}, pool.grade, {pool.grade: 1}, used_by=users)


def _parameter(parameter: Parameter, evidence: Evidence) -> Explanation:
    users = tuple(q.name for q in evidence.quantities.values() if parameter.name in q.parameters)
    facts = {"stage": parameter.stage, **({"note": parameter.note} if parameter.note else {}), **_fit(parameter, evidence)}
    return Explanation(
        name=parameter.name,
        kind="parameter",
        title=parameter.symbol,
        facts=facts,
        grade=parameter.grade,
        grades={parameter.grade: 1},
        parameters=(parameter,),
        sources=_sources([parameter], evidence),
        used_by=users,
    )


def _fit(parameter: Parameter, evidence: Evidence) -> dict[str, Any]:
    """What a fit to measurements made of a parameter, and which studies carry that."""
    if parameter.fitted is None:
        return {}
    low, middle, high = parameter.fitted
    seen = "narrowed or moved by measurements" if parameter.informed else "the data cannot see it, the prior speaks"
    posterior = evidence.posterior_of(parameter.name)
    entry = {} if posterior is None else posterior.record.get("parameters", {}).get(parameter.name, {})
    carried = {"carried_by": entry["carried_by"]} if "carried_by" in entry else {}
    return {
        "after_the_fit": f"{middle:.3g} ({low:.3g} to {high:.3g}) {parameter.unit}: {seen}",
        "fit": f"posterior '{parameter.posterior}'; value, range and spread above are the prior",
        **carried,
    }


def _group(
    name: str, kind: str, title: str, members: list[Parameter], evidence: Evidence, *, facts: dict[str, Any] | None = None
) -> Explanation:
    found = [parameter.grade for parameter in members]
    names = {parameter.name for parameter in members}
    return Explanation(
        name=name,
        kind=kind,
        title=title,
        facts=facts or {},
        grade=weakest(found) if found else "",
        grades={grade: found.count(grade) for grade in sorted(set(found))},
        parameters=tuple(members),
        sources=_sources(members, evidence),
        used_by=tuple(q.name for q in evidence.quantities.values() if names & set(q.parameters)),
    )


def _stage(stage: str, evidence: Evidence) -> Explanation:
    members = [p for p in evidence.parameters.values() if p.stage == stage]
    computed = {q.name: q.title for q in evidence.quantities.values() if q.stage == stage}
    title = f"{len(computed)} quantities, {len(members)} parameters"
    return _group(stage, "stage", title, members, evidence, facts={"computes": computed})


def _posterior(posterior: Posterior, evidence: Evidence) -> Explanation:
    """A fit: how it was made, what the measurements narrowed and where the prior speaks alone."""
    members = [evidence.parameters[name] for name in posterior.parameters]
    silent = [member.name for member in members if not member.informed]
    facts = {key: value for key, value in posterior.record.items() if key not in ("parameters", "fits")}
    title = f"joint posterior of {len(members)} parameters; the data cannot see {len(silent)} of them"
    told: dict[str, Any] = posterior.record.get("parameters", {})
    carried = {name: ", ".join(entry["carried_by"]) for name, entry in told.items() if "carried_by" in entry}
    facts |= {"carried_by": carried} if carried else {}
    return _group(posterior.name, "fit", title, members, evidence, facts={**facts, "the_prior_speaks": silent})


def _catalogued(name: str, evidence: Evidence) -> Iterator[Explanation]:
    """A device or a site, by any spelling that a case may use."""
    from .device import UNITS, find
    from .skin import sites

    try:
        device = find(name, evidence)
    except (KeyError, ValueError):
        device = None
    if device is not None:
        facts = {key: value for key, value in asdict(device).items() if value not in (None, "", ())}
        facts["kind"] = device.kind.name
        for key in ("id", "name", "grade", "sources"):
            facts.pop(key, None)
        yield Explanation(
            name=device.id,
            kind="device",
            title=device.name,
            grade=device.grade,
            facts={f"{key}_{UNITS[key]}" if key in UNITS else key: value for key, value in facts.items()},
            sources=tuple(evidence.sources[s] for s in device.sources if s in evidence.sources),
        )
    if site := sites(evidence).get(name):
        members = [p for p in evidence.parameters.values() if name in parts(p.member)]
        facts = {key: value for key, value in asdict(site).items() if value not in (None, "", ()) and key != "name"}
        facts["region"] = site.region.name
        yield _group(name, "site", site.label, members, evidence, facts=facts)


_TOLD = ("device", "site")
"""Kinds of catalogue entries that are told with what is made of their rows."""


def _entry(entry: Entry, evidence: Evidence) -> Explanation:
    """An entry of a catalogue as it stands in its table."""
    return Explanation(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        facts=entry.facts,
        grade=entry.grade,
        sources=tuple(evidence.sources[s] for s in entry.sources if s in evidence.sources),
    )


def _source(source: Source, evidence: Evidence) -> Explanation:
    members = [p for p in evidence.parameters.values() if source.id in p.sources]
    facts = {key: value for key, value in asdict(source).items() if value and key not in ("id", "citation")}
    found = _group(source.id, "source", source.citation, members, evidence, facts=facts)
    return Explanation(**{**vars(found), "sources": (source,)})


def _sources(parameters: list[Parameter], evidence: Evidence) -> tuple[Source, ...]:
    return tuple(evidence.sources[name] for name in sorted({s for p in parameters for s in p.sources}))


def _stages(evidence: Evidence) -> list[str]:
    return sorted({q.stage for q in evidence.quantities.values()} | {p.stage for p in evidence.stated.values()})


def _unknown(name: str, evidence: Evidence) -> str:
    """What would be right: a detail that the quantity takes, else a name that exists."""
    quantity = evidence.quantities.get(split(name)[0])
    wrong = "" if quantity is None else _misnamed(name, quantity, evidence)
    return wrong or f"is not a name that dermatwin knows{_suggestions(name, evidence)}"


def _suggestions(name: str, evidence: Evidence) -> str:
    names = known_names(evidence)
    inside = [known for known in names if len(name) > 2 and name.lower() in known.lower() and names[known] != "source"]
    close = list(dict.fromkeys([*get_close_matches(name.lower(), names, n=5, cutoff=0.6), *inside]))[:5]
    if close:
        return f"; did you mean {', '.join(close)}?"
    return f"; it knows quantities such as {', '.join(list(evidence.quantities)[:5])}"
