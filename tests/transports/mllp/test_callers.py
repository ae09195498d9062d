"""Who a message is from, among those who may call from an address."""

import pytest

from gateway.transports.mllp.callers import Caller, choose, plain

SENNE = Caller("senneklinik", "hl7v2-de", facility="SENNE")
LIPPE = Caller("klinik-lippe", "hl7v2-de", facility="LIPPE")
OTHERS = Caller("praxis", "hl7v2-de")


@pytest.mark.parametrize(
    ("callers", "facility", "chosen"),
    [
        ([OTHERS], "WHATEVER", OTHERS),
        ([SENNE], "SENNE", SENNE),
        ([SENNE], "", SENNE),
        ([SENNE], "LIPPE", None),
        ([SENNE, LIPPE], "LIPPE", LIPPE),
        ([SENNE, LIPPE], "", None),
        ([SENNE, OTHERS], "SENNE", SENNE),
        ([SENNE, OTHERS], "WHATEVER", OTHERS),
        ([SENNE, OTHERS], "", OTHERS),
        ([OTHERS, OTHERS], "WHATEVER", None),
        ([], "SENNE", None),
    ],
)
def test_the_facility_tells_partners_behind_one_address_apart(
    callers: list[Caller], facility: str, chosen: Caller | None
) -> None:
    assert choose(callers, facility) is chosen


def test_a_message_is_not_read_for_its_facility_where_only_one_partner_may_call() -> None:
    assert plain([OTHERS]) is OTHERS
    assert plain([SENNE]) is None
    assert plain([OTHERS, SENNE]) is None
