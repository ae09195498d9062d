"""The public routes: is it alive, can it work, how much does it do."""

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.web.doors import Doors

PUBLIC = ("/health/live", "/health/ready", "/metrics")
"""Every route that asks for no credentials."""


def routes(doors: Doors) -> list[Route]:
    """The three routes; Starlette runs plain functions on threads, so they may block for a moment."""

    async def live(_: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "alive"})

    def ready(_: Request) -> Response:
        """Messages can be kept; 503 with the reasons if not."""
        checks = dict(doors.ready())
        bad = any(checks.values())
        return JSONResponse({"status": "not ready" if bad else "ready", "checks": checks}, 503 if bad else 200)

    def metrics(_: Request) -> Response:
        """Prometheus' text format."""
        return Response(doors.metrics(), media_type=CONTENT_TYPE_LATEST)

    return [Route(path, answer) for path, answer in zip(PUBLIC, (live, ready, metrics), strict=True)]
