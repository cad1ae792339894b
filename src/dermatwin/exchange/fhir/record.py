"""A clinical record as it was handed over: a bundle, a single resource, or resources line by line; checked, never trusted.

Nothing is fetched: references are resolved within the record alone, and JSON knows no entities. Every fault is one message.
Limits: 64 MiB, 50 000 resources, 60 levels.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ...core.errors import CaseError, Fault
from ...core.printing import printable
from .elements import listing, mapping, references

MAX_BYTES, MAX_RESOURCES, MAX_DEPTH = 64 << 20, 50_000, 60
_BUNDLES = ("searchset", "collection", "transaction", "batch", "document")
_FAULTS = 50  # told at once
_SUBJECTS = ("subject", "patient")
"""Elements that say whom a resource is about."""


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of a record, and where it stands there."""

    kind: str
    id: str
    body: Mapping[str, Any]
    place: str  # entry.3
    url: str = ""  # its address in the bundle

    @property
    def name(self) -> str:
        """By which name people call it: 'Condition/12'."""
        where = "" if self.place == self.kind else f" ({self.place})"
        return printable(f"{self.kind}/{self.id}" if self.id else f"{self.kind}{where}")


@dataclass(frozen=True, eq=False)
class ClinicalRecord:
    """All resources of one person. `partial` where the record goes on elsewhere."""

    name: str
    resources: tuple[Resource, ...]
    partial: bool = False

    @cached_property
    def patient(self) -> Resource | None:
        """The person, where the record holds them."""
        return next((one for one in self.resources if one.kind == "Patient"), None)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """The resources of some kinds, in their order."""
        return (one for one in self.resources if one.kind in kinds)

    def resolve(self, reference: Any, within: Resource) -> Mapping[str, Any] | None:
        """What a reference points at: in the same resource ('#a'), or in the record; None where it is not there."""
        for target in references(reference):
            if target.startswith("#"):
                inside = (mapping(one) for one in listing(within.body.get("contained")))
                return next((one for one in inside if one.get("id") == target[1:]), None)
            found = self._known.get(_bare(target))
            return found.body if found else None
        return None

    @cached_property
    def _known(self) -> dict[str, Resource]:
        named = {f"{one.kind}/{one.id}": one for one in self.resources if one.id}
        return {**named, **{_bare(one.url): one for one in self.resources if one.url}}


def read_record(path: Path) -> ClinicalRecord:
    """Read a record from a file of JSON or of JSON lines; CaseError with every fault."""
    return parse_record(_bytes(path), str(path))


def parse_record(content: bytes, name: str) -> ClinicalRecord:
    """A record from its bytes; `name` stands for it in messages. CaseError with every fault."""
    if len(content) > MAX_BYTES:
        raise _refusal(name, f"has {len(content):,} bytes; a record has at most {MAX_BYTES:,}")
    documents = _documents(_decoded(content, name), name)
    faults: list[Fault] = []
    resources, partial = [], False
    for where, document in documents:
        if document.get("resourceType") == "Bundle":
            partial |= any(mapping(link).get("relation") == "next" for link in listing(document.get("link")))
            resources += _of_bundle(document, where, faults)
        else:
            resources += _one(document, where, "", faults)
        if len(resources) > MAX_RESOURCES:
            raise _refusal(name, f"has more than {MAX_RESOURCES:,} resources")
    if not resources and not faults:
        faults.append(Fault(name, "", "holds no resource"))
    faults += [*_twice(resources), *_people(resources)]
    if faults:
        left = len(faults) - _FAULTS
        more = [Fault(name, "", f"{left:,} more faults of this record are not listed")] if left > 0 else []
        raise CaseError([*faults[:_FAULTS], *more])
    return ClinicalRecord(name, tuple(resources), partial)


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refusal(str(path), "is a folder; name the file of a bundle")
        if not stat.S_ISREG(status.st_mode):
            raise _refusal(str(path), "is not an ordinary file")
        if status.st_size > MAX_BYTES:
            raise _refusal(str(path), f"has {status.st_size:,} bytes; a record has at most {MAX_BYTES:,}")
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        broken = os.path.islink(path)
        raise _refusal(str(path), "is a link to a file that does not exist" if broken else "does not exist") from None
    except (OSError, ValueError) as error:
        raise _refusal(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _decoded(content: bytes, name: str) -> str:
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal(name, "is not UTF-8 text; FHIR JSON is") from None
    if not said.strip():
        raise _refusal(name, "is empty")
    if said.lstrip().startswith("<"):
        raise _refusal(name, "is XML; export the record as FHIR JSON")
    return said


def _documents(said: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    """The one document, or the documents of the lines, each with its place."""
    lines = [(number, line) for number, line in enumerate(said.splitlines(), 1) if line.strip()]
    try:
        if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for _, line in lines):
            return [(f"line {number}", _object(_parsed(line), f"{name}: line {number}")) for number, line in lines]
        return [("", _object(_parsed(said), name))]
    except RecursionError:
        raise _refusal(name, f"is nested more than {MAX_DEPTH} deep") from None
    except json.JSONDecodeError as error:
        raise _refusal(name, f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except ValueError as error:
        raise _refusal(name, f"is not JSON that FHIR allows: {error}") from None


def _parsed(said: str) -> Any:
    return json.loads(said, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"'{printable(twice)[:60]}' is given twice in one place")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _finite(word: str) -> float:
    if not math.isfinite(value := float(word)):
        raise ValueError(f"{word[:20]} is too large a number")
    return value


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise _refusal(name, "is no FHIR resource; it has no 'resourceType'")
    deep, here = 0, [value]
    while here:
        deep += 1
        if deep > MAX_DEPTH:
            raise _refusal(name, f"is nested more than {MAX_DEPTH} deep")
        inside = (item for part in here for item in (part.values() if isinstance(part, dict) else part))
        here = [item for item in inside if isinstance(item, (dict, list))]
    return value


def _of_bundle(bundle: dict[str, Any], where: str, faults: list[Fault]) -> Iterator[Resource]:
    place = f"{where}: " if where else ""
    if (kind := bundle.get("type")) not in _BUNDLES:
        said = f"is not a kind of bundle that holds a record; one of {', '.join(_BUNDLES)}"
        faults.append(Fault(f"{place}Bundle.type", printable(str(kind)), said))
        return
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        faults.append(Fault(f"{place}Bundle.entry", "", "is not a list"))
        return
    for number, entry in enumerate(entries):
        at = f"{place}entry.{number}"
        if not isinstance(entry, dict):
            faults.append(Fault(at, "", "is not an entry of a bundle"))
            continue
        if mapping(entry.get("request")).get("method") == "DELETE" and "resource" not in entry:
            faults.append(Fault(at, "DELETE", "takes something away; a record is what there is"))
            continue
        url = entry.get("fullUrl", "")
        yield from _one(entry.get("resource"), at, url if isinstance(url, str) else "", faults)


def _one(body: Any, place: str, url: str, faults: list[Fault]) -> Iterator[Resource]:
    kind = body.get("resourceType") if isinstance(body, dict) else None
    if not isinstance(kind, str) or not kind.isalpha():
        faults.append(Fault(place, "", "holds no resource"))
    elif kind == "Bundle":
        faults.append(Fault(place, "Bundle", "is a bundle within a bundle; hand each over by itself"))
    else:
        name = body.get("id", "")
        yield Resource(kind, name if isinstance(name, str) else "", body, place or kind, url)


def _twice(resources: list[Resource]) -> Iterator[Fault]:
    """Resources of one name: nobody can tell which of them holds."""
    seen: dict[str, str] = {}
    for one in resources:
        for name in dict.fromkeys((f"{one.kind}/{one.id}" if one.id else "", one.url)):
            if name and name in seen:
                yield Fault(one.place, printable(name), f"stands in {seen[name]} already; a record holds a resource once")
            elif name:
                seen[name] = one.place


def _people(resources: list[Resource]) -> Iterator[Fault]:
    """More than one person: resources of Patient, or lines about somebody else."""
    people = [one for one in resources if one.kind == "Patient"]
    for other in people[1:]:
        yield Fault(other.place, other.name, f"is a second person beside {people[0].name}; a record is of one")
    if len(people) > 1:
        return
    known = {name for one in people if one.id for name in (f"Patient/{one.id}", f"urn:uuid:{one.id}")}
    known |= {_bare(one.url) for one in people if one.url}
    for one in resources:
        for part in _SUBJECTS:
            for target in references(one.body.get(part)):
                if not _is_of_person(target):
                    continue
                known = known or {_bare(target)}
                if _bare(target) not in known:
                    said = f"is somebody else than {printable(min(known))}; a record is of one person"
                    yield Fault(f"{one.name}.{part}", printable(target), said)


def _is_of_person(target: str) -> bool:
    """Whether a reference names a person; not one within the resource, a search, a group or a device."""
    kind, slash, _ = _bare(target).partition("/")
    return not target.startswith("#") and "?" not in target and (not slash or kind == "Patient")


def _bare(reference: str) -> str:
    """A reference without its server and its version: 'Patient/12'."""
    parts = reference.split("/_history/")[0].split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else reference


def _refusal(name: str, why: str) -> CaseError:
    return CaseError([Fault(printable(name), "", why)])
