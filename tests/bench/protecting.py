"""What protecting people costs: a decision with the projection of a case, and a read with an access token."""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.consent.decide import Asking, decide
from gateway.consent.project import project
from gateway.consent.vocabulary import DATA_CLASS, ORIGIN, PURPOSE, UNDER_203
from gateway.domain.ledger import Save
from gateway.pipeline.policies.load import standard
from gateway.pipeline.stored.terms import terms
from gateway.store.sql import open_store
from tests.bench import peers
from tests.bench.measure import Row, medians, shown
from tests.ports import free_port

DISCLOSURE_GOAL, READ_GOAL = 0.005, 0.001
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
READS = 600
PARTY, PERSON = "pflegedienst", "Patient/p"
Resource = dict[str, Any]
SETTINGS = """
name: bench
store: {{url: "sqlite:///gateway.db"}}
http: {{listen: "127.0.0.1:{http}"}}
fhir: {{listen: "127.0.0.1:{fhir}", access: smart, desk: true}}
mappings: [mappings]
routing: {{fallback: stelle}}
logging: {{level: error}}
"""
PARTNERS: dict[str, Resource] = {
    "stelle": {"kind": "site", "catchment": {"postcodes": ["01000-99999"]},
               "receives": [{"road": "folder", "format": "fhir", "path": "../out"}]},
    PARTY: {"kind": "care-service"},
}  # fmt: skip


# --- the decision ----------------------------------------------------------------------------------------------------


def case() -> dict[str, list[Resource]]:
    """Fifty resources of one person: five needs, each with goal, measure, Task and plan, and what a clinic sent."""
    person = {"reference": PERSON, "display": "Käthe Brinkmann"}
    of = {"status": "active", "subject": person}
    secret = {"meta": {"security": [{"system": ORIGIN, "code": UNDER_203}]}}
    made: list[Resource] = [patient()]
    for n in range(5):
        measure = {"reference": f"ServiceRequest/sr{n}"}
        made += [
            {"resourceType": "CarePlan", "id": f"cp{n}", **of, "intent": "plan", "title": f"Bedarf {n}",
             "goal": [{"reference": f"Goal/g{n}"}], "activity": [{"reference": measure}], "note": [{"text": "Notiz"}]},
            {"resourceType": "Goal", "id": f"g{n}", "lifecycleStatus": "active", "subject": person,
             "description": {"text": f"Ziel {n}"}},
            {"resourceType": "ServiceRequest", "id": f"sr{n}", **of, "intent": "order", "code": {"text": f"Hilfe {n}"},
             "reasonReference": [{"reference": f"Condition/c{n}", "display": "Sturz"}], "authoredOn": "2026-11-01",
             "requester": {"reference": "Organization/stelle"}, "note": [{"text": "bitte klingeln"}]},
            {"resourceType": "Task", "id": f"t{n}", "status": "accepted", "intent": "order", "for": person,
             "focus": measure, "owner": {"reference": f"Organization/{PARTY}"}, "description": "einmal die Woche"},
        ]  # fmt: skip
        made += [
            {"resourceType": kind, "id": f"{kind[0].lower()}{n}", **secret, **of, "code": coded(kind, n)}
            for kind in ("Condition", "Observation", "Procedure", "AllergyIntolerance", "MedicationStatement")
        ]
    made += [{"resourceType": "Organization", "id": f"o{n}", "name": f"Dienst {n}"} for n in range(4)]
    tree: dict[str, list[Resource]] = {}
    for resource in made:
        tree.setdefault(resource["resourceType"], []).append(resource)
    return tree


def patient() -> Resource:
    """An invented person."""
    return {
        "resourceType": "Patient", "id": "p", "birthDate": "1938-09-03", "gender": "female",
        "name": [{"use": "official", "family": "Brinkmann", "given": ["Käthe"]}],
        "identifier": [{"system": "http://fhir.de/sid/gkv/kvid-10", "value": "A123456780"}],
        "address": [{"line": ["Föhrenweg 7"], "city": "Bielefeld", "postalCode": "33659"}],
    }  # fmt: skip


def coded(kind: str, number: int) -> Resource:
    """A code with its text."""
    codings = [{"system": "http://snomed.info/sct", "code": str(10_000 + number), "display": f"{kind} {number}"}]
    return {"coding": codings, "text": f"{kind} {number}"}


def consents() -> list[Resource]:
    """Five Consents of the person: one class of data each, for the party."""
    return [
        {"resourceType": "Consent", "id": f"k{n}", "status": "active", "patient": {"reference": PERSON}, "provision": {
            "type": "permit", "actor": [{"reference": {"reference": f"Organization/{PARTY}"}}],
            "purpose": [{"system": PURPOSE, "code": "CAREMGT"}], "class": [{"system": DATA_CLASS, "code": name}]}}
        for n, name in enumerate(("care-level", "relatives", "goal-titles", "last-name", "street"))
    ]  # fmt: skip


def disclosing() -> Row:
    """The slowest role of the standard policy."""
    tree, given, policy = case(), consents(), standard()
    assert sum(map(len, tree.values())) == 50
    asked = [Asking(PARTY, name, "", PERSON) for name in policy.roles]

    def seen(one: Asking) -> Any:
        return lambda: project(tree, decide(policy, given, one, NOW))

    took = dict(zip(policy.roles, medians(*map(seen, asked), rounds=9), strict=True))
    slowest = max(took, key=lambda name: took[name])
    note = f"role {slowest}; all roles: median {shown(statistics.median(took.values()))}"
    return Row("decision with projection of a case of 50 resources", took[slowest], DISCLOSURE_GOAL, note=note)


# --- the read --------------------------------------------------------------------------------------------------------


def stock() -> list[Resource]:
    """Measures that the party was asked for."""
    made: list[Resource] = [{**patient()}]
    for n in range(100):
        subject = {"reference": PERSON}
        owner, site = ({"reference": f"Organization/{name}"} for name in (PARTY, "stelle"))
        made += [
            {"resourceType": "ServiceRequest", "id": f"sr{n}", "status": "active", "intent": "order",
             "subject": subject, "requester": site, "performer": [owner], "code": {"text": "Einkaufen"}},
            {"resourceType": "Task", "id": f"t{n}", "status": "accepted", "intent": "order", "for": subject,
             "focus": {"reference": f"ServiceRequest/sr{n}"}, "owner": owner, "requester": site},
        ]  # fmt: skip
    return made


@contextmanager
def gateway(key: ECKey) -> Iterator[int]:
    """A gateway with this stock that takes access tokens, and no token from the desk: the port of its interface."""
    http, fhir = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "out").mkdir()
        client = {"id": "app", "jwks": {"keys": [key.as_dict(private=False)]}, "scopes": ["system/*.cruds"]}
        for partner, said in PARTNERS.items():
            file = folder / "mappings" / "partners" / partner / "partner.yaml"
            file.parent.mkdir(parents=True)
            more = {"clients": [client]} if partner == PARTY else {}
            file.write_text(json.dumps({"partner": partner, "title": partner, **said, **more}), encoding="utf-8")
        (folder / "gateway.yaml").write_text(SETTINGS.format(http=http, fhir=fhir), encoding="utf-8")
        store = open_store(f"sqlite:///{folder / 'gateway.db'}")
        try:
            store.commit([Save(each, 0, terms(each, ""), NOW) for each in stock()]).result()
        finally:
            store.close()
        command = [sys.executable, "-c", "from gateway.cli.main import main; main()", "serve"]
        try:
            with peers.running(command, folder, fhir):
                yield fhir
        except RuntimeError:
            shutil.copyfileobj((folder / "log").open(), sys.stderr)
            raise


def token(line: HTTPConnection, base: str, key: ECKey) -> str:
    """An access token."""
    now = int(time.time())
    said = {"iss": "app", "sub": "app", "aud": f"{base}auth/token", "exp": now + 200, "jti": str(uuid4())}
    signed = jwt.encode({"alg": "ES384", "kid": "k"}, said, key, algorithms=["ES384"])
    form = (
        "grant_type=client_credentials&scope=system/*.rs&client_assertion_type="
        f"urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion={signed}"
    )
    line.request("POST", "/fhir/auth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = json.loads(line.getresponse().read())
    return str(answer["access_token"])


def reading() -> Iterator[Row]:
    """A Task, and the measure behind it, each with a token and without one, by turns over one connection."""
    key = ECKey.generate_key("P-384", {"kid": "k"})
    with gateway(key) as port:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        bearer = {"Authorization": f"Bearer {token(line, f'http://127.0.0.1:{port}/fhir/', key)}"}
        for kind, letter in (("Task", "t"), ("ServiceRequest", "sr")):
            took: dict[bool, list[float]] = {True: [], False: []}
            for number in range(READS):
                for known, headers in ((True, bearer), (False, {})):
                    start = time.perf_counter()
                    line.request("GET", f"/fhir/{kind}/{letter}{number % 100}", headers=headers)
                    answer = line.getresponse()
                    answer.read()
                    took[known].append(time.perf_counter() - start)
                    if answer.status != 200:
                        raise RuntimeError(f"{kind}: {answer.status}")
            ours, plain = (statistics.median(took[known][READS // 20 :]) for known in (True, False))
            note = f"{shown(ours)} with a token, {shown(plain)} without one; {ours / plain:.2f} times"
            yield Row(f"FHIR read of a {kind}, what an access token adds", max(0.0, ours - plain), READ_GOAL, note=note)
        line.close()


def measured() -> list[Row]:
    """Both."""
    return [disclosing(), *reading()]
