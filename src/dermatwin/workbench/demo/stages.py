"""How far somebody is: each stage builds on the one before, by the same doors that the pages use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from ...core.vocabulary import PHOTOTYPES
from ..calls import questions, screened
from ..calls.document import Wanted, case_for, read
from ..calls.searching import usual
from ..models import (
    AdverseEvent,
    Answer,
    Appointment,
    Concern,
    Consent,
    ConsentText,
    Consultation,
    HistoryItem,
    Observation,
    Patient,
    Plan,
    Session,
    SessionZone,
    User,
    Zone,
)
from ..signing import sign
from .store import Store

CONCERNS = (
    ("cheek", "left", "acne_scar_rolling"),
    ("cheek", "right", "acne_scar_rolling"),
    ("forehead", "", "fine_lines"),
    ("periorbital", "left", "fine_lines"),
    ("upper_lip", "", "wrinkles"),
    ("cheek", "", "pores"),
    ("abdomen", "", "striae"),
)
WISHES = ("Smoother skin before the summer.", "Less of the scars.", "", "Nothing that shows at work.")
LINES = (("medication", "levothyroxine"), ("allergy", "penicillin"), ("condition", "hay fever"), ("condition", "migraine"))


@dataclass(frozen=True)
class Setting:
    """What a stage has at hand: luck, the day, who works here, what stands on the shelves."""

    chance: Random
    today: date
    practitioner: User
    prescriber: User
    store: Store


def told(person: Patient, here: Setting, *, confirmed: bool = True) -> None:
    """A line or two of history, confirmed or still to be."""
    for kind, text in here.chance.sample(LINES, here.chance.randint(1, 2)):
        by, at = (here.practitioner, timezone.now()) if confirmed else (None, None)
        HistoryItem.objects.create(
            patient=person,
            kind=kind,
            text=text,
            source="told" if confirmed else "document",
            confirmed_by=by,
            confirmed_at=at,
            made_by=here.practitioner,
        )


def seen(person: Patient, here: Setting, *, ago: int = 0, zones: int = 1, pregnant: bool = False) -> Consultation:
    """A consultation some days ago, with what bothers the person."""
    consultation = Consultation.objects.create(
        patient=person,
        day=here.today - timedelta(days=ago),
        phototype=here.chance.choices(PHOTOTYPES[1:4], (2, 2, 1))[0],
        body_weight_kg=Decimal(here.chance.randint(52, 88)),
        pregnant=pregnant,
        sun="protected",
        wish=here.chance.choice(
            ("Smoother skin before the summer.", "Less of the scars.", "", "Nothing that shows at work.")
        ),
        made_by=here.practitioner,
    )
    for site, side, concern in here.chance.sample(CONCERNS, zones):
        area = Decimal(here.chance.choice((20, 30, 40, 60)))
        zone = Zone.objects.create(consultation=consultation, site=site, side=side, area_cm2=area, made_by=here.practitioner)
        Concern.objects.create(zone=zone, concern=concern)
    return consultation


def asked(consultation: Consultation, here: Setting) -> None:
    """Every question answered, with no."""
    rows = [row for group in questions.groups(consultation) for row in group.rows if not row.after]
    Answer.objects.bulk_create(
        Answer(consultation=consultation, question=row.id, answer="no", made_by=here.practitioner) for row in rows
    )


def proposed(consultation: Consultation, here: Setting, start: date) -> Plan:
    """The literature's usual course."""
    return usual(consultation, case_for(consultation, Wanted(start=start)), here.practitioner)


def signed(plan: Plan, here: Setting) -> Plan:
    """Signed by the prescriber, with an appointment for the next session."""
    assert plan.consultation is not None
    _, kept = screened.screened(plan.consultation, read(plan.case_text), here.prescriber)
    sign(plan, here.prescriber, kept)
    coming = Session.objects.filter(plan=plan, planned_for__gte=here.today).first()
    if coming is not None:
        expected(plan.patient, here, coming.planned_for, "session", coming)
    return plan


def expected(person: Patient, here: Setting, day: date, kind: str, session: Session | None = None) -> None:
    """An appointment."""
    at = timezone.make_aware(datetime.combine(day, time(here.chance.randint(8, 17), here.chance.choice((0, 15, 30, 45)))))
    Appointment.objects.create(
        patient=person, at=at, kind=kind, session=session, made_by=here.practitioner, minutes=45 if session else 30
    )


def held(plan: Plan, here: Setting) -> list[Session]:
    """The sessions whose day is past, as planned, with what was used and what was seen the days after."""
    done = list(Session.objects.filter(plan=plan, planned_for__lt=here.today))
    settings = read(plan.case_text).course.settings
    consent = agreed(plan, here, plan.start) if done else None
    for session in done:
        begun = timezone.make_aware(datetime.combine(session.planned_for, time(10, 0)))
        session.state, session.held_by, session.started_at = "under_way", here.practitioner, begun
        session.consent, session.device, session.cartridge = consent, here.store.pen, here.store.cartridge()
        session.save()
        for key, used in settings.items():
            now = used.at(session.number - 1)
            length, passes = Decimal(f"{now.needle_length:.2f}"), now.passes or 4
            SessionZone.objects.create(
                session=session,
                zone=key,
                needle_length_mm=length,
                passes=passes,
                endpoint="pinpoint",
                made_by=here.practitioner,
            )
            _observed(session, key, here)
        session.state, session.ended_at = "done", begun + timedelta(minutes=40)
        session.signed_by, session.signed_name = here.practitioner, here.practitioner.name
        session.save()
    return done


def agreed(plan: Plan, here: Setting, day: date) -> Consent:
    """The consent to a plan, and the one to photographs."""
    at = timezone.make_aware(datetime.combine(day, time(9, 30)))
    given = [
        Consent.objects.create(
            patient=plan.patient,
            plan=plan if text.kind == "treatment" else None,
            text=text,
            text_sha256=text.sha256,
            given_at=at,
            signed_name=f"{plan.patient.given_name} {plan.patient.family_name}",
            witnessed_by=here.practitioner,
            made_by=here.practitioner,
        )
        for text in ConsentText.objects.filter(retired_on=None).order_by("-kind")
    ]
    return next(one for one in given if one.text.kind == "treatment")


def _observed(session: Session, zone: str, here: Setting) -> None:
    for after, value in ((1, 2), (3, 1)):
        day = session.planned_for + timedelta(days=after)
        if day <= here.today:
            Observation.objects.create(
                patient=session.patient,
                plan=session.plan,
                session=session,
                quantity="redness_grade",
                zone=zone,
                seen_on=day,
                value=value,
                unit="1",
                read_by="patient",
                made_by=here.practitioner,
            )


def went_wrong(session: Session, here: Setting) -> None:
    """An incident that healed."""
    AdverseEvent.objects.create(
        patient=session.patient,
        session=session,
        kind="herpes",
        noticed_on=session.planned_for + timedelta(days=3),
        grade=1,
        zone="upper_lip",
        told="Blisters at the lip on the third day.",
        done="Seen the same day, treated by the family doctor.",
        outcome="healed",
        closed_on=session.planned_for + timedelta(days=12),
        closed_by=here.prescriber,
        made_by=here.practitioner,
    )


Stage = Callable[[Patient, Setting], None]


def new(person: Patient, here: Setting) -> None:
    """Entered, expected today or soon."""
    expected(person, here, here.today + timedelta(days=here.chance.choice((0, 0, 1, 3, 5))), "consultation")


def unconfirmed(person: Patient, here: Setting) -> None:
    """Lines of a document that nobody has confirmed."""
    told(person, here, confirmed=False)
    expected(person, here, here.today + timedelta(days=here.chance.choice((0, 1, 2))), "consultation")


def begun(person: Patient, here: Setting) -> None:
    """A consultation without its anamnesis."""
    told(person, here)
    seen(person, here, ago=here.chance.randint(0, 3))


def soft_stop(person: Patient, here: Setting) -> None:
    """An anticoagulant: a prescriber decides."""
    told(person, here)
    HistoryItem.objects.create(
        patient=person,
        kind="medication",
        text="Xarelto",
        source="told",
        confirmed_by=here.practitioner,
        confirmed_at=timezone.now(),
        made_by=here.practitioner,
    )
    asked(seen(person, here, ago=1), here)


def hard_stop(person: Patient, here: Setting) -> None:
    """Pregnant: nobody decides otherwise."""
    Patient.objects.filter(pk=person.pk).update(
        sex="female", given_name="Ines", given_key="ines", birth_date=date(1996, 5, 4)
    )
    person.refresh_from_db()
    told(person, here)
    seen(person, here, ago=2, pregnant=True)


def with_proposal(person: Patient, here: Setting) -> None:
    """Everything asked, a course proposed."""
    told(person, here)
    consultation = seen(person, here, ago=2)
    asked(consultation, here)
    proposed(consultation, here, here.today + timedelta(days=here.chance.randint(6, 15)))


def ready(person: Patient, here: Setting) -> None:
    """A signed plan that begins in the next days."""
    _course(person, here, begins=here.chance.randint(0, 6))


def under_way(person: Patient, here: Setting) -> None:
    """One or two sessions held."""
    held(_course(person, here, begins=-here.chance.randint(10, 45)), here)


def finished(person: Patient, here: Setting) -> None:
    """All sessions held; one of them did not go well."""
    sessions = held(_course(person, here, begins=-300), here)
    went_wrong(sessions[0], here)


def _course(person: Patient, here: Setting, *, begins: int) -> Plan:
    told(person, here)
    consultation = seen(person, here, ago=max(0, -begins) + 7)
    asked(consultation, here)
    return signed(proposed(consultation, here, here.today + timedelta(days=begins)), here)


STAGES: tuple[tuple[Stage, int], ...] = (
    (new, 5),
    (unconfirmed, 4),
    (begun, 4),
    (soft_stop, 2),
    (hard_stop, 2),
    (with_proposal, 3),
    (ready, 4),
    (under_way, 4),
    (finished, 2),
)
"""Stages, and how many people are there: thirty."""
