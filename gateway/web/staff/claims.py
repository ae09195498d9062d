"""What a provider's claims mean here: role and site, by the tables of the settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gateway.pipeline.cookie import hashed
from gateway.pipeline.staff.roles import ROLES
from gateway.web.staff.call import Claimed

if TYPE_CHECKING:
    from gateway.settings.staff import Oidc


def claimed(claims: Mapping[str, Any], said: "Oidc") -> Claimed:
    """Who it is: the first role of the table that the provider names, and the site if that role has one."""
    named = set(texts(claims, said.role))
    role = next((ours for theirs, ours in said.roles.items() if theirs in named), "")
    if role not in ROLES:
        return Claimed(refused="role")
    found = texts(claims, said.site) if ROLES[role].sited else []
    site = said.sites.get(found[0], "" if said.sites else found[0]) if len(found) == 1 else ""
    return Claimed(hashed(f"{said.issuer}\0{claims['sub']}"), role, site)


def texts(claims: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a claim, one or several; `.` leads inside, unless a claim has the whole name."""
    value: Any = claims
    for step in [path] if path in claims else path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    several = value if isinstance(value, list) else [value]
    return [text for text in several if isinstance(text, str) and text]
