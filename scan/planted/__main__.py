"""An application that is full of holes, and knows it. Where a judge finds none of them, the judge is blind.

`python3 planted FOLDER TLS-PORT PLAIN-PORT`. It must never be reached from another machine, and listens on loopback
only. Each hole is marked by HOLE.
"""

import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

WORKERS = 40
"""HOLE: few, and each waits for as long as its client likes."""


def database() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", check_same_thread=False)
    made.executescript(
        "CREATE TABLE herons (id INTEGER PRIMARY KEY, name TEXT, secret TEXT);"
        "INSERT INTO herons (name, secret) VALUES ('grey', 'eel'), ('purple', 'frog'), ('night', 'carp');"
    )
    return made


HERONS, ONE_AT_A_TIME = database(), threading.Lock()


class Application(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # HOLE: tells what it is made of.
    server_version = "Apache/2.2.8 (Unix) Python"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        answer = {
            "/": self.home,
            "/sign-in": self.sign_in,
            "/heron": self.heron,
            "/search": self.search,
            "/go": self.go,
            "/admin": self.staff,
            "/admin/users": self.staff,
            "/.env": self.staff,
            "/backup.sql": self.staff,
        }.get(address.path)
        if answer is None:
            self.page("<h1>Not found</h1>", 404)
        else:
            answer(asked)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode("utf-8", "replace")).items()}
        # HOLE: the password is a part of the statement.
        rows = self.query(f"SELECT id FROM herons WHERE name = '{sent.get('name', '')}' AND secret = '{sent.get('secret', '')}'")
        self.page("<p>Welcome</p>" if rows else "<p>Wrong</p>")

    def home(self, _) -> None:
        # HOLE: no label, no alternative text, too little contrast, an identifier twice, inline script and style.
        self.page(
            '<div id=a><img src="/heron.png"></div><div id=a style="color:#eee;background:#fff">Herons</div>'
            '<a href="/heron?id=1">One</a> <a href="/search?text=grey">Search</a> <a href="/go?to=/">On</a> <a href="/sign-in"></a>'
            "<script>console.error('oh')</script>"
        )

    def sign_in(self, _) -> None:
        # HOLE: nothing shows that the form came from here.
        self.page('<form method="post" action="/sign-in"><input name="name"><input type="password" name="secret"><button>In</button></form>')

    def heron(self, asked) -> None:
        # HOLE: what is asked for is a part of the statement, and its errors are shown.
        self.page(f"<p>{self.query('SELECT name FROM herons WHERE id = ' + asked.get('id', '1'))}</p>" + "<p>Wings</p>" * 400)

    def search(self, asked) -> None:
        # HOLE: what is asked for is a part of the page.
        self.page(f"<p>Nothing is called {asked.get('text', '')}</p>")

    def go(self, asked) -> None:
        # HOLE: leads anywhere.
        self.respond(302, "", {"Location": asked.get("to", "/").replace("\r", "").replace("\n", "")})

    def staff(self, _) -> None:
        # HOLE: nobody is asked who they are.
        self.page("<h1>All secrets</h1>")

    def query(self, statement: str) -> list:
        with ONE_AT_A_TIME:
            try:
                return HERONS.execute(statement).fetchall()
            except sqlite3.Error as cause:
                return [f"sqlite3.OperationalError: {cause}"]

    def page(self, body: str, status: int = 200) -> None:
        # HOLE: no title, no language, no policy, a cookie for every script and every network.
        self.respond(status, f"<html><body>{body}</body></html>", {"Content-Type": "text/html", "Set-Cookie": "session=1"})

    def respond(self, status: int, body: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    def log_message(self, *_) -> None:
        pass


class Server(HTTPServer):
    request_queue_size = 512
    daemon_threads = True

    def __init__(self, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), Application)
        self.context = context
        self.pool = ThreadPoolExecutor(WORKERS)

    def process_request(self, request: socket.socket, client_address) -> None:
        self.pool.submit(self.serve_one, request, client_address)

    def serve_one(self, request: socket.socket, client_address) -> None:
        try:
            if self.context:
                request = self.context.wrap_socket(request, server_side=True)
            self.finish_request(request, client_address)
        except OSError:
            pass
        finally:
            self.shutdown_request(request)


def weak_context(folder: Path) -> ssl.SSLContext:
    # HOLE: a short key, a weak signature, old protocols, ciphers that were given up long ago.
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-sha1", "-nodes", "-days", "4000", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:eNULL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.load_cert_chain(certificate, key)
    return context


def main() -> None:
    folder, tls, plain = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    threading.Thread(target=Server(plain, None).serve_forever, daemon=True).start()
    server = Server(tls, weak_context(folder))
    print("ready", flush=True)
    server.serve_forever()


main()
