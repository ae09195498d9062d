"""CSV and its relatives, and lines of fixed width: bytes <-> `{"row": [{column: text}]}` (RFC 4180)."""

from collections.abc import Sequence

from gateway.adapters.delimited import charset
from gateway.adapters.delimited.dialect import Dialect, read_dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.model import TableModel
from gateway.adapters.delimited.read import read
from gateway.adapters.delimited.sentences import problem
from gateway.adapters.delimited.write import Row, unwritable, write
from gateway.domain.codec import Decoded, Encoded, Spec, Tree
from gateway.domain.problem import Problem, worst


class DelimitedCodec:
    """The codec of tables; see gateway.domain.codec.Codec."""

    name = "delimited"
    extension = ".csv"
    media_type = "text/csv"

    def model(self, spec: Spec) -> TableModel:
        """The model for a format's options; without columns where the options are wrong."""
        return TableModel(read_dialect(spec)[0])

    def decode(self, data: bytes, spec: Spec) -> Decoded:
        """One file -> one tree with all its rows; a file without rows is an error."""
        dialect, wrong = read_dialect(spec)
        if dialect is None:
            return Decoded([], wrong)
        opening = Findings()
        text = charset.to_text(data, dialect, opening)
        if opening.fatal:
            return Decoded([], opening.problems())
        rows, findings = read(text, dialect)
        if not rows and not findings.fatal:
            findings.stop(problem("delimited.empty", "table"))
        problems = opening.problems() + findings.problems()
        return Decoded([] if findings.fatal else [{"row": rows}], problems)

    def encode(self, trees: Sequence[Tree], spec: Spec) -> Encoded:
        """The rows of all trees -> one file; anything that could not be read again as it is stops it."""
        dialect, wrong = read_dialect(spec)
        if dialect is None:
            return Encoded(b"", wrong)
        table, problems = _joined(trees)
        problems += self.model(spec).check(table, spec)
        if not table["row"]:
            problems.append(problem("delimited.empty", "table"))
        if worst(problems) == "error":
            return Encoded(b"", problems)
        data, findings = _bytes(table["row"], dialect)
        problems += findings.problems()
        return Encoded(b"" if worst(problems) == "error" else data, problems)


def _joined(trees: Sequence[Tree]) -> tuple[Tree, list[Problem]]:
    """The rows of all trees in one, and what is no table."""
    odd = [tree for tree in trees if set(tree) - {"row"} or not isinstance(tree.get("row", []), list)]
    rows = [row for tree in trees if tree not in odd for row in tree.get("row", [])]
    return {"row": rows}, [problem("delimited.shape", "table")] * bool(odd)


def _bytes(rows: list[Row], dialect: Dialect) -> tuple[bytes, Findings]:
    findings = Findings()
    text = write(rows, dialect, findings)
    try:
        data = charset.to_bytes(text, dialect)
    except UnicodeEncodeError:
        unwritable(rows, dialect, findings)
        return b"", findings
    if charset.starts_with_mark(data, dialect):
        findings.add(problem("delimited.mark.false", "row 1"))
    return data, findings


codec = DelimitedCodec()
