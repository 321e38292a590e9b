"""The tree of regions: chains from the root down, and membership in a list of nodes.

Gives: `RegionTree`, frozen and without cycles (resolution reports those before it builds one).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RegionTree:
    """The nodes and what each is part of; the root is part of nothing."""

    parents: Mapping[str, str | None]
    chains: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        chains: dict[str, tuple[str, ...]] = {}
        for region in self.parents:
            chain: list[str] = []
            node: str | None = region
            while node is not None:
                chain.insert(0, node)
                node = self.parents[node]
            chains[region] = tuple(chain)
        object.__setattr__(self, "chains", chains)

    def __contains__(self, region: object) -> bool:
        return region in self.parents

    def chain(self, region: str) -> tuple[str, ...]:
        """Give a region's layers, widest first, itself last."""
        return self.chains[region]

    def membership(self, members: Iterable[str], *, open_: bool) -> dict[str, bool | None]:
        """Say of each region whether it is in a list: met, unmet, or unknown (None).

        A region is in a list that has it or an ancestor of it. One wider than a listed one is unknown; so is any
        other when the list is open.
        """
        listed = frozenset(members)
        wider = {node for member in listed for node in self.chains[member]} - listed
        truth: dict[str, bool | None] = {}
        for region, chain in self.chains.items():
            if not listed.isdisjoint(chain):
                truth[region] = True
            elif region in wider or open_:
                truth[region] = None
            else:
                truth[region] = False
        return truth

    def below(self, layers: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Give for each of some layers the regions that it decides for, which have none nearer; countries first."""
        found: dict[str, list[str]] = {layer: [] for layer in layers}
        for region in sorted(self.parents, key=lambda region: (is_group(region), len(region), region)):
            layer = next((each for each in reversed(self.chains[region]) if each in found), None)
            if layer is not None:
                found[layer].append(region)
        return {layer: tuple(regions) for layer, regions in found.items()}


def is_group(region: str) -> bool:
    """Say whether a node is a group, by its name: groups and the root are lower case, codes are upper case."""
    return region[0].islower()
