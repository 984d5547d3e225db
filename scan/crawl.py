"""Finds every form and every query parameter that a visitor meets, by following the links of the pages.

Of pages that differ only in a number or a name, a few are read: what counts is that every *kind* of page is.
"""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from visitor import Visitor

PAGES_OF_A_KIND = 12
MOST_PAGES = 400


@dataclass
class Form:
    page: str
    method: str
    action: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and type."""

    def values(self) -> dict[str, str]:
        """As the browser would send them untouched."""
        return {name: value for name, value, kind in self.fields if kind != "unchecked"}

    def kind(self) -> tuple:
        return self.method, kind_of(self.action), tuple(sorted({name for name, _, _ in self.fields}))


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.outside: dict[str, Form] = {}
        self.form: Form | None = None
        self.other_ways: list[tuple[Form, str]] = []
        """Buttons that send a form elsewhere than its other buttons do."""
        self.text_area: str | None = None
        self.choice: str | None = None
        self.chosen: set[str] = set()

    def handle_starttag(self, tag, attributes) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            action = urljoin(self.page, given.get("action", ""))
            self.form = Form(self.page, given.get("method", "get").upper(), action)
            self.forms.append(self.form)
        elif self.form is not None:
            self._field(tag, given)

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.text_area = None
        elif tag == "select":
            self.choice = None

    def all_forms(self) -> list[Form]:
        """Each once for every address that it can be sent to."""
        return self.forms + [replace(form, action=action) for form, action in self.other_ways]

    def handle_data(self, data) -> None:
        if self.text_area is not None and self.form is not None:
            name, value, kind = self.form.fields[-1]
            self.form.fields[-1] = (name, value + data, kind)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        fields = self.form.fields
        if tag == "button" and given.get("formaction"):
            self.other_ways.append((self.form, urljoin(self.page, given["formaction"])))
        if tag == "select":
            self.choice = name
        elif tag == "option" and self.choice:
            if self.choice not in self.form.values() or "selected" in given:
                fields[:] = [entry for entry in fields if entry[0] != self.choice]
                fields.append((self.choice, given.get("value", ""), "choice"))
        elif not name:
            return
        elif tag == "textarea":
            self.text_area = name
            fields.append((name, "", "text"))
        elif tag == "button":
            if name not in self.form.values():
                fields.append((name, given.get("value", ""), "button"))
        elif tag == "input":
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in given:
                if all(name != known for known, _, _ in fields):
                    fields.append((name, given.get("value", "on"), "unchecked"))
                return
            fields[:] = [entry for entry in fields if entry[0] != name]
            fields.append((name, given.get("value", "on" if kind == "checkbox" else ""), kind))


@dataclass
class Found:
    forms: list[Form] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    """Paths with queries, one of each kind."""
    pages: int = 0


def forms_of(html: str, page: str) -> list[Form]:
    reader = Reader(page)
    reader.feed(html)
    return reader.all_forms()


def crawl(visitor: Visitor, starts: list[str]) -> Found:
    """Reads pages only: nothing is sent."""
    found, forms, queries = Found(), {}, {}
    waiting, seen, read = list(starts), set(starts), {}
    while waiting and found.pages < MOST_PAGES:
        path = waiting.pop(0)
        kind = page_kind(path)
        if read.get(kind, 0) >= PAGES_OF_A_KIND:
            continue
        read[kind] = read.get(kind, 0) + 1
        answer = visitor.ask(path)
        found.pages += 1
        reader = Reader(path)
        if answer.is_page:
            reader.feed(answer.text)
        elif "location" in answer.headers:
            reader.links.append(answer.headers["location"])
        for form in reader.all_forms():
            if form.method == "GET":
                reader.links.append(f"{form.action}?{'&'.join(f'{name}={value or 1}' for name, value in form.values().items())}")
            else:
                forms.setdefault(form.kind(), form)
        for link in reader.links:
            inner = _inner(visitor.origin, path, link)
            if inner is None:
                continue
            if "?" in inner:
                queries.setdefault(page_kind(inner), inner)
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    found.forms, found.queries = list(forms.values()), list(queries.values())
    return found


def kind_of(path: str) -> str:
    """A path with its numbers, names and tokens taken out."""
    path = re.sub(r"/\d+(?=/|$)", "/N", urlsplit(path).path)
    return re.sub(r"^/u/[^/]+", "/u/NAME", path)


def page_kind(path: str) -> tuple:
    return kind_of(path), tuple(sorted(name for name, _ in parse_qsl(urlsplit(path).query, keep_blank_values=True)))


def _inner(origin: str, page: str, link: str) -> str | None:
    whole = urlsplit(urljoin(origin + page, link))
    if f"{whole.scheme}://{whole.netloc}" != origin:
        return None
    path = whole.path + (f"?{whole.query}" if whole.query else "")
    # As a browser writes letters that no address may hold.
    return quote(path, safe="/?&=%+:@!$'()*,;~-._")
