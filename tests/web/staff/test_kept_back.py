"""Accounts and sittings are none of FHIR: nobody finds them there, not even the desk that sees all."""

from pathlib import Path

import pytest

from tests.web.smart.place import opened
from tests.web.staff.test_over_fhir import Staffed


@pytest.mark.parametrize(
    "path",
    ["_history", "?_type=StaffAccount", "StaffAccount", "StaffSession", "StaffAccount/{id}", "StaffAccount/_history"],
)
def test_no_way_of_fhir_leads_to_an_account(tmp_path: Path, path: str) -> None:
    with opened(tmp_path, desk=True) as place:
        made, _ = Staffed(place).sits("auditor")
        answer = place.call("GET", path.format(id=made.id))
        assert [
            word for word in ("argon2", made.seed, "StaffAccount/", "seed", "StaffSession/") if word in answer.text
        ] == []
        assert (answer.status_code == 200) is (path == "_history")
