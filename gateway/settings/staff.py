"""The door of staff: where it is, how long somebody sits, and who vouches for people (OpenID Connect)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from gateway.domain.problem import Problem
from gateway.pipeline.staff.roles import ROLES
from gateway.settings.section import Pages, Positive, Section, safe

if TYPE_CHECKING:
    from gateway.mapping.typed import Document
    from gateway.pipeline.staff.session import Times
    from gateway.settings.model import Settings


class Oidc(Section):
    """The provider that knows the people (OpenID Connect Core 1.0), and what its claims mean here."""

    issuer: str = Field(default="", description="Address of the provider, as its tokens say it; empty: there is none.")
    client: str = Field(default="kuemmerer-gateway", description="Name of the gateway there (`client_id`).")
    secret: str = Field(default="", description="Name of the secret that it proves itself with; empty: PKCE alone.")
    algorithm: Literal["RS256", "RS384", "PS256", "PS384", "ES256", "ES384", "EdDSA"] = Field(
        default="RS256", description="How the provider signs; a token that is signed otherwise counts for nothing."
    )
    scopes: str = Field(default="openid", description="What is asked for; `openid` and whatever brings the claims.")
    role: str = Field(default="roles", description="Claim with the roles; `.` leads inside: `realm_access.roles`.")
    roles: Mapping[str, str] = Field(
        default={}, description="What the provider calls a role: which role it is here; another one is none."
    )
    site: str = Field(default="site", description="Claim with the site.")
    sites: Mapping[str, str] = Field(
        default={}, description="What the provider calls a site: which partner it is; left out: it uses our names."
    )


class Staff(Pages):
    """The pages for those who work with the gateway; they have an address of their own."""

    listen: str = Field(default="", description="Address and port; port 0: any free one; empty: there are no pages.")
    base: str = Field(
        default="",
        description="Address under which people reach them, ending in `/`, https for all but this machine; left out: "
        "as it listens.",
    )
    idle: Positive = Field(default=900, description="Seconds without a click after which somebody is out.")
    longest: Positive = Field(default=36_000, description="Seconds after which somebody is out in any case.")
    local: bool = Field(default=True, description="Whether accounts of `gateway staff add` come in.")
    tries: int = Field(default=5, ge=1, le=20, description="Wrong tries after which an account is locked.")
    lock: Positive = Field(default=900, description="Seconds for which it is locked.")
    oidc: Oidc = Field(default=Oidc(), description="The provider that knows the people.")

    @property
    def times(self) -> "Times":
        """How long a sitting lasts."""
        from gateway.pipeline.staff.session import Times  # noqa: PLC0415 - a gateway without these pages needs none

        return Times(timedelta(seconds=self.idle), timedelta(seconds=self.longest))


def staff(settings: "Settings", document: "Document") -> Iterator[Problem]:
    """The pages are reached by https or from this machine only; the provider likewise, and its roles are ours."""
    said = settings.staff
    if not said.listen:
        return
    if not safe(said.reached()):
        sentence = "what people type and see there could be read and changed on the way"
        repair = "add `tls:`, or write the https address of the proxy before it as `base`"
        yield document.finding("settings.staff.open", ("staff", "listen"), sentence, repair)
    if not said.local and not said.oidc.issuer:
        repair = "write `local: true`, or name a provider as `oidc: {issuer: ...}`"
        yield document.finding("settings.staff.shut", ("staff", "local"), "nobody can come in", repair)
    if said.oidc.issuer:
        yield from provider(said.oidc, document)


def provider(oidc: Oidc, document: "Document") -> Iterator[Problem]:
    """What the provider is told to be can be used."""
    if not safe(oidc.issuer):
        repair = "write its https address, as the `issuer` of its configuration says it"
        sentence = "who vouches for people is asked by https only"
        yield document.finding("settings.staff.issuer", ("staff", "oidc", "issuer"), sentence, repair)
    if not oidc.roles:
        repair = "write `roles: {their-word: kuemmerer}`"
        yield document.finding("settings.staff.roles", ("staff", "oidc", "roles"), "nobody has a role", repair)
    for theirs, ours in oidc.roles.items():
        if ours not in ROLES:
            at = ("staff", "oidc", "roles", theirs)
            yield document.finding("settings.staff.role", at, "there is no such role", f"one of {', '.join(ROLES)}")
