"""What MkDocs calls, in the order it calls it: the policies are checked, pages added, menus laid out, search split.

Reads: the folder of policies, `mkdocs.yml`, the pages of `docs_dir`.
Gives: `PolicyEnginePlugin`. No file is written into the sources.
"""

import datetime
from collections.abc import Hashable, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Literal

import jinja2
from mkdocs.config import config_options as options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils import get_build_datetime, get_relative_url, is_markdown_file
from mkdocs.utils.templates import TemplateContext

from policyengine.decide import Policies
from policyengine.plan import FIRST, LAST
from policyengine.site.book import Book
from policyengine.site.compiling import Compiler, shown
from policyengine.site.menus import menu, paths
from policyengine.site.outputs import STYLES, home_of, outputs
from policyengine.site.pages import Page, pages
from policyengine.site.plugin.keeping import CompiledTemplates, Keeper
from policyengine.site.plugin.navigation import navigation
from policyengine.site.plugin.page import PolicyPage, kept_file
from policyengine.site.search import split_by_language
from policyengine.site.view import View
from policyengine.site.written import prepared

log = get_plugin_logger("policyengine")

_CHANGELOG = "changelog.md"


class Options(Config):  # type: ignore[no-untyped-call]  # MkDocs is typed, but for this
    """What `mkdocs.yml` may say under `policyengine`."""

    policies = options.Type(str, default="policies")
    """The folder of policies, beside `mkdocs.yml`."""
    today = options.Optional(options.Type((str, datetime.date)))
    """The day the site is made for, when it is not the day it is made on."""
    changelog = options.Optional(options.Type(str))
    """A file beside `mkdocs.yml` that becomes the page `changelog.md`."""
    menus = options.Type(dict, default={})
    """The titles of `nav` in other languages: `{id: {Changelog: Catatan perubahan}}`."""


class PolicyEnginePlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]  # as above
    """Makes the pages. One instance lives through all rebuilds of `mkdocs serve`."""

    def __init__(self) -> None:
        self._compiler = Compiler()
        self._last_good: Policies | None = None
        self._views: dict[str, View] = {}
        self._urls: dict[str, dict[str, str]] = {}
        """The addresses of the pages by path, for each language."""
        self._addresses: dict[str, str] = {}
        """The addresses of all pages by their path in the sources."""
        self._navs: dict[str, Navigation] = {}
        self._changelog: str | None = None
        self._bytecode = CompiledTemplates()
        self._keeper: Keeper | None = None
        self._made_from: dict[str, Hashable] = {}
        """What each page of this build is made from, by its address."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Be kept: MkDocs keeps the instances that have this event. Under `serve`, keep pages too."""
        self._keeper = Keeper() if command == "serve" else None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Check the policies; mistakes are told, and end a build before it touches the last site."""
        folder = self._beside(config, self.config.policies)
        preview = self._keeper is not None
        policies = self._compiler.compile(folder, log, site_url=config.site_url or "", preview=preview)
        if policies is None and preview:
            # after a build that failed, `mkdocs serve` answers nothing until one succeeds: the last good policies stay
            policies = self._last_good
        if policies is None:
            raise Abort("the policies have errors, see above")
        self._last_good = policies
        self._changelog = self._found_changelog(config)
        book = Book(policies, self._today(), shown(folder))
        self._views = {language: View(book, language) for language in policies.words}
        config.extra_css = [*config.extra_css, *STYLES]
        config.extra["policyengine"] = {"home": "", "feed": ""}
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages of the policies, and everything else that the site has of them."""
        self._urls = {language: {} for language in self._views}
        self._made_from = {}
        if self._keeper is not None:
            self._keeper.start()
        told = Path(config.config_file_path).read_text("utf-8")
        for view in self._views.values():
            in_menu = paths(menu(view, home_of(view), [], {}, lambda _: False))
            for page in pages(view):
                uri = f"{home_of(view)}{page.path}index.md"
                written = files.get_file_from_path(uri)
                if written is not None:
                    files.remove(written)
                    log.warning("`%s` is written by hand, and left out: that page is made from policies", uri)
                files.append(self._page(page, view, uri, config, told, may_be_kept=uri not in in_menu))
        for uri, made in outputs(self._views, self._urls, config.site_url or "").items():
            files.append(_file(config, uri, made()))
        if self._changelog is not None:
            files.append(_file(config, _CHANGELOG, self._changelog))
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Lay out a menu for each language."""
        found = (file for file in files if is_markdown_file(file.src_uri))
        self._addresses = {file.src_uri: file.url for file in found}
        for language, view in self._views.items():
            titles = self._titles(language)
            lines = menu(view, home_of(view), config.nav or [], titles, self._addresses.__contains__)
            self._navs[language] = navigation(lines, files, config, home_of(view))
        return self._navs[next(iter(self._views))]

    def on_page_markdown(self, markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files) -> str:
        """Prepare pages that were written by hand."""
        uri = page.file.src_uri
        if not markdown:
            return markdown
        docs = Path(config.docs_dir)
        return prepared(markdown, uri, self._language(uri), lambda path: (docs / path).exists())

    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Lay our template over Material's."""
        if config.theme.name == "material" and env.loader is not None:
            overrides = jinja2.PackageLoader("policyengine.site", "material")
            env.loader = jinja2.ChoiceLoader([overrides, env.loader])
        env.bytecode_cache = self._bytecode
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: SitePage, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give a page its language's menu, and the way to the same page in other languages."""
        language = self._language(page.file.src_uri)
        view = self._views[language]
        config.theme["language"] = config.theme["locale"] = language  # Material's word for it, and the others'
        if config.theme.name == "mkdocs":  # its search looks for the index below this
            context["base_url"] = get_relative_url(home_of(view) or ".", page.url)
        config.extra["alternate"] = list(self._alternates(page))
        config.extra["policyengine"] = {"home": home_of(view), "feed": view.texts["changes"]["title"]}
        context["nav"] = self._navs[language]
        return context

    @event_priority(-100)  # when all others are done with the page
    def on_post_page(self, output: str, *, page: SitePage, config: MkDocsConfig) -> str:
        """Keep the finished page."""
        if self._keeper is not None and page.file.url in self._made_from:
            self._keeper.keep(page.file.url, self._made_from[page.file.url], output)
        return output

    @event_priority(-100)  # after the search plugin, which writes the index
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Let each language search its own pages."""
        if self._keeper is not None:
            self._keeper.complete_search(Path(config.site_dir))
        split_by_language(Path(config.site_dir), [home_of(view) for view in self._views.values()])

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Rebuild when a policy changes."""
        server.watch(str(self._beside(config, self.config.policies)))
        if self.config.changelog is not None:
            server.watch(str(self._beside(config, self.config.changelog)))
        return server

    def _page(self, page: Page, view: View, uri: str, config: MkDocsConfig, told: str, *, may_be_kept: bool) -> File:
        """Give a page to be made, or the finished one of the last build; `told` is what `mkdocs.yml` says."""
        file = _file(config, uri, "")
        urls = self._urls[view.language]
        urls[page.path] = file.url
        state = view.book.state(view.book.programs if page.reads is None else page.reads)
        self._made_from[file.url] = (told, state)
        if self._keeper is not None and may_be_kept:
            kept = self._keeper.page(file.url, (told, state))
            if kept is not None:
                return kept_file(config, file, kept)
        PolicyPage(page, view, file, config, urls)
        return file

    def _found_changelog(self, config: MkDocsConfig) -> str | None:
        """Read the changelog; while one looks at a preview, a missing one is only told."""
        name = self.config.changelog
        if name is None:
            return None
        path = self._beside(config, name)
        if path.is_file():
            return path.read_text("utf-8")
        message = f"`changelog` names `{name}`, and there is no such file"
        if self._keeper is None:
            raise Abort(message)
        log.error(message)
        return self._changelog or ""

    def _today(self) -> datetime.date:
        said = self.config.today
        if said is None:
            return get_build_datetime().date()
        try:
            day = said if type(said) is datetime.date else datetime.date.fromisoformat(str(said))
        except ValueError:
            raise Abort(f"`today` is `{said}`, and no day; one is written year-month-day: 2024-05-01") from None
        if not FIRST <= day <= LAST:
            raise Abort(f"`today` is `{said}`; a day lies between {FIRST} and {LAST}")
        return day

    def _titles(self, language: str) -> Mapping[str, str]:
        """Give the titles of `nav` in a language."""
        for name, titles in self.config.menus.items():
            if name not in self._views:
                log.warning("`menus` has titles in `%s`, which the policies do not have", name)
            if not isinstance(titles, dict):
                raise Abort(f"`menus` maps a title to another for `{name}`, like {{Changelog: Catatan perubahan}}")
        found: Mapping[str, str] = self.config.menus.get(language, {})
        return found

    def _beside(self, config: MkDocsConfig, name: str) -> Path:
        return Path(config.config_file_path).parent / name

    def _language(self, uri: str) -> str:
        """Give the language of a page, by its folder."""
        folder = uri.partition("/")[0]
        return folder if folder in self._views else next(iter(self._views))

    def _alternates(self, page: SitePage) -> Iterable[dict[str, str]]:
        """Give the page's address in each language, or the language's home page when it has no such page."""
        uri = page.file.src_uri
        plain = uri.removeprefix(home_of(self._views[self._language(uri)]))
        for language, view in self._views.items():
            url = self._addresses.get(f"{home_of(view)}{plain}", self._urls[language][""])
            # themes put the name into HTML as it is
            yield {"name": escape(view.words.language.name), "link": url or ".", "lang": language}


def _file(config: MkDocsConfig, uri: str, content: str) -> File:
    return File.generated(config, uri, content=content, inclusion=InclusionLevel.NOT_IN_NAV)
