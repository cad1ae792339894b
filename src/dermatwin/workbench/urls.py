"""Every address, by name. The name is what `rights.py` speaks of; the start fails where one is missing there."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, include, path

from . import mishaps
from .assets import asset
from .pages import (
    cds,
    consultations,
    healthy,
    history,
    imports,
    patients,
    plans,
    records_out,
    runs,
    screening,
    today,
    trust,
    zones,
)

_THE_WAY_IN: list[URLPattern | URLResolver] = [
    path("static/<slug:digest>/<str:name>", asset, name="asset"),
    path("healthy", healthy.healthy, name="healthy"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/second-factor/", factor.authenticate, name="mfa_authenticate"),
    path("closed/", account.account_inactive, name="account_inactive"),
]
_ACCOUNT = [
    path("", trust.account, name="account"),
    path("password/", account.password_change, name="account_change_password"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("again/second-factor/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/", factor.index, name="mfa_index"),
    path("second-factor/new/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
_CONSULTATION = [
    path("", consultations.consultation, name="consultation"),
    path("edit/", consultations.consultation_edit, name="consultation_edit"),
    path("anamnesis/", consultations.anamnesis, name="anamnesis"),
    path("sites/", zones.sites, name="sites"),
    path("zones/new/", zones.zone_new, name="zone_new"),
    path("zones/<uuid:zone>/", zones.zone_edit, name="zone_edit"),
    path("zones/<uuid:zone>/remove/", zones.zone_remove, name="zone_remove"),
    path("screening/", screening.screening, name="screening"),
    path("screening/rules/<slug:rule>/", screening.override, name="override"),
    path("screening/overrides/<uuid:override>/withdraw/", screening.override_withdraw, name="override_withdraw"),
    path("screening/judgement/", screening.judgement, name="judgement"),
    path("courses/new/", plans.plan_new, name="plan_new"),
    path("courses/", plans.proposals, name="proposals"),
    path("searches/<uuid:search>/", plans.search, name="search"),
    path("searches/<uuid:search>/events/", runs.search_events, name="search_events"),
]
_IMPORT = [
    path("", imports.import_review, name="import_review"),
    path("aside/", imports.import_aside, name="import_aside"),
    path("lines/<uuid:line>/confirm/", imports.import_line_confirm, name="import_line_confirm"),
    path("lines/<uuid:line>/write/", imports.import_line_write, name="import_line_write"),
    path("lines/<uuid:line>/dismiss/", imports.import_line_dismiss, name="import_line_dismiss"),
]
_PATIENT = [
    path("", patients.patient, name="patient"),
    path("edit/", patients.patient_edit, name="patient_edit"),
    path("appointments/new/", patients.appointment_new, name="appointment_new"),
    path("appointments/<uuid:appointment>/", patients.appointment_edit, name="appointment_edit"),
    path("history/", history.history, name="history"),
    path("history/new/", history.history_add, name="history_add"),
    path("history/<uuid:item>/", history.history_edit, name="history_edit"),
    path("history/<uuid:item>/confirm/", history.history_confirm, name="history_confirm"),
    path("history/<uuid:item>/dismiss/", history.history_dismiss, name="history_dismiss"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:imported>/", include(_IMPORT)),
    path("record.json", records_out.record_out, name="record_out"),
    path("consultations/new/", consultations.consultation_new, name="consultation_new"),
    path("consultations/<uuid:consultation>/", include(_CONSULTATION)),
    path("plans/<uuid:plan>/", plans.plan, name="plan"),
    path("plans/<uuid:plan>/simulate/", plans.plan_simulate, name="plan_simulate"),
    path("plans/<uuid:plan>/sign/", plans.plan_sign, name="plan_sign"),
    path("plans/<uuid:plan>/case.yaml", plans.plan_case, name="plan_case"),
    path("runs/<uuid:run>/", runs.run, name="run"),
    path("runs/<uuid:run>/again/", runs.run_again, name="run_again"),
    path("runs/<uuid:run>/events/", runs.run_events, name="run_events"),
    path("runs/<uuid:run>/report/", runs.run_report, name="run_report"),
    path("runs/<uuid:run>/files/<str:name>", runs.run_file, name="run_file"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *_THE_WAY_IN,
    path("account/", include(_ACCOUNT)),
    path("", today.today, name="today"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patients.patient_new, name="patient_new"),
    path("patients/<uuid:patient>/", include(_PATIENT)),
    path("cds-services", cds.services, name="cds_services"),
    path("cds-services/<slug:service>", cds.service, name="cds_service"),
    path("cds-services/<slug:service>/feedback", cds.feedback, name="cds_feedback"),
    path("audit/", trust.audit, name="audit"),
    path("people/", trust.users, name="users"),
    path("people/new/", trust.user_new, name="user_new"),
    path("people/<uuid:user>/", trust.user_edit, name="user_edit"),
]
handler400 = mishaps.bad_request
handler403 = mishaps.forbidden
handler404 = mishaps.not_found
handler500 = mishaps.broken
