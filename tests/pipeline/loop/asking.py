"""Questions and answers as their parties write them."""

from typing import Any

from gateway.domain.system import TASK, TASK_KIND
from tests.pipeline.line.world import PARTIES, Resource, World, bundle, url

TEXT = "Welche Wunde wird versorgt?"
TOLD = "Ulcus cruris links, Verband jeden zweiten Tag."


def question(about: Resource, text: str = TEXT, **more: Any) -> Resource:
    """A question about a Task, as its asker writes it."""
    code = {"coding": [{"system": TASK_KIND, "code": "question"}]}
    said = {"resourceType": "Task", "id": url(text)[9:], "status": "requested", "intent": "order", "code": code}
    return bundle({**said, "partOf": [{"reference": f"Task/{about['id']}"}], "description": text, **more})


def questions(world: World) -> list[Resource]:
    """All questions, in the order they were asked."""
    codes = ((task, task["code"]["coding"][0]["code"]) for task in world.all("Task"))
    return [task for task, code in codes if code == "question"]


def number(task: Resource) -> str:
    """Our number of a question."""
    return next(i["value"] for i in task["identifier"] if i["system"] == TASK)  # type: ignore[no-any-return]  # a resource is any JSON


def stand(task: Resource) -> str:
    """Status and business status of a Task."""
    return " ".join([task["status"], *(c["code"] for c in task.get("businessStatus", {}).get("coding", []))])


def codes(message: Any) -> list[str]:
    """The codes of the errors of a message."""
    return [problem.code for problem in message.problems if problem.severity == "error"]


def said(text: str, name: str = "Antwort") -> list[Resource]:
    """Task.output with a text."""
    return [{"type": {"text": name}, "valueString": text}]


PERSON = "471188^^^SENNEKLINIK^PI||Grünewälder^Käthe^^^^^L||19380903|F"
ANOTHER = "520002^^^SENNEKLINIK^PI||Lübbecke^Paula^^^^^L||19350226|F"


def document(key: str, parent: str = "", text: str = TOLD, *, filler: str = "", person: str = PERSON) -> bytes:
    """An MDM^T02 of the hospital. `parent`: TXA-13; `filler`: TXA-15; `person`: PID-3 to PID-8."""
    head = rf"MSH|^~\&|KIS|SENNEKLINIK|KUEMMERER|OWL|202603131005||MDM^T02^MDM_T02|{key}|P|2.5|||||DEU|8859/1"
    who = f"PID|1||{person}"
    about = f"TXA|1|CN|TX|202603131000||202603131000||||||DOK-{key}^KIS|{parent}||{filler}||AU||AV"
    lines = [head, "EVN|T02|202603131005", who, "PV1|1|I", about, f"OBX|1|TX|TEXT^Text||{text}||||||F"]
    return "\r".join([*lines, ""]).encode("iso8859-1")


def speaking(manner: str, form: str = "hl7v2-de", road: str = "mllp") -> tuple[Resource, ...]:
    """The parties, the hospital hearing in another manner."""
    receives = [{"road": "folder", "format": form, "path": "out"} if road == "folder" else PARTIES[0]["receives"][0]]
    changed = {**PARTIES[0], "answers": {"as": manner}, "receives": receives}
    return (changed, *PARTIES[1:])
