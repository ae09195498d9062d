"""A person of whom every element is another word, and the classes of data that each of these words belongs to.

The table is written by hand from policies/standard.yaml, so that it does not rest on the code that is tested.
"""

from typing import Any

from gateway.consent.vocabulary import ORIGIN, UNDER_203
from tests.pipeline.line.test_disclose import RECIPIENTS, around, asked, need, whole
from tests.pipeline.line.world import IK, Resource, World, bundle, url

SECRET = {"security": [{"system": ORIGIN, "code": UNDER_203}]}
NEIGHBOURS = "600550388"
PARTIES = {**RECIPIENTS, "nachbarn": NEIGHBOURS}
"""Recipients with their IK: EVP, FHIR, a list, another list or FHIR, the secure link."""
PERSON: dict[str, tuple[str, ...]] = {
    "Zqfamily": ("name", "last-name"),
    "Zqgiven": ("name", "first-name"),
    "Zqstreet": ("address", "street"),
    "Zqtown": ("address", "district"),
    "0521 5559917": ("phone",),
    "1938-09-03": ("birth-date",),
    "19380903": ("birth-date",),
    "03.09.1938": ("birth-date",),
    "G405718932": ("insurance",),
    "Zqbirthplace": (),
    "771188": (),
    "Zqkin": ("relatives",),
    "Zqdiagnosis": ("diagnoses",),
    "Zqallergy": ("diagnoses",),
}
"""What the hospital's message says of the person."""
MORE: dict[str, tuple[str, ...]] = {
    "Zqrelative": ("relatives",),
    "Zqcarelevel": ("care-level",),
    "Zqobservation": (),
    "Zqcondition": ("diagnoses",),
    "Zqmedication": ("medication",),
    "Zqreport": ("reports",),
    "Zqinsurer": ("insurance",),
    "Zqtitle": ("whole-plan",),
    "Zqdescription": ("whole-plan",),
    "Zqplannote": ("whole-plan", "free-text"),
}
"""What the site says besides, of the person and of the plan as a whole."""
MEASURE: dict[str, tuple[str, ...]] = {
    "Zqcode": ("request",),
    "Zqnote": ("measure", "free-text"),
    "Zqinstruction": ("measure",),
    "Zqdetail": ("measure",),
    "Zqreason": ("diagnoses",),
    "Zqgoal": ("goal-titles",),
    "Zqneed": ("whole-plan",),
}
"""What it says of one measure; the words end in the number of the measure."""
SECRETS = ("Zqrelative", "Zqcarelevel", "Zqobservation", "Zqcondition", "Zqmedication", "Zqreport", "Zqinsurer")
"""What may come from professionals under § 203 StGB."""


def discharge() -> bytes:
    """The hospital's message, with everything in it."""
    lines = [
        r"MSH|^~\&|KIS|SENNEKLINIK|KUEMMERER|OWL|202603121105||ADT^A03|SK-1|P|2.5^DEU&&HL70399||||||UNICODE UTF-8",
        "EVN|A03|202603121105||||202603121030",
        (
            "PID|1||771188^^^SENNEKLINIK^PI~G405718932^^^GKV^GKV||Zqfamily^Zqgiven^^^^^L||19380903|F|||"
            "Zqstreet 7&Zqstreet&7^^Zqtown^^33659^DEU^H||^PRN^PH^^49^521^5559917^^^^^0521 5559917||||||||||Zqbirthplace"
        ),
        "NK1|1|Zqkin^Karl|SON^Sohn^HL70063",
        (
            f"PV1|1|I|GER^204^1^SENNEKLINIK|N{'|' * 15}2604788^^^SENNEKLINIK^VN{'|' * 17}109{'|' * 8}202603020915|"
            "202603121030"
        ),
        "AL1|1|FA^Nahrung^HL70127|^Zqallergy|MO|Ausschlag",
        "DG1|1||I10.90^Zqdiagnosis^I10|Zqdiagnosis|20150101|A^Aufnahmediagnose^HL70052",
        "ZBE|90188^KIS|202603121030||REFERENCE",
    ]
    return "\r".join([*lines, ""]).encode()


def of_site(case: Resource, secret: frozenset[str]) -> list[Resource]:
    """What the site knows besides; `secret`: the words that are under § 203."""
    about = {"subject": case["for"]}

    def one(kind: str, word: str, **said: Any) -> Resource:
        tagged = {"meta": SECRET} if word in secret else {}
        return {"resourceType": kind, "id": word.lower(), **tagged, **said}

    payer, coverage, consent, grade, disabled = around(case)
    tags = {"meta": SECRET} if "Zqinsurer" in secret else {}
    coverage |= {"subscriberId": "Zqinsurer", **tags}
    grade |= {"note": [{"text": "Zqcarelevel"}], **({"meta": SECRET} if "Zqcarelevel" in secret else {})}
    return [
        payer, coverage, consent, grade, disabled,
        one("RelatedPerson", "Zqrelative", patient=case["for"], name=[{"family": "Zqrelative"}]),
        one("Observation", "Zqobservation", status="final", code={"text": "Zqobservation"}, **about, valueString="x"),
        one("Condition", "Zqcondition", code={"text": "Zqcondition"}, **about),
        one("MedicationStatement", "Zqmedication", status="active", **about,
            medicationCodeableConcept={"text": "Zqmedication"}),
        one("DocumentReference", "Zqreport", status="current", description="Zqreport", **about,
            content=[{"attachment": {"contentType": "text/plain", "data": "WnFyZXBvcnQ="}}]),
    ]  # fmt: skip


def one_need(number: int, partner: str, case: Resource) -> list[Resource]:
    """A measure with its need and its goal."""
    goal, plan = need(case, str(number), [])
    goal["description"] = {"text": f"Zqgoal{number}"}
    plan["title"] = f"Zqneed{number}"
    plan.pop("note")
    request = {
        **asked(str(number), "elsey", []), "subject": case["for"], "code": {"text": f"Zqcode{number}"},
        "performer": [{"identifier": {"system": IK, "value": PARTIES[partner]}}],
        "note": [{"text": f"Zqnote{number}"}], "patientInstruction": f"Zqinstruction{number}",
        "orderDetail": [{"text": f"Zqdetail{number}"}], "reasonCode": [{"text": f"Zqreason{number}"}],
    }  # fmt: skip
    return [request, goal, plan]


def plan(world: World, partners: list[str], secret: frozenset[str]) -> Resource:
    """The site's plan: a measure for each of some partners."""
    case = world.case()
    words = [str(number) for number in range(len(partners))]
    agreement = {**whole(case, words, words), "title": "Zqtitle", "description": "Zqdescription"}
    agreement["note"] = [{"text": "Zqplannote"}]
    house = {"resourceType": "Organization", "id": "house", "name": "Kümmererstelle Senne",
             "identifier": [{"system": IK, "value": "590598767"}]}  # fmt: skip
    role = {"resourceType": "PractitionerRole", "id": "role", "organization": {"reference": url("house")},
            "practitioner": {"reference": url("kuemmerer")}}  # fmt: skip
    person = {"resourceType": "Practitioner", "id": "kuemmerer", "name": [{"family": "Ostermann"}]}
    measures = [each for number, partner in enumerate(partners) for each in one_need(number, partner, case)]
    return bundle(agreement, house, role, person, *measures, *of_site(case, secret))
