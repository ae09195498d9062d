"""What every problem of this adapter says, in one table: sentence, repair, severity."""

from gateway.domain.problem import Problem, Severity

SENTENCES: dict[str, tuple[str, str, Severity]] = {
    "delimited.charset": ("The bytes are not {charset}.", "Declare the sender's charset, or a fallback.", "error"),
    "delimited.charset.doubt": (
        "The bytes are valid UTF-8, but the format says {charset}; the format was followed.",
        "Declare utf-8 if umlauts look broken.",
        "warning",
    ),
    "delimited.charset.fallback": (
        "The bytes are not {charset}; the whole file was read as {fallback}, the declared fallback.",
        "Ask the sender for one charset, or declare the one it really writes.",
        "warning",
    ),
    "delimited.charset.mark": (
        "The byte order mark says {said}, the format says {charset}; the mark was followed.",
        "Declare the charset the sender really writes.",
        "warning",
    ),
    "delimited.charset.missing": (
        "The cell holds a character that {charset} does not have.",
        "Declare charset utf-8, or a charset that has the character.",
        "error",
    ),
    "delimited.cell.fit": (
        "The value does not fit into its cell: too long, or with characters the layout cannot hold.",
        "Widen the column, shorten the value, or declare a quotation mark.",
        "error",
    ),
    "delimited.column.place": (
        "The layout has no place for this column.",
        "Declare the column; undeclared ones are `+Header` with a header line, else `+` and a position.",
        "error",
    ),
    "delimited.column.unknown": ("The column is not declared.", "Declare it in `columns`.", "warning"),
    "delimited.control": (
        "The cell holds a control character.",
        "Check the declared charset; iso-8859-1 is often cp1252 in truth.",
        "warning",
    ),
    "delimited.delimiter": (
        "The header line holds a single text with another delimiter in it.",
        "Check `delimiter` of the format.",
        "error",
    ),
    "delimited.delimiter.said": (
        "The file's first line names another delimiter than the format; the file was followed.",
        "Declare the delimiter the sender really writes.",
        "warning",
    ),
    "delimited.empty": ("The table has no rows.", "Check that the file is complete and of this format.", "error"),
    "delimited.ends": (
        "Lines end in more than one way.",
        "Ask the sender to end all lines alike; check that no line was cut in two.",
        "warning",
    ),
    "delimited.header.missing": (
        "The file lacks the columns {names}; their cells are taken as empty.",
        "Ask the sender for the columns, or add their headers to the aliases.",
        "warning",
    ),
    "delimited.header.none": (
        "No header of the file is a declared one.",
        "Check that the file has a header line and is of this format.",
        "error",
    ),
    "delimited.header.required": (
        "The file lacks the columns {names}, which the format requires.",
        "Ask the sender for the columns, or add their headers to the aliases.",
        "error",
    ),
    "delimited.header.twice": (
        "The header of a declared column stands twice.",
        "Ask the sender to keep one of the two columns.",
        "error",
    ),
    "delimited.header.repeated": (
        "The header of an undeclared column stands twice.",
        "Give the two columns different headers.",
        "warning",
    ),
    "delimited.header.unknown": (
        "The header is none of the declared columns; its cells are kept and reported as unmapped.",
        "Declare the column, or add the header to the aliases of one.",
        "warning",
    ),
    "delimited.header.unnamed": ("The column has no header.", "Give it a header, or declare it.", "information"),
    "delimited.limit.bytes": (
        "The file has more than {limit} bytes.",
        "Split the file, or raise limits.bytes of the format.",
        "error",
    ),
    "delimited.limit.cell": (
        "A cell of the line has more than {limit} characters.",
        "Check the quotation marks of the file, or raise limits.cell of the format.",
        "error",
    ),
    "delimited.limit.columns": (
        "The line has more than {limit} columns.",
        "Check delimiter and line ends of the file, or raise limits.columns of the format.",
        "error",
    ),
    "delimited.limit.rows": (
        "The table has more than {limit} rows.",
        "Split the file, or raise limits.rows of the format.",
        "error",
    ),
    "delimited.mark": (
        "A byte order mark stands inside the file.",
        "Ask the sender to close quotation marks, and to double those inside a cell (RFC 4180).",
        "warning",
    ),
    "delimited.mark.false": (
        "The first characters would be taken for a byte order mark.",
        "Declare charset utf-8, or a header line.",
        "error",
    ),
    "delimited.nul": ("The cell holds a NUL character.", "Ask the sender to write text only.", "error"),
    "delimited.quote.open": (
        "Cell {number} opens a quotation mark that is never closed; it was read to the next delimiter.",
        "Ask the sender to close quotation marks, and to double those inside a cell (RFC 4180).",
        "error",
    ),
    "delimited.quote.rest": (
        "Cell {number} goes on behind its closing quotation mark.",
        "Ask the sender to close quotation marks, and to double those inside a cell (RFC 4180).",
        "error",
    ),
    "delimited.row.empty": ("The line has no value and was left out.", "Nothing needs mending.", "information"),
    "delimited.row.long": (
        "The line has more cells than there are columns; perhaps an unquoted delimiter shifted them.",
        "Ask the sender to put values with a delimiter into quotation marks.",
        "error",
    ),
    "delimited.row.short": (
        "The line has fewer cells than there are columns; the rest is taken as empty.",
        "Ask the sender to write all cells of a row, also empty ones.",
        "warning",
    ),
    "delimited.shape": ("A table is a list of rows, a row holds texts.", "Correct what builds the tree.", "error"),
    "delimited.value.long": ("The value is longer than the column allows.", "Shorten it, or raise `max`.", "error"),
    "delimited.value.required": (
        "A required cell is empty.",
        "Give the value, or declare the column as optional.",
        "error",
    ),
    "delimited.value.type": (
        "The value is not written as the column's type asks.",
        "Use the notation of `dates`, `decimal` or `booleans`, or declare the column as string.",
        "error",
    ),
    "delimited.value.unlisted": (
        "The value is none of the column's `values`.",
        "Use a listed value, or list it.",
        "error",
    ),
}


def problem(code: str, place: str, **filled: str | int) -> Problem:
    """The problem of a code at a place; `filled` are names and numbers of the format, never values of a person."""
    sentence, repair, severity = SENTENCES[code]
    return Problem(code, place, sentence.format(**filled), repair, severity)


def at(row: int, column: str, line: int = 0) -> str:
    """The place of a cell as people write it: rows and lines are counted from 1, rows without the header."""
    where = f"row {row}, column {column}"
    return f"{where} (line {line})" if line else where
