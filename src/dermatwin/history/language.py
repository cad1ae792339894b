"""English of a medical history: words made comparable, texts cut into clauses, and what the small words mean.

Spelling of ae/oe/our, accents, hyphens, plurals and punctuation are made equal. A clause ends where a listing or a new
thought begins (a comma, a stop, 'but'); a phrase ends at a word after which something else is named ('with', 'after').
What is not a small word, a number, a dose or a harmless adjective is a content word: somebody has to know it.
Left out: grammar, other languages.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

_ABBREVIATIONS = (
    (r"\bw/o\b", "without"),
    (r"\b(?:p/?)?h/o\b|\bh/o\b|\bhx\b", "history of"),
    (r"\bs/p\b|\bstatus post\b|\bused to\b", "previously"),
    (r"\br/o\b", "ruled out"),
    (r"\bn/a\b", "not applicable"),
    (r"\bp?mh\b", "medical history"),
    (r"\bfh\b|\bfhx\b", "family history"),
    (r"\bst\.(?=\s)", "st"),
    (r"\b(dr|mr|mrs|ms|vs|approx|appr|ca|no)\.(?=\s)", r"\1"),
    (r"\be\.g\.|\bi\.e\.", " "),
    (r"&", " and "),
    (r"(?<=\d)[.,](?=\d)", "0"),  # a decimal sign is no separator
    (r"\?", " query "),
)
_SEPARATOR = re.compile(
    r"(?P<open>[(\[])|(?P<stop>[;.\n!|])|(?P<colon>:(?!\w))|(?P<list>[,)\]]|\s[-–—]\s)"
    r"|\b(?P<word>but|however|except|although|though|whereas|and|also)\b"
)
_TOKEN = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """One word made comparable: lower case, no accents, one spelling of ae/oe/our, no plural."""
    text = word.casefold() if word.isascii() else _unaccented(word)
    text = text.replace("ae", "e").replace("oe", "e").replace("our", "or")
    if text.endswith(("sses", "ches", "shes", "xes")):
        return text[:-2]
    if text.endswith("ies") and len(text) > len("ties"):
        return text[:-3] + "y"
    if text.endswith("s") and len(text) > 3 and not text.endswith(("ss", "us", "is")):
        return text[:-1]
    return text


def tokens(text: str) -> tuple[str, ...]:
    """Comparable words of a text."""
    letters = text.casefold() if text.isascii() else _unaccented(text)
    return tuple(plain(word) for word in _TOKEN.findall(letters.replace("'", "")))


def _unaccented(text: str) -> str:
    spelt = text.casefold().replace("æ", "ae").replace("œ", "oe").replace("ø", "o").replace("ß", "ss")
    return unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()


def words(text: str) -> frozenset[str]:
    """A set of comparable words."""
    return frozenset(tokens(text))


# ---- denial ------------------------------------------------------------------------------------------------------------
DENIALS = words("no not never without denies denied deny denying negative free none nil non excluded absent neither nobody")
DENIAL_BRIDGE = words(
    "type stage grade significant relevant major skin such kind form other allergy allergic family relative side "
    "mother father"
)
"""Words besides the fillers over which a denial reaches."""
DENIED_AFTER = words("free negative absent excluded denied none nil no never")
RULED_OUT = ("ruled", "out")
LISTS = words("or nor")

# ---- time --------------------------------------------------------------------------------------------------------------
NOW = words("active current currently ongoing now still today present presently actively acute flaring flare fresh")
PAST = words(
    "history past previous previously former formerly prior childhood resolved remission cleared healed cured stopped "
    "discontinued finished completed ceased quit inactive quiescent off ended ex removed excised had gone"
)
TREATED = words("treated operated cut burnt frozen")
"""Words after which an illness, but not a medicine, is over."""

OVER = words(
    "resolved remission cleared healed cured stopped discontinued finished completed ceased quit inactive quiescent off "
    "ended ex removed excised gone childhood former formerly"
)
"""Words after which even a lasting condition no longer is there."""

NOT_YET = words("not never cannot will shall should must plan planned planning going")
BEGUN = words("since started start diagnosed began begun onset")
RECURRENT = words(
    "recurrent recurring occasional occasionally sometimes prone frequent frequently tendency carrier yearly intermittent "
    "sporadic episodic repeated repeatedly rarely rare times twice once relapsing"
)
DOUBT = words("query possible possibly probable probably suspected suspicious maybe perhaps unsure uncertain unclear")
SUPPOSED = words(
    "risk fear afraid anxious worried concern prevention prevent prophylaxis screening test tested testing avoid"
)
"""Words that speak of a thing without saying that it is there."""

_TIME = words(
    "day week month year yr wk mo d ago last in until till course for about around every per a since from to early late "
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday spring summer autumn winter time old "
    "long recently recent yesterday morning evening night zero one two three four five six seven eight nine ten"
)

# ---- people ------------------------------------------------------------------------------------------------------------
FAMILY = words(
    "family familial mother father parent sister brother sibling aunt uncle grandmother grandfather mum mom dad "
    "grandparent relative cousin daughter son hereditary twin"
)

ALLERGY = words(
    "allergy allergic hypersensitivity hypersensitive intolerance intolerant anaphylaxis anaphylactic sensitive sensitised "
    "sensitivity reaction reacts"
)
"""Words that say that something is not tolerated."""

# ---- small words -------------------------------------------------------------------------------------------------------
FILLERS = words(
    "a an any the on taking takes take taken using uses use used known have has having had been of history to evidence sign "
    "diagnosed with recent previous past personal prior for from currently current active present now is "
    "are was were ever at in her his their my new reported symptom further other h o ho i she he they me it its this that "
    "which who and or nor as by be being get got gets getting some due because via per after before during when while "
    "also well so very only just too more most much many few little both all each own same then than there here about "
    "medical clinical patient says states reports reported complains under up down out into onto over please see note via "
    "did does do done can could would may might within"
)
HARMLESS = words(
    "mild moderate severe slight slightly chronic stable essential seasonal type stage grade bilateral left right upper "
    "lower small large big minor major general generalised generalized localised localized common simple controlled "
    "uncontrolled poorly badly good bad well unstable long term lifelong high low daily dose regular regularly routine "
    "therapy treatment treated treat medication medicine drug disease disorder syndrome condition problem issue illness "
    "area areas skin site whole full half part side surface superficial deep light heavy strong weak normal abnormal "
    "positive age adult child first second third primary secondary idiopathic congenital hereditary benign confirmed "
    "unspecified unconfirmed yes spontaneous typical partial complete total isolated single multiple several various "
    "surgery surgical operation procedure done performed given applied injected prescribed unknown nothing anything "
    "stopping stop start starting continue continuing continued completed ongoing planned plan planning upcoming future"
)
FORMS = words(
    "tablet tab capsule cap pill cream ointment gel lotion serum patch spray drop syrup solution suspension injection "
    "injections infusion inhaler puffer suppository powder supplement shampoo foam sachet ampoule oral orally mouth po iv "
    "im sc subcutaneous intravenous topical topically nasal eye ear vaginal rectal implant depot pen weekly monthly daily "
    "once twice bd bid tds tid qid qd od om on prn nocte mane needed mg mcg ug microgram milligram g gram ml iu unit "
    "percent pct x per day night"
)
ROUTES: dict[str, frozenset[str]] = {
    "topical": words("cream ointment gel lotion serum shampoo foam topical topically patch percent pct"),
    "oral": words("tablet tab capsule cap pill oral orally po syrup mouth systemic"),
    "injected": words("injection infusion iv im sc subcutaneous intravenous depot"),
    "inhaled": words("inhaler puffer inhaled nebuliser nebulizer nasal"),
    "ocular": words("eye"),
}
"""How a medicine is taken, by the words that say so."""

MANNERS: dict[str, frozenset[str]] = {
    "uncontrolled": words("uncontrolled poorly badly unstable decompensated"),
    "controlled": words("controlled"),
    "recurrent": RECURRENT,
    "severe": words("severe strong heavy extensive"),
    "active": words("active current currently ongoing now acute flaring flare inflamed"),
    "planned": words("planned plan planning upcoming booked next"),
    "worse": words("worse worsened worsening darker aggravated aggravates"),
}
"""Manners of a condition that change what it means, by the words that say so."""

SMALL = FILLERS | HARMLESS | FORMS | _TIME | DENIALS | NOW | PAST | NOT_YET | BEGUN | RECURRENT | DOUBT | FAMILY | LISTS
SMALL |= frozenset(word for known in (*ROUTES.values(), *MANNERS.values()) for word in known)
SMALL |= SUPPOSED | ALLERGY | words("longer query ruled")
ORDINARY = words(
    "better along close question leave among final process space force break attention provided moving difference focus "
    "contact ability letter claim floor contract battle compared carry powerful structure benefit score memory enter apply "
    "option progress produce volume alive electric proposed transport selected internal register instance danger manage "
    "depends principal external expressed decade technique formation closing concrete principle efficient recall layer "
    "intense motor "
    "regard genetic preparing terminal define estimate relax parallel dominant shorter longest converted bitter preserve "
    "proceed conscious vertical eliminate provision precise eaten restored promising purely consensus receiver prevented "
    "retained responding rational static shallow inclusion aesthetic insert targeting grasp integral relieved grinding "
    "sculpture sensation moisture contracted interfere activation fragment compression specimen relieve interval coordinate "
    "station inducing path region place"
)
"""Ordinary words that are a slip away from a name, and are no slips."""
SMALL |= ORDINARY
_MEASURE = re.compile(r"\d+([a-z]{1,5}\d*)?|[a-z]?\d+")
BREAKS = words("with without and or nor after before during due because but against from causing following while when")
"""Words at which a phrase ends: a name does not reach across them."""


def is_small(word: str) -> bool:
    """Whether a word by itself names nothing that somebody has to know."""
    return word in SMALL or len(word) == 1 or is_measure(word)


def is_measure(word: str) -> bool:
    """Whether a word is a number, a dose or the like."""
    return _MEASURE.fullmatch(word) is not None


def is_time(word: str) -> bool:
    """Whether a word only speaks of when."""
    return word in _ONLY_TIME or is_measure(word)


_ONLY_TIME = PAST | NOW | BEGUN | FILLERS | _TIME | RECURRENT | {"no", "longer"}


@dataclass(frozen=True)
class Clause:
    """A stretch of text with no separator in it, and what the clauses around it add to it."""

    words: tuple[str, ...]
    joint: str = ""  # what stands before it: list, and, stop, colon, open
    denied: bool = False  # a clause after it says 'none'
    marks: frozenset[str] = frozenset()  # words of time and manner in clauses after it that hold nothing else
    heading: frozenset[str] = frozenset()  # words of a clause before it that ends in a colon

    @property
    def all(self) -> frozenset[str]:
        """Words of the clause and of the remarks on it."""
        return frozenset(self.words) | self.marks


@lru_cache(maxsize=2000)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text; a clause that only denies or only speaks of time or manner belongs to the one before it."""
    found: list[Clause] = []
    heading: frozenset[str] = frozenset()
    for joint, part in _parts(text):
        heading = frozenset() if joint == "stop" else heading
        own = tokens(part)
        if not own:
            continue
        last = found[-1] if found else None
        if last and joint == "colon" and all(map(is_small, last.words)):
            heading = frozenset(last.words)
            found.pop()
            last = None
        if last and _only_denial(own) and (joint != "stop" or all(word in DENIALS for word in own)):
            _deny(found, own, whole_list=joint == "colon")
        elif last and joint not in ("stop", "and") and _only_remark(own):
            found[-1] = replace(last, marks=last.marks | set(own))
        else:
            found.append(Clause(own, joint, heading=heading))
    return tuple(found)


def _parts(text: str) -> list[tuple[str, str]]:
    """Stretches between separators, each with the kind of separator before it."""
    written = text.casefold()
    for pattern, instead in _ABBREVIATIONS:
        written = re.sub(pattern, instead, written)
    parts, start, joint = [], 0, ""
    for separator in _SEPARATOR.finditer(written):
        parts.append((joint, written[start : separator.start()]))
        joint = "and" if separator["word"] in ("and", "also") else "stop" if separator["word"] else separator.lastgroup
        start = separator.end()
    return [*parts, (joint or "", written[start:])]


def _only_denial(own: tuple[str, ...]) -> bool:
    return bool(DENIALS & set(own)) and all(word in DENIALS or word in FILLERS or word in NOW for word in own)


def _deny(found: list[Clause], own: tuple[str, ...], *, whole_list: bool) -> None:
    """Let a clause that only denies speak of the one before it; after a colon, of the whole list before it."""
    quiet = bool(NOW & set(own))  # 'none active' is not 'none'
    for place in range(len(found) - 1, -1, -1):
        last = found[place]
        marks = last.marks | ({"inactive"} if quiet else set())
        found[place] = replace(last, denied=last.denied or not quiet, marks=marks)
        if not whole_list or last.joint not in ("list", "and"):
            return


def _only_remark(own: tuple[str, ...]) -> bool:
    """Whether a clause only says when, how, in whom or in which form; 'not controlled' is a manner as well."""
    denial = bool(_MANNERS & set(own))
    return all(is_time(word) or word in _REMARKS or (denial and word in DENIALS) for word in own)


_MANNERS = frozenset(word for known in MANNERS.values() for word in known)
_REMARKS = _MANNERS | FAMILY | DOUBT | FORMS
