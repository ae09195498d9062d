"""Who is responsible: the place by municipality, then by postcode, then the concern; never nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.concerns import parents
from gateway.directory.parties import NOBODY, Directory, Party

SENNE = Party(id="senne", kind="site", catchment={"postcodes": ("33659", "33689")})
MITTE = Party(id="mitte", kind="site", catchment={"postcodes": ("33602-33649",)})
STADT = Party(id="stadt", kind="site", catchment={"ags": ("05711000",)})
VERL = Party(id="verl", kind="site", catchment={"ags": ("05754044",), "postcodes": ("33415",)})
MOBIL = Party(id="mobil", kind="site", concerns=("mobility",), catchment={"postcodes": ("32257",)})
PFLEGE = Party(id="pflege", kind="site", concerns=("health-and-care",), catchment={"postcodes": ("32257",)})
OFFICE = Party(id="office", kind="office", concerns=("mobility",))
SITES = Directory.of((SENNE, MITTE, VERL, MOBIL, PFLEGE, OFFICE), "mitte")
TABLE = {
    "a postcode of one site": ("33659", "", [], "senne", True),
    "a postcode inside a range": ("33615", "", ["transport"], "mitte", True),
    "the ends of a range": ("33649", "", [], "mitte", True),
    "a municipality": ("", "05754044", [], "verl", True),
    "a municipality before a postcode of another site": ("33659", "05754044", [], "verl", True),
    "an unknown municipality with a known postcode": ("33659", "05711000", [], "senne", True),
    "two sites, told apart by an area of concern": ("32257", "", ["mobility"], "mobil", True),
    "an area of concern below that of the site": ("32257", "", ["transport"], "mobil", True),
    "another one": ("32257", "", ["care-level"], "pflege", True),
    "two sites and no concern": ("32257", "", [], "mitte", False),
    "two sites that serve one concern each": ("32257", "", ["transport", "care-level"], "mitte", False),
    "a concern that no site of the place serves": ("32257", "", ["housing"], "mitte", False),
    "a concern nobody knows": ("32257", "", ["gardening"], "mitte", False),
    "a place of no site": ("80331", "09162000", [], "mitte", False),
    "no place at all": ("", "", ["transport"], "mitte", False),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_place_and_a_concern_have_their_site(name: str) -> None:
    postcode, ags, concerns, site, sure = TABLE[name]
    found = SITES.responsible(postcode, ags, concerns)
    assert (found.site.id, found.sure) == (site, sure)


def test_of_two_sites_of_one_municipality_the_postcode_decides() -> None:
    part = Party(id="part", kind="site", catchment={"ags": ("05711000",), "postcodes": ("33659",)})
    sites = Directory.of((part, STADT))
    assert sites.responsible("33659", "05711000", []).site.id == "part"
    assert not sites.responsible("33602", "05711000", []).sure


def test_of_two_sites_the_one_that_serves_all_concerns_comes_before_one_that_serves_some() -> None:
    whole = Party(id="whole", kind="site", concerns=("mobility", "housing"), catchment={"postcodes": ("32257",)})
    found = Directory.of((whole, MOBIL)).responsible("32257", "", ["transport", "meals"])
    assert (found.site.id, found.sure) == ("whole", True)


def test_a_site_that_names_no_concern_serves_all() -> None:
    assert SITES.responsible("33659", "", ["debt", "gardening"]).sure


def test_why_names_sites_and_never_the_place() -> None:
    for postcode, ags, concerns, *_ in TABLE.values():
        why = SITES.responsible(postcode, ags, concerns).why
        assert why
        assert not any(word and word in why for word in (postcode, ags))
    assert "mobil, pflege" in SITES.responsible("32257", "", []).why


def test_without_a_fallback_it_is_a_site_without_roads() -> None:
    found = Directory.of([SENNE]).responsible("80331", "", [])
    assert (found.site, found.sure, found.site.receives) == (NOBODY, False, ())
    assert Directory().responsible("", "", []).site is NOBODY


POSTCODES = st.integers(1001, 99998).map("{:05}".format)
RANGES = st.tuples(POSTCODES, POSTCODES).map(lambda ends: "-".join(sorted(ends)))
CONCERNS = st.lists(st.sampled_from(sorted(parents())), max_size=3).map(tuple)
CATCHMENTS = st.fixed_dictionaries(
    {
        "ags": st.lists(st.sampled_from(["05711000", "05754008", "05754028"]), max_size=2).map(tuple),
        "postcodes": st.lists(POSTCODES | RANGES, max_size=4).map(tuple),
    }
)
GROUPS = st.lists(st.tuples(CATCHMENTS, CONCERNS), max_size=5).map(
    lambda found: [
        Party(id=f"site-{number}", kind="site", catchment=places, concerns=concerns)
        for number, (places, concerns) in enumerate(found)
    ]
)


def covers(site: Party, postcode: str, ags: str) -> bool:
    """Written anew, number by number."""
    spans = [text.split("-") for text in site.catchment.postcodes]
    return ags in site.catchment.ags or any(int(ends[0]) <= int(postcode) <= int(ends[-1]) for ends in spans)


@given(GROUPS, st.text(max_size=6) | POSTCODES, st.sampled_from(["", "05711000", "x"]), CONCERNS)
def test_there_is_always_an_answer(sites: list[Party], postcode: str, ags: str, concerns: tuple[str, ...]) -> None:
    directory = Directory.of(sites, "site-0")
    found = directory.responsible(postcode, ags, concerns)
    assert found.site is directory.fallback or found.site in sites
    assert found.sure or found.site is directory.fallback


@given(GROUPS, POSTCODES, st.sampled_from(["", "05711000", "05754008"]))
def test_a_place_inside_exactly_one_catchment_gets_that_site(sites: list[Party], postcode: str, ags: str) -> None:
    inside = [site for site in sites if covers(site, postcode, ags)]
    found = Directory.of(sites).responsible(postcode, ags, [])
    if len(inside) == 1:
        assert (found.site, found.sure) == (inside[0], True)
    if not inside:
        assert not found.sure
