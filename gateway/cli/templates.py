"""What `gateway new format` writes, per codec: the smallest format that does something and passes `check`."""

DELIMITED = {
    "format.yaml": """\
format: NAME
title: NAME
codec: delimited
direction: both          # both | in | out
standing: draft
unmapped: park           # error | park | warn: what happens to columns no rule uses
options:                 # all of them: gateway/adapters/delimited/README.md
  delimiter: ";"
  charset: utf-8
  dates: DD.MM.YYYY
  columns:               # for lines of fixed width: layout: fixed, and width: N per column
    - {name: nummer, header: Nummer, required: true}
    - {name: name, header: Name}
    - {name: vorname, header: Vorname}
    - {name: geburtsdatum, header: Geburtsdatum, type: date}
    - {name: geschlecht, header: Geschlecht}
names:
  nummer: https://example.org/sid/NAME/patient     # put your own system here
codes:
  geschlecht: {no match: keep}     # error | keep | default CODE | absent
""",
    "liste.map.yaml": """\
map: liste
source: table
target: resources
rules:
  - row <-> Patient as patient | person
""",
    "person.map.yaml": """\
map: person
source: row
target: Patient
key: [identifier.system, identifier.value]
rules:
  - nummer       <-> identifier[system=$nummer].value
  - name         <-> name[use=official].family
  - vorname      <-> name[use=official].given     | words
  - geburtsdatum <-> birthDate
  - geschlecht   <-> gender                       | code geschlecht
""",
    "codes/geschlecht.csv": "theirs;ours;direction;note\nw;female;both;\nm;male;both;\nd;other;both;\n",
    "examples/01-one-person.in.csv": (
        "Nummer;Name;Vorname;Geburtsdatum;Geschlecht\r\n4711;Brinkmann;Ilse Marie;09.05.1941;w\r\n"
    ),
}
HL7V2 = {
    "format.yaml": """\
format: NAME
title: NAME
extends: hl7v2-de        # everything from there; state here only what differs
standing: draft
options:
  fallback: cp1252       # charset of messages that do not name one in MSH-18
""",
    "patient.map.yaml": """\
# A map of the same name replaces single rules of the inherited one: those with the same left side.
# `gateway check --effective NAME` prints the result.
map: patient
rules: []
""",
    "examples/01-admission.in.hl7": (
        "MSH|^~\\&|KIS|KLINIK|GATEWAY|KG|20261104081500||ADT^A01^ADT_A01|4711|P|2.5|||AL|NE|DEU|8859/1\r"
        "EVN||20261104081500\r"
        "PID|||4711^^^KLINIK^PI||Brinkmann^Ilse^^^^^L||19410509|F\r"
        "PV1|1|I|INN^12^1|||||||||||||||||815^^^KLINIK^VN|||||||||||||||||||||||||20261104080000\r"
    ),
}
FHIR = {
    "format.yaml": """\
format: NAME
title: NAME
codec: fhir
direction: both
standing: draft
unmapped: park
""",
    "alles.map.yaml": """\
map: alles
source: resources
target: resources
rules:
  - Patient <-> Patient as patient | patient
""",
    "patient.map.yaml": """\
# copy: rest takes along every element no rule names; rules state only what differs.
map: patient
source: Patient
target: Patient
copy: rest
rules:
  - gender <-> gender
""",
    "examples/01-one-patient.in.json": """\
{
  "resourceType": "Patient",
  "id": "ilse",
  "name": [{"use": "official", "family": "Brinkmann", "given": ["Ilse"]}],
  "gender": "female",
  "birthDate": "1941-05-09"
}
""",
}
TEMPLATES = {"delimited": DELIMITED, "hl7v2": HL7V2, "fhir": FHIR}


def render(codec: str, name: str) -> dict[str, str]:
    """Files of a new format: relative path -> text."""
    return {path: text.replace("NAME", name) for path, text in TEMPLATES[codec].items()}
