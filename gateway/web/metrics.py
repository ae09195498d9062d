"""What Prometheus reads: a registry of our own, filled by counting receipts and by asking the store when it is read."""

import logging
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.domain.road import Arrival, Intake, Receipt

LOG = logging.getLogger("gateway.web")
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
STATES = ("received", "done", "parked", "refused", "dropped")
STANDINGS = ("waiting", "sending", "uncertain", "delivered", "dead", "dropped")


class Ledger(Collector):
    """Messages by state and deliveries by standing, as the store counts them (`Store.counts`), and the line's lag."""

    def __init__(self, counts: Callable[[], Mapping[str, int]], lag: Callable[[], float]) -> None:
        self.counts = counts
        self.lag = lag

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures of this moment; a store that cannot be asked leaves them out and the rest stands."""
        try:
            counts, lag = self.counts(), self.lag()
        except Exception as fault:  # noqa: BLE001 - the page is read most when something is broken
            LOG.warning("not counted", extra={"code": "http.metrics", "kind": type(fault).__name__})
            yield GaugeMetricFamily("gateway_store_up", "The store can be asked.", 0.0)
            return
        yield GaugeMetricFamily("gateway_store_up", "The store can be asked.", 1.0)
        yield family("gateway_messages", "Messages in the journal.", ("state", STATES, "message"), counts)
        yield family("gateway_deliveries", "Deliveries in the outbox.", ("standing", STANDINGS, "delivery"), counts)
        yield GaugeMetricFamily("gateway_line_lag_seconds", "Age of the oldest message the line has not run.", lag)


def family(name: str, text: str, by: tuple[str, tuple[str, ...], str], counts: Mapping[str, int]) -> GaugeMetricFamily:
    """One gauge with one label; `by` is the label, its values, and the prefix of their counts."""
    label, values, prefix = by
    made = GaugeMetricFamily(name, text, labels=[label])
    for value in values:
        made.add_metric([value], counts.get(f"{prefix}.{value}", 0))
    return made


def nothing() -> float:
    """No lag."""
    return 0.0


class Metrics:
    """The registry; labels are ids of partners and words of ours, never what a message says."""

    def __init__(self, counts: Callable[[], Mapping[str, int]], lag: Callable[[], float] = nothing) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(Ledger(counts, lag))
        labels = ["road", "partner", "outcome"]
        self.arrivals = Counter("gateway_arrivals", "Messages handed in.", labels, registry=self.registry)
        self.keeping = Histogram(
            "gateway_intake_seconds", "From arrival to receipt.", ["road"], buckets=SECONDS, registry=self.registry
        )
        self.attempts = Counter(
            "gateway_attempts", "Attempts to deliver.", ["road", "partner", "outcome"], registry=self.registry
        )

        self.refusals = Counter(
            "gateway_refused", "Callers that were refused.", ["door", "reason"], registry=self.registry
        )

        self.fhir = Histogram(
            "gateway_fhir_seconds",
            "Interactions of the FHIR interface, refused ones too.",
            ["type", "interaction"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def counted(self, intake: Intake) -> Intake:
        """The same door, with every receipt counted."""

        async def count(arrival: Arrival) -> Receipt:
            with self.keeping.labels(arrival.road).time():
                receipt = await intake(arrival)
            self.arrivals.labels(arrival.road, arrival.partner, receipt.outcome).inc()
            return receipt

        return count

    def attempted(self, road: str, partner: str, outcome: str) -> None:
        """Count one attempt to deliver, by what became of it (`Sent.outcome`)."""
        self.attempts.labels(road, partner, outcome).inc()

    def refused(self, door: str, reason: str) -> None:
        """Count one caller that was refused, by the door it came to and our word for why."""
        self.refusals.labels(door, reason).inc()

    def asked(self, kind: str, interaction: str, seconds: float) -> None:
        """Count one interaction of the FHIR interface, by the type and the word that its table has for it."""
        self.fhir.labels(kind, interaction).observe(seconds)

    def page(self) -> bytes:
        """The text for `GET /metrics`."""
        return generate_latest(self.registry)
