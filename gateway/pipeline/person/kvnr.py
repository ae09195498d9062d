"""The number of an insured person (KVNR, SGB V § 290): a letter, eight digits and a check digit."""

import re

_FORM = re.compile(r"([A-Z])(\d{8})(\d)(\d{9}\d?(\d{9}\d?)?)?")


def kvnr(text: str) -> str:
    """The unchangeable ten characters; empty where the form or the check digit is wrong.

    The check digit is that of the Luhn algorithm, weights 1 and 2, over the letter as two digits (A = 01) and the rest.
    """
    found = _FORM.fullmatch("".join(text.split()).upper())
    if not found:
        return ""
    digits = f"{ord(found[1]) - 64:02d}{found[2]}"
    total = sum(sum(divmod(int(digit) * (1 + n % 2), 10)) for n, digit in enumerate(digits))
    return f"{found[1]}{found[2]}{found[3]}" if total % 10 == int(found[3]) else ""
