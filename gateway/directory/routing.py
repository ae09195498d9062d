"""Who is responsible: the place of residence by AGS, then by postcode, then the area of concern; never nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.directory.concerns import upwards
from gateway.directory.party import Party


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives: postcode and official municipality key, either may be empty."""

    postcode: str = ""
    ags: str = ""


@dataclass(frozen=True, slots=True)
class Responsible:
    """The site, the reason in a sentence without patient data, and whether a person need not look."""

    site: Party
    why: str
    sure: bool


def covers_ags(site: Party, place: Place) -> bool:
    """The municipality belongs to the site."""
    return bool(place.ags) and place.ags in site.catchment.ags


def covers_postcode(site: Party, place: Place) -> bool:
    """The postcode belongs to the site."""
    return any(low <= place.postcode <= high for low, high in map(span, site.catchment.postcodes))


@lru_cache(maxsize=4096)
def span(text: str) -> tuple[str, str]:
    """First and last postcode of `33602` or `33602-33739`."""
    low, _, high = text.replace(" ", "").partition("-")
    return low, high or low


def serves_all(site: Party, concerns: Sequence[str]) -> bool:
    """Each concern, or the area above it, is one of the site's; a site that names none serves all."""
    return not site.concerns or all(set(upwards(concern)) & set(site.concerns) for concern in concerns)


def serves_one(site: Party, concerns: Sequence[str]) -> bool:
    """At least one concern is."""
    return not site.concerns or any(set(upwards(concern)) & set(site.concerns) for concern in concerns)


PLACES: tuple[tuple[str, Callable[[Party, Place], bool]], ...] = (
    ("municipality", covers_ags),
    ("postcode", covers_postcode),
)
SERVICES: tuple[Callable[[Party, Sequence[str]], bool], ...] = (serves_all, serves_one)


def responsible(sites: Sequence[Party], fallback: Party, place: Place, concerns: Sequence[str]) -> Responsible:
    """The one site for a place and its concerns; the fallback where there is none or more than one."""
    covering = False
    for word, covers in PLACES:
        found = [site for site in sites if covers(site, place)]
        covering = covering or bool(found)
        serving = _serving(_narrowed(found, place), concerns)
        if len(serving) == 1:
            return Responsible(serving[0], f"the {word} of residence lies in its catchment", sure=True)
        if serving:
            names = ", ".join(site.id for site in serving)
            return Responsible(fallback, f"the {word} lies in several catchments: {names}", sure=False)
    return Responsible(fallback, _unknown(place, covering=covering), sure=False)


def _narrowed(found: list[Party], place: Place) -> list[Party]:
    """Of several sites of one municipality those whose postcodes fit too, if any do."""
    return [site for site in found if covers_postcode(site, place)] or found


def _serving(found: list[Party], concerns: Sequence[str]) -> list[Party]:
    """The sites that serve all concerns, else those that serve one."""
    by_service = ([site for site in found if serves(site, concerns)] for serves in SERVICES)
    return next((serving for serving in by_service if serving), [])


def _unknown(place: Place, *, covering: bool) -> str:
    """Why nobody is sure, in one sentence."""
    if covering:
        return "no site of that place serves this area of concern"
    if not place.postcode and not place.ags:
        return "no place of residence is given"
    return "the place of residence lies in no catchment"
