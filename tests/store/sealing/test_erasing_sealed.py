"""What is erased in a sealed store is erased as in every other."""

from tests.store.test_erasing import *  # noqa: F403 - the suite itself
