"""Words of daily use in a case, put into the form of the document before it is checked.

'Left Cheek' is left_cheek, 'type IV' is IV, 'woman' is female, '25/12/2026' is 2026-12-25, "crow's feet" is the concern
that the evidence calls so. What may mean two things is a fault that says both; what is not known stays as it is written,
and is told by the check that looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any

from ..core.errors import Fault
from ..core.lexicon import Words
from ..core.spelling import identifier
from ..core.vocabulary import PHOTOTYPES
from ..core.wording import decimal
from ..naming import joined, split
from .address import Loc, child, dotted
from .dated import counted
from .faults import PlacedFault, copied, shown

Reader = Callable[[str], Any]
"""From a text to what the document holds; ValueError with a sentence where it may mean several things."""

_NUMERALS = {name: number for number, name in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)}
_TYPE = re.compile(r"(?:fitzpatrick|fst|phototype|photo type|skin|type|\s|:)*", re.IGNORECASE)
_GRADE = re.compile(
    r"(?:grade|stage|score|class|level|type|norwood|hamilton|ludwig|sinclair|glogau|(?<=[a-z])-|\s|:)*", re.IGNORECASE
)
_BELOW_ZERO = re.compile(r"[-−]\s?(\d+(?:[.,]\d+)?)")
_BETWEEN = re.compile(r"\s*(?:-|–|—|/|\bto\b|\bor\b|\band\b)\s*", re.IGNORECASE)
_READERS_OF = {
    **dict.fromkeys(("clinician", "doctor", "dr", "nurse", "therapist", "practitioner", "physician"), "clinician"),
    **dict.fromkeys(("patient", "herself", "himself", "self", "she", "he", "me", "i"), "patient"),
    **dict.fromkeys(("device", "instrument", "meter", "probe"), "device"),
    **dict.fromkeys(("photo", "photograph", "picture", "camera", "phone"), "photo"),
}
_SEXES = {**dict.fromkeys(("f", "female", "woman"), "female"), **dict.fromkeys(("m", "male", "man"), "male")}
_NUMBERED = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})"
_TOLD = (
    re.compile(rf"{_DAY}\.?\s+(?:of\s+)?(?P<month>[a-z]{{3,9}})\.?,?\s+{_YEAR}", re.IGNORECASE),
    re.compile(rf"(?P<month>[a-z]{{3,9}})\.?\s+{_DAY},?\s+{_YEAR}", re.IGNORECASE),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGITS_OF_A_YEAR = 4
_HISTORY = ("conditions", "medications", "allergies", "recent_procedures")


def spoken(
    raw: dict[str, Any], words: Words | None, taken: Collection[Loc] = ()
) -> tuple[dict[str, Any], list[PlacedFault]]:
    """Plain values in the form of the document, and faults where words may mean several things.

    words : what concerns and scales are called; None leaves them as they are written.
    taken : places of which a fault is known already.
    """
    tree, faults = tidied(raw)
    for pattern, reader in READERS.items():
        for loc in _places(tree, pattern.split(".")):
            faults += () if loc in taken else _put(tree, loc, reader)
    _years(tree)
    faults += [placed for placed in counted(tree, day) if placed[0] not in taken]
    for loc in _places(tree, ["observations", "*", "quantity"]):
        faults += () if words is None or loc in taken else _put(tree, loc, lambda text: measured(text, words))
    doubtful = {*taken, *(loc for loc, _ in faults)}
    for loc in _places(tree, ["zones", "*", "concerns", "*"]):
        faults += _concern(tree, loc, words, doubtful)
    return tree, faults


def tidied(raw: Any) -> tuple[Any, list[PlacedFault]]:
    """A copy of plain values in which settings stand under the names of zones as keys ('Left Cheek': left_cheek)."""
    tree = copied(raw)
    faults: list[PlacedFault] = []
    for pattern in (["course", "settings"], ["held", "*", "settings"]):
        for loc in _places(tree, pattern):
            faults += _tidied(tree, loc)
    return tree, faults


def _tidied(tree: Any, loc: Loc) -> list[PlacedFault]:
    settings = _at(tree, loc)
    if not isinstance(settings, dict):
        return []
    names: dict[str, Any] = {}
    faults: list[PlacedFault] = []
    for written, entry in settings.items():
        name = identifier(written) if isinstance(written, str) else written
        if name in names:
            place = ".".join(map(str, (*loc, name)))
            faults.append(((*loc, name), Fault(place, shown(written), "is given twice; write it once")))
        names[name] = entry
    _at(tree, loc[:-1])[loc[-1]] = names
    return faults


# ---- what a text means ---------------------------------------------------------------------------------------------------


def phototype(text: str) -> str:
    """A Fitzpatrick type: 'IV' of 'type 4'; ValueError for two of them."""
    rest = text[_prefix(_TYPE, text) :].strip()
    found = [_numeral(word) for word in _BETWEEN.split(rest)]
    numbers = sorted(number for number in found if number is not None and 1 <= number <= len(PHOTOTYPES))
    if len(numbers) < len(found):
        return text
    types = [PHOTOTYPES[number - 1] for number in numbers]
    if len(types) > 1:
        raise ValueError(f"is more than one type; write one of them: the darker, {types[-1]}, is the safer")
    return types[0]


def sex(text: str) -> str:
    """'female' or 'male' of 'F', 'woman', 'Male'."""
    return _SEXES.get(text.strip().casefold(), text)


def reader(text: str) -> str:
    """Who read a value: 'patient' of 'herself', 'device' of 'meter'."""
    return _READERS_OF.get(text.strip().casefold(), text)


def day(text: str) -> str:
    """A day in the form 2026-01-12; ValueError where day and month may be told either way round."""
    words = text.strip()
    if match := _NUMBERED.fullmatch(words):
        return _numbered(words, *match.groups())
    match = next(filter(None, (form.fullmatch(words) for form in _TOLD)), None)
    if match is None or match["month"][:3].casefold() not in _MONTHS:
        return text
    month = _MONTHS.index(match["month"][:3].casefold()) + 1
    return next(iter(_days([(int(match["year"]), month, int(match["day"]))])), text)


def _numbered(text: str, first: str, second: str, third: str) -> str:
    """A day of three numbers: the year first, or last, with day and month in either order."""
    one, two, three = int(first), int(second), int(third)
    if len(first) == _DIGITS_OF_A_YEAR:
        found = _days([(one, two, three)])
    elif len(third) == _DIGITS_OF_A_YEAR:
        found = _days([(three, two, one), (three, one, two)])
    else:
        raise ValueError("has no year of four digits; write for example 2026-01-12")
    if len(found) > 1:
        raise ValueError(f"may be {' or '.join(found)}; write the one that is meant, in this form")
    return found[0] if found else text


def _days(parts: list[tuple[int, int, int]]) -> list[str]:
    """Days of the calendar of year, month and day, each once."""
    found: dict[str, None] = {}
    for year, month, number in parts:
        try:
            found[date(year, month, number).isoformat()] = None
        except ValueError:
            continue
    return list(found)


def measured(text: str, words: Words) -> str:
    """The quantity that a word of daily use means, a session of it kept ('pain[2]'); the text where it means none.

    ValueError where it may mean several.
    """
    base, inside = split(text)
    found = () if words.measures is None else words.measures.meant(base)
    if len(found) == 1:
        return joined(found[0], inside)
    if found and words.measures is not None:
        raise ValueError(f"may be {' or '.join(map(words.measures.told, found))}; write the one that is meant")
    scale = () if inside else words.scales.meant(base)
    return joined("score", scale[0]) if len(scale) == 1 else text


def severity(text: str) -> float | int | str:
    """The number of a grade ('grade 3', 'III', '1,5'); the text where it is a word. ValueError for a range."""
    rest = text[_prefix(_GRADE, text) :].strip()
    if match := _BELOW_ZERO.fullmatch(rest):
        below = _number(match[1])
        return text if below is None else -below
    found = [_number(word) for word in _BETWEEN.split(rest)]
    if None in found:
        return text
    if len(found) > 1:
        raise ValueError("is more than one grade; write one number")
    return found[0] if found[0] is not None else text


def _number(text: str) -> float | int | None:
    numeral = _numeral(text)
    if numeral is not None:
        return numeral
    words = decimal(text)
    return float(words) if re.fullmatch(r"\d+\.\d+", words) else None


def _numeral(text: str) -> int | None:
    """A whole number in digits or Roman numerals."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else _NUMERALS.get(text.casefold())


def _prefix(form: re.Pattern[str], text: str) -> int:
    match = form.match(text)
    return 0 if match is None else match.end()


READERS: dict[str, Reader] = {
    "patient.phototype": phototype,
    "patient.sex": sex,
    "patient.species": identifier,
    "course.start": day,
    **{f"patient.{kind}.*.{end}": day for kind in _HISTORY for end in ("since", "until")},
    **{f"patient.{kind}.*.zone": identifier for kind in _HISTORY},
    **{f"patient.anamnesis.*.{end}": day for end in ("since", "until")},
    "patient.anamnesis.*.zone": identifier,
    "judgements.*.date": day,
    "accepts.keep_free.*": day,
    "accepts.keep_free.*.start": day,
    "accepts.keep_free.*.end": day,
    "zones.*.zone": identifier,
    "zones.*.name": identifier,
    "zones.*.concerns.*.severity": severity,
    "course.topicals.*.zones.*": identifier,
    "course.adjuncts.*.adjunct": identifier,
    "course.adjuncts.*.zones.*": identifier,
    "observations.*.zone": identifier,
    "observations.*.by": reader,
    "symptoms.*.zone": identifier,
}
"""Places of a case, and how a text there is read."""


# ---- places of a case ----------------------------------------------------------------------------------------------------


def _places(tree: Any, pattern: list[str], loc: Loc = ()) -> Iterator[Loc]:
    """Places that a pattern means; '*' stands for every entry of a list or a record."""
    if not pattern:
        yield loc
        return
    here, (first, *rest) = _at(tree, loc), pattern
    if first == "*" and isinstance(here, (list, dict)):
        for part in range(len(here)) if isinstance(here, list) else tuple(here):
            yield from _places(tree, rest, (*loc, part))
    elif isinstance(here, dict) and first in here:
        yield from _places(tree, rest, (*loc, first))


def _at(tree: Any, loc: Loc) -> Any:
    for part in loc:
        tree = child(tree, part)
    return tree


def _put(tree: Any, loc: Loc, reader: Reader) -> list[PlacedFault]:
    """Put what a text means in its place; a number of a phototype is one, too."""
    value = _at(tree, loc)
    text = str(value) if reader is phototype and type(value) is int else value
    if not isinstance(text, str):
        return []
    try:
        read = reader(text)
    except ValueError as error:
        return [(loc, Fault(dotted(loc, tree), shown(value), str(error)))]
    if read != text:
        _at(tree, loc[:-1])[loc[-1]] = read
    return []


def _years(tree: dict[str, Any]) -> None:
    """The age of a person is told in years where no unit is written."""
    patient = tree.get("patient")
    if not isinstance(patient, dict) or patient.get("species", "human") != "human":
        return
    age = patient.get("age")
    bare = isinstance(age, (int, float)) if not isinstance(age, str) else re.fullmatch(r"\d+([.,]\d+)?", age.strip())
    if bare and not isinstance(age, bool):
        patient["age"] = f"{age} yr"


def _concern(tree: Any, loc: Loc, words: Words | None, doubtful: Collection[Loc]) -> list[PlacedFault]:
    """A concern by its name in the catalogue, its scale likewise, and its severity as the number of a grade."""
    concern, scale = (identifier, identifier) if words is None else (words.concerns.entry, words.scales.entry)
    faults = [
        fault
        for key, reader in (("concern", concern), ("scale", scale))
        if (*loc, key) not in doubtful
        for fault in _put(tree, (*loc, key), reader)
    ]
    record, place = _at(tree, loc), (*loc, "severity")
    if faults or words is None or place in doubtful or not isinstance(record, dict):
        return faults
    named = record.get("scale") or words.usual.get(str(record.get("concern")), "")
    return _put(tree, place, lambda text: words.grade(text, str(named)))
