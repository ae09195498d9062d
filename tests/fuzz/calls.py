"""Good HTTP requests to begin with; `{token}` and its like are filled in when they are sent, `{length}` too."""

import json
from collections.abc import Iterable, Mapping

from tests.fuzz import corpus
from tests.pipeline.line.world import discharge
from tests.web.fhir.interface import OBSERVATION, PATIENT

PLACES = ("token", "assertion", "cookie", "key", "code", "length")
FHIR, PATCH, FORM = "application/fhir+json", "application/json-patch+json", "application/x-www-form-urlencoded"
BEARER = {"Authorization": "Bearer {token}"}
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
READS = (
    "",
    "metadata",
    "openapi.json",
    "Task/t1",
    "Task/t1/_history",
    "Task/t1/_history/1",
    "Task?patient=Patient/p",
    "Task?patient.name=Gr%C3%BCn&_include=Task:patient&_count=5",
    "Task?_has:Task:focus:status=x&_sort=-_lastUpdated",
    "Patient?birthdate=ge1930-01-01&_summary=true",
    "Patient?identifier=http://x%7C1&_elements=name",
    "_history?_since=2026",
    "Task/t1/$actions",
    "ServiceRequest?_id=sr0,sr1&_total=accurate&_revinclude=Task:focus",
    "Patient/p?_format=xml",
    "Task?_cursor=abc&_count=0",
    "CarePlan/cp/$explain",
    "AuditEvent?date=ge2026",
    "Subscription",
    "Patient/p/$everything",
    "?_type=Task,Patient&_count=3",
    ".well-known/smart-configuration",
    "CarePlan/cp/$disclosed?recipient=elsey",
)


def filled(data: bytes, values: Mapping[str, str]) -> bytes:
    """A request with what only the server at work knows."""
    for name, value in values.items():
        data = data.replace(b"{%s}" % name.encode(), value.encode())
    head, gap, body = data.partition(b"\r\n\r\n")
    return head.replace(b"{length}", str(len(body)).encode()) + gap + body


def request(method: str, path: str, body: bytes | str | None = None, **headers: str) -> bytes:
    """A request; header names with `_` for `-`."""
    content = body.encode() if isinstance(body, str) else body or b""
    named = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    named |= {} if body is None else {"Content-Length": "{length}"}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return "\r\n".join(lines).encode() + content


def intake() -> list[bytes]:
    """Messages for the door of the line."""
    bundle = b'{"resourceType": "Bundle", "type": "collection"}'
    key = {"Idempotency_Key": "a-1", **BEARER}
    made = [
        request("POST", "/intake/senneklinik", bundle, Content_Type=FHIR, **key),
        request("POST", "/intake/lippeklinik", discharge(), Content_Type="application/hl7-v2", **key),
        request("PUT", "/intake/senneklinik", bundle, Content_Type=FHIR, Prefer="respond-async", **key),
    ]
    return [*made, *(request("GET", path, **BEARER) for path in ("/intake/t-1", "/health", "/ready", "/metrics", "/"))]


def fhir(base: str = "/fhir/") -> list[bytes]:
    """All interactions of the FHIR interface."""
    operations = json.dumps([{"op": "replace", "path": "/status", "value": "accepted"}])
    entry = {"resource": PATIENT, "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=x|1"}}
    entries = [
        {**entry, "fullUrl": "urn:uuid:8b0f2f5e-0b8f-4c8e-9f43-4d7f2a1a7f10"},
        {"request": {"method": "GET", "url": "Task/t1"}},
    ]
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    batch = bundle.replace("transaction", "batch")
    task = json.dumps({"resourceType": "Task", "id": "t1", "status": "accepted", "intent": "order"})
    consent = json.dumps(
        {
            "resourceType": "Consent",
            "id": "c",
            "status": "active",
            "patient": {"reference": "Patient/p"},
            "provision": {"type": "permit", "period": {"start": "2026-01-01"}},
        }
    )
    asked = json.dumps({"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": PATIENT}]})
    written = (
        ("POST", "Patient", json.dumps(PATIENT), FHIR),
        ("POST", "Observation", OBSERVATION, FHIR),
        ("PUT", "Task/t1", task, FHIR),
        ("PATCH", "Task/t1", operations, PATCH),
        ("POST", "", bundle, FHIR),
        ("POST", "", batch, FHIR),
        ("POST", "Task/_search", "patient=Patient/p&_count=3", FORM),
        ("POST", "Patient/$validate", asked, FHIR),
        ("POST", "Patient/$match", asked, FHIR),
        ("POST", "$transform", asked, FHIR),
        ("POST", "$process-message", bundle, FHIR),
        ("PUT", "Consent/c", consent, FHIR),
        ("POST", "Patient/p/$emergency-access", asked, FHIR),
    )
    made = [request("GET", f"{base}{path}", Accept=FHIR, If_None_Match='W/"1"', **BEARER) for path in READS]
    made += [request(m, f"{base}{p}", body, Content_Type=t, If_Match='W/"1"', **BEARER) for m, p, body, t in written]
    small = [data for data in corpus.fhir() if len(data) < 4_000][:40]
    return [*made, *(request("POST", f"{base}Task", data, Content_Type=FHIR, **BEARER) for data in small)]


def tokens() -> list[bytes]:
    """Requests for a token, and what it is good for."""
    form = (
        f"grant_type=client_credentials&scope=system/*.cruds&client_assertion_type={ASSERTION}"
        "&client_assertion={assertion}"
    )
    return [*[request("POST", "/fhir/auth/token", form, Content_Type=FORM)] * 12, *fhir()]


def link() -> list[bytes]:
    """Everything that can be done on the page of the secure link."""
    said = "answer=accept&business=no-capacity&text=ja&version=3"
    forms: Iterable[tuple[str, str]] = (
        ("open", "key={key}&code={code}"),
        ("open", "key=a&code=2222 2222"),
        ("say", said),
        ("leave", ""),
        ("say", said.replace("accept", "decline")),
        ("say", said.replace("accept", "question")),
    )
    inside = {"Cookie": "{cookie}", "Sec_Fetch_Site": "same-origin"}
    made = [request("POST", f"/{path}", body, Content_Type=FORM, **inside) for path, body in forms]
    return [*made, *(request("GET", path, **inside) for path in ("/", "/case", "/page.css", "/key.js", "/no"))]


def staff() -> list[bytes]:
    """Everything that can be done on the pages of staff."""
    lead = {"Cookie": "{kuemmerer}", "Sec_Fetch_Site": "same-origin"}
    officer = {"Cookie": "{officer}", "Sec_Fetch_Site": "same-origin"}
    paths = ("/", "/desk", "/case/{case}", "/case/{case}?a=b", "/counts", "/page.css", "/oidc/back?code=a&state=b")
    made = [request("GET", path, **lead) for path in paths]
    made += [request("GET", path, **officer) for path in ("/desk", "/shown?case={case}&party=elsey", "/audit")]
    made += [
        request("POST", path, body, Content_Type=FORM, **officer)
        for path, body in (
            ("/audit", "word={officer-word}&actor=elsey&since=2026-01-01&until=2026-12-31&action=read&page=2"),
            ("/verify", "word={officer-word}"),
            ("/token", "word={officer-word}"),
            ("/login", "login=lead&password=x&code=123456"),
        )
    ]
    return made
