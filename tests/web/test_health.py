"""What operators ask: is it alive, can it work, how much does it do."""

import asyncio
from datetime import UTC, datetime

import pytest
import requests

from gateway.domain.road import Arrival
from gateway.web.intake import application
from gateway.web.metrics import Metrics
from tests.web.standing import TOKEN, House, standing

ARRIVAL = Arrival("senneklinik", "mllp", "hl7v2-de", b"MSH|", datetime(2026, 3, 1, tzinfo=UTC))


def counts() -> dict[str, int]:
    return {"message.done": 7, "message.parked": 1, "delivery.dead": 2}


def test_alive_and_ready_say_so() -> None:
    with standing(House().doors()) as door:
        assert requests.get(door.url("/health/live"), timeout=10).json() == {"status": "alive"}
        ready = requests.get(door.url("/health/ready"), timeout=10)
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "checks": {"store": ""}})


def test_not_ready_is_503_with_the_reasons() -> None:
    with standing(House(checks={"line": "the line stands still"}).doors()) as door:
        ready = requests.get(door.url("/health/ready"), timeout=10)
    assert ready.status_code == 503
    assert ready.json()["checks"]["line"] == "the line stands still"


def test_metrics_count_messages_deliveries_receipts_and_memory() -> None:
    metrics, house = Metrics(counts, lambda: 1.5), House()

    async def handed_in() -> None:
        await metrics.counted(house.intake)(ARRIVAL)

    asyncio.run(handed_in())
    metrics.attempted("http", "pflegedienst-lutterbach", "retry")
    metrics.refused("mllp", "unknown")
    with standing(house.doors(metrics=metrics.page)) as door:
        page = requests.get(door.url("/metrics"), timeout=10)
    assert page.headers["content-type"].startswith("text/plain; version=")
    for line in (
        'gateway_messages{state="done"} 7.0',
        'gateway_messages{state="received"} 0.0',
        'gateway_deliveries{standing="dead"} 2.0',
        "gateway_line_lag_seconds 1.5",
        'gateway_arrivals_total{outcome="kept",partner="senneklinik",road="mllp"} 1.0',
        'gateway_attempts_total{outcome="retry",partner="pflegedienst-lutterbach",road="http"} 1.0',
        'gateway_refused_total{door="mllp",reason="unknown"} 1.0',
        "gateway_store_up 1.0",
    ):
        assert line in page.text.splitlines()
    assert "process_resident_memory_bytes" in page.text


def test_metrics_are_there_when_the_store_is_not() -> None:
    def broken() -> dict[str, int]:
        raise OSError

    page = Metrics(broken).page().decode()
    assert "gateway_store_up 0.0" in page
    assert "process_resident_memory_bytes" in page


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/health/live", 405)])
def test_what_is_not_there_is_said_as_a_problem(method: str, path: str, status: int) -> None:
    with standing(House().doors()) as door:
        answer = requests.request(method, door.url(path), timeout=10)
        outcome = requests.request(method, door.url(path), headers={"Accept": "application/fhir+json"}, timeout=10)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["problems"][0]["code"] == "http.route"
    assert outcome.json()["resourceType"] == "OperationOutcome"


def test_no_page_of_the_framework_is_served() -> None:
    with standing(House().doors()) as door:
        for path in ("/docs", "/redoc", "/openapi.json", "/intake/senneklinik/", "/"):
            answer = requests.get(door.url(path), headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
            assert answer.status_code == 404
            assert "server" not in answer.headers


def test_a_parameter_that_cannot_be_read_is_not_repeated() -> None:
    made = application(House().doors())

    @made.get("/number")
    def number(value: int) -> int:
        return value

    with standing(made) as door:
        answer = requests.get(door.url("/number?value=Kanarienvogel"), timeout=10)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (400, "http.parameter")
    assert "Kanarienvogel" not in answer.text
