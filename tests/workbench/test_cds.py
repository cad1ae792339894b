"""Clinical systems that ask: nobody without a token, no token twice, late, for elsewhere or by a weak way; what they get."""

import base64
import json
import time
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from django.test import Client

from clinical import PERSON, bundle, condition, request
from dermatwin.core.errors import CaseError
from dermatwin.exchange import hooks
from dermatwin.workbench import checks
from dermatwin.workbench.models import AuditEntry, SpentToken
from dermatwin.workbench.pages import cds
from dermatwin.workbench.serve.starting import require_sound

ISS = "https://ehr.example"
PLACE = "/cds-services"
VIEW = f"{PLACE}/{hooks.VIEW}"
BACK = f"{VIEW}/feedback"
HOST = "http://localhost"
CURVE = ec.generate_private_key(ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)
STRANGER = ec.generate_private_key(ec.SECP384R1())


def coded(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def whole(number):
    return coded(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def public(key, kid):
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "kid": kid, "n": whole(numbers.n), "e": whole(numbers.e)}
    return {"kty": "EC", "crv": "P-384", "kid": kid, "x": whole(numbers.x), "y": whole(numbers.y)}


def token(aud=HOST + VIEW, key=CURVE, head=(), **claims):
    now = int(time.time())
    header = {"alg": "ES384", "typ": "JWT", "kid": "ec", **dict(head)}
    said = {"iss": ISS, "aud": aud, "iat": now, "exp": now + 300, "jti": str(uuid4()), **claims}
    signed = f"{coded(header)}.{coded({name: value for name, value in said.items() if value is not None})}"
    if isinstance(key, rsa.RSAPrivateKey):
        return f"{signed}.{coded(key.sign(signed.encode(), padding.PKCS1v15(), SHA384()))}"
    if key is None:
        return f"{signed}."
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA384())))
    return f"{signed}.{coded(r.to_bytes(48, 'big') + s.to_bytes(48, 'big'))}"


@pytest.fixture
def ehr(clinic, settings, tmp_path):
    """A clinical system that is known here."""
    path = tmp_path / "clients.json"
    keys = [public(CURVE, "ec"), public(RSA, "rsa")]
    path.write_text(json.dumps({"clients": [{"name": "Hospital", "iss": ISS, "keys": keys}]}), encoding="utf-8")
    settings.CDS_CLIENTS = str(path)
    for limit in (cds.BY_CLIENT, cds.BY_ADDRESS):
        limit.clear()
    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True)


def body_of(*conditions, medicines=(), **change):
    empty = bundle(kind="searchset")
    body = {
        "hook": "patient-view",
        "hookInstance": str(uuid4()),
        "context": {"userId": "Practitioner/1", "patientId": "p"},
        "prefetch": {
            "patient": PERSON,
            "conditions": bundle(*conditions, kind="searchset"),
            "medications": bundle(*medicines, kind="searchset"),
            "allergies": empty,
        },
    }
    return {**body, **change}


def ask(client, body, shown="", place=VIEW, **more):
    shown = shown or token(HOST + place)
    content = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(place, content, content_type="application/json", headers={"Authorization": f"Bearer {shown}"}, **more)


PREGNANT = condition("Pregnant", "snomed:77386006")


def test_is_off_unless_it_is_switched_on(db, clinic):
    client = Client(SERVER_NAME="localhost")
    found = [client.get(PLACE), ask(client, body_of()), ask(client, {}, place=BACK)]
    assert [answer.status_code for answer in found] == [404, 404, 404]
    assert not SpentToken.objects.exists()


class TestAnswers:
    def test_services(self, ehr):
        answer = ehr.get(PLACE, headers={"Authorization": f"Bearer {token(HOST + PLACE)}"})
        assert (answer.status_code, answer.json()) == (200, hooks.discovery())
        assert answer["Cache-Control"] == "no-store"
        assert ehr.get(PLACE).status_code == 401

    @pytest.mark.parametrize(("key", "head"), [(CURVE, {}), (RSA, {"alg": "RS384", "kid": "rsa"})])
    def test_cards(self, ehr, key, head):
        answer = ask(ehr, body_of(PREGNANT), token(key=key, head=head))
        assert answer.status_code == 200
        (card,) = (one for one in answer.json()["cards"] if one["source"]["topic"]["code"] == "pregnancy")
        assert card["indicator"] == "critical"

    @pytest.mark.parametrize(
        ("body", "place", "status"),
        [
            (body_of(prefetch={}), VIEW, 412),
            (body_of(condition("acne", colour="red")), VIEW, 412),
            (body_of(hook="order-sign"), VIEW, 400),
            (b"{", VIEW, 400),
            (b"[" * 200_000, VIEW, 400),
            (b'{"hook": NaN}', VIEW, 400),
            (b"[]", VIEW, 400),
            (body_of(), f"{PLACE}/other", 404),
            (b"x" * 5_000_001, VIEW, 413),
            ({"feedback": []}, BACK, 400),
        ],
        ids=lambda value: str(value)[:24] if isinstance(value, str | int) else "body",
    )
    def test_refusals(self, ehr, body, place, status):
        answer = ask(ehr, body, place=place)
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]

    def test_another_kind_of_body(self, ehr):
        shown = {"Authorization": f"Bearer {token()}"}
        assert ehr.post(VIEW, json.dumps(body_of()), content_type="text/plain", headers=shown).status_code == 400

    def test_feedback(self, ehr):
        told = {"card": str(uuid4()), "outcome": "accepted", "outcomeTimestamp": "2026-01-01T00:00:00Z"}
        assert ask(ehr, {"feedback": [told]}, place=BACK).status_code == 200
        assert f"{told['card']} accepted" in AuditEntry.objects.get().details

    def test_the_log_tells_who_and_how_many_and_no_word_of_a_record(self, ehr):
        ask(ehr, body_of(PREGNANT, medicines=[request("Warfarin", "rxnorm:855332")]))
        entry = AuditEntry.objects.get()
        told = json.loads(entry.details)
        assert (entry.action, entry.what, entry.record) == ("asked", "cds_service", hooks.VIEW)
        assert (told["client"], told["status"]) == ("Hospital", 200)
        assert told["cards"] > 1
        assert set(told) == {"client", "status", "cards", "person"}
        for word in ("regnan", "arfarin", PERSON["birthDate"]):
            assert word not in entry.details

    def test_nothing_of_the_record_is_kept(self, ehr):
        from dermatwin.workbench.models import HistoryItem, Import, Patient

        ask(ehr, body_of(PREGNANT))
        assert not any(model.objects.exists() for model in (HistoryItem, Import, Patient))


NOW = int(time.time())
WRONG = {
    "none": {"head": {"alg": "none"}, "key": None},
    "no algorithm of ours": {"head": {"alg": "HS256"}},
    "the algorithm of another key": {"head": {"alg": "RS384"}},
    "a key that is not known": {"head": {"kid": "other"}},
    "a key by its address": {"head": {"kid": None, "jku": "https://evil.example/keys"}, "key": STRANGER},
    "a stranger's key": {"key": STRANGER},
    "what must be understood": {"head": {"crit": ["b64"], "b64": False}},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another service": {"aud": f"{HOST}{PLACE}/{hooks.ORDER}"},
    "another host": {"aud": f"https://evil.example{VIEW}"},
    "no audience": {"aud": None},
    "expired": {"iat": NOW - 900, "exp": NOW - 600},
    "of tomorrow": {"iat": NOW + 86_400, "exp": NOW + 86_460},
    "not before later": {"nbf": NOW + 3_600},
    "of a long life": {"exp": NOW + 86_400},
    "without an end": {"exp": None},
    "an end that is none": {"exp": True},
    "without a beginning": {"iat": None},
    "without a number": {"jti": None},
    "a number that is none": {"jti": 7},
}


class TestTokens:
    @pytest.mark.parametrize("kind", WRONG)
    def test_what_opens_nothing(self, ehr, kind):
        answer = ask(ehr, body_of(), token(**WRONG[kind]))
        assert (answer.status_code, answer.json()) == (401, {"error": "the token is not accepted"})
        assert answer["WWW-Authenticate"] == "Bearer"
        assert AuditEntry.objects.get().action == "not let in"
        assert not SpentToken.objects.exists()

    @pytest.mark.parametrize(
        "shown", ["x", "a.b.c", "..", "é.é.é", "e30.e30.e30", "A" * 9000, f"{coded([])}.{coded([])}.AA"]
    )
    def test_what_is_no_token(self, ehr, shown):
        answer = ehr.generic(
            "POST", VIEW, json.dumps(body_of()), content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {shown}"
        )
        assert answer.status_code == 401

    def test_no_token(self, ehr):
        assert ehr.post(VIEW, json.dumps(body_of()), content_type="application/json").status_code == 401

    def test_once_only_whatever_the_answer_was(self, ehr):
        good, empty = token(), token()
        assert [ask(ehr, body_of(), good).status_code for _ in range(2)] == [200, 401]
        assert [ask(ehr, body_of(prefetch={}), empty).status_code for _ in range(2)] == [412, 401]
        assert "shown before" in AuditEntry.objects.last().details

    def test_spent_tokens_are_forgotten_when_nobody_could_show_them_any_more(self, ehr):
        SpentToken.objects.create(digest="0" * 64, expires_at="2020-01-01T00:00Z")
        ask(ehr, body_of())
        assert SpentToken.objects.exclude(digest="0" * 64).count() == SpentToken.objects.count() == 1

    def test_a_signature_over_other_words(self, ehr):
        head, claims, signature = token().split(".")
        other = token().split(".")[1]
        assert ask(ehr, body_of(), f"{head}.{other}.{signature}").status_code == 401
        assert ask(ehr, body_of(), f"{head}.{claims}.{signature[:-4]}").status_code == 401

    def test_a_weaker_hash_than_the_curve_has(self, ehr):
        signed = token(head={"alg": "ES256"}).rpartition(".")[0]
        r, s = decode_dss_signature(CURVE.sign(signed.encode(), ec.ECDSA(SHA256())))
        shown = f"{signed}.{coded(r.to_bytes(48, 'big') + s.to_bytes(48, 'big'))}"
        assert ask(ehr, body_of(), shown).status_code == 401

    def test_who_is_signed_in_needs_a_token_all_the_same(self, ehr, browse):
        client = browse("prescriber")
        assert client.post(VIEW, json.dumps(body_of()), content_type="application/json").status_code == 401


class TestLimits:
    def test_a_client_that_asks_too_often(self, ehr, monkeypatch):
        monkeypatch.setattr(cds.BY_CLIENT, "most", 2)
        found = [ask(ehr, body_of(prefetch={})) for _ in range(3)]
        assert [answer.status_code for answer in found] == [412, 412, 429]
        assert found[-1]["Retry-After"] == "60"

    def test_somebody_who_tries_tokens(self, ehr, monkeypatch):
        monkeypatch.setattr(cds.BY_ADDRESS, "most", 2)
        assert [ask(ehr, {}, "x").status_code for _ in range(4)] == [401, 401, 429, 429]
        assert AuditEntry.objects.count() == 2
        assert ask(ehr, body_of()).status_code == 200


class TestClients:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("{", "is not JSON with a list 'clients'"),
            ("[]", "is not JSON with a list 'clients'"),
            ({"clients": [{"name": "A"}]}, "clients.0: needs name, iss and keys"),
            ({"clients": [{"name": "A", "iss": "a", "keys": [{**public(CURVE, "k"), "d": "AA"}]}]}, "is a private key"),
            ({"clients": [{"name": "A", "iss": "a", "keys": [{"kty": "oct", "kid": "k"}]}]}, "is of another kind"),
            ({"clients": [{"name": "A", "iss": "a", "keys": [{"kty": "RSA"}]}]}, "lacks 'kid'"),
            ({"clients": [{"name": "A", "iss": "a", "keys": [public(CURVE, "k")] * 2}]}, "needs a 'kid' of its own"),
            ({"clients": [{"name": "A", "iss": "a", "keys": [public(CURVE, "k")]}] * 2}, "is there already"),
            ({"clients": [{"name": "A", "iss": "a", "keys": [{**public(CURVE, "k"), "x": "AQ"}]}]}, "keys.0"),
        ],
        ids=range(9),
    )
    def test_a_file_that_is_wrong_is_told_at_the_start_and_lets_nobody_in(self, ehr, settings, tmp_path, content, words):
        path = tmp_path / "wrong.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        settings.CDS_CLIENTS = str(path)
        assert any(words in error.msg for error in checks.clients_can_be_read())
        with pytest.raises(CaseError) as told:
            require_sound()
        assert words in str(told.value)
        assert ask(ehr, body_of()).status_code == 404

    def test_a_weak_key(self, settings, tmp_path):
        weak = rsa.generate_private_key(65537, 1024)
        path = tmp_path / "weak.json"
        told = {"clients": [{"name": "A", "iss": "a", "keys": [public(weak, "k")]}]}
        path.write_text(json.dumps(told), encoding="utf-8")
        settings.CDS_CLIENTS = str(path)
        assert [error.msg.rpartition(": ")[2] for error in checks.clients_can_be_read()] == ["has 1024 bits; at least 2048"]

    def test_a_file_that_is_not_there(self, settings):
        settings.CDS_CLIENTS = "/nowhere.json"
        assert "cannot be read" in checks.clients_can_be_read()[0].msg
