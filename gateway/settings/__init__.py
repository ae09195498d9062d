"""What an operator decides: gateway.yaml, overridden from the environment, with secrets from files."""

from gateway.settings.load import examine, load
from gateway.settings.model import Settings
from gateway.settings.secrets import Secrets, read_secrets

__all__ = ["Secrets", "Settings", "examine", "load", "read_secrets"]
