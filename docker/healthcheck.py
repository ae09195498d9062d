"""Asks the gateway in this container whether it is ready; ends with 0 if it is, with 1 and the reason if not."""

import os
import sys
import urllib.request

URL = os.environ.get("HEALTH_URL", "http://127.0.0.1:8080/health/ready")


def main() -> str | None:
    """What is wrong, None where nothing is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(URL, timeout=4):
            return None
    except OSError as fault:
        return f"not ready: {fault}"


if __name__ == "__main__":
    sys.exit(main())
