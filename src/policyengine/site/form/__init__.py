"""Check yourself: the form in the pages of the docs site, decided where it is read.

Reads: `Policies`, a language, where pages stand.
Gives: `words_module`, an ES module of all that the form says in one language; `form_scripts` and `form_styles`, the
files that every page shares.
Never: decides. The program's module of the JavaScript target does, in the page; facts never leave it.

A page holds a `section.pe-check` and loads `check-yourself.js`, which fills it. What stands in the address behind `#`
are answers. Front to back: `words` gathers what is said: `facts` what is asked, `rules` what is answered; `texts` are
our own words; `script` writes it all down for a browser.
"""

from policyengine.site.form.files import form_scripts, form_styles
from policyengine.site.form.words import Urls, words_module

__all__ = ["Urls", "form_scripts", "form_styles", "words_module"]
