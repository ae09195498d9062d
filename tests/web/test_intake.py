"""A message over HTTP: kept, again, clash, refused, too big, unavailable; and what became of it."""

from collections.abc import Iterator

import pytest
import requests

from gateway.web.syntax import unread
from tests.web.standing import MEDIA, OTHER, TOKEN, House, Standing, standing

MESSAGE = b'{"resourceType": "Bundle", "type": "collection"}'
KNOWN = {"Authorization": f"Bearer {TOKEN}"}
PROBLEM = {"code": "match.doubt", "place": "Patient", "sentence": "two fit", "repair": "decide", "severity": "error"}
OTHERS = {"Authorization": f"Bearer {OTHER}"}


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def door(house: House) -> Iterator[Standing]:
    with standing(house.doors(max_body=1000)) as found:
        yield found


def post(door: Standing, data: bytes = MESSAGE, partner: str = "senneklinik", **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(door.url(f"/intake/{partner}"), data=data, headers={**KNOWN, **named}, timeout=10)


def test_a_kept_message_gets_202_and_a_place_to_ask(door: Standing, house: House) -> None:
    answer = post(door, Idempotency_Key="a-1", Content_Type="application/fhir+json")
    assert answer.status_code == 202
    assert answer.json() == {"tracking": "t-1", "status-url": "/intake/t-1"}
    assert answer.headers["location"] == "/intake/t-1"
    (arrival,) = house.arrivals
    assert (arrival.partner, arrival.road, arrival.format) == ("senneklinik", "http", "fhir")
    assert (arrival.data, arrival.key, arrival.content_type) == (MESSAGE, "a-1", "application/fhir+json")
    assert arrival.headers["address"] == "127.0.0.1"


def test_the_same_again_gets_the_same_answer(door: Standing) -> None:
    first, second = post(door, Idempotency_Key="a-1"), post(door, Idempotency_Key='"a-1"')
    assert (second.status_code, second.content) == (first.status_code, first.content)


def test_a_key_for_other_bytes_is_a_conflict(door: Standing) -> None:
    post(door, Idempotency_Key="a-1")
    answer = post(door, b"other bytes", Idempotency_Key="a-1")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["title"], told["problems"][0]["code"]) == (409, "Conflict", "receive.key.reused")
    assert told["problems"][0]["repair"] == "use a new key"


def test_a_caller_who_speaks_fhir_reads_an_operation_outcome(door: Standing) -> None:
    post(door, Idempotency_Key="a-1")
    answer = post(door, b"{}", Idempotency_Key="a-1", Content_Type="application/fhir+json; charset=utf-8")
    assert answer.headers["content-type"] == "application/fhir+json"
    told = answer.json()
    assert (told["resourceType"], told["issue"][0]["code"]) == ("OperationOutcome", "duplicate")
    plain = post(door, b"{}", Idempotency_Key="a-1", Content_Type="application/fhir+json", Accept="application/json")
    assert plain.json()["status"] == 409


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"resourceType": "Bundle",', "json.syntax"),
        (b"%PDF-1.7\n\x00\x01", "json.syntax"),
        (b"<Bundle", "xml.syntax"),
        (b'{"resource": "Bundle"}', "http.syntax"),
        (b'["Bundle"]', "http.syntax"),
    ],
)
def test_what_is_no_fhir_resource_never_hears_202(house: House, data: bytes, code: str) -> None:
    with standing(house.doors(unread=lambda name, data: unread(MEDIA[name], data))) as door:
        answer = post(door, data, Content_Type="application/fhir+json")
        assert post(door).status_code == 202
    told = answer.json()
    assert (answer.status_code, told["resourceType"]) == (400, "OperationOutcome")
    assert told["issue"][0]["diagnostics"].startswith(code)
    assert answer.headers["location"] == f"/intake/{house.refused[0]}"


def test_a_fhir_resource_as_xml_is_one_too() -> None:
    assert not unread(MEDIA["fhir"], b'<Patient xmlns="http://hl7.org/fhir"><id value="p"/></Patient>')
    assert not unread(MEDIA["hl7v2-de"], b"MSH|")


def test_a_sender_that_waits_for_the_line_hears_what_became_of_it(house: House) -> None:
    ran: list[str] = []

    async def run(tracking: str) -> None:
        ran.append(tracking)

    with standing(house.doors(ran=run)) as door:
        assert post(door).status_code == 202
        done = post(door, partner="wartende-klinik")
        assert (done.status_code, done.json()["state"], done.headers["location"]) == (200, "done", "/intake/t-2")
        house.came_of = {"state": "parked", "problems": [PROBLEM]}
        parked = post(door, b'{"resourceType": "Patient"}', "wartende-klinik")
        house.came_of = {"state": "received", "problems": []}
        late = post(door, b'{"resourceType": "Task"}', "wartende-klinik")
    assert (parked.status_code, parked.json()["problems"], parked.headers["location"]) == (
        422,
        [PROBLEM],
        "/intake/t-3",
    )
    assert (late.status_code, late.json()["tracking"]) == (202, "t-4")
    assert ran == ["t-2", "t-3", "t-4"]


def test_what_cannot_be_read_is_refused_at_once(door: Standing) -> None:
    assert post(door, b"unlesbar").status_code == 400


@pytest.mark.parametrize("key", ["", "k" * 256, "umlaut-\xe4", '"open'])
def test_a_key_that_is_none_is_refused(door: Standing, house: House, key: str) -> None:
    answer = requests.post(
        door.url("/intake/senneklinik"), b"x", headers={**KNOWN, "Idempotency-Key": key.encode("latin-1")}, timeout=10
    )
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (400, "http.key")
    assert not house.arrivals


def test_without_a_key_the_message_stands_for_itself(door: Standing, house: House) -> None:
    assert post(door).status_code == 202
    assert house.arrivals[0].key == ""


def test_an_empty_body_is_no_message(door: Standing) -> None:
    assert post(door, b"").json()["problems"][0]["code"] == "http.empty"


def test_a_compressed_body_is_not_taken(door: Standing) -> None:
    answer = post(door, Content_Encoding="gzip")
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")


def test_nothing_can_be_kept_says_when_to_come_again(door: Standing, house: House) -> None:
    house.closed = True
    answer = post(door)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_partner_of_several_formats_says_which(door: Standing, house: House) -> None:
    def sent(path: str, content_type: str) -> int:
        headers = {**OTHERS, "Content-Type": content_type}
        return requests.post(
            door.url(path), path.encode() + content_type.encode(), headers=headers, timeout=10
        ).status_code

    assert sent("/intake/lippeklinik?format=hl7v2-de", "text/plain") == 202
    assert sent("/intake/lippeklinik", "application/hl7-v2; charset=utf-8") == 202
    assert sent("/intake/lippeklinik", "application/json") == 202
    assert [arrival.format for arrival in house.arrivals] == ["hl7v2-de", "hl7v2-de", "fhir"]
    assert sent("/intake/lippeklinik", "text/csv") == 415
    assert sent("/intake/lippeklinik?format=evp", "application/json") == 415  # agreed, but for another token
    assert len(house.arrivals) == 3


def test_status_is_told_to_its_partner_only(door: Standing) -> None:
    tracking = post(door).json()["status-url"]

    def ask(path: str, headers: dict[str, str]) -> requests.Response:
        return requests.get(door.url(path), headers=headers, timeout=10)

    assert ask(tracking, KNOWN).json()["state"] == "done"
    foreign, unknown = ask(tracking, OTHERS), ask("/intake/t-9", OTHERS)
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert ask(tracking, {}).status_code == 401
    assert ask(tracking, {"Authorization": "Bearer wrong"}).status_code == 401


def test_a_defect_is_told_without_its_words(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: str) -> None:
        raise ValueError("Erika Kanarienvogel")

    with standing(house.doors(status=broken)) as door:
        answer = requests.get(door.url("/intake/t-1"), headers=KNOWN, timeout=10)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (500, "http.defect")
    assert "Kanarienvogel" not in answer.text + caplog.text + str([record.__dict__ for record in caplog.records])
    assert [getattr(record, "kind", "") for record in caplog.records if record.levelname == "ERROR"] == ["ValueError"]
