"""Locutory with the people of its demo, served under TLS with limits that do not stop a judge at work.

`locutory demo` fills a folder; `locutory serve` serves copies of it, so that each judge finds the same site.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from target import ROLES, Page, Tally, free_ports, wait_until
from visitor import Visitor

START = 60
"""Seconds for the demo to be played, and for the server to stand."""
STOP = 40

SETTINGS = {
    "LOCUTORY_TLS__MODE": "self-signed",
    "LOCUTORY_MAIL__MODE": "folder",
    "LOCUTORY_LOG__FORMAT": "json",
    # The trace tells the status of every answer: by it a judge who was turned away too often is told.
    "LOCUTORY_LOG__FILTER": "warn,locutory=info,locutory::server::layers::trace=debug",
    "LOCUTORY_PASSWORD__MEMORY_KIB": "19456",
    "LOCUTORY_PASSWORD__ITERATIONS": "2",
    "LOCUTORY_SESSION__STAFF_IDLE_MINUTES": "480",
    "LOCUTORY_SESSION__PROOF_MINUTES": "480",
    "LOCUTORY_LIMITS__SIGN_IN_FREE_TRIES": "100",
    "LOCUTORY_LIMITS__REGISTRATIONS_PER_HOUR": "1000000",
    "LOCUTORY_LIMITS__REGISTRATIONS_BEFORE_CHALLENGE": "100000",
    "LOCUTORY_LIMITS__FAILED_SIGN_INS_BEFORE_CHALLENGE": "100000",
    "LOCUTORY_LIMITS__RESETS_BEFORE_CHALLENGE": "100000",
    "LOCUTORY_LIMITS__SLOW_LANE_PER_MINUTE": "10000",
    "LOCUTORY_LIMITS__FORM_SECONDS": "0",
    "LOCUTORY_LIMITS__CONNECTIONS_PER_NETWORK": "1000",
}

SITE_SETTINGS = {"comments_per_minute": "1000", "discussions_per_hour": "1000"}
"""What admins set in the dashboard."""

LOGIN = re.compile(r"^ {2}(admin|moderator|member) +(\S+) +(\S+)$", re.MULTILINE)
STATUS = re.compile(rb'"message":"answered","status":(\d+).*?"path":"([^"]*)"')

LOOK_FIRST = {
    (b"403", b"/api/accounts/sign_in"),
    (b"403", b"/api/accounts/prove"),
    (b"403", b"/api/accounts/leave_for_good"),
    (b"429", b"/api/accounts/ask_for_archive"),
}
"""Answers that come once all that was sent has been looked at, and so are no refusals to look: a wrong password, the last
admin, who may not leave, and an archive while another is being made."""

FORGETS_EVERY = 0.2
"""Seconds: no judge is to be throttled, and not every throttle has a setting."""

HOUR = 3_600_000
"""Milliseconds."""

KEPT_YOUNG = 500
"""Discussions that can still be changed by who has started them."""


@dataclass(frozen=True)
class Login:
    role: str
    name: str
    password: str


@dataclass
class Community:
    binary: Path
    folder: Path
    name: str = "Locutory"
    roles: list[str] = field(default_factory=lambda: list(ROLES))
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.https, self.http = free_ports(2)
        self.server: subprocess.Popen | None = None
        self.log = self.folder / "server.log"
        self.read_so_far = 0
        self.visitors: dict[str, Visitor] = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.logins = self._fill()
        self.start()
        self._raise_limits_of_the_dashboard()
        self.pages = self._one_page_of_each_kind()

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.https}"

    @property
    def authority(self) -> Path:
        """Of the local authority where there is one, else the certificate that signed itself."""
        made = self.folder / "data" / "tls"
        return next(path for path in [made / "authority.pem", made / "self-signed.pem"] if path.is_file())

    def visitor(self, role: str, source: str = "127.0.0.1") -> Visitor:
        visitor = self.visitors.get(role)
        if visitor is None or not self.knows(visitor):
            visitor = self._sign_in(role) or self._restored()._sign_in(role)
            if visitor is None:
                raise RuntimeError(f"the {role} of the demo cannot sign in; see {self.log}")
            self.visitors[role] = visitor
        return visitor

    def tally(self) -> Tally:
        with self.log.open("rb") as log:
            log.seek(self.read_so_far)
            found = STATUS.findall(log.read())
            self.read_so_far = log.tell()
        return Tally(len(found), sum(answer[0] in (b"403", b"429") and answer not in LOOK_FIRST for answer in found))

    def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "LOCUTORY_SITE__ADDRESS": self.origin,
            "LOCUTORY_LISTEN__ADDRESS": f"127.0.0.1:{self.https}",
            "LOCUTORY_LISTEN__REDIRECT_ADDRESS": f"127.0.0.1:{self.http}",
            "LOCUTORY_DATA__FOLDER": str(self.folder / "data"),
            **SETTINGS,
        }
        self.forgetting = Forgetting(self.folder / "data" / "locutory.db")
        with self.log.open("ab") as log:
            self.server = subprocess.Popen([self.binary, "serve", "--migrate"], cwd=self.folder, env=environment, stdout=log, stderr=log)
        wait_until(self._stands, START, f"the start of the server (its log is {self.log})")
        self.forgetting.start()

    def stop(self) -> None:
        self.forgetting.stop()
        if self.server and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(STOP)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    def restore(self) -> None:
        """Everything as it was after the demo, and nobody signed in. The certificate stays: judges know it."""
        self.stop()
        data = self.folder / "data"
        for path in data.glob("locutory.db*"):
            path.unlink()
        shutil.copy2(self.folder / "first-state.db", data / "locutory.db")
        self.visitors.clear()
        self.start()

    def _restored(self) -> "Community":
        self.restore()
        return self

    def _fill(self) -> list[Login]:
        log = self.folder / "demo.log"
        with log.open("wb") as out:
            demo = subprocess.Popen(
                [self.binary, "demo", "--data", self.folder / "data", "--listen", "127.0.0.1:0"], stdout=out, stderr=out
            )
        try:
            wait_until(lambda: len(LOGIN.findall(log.read_text())) >= 4 or demo.poll() is not None, START, "the demo")
        finally:
            demo.terminate()
            demo.wait(STOP)
        logins = [Login(*found) for found in LOGIN.findall(log.read_text())]
        if not logins:
            raise RuntimeError(f"the demo printed no logins:\n{log.read_text()}")
        self._prepare(logins)
        return logins

    def _prepare(self, logins: list[Login]) -> None:
        """The demo sends no letters, and nobody waits at its door: without these there would be fewer forms."""
        database = sqlite3.connect(self.folder / "data" / "locutory.db")
        with database:
            database.execute("UPDATE users SET email_verified_at = created_at")
            names = ", ".join("?" for _ in logins)
            database.execute(
                "UPDATE users SET awaiting_since = created_at, application = 'Hello' WHERE id = "
                f"(SELECT MAX(id) FROM users WHERE suspended_at IS NULL AND name NOT IN ({names}))",
                [login.name for login in logins],
            )
        database.close()

    def _raise_limits_of_the_dashboard(self) -> None:
        admin = self.visitor("admin")
        form = next(form for form in _forms(admin, "/admin/settings") if form.action.endswith("/site/save_settings"))
        answer = admin.send(form.action, {**form.values(), **SITE_SETTINGS})
        if answer.status != 303 or "problem" in answer.headers.get("location", ""):
            raise RuntimeError(f"the settings of the site were refused: {answer.status}, {answer.text[:400]}")
        invite = next(form for form in _forms(admin, "/admin/joining") if form.action.endswith("/accounts/invite"))
        admin.send(invite.action, invite.values())
        self.stop()
        shutil.copy2(self.folder / "data" / "locutory.db", self.folder / "first-state.db")
        self.start()

    def _stands(self) -> bool:
        if self.server.poll() is not None:
            raise RuntimeError(f"the server ended at once:\n{self.log.read_text()[-2000:]}")
        try:
            return Visitor(self.origin, "guest").ask("/healthz").status == 200
        except OSError:
            return False

    def _sign_in(self, role: str) -> Visitor | None:
        visitor = Visitor(self.origin, role)
        if role == "guest":
            return visitor
        login = next(login for login in self.logins if login.role == role)
        form = next(form for form in _forms(visitor, "/sign-in") if form.action.endswith("/accounts/sign_in"))
        visitor.send(form.action, {**form.values(), "login": login.name, "password": login.password})
        return visitor if self.knows(visitor) else None

    def knows(self, visitor: Visitor) -> bool:
        if visitor.role == "guest":
            return True
        page = {"member": "/account", "moderator": "/admin/comments", "admin": "/admin/settings"}[visitor.role]
        return visitor.ask(page).status == 200

    def _one_page_of_each_kind(self) -> list[Page]:
        listing = self.visitor("guest").ask("/").text
        discussion = re.search(r'href="(/d/\d+)', listing)[1]
        person = re.search(r'href="(/u/[^"?#]+)', self.visitor("guest").ask(discussion).text)[1]
        comment = re.search(r'href="(/c/\d+/reply)', self.visitor("member").ask(discussion).text)[1]
        return [
            Page("home", "/"),
            Page("sign-in", "/sign-in"),
            Page("discussion", discussion),
            Page("person", person),
            Page("register", "/register"),
            Page("forgotten", "/forgotten"),
            Page("nothing", "/no-such-page", status=404),
            Page("home, signed in", "/", "member"),
            Page("new", "/new", "member"),
            Page("reply", comment, "member"),
            Page("account", "/account", "member"),
            Page("security", "/account/security", "member"),
            Page("sessions", "/account/sessions", "member"),
            Page("own data", "/account/data", "member"),
            Page("e-mail", "/account/email", "member"),
            Page("proof", "/prove", "member"),
            Page("moderation", "/admin/comments", "moderator"),
            Page("discussions", "/admin/discussions", "moderator"),
            Page("joining", "/admin/joining", "moderator"),
            Page("overview", "/admin", "admin"),
            Page("people", "/admin/users", "admin"),
            Page("somebody", "/admin/users/2", "admin"),
            Page("letters", "/admin/letters", "admin"),
            Page("settings", "/admin/settings", "admin"),
            Page("reports of browsers", "/admin/reports", "admin"),
            Page("audit", "/admin/audit", "admin"),
        ]


class Forgetting(threading.Thread):
    """Has the server forget what it has counted against whoever asks much, as the passing of time would."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.over = threading.Event()

    def run(self) -> None:
        database = sqlite3.connect(self.database, timeout=30)
        while not self.over.wait(FORGETS_EVERY):
            with database:
                database.execute("DELETE FROM throttles")
                # While an archive is being made, nobody may ask for another.
                database.execute("DELETE FROM exports")
                # How many are started an hour is counted by the discussions themselves.
                database.execute(
                    "UPDATE discussions SET created_at = created_at - ? WHERE created_at > ? AND id <= (SELECT MAX(id) FROM discussions) - ?",
                    (HOUR, time.time() * 1000 - HOUR, KEPT_YOUNG),
                )
        database.close()

    def stop(self) -> None:
        self.over.set()
        if self.is_alive():
            self.join()


def _forms(visitor: Visitor, path: str):
    from crawl import forms_of

    return forms_of(visitor.ask(path).text, path)
