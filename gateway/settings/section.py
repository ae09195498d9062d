"""What the sections of gateway.yaml are made of; each section beside `model.py` has a file of its own."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]


def one_or_more(value: Any) -> Any:
    """A single text where a list may stand is a list of one."""
    return (value,) if isinstance(value, str) else value


class Section(BaseModel):
    """A part of gateway.yaml: nothing unknown in it, nothing changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(Section):
    """The server side of TLS."""

    certificate: str = Field(description="File with the certificate and those between it and the root (PEM).")
    key: str = Field(description="File with its private key (PEM).")
    client_ca: str = Field(
        default="", description="File with the authorities whose client certificates are asked for; empty: none are."
    )


class Door(Section):
    """An address that is listened on."""

    listen: str = Field(description="Address and port: `127.0.0.1:2575`, `[::]:2575`; port 0: any free one.")
    tls: Tls | None = Field(default=None, description="TLS; left out: none, for loopback and closed networks only.")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
