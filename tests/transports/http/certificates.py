"""Certificates for an afternoon, made by the openssl command."""

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """Signs certificates into its folder."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Authority":
        folder.mkdir(parents=True, exist_ok=True)
        openssl(
            "req", "-x509", "-subj", f"/CN=Authority {folder.name}", "-days", "2",
            *key(folder / "ca.key"), "-out", folder / "ca.pem",
        )  # fmt: skip
        return cls(folder)

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    def sign(self, name: str, days: int = 2) -> tuple[str, str]:
        """Certificate and key for 127.0.0.1 and localhost; with 0 days it has expired."""
        request, made = self.folder / f"{name}.csr", self.folder / f"{name}.pem"
        openssl("req", "-new", "-subj", f"/CN={name}", *key(self.folder / f"{name}.key"), "-out", request)
        names = self.folder / "names"
        names.write_text("subjectAltName = IP:127.0.0.1, DNS:localhost\n", encoding="ascii")
        signed = ["-CA", self.ca, "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial", "-extfile", str(names)]
        openssl("x509", "-req", "-in", request, *signed, "-days", str(days), "-out", made)
        return str(made), str(self.folder / f"{name}.key")


def key(path: Path) -> list[str | Path]:
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def fingerprint(certificate: str) -> str:
    der = ssl.PEM_cert_to_DER_cert(Path(certificate).read_text(encoding="ascii"))
    return "sha256:" + hashlib.sha256(der).hexdigest()
