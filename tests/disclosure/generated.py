"""Generated cases: a role of its own for each recipient, consents, and what is under professional secrecy."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from gateway.consent.policy import Role, Words
from gateway.pipeline.policies.load import standard
from tests.disclosure.elements import SECRETS
from tests.disclosure.plainly import Case, Given
from tests.disclosure.town import RECIPIENTS

LONG = bool(os.environ.get("GATEWAY_LONG"))
CLASSES = tuple(sorted(standard().classes))
ROLES = tuple(sorted(standard().roles.values(), key=lambda role: role.name))


def examples(few: int, many: int) -> settings:
    """Few cases each time, the same ones; many by `make disclosure`, others each time."""
    return settings(
        max_examples=many if LONG else few,
        derandomize=not LONG,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def roles(draw: st.DrawFn, party: str) -> Role:
    """A role as the policy that ships has it, or one of which each class of data is shown, asked for or not."""
    if draw(st.booleans()):
        return draw(st.sampled_from(ROLES))
    said = {name: draw(st.sampled_from(("release", "release", "consent", "never", ""))) for name in CLASSES}
    if draw(st.integers(0, 3)):
        said["everything"] = ""
    listed = {word: tuple(n for n, one in said.items() if one == word) for word in ("release", "consent", "never")}
    ground: Any = draw(st.sampled_from(("law", "contract", "consent")))
    secrecy: Any = draw(st.sampled_from(("bound", "released")))
    return Role(f"of-{party}", Words("", ""), (), ("CAREMGT",), ("SGB X 67a",), ground, secrecy, **listed)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case."""
    partners = tuple(draw(st.permutations(RECIPIENTS))[: draw(st.integers(2, 5))])
    given = draw(st.lists(consents(partners), max_size=6))
    secret = frozenset(draw(st.lists(st.sampled_from(SECRETS), unique=True, max_size=3)))
    return Case(partners, {party: draw(roles(party)) for party in RECIPIENTS}, tuple(given), secret)


def consents(partners: tuple[str, ...]) -> st.SearchStrategy[Given]:
    """What a person may have said."""
    return st.builds(
        Given,
        st.sampled_from(partners),
        st.sampled_from(("permit", "permit", "deny")),
        st.sampled_from(("active", "active", "inactive")),
        st.lists(st.sampled_from(CLASSES), unique=True, max_size=4).map(tuple),
        st.sampled_from((False, False, True)),
        st.booleans(),
    )
