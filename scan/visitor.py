"""Somebody who visits a site: asks for pages, sends forms as our pages do, and keeps cookies."""

import http.client
import ssl
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

PATIENCE = 20
"""Seconds for one answer."""


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        return self.headers.get_content_type() == "text/html"


@dataclass
class Visitor:
    """`origin` is scheme, host and port. `source` is the loopback address that connections come from."""

    origin: str
    role: str
    source: str = "127.0.0.1"
    patience: float = PATIENCE
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str) -> Answer:
        return self._exchange("GET", path, None, {})

    def send(self, path: str, fields: dict[str, str], origin_headers: dict[str, str] | None = None) -> Answer:
        """A form, as one of the site's own pages sends it unless it is said where it comes from."""
        told = self.own_page_headers() if origin_headers is None else origin_headers
        headers = {"Content-Type": "application/x-www-form-urlencoded", **told}
        return self._exchange("POST", path, urlencode(fields), headers)

    def own_page_headers(self) -> dict[str, str]:
        return {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def headers(self) -> list[str]:
        """What a tool must send to be taken for this visitor's browser."""
        lines = [f"{name}: {value}" for name, value in self.own_page_headers().items()]
        return lines + ([f"Cookie: {self.cookie_header()}"] if self.cookies else [])

    def _exchange(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        parts = urlsplit(urljoin(self.origin, path))
        connection = self._connect(parts)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if self.cookies:
                headers = {**headers, "Cookie": self.cookie_header()}
            connection.request(method, target, body, {"Accept": "text/html", **headers})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def _connect(self, parts) -> http.client.HTTPConnection:
        source = (self.source, 0)
        if parts.scheme == "http":
            return http.client.HTTPConnection("127.0.0.1", parts.port, self.patience, source)
        # Whether the certificate is good is for other judges to say.
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("localhost", parts.port, timeout=self.patience, source_address=source, context=context)
        return connection

    def _keep(self, answer: Answer) -> None:
        for line in answer.headers.get_all("set-cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
