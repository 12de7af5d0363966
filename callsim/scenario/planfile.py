"""Price plans in a file of their own: `currency:` and, under `plans:`, each by its name; some come with callsim."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from callsim import quantities, yamlfile
from callsim.errors import CallsimError, Problem, ScenarioError
from callsim.quantities import shown, wrong
from callsim.scenario.fields import IN_KEY, Reading, message_of, nearest
from callsim.scenario.plans import Tariff
from callsim.yamlfile import Entry, Mapping, Node, Scalar, placed

KEYS = ("currency", "plans")


def shipped() -> list[str]:
    """The names of the files of plans that come with callsim: `us`, `article`, ..."""
    return sorted(file.name.removesuffix(".yaml") for file in files("callsim").joinpath("plans").iterdir())


def plan_file(name: str, folder: Path) -> Path:
    """The file that a name stands for: one that is there, else one that comes with callsim."""
    path = folder / name
    if name in shipped() and not path.is_file():
        return Path(str(files("callsim").joinpath("plans", f"{name}.yaml")))
    return path


def load_plans(name: str, folder: Path = Path()) -> dict[str, Tariff]:
    """Read a file of plans. Raises CallsimError with every mistake in it, or where there is no such file."""
    problems: list[Problem] = []
    path = plan_file(name, folder)
    missing = _missing(name, path)
    if missing:
        raise CallsimError(f"--plans: expected {missing}")
    tree = _tree(path, problems)
    found: dict[str, Tariff] = {}
    for plan, (entry, currency) in _plans(tree, problems).items():
        data = yamlfile.plain(entry.node)
        context = Reading(None, currency, path.parent, {})
        if isinstance(data, dict) and currency is not None:
            data = {"currency": currency, **data}
        try:
            found[plan] = Tariff.model_validate(data, context=context)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                inside = ("plans", plan, *details["loc"])
                in_key = details["type"] == IN_KEY
                where = yamlfile.dotted(inside[:-1] if in_key else inside)
                problems.append(Problem(placed(tree, inside, in_key=in_key), where, message_of(details)))
    if problems:
        raise ScenarioError(problems)
    return found


def with_plans(tree: Mapping, folder: Path, currency: str | None, problems: list[Problem]) -> Mapping:
    """A scenario that names a file under `tariffs:`, with the plans of its currency there instead."""
    entry = tree.entries.get("tariffs")
    if entry is None or not isinstance(entry.node, Scalar) or not isinstance(entry.node.value, str):
        return tree
    if entry.node.text == "none" and entry.node.plain:
        return tree
    path = plan_file(entry.node.value, folder)
    missing = _missing(entry.node.value, path)
    if missing:
        # Without that file the rest cannot be judged.
        message = f"expected tariffs by name, or {missing}"
        raise ScenarioError([*problems, Problem(entry.node.place, "tariffs", message)])
    plans = _plans(_tree(path, problems), problems)
    ours = {plan: one for plan, (one, own) in plans.items() if currency is None or own in (currency, None)}
    if plans and not ours:
        # Without any plan every vendor would lack its own.
        held = " and ".join(dict.fromkeys(f"`{own}`" for _, own in plans.values()))
        message = f"expected plans in the currency of the scenario, `{currency}`, found plans in {held} in "
        message += f"`{shown(entry.node.value)}`: currencies are never mixed, so write plans of your own, or change it"
        raise ScenarioError([*problems, Problem(entry.node.place, "tariffs", message)])
    return Mapping({**tree.entries, "tariffs": Entry(entry.key, Mapping(ours, entry.node.place))}, tree.place)


def _missing(name: str, path: Path) -> str:
    """What to say where there is no such file, or nothing."""
    if path.is_file():
        return ""
    known = ", ".join(f"`{one}`" for one in shipped())
    near = yamlfile.near(path) or nearest(name, shipped())
    return f"a file of plans ({known} come with callsim), found `{shown(name)}`{near}"


def _tree(path: Path, problems: list[Problem]) -> Node:
    tree, found = yamlfile.look_over(path)
    problems.extend(found)
    if tree is None:
        raise ScenarioError(problems)
    return tree


def _plans(tree: Node, problems: list[Problem]) -> dict[str, tuple[Entry, str | None]]:
    """The entry of each plan, and its currency: its own, else the file's; None where neither can be read."""
    entries = tree.entries if isinstance(tree, Mapping) else {}
    for key, entry in entries.items():
        if key not in KEYS:
            message = f"unknown key `{shown(key)}`{nearest(key, KEYS) or ', expected one of ' + ', '.join(KEYS)}"
            problems.append(Problem(entry.key, "", message))
    node = entries["plans"].node if "plans" in entries else None
    if not isinstance(node, Mapping) or not node.entries:
        expected = "plans by name such as `plans: {pay as you go: {per_minute: 1 USD, bills: [talk]}}`"
        given = None if node is None else yamlfile.plain(node)
        problems.append(
            Problem(tree.place if node is None else node.place, "plans", str(wrong(expected, given or None)))
        )
        return {}
    common = _currency(tree, ("currency",), problems)
    found = {}
    for name, entry in node.entries.items():
        own = _currency(tree, ("plans", name, "currency"), problems)
        found[name] = (entry, own or common)
        if own is None and common is None and "currency" not in entries:
            message = "expected `currency:` such as `currency: USD`, here or at the top of the file, found nothing"
            problems.append(Problem(entry.key, yamlfile.dotted(("plans", name)), message))
    return found


def _currency(tree: Node, path: tuple[str, ...], problems: list[Problem]) -> str | None:
    """The currency that stands at a path; None where none does, or a wrong one."""
    node: Node | None = tree
    for step in path:
        entry = node.entries.get(step) if isinstance(node, Mapping) else None
        node = None if entry is None else entry.node
    if node is None:
        return None
    try:
        return quantities.currency_code(yamlfile.plain(node))
    except ValueError as error:
        if path == ("currency",):
            problems.append(Problem(node.place, "currency", str(error)))
        return None
