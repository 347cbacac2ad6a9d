"""What the nodes of a behavior make together: whether every path is one that a call can take."""

from collections.abc import Callable, Iterable, Mapping

from dillo.behavior.machine import Node
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.report import Report

_SHOWN = 10

Ways = Callable[[Node], Iterable[str | None]]


def check_loops(nodes: Mapping[str, Node], report: Report) -> None:
    """Report the loops without a node that waits for the caller: they would never end."""
    busy = {number: node for number, node in nodes.items() if not node.waits_for_caller}
    for loop in loops(busy):
        missing = "without waiting for the caller: a Menu, Collect or Record is expected between"
        report.error(loop[0], "", f"{_led_back(loop)} {missing}")


def loops(
    nodes: Mapping[str, Node], ways: Ways = lambda node: node.exits()
) -> list[tuple[str, ...]]:
    """Return the groups of nodes that lead back to each other, a node to itself included."""
    edges = edges_of(nodes, ways)
    components = [tuple(sorted(component, key=int)) for component in _components(edges)]
    return [each for each in components if len(each) > 1 or each[0] in edges[each[0]]]


def edges_of(
    nodes: Mapping[str, Node], ways: Ways = lambda node: node.exits()
) -> dict[str, list[str]]:
    """Return the nodes that follow each node."""
    return {
        number: [to for to in ways(node) if to is not None and to in nodes]
        for number, node in nodes.items()
    }


def _led_back(loop: tuple[str, ...]) -> str:
    if len(loop) == 1:
        return "leads back to itself"
    shown = ", ".join(loop[:_SHOWN]) + (", …" if len(loop) > _SHOWN else "")
    return f"nodes {shown} lead back to each other"


def check_paths(nodes: Mapping[str, Node], report: Report) -> None:
    """Warn of nodes that no path leads to, and of questions that lead nowhere."""
    reachable = reachable_from_start(nodes)
    # A webhook may send the flow to any node.
    is_steered = any(nodes[number].asks_others for number in reachable)
    for number in nodes:
        if number not in reachable and not is_steered:
            report.warning(number, "", "is unreachable: no path from node 0 leads here")
    ending = _ending(nodes)
    for number, node in nodes.items():
        if isinstance(node, AskingNode):
            _check_way_out(node, number in ending, report)
    for loop in loops(nodes, lambda node: node.when_silent()):
        if ending.issuperset(loop):
            message = f"{_led_back(loop)} for ever when the caller does nothing"
            report.warning(loop[0], "", message)


def reachable_from_start(nodes: Mapping[str, Node]) -> set[str]:
    """Return the nodes that a path from node 0 leads to."""
    return _closure(["0"], edges_of(nodes))


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


def _closure(starts: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += edges.get(number, ())
    return found


def _components(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Return the strongly connected components (Kosaraju; no recursion, graphs may be deep)."""
    backwards: dict[str, list[str]] = {number: [] for number in edges}
    for number, targets in edges.items():
        for target in targets:
            backwards[target].append(number)
    components: list[list[str]] = []
    seen: set[str] = set()
    for root in reversed(postorder(edges)):
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


def postorder(edges: Mapping[str, list[str]]) -> list[str]:
    """Return the nodes so that each comes after all that follow it, but for those in a loop."""
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
