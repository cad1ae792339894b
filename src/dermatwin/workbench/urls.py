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
    answers,
    consents,
    consultations,
    courses,
    healthy,
    history,
    incidents,
    leaving,
    papers,
    patients,
    photos,
    plans,
    runs,
    screening,
    sessions,
    stock,
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
_SESSION = [
    path("", sessions.session, name="session"),
    path("start/", sessions.session_start, name="session_start"),
    path("move/", sessions.session_move, name="session_move"),
    path("missed/", sessions.session_missed, name="session_missed"),
    path("zones/<str:zone>/", sessions.session_zone, name="session_zone"),
    path("products/new/", sessions.session_product, name="session_product"),
    path("products/<uuid:product>/clock/", sessions.session_product_clock, name="session_product_clock"),
    path("finish/", sessions.session_finish, name="session_finish"),
    path("addenda/new/", sessions.session_addendum, name="session_addendum"),
    path("simulate/", sessions.session_simulate, name="session_simulate"),
]
_COURSE = [
    path("course/", courses.course, name="course"),
    path("observations/new/", courses.observation_new, name="observation_new"),
    path("observations/<uuid:observation>/", courses.observation_edit, name="observation_edit"),
    path("observations/<uuid:observation>/confirm/", courses.observation_confirm, name="observation_confirm"),
    path("symptoms/new/", courses.symptom_new, name="symptom_new"),
    path("symptoms/<uuid:symptom>/answer/", courses.symptom_answer, name="symptom_answer"),
    path("forecasts/new/", courses.forecast_ask, name="forecast_ask"),
    path("links/new/", courses.invitation_new, name="invitation_new"),
    path("links/<uuid:invitation>/", courses.invitation, name="invitation"),
    path("links/<uuid:invitation>/withdraw/", courses.invitation_withdraw, name="invitation_withdraw"),
    path("sheets/", papers.plan_sheets, name="plan_sheets"),
    path("sheets/<slug:sheet>.html", papers.plan_sheet, name="plan_sheet"),
    path("sheets/<slug:sheet>.pdf", papers.plan_sheet_paper, name="plan_sheet_paper"),
    path("dates.ics", papers.plan_dates, name="plan_dates"),
]
_AFTER = [
    path("consents/", consents.consents, name="consents"),
    path("consents/new/<uuid:text>/", consents.consent_give, name="consent_give"),
    path("consents/<uuid:consent>/", consents.consent, name="consent"),
    path("consents/<uuid:consent>/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("sessions/<uuid:session>/", include(_SESSION)),
    path("plans/<uuid:plan>/", include(_COURSE)),
    path("forecasts/<uuid:forecast>/", courses.forecast, name="forecast"),
    path("forecasts/<uuid:forecast>/events/", courses.forecast_events, name="forecast_events"),
    path("forecasts/<uuid:forecast>/page/", courses.forecast_page, name="forecast_page"),
    path("photos/", photos.photos, name="photos"),
    path("photos/new/", photos.photo_new, name="photo_new"),
    path("photos/compare/", photos.photo_compare, name="photo_compare"),
    path("photos/<uuid:photo>/", photos.photo, name="photo"),
    path("photos/<uuid:photo>/image", photos.photo_image, name="photo_image"),
    path("photos/<uuid:photo>/file", photos.photo_file, name="photo_file"),
    path("incidents/new/", incidents.incident_new, name="incident_new"),
    path("incidents/<uuid:incident>/", incidents.incident, name="incident"),
    path("incidents/<uuid:incident>/edit/", incidents.incident_edit, name="incident_edit"),
    path("incidents/<uuid:incident>/close/", incidents.incident_close, name="incident_close"),
    path("export/", leaving.export, name="export"),
    path("export/file", leaving.export_file, name="export_file"),
]
_STOCK = [
    path("", stock.catalogue, name="catalogue"),
    path("devices/new/", stock.device_new, name="device_new"),
    path("devices/<uuid:device>/", stock.device_edit, name="device_edit"),
    path("cartridges/new/", stock.cartridge_lot_new, name="cartridge_lot_new"),
    path("cartridges/<uuid:lot>/", stock.cartridge_lot_edit, name="cartridge_lot_edit"),
    path("cartridges/<uuid:lot>/recall/", stock.cartridge_recall, name="cartridge_recall"),
    path("cartridges/<uuid:lot>/recall.csv", stock.cartridge_recall_csv, name="cartridge_recall_csv"),
    path("products/new/", stock.product_new, name="product_new"),
    path("products/<uuid:product>/", stock.product_edit, name="product_edit"),
    path("product-lots/new/", stock.product_lot_new, name="product_lot_new"),
    path("product-lots/<uuid:lot>/", stock.product_lot_edit, name="product_lot_edit"),
    path("product-lots/<uuid:lot>/recall/", stock.product_recall, name="product_recall"),
    path("product-lots/<uuid:lot>/recall.csv", stock.product_recall_csv, name="product_recall_csv"),
    path("consent-texts/new/", stock.consent_text_new, name="consent_text_new"),
    path("consent-texts/<uuid:text>/", stock.consent_text, name="consent_text"),
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
    path("patients/<uuid:patient>/", include(_AFTER)),
    path("next-sessions/", sessions.due, name="due"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("catalogue/", include(_STOCK)),
    path("outcome/", papers.outcome, name="outcome"),
    path("erasures/", leaving.erasures, name="erasures"),
    path("erasures/new/", leaving.erasure_new, name="erasure_new"),
    path("erasures/<uuid:erasure>/", leaving.erasure, name="erasure"),
    path("erasures/<uuid:erasure>/refuse/", leaving.erasure_refuse, name="erasure_refuse"),
    path("answer/", answers.answered, name="answered"),
    path("answer/<str:token>/", answers.answer, name="answer"),
    path("audit/", trust.audit, name="audit"),
    path("people/", trust.users, name="users"),
    path("people/new/", trust.user_new, name="user_new"),
    path("people/<uuid:user>/", trust.user_edit, name="user_edit"),
]
handler400 = mishaps.bad_request
handler403 = mishaps.forbidden
handler404 = mishaps.not_found
handler500 = mishaps.broken
