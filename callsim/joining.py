"""Variants of several files set side by side: which, under what names, and whether their callers are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from callsim.errors import CallsimError
from callsim.laws import Law, describe
from callsim.logged import Solved
from callsim.quantities import Volume, digits, listed, spoken
from callsim.replicate import variants_of
from callsim.scenario import Scenario, Study
from callsim.scenario.fields import nearest
from callsim.scenario.reading import ALIKE, as_said
from callsim.scenario.vocabulary import Source
from callsim.scenario.worth import Worth

OURS = frozenset({"goes_to", "uses_line", "worth", "budget", "cost_per_lead"})
"""What a source has that callers do not bring along: we decide where they go and what is spent on them, and what they
are worth is told apart."""


LONGEST = 60
"""Letters of a value that is still told."""


class Joined(NamedTuple):
    """Scenarios by the names under which they are compared, the baseline first."""

    title: str
    scenarios: dict[str, Scenario]
    solved: tuple[Solved, ...]
    differing: tuple[str, ...]
    """What is not the same about the callers of the baseline and of others, in words."""
    studies: tuple[Study, ...]
    """Those that have a part in it."""


class Named(NamedTuple):
    """A variant and where it stands."""

    name: str
    study: Study
    label: str
    variant: str


def join(studies: Sequence[Study], *, variants: Sequence[str] = (), against: str | None = None) -> Joined:
    """Set the variants of some studies side by side: all, or those named by `NAME` or `FILE:NAME`.

    The baseline is the variant `against`, else the first. Raises CallsimError for unknown names, and for files that
    cannot be compared: other days, another currency, another view of the loss.
    """
    known = list(_named(studies))
    _refuse_unlike(studies)
    meant = [one for text in variants for one in _meant(text, known)] if variants else known
    chosen = list({one.name: one for one in meant}.values())
    if against is not None:
        first = _the_one(against, known)
        chosen = [first, *(one for one in chosen if one.name != first.name)]
    scenarios: dict[str, Scenario] = {}
    solved: list[Solved] = []
    for study in studies:
        own = [one for one in chosen if one.study is study]
        found, theirs = variants_of(study, [one.variant for one in own]) if own else ({}, ())
        scenarios |= {one.name: found[one.variant] for one in own}
        solved += (_renamed(one, own) for one in theirs)
    scenarios = {one.name: scenarios[one.name] for one in chosen}
    title = " / ".join(dict.fromkeys(one.study.name for one in chosen))
    used = tuple(study for study in studies if any(one.study is study for one in chosen))
    return Joined(title, scenarios, tuple(solved), tuple(differing(scenarios)), used)


def _renamed(solved: Solved, own: Sequence[Named]) -> Solved:
    name = next((one.name for one in own if one.variant == solved.variant), solved.variant)
    return solved._replace(variant=name)


def _named(studies: Sequence[Study]) -> Iterator[Named]:
    """All variants; where there are several files, `02_shop: today`."""
    if not studies:
        raise CallsimError("expected at least one scenario FILE, found none")
    labels = labels_of([study.path for study in studies])
    for study, label in zip(studies, labels, strict=True):
        for variant in study.variants:
            yield Named(f"{label}: {variant}" if len(studies) > 1 else variant, study, label, variant)


def labels_of(paths: Sequence[Path]) -> list[str]:
    """Short names of files: the stem, with as many folders before it as tell files of one stem apart."""
    whole = [path.resolve() for path in paths]
    for number, path in enumerate(whole):
        if path in whole[:number]:
            raise CallsimError(f"{paths[number]}: the file is given twice")
    parts = [(*path.parent.parts, path.stem) for path in whole]
    # Files of one folder and stem differ in what follows the stem.
    parts = [own if parts.count(own) == 1 else (*own[:-1], path.name) for own, path in zip(parts, whole, strict=True)]
    labels = []
    for own in parts:
        depth = 1
        while sum(other[-depth:] == own[-depth:] for other in parts) > 1:
            depth += 1
        labels.append("/".join(own[-depth:]))
    return labels


def _meant(text: str, known: Sequence[Named]) -> list[Named]:
    """The variants that a text names: of all files that have it, or of one file."""
    found = [one for one in known if text in (one.variant, one.name)]
    if found:
        return found
    for at, letter in enumerate(text):
        if letter == ":":
            file, variant = text[:at].strip(), text[at + 1 :].strip()
            found += [one for one in known if one.variant == variant and _is_file(file, one)]
    if found:
        return found
    names = [one.name for one in known]
    raise CallsimError(
        f"expected a variant ({', '.join(f'`{name}`' for name in names)}), found `{text}`{nearest(text, names)}"
    )


def _is_file(text: str, one: Named) -> bool:
    return text in (one.label, one.study.path.stem, one.study.path.name, str(one.study.path))


def _the_one(text: str, known: Sequence[Named]) -> Named:
    found = _meant(text, known)
    if len(found) > 1:
        names = ", ".join(f"`{one.name}`" for one in found)
        raise CallsimError(f"--against: expected one variant, found `{text}` in several files: write one of {names}")
    return found[0]


def _refuse_unlike(studies: Sequence[Study]) -> None:
    """What all files must share: their results are set side by side."""
    first, *others = studies
    mistakes = []
    for path in ALIKE:
        expected = as_said(_any(first), path)
        for study in others:
            found = as_said(_any(study), path)
            if found != expected:
                key = ".".join(path)
                mistakes.append(f"{study.path}: {key}: expected {expected} as in {first.path}, found {found}")
    if mistakes:
        raise CallsimError("\n".join(mistakes))


def _any(study: Study) -> Scenario:
    """The variants of a file share what files must share."""
    return next(iter(study.variants.values()))


# Are these the same callers?


def differing(scenarios: Mapping[str, Scenario]) -> Iterator[str]:
    """What others have in another way than the first, each difference said once with all who have it."""
    (first, base), *others = scenarios.items()
    found: dict[str, list[str]] = {}
    for name, scenario in others:
        for line in _differences(first, base, scenario):
            found.setdefault(line, []).append(f"`{name}`")
    for line, names in found.items():
        yield line.replace(THERE, listed(names))


THERE = "\0"
"""Stands for the names of those that differ."""


def _differences(first: str, base: Scenario, other: Scenario) -> Iterator[str]:
    ends = "these are not the same callers"
    if base.day_to_day_variation != other.day_to_day_variation:
        values = base.day_to_day_variation, other.day_to_day_variation
        yield f"the days vary differently: {_pair(first, *map(_told, values))}: {ends}"
    if base.calendar.holidays != other.calendar.holidays:
        yield f"the holidays of {THERE} are not those of `{first}`: {ends}"
    for name in dict.fromkeys([*base.sources, *other.sources]):
        mine, theirs = base.sources.get(name), other.sources.get(name)
        if mine is None or theirs is None:
            has, lacks = (THERE, f"`{first}`") if mine is None else (f"`{first}`", THERE)
            yield f"`{name}` calls in {has} only, not in {lacks}: {ends}"
        elif parts := list(_unlike(first, mine, theirs)):
            yield f"`{name}` differs: {'; '.join(parts)}: {ends}"
    yield from _worth_differs(first, base, other)


def _unlike(first: str, mine: Source, theirs: Source) -> Iterator[str]:
    for key in Source.model_fields:
        values = getattr(mine, key), getattr(theirs, key)
        # Where no machine answers, nobody has to say how long callers would hold.
        unasked = key == "hangs_up_waiting" and None in values
        if key not in OURS and values[0] != values[1] and not unasked:
            yield f"{key} {_pair(first, *map(_told, values))}"


def _worth_differs(first: str, base: Scenario, other: Scenario) -> Iterator[str]:
    """What a caller of the same source is worth."""
    for name in [name for name in base.sources if name in other.sources]:
        mine, theirs = (_worth(scenario, name) for scenario in (base, other))
        if mine == theirs:
            continue
        keys = [key for key in Worth.model_fields if getattr(mine, key, None) != getattr(theirs, key, None)]
        told = [f"{key} {_pair(first, *(_told_of(of, key) for of in (mine, theirs)))}" for key in keys]
        yield f"callers of `{name}` are not worth the same: {'; '.join(told)}"


def _worth(scenario: Scenario, source: str) -> Worth | None:
    name = scenario.sources[source].worth
    return None if name is None else scenario.worth[name]


def _told_of(worth: Worth | None, key: str) -> str:
    found = getattr(worth, key, None)
    return spoken(found) if key == "interest_halves_in" and found is not None else _told(found)


def _pair(first: str, mine: str, theirs: str) -> str:
    """Both values where they can be told in a few words."""
    return f"{mine} in `{first}`, {theirs} in {THERE}" if mine and theirs else "otherwise"


def _told(value: Any) -> str:
    """A value in words; empty where it would take too many."""
    match value:
        case None:
            return "none"
        case Volume():
            return f"{value.number:.4g} per {value.per}"
        case Law():
            return describe(value)
        case float():
            return digits(round(value, 6))
        case {**shares} if shares and all(isinstance(share, float) for share in shares.values()):
            text = ", ".join(f"{name} {digits(round(float(str(share)), 6))}" for name, share in shares.items())
            return text if len(text) <= LONGEST else ""
        case str() | int():
            return str(value)
        case _:
            return "" if hasattr(value, "model_fields") or isinstance(value, tuple | dict) else str(value)
