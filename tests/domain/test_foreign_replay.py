"""The sequences that others have published replay as legal walks with at most three steps put in between."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.foreign import Foreign, translate, walk
from gateway.domain.table import read
from gateway.domain.task import MOST_SYNTHESISED, Move, Stand, move

SHARED = Path(os.environ.get("GATEWAY_SHARED") or Path(__file__).resolve().parents[3] / "shared")
REPORT = Move("", actor="O", evidence="E4")


def meant(system: str, code: str, status: str = "") -> Foreign:
    found = translate(system, code, status)
    assert isinstance(found, Foreign)
    return found


def played(system: str, *codes: str, stand: Stand | None = None, actor: str = "O") -> list[str]:
    """Where a Task is after each word, every step of the walk being legal and few of them put in between."""
    stand, places = stand or Stand(), []
    for code in codes:
        before = stand
        moves, problems = walk(stand, meant(system, code, stand.status), Move("", actor=actor, evidence="E4"))
        assert problems == []
        assert len(moves) - 1 - (not before.status) <= MOST_SYNTHESISED
        for wish in moves:
            assert move(stand, wish) == []
            stand = Stand(wish.to, wish.business)
        places.append(f"{stand.status}/{stand.business}".rstrip("/"))
    return places


@pytest.mark.parametrize(
    ("system", "codes", "places"),
    [
        ("bser", ["2.0", "3.0", "5.1.1", "5.1.4", "7.0"],
         ["requested/dispatched", "accepted", "accepted/scheduled", "in-progress/active-support", "completed"]),
        ("bser", ["2.0", "3.0", "5.1.1", "5.1.2", "5.1.1", "5.1.3", "4.0"],
         ["requested/dispatched", "accepted", "accepted/scheduled", "in-progress/appointment-no-show",
          "in-progress/appointment-scheduled", "in-progress/appointment-cancelled", "failed"]),
        ("bser", ["2.0", "4.0"], ["requested/dispatched", "rejected"]),
        ("bser", ["2.0", "3.0", "4.0"], ["requested/dispatched", "accepted", "cancelled/owner-withdrew"]),
        ("bser", ["2.0", "5.2"], ["requested/dispatched", "cancelled/withdrawn-by-requester"]),
        ("bser", ["2.0", "3.0", "5.1.4", "5.2", "6.0"],
         ["requested/dispatched", "accepted", "in-progress/active-support", "in-progress/cancellation-requested",
          "failed/aborted-on-request"]),
        ("bser", ["7.0"], ["completed"]),
        ("360x", ["OMG^O19 NW", "OSU^O51 accept", "SIU^S12", "SIU^S26", "OMG^O19 CA"],
         ["requested/dispatched", "accepted", "accepted/scheduled", "in-progress/appointment-no-show",
          "in-progress/cancellation-requested"]),
        ("360x", ["OMG^O19 NW", "OSU^O51 decline"], ["requested/dispatched", "rejected"]),
        ("findhelp", ["Not updated", "Needs client action", "Pending", "Eligible", "Got help"],
         ["requested/dispatched", "received/awaiting-information", "received/under-review", "accepted",
          "completed/outcome-helped"]),
        ("findhelp", ["Not updated", "Couldn't contact"], ["requested/dispatched", "failed/could-not-contact"]),
        ("findhelp", ["Not updated", "Pending", "Eligible", "Not eligible"],
         ["requested/dispatched", "received/under-review", "accepted", "cancelled/owner-withdrew"]),
        ("findhelp", ["Not updated", "Referred elsewhere"], ["requested/dispatched", "rejected/referred-onward"]),
        ("ph-ereferral", ["received", "accepted"], ["received/under-review", "accepted"]),
        ("ph-ereferral", ["received", "referred-onward"], ["received/under-review", "rejected/referred-onward"]),
        ("be-uhmep", ["Ready", "In Progress", "Completed"],
         ["requested/dispatched", "in-progress/active-support", "completed"]),
        ("be-uhmep", ["Ready", "Interrupted", "In Progress", "Completed"],
         ["requested/dispatched", "on-hold/waiting-third-party", "in-progress/active-support", "completed"]),
        ("be-uhmep", ["Ready", "In Progress", "Canceled"],
         ["requested/dispatched", "in-progress/active-support", "in-progress/cancellation-requested"]),
        ("nl-eoverdracht", ["requested", "accepted", "in-progress", "completed"],
         ["requested/dispatched", "accepted", "in-progress/active-support", "completed/outcome-helped"]),
        ("recare", ["search_attributed", "document_sent"], ["accepted/selected", "accepted/selected"]),
        ("recare", ["search_attributed", "search_attribution_cancelled"],
         ["accepted/selected", "cancelled/withdrawn-by-requester"]),
        ("nhs-bars", ["servicerequest-request new", "servicerequest-request revoked"],
         ["requested/dispatched", "cancelled/withdrawn-by-requester"]),
        ("au-erequesting", ["requested", "accepted", "in-progress", "completed"],
         ["requested", "accepted", "in-progress", "completed"]),
        ("au-erequesting", ["requested", "rejected"], ["requested", "rejected"]),
        ("umzhconnect", ["requested", "in-progress", "awaiting-information", "completed"],
         ["requested", "in-progress", "in-progress", "completed"]),
        ("fhir-r4", ["requested", "received", "ready", "on-hold", "in-progress", "failed"],
         ["requested", "received", "accepted/scheduled", "on-hold", "in-progress", "failed"]),
        ("fhir-r4", ["completed", "completed"], ["completed", "completed"]),
    ],
)  # fmt: skip
def test_a_sequence_of_theirs_is_a_legal_walk_of_ours(system: str, codes: list[str], places: list[str]) -> None:
    assert played(system, *codes) == places


SLUGS = {
    "BSeR/360X": "bser", "360X v2 in XDM/Direct": "360x", "findhelp": "findhelp", "PH eReferral": "ph-ereferral",
    "BE UHMEP PerformerTask": "be-uhmep", "NL eOverdracht STU3": "nl-eoverdracht", "Recare webhook": "recare",
    "NHS BaRS": "nhs-bars", "MedCom HospitalNotification": "medcom",
}  # fmt: skip
CODES = {
    "servicerequest-request + SR.status=revoked": ["servicerequest-request revoked"],
    "STOR/SLOR (leave start/end)": ["STOR", "SLOR"],
    "AN_* cancel / RE_* correct": ["AN", "RE"],
    "OMG^O19 CA": ["OMG^O19 CA"],
}
ELSEWHERE = {"(abort Task)": "in-progress", "(Communication)": "", "(recall)": "", "(note)": "",
             "(undo/replace by id)": "", "per SR/Encounter status": ""}  # fmt: skip


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip("GATEWAY_SHARED names no folder with this file")
    return SHARED / name


def test_every_status_of_the_design_is_in_the_table() -> None:
    lines = shared("design/inbound_status_map.csv").read_text(encoding="utf-8").splitlines()
    ours = list(read("foreign"))
    missing = []
    for row in csv.DictReader(lines):
        short = row["code"].split(" (")[0] if " (" in row["code"] else row["code"]
        short = short.split(" ")[0] if row["system"].startswith("BSeR") else short
        wanted = ELSEWHERE.get(row["task_status"], row["task_status"])
        business = row["businessStatus"] if row["businessStatus"][0] not in "-(" else ""
        for code in CODES.get(row["code"], [short]):
            same = [o for o in ours if (o["system"], o["code"], o["to"]) == (SLUGS[row["system"]], code, wanted)]
            stem = business.removesuffix("*")
            if not any(stem in found["business"] and bool(stem) == bool(found["business"]) for found in same):
                missing.append((row["system"], row["code"]))
    assert missing == []


def task(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared(f"data/referral/{name}").read_text(encoding="utf-8"))
    return found


def test_the_tasks_of_umzh_connect_replay() -> None:
    stand, seen = Stand(), []
    for name in ("", "Updated", "Completed"):
        resource = task(f"umzhconnect/Task-TaskReferralOrthopedicSurgery{name}.json")
        coded = [c["code"] for c in resource.get("businessStatus", {}).get("coding", ())]
        for code in [resource["status"], *coded]:
            word = meant("umzhconnect", code, stand.status)
            moves, problems = walk(stand, word, REPORT)
            assert problems == []
            stand = Stand(moves[-1].to, moves[-1].business) if moves else stand
            seen.append((stand.status, word.also))
    assert seen == [("requested", ""), ("in-progress", ""), ("in-progress", "question"), ("completed", "")]


@pytest.mark.parametrize("name", ["bser-referral-task", "referral-task"])
def test_a_task_of_bser_that_contradicts_itself_is_walked_to_by_its_own_code(name: str) -> None:
    resource = task(f"bser/Task-task-{name}.json")
    (coding,) = resource["businessStatus"]["coding"]
    word = meant("bser", coding["code"], resource["status"])
    assert word.uri == coding["system"]
    moves, problems = walk(Stand(resource["status"]), word, REPORT)
    assert problems == []
    assert [wish.to for wish in moves] == ["accepted", "in-progress", "completed"]


def test_the_status_of_every_published_task_is_read() -> None:
    paths = sorted(shared("data/referral").glob("*/Task-*.json"))
    found = [json.loads(path.read_text(encoding="utf-8"))["status"] for path in paths]
    assert len(found) > 20
    for status in found:
        moves, problems = walk(Stand(), meant("fhir-r4", status), REPORT)
        assert problems == []
        assert moves[-1].to == status
