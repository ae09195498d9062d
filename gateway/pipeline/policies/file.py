"""A policy as its file has it; the JSON Schema and the reference page are made from these models."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from gateway.directory.party import Frozen, Kind, Texts

Purpose = Literal["CAREMGT", "TREAT", "COC", "HPAYMT", "HOPERAT", "ETREAT"]


class ClassFile(Frozen):
    """A class of data that people speak of."""

    de: str = Field(description="What it is called, German.")
    en: str = Field(description="The same in English.")
    paths: Texts = Field(
        description="Elements it consists of: `Type`, `Type.element`, `value[x]` for a choice, `*` for every type, "
        "`element[below=value]` for those items alone."
    )


class RoleFile(Frozen):
    """What a kind of recipient is shown."""

    de: str = Field(description="Who has this role, German.")
    en: str = Field(description="The same in English.")
    kinds: tuple[Kind, ...] = Field(default=(), description="Kinds of partners that have it where they state no role.")
    purposes: tuple[Purpose, ...] = Field(
        description="Purposes for which it may be shown anything (v3-ActReason); today everything is shown for CAREMGT."
    )
    legal: Texts = Field(description="The legal bases, as they are cited.")
    ground: Literal["law", "contract", "consent"] = Field(
        description="Why it may be shown `release`: by law, by a contract with the person, only with a consent for it."
    )
    secrecy: Literal["bound", "released"] = Field(
        default="released",
        description="Items under § 203 StGB: `bound`: the role is under the same duty and part of the treatment; "
        "`released`: only with a release by the person.",
    )
    release: Texts = Field(default=(), description="Classes it is shown.")
    consent: Texts = Field(default=(), description="Classes it is shown only if a consent names them.")
    never: Texts = Field(default=(), description="Classes it is not shown, whatever else releases them.")
    emergency: Texts = Field(
        default=(),
        description="Classes it may open for 24 hours in an emergency, with a reason, `never` or not; a refusal by the "
        "person holds all the same. Left out: this role has no emergency access.",
    )


class PolicyFile(Frozen):
    """Who sees what; what nothing releases is withheld."""

    policy: str = Field(description="Name of the policy; the name of its file.")
    de: str = Field(description="What it is for, German.")
    en: str = Field(description="The same in English.")
    frame: Texts = Field(
        default=(), description="Elements without content that a resource keeps of which something else is shown."
    )
    classes: Mapping[str, ClassFile] = Field(description="Classes of data by name; consents name them too.")
    roles: Mapping[str, RoleFile] = Field(description="Roles by name, as `role` of a partner names them.")
