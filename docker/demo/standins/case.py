"""A site's case: the referral as it came, and what was agreed with the person; kept as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Party:
    """Somebody who takes part, as a site knows them."""

    name: str
    ik: str
    phone: str = ""


@dataclass(frozen=True)
class Measure:
    """One thing to be done, the need behind it and what the person hopes for; `area` is an area of concern."""

    area: str
    area_text: str
    need: str
    goal: str
    measure: str
    start: str
    end: str


@dataclass(frozen=True)
class Order:
    """A measure in the hands of one recipient; `replaces` is the number of the order it stands in for.

    `achieved` is how far the person's goal was reached (R4, value set goal-achievement), empty while nobody knows.
    """

    number: str
    measure: Measure
    recipient: Party
    replaces: str = ""
    status: str = "active"
    achieved: str = ""


@dataclass(frozen=True)
class Permission:
    """The person lets one recipient be told; `data` are the classes of data beyond what its role is shown."""

    recipient: str
    data: tuple[str, ...] = ("last-name", "street", "request", "measure")
    withdrawn: bool = False


@dataclass
class Case:
    """A referral and what came of it. `bundle` is the referral as it was received."""

    number: str
    bundle: Resource
    orders: list[Order] = field(default_factory=list)
    consents: list[Permission] = field(default_factory=list)

    def resources(self, kind: str) -> list[Resource]:
        """The received resources of one type."""
        return resources(self.bundle, kind)

    @property
    def task(self) -> Resource:
        """The Task that carries the state of the referral."""
        return referral_task(self.bundle) or {}

    @property
    def referral(self) -> Resource:
        """The ServiceRequest that the Task is about."""
        return focus(self.bundle, self.task) or {}

    @property
    def patient(self) -> Resource:
        """The person."""
        return next(iter(self.resources("Patient")), {})

    def add(self, bundle: Resource) -> None:
        """More about the same referral: what is new is added, what is known is replaced."""
        held = {(entry["resource"]["resourceType"], entry["resource"].get("id")): entry for entry in bundle["entry"]}
        kinds = [(entry["resource"]["resourceType"], entry["resource"].get("id")) for entry in self.bundle["entry"]]
        kept = [entry for kind, entry in zip(kinds, self.bundle["entry"], strict=True) if kind not in held]
        self.bundle = {**bundle, "entry": [*kept, *held.values()]}

    def line(self) -> dict[str, Any]:
        """The case as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, line: dict[str, Any]) -> "Case":
        """The case of such JSON."""
        orders = [
            Order(**order | {"measure": Measure(**order["measure"]), "recipient": Party(**order["recipient"])})
            for order in line["orders"]
        ]
        consents = [Permission(**one | {"data": tuple(one["data"])}) for one in line.get("consents", ())]
        return cls(line["number"], line["bundle"], orders, consents)


def resources(bundle: Resource, kind: str = "") -> list[Resource]:
    """The resources of a Bundle, of one type or all; a lone resource is its own list."""
    if bundle.get("resourceType") != "Bundle":
        found = [bundle]
    else:
        found = [entry["resource"] for entry in bundle.get("entry", []) if isinstance(entry.get("resource"), dict)]
    return [resource for resource in found if kind in {"", resource.get("resourceType")}]


def named(bundle: Resource, reference: str) -> Resource | None:
    """What a reference of a Bundle points to, by fullUrl or by `Type/id` (R4, 2.36.4.1)."""
    for entry in bundle.get("entry", []):
        resource = entry.get("resource", {})
        if reference in {entry.get("fullUrl"), f"{resource.get('resourceType')}/{resource.get('id')}"}:
            return dict(resource)
    return None


def focus(bundle: Resource, task: Resource) -> Resource | None:
    """The resource of the same Bundle that a Task is about."""
    return named(bundle, task.get("focus", {}).get("reference", ""))


def referral_task(bundle: Resource) -> Resource | None:
    """The Task of a new referral: part of nothing, about a ServiceRequest that came with it."""
    about = ((task, focus(bundle, task)) for task in resources(bundle, "Task") if not task.get("partOf"))
    return next((task for task, request in about if request and request["resourceType"] == "ServiceRequest"), None)


def parties() -> dict[str, Party]:
    """Who can be asked, as the site's address book has it."""
    known = json.loads((HERE / "parties.json").read_text(encoding="utf-8"))
    return {name: Party(**values) for name, values in known.items()}


def sample_plan(name: str = "measures") -> list[tuple[Measure, Party]]:
    """Three measures with their recipients, as they are agreed with the person; `company`: three more."""
    book = parties()
    lines = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return [(Measure(**{k: v for k, v in line.items() if k != "partner"}), book[line["partner"]]) for line in lines]
