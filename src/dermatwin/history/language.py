"""English of a medical history: words made comparable, and what the small words mean.

Spelling of ae/oe/our, accents, hyphens, plurals and punctuation are made equal. A phrase ends at a word after which
something else is named ('with', 'after'). What is not a small word, a number, a dose or a harmless adjective is a content
word: somebody has to know it.
Left out: grammar, other languages.
"""

from __future__ import annotations

import re

from ..core.spelling import tokens


def words(text: str) -> frozenset[str]:
    """A set of comparable words."""
    return frozenset(tokens(text))


# ---- denial ------------------------------------------------------------------------------------------------------------
DENIALS = words("no not never without denies denied deny denying negative free none nil non excluded absent neither nobody")
DENIAL_BRIDGE = words(
    "type stage grade significant relevant major skin such kind form other allergy allergic reaction family relative side "
    "mother father problem issue difficulty concern"
)
"""Words besides the fillers over which a denial reaches."""
DENIED_AFTER = words("free negative absent excluded denied none nil no never")
RULED_OUT = ("ruled", "out")
LISTS = words("or nor")

# ---- time --------------------------------------------------------------------------------------------------------------
NOW = words("active current currently ongoing now still today present presently actively acute flaring flare fresh")
PAST = words(
    "history past previous previously former formerly prior childhood resolved remission cleared healed cured stopped "
    "discontinued finished completed ceased quit quiet calm dormant inactive quiescent off ended ex removed excised had "
    "gone outgrown outgrew"
)
TREATED = words("treated operated cut burnt frozen")
"""Words after which an illness, but not a medicine, is over."""

OVER = words(
    "resolved remission cleared healed cured stopped discontinued finished completed ceased quit quiet calm dormant "
    "inactive quiescent off ended ex removed excised gone outgrown outgrew former formerly"
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
    "grandparent relative cousin daughter son nephew niece hereditary twin husband wife partner spouse boyfriend girlfriend "
    "friend flatmate colleague"
)

ALLERGY = words(
    "allergy allergic hypersensitivity hypersensitive intolerance intolerant anaphylaxis anaphylactic sensitive sensitised "
    "sensitivity reaction reacts"
)
"""Words that say that something is not tolerated."""
TESTED = words("test result screen screening serology antibody status swab")
"""Words between a name and the result of the search for it."""

# ---- small words -------------------------------------------------------------------------------------------------------
FILLERS = words(
    "a an any the on taking takes take taken took tried "
    "using uses use used known have has having had been of history to evidence sign "
    "diagnosed with recent previous past personal prior for from currently current active present now is "
    "are was were ever at in her his their my new reported symptom further other h o ho i she he they me it its this that "
    "which who and or nor as by be being get got gets getting some due because via per after before during when while "
    "also well so very only just too more most much many few little both all each own same then than there here about "
    "medical clinical patient says states reports reported complains under up down out into onto over please see note via "
    "did does do done can could would may might within came come went"
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

_small = FILLERS | HARMLESS | FORMS | _TIME | DENIALS | NOW | PAST | NOT_YET | BEGUN | RECURRENT | DOUBT | FAMILY | LISTS
_small |= frozenset(word for known in (*ROUTES.values(), *MANNERS.values()) for word in known)
_small |= SUPPOSED | ALLERGY | words("longer query ruled")
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
SMALL = _small | ORDINARY
TELLING = ALLERGY | NOW | OVER | FAMILY
"""Small words that change what a thing means: of two that a slip may be, one of these is read."""
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
