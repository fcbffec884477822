"""Operators' tokens, signed in the test by keys that an Entra inside the process publishes."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from shared.adapters import signing_keys
from shared.adapters.key_documents import public_keys
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.sessions import Sessions
from shared.domain.errors import Forbidden, KeeperError, Unauthentic, Unavailable
from shared.domain.operators import Operator, Role
from tests.in_process import Received, Sent, TwinTransport, session_over

LOGIN = "https://login.test"
HOME, PARTNER, STRANGER = (UUID(int=number) for number in (0xA1, 0xB2, 0xC3))
CLIENT = "3f2b7c1e-0000-4000-8000-00000000aaaa"
AUDIENCES = (CLIENT, f"api://{CLIENT}")
OID, APPLICATION = "8a1f0d2b-0000-4000-8000-000000000001", "8a1f0d2b-0000-4000-8000-000000000002"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
T = int(NOW.timestamp())
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=24)
FIRST, SECOND_KEY, PARTNERS, FOREIGN = (generate_private_key(65537, 2048) for _ in range(4))
SMALL = generate_private_key(65537, 1024)  # noqa: S505 - to see it left out
REFUSAL = "the caller did not prove to be an operator"
GOOD: dict[str, object] = {
    "aud": CLIENT,
    "iss": f"{LOGIN}/{HOME}/v2.0",
    "tid": str(HOME),
    "iat": T - 300,
    "nbf": T - 300,
    "exp": T + 3600,
    "azp": APPLICATION,
    "oid": OID,
    "name": "Jane Doe",
    "scp": "user_impersonation",
    "roles": ["Keeper.Operate"],
}


def row(kid: str, key: RSAPrivateKey, **more: object) -> dict[str, object]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


def document(*rows: object) -> bytes:
    return json.dumps({"keys": rows}).encode()


@dataclass
class Entra:
    """Publishes the keys of directories, or does what it was told to do instead, in the test's own time."""

    now: datetime = NOW
    says: Sent | None = None
    breaks: Exception | None = None
    asked: list[Received] = field(default_factory=list)
    holds: threading.Event | None = None
    published: dict[UUID, bytes] = field(
        default_factory=lambda: {
            HOME: document(row("one", FIRST, issuer=LOGIN + "/{tenantid}/v2.0")),
            PARTNER: document(row("two", PARTNERS, issuer=f"{LOGIN}/{PARTNER}/v2.0")),
            STRANGER: document(row("one", FOREIGN)),
        }
    )

    def handle(self, received: Received) -> Sent:
        self.asked.append(received)
        if self.holds is not None:
            self.holds.wait(10)
        if self.breaks is not None:
            raise self.breaks
        if self.says is not None:
            return self.says
        (tenant,) = [tenant for tenant in self.published if received.url == f"{LOGIN}/{tenant}/discovery/v2.0/keys"]
        return 200, {"Content-Type": "application/json"}, self.published[tenant]

    def checker(self, *tenants: UUID) -> OperatorTokens:
        sessions = Sessions(lambda: session_over(TwinTransport(self.handle)))
        return OperatorTokens(f"{LOGIN}/", frozenset(tenants or (HOME, PARTNER)), AUDIENCES, sessions, lambda: self.now)


def token(key: RSAPrivateKey = FIRST, kid: object = "one", /, **changes: object) -> str:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return by_hand({"alg": "RS256", "typ": "JWT", "kid": kid}, claims, key)


def encoded(part: object) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header: Mapping[str, object], claims: object, key: RSAPrivateKey = FIRST) -> str:
    signed = f"{encoded(header)}.{encoded(claims)}"
    algorithm = RSAAlgorithm(RSAAlgorithm.SHA256)
    return f"{signed}.{encoded(algorithm.sign(signed.encode(), key))}"


def by_number(_: object) -> str:
    """Name an example by its number alone: keys are new in every process, and names must be the same in all."""
    return ""


def refused(text: str, entra: Entra | None = None) -> None:
    with pytest.raises(Unauthentic) as caught:
        (entra or Entra()).checker().operator(text)
    assert str(caught.value) == REFUSAL


def test_what_pyjwt_signs_lets_an_operator_in() -> None:
    signed = jwt.encode(GOOD, FIRST, algorithm="RS256", headers={"kid": "one"})
    operator = Entra().checker().operator(signed)
    assert operator == Operator(f"Jane Doe (oid {OID})", frozenset({Role.OPERATE}))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"api://{CLIENT}"},
        {"iss": f"https://sts.windows.net/{HOME}/", "azp": None, "appid": APPLICATION},
        {"exp": T - 59},
        {"nbf": T + 60, "iat": T + 60},
    ],
)
def test_both_versions_of_tokens_and_clocks_a_minute_apart(changes: dict[str, object]) -> None:
    assert Entra().checker().operator(token(**changes)).may(Role.READ)


def test_each_directory_signs_for_itself() -> None:
    partners = token(PARTNERS, "two", tid=str(PARTNER), iss=f"{LOGIN}/{PARTNER}/v2.0")
    assert Entra().checker().operator(partners).may(Role.READ)


WRONG_CLAIMS: list[dict[str, object]] = [
    {"aud": "https://graph.microsoft.com"},
    {"aud": f"{CLIENT}x"},
    {"aud": [CLIENT]},
    {"aud": None},
    {"iss": f"{LOGIN}/{HOME}/v2.0/"},
    {"iss": f"{LOGIN}/{PARTNER}/v2.0"},
    {"iss": f"https://sts.windows.net/{HOME}"},
    {"iss": f"https://sts.windows.net/{PARTNER}/"},
    {"iss": f"https://login.microsoftonline.com/{HOME}/v2.0"},
    {"iss": None},
    {"tid": None},
    {"tid": [str(HOME)]},
    {"tid": str(HOME).upper()},
    {"tid": str(STRANGER), "iss": f"{LOGIN}/{STRANGER}/v2.0"},
    {"exp": T - 60},
    {"exp": None},
    {"exp": float(T + 3600)},
    {"exp": str(T + 3600)},
    {"exp": True},
    {"nbf": T + 61},
    {"nbf": None},
    {"nbf": False},
    {"nbf": 10**400},
    {"iat": T + 61},
    {"iat": None},
    {"iat": "now"},
    {"oid": None},
    {"oid": "Jane"},
    {"azp": None},
    {"azp": 5},
]


@pytest.mark.parametrize("changes", WRONG_CLAIMS, ids=lambda changes: str(changes)[:40])
def test_a_signed_token_that_is_not_for_us_or_not_for_now_is_refused(changes: dict[str, object]) -> None:
    refused(token(**changes))


NO_TOKENS = [
    "",
    "a.b.c",
    "e30.e30.e30",
    token().replace(".", ".."),
    f"{token()}.x",
    f" {token()}",
    f"{token()}\n",
    token()[:-4] + "AAAA",
    token(FOREIGN),
    token(PARTNERS),
    token(FIRST, "two"),
    token(FIRST, None),
    token(FIRST, ["one"]),
    token(FIRST, "o" * 129),
    by_hand({"alg": "RS256"}, GOOD),
    by_hand({"alg": "RS512", "kid": "one"}, GOOD),
    by_hand({"alg": "PS256", "kid": "one"}, GOOD),
    by_hand({"alg": ["RS256"], "kid": "one"}, GOOD),
    by_hand({"alg": "RS256", "kid": "one", "crit": ["x"]}, GOOD),
    by_hand({"alg": "RS256", "kid": "one", "crit": ["b64"], "b64": False}, GOOD),
    by_hand({"alg": "RS256", "kid": "one"}, [GOOD]),
    by_hand({"alg": "RS256", "kid": "one"}, b"[" * 9_000),
    by_hand({"alg": "RS256", "kid": "one"}, b'{"exp":' + b"9" * 6_000 + b"}"),
    token(name="x" * 16_384),
]


@pytest.mark.parametrize("text", NO_TOKENS, ids=by_number)
def test_what_is_no_token_or_not_signed_by_its_directory_is_refused(text: str) -> None:
    refused(text)


def test_a_token_without_a_signature_is_refused() -> None:
    unsigned = f"{encoded({'alg': 'none', 'kid': 'one'})}.{encoded(GOOD)}."
    for text in (unsigned, f"{unsigned}AAAA"):
        refused(text)


@pytest.mark.parametrize("algorithm", ["HS256", "RS256"])
def test_the_public_key_is_no_secret_to_sign_with(algorithm: str) -> None:
    kinds = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1
    for kind in kinds:
        public = FIRST.public_key().public_bytes(serialization.Encoding.PEM, kind)
        signed = f"{encoded({'alg': algorithm, 'kid': 'one'})}.{encoded(GOOD)}"
        refused(f"{signed}.{encoded(hmac.new(public, signed.encode(), hashlib.sha256).digest())}")


def test_a_directory_of_ours_cannot_speak_for_another() -> None:
    home = {"tid": str(HOME), "iss": f"{LOGIN}/{HOME}/v2.0"}
    refused(token(PARTNERS, "two", **home))
    refused(token(PARTNERS, "one", **home))
    refused(token(PARTNERS, "two", tid=str(PARTNER), iss=f"{LOGIN}/{HOME}/v2.0"))


def test_a_key_that_names_another_directory_is_not_used() -> None:
    entra = Entra()
    entra.published[HOME] = document(row("one", FIRST, issuer=f"{LOGIN}/{PARTNER}/v2.0"), row("other", SECOND_KEY))
    refused(token(), entra)
    entra.published[HOME] = document(row("one", FIRST, issuer=f"{LOGIN}/{HOME}/v2.0"))
    assert entra.checker().operator(token())


OF_STRANGERS = [
    "",
    "a.b.c",
    token(tid=str(STRANGER), iss=f"{LOGIN}/{STRANGER}/v2.0"),
    token(tid="common"),
    token(tid="../x"),
    token(FIRST, None),
    by_hand({"alg": "HS256", "kid": "one"}, GOOD),
]


@pytest.mark.parametrize("text", OF_STRANGERS, ids=by_number)
def test_strangers_cause_no_call(text: str) -> None:
    entra = Entra()
    refused(text, entra)
    assert entra.asked == []


def test_without_directories_nobody_is_let_in_and_nothing_is_asked() -> None:
    entra = Entra()
    sessions = Sessions(lambda: session_over(TwinTransport(entra.handle)))
    with pytest.raises(Unauthentic):
        OperatorTokens(LOGIN, frozenset(), AUDIENCES, sessions, lambda: NOW).operator(token())
    assert entra.asked == []


def test_the_keys_are_asked_for_once_a_day_and_by_nobody_in_particular() -> None:
    entra = Entra()
    checker = entra.checker()
    for passed in (timedelta(0), MINUTE, DAY - SECOND):
        entra.now = NOW + passed
        assert checker.operator(token(exp=T + 200_000))
    assert [received.url for received in entra.asked] == [f"{LOGIN}/{HOME}/discovery/v2.0/keys"]
    assert "authorization" not in entra.asked[0].headers
    entra.now = NOW + DAY
    assert checker.operator(token(exp=T + 200_000))
    assert len(entra.asked) == 2


def test_a_new_key_is_found_when_a_token_names_it() -> None:
    entra = Entra()
    checker = entra.checker()
    checker.operator(token())
    entra.published[HOME] = document(row("new", SECOND_KEY))
    entra.now = NOW + 5 * MINUTE
    assert checker.operator(token(SECOND_KEY, "new"))
    with pytest.raises(Unauthentic):
        checker.operator(token())
    assert len(entra.asked) == 2


def test_made_up_ids_of_keys_do_not_make_us_ask_each_time() -> None:
    entra = Entra()
    checker = entra.checker()
    for number in range(601):
        entra.now = NOW + number * SECOND
        with pytest.raises(Unauthentic):
            checker.operator(token(FOREIGN, f"made-up-{number}"))
        assert checker.operator(token())
    assert len(entra.asked) == 3


OUTAGES: list[Sent | Exception] = [
    requests.ConnectionError("canary"),
    requests.Timeout("canary"),
    (503, {}, b"canary"),
    (404, {}, b"{}"),
    (302, {"Location": f"{LOGIN}/{PARTNER}/discovery/v2.0/keys"}, b""),
    (200, {}, b"canary"),
    (200, {}, b"{}"),
    (200, {}, b"[" * 100_000),
    (200, {}, document()),
    (200, {}, document(row("one", SMALL), "canary", None)),
    (200, {}, b'{"keys":[' + b" " * 300_000 + b"]}"),
]


def strike(entra: Entra, outage: Sent | Exception) -> None:
    if isinstance(outage, Exception):
        entra.breaks = outage
    else:
        entra.says = outage


@pytest.mark.parametrize("outage", OUTAGES, ids=by_number)
def test_while_entra_is_away_old_keys_stay_in_use(outage: Sent | Exception) -> None:
    entra = Entra()
    checker = entra.checker()
    checker.operator(token())
    strike(entra, outage)
    entra.now = NOW + DAY
    for _ in range(3):
        assert checker.operator(token(exp=T + 200_000))
    assert len(entra.asked) == 2
    with pytest.raises(Unavailable):
        checker.operator(token(SECOND_KEY, "new", exp=T + 200_000))
    entra.breaks = entra.says = None
    entra.now += 5 * MINUTE
    assert checker.operator(token(exp=T + 200_000))
    assert len(entra.asked) == 3
    with pytest.raises(Unauthentic):
        checker.operator(token(SECOND_KEY, "new", exp=T + 200_000))


@pytest.mark.parametrize("outage", OUTAGES, ids=by_number)
def test_without_any_key_it_is_said_so_and_tried_again_soon(outage: Sent | Exception) -> None:
    entra = Entra()
    strike(entra, outage)
    checker = entra.checker()
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            checker.operator(token())
        assert "canary" not in str(caught.value)
        assert caught.value.__context__ is None
    assert len(entra.asked) == 1
    entra.breaks = entra.says = None
    entra.now = NOW + timedelta(seconds=30)
    assert checker.operator(token())


def test_an_entra_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_keys, "LONGEST_S", -1.0)
    with pytest.raises(Unavailable, match="ReadTimeout"):
        Entra().checker().operator(token())


def test_many_threads_ask_for_the_keys_once_and_all_are_let_in() -> None:
    entra = Entra(holds=threading.Event())
    checker, names = entra.checker(), list[str]()
    threads = [threading.Thread(target=lambda: names.append(checker.operator(token()).name)) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert entra.holds is not None
    entra.holds.set()
    for thread in threads:
        thread.join()
    assert len(names) == 12
    assert len(entra.asked) == 1


def test_who_has_a_key_that_is_merely_old_does_not_wait_for_entra() -> None:
    entra = Entra()
    checker = entra.checker()
    checker.operator(token())
    entra.now, entra.holds = NOW + DAY, threading.Event()
    slow = threading.Thread(target=lambda: checker.operator(token(exp=T + 200_000)))
    slow.start()
    try:
        while len(entra.asked) < 2:
            slow.join(0.01)
        assert checker.operator(token(exp=T + 200_000))
        assert slow.is_alive()
    finally:
        entra.holds.set()
        slow.join()


ALL_ROLES = [Role.READ, Role.OPERATE, Role.ADMIN]


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        (["Keeper.Read"], ALL_ROLES[:1]),
        (["Keeper.Operate"], ALL_ROLES[:2]),
        (["Keeper.Admin"], ALL_ROLES),
        (["Other", "Keeper.Read", "Keeper.Operate", 5, {}], ALL_ROLES[:2]),
    ],
)
def test_each_role_includes_the_ones_before_it(roles: list[object], allowed: list[Role]) -> None:
    operator = Entra().checker().operator(token(roles=roles))
    assert [role for role in Role if operator.may(role)] == allowed


@pytest.mark.parametrize("roles", [None, [], ["keeper.admin"], "Keeper.Admin", {"Keeper.Admin": 1}, [["Keeper.Admin"]]])
def test_a_good_token_without_a_role_is_forbidden(roles: object) -> None:
    with pytest.raises(Forbidden, match="role does not allow"):
        Entra().checker().operator(token(roles=roles))


@pytest.mark.parametrize("changes", [{"exp": T - 60}, {"aud": "x"}, {"oid": None}])
def test_only_a_good_token_is_told_that_its_role_does_not_do(changes: dict[str, object]) -> None:
    refused(token(roles=None, **changes))


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(Operator("nobody", frozenset()).may(role) for role in Role)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": "  Jane\r\n\tDoe "}, "Jane Doe"),
        ({"name": "Jane\x1b[31m\u202e Doe"}, "Jane [31m Doe"),
        ({"name": "Zoë 李"}, "Zoë 李"),
        ({"name": None}, f"a user of application {APPLICATION}"),
        ({"name": " \n", "scp": None}, f"application {APPLICATION}"),
        ({"name": None, "scp": None, "azp": None, "appid": APPLICATION}, f"application {APPLICATION}"),
        ({"name": None, "scp": None, "app_displayname": "Deployment"}, "Deployment"),
        ({"name": ["Jane"]}, f"a user of application {APPLICATION}"),
        ({"name": "J" * 500}, "J" * 85),
        ({"oid": OID.upper()}, "Jane Doe"),
        ({"name": f"Eve (oid {APPLICATION})"}, f"Eve (oid {APPLICATION})"),
    ],
)
def test_the_history_gets_a_name_on_one_line_that_ends_in_the_id(changes: dict[str, object], name: str) -> None:
    found = Entra().checker().operator(token(**changes)).name
    assert found == f"{name} (oid {OID})"
    assert len(found) <= 128


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
CLAIMS = st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(max_size=5), JSON, max_size=4)
HEADERS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x"]), JSON, max_size=2)
CHECKER = Entra().checker()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text()
    | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]+", fullmatch=True)
    | st.builds(by_hand, HEADERS, CLAIMS)
    | st.builds(
        lambda header, claims: by_hand({"alg": "RS256", "kid": "one", **header}, GOOD | claims), HEADERS, CLAIMS
    )
    | st.builds(lambda claims: token() if claims == GOOD else by_hand({"alg": "RS256", "kid": "one"}, claims), JSON)
)
def test_any_text_ends_in_an_operator_or_in_a_declared_error(text: str) -> None:
    try:
        outcome: Operator | KeeperError = CHECKER.operator(text)
    except KeeperError as error:
        outcome = error
    if isinstance(outcome, Operator):
        assert outcome.name.isprintable()
        assert len(outcome.name) <= 128
        assert outcome.may(Role.READ)
    else:
        assert str(outcome) in (REFUSAL, "the caller's role does not allow it: the application gives it none")
        assert outcome.__context__ is None


@given(st.integers(0, len(token()) - 1), st.characters(codec="ascii"))
def test_one_changed_character_anywhere_is_refused(place: int, letter: str) -> None:
    good = token()
    changed = good[:place] + letter + good[place + 1 :]
    try:
        assert CHECKER.operator(changed)
    except Unauthentic:
        assert changed != good
    else:
        # The last character of base64 holds bits that are not read.
        assert changed == good or place == len(good) - 1


@settings(max_examples=300)
@given(
    st.binary(max_size=60)
    | JSON.map(lambda content: json.dumps(content).encode())
    | st.lists(
        st.dictionaries(
            st.sampled_from(["kid", "kty", "use", "n", "e", "issuer"]), JSON | st.sampled_from(["RSA", "AQAB"])
        )
        | st.builds(lambda changes: row("one", FIRST) | changes, st.dictionaries(st.sampled_from(["n", "e"]), JSON)),
        max_size=2,
    ).map(lambda rows: document(*rows))
)
def test_any_document_is_keys_or_none(body: bytes) -> None:
    assert all(2048 <= key.key_size <= 8192 for key in public_keys(body, HOME).values())


@pytest.mark.parametrize(
    "changes",
    [
        {"kty": "EC"},
        {"use": "enc"},
        {"kid": 5},
        {"n": "AQAB"},
        {"n": None},
        {"e": "AA"},
        {"e": "Ag"},
        {"n": "A", "e": "A"},
    ],
    ids=str,
)
def test_what_is_no_key_for_rs256_is_left_out(changes: dict[str, object]) -> None:
    kept = public_keys(document(row("bad", FIRST) | changes, row("good", SECOND_KEY)), HOME)
    assert list(kept) == ["good"]
