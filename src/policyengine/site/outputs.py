"""Everything of the site that is no page: modules of JavaScript, styles, JSON copies, feeds.

Reads: `View`s, where pages are.
Gives: `outputs`, texts by their path within the site.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files

from policyengine.site import form
from policyengine.site.copies import copies
from policyengine.site.feed import feed
from policyengine.site.view import View
from policyengine.targets import javascript

ASSETS = "assets/policyengine"
STYLES = (f"{ASSETS}/policyengine.css", *(f"{ASSETS}/{name}" for name in form.form_styles()))
"""The style sheets that every page loads."""


def outputs(
    views: Mapping[str, View], urls: Mapping[str, Mapping[str, str]], site_url: str
) -> Mapping[str, Callable[[], str]]:
    """Give what makes each file; `urls` are the addresses of pages by path, for each language."""
    first = next(iter(views.values()))
    policies = first.book.policies
    compiled = policies.compiled
    found: dict[str, Callable[[], str]] = {}
    for name, text in (*javascript.scripts().items(), *form.form_scripts().items(), *form.form_styles().items()):
        found[f"{ASSETS}/{name}"] = partial(str, text)
    for name in ("policyengine.css", "compare.js"):
        found[f"{ASSETS}/{name}"] = partial(_own, name)
    for name, program in compiled.programs.items():
        found[f"{ASSETS}/programs/{name}.js"] = partial(
            javascript.program_module, program, compiled.timelines[name], compiled.tree, compiled.vocabulary
        )
    for language, view in views.items():
        places = _places(view, urls[language])
        found[f"{ASSETS}/words/{language}.js"] = partial(form.words_module, policies, language, places)
        home = home_of(view)
        found[f"{home}feed.xml"] = partial(feed, view, site_url, home, urls[language])
    return {**found, **copies(first.book)}


def home_of(view: View) -> str:
    """Give a language's root within the site: "" for the first language of the policies, else `id/`."""
    return "" if view.language == next(iter(view.book.policies.words)) else f"{view.language}/"


def _places(view: View, urls: Mapping[str, str]) -> form.Urls:
    """Give where the form may lead: to programs, and to the versions on the pages that show them."""
    programs = {name: urls[f"programs/{name}/"] for name in view.book.programs}
    versions = {}
    for name, timelines in view.book.policies.compiled.timelines.items():
        number = 0
        for region, timeline in timelines.items():
            page = urls[f"programs/{name}/" if region == view.book.root else f"programs/{name}/{region}/"]
            for interval in timeline:
                shown = view.book.on(name, region, interval.start)
                assert shown is not None
                versions[name, number] = f"{page}#v-{shown.start.isoformat()}"
                number += 1
    return form.Urls(programs, versions)


def _own(name: str) -> str:
    return files("policyengine.site").joinpath("assets", name).read_text("utf-8")
