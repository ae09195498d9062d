"""A sealed store passes what every store passes."""

from tests.store.test_absent import *  # noqa: F403 - the suites themselves
from tests.store.test_all_of import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_counted import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_journal import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_lanes import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_pages import *  # type: ignore[assignment]  # noqa: F403
from tests.store.test_records import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_resources import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_same_terms import *  # noqa: F403 - the whole suite, sealed
from tests.store.test_search import *  # type: ignore[assignment]  # noqa: F403
from tests.store.test_versions import *  # noqa: F403 - the whole suite, sealed
