"""Nothing of a tenant is in what the probe says or writes, and what it writes is a golden file."""

import json
import string
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local.probe.disguise import Disguise
from local.probe.evidence import Evidence
from local.probe.names import names_in
from local.probe.samples import Sampler
from local.probe.steps import NOTHING
from local.probe.vocabulary import everyday
from shared.adapters.exchange_answers import Answer, decipher
from shared.adapters.exchange_calls import Call
from tests.adapters import test_exchange_answers as golden
from tests.fakes import TENANT_ID
from tests.in_process import Received, Sent
from tests.probe.scene import DOMAIN, Handle, new_bench

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OWN = "Mailflow Keeper probe 0123abcd twice-rule"
READ = Call("Get-TransportRule", NOTHING)

CANARIES = (
    "Wombat Bakery",
    "wombat",
    "O'Quokka & sons",
    "quokka",
    "numbat-payroll.co.nz",
    "numbat",
    "potoroo.example.net",
    "potoroo",
    "bilby@numbat-payroll.co.nz",
    "bilby",
    "198.18.77.31",
    "198.18.78.0/25",
    "2606:4700:77::9",
    "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "7c9e6679742540de944be07fc1f90ae7",
    "BN8PR77MB1234",
    "TWNPR01A001",
    "eyJhbGciOiJub25lIn0",
    "DigiWoylie CA",
    "woylie",
    str(TENANT_ID),
)


def with_canaries(handle: Handle) -> Handle:
    """Somebody's tenant: its names are in its objects, in refusals, in headers and in warnings."""

    def handled(received: Received) -> Sent:
        status, headers, body = handle(received)
        headers = {**headers, "X-Warnings": f"{CANARIES[0]} on BN8PR77MB1234", "X-CalculatedBETarget": CANARIES[15]}
        if status == 404:
            return status, headers, body.replace(b"TWNPR01A001DC001", b"BN8PR77MB1234")
        if status == 400:
            text = "couldn't be done, see 'O'Quokka & sons', CN=DigiWoylie CA\\\\, x,OU=numbat-payroll.co.nz,DC=COM for"
            return status, headers, body.replace(b"already exists", f"already exists {text} Wombat".encode())
        if b'"value"' in body and not status // 300:
            document = json.loads(body)
            document["@adminapi.warnings"] = [*document.get("@adminapi.warnings", []), f"See {CANARIES[2]}"]
            document["@odata.nextLinkOfOthers"] = f"https://{CANARIES[6]}/x?{CANARIES[17]}"
            return status, headers, json.dumps(document).encode()
        return status, headers, body

    return handled


def inhabited(folder: Path, **options: Any) -> Any:  # noqa: ANN401 - a bench
    bench = new_bench(folder, **options)
    for row in (*bench.tenant.inbound, *bench.tenant.outbound, *bench.tenant.rules):
        row["Name"] = row["Identity"] = f"{CANARIES[0]} {row['Name']}"
        row["CreatedBy"], row["OriginatingServer"] = CANARIES[8], CANARIES[15]
        row["Comment"] = row["Comments"] = " ".join(CANARIES)
        row["Guid"] = CANARIES[13]
        row["SmartHosts"] = [CANARIES[4], CANARIES[10]]
        row["SenderIPAddresses"] = row["EFSkipIPs"] = [CANARIES[11], CANARIES[12]]
        row["TlsSenderCertificateName"] = f"CN={CANARIES[18]}, O=woylie, C=NZ"
        row["MemberOfTomorrow"] = {"numbat": [{"Inner": CANARIES[2]}]}
    bench.tenant.arc = [CANARIES[6], "arc.numbat-payroll.co.nz"]
    return bench


def test_no_canary_of_the_tenant_is_in_any_file_or_line(tmp_path: Path) -> None:
    bench = inhabited(tmp_path)
    before = bench.state()
    assert bench.probe(with_canaries) == 0
    assert bench.state() == before
    told = bench.everything_told()
    assert [canary for canary in (*CANARIES, DOMAIN) if canary.casefold() in told] == []


def test_a_name_has_one_made_up_name_throughout(tmp_path: Path) -> None:
    bench = inhabited(tmp_path)
    bench.probe(with_canaries)
    samples = bench.samples()
    first = samples["recorded.unknown-inbound-connector.json"]
    hosts = {
        row["SmartHosts"][0]
        for sample in samples.values()
        for row in sample.get("body", {}).get("value", [])
        if "EFSkipIPs" in row and row.get("SmartHosts")
    }
    assert first["status"] == 404
    assert len(hosts) == 1


@pytest.mark.parametrize("spoilt", [False, True])
def test_every_sample_is_read_by_the_samples_own_test(spoilt: bool, tmp_path: Path) -> None:  # noqa: FBT001
    bench = inhabited(tmp_path)
    bench.probe(with_canaries if spoilt else lambda handle: handle)
    paths = sorted(bench.folder.glob("recorded.*.json"))
    assert len(paths) > 50
    for path in paths:
        golden.test_a_sample_means_what_it_expects(path)


@pytest.mark.parametrize("path", golden.SINGLE, ids=lambda path: path.stem)
def test_an_answer_means_the_same_in_disguise(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    answer = Answer(sample["status"], {k.lower(): v for k, v in sample["headers"].items()}, golden.body_of(sample))
    call = Call(sample["call"]["cmdlet"], sample["call"]["parameters"])
    shown = Sampler(Disguise(()), frozenset(), NOW).sample(call, answer)
    expected: Any = shown["expected"]
    assert expected.get("error") == sample["expected"].get("error")
    assert ("rows" in expected) is ("rows" in sample["expected"])
    assert (
        decipher(answer, call, NOW).__class__
        is decipher(Answer(sample["status"], answer.headers, golden.body_of(shown)), call, NOW).__class__
    )


@pytest.mark.parametrize(
    "text",
    [
        "|System.ArgumentException|A rule with this name already exists. (Parameter 'Name')",
        f"|Microsoft.Exchange.Management.Tasks.SomeException|The connector '{OWN}' is still used by 1 rule.",
        "EFSkipIPs: '10.107.101.107' is a private address, 203.0.113.192/27 and 2001:db8:6b65::7/64 are none.",
        "0.1 (8.0.535.0)",
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
        "MailMarshal Cloud Integrated Loop Check",
    ],
)
def test_exchanges_words_and_ours_stay_as_they_are(text: str) -> None:
    assert Disguise(["Wombat"]).text(text) == text


@pytest.mark.parametrize("moment", ["2026-07-23T22:55:13.0000000Z", "2026-07-23T22:55:13+00:00", "2026-07-23T22:55:13"])
def test_a_moment_keeps_its_form_alone(moment: str) -> None:
    shown = Disguise(()).text(moment)
    assert shown != moment
    assert len(shown) == len(moment)
    assert shown[19:] == moment[19:]


_WORD = st.text(st.characters(categories=["L"]), min_size=6, max_size=16)
_NAMES = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
_LABEL = st.text(string.ascii_lowercase + string.digits, min_size=6, max_size=12).map(lambda text: f"q{text}")
_DOMAINS = st.builds(lambda a, b: f"{a}.{b}.com", _LABEL, _LABEL)
_ADDRESSES = st.one_of(
    st.integers(11 << 24, 99 << 24).map(lambda n: str(IPv4Address(n))),
    st.integers(0x2400 << 112, 0x2FFF << 112).map(lambda n: str(IPv6Address(n))),
)
_GUIDS = st.uuids(version=4).map(str)


@st.composite
def tenants(draw: st.DrawFn) -> dict[str, str]:
    """Names of a tenant that nobody else has."""
    found = {
        "name": draw(_NAMES),
        "domain": draw(_DOMAINS),
        "address": draw(_ADDRESSES),
        "guid": draw(_GUIDS),
        "person": draw(_LABEL) + "@" + draw(_DOMAINS),
        "server": draw(st.from_regex(r"[A-Z]{3}[0-9]PR[0-9]{2}MB[0-9]{4}", fullmatch=True)),
        "certificate": "*." + draw(_DOMAINS),
        "token": draw(st.from_regex(r"eyJ[A-Za-z0-9_-]{40,60}\.eyJ[A-Za-z0-9_-]{40,60}", fullmatch=True)),
    }
    assume(found["name"].casefold() not in everyday())
    assume(not any(word.casefold() in everyday() for word in found["name"].split()))
    return found


_SENTENCES = (
    "|A.B|The {kind} '{name}' of {domain} already exists on '{server}.PROD.OUTLOOK.COM'.",
    "Ex6F9304|A.B|object {guid} ({name}) couldn't be found; {person}, {address}, {certificate}",
    'CN={name},OU={domain},DC=PROD,DC=COM and "{name}" at {address} with {token}',
    "{name} https://{domain}/adminapi/beta/{guid}/x?$skiptoken={token}#{name}",
)


def told_of(tenant: dict[str, str], key: str) -> str:
    """Every sample of a tenant whose names stand everywhere, in lower case."""
    texts = [sentence.format(kind="rule", **tenant) for sentence in _SENTENCES]
    nested = json.dumps({"Message": texts[0], "TypeName": "A.B", "StackTrace": None})
    strange = {"Name": tenant["name"], "Identity": tenant["guid"], key: list(tenant.values()), "Text": " ".join(texts)}
    joined = {"Name": tenant["name"], "ArcTrustedSealers": ",".join([tenant["domain"], tenant["certificate"]])}
    own = {"Name": OWN, "EFSkipIPs": [tenant["address"]], "OrganizationId": tenant["domain"], "Guid": tenant["guid"]}
    bodies: list[object] = [
        {"value": [strange, joined, own], "@adminapi.warnings": texts, "@odata.nextLink": texts[3]},
        *({"error": {"details": [{"message": text}], "innererror": {"message": text}}} for text in (*texts, nested)),
        texts,
        {"value": None, "other": {"text": strange}},
    ]
    headers = {"x-ms-diagnostics": texts[1], "www-authenticate": texts[3], "x-secret": tenant["token"]}
    raws = [json.dumps(body).encode() for body in bodies] + [" ".join(texts).encode(), b"<html>" + texts[0].encode()]
    answers = [Answer(status, headers, raw) for raw in raws for status in (200, 400)]
    seen = [Evidence(READ, decipher(answer, READ, NOW), answer) for answer in answers]
    sampler = Sampler(Disguise(names_in(seen)), frozenset({"EFSkipIPs"}), NOW)
    return json.dumps([sampler.sample(READ, answer) for answer in answers], ensure_ascii=False).casefold()


_NOBODY = {
    "name": "zzzzzz",
    "domain": "zz.zzz.com",
    "address": "11.1.1.1",
    "person": "zz@zz.zzz.com",
    "guid": "11111111-1111-4111-8111-111111111111",
    "server": "ZZZ1PR11MB1111",
    "certificate": "*.zz.zzz.com",
    "token": "eyJ" + "z" * 50 + ".eyJ" + "z" * 50,
}


@settings(max_examples=60, deadline=None)
@given(tenant=tenants(), key=st.sampled_from(["Comment", "ArcTrustedSealers", "Tomorrow", "EFSkipIPs"]))
def test_nothing_of_any_tenant_is_left(tenant: dict[str, str], key: str) -> None:
    told = told_of(tenant, key)
    parts = {*tenant.values(), *tenant["name"].split(), tenant["token"].split(".")[0], tenant["domain"].split(".")[0]}
    parts.add(UUID(tenant["guid"]).hex)
    # A word of the envelope itself, such as innererror, is there whatever a tenant is called.
    anybodys = told_of(_NOBODY, key)
    left = [part for part in sorted(parts) if part.casefold() in told and part.casefold() not in anybodys]
    assert left == []
