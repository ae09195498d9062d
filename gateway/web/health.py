"""The public routes: is it alive, can it work, how much does it do."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from gateway.web.doors import Doors

PUBLIC = ("/health/live", "/health/ready", "/metrics")
"""Every route that asks for no credentials."""


def router(doors: Doors) -> APIRouter:
    """The three routes; FastAPI runs plain functions on threads, so they may block for a moment."""
    routes = APIRouter()

    @routes.get("/health/live")
    async def live() -> JSONResponse:
        """The process answers."""
        return JSONResponse({"status": "alive"})

    @routes.get("/health/ready")
    def ready() -> JSONResponse:
        """Messages can be kept; 503 with the reasons if not."""
        checks = dict(doors.ready())
        bad = any(checks.values())
        return JSONResponse({"status": "not ready" if bad else "ready", "checks": checks}, 503 if bad else 200)

    @routes.get("/metrics")
    def metrics() -> Response:
        """Prometheus' text format."""
        return Response(doors.metrics(), media_type=CONTENT_TYPE_LATEST)

    return routes
