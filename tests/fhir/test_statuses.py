"""The answer to $status of Subscriptions."""

from gateway.fhir.conform import check_resource
from gateway.fhir.notification import statuses


def test_of_no_subscription_it_is_a_sound_searchset_without_entries() -> None:
    found = statuses([])
    assert (found["total"], "entry" in found) == (0, False)
    assert check_resource(found, "Bundle") == []
