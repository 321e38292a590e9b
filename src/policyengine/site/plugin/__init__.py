"""The docs site as a plugin of MkDocs. MkDocs' home.

Gives: `PolicyEnginePlugin`, named by an entry point of the group `mkdocs.plugins`.

Front to back: `events` is what MkDocs calls; `page` is a page that renders itself, `navigation` the menus as MkDocs
has them.
"""

from policyengine.site.plugin.events import PolicyEnginePlugin

__all__ = ["PolicyEnginePlugin"]
