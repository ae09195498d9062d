"""Referral, its answer, and what goes back to the hospital (chapters 9, 11 and 2.14)."""

from tests.formats.hl7v2.messages import example, message, one, own, segment, written

PATIENT = own("Patient", "01", id="p1", name=[{"family": "Wesertal", "given": ["Frieda"]}])
SUBJECT = {"reference": PATIENT["fullUrl"]}


def test_a_referral_is_an_active_request_with_a_requested_task() -> None:
    tree = example("08").tree
    request, task = one(tree, "ServiceRequest"), one(tree, "Task")
    assert (request["status"], request["priority"]) == ("active", "asap")
    assert task["status"] == "requested"
    assert task["focus"]["reference"] == request["fullUrl"]


def test_referring_and_receiving_providers_have_their_roles() -> None:
    tree = example("08").tree
    request, task = one(tree, "ServiceRequest"), one(tree, "Task")
    roles = {item["code"][0]["coding"][0]["code"]: item["fullUrl"] for item in tree["PractitionerRole"]}
    assert request["requester"]["reference"] == task["requester"]["reference"] == roles["RP"]
    assert request["performer"][0]["reference"] == task["owner"]["reference"] == roles["RT"]


def test_diagnosis_allergy_and_care_grade_come_along() -> None:
    tree = example("08").tree
    assert one(tree, "Condition")["code"]["coding"][0]["code"] == "I63.9"
    assert one(tree, "AllergyIntolerance")["criticality"] == "high"
    assert one(tree, "Observation")["valueCodeableConcept"]["coding"][0]["code"] == "9-984.8"


def test_problem_goal_and_pathway_become_condition_goal_and_plan() -> None:
    tree = message(
        "REF^I12",
        "RF1|P||HHR^Häusliche Hilfe^L",
        "PID|||4711^^^HAUS^PI||Wesertal^Frieda",
        "PRB|AD|20260301|R26^Gangstörung^I10",
        "GOL|AD|20260301|G1^Geht sicher mit Rollator^L",
        "PTH|AD|P1^Entlassung nach Hause^L",
    )
    goal, plan = one(tree, "Goal"), one(tree, "CarePlan")
    assert goal["description"]["text"] == "Geht sicher mit Rollator"
    assert plan["goal"] == [{"reference": goal["fullUrl"]}]
    assert one(tree, "Condition")["code"]["coding"][0]["code"] == "R26"


def test_a_cancelled_referral_is_revoked_and_its_task_cancelled_with_a_reason() -> None:
    tree = message("REF^I14", "RF1|P||HHR^Häusliche Hilfe^L", "PID|||4711^^^HAUS^PI||Wesertal^Frieda")
    assert one(tree, "ServiceRequest")["status"] == "revoked"
    assert one(tree, "Task")["status"] == "cancelled"
    assert one(tree, "Task")["statusReason"]["text"]


def test_an_admission_that_carries_a_referral_makes_a_draft_request() -> None:
    tree = message("ADT^A01", "PID|||4711^^^HAUS^PI||Wesertal^Frieda", "RF1|P||HHR^Häusliche Hilfe^L")
    assert one(tree, "ServiceRequest")["status"] == "draft"


def test_an_admission_that_carries_a_referral_makes_a_draft_task_for_it() -> None:
    tree = message("ADT^A01", "PID|||4711^^^HAUS^PI||Wesertal^Frieda", "RF1|P||HHR^Häusliche Hilfe^L")
    task = one(tree, "Task")
    assert (task["status"], task["intent"]) == ("draft", "order")
    assert task["focus"]["reference"] == one(tree, "ServiceRequest")["fullUrl"]
    assert task["businessStatus"]["coding"][0]["code"] == "intake-incomplete"


def test_a_discharge_that_carries_a_referral_makes_no_second_draft() -> None:
    visit = "PV1||I|||||||||||||||||2604^^^HAUS^VN|||||||||||||||||109"
    tree = message("ADT^A03", "PID|||4711^^^HAUS^PI||Wesertal^Frieda", visit, "RF1|P||HHR^Häusliche Hilfe^L")
    assert one(tree, "ServiceRequest")["code"]["coding"][0]["code"] == "HHR"
    assert one(tree, "Task")["focus"]["reference"] == one(tree, "ServiceRequest")["fullUrl"]


def test_the_state_of_the_work_becomes_the_status_of_the_answer() -> None:
    header = own(
        "MessageHeader",
        "02",
        eventCoding={"code": "I12"},
        source={"name": "KUEMMERER"},
        response={"identifier": "SK-0008", "code": "ok"},
    )
    request = own("ServiceRequest", "03", subject=SUBJECT, status="active", intent="order")
    for status, code in (("accepted", "A"), ("rejected", "R"), ("received", "P"), ("cancelled", "E")):
        task = own("Task", "04", status=status, intent="order", focus={"reference": request["fullUrl"]})
        tree = {"MessageHeader": [header], "Patient": [PATIENT], "ServiceRequest": [request], "Task": [task]}
        answer = written(tree)
        assert segment(answer, "MSH")[8].startswith("RRI^I12")
        assert segment(answer, "MSA")[1:3] == ["AA", "SK-0008"]
        assert segment(answer, "RF1")[1].startswith(f"{code}^")


def test_a_business_status_without_header_becomes_a_report_in_words_and_code() -> None:
    state = {"coding": [{"code": "scheduled", "display": "Beginn vereinbart"}]}
    task = own("Task", "04", id="t1", status="accepted", intent="order", businessStatus=state)
    report = written({"Patient": [PATIENT], "Task": [task]})
    lines = [fields for fields in report if fields[0] == "OBX"]
    assert segment(report, "MSH")[8] == "MDM^T02^MDM_T02"
    assert segment(report, "TXA")[12] == "t1"
    assert {(fields[2], fields[5].partition("^")[0]) for fields in lines} == {
        ("TX", "Stand der Anfrage: angenommen"),
        ("TX", "Beginn vereinbart"),
        ("CWE", "scheduled"),
    }


def test_facts_without_header_become_an_update_of_the_person() -> None:
    update = written({"Patient": [PATIENT]})
    assert segment(update, "MSH")[8] == "ADT^A08^ADT_A01"
    assert segment(update, "PID")[5] == "Wesertal^Frieda"
    assert segment(update, "PV1")[2] == "U"


def test_a_message_made_here_says_that_it_is_utf_8() -> None:
    assert segment(written({"Patient": [PATIENT]}), "MSH")[17] == "UNICODE UTF-8"


def test_an_acknowledgement_says_what_was_wrong_with_which_message() -> None:
    tree = example("10").tree
    response = one(tree, "MessageHeader")["response"]
    assert (response["identifier"], response["code"]) == ("SK-0002", "fatal-error")
    assert one(tree, "OperationOutcome")["issue"][0]["severity"] == "error"


def test_a_document_keeps_its_bytes_and_what_they_are() -> None:
    document = one(example("07").tree, "DocumentReference")
    attachment = document["content"][0]["attachment"]
    assert (attachment["contentType"], attachment["data"]) == ("application/pdf", "JVBERi0xLjQKJSVFT0Y=")
    assert (document["status"], document["docStatus"]) == ("current", "final")
