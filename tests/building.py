"""Docs sites, built with the real command, and their pages as trees. Not a test.

The day of a site is fixed through `SOURCE_DATE_EPOCH`: what is shown as in force does not depend on the day of the run.
"""

import atexit
import datetime
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
BASE = ROOT / "tests" / "errors" / "_base"
TODAY = datetime.date(2026, 1, 15)
"""The day that sites are made for; every shipped version is in force or over."""

_CONFIG = """\
site_name: A site
docs_dir: docs
theme: {{name: {theme}{more}}}
plugins:
  - search
  - policyengine: {{policies: policies, today: {today}}}
validation: {{omitted_files: ignore}}
{options}
"""
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


# building


@dataclass(frozen=True)
class Run:
    """How a command ended, and all that it wrote."""

    code: int
    output: str

    @property
    def complaints(self) -> list[str]:
        """The warnings and errors among what was written."""
        return [line for line in self.output.splitlines() if line.startswith(("WARNING", "ERROR", "Traceback"))]


def mkdocs(project: Path, *arguments: str | Path) -> Run:
    """Run `mkdocs` in a project's folder, as its author does."""
    command = [sys.executable, "-m", "mkdocs", *map(str, arguments)]
    run = subprocess.run(
        command,
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return Run(run.returncode, run.stdout)


def environment() -> dict[str, str]:
    """Give what a command of MkDocs runs in: a fixed day, no banner, no colours."""
    noon = datetime.datetime.combine(TODAY, datetime.time(12), datetime.UTC)
    fixed = {"SOURCE_DATE_EPOCH": str(int(noon.timestamp())), "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
    return {**os.environ, **fixed}


def project(
    folder: Path,
    policies: Mapping[str, str] | None = None,
    *,
    theme: str = "material",
    today: datetime.date = TODAY,
    options: str = "",
    docs: Mapping[str, str] | None = None,
) -> Path:
    """Write a project: the policies of `tests/errors/_base` with these files instead or besides, and `mkdocs.yml`."""
    shutil.copytree(BASE, folder / "policies")
    more = ", font: false" if theme == "material" else ", highlightjs: false"
    config = _CONFIG.format(theme=theme, more=more, today=today, options=options)
    texts = {"mkdocs.yml": config, "docs/by-hand.md": "# By hand\n\nWritten by hand.\n"}
    texts |= {f"policies/{path}": text for path, text in (policies or {}).items()}
    texts |= {f"docs/{path}": text for path, text in (docs or {}).items()}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def built(folder: Path, *arguments: str) -> "Site":
    """Build a project's site with the command; its messages, if any, are the failure."""
    # never `--quiet`: MkDocs then counts no warnings, and `--strict` ends nothing
    run = mkdocs(folder, "build", "--strict", *arguments)
    assert run.code == 0, run.output
    assert not run.complaints, run.output
    return Site(folder / "site")


def temporary() -> Path:
    """Give a folder that lives as long as this process: for sites that several tests read."""
    folder = TemporaryDirectory(prefix="policyengine-site-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@dataclass
class Serving:
    """A running `mkdocs serve`: where it listens, and the file that holds all that it writes."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def output(self) -> str:
        """All that it has written."""
        return self.log.read_text("utf-8")

    def page(self, address: str) -> str:
        """Fetch a page; "" while there is none."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/{address}", timeout=10) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            return ""

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; the end of the process, or of patience, is a failure that shows its output."""
        end = time.monotonic() + 120
        while not holds():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < end, self.output
            time.sleep(0.05)


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[Serving]:
    """Run `mkdocs serve` in a project on a free port, once its first site is up; end it as Ctrl-C does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=out, stderr=subprocess.STDOUT)
    server = Serving(process, port, log)
    try:
        server.until(lambda: bool(server.page("")))
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            process.kill()


@dataclass(frozen=True)
class Shipped:
    """The shipped site, the run that built it, and whether `docs/` and `policies/` were changed by that."""

    site: "Site"
    run: Run
    sources_before: str
    sources_after: str


@cache
def shipped() -> Shipped:
    """Build the shipped site once, outside the repository."""
    site = temporary() / "site"
    before = _sources()
    run = mkdocs(ROOT, "build", "--strict", "--site-dir", site)
    return Shipped(Site(site), run, before, _sources())


def _sources() -> str:
    """Say which files stand in the sources of the site, when they were changed, and how large they are."""
    files = (path for name in ("docs", "policies") for path in sorted((ROOT / name).rglob("*")) if path.is_file())
    return "\n".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in files)


# reading


@dataclass(frozen=True)
class Site:
    """A built site. Addresses are as a browser has them: `programs/series/` is `programs/series/index.html`."""

    folder: Path
    _trees: dict[str, "Node"] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """The HTML of every page, by its address."""
        paths = sorted(self.folder.rglob("*.html"))
        return {self._address(path): path.read_text("utf-8") for path in paths}

    @cached_property
    def files(self) -> frozenset[str]:
        """Every file, by its path."""
        return frozenset(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())

    @cached_property
    def heads(self) -> Mapping[str, "Tags"]:
        """The tags of every page in the order they stand, by its address."""
        return {address: tags(html) for address, html in self.pages.items()}

    @cached_property
    def anchors(self) -> Mapping[str, Collection[str]]:
        """The anchors of every page, by its address, in the order they stand."""
        return {
            address: [tag[name] for _, tag in found for name in ("id", "name") if name in tag]
            for address, found in self.heads.items()
        }

    def tree(self, address: str) -> "Node":
        """Give a page as a tree."""
        if address not in self._trees:
            self._trees[address] = tree(self.pages[address])
        return self._trees[address]

    def content(self, address: str) -> "Node":
        """Give what a page of the policies says, without menus."""
        return self.tree(address).one("div", "pe-page")

    def text(self, path: str) -> str:
        """Read a file."""
        return (self.folder / path).read_text("utf-8")

    def _address(self, path: Path) -> str:
        name = path.relative_to(self.folder).as_posix()
        return name.removesuffix("index.html") if f"/{name}".endswith("/index.html") else name


Tags = Sequence[tuple[str, Mapping[str, str]]]


def tags(html: str) -> Tags:
    """Give every start tag of a page, with its attributes."""
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return reader.found


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Mapping[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@dataclass(eq=False)
class Node:
    """An element of a page."""

    tag: str
    attributes: Mapping[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def __iter__(self) -> Iterator["Node"]:
        """Go through the element and all below it, in the order they stand."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child

    def all(self, tag: str = "", class_: str = "", **attributes: str) -> list["Node"]:
        """Find elements below by tag, class, or attributes."""
        return [
            node
            for node in self
            if (not tag or node.tag == tag)
            and (not class_ or class_ in node.attributes.get("class", "").split())
            and all(node.attributes.get(name) == value for name, value in attributes.items())
        ]

    def one(self, tag: str = "", class_: str = "", **attributes: str) -> "Node":
        """Find the one element below that fits."""
        found = self.all(tag, class_, **attributes)
        assert len(found) == 1, (tag, class_, attributes, len(found))
        return found[0]

    def section(self, anchor: str) -> "Node":
        """Give what stands below a heading of level 2, up to the next one."""
        heads = [n for n, child in enumerate(self.children) if isinstance(child, Node) and child.tag == "h2"]
        for start, end in pairwise((*heads, len(self.children))):
            head = self.children[start]
            if isinstance(head, Node) and head.attributes.get("id") == anchor:
                return Node("#section", {}, self.children[start + 1 : end])
        raise AssertionError(anchor)

    @property
    def text(self) -> str:
        """All text, with blanks as a browser shows them."""
        return squeezed("".join(self.pieces()))

    def pieces(self) -> Iterator[str]:
        """Give the pieces of text as they stand."""
        for child in self.children:
            if isinstance(child, Node):
                yield from child.pieces()
            else:
                yield child


def squeezed(text: str) -> str:
    """Give a text with each stretch of blanks as one."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def tree(html: str) -> Node:
    """Read a page; an element that is not closed where it was opened is a mistake of the page."""
    reader = _Tree()
    reader.feed(html)
    reader.close()
    assert [node.tag for node in reader.open] == ["#page"], [node.tag for node in reader.open]
    return reader.open[0]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("#page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


# links


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page, as it stands, and whither it leads: `address` is None outside of the site."""

    tag: str
    written: str
    address: str | None
    anchor: str
    attributes: Mapping[str, str]


def links(address: str, found: Tags) -> Iterator[Link]:
    """Give all that a page loads or links to."""
    for tag, attributes in found:
        for name in ("href", "src", "srcset", "action", "data", "poster", "formaction", "xlink:href"):
            if name in attributes:
                url = urlsplit(urljoin(f"https://site.invalid/{address}", attributes[name]))
                inside = url.netloc == "site.invalid"
                yield Link(tag, attributes[name], url.path[1:] if inside else None, url.fragment, attributes)


def led_to(site: Site, link: Link) -> str | None:
    """Give the page or file that a link within the site leads to; None when there is none, or its anchor is not."""
    if link.address is None:
        return None
    address = link.address.removesuffix("index.html") if f"/{link.address}".endswith("/index.html") else link.address
    if address in site.heads and "=" in link.anchor:  # answers, for the form of that page
        return address if any("data-checks" in tag for _, tag in site.heads[address]) else None
    if address in site.heads:
        return address if not link.anchor or link.anchor in site.anchors[address] else None
    return address if address in site.files else None


# comparing


def differences(first: Node, second: Node, mapped: Callable[[str], str]) -> Iterator[str]:
    """Say where two pages differ: other elements, attributes or texts than the first's with its texts `mapped`."""
    shapes = [(node.tag, list(node.attributes)) for node in (first, second)]
    if shapes[0] != shapes[1]:
        yield f"{shapes[0]} is {shapes[1]}"
        return
    for name, value in first.attributes.items():
        if mapped(value) != second.attributes[name]:
            yield f'{first.tag} {name}="{mapped(value)}" is "{second.attributes[name]}"'
    if first.attributes.get("type") == "application/json":
        if _strings(json.loads(first.text), mapped) != json.loads(second.text):
            yield f"<{first.tag}> holds other data: {second.text}"
        return
    if len(first.children) != len(second.children):
        yield f"<{first.tag}> {_outline(first)} has other contents: {_outline(second)}"
        return
    for one, other in zip(first.children, second.children, strict=True):
        if isinstance(one, Node) and isinstance(other, Node):
            yield from differences(one, other, mapped)
        elif isinstance(one, Node) or isinstance(other, Node):
            yield f"<{first.tag}>: {_outline(first)} is {_outline(second)}"
        elif mapped(one) != other:
            yield f"<{first.tag}>: {mapped(one)!r} is {other!r}"


def _strings(data: Any, mapped: Callable[[str], str]) -> Any:
    match data:
        case str():
            return mapped(data)
        case list():
            return [_strings(one, mapped) for one in data]
        case dict():
            return {mapped(name): _strings(one, mapped) for name, one in data.items()}
        case _:
            return data


def _outline(node: Node) -> list[Any]:
    return [child.tag if isinstance(child, Node) else child[:80] for child in node.children]
