"""Whatever stands in a file, the reader gives a study or says what is wrong: never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from centre import CENTRE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsim.errors import Problem, ScenarioError
from callsim.scenario import load
from callsim.scenario.compound import KINDS, REDIALLED
from callsim.scenario.schema import json_schema
from callsim.summary import summary

ROOT = Path(__file__).parent.parent
GOOD = [
    CENTRE,
    *(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "scenarios/02_shop.yaml", ROOT / "callsim/templates/starter.yaml")
    ),
]
quick = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def problems_of(text: str, *changes: str) -> tuple[Problem, ...]:
    """What is wrong with a file; of a study, which has no problems, can be said what was understood."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "shop.yaml"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            assert list(summary(load(file, changes), 80))
        except ScenarioError as error:
            assert error.problems
            return error.problems
        return ()


def check(text: str, *changes: str) -> None:
    """Every problem has a place inside a file and reads like ours."""
    for problem in problems_of(text, *changes):
        assert problem.place.line >= 1
        assert problem.place.column >= 1
        assert problem.message
        assert "Input should" not in problem.message
        assert "\n" not in str(problem)


def words() -> list[str]:
    """Every key of the language, and some names."""
    schema = json_schema()
    keys = {key for part in schema["$defs"].values() for key in part.get("properties", {})}
    names = {"desk", "sales", "buyer", "main", "search ads", "holiday", "mon-fri", "09:00-20:00", "10:00", "mix"}
    return sorted(keys | set(schema["properties"]) | set(KINDS) | set(REDIALLED) | names)


WORDS = words()
TEXTS = (
    "20 s", "3-4 rings", "exponential 3 min", "never", "75%", "0%", "18 000 RUB", "350 RUB per hour", "85 per day",
    "queue sales", "menu main", "hang up", "voicemail", "vendor x", "self_service opening hours", "09:00-20:00",
    "22:00-06:00", "always", "closed", "2026-03-01", "9999-12-31", "RUB", "Russia", "none", "80% in 20 s", "",
    "999999999999999 per day", "weibull 1 s shape 0.05", "hyperexponential 1 s cv 99999999", "empirical x.csv", "RU",
    "somewhere in 1%..2%", "\u00a0", "\u0663", "каждый", "\U0001f4de",
)  # fmt: skip
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 100),
    st.sampled_from([10**9, -(10**30), 10**99, 1e300, -0.5, 1e-300, 2.5]),
    st.sampled_from(TEXTS),
    st.text(max_size=8),
)
junk = st.recursive(
    scalars,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inside, max_size=4)
    ),
    max_leaves=8,
)


@quick
@given(st.sampled_from(GOOD), st.data())
def test_random_characters(text: str, data: st.DataObject) -> None:
    """Characters deleted, doubled and put in."""
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(text)))
        insert = data.draw(
            st.sampled_from([*"{}[]:,-#&*!|>'\"%@`?~ \t\n\\0", "\ufeff", "\x00", "\ud800"]) | st.text(max_size=3)
        )
        text = text[:at] + insert + text[at + data.draw(st.integers(0, 3)) :]
    check(text)


@quick
@given(st.sampled_from(GOOD), st.data())
def test_random_lines(text: str, data: st.DataObject) -> None:
    """Lines deleted, moved and indented."""
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 6))):
        line = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
        if data.draw(st.booleans()):
            lines.insert(data.draw(st.integers(0, len(lines))), data.draw(st.sampled_from(["", " ", "  "])) + line)
    check("\n".join(lines))


def paths_of(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value of a tree."""
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(inner for key, part in below for inner in paths_of(part, (*path, key)))]


def replaced(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The tree with another value at a path."""
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


def written(tree: Any) -> str:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


TREES = [yaml.load(text, Loader=yaml.BaseLoader) for text in GOOD]


def test_the_trees_are_good() -> None:
    """What the edits below begin from has no mistake, except that all numbers are texts."""
    for tree in TREES:
        assert {problem.message.partition(" ")[0] for problem in problems_of(written(tree))} == {"expected"}
    assert [problems_of(text) for text in GOOD] == [(), (), ()]


@quick
@given(st.sampled_from(GOOD), st.data())
def test_swapped_and_junk_values(text: str, data: st.DataObject) -> None:
    """Any value replaced by another of the file, or by a list, map, number, nothing or text."""
    from callsim import yamlfile

    tree: Any = yamlfile.plain(yamlfile.parse(text, "shop.yaml"))
    for _ in range(data.draw(st.integers(1, 4))):
        paths = paths_of(tree)[1:]
        if not paths:
            break
        value = data.draw(junk)
        if data.draw(st.booleans()):
            other = data.draw(st.sampled_from(paths))
            value = tree
            for step in other:
                value = value[step]
        tree = replaced(tree, data.draw(st.sampled_from(paths)), value)
    check(written(tree))


@quick
@given(st.dictionaries(st.sampled_from(WORDS), junk, max_size=8))
def test_random_structures_under_known_keys(tree: Any) -> None:
    """Nothing of a scenario is there but its words."""
    check(written(tree))


@quick
@given(st.sampled_from([part for tree in TREES for part in paths_of(tree)[1:]]), junk)
def test_random_settings_and_variants(path: tuple[Any, ...], value: Any) -> None:
    """A change at any path, by --set and in a variant."""
    text = GOOD[0].partition("variants:")[0]
    steps = [step for step in path if isinstance(step, str)]
    setting = ".".join(f'"{step}"' for step in steps)
    check(
        text,
        f"{setting}={yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6).splitlines()[0]}",
    )
    change: Any = value
    for step in reversed(steps):
        change = {step: change}
    check(text + written({"variants": {"today": change, "other": value}}))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"\x00", b"[" * 100, b"{" * 50_000, b"a: " * 9, b"- " * 5000, b"\xef\xbb\xbf"]
)
def test_bytes_that_are_no_scenario(tmp_path: Path, data: bytes) -> None:
    """Empty, not UTF-8, nested without end."""
    file = tmp_path / "shop.yaml"
    file.write_bytes(data)
    with pytest.raises(ScenarioError):
        load(file)
