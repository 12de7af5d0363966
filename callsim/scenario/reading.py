"""A file becomes a study: its variants, each a scenario, or every mistake in it at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from callsim import quantities, yamlfile
from callsim.errors import Place, Problem, ScenarioError
from callsim.scenario import vocabulary
from callsim.scenario.checks import cross_check
from callsim.scenario.fields import IN_KEY, Path_, Reading, message_of
from callsim.scenario.planfile import with_plans
from callsim.scenario.vocabulary import Scenario
from callsim.yamlfile import Entry, Mapping, Node, Scalar

SECTIONS: dict[str, tuple[str, type[BaseModel]]] = {
    "sources": ("source", vocabulary.Source),
    "menus": ("menu", vocabulary.Menu),
    "self_service": ("self_service", vocabulary.SelfService),
    "queues": ("queue", vocabulary.Queue),
    "teams": ("team", vocabulary.Team),
    "vendors": ("vendor", vocabulary.Vendor),
    "tariffs": ("tariff", vocabulary.Tariff),
    "worth": ("worth", vocabulary.Worth),
}
"""Sections whose entries have names that users choose: the word for one of them, and its model."""

TOP_ONLY = ("extends", "variants")
"""Keys of the file, not of a scenario."""

ALIKE = (
    ("currency",),
    ("count_loss_as",),
    ("calendar", "start"),
    ("calendar", "days"),
    ("calendar", "warm_up"),
)
"""What all variants must share: their results are set side by side, in one currency and over the same days."""


Setting = tuple[tuple[str, ...], Node]
"""A path and the value to set there."""


class Study(NamedTuple):
    """A scenario file: its variants in the order of the file. A file without variants has one, named `base`."""

    path: Path
    name: str
    variants: dict[str, Scenario]


def load(path: str | Path, settings: Sequence[str] = ()) -> Study:
    """Read a scenario file.

    `settings` are changes such as `teams.desk.agents=3`, applied to every variant that has what they change.
    Raises ScenarioError with every mistake of the file, each with file, line and column.
    """
    path = Path(path)
    problems: list[Problem] = []
    changes = _settings(settings, problems)
    tree = _extended(path, (), problems)
    currency = _currency(tree)
    tree = with_plans(tree, path.parent, currency, problems)
    changes = [_with_plans(change, path.parent, currency, problems) for change in changes]
    base = _without(tree, "variants")
    found: dict[str, Scenario] = {}
    broken: dict[str, tuple[Node | None, list[Problem]]] = {}
    parts = {
        name: with_plans(part, path.parent, currency, problems) if isinstance(part, Mapping) else part
        for name, part in _variants(tree, problems).items()
    }
    alone, *drafts = _drafts(base, parts.values(), changes)
    for (name, part), draft in zip(parts.items(), drafts, strict=True):
        scenario, mistakes = _understood(draft, path.parent)
        if scenario is not None:
            found[name] = scenario
        else:
            broken[name] = (part, mistakes)
    if broken:
        # Whatever is wrong without any variant stands in the base, and is said once.
        of_base = set(_understood(alone, path.parent)[1])
        for name, (part, mistakes) in broken.items():
            problems.extend(one if one in of_base else _of_variant(one, name, part) for one in mistakes)
    problems.extend(_differences(found, parts))
    if problems:
        raise ScenarioError(problems)
    return Study(path, next(iter(found.values())).name, found)


def _settings(texts: Sequence[str], problems: list[Problem]) -> list[Setting]:
    """The settings as paths and values."""
    settings = []
    for number, text in enumerate(texts, start=1):
        try:
            path, value = yamlfile.parse_setting(text, number)
        except ScenarioError as error:
            problems.extend(error.problems)
            continue
        if path[0] in TOP_ONLY:
            problems.append(_not_here(path[0], yamlfile.nest(path, value)))
        else:
            settings.append((path, value))
    return settings


def _with_plans(change: Setting, folder: Path, currency: str | None, problems: list[Problem]) -> Setting:
    """A setting such as `tariffs=uk` with the plans of that file, as where the same stands in the scenario."""
    where, value = change
    if where != ("tariffs",):
        return change
    return where, with_plans(yamlfile.nest(where, value), folder, currency, problems).entries["tariffs"].node


def _not_here(key: str, change: Mapping) -> Problem:
    message = f"`{key}:` cannot be changed here: it stands at the top of a file"
    return Problem(change.entries[key].key, key, message)


def _extended(path: Path, seen: tuple[Path, ...], problems: list[Problem]) -> Mapping:
    """The file's tree, merged onto the file it extends. Without that file the rest cannot be judged: it raises."""
    try:
        tree, found = yamlfile.look_over(path)
        if tree is None:
            raise ScenarioError(found)
        problems.extend(found)
        if not isinstance(tree, Mapping):
            hint = "expected a scenario: keys such as `name:` and `calendar:`"
            raise ScenarioError([Problem(tree.place, "", hint)])
        entry = tree.entries.get("extends")
        if entry is None:
            return tree
        seen = (*seen, path.resolve())
        base = _base(path, entry.node, seen)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    return _laid_over(_extended(base, seen, problems), _without(tree, "extends"), problems)


def _base(path: Path, node: Node, seen: tuple[Path, ...]) -> Path:
    """The file that `extends:` names."""
    name = yamlfile.plain(node)
    if not isinstance(name, str) or not name.strip():
        message = str(quantities.wrong("the name of a scenario file such as `shop.yaml`", name or None))
        raise ScenarioError([Problem(node.place, "extends", message)])
    base = path.parent / name
    try:
        missing = f"expected a scenario file, found no file `{quantities.shown(name)}`"
        message = "" if base.is_file() else f"{missing}{yamlfile.near(base)}"
    except (OSError, ValueError):
        message = f"expected the name of a file, found `{quantities.shown(name)}`"
    if not message and base.resolve() in seen:
        message = "the files extend each other in a circle"
    if message:
        raise ScenarioError([Problem(node.place, "extends", message)])
    return base


def _laid_over(base: Mapping, own: Mapping, problems: list[Problem]) -> Mapping:
    """A file over its base. Variants are changes, not yet made: one of the same name replaces the other whole."""
    merged = _merged(_without(base, "variants"), _without(own, "variants"), problems)
    entries = [tree.entries["variants"] for tree in (base, own) if "variants" in tree.entries]
    if not entries:
        return merged
    variants: dict[str, Entry] = {}
    for entry in entries:
        if not isinstance(entry.node, Mapping):
            return Mapping({**merged.entries, "variants": entry}, merged.place)
        variants |= entry.node.entries
    last = entries[-1]
    return Mapping({**merged.entries, "variants": Entry(last.key, Mapping(variants, last.node.place))}, merged.place)


def _without(tree: Mapping, key: str) -> Mapping:
    return Mapping({name: entry for name, entry in tree.entries.items() if name != key}, tree.place)


def _merged(base: Mapping, change: Mapping, problems: list[Problem]) -> Mapping:
    """The change laid over the base; what it would remove but is not there is noted, and left out."""
    try:
        merged = yamlfile.merge(base, change)
    except ScenarioError as error:
        problems.extend(error.problems)
        idle = {problem.place for problem in error.problems}
        merged = yamlfile.merge(base, _pruned(change, idle))
    assert isinstance(merged, Mapping)
    return merged


def _pruned(node: Mapping, places: set[Place]) -> Mapping:
    """The mapping without the values at some places."""
    kept = {key: entry for key, entry in node.entries.items() if entry.node.place not in places}
    return Mapping(
        {
            key: Entry(entry.key, _pruned(entry.node, places) if isinstance(entry.node, Mapping) else entry.node)
            for key, entry in kept.items()
        },
        node.place,
    )


def _variants(tree: Mapping, problems: list[Problem]) -> dict[str, Node | None]:
    """The changes of each variant; None where there are none."""
    entry = tree.entries.get("variants")
    if entry is None:
        return {"base": None}
    if not isinstance(entry.node, Mapping) or not entry.node.entries:
        expected = "variants by name such as `{today: {}, three people: {teams: {desk: {agents: 3}}}}`"
        message = str(quantities.wrong(expected, yamlfile.plain(entry.node) or None))
        problems.append(Problem(entry.node.place, "variants", message))
        return {"base": None}
    return {name: part.node for name, part in entry.node.entries.items()}


class Draft(NamedTuple):
    """A variant that is not understood yet: its tree, and what is wrong with the changes that made it."""

    tree: Mapping
    problems: list[Problem]


def _drafts(base: Mapping, parts: Iterable[Node | None], settings: Iterable[Setting]) -> list[Draft]:
    """The base alone, then the variants, each with the settings that are meant for it.

    A setting below a part that a variant has removed would bring back half of the part.
    """
    drafts = [_draft(base, part) for part in (None, *parts)]
    for path, value in settings:
        trees = [draft.tree for draft in drafts[1:]]
        change = yamlfile.nest(path, value)
        drafts = [
            _changed(draft, change) if yamlfile.reaches(path, value, draft.tree, others=trees) else draft
            for draft in drafts
        ]
    return drafts


def _changed(draft: Draft, change: Mapping) -> Draft:
    problems = list(draft.problems)
    return Draft(_merged(draft.tree, change, problems), problems)


def _draft(base: Mapping, part: Node | None) -> Draft:
    problems: list[Problem] = []
    tree = base
    if isinstance(part, Mapping):
        problems.extend(_not_here(key, part) for key in TOP_ONLY if key in part.entries)
        for key in TOP_ONLY:
            part = _without(part, key)
        tree = _merged(tree, part, problems)
    elif part is not None and not (isinstance(part, Scalar) and part.value is None):
        message = str(quantities.wrong("changes to the scenario above, or `{}` for none", yamlfile.plain(part)))
        problems.append(Problem(part.place, "", message))
    return Draft(tree, problems)


def _understood(draft: Draft, folder: Path) -> tuple[Scenario | None, list[Problem]]:
    """A variant's scenario, or all that is wrong with it."""
    scenario, mistakes = _scenario(draft.tree, folder)
    problems = [*draft.problems, *mistakes]
    return (None if problems else scenario), problems


def _differences(found: dict[str, Scenario], parts: dict[str, Node | None]) -> Iterator[Problem]:
    """Variants that cannot be set beside the first one, each where it or the first one says so."""
    first = next(iter(found), "")
    for path in ALIKE:
        said = {name: as_said(scenario, path) for name, scenario in found.items()}
        places: set[Place] = set()
        for name, own in said.items():
            if own == said[first]:
                continue
            # What differs stands in one of the two at least (it or what it is in): the rest they share.
            nodes = [
                (at, yamlfile.node_at(parts[at], path[:depth])) for depth in (len(path), 1) for at in (name, first)
            ]
            at, place = next((at, node.place) for at, node in nodes if node is not None)
            if place not in places:
                other = first if at == name else name
                message = f"expected the same `{path[-1]}:` in all variants, found {said[at]} here"
                where = yamlfile.dotted(("variants", at, *path))
                yield Problem(place, where, f"{message} and {said[other]} in `{other}`")
            places.add(place)


def as_said(scenario: Scenario, path: tuple[str, ...]) -> str:
    value: Any = scenario
    for step in path:
        value = getattr(value, step)
    if isinstance(value, float):
        return f"`{quantities.spoken(value)}`"
    return "nothing" if value is None else f"`{value}`"


def _of_variant(problem: Problem, name: str, part: Node | None) -> Problem:
    """A problem that the base alone does not have, said so that the variant is found."""
    if part is not None and problem.place in _places(part):
        inside = yamlfile.dotted(("variants", name))
        return problem._replace(where=f"{inside}.{problem.where}" if problem.where else inside)
    return problem._replace(where=f"{problem.where} in variant `{name}`".strip())


def _places(node: Node) -> Iterator[Place]:
    """Every place of a tree, of keys and values."""
    yield node.place
    if isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.key
            yield from _places(entry.node)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from _places(item)


def _scenario(tree: Mapping, folder: Path) -> tuple[Scenario | None, list[Problem]]:
    """The frozen scenario of one variant's tree, and what is wrong with it."""
    data: Any = yamlfile.plain(tree)
    context = _reading(data, folder)
    problems: list[Problem] = []
    try:
        scenario = Scenario.model_validate(data, context=context)
        broken: frozenset[Path_] = frozenset()
    except ValidationError as error:
        paths = []
        for details in error.errors(include_url=False):
            path = details["loc"]
            paths.append(path[: 2 if path and path[0] in SECTIONS else 1])
            in_key = details["type"] == IN_KEY
            where = yamlfile.dotted(path[:-1] if in_key else path)
            problems.append(Problem(yamlfile.placed(tree, path, in_key=in_key), where, message_of(details)))
        broken = frozenset(paths)
        scenario = _sound_parts(data, context, broken)
    problems.extend(
        Problem(yamlfile.placed(tree, path), yamlfile.dotted(path), message)
        for path, message in cross_check(scenario, broken=broken)
    )
    return scenario, problems


def _sound_parts(data: dict[str, Any], context: Reading, broken: frozenset[Path_]) -> Scenario:
    """What can be understood of a scenario with mistakes, for the checks between parts: only complete parts."""
    values: dict[str, Any] = {}
    for section, (_, model) in SECTIONS.items():
        entries = {} if (section,) in broken else data.get(section, {})
        values[section] = {
            name: model.model_validate(part, context=context)
            for name, part in entries.items()
            if (section, name) not in broken
        }
    if ("calendar",) not in broken:
        values["calendar"] = vocabulary.Calendar.model_validate(data["calendar"], context=context)
    for key, once in (("voicemail", vocabulary.Voicemail), ("callbacks", vocabulary.Callbacks)):
        if key in data and (key,) not in broken:
            values[key] = once.model_validate(data[key], context=context)
    if ("count_loss_as",) not in broken:
        values["count_loss_as"] = data.get("count_loss_as")
    return Scenario.model_construct(**values)


def _reading(data: dict[str, Any], folder: Path) -> Reading:
    """Ring, currency and declared names, as far as they can be told before the scenario is checked.

    A ring or a currency that is wrong is one mistake: it is guessed here, not held against every text below.
    """
    ring = None
    if "ring" in data:
        try:
            ring = quantities.ring_length(data["ring"])
        except ValueError:
            ring = quantities.RINGS["Russia"]
    names: dict[str, tuple[str, ...] | None] = {}
    for section, (kind, _) in SECTIONS.items():
        entries = data.get(section, {})
        names[kind] = tuple(entries) if isinstance(entries, dict) else None
    names["voicemail"] = ("",) if "voicemail" in data else ()
    names["callback"] = ("",) if "callbacks" in data else ()
    return Reading(ring, _code(data.get("currency")), folder, names)


def _currency(tree: Mapping) -> str | None:
    """The currency of a file, as far as it can be told before the scenario is checked."""
    entry = tree.entries.get("currency")
    return None if entry is None else _code(yamlfile.plain(entry.node))


def _code(currency: object) -> str | None:
    try:
        return quantities.currency_code(currency.upper() if isinstance(currency, str) else currency)
    except ValueError:
        return None
