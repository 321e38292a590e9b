"""The docs site: every page that is made from policies, and from what the engine says of itself."""
