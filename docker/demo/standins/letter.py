"""A discharge letter as a real PDF of one page, written by hand (ISO 32000-1, 7.5); the person in it is invented.

As a program it writes `messages/02-letter.hl7` anew.
"""

import base64
from pathlib import Path

LINES = (
    "Senneklinik Bielefeld · Geriatrie · Station 204",
    "",
    "Entlassbrief",
    "",
    "Patientin: Käthe Grünewälder, geboren am 03.09.1938",
    "Anschrift: Föhrenweg 7, 33659 Bielefeld",
    "Aufenthalt: 02.03.2026 bis 12.03.2026",
    "",
    "Sehr geehrte Kolleginnen und Kollegen,",
    "",
    "wir berichten über die oben genannte Patientin. Nach einem Sturz zu Hause geht sie",
    "sicher am Rollator; Treppen und die Badewanne gelingen nicht ohne Hilfe.",
    "Sie möchte in ihre Wohnung zurück, sobald dort für sie gesorgt ist.",
    "",
    "Mit freundlichen Grüßen",
    "Dr. Hilko Brackwede",
    "",
    "Alle Personen und Einrichtungen in diesem Brief sind erfunden.",
)

HEAD = r"""
MSH|^~\&|KIS|SENNEKLINIK|KUEMMERER|OWL|202603121200||MDM^T02^MDM_T02|SK-7002|P|2.5^DEU&&HL70399|||||DEU|8859/1
EVN|T02|202603121200
PID|1||471188^^^SENNEKLINIK^PI~G405718932^^^GKV^GKV||Grünewälder^Käthe^^^^^L||19380903|F|
||Föhrenweg 7&Föhrenweg&7^^Bielefeld^^33659^DEU^H||^PRN^PH^^49^521^5550188^^^^^0521/5550188|||W
PV1|1|I|GER^204^1^SENNEKLINIK^^N^A^2|N|||100234^Brackwede^Hilko^^^Dr.^^^SENNEKLINIK^L|
|||||||||||2604788^^^SENNEKLINIK^VN|||||||||||||||||109||||||||202603020915|202603121030
TXA|1|DS^Entlassbrief^L|AP|202603121145|100234^Brackwede^Hilko^^^Dr.|202603121130|202603121140|
|100234^Brackwede^Hilko^^^Dr.|||DOK-55988^KIS||||entlassbrief.pdf|LA|U|AV|AC
"""
"""All segments but the last; a line that starts with a separator goes on with the one above."""


def pdf(lines: tuple[str, ...]) -> bytes:
    """A page of A4 with these lines, in Helvetica and WinAnsiEncoding."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    shown = "\n".join(f"({line}) Tj T*" for line in escaped)
    page = f"BT /F1 11 Tf 16 TL 72 770 Td\n{shown}\nET".encode("cp1252")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 6 0 R /Contents 5 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Font << /F1 4 0 R >> >>",
    )
    data, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    return data + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, data.rindex(b"xref"))


def message() -> bytes:
    """MDM^T02 that carries the letter in OBX-5 (chapter 9.6), in 8859/1."""
    letter = base64.b64encode(pdf(LINES)).decode()
    result = f"OBX|1|ED|18842-5^Entlassbrief^LN||KIS^application^pdf^Base64^{letter}||||||F"
    head = HEAD.strip().replace("\n|", "|").split("\n")
    return ("\r".join((*head, result)) + "\r").encode("latin-1")


if __name__ == "__main__":
    (Path(__file__).parent / "messages" / "02-letter.hl7").write_bytes(message())
