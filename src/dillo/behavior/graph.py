"""What the nodes of a behavior make together: whether every path is one that a call can take."""

from collections.abc import Iterable, Mapping

from dillo.behavior.machine import Node
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.report import Report

_SHOWN = 10


def check_loops(nodes: Mapping[str, Node], report: Report) -> None:
    """Report the loops without a node that waits for the caller: they would never end."""
    busy = {number: node for number, node in nodes.items() if not node.waits_for_caller}
    edges = {
        number: [to for to in node.exits() if to is not None and to in busy]
        for number, node in busy.items()
    }
    for component in _components(edges):
        first = min(component, key=int)
        if len(component) == 1 and first not in edges[first]:
            continue
        report.error(first, "", _spinning(sorted(component, key=int)))


def _spinning(numbers: list[str]) -> str:
    shown = ", ".join(numbers[:_SHOWN]) + (", …" if len(numbers) > _SHOWN else "")
    who = f"nodes {shown} lead back to each other" if len(numbers) > 1 else "leads back to itself"
    return f"{who} without waiting for the caller: a Menu, Collect or Record is expected between"


def check_paths(nodes: Mapping[str, Node], report: Report) -> None:
    """Warn of nodes that no path leads to, and of questions that lead nowhere."""
    reachable = _closure(["0"], {number: node.exits() for number, node in nodes.items()})
    for number in nodes:
        if number not in reachable:
            report.warning(number, "", "is unreachable: no path from node 0 leads here")
    ending = _ending(nodes)
    for number, node in nodes.items():
        if isinstance(node, AskingNode):
            _check_way_out(node, number in ending, report)


def _check_way_out(node: AskingNode, can_end: bool, report: Report) -> None:
    if not any(node.exits()):
        message = "has no way out but hanging up: a NextNode is expected"
    elif not can_end:
        message = "has no way out but hanging up: all that follows leads back here"
    else:
        return
    report.warning(node.number, "", message)


def _ending(nodes: Mapping[str, Node]) -> set[str]:
    """Return the nodes from which some path comes to an end other than the caller's hanging up."""
    backwards: dict[str, list[str]] = {number: [] for number in nodes}
    for number, node in nodes.items():
        for target in node.exits():
            if target in backwards:
                backwards[target].append(number)
    ends = [number for number, node in nodes.items() if not all(node.exits() or (None,))]
    return _closure(ends, backwards)


def _closure(starts: Iterable[str], edges: Mapping[str, Iterable[str | None]]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [to for to in edges.get(number, ()) if to is not None]
    return found


def _components(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Return the strongly connected components (Kosaraju; no recursion, graphs may be deep)."""
    backwards: dict[str, list[str]] = {number: [] for number in edges}
    for number, targets in edges.items():
        for target in targets:
            backwards[target].append(number)
    components: list[list[str]] = []
    seen: set[str] = set()
    for root in reversed(_postorder(edges)):
        component = _unseen_from(root, backwards, seen)
        if component:
            components.append(component)
    return components


def _unseen_from(root: str, edges: Mapping[str, list[str]], seen: set[str]) -> list[str]:
    found: list[str] = []
    waiting = [root]
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            found.append(number)
            waiting += edges[number]
    return found


def _postorder(edges: Mapping[str, list[str]]) -> list[str]:
    order: list[str] = []
    seen: set[str] = set()
    for root in edges:
        trail = [(root, iter(edges[root]))] if root not in seen else []
        seen.add(root)
        while trail:
            number, targets = trail[-1]
            following = next((to for to in targets if to not in seen), None)
            if following is None:
                order.append(number)
                trail.pop()
            else:
                seen.add(following)
                trail.append((following, iter(edges[following])))
    return order
