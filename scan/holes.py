"""The planted application as a site: what every judge must find something on."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from target import Page, free_ports, wait_until
from visitor import Visitor

START = 30

MUST_BE_FOUND = {
    "observatory": ["contentSecurityPolicyTest", "strictTransportSecurityTest"],
    "csp": ["there is no policy"],
    "sslyze": ["tls_versions", "certificate"],
    "testssl": ["TLS1", "cert_keySize", "cipherlist"],
    "axe": ["image-alt", "the browser says: oh"],
    "html": ["no-dup-id", "element-required-attributes"],
    "lighthouse": ["accessibility", "best-practices", "seo"],
    "ffuf": ["/.env", "/admin/users"],
    "staff-pages": ["/admin/users"],
    "foreign-pages": ["/sign-in answered 200"],
    "whatweb": ["Apache"],
    "nmap": ["Apache"],
    "slowhttptest": ["slow headers", "slow body", "another visitor"],
    "wapiti": ["SQL Injection", "Cross Site Scripting", "Open Redirect", "Cross Site Request Forgery"],
    "sqlmap": ["POST /sign-in", "GET /heron"],
}
"""Words that each judge must say, by its name: one that is silent about any of them is blind."""


@dataclass
class Holes:
    folder: Path
    name: str = "planted"
    roles: list[str] = field(default_factory=lambda: ["guest"])
    pages: list[Page] = field(
        default_factory=lambda: [
            Page("home", "/"),
            Page("sign-in", "/sign-in"),
            Page("discussion", "/heron?id=1"),
            Page("search", "/search?text=grey"),
            Page("nothing", "/no-such-page", status=404),
        ]
    )

    def __post_init__(self) -> None:
        self.https, self.http = free_ports(2)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.start()

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.https}"

    @property
    def authority(self) -> Path:
        return self.folder / "certificate.pem"

    def visitor(self, role: str) -> Visitor:
        # Some judges leave it without a worker that is free.
        if not self._stands():
            self.stop()
            self.start()
        return Visitor(self.origin, role)

    def knows(self, _: Visitor) -> bool:
        return True

    def tally(self) -> None:
        return None

    def start(self) -> None:
        command = [sys.executable, Path(__file__).parent / "planted", self.folder, str(self.https), str(self.http)]
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(self._stands, START, "the start of the planted application")

    def stop(self) -> None:
        self.server.kill()
        self.server.wait()

    def _stands(self) -> bool:
        try:
            return Visitor(self.origin, "guest", patience=3).ask("/").status == 200
        except OSError:
            return False
