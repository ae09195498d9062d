"""The command line: one file per verb."""

import os

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Nobody here uses plugins of pydantic; to find them it reads what every installed package says of itself."""
