"""An authority and certificates for tests, made with the openssl command."""

import ssl
import subprocess
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path

    @cached_property
    def fingerprint(self) -> str:
        return sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text("ascii"))).hexdigest()


@dataclass(frozen=True)
class Authority:
    """A folder with an authority in it, which issues certificates for 127.0.0.1."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    def found(self) -> "Authority":
        self.folder.mkdir(exist_ok=True)
        self._run("req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=authority")
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1\n", "ascii")
        (self.folder / "issued").mkdir(exist_ok=True)
        (self.folder / "index").touch()
        (self.folder / "settings").write_text(
            "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nnew_certs_dir=issued\nrand_serial=yes\npolicy=p\n"
            "default_md=sha256\nunique_subject=no\n[p]\ncommonName=supplied\n",
            "ascii",
        )
        return self

    def issue(self, name: str, *, expired: bool = False) -> Pair:
        self._run("req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        dates = ("-startdate", "20240101000000Z", "-enddate", "20250101000000Z") if expired else ("-days", "30")
        files = ("-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr", "-out", f"{name}.pem")
        self._run("ca", "-batch", "-notext", "-config", "settings", "-extfile", "names", *files, *dates)
        return Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)
