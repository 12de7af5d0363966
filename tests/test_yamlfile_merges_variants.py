"""Variants and settings are laid over a base part by part, and every part keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsim import yamlfile
from callsim.errors import Place, ScenarioError

BASE = """\
lines: 8
sources:
  ads:
    talk: 3 min
    kinds: {new: 60%, junk: 40%}
    calls_by_hour: {09:00: 1, 20:00: 0}
    weekdays: {sat: 0.5}
    redial: {chance: {abandoned: 30%}, after: 5 min}
    goes_to: queue sales
    overflow: [a, b]
  mix: {talk: 1 min, redial: {after: 2 min}}
teams:
  desk: {agents: {mon-fri: {09:00-20:00: 2}, sat: {10:00-16:00: 1}}}
"""


def merged(change: str) -> dict[str, object]:
    """The values of the base with a change laid over it."""
    node = yamlfile.merge(yamlfile.parse(BASE, "base"), yamlfile.parse(change, "change"))
    values = yamlfile.plain(node)
    assert isinstance(values, dict)
    return values  # type: ignore[return-value]


def part(change: str, *path: str) -> object:
    """One part of the merged values."""
    found: object = merged(change)
    for name in path:
        assert isinstance(found, dict)
        found = found[name]
    return found


def test_an_empty_change_changes_nothing() -> None:
    """The variant `today: {}` is the base itself, places included."""
    base = yamlfile.parse(BASE, "base")
    assert yamlfile.merge(base, yamlfile.parse("{}", "change")) == base


MERGED = [
    ("{lines: 9}", ("lines",), 9),
    ("{sources: {ads: {talk: 4 min}}}", ("sources", "ads", "goes_to"), "queue sales"),
    ("{sources: {ads: {redial: {after: 9 min}}}}", ("sources", "ads", "redial"),
     {"chance": {"abandoned": "30%"}, "after": "9 min"}),
    ("{sources: {ads: {kinds: {new: 100%}}}}", ("sources", "ads", "kinds"), {"new": "100%"}),
    ("{sources: {ads: {calls_by_hour: {10:00: 1}}}}", ("sources", "ads", "calls_by_hour"), {"10:00": 1}),
    ("{sources: {ads: {weekdays: {sun: 0}}}}", ("sources", "ads", "weekdays"), {"sun": 0}),
    ("{sources: {ads: {goes_to: {60%: queue a}}}}", ("sources", "ads", "goes_to"), {"60%": "queue a"}),
    ("{sources: {ads: {redial: {chance: {busy: 1%}}}}}", ("sources", "ads", "redial", "chance"),
     {"busy": "1%"}),
    ("{sources: {ads: {overflow: [c]}}}", ("sources", "ads", "overflow"), ["c"]),
    ("{sources: {ads: {talk: {mix: [1% 2 s]}}}}", ("sources", "ads", "talk"), {"mix": ["1% 2 s"]}),
    ("{teams: {desk: {agents: {mon-fri: {08:00-12:00: 3}}}}}", ("teams", "desk", "agents"),
     {"mon-fri": {"08:00-12:00": 3}, "sat": {"10:00-16:00": 1}}),
    ("{teams: {desk: {agents: {mon-fri: {}}}}}", ("teams", "desk", "agents", "mon-fri"), {}),
    ("{teams: {desk: {agents: {}}}}", ("teams", "desk", "agents", "sat"), {"10:00-16:00": 1}),
    ("{teams: {desk: {agents: 3}}}", ("teams", "desk", "agents"), 3),
    ("{lines: {9:00-20:00: 1}}", ("lines",), {"9:00-20:00": 1}),
    ("{vendors: {night: {quality: 98%}}}", ("vendors",), {"night": {"quality": "98%"}}),
    ("{teams: {desk: none}}", ("teams",), {}),
    ("{teams: {desk: 'none'}}", ("teams",), {"desk": "none"}),
    ("{sources: {ads: {kinds: {new: none}}}}", ("sources", "ads", "kinds"), {"new": "none"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path", "value"), MERGED)
def test_a_change_is_laid_over_the_base(change: str, path: tuple[str, ...], value: object) -> None:
    """Maps are merged; lists, values and the maps that mean something only as a whole are replaced."""
    assert part(change, *path) == value


def test_a_name_of_the_user_is_not_a_key_of_ours() -> None:
    """A source called `mix` is merged, though a mapping under the key `mix` would be replaced."""
    assert part("{sources: {mix: {talk: 5 min}}}", "sources", "mix") == {
        "talk": "5 min",
        "redial": {"after": "2 min"},
    }


def test_order_is_kept_and_new_entries_come_last() -> None:
    """A changed entry stays where it was."""
    assert list(merged("{extra: 1, lines: 2}")) == ["lines", "sources", "teams", "extra"]


def test_every_part_keeps_the_place_of_its_file() -> None:
    """What came from the change points into the change, the rest into the base."""
    change = yamlfile.parse("teams:\n  desk:\n    agents: 3\n    pay: x\nlines: {a: 1}\n", "change")
    node = yamlfile.merge(yamlfile.parse(BASE, "base"), change)
    assert yamlfile.find(node, ("teams", "desk", "agents")) == Place("change", 3, 13)
    assert yamlfile.find_key(node, ("teams", "desk", "agents")) == Place("change", 3, 5)
    assert yamlfile.find_key(node, ("teams", "desk", "pay")) == Place("change", 4, 5)
    assert yamlfile.find_key(node, ("teams", "desk")) == Place("base", 13, 3)
    assert yamlfile.find(node, ("teams", "desk")) == Place("base", 13, 9)
    assert yamlfile.find_key(node, ("lines",)) == Place("change", 5, 1)
    assert yamlfile.find_key(node, ("lines", "a")) == Place("change", 5, 9)


def test_nothing_can_be_removed_where_nothing_stands() -> None:
    """All removals of what is not there are reported, with the place in the change and a guess."""
    with pytest.raises(ScenarioError) as caught:
        merged("teams: {desks: none}\nvendors:\n  night: {quality: none}\nlines: none\n")
    assert [str(problem) for problem in caught.value.problems] == [
        "change:1:16: teams.desks: nothing to remove: the base has no `desks` here; did you mean `desk`?",
        "change:3:20: vendors.night.quality: nothing to remove: the base has no `quality` here",
    ]


SETTINGS = [
    ("teams.desk.agents=3", ("teams", "desk", "agents"), 3, 19),
    ('sources."search ads".callers=100 per day', ("sources", "search ads", "callers"), "100 per day", 30),
    ("a.'b.c' = 'x=y'", ("a", "b.c"), "x=y", 11),
    ('a."say \\"hi\\" \\\\".b=~', ("a", 'say "hi" \\', "b"), None, 21),
    ("a.mon-fri={09:00-20:00: 2}", ("a", "mon-fri"), {"09:00-20:00": 2}, 11),
    ("a=[1, {b: 2}]", ("a",), [1, {"b": 2}], 3),
    ("источник.x= да", ("источник", "x"), "да", 13),
    ("a.b=none", ("a", "b"), "none", 5),
    ("a=b=c", ("a",), "b=c", 3),
]


@pytest.mark.parametrize(("text", "path", "value", "column"), SETTINGS)
def test_a_setting_is_a_path_and_a_value(text: str, path: object, value: object, column: int) -> None:
    """The value is YAML and its column is counted in the whole setting."""
    found, node = yamlfile.parse_setting(text, 2)
    assert (found, yamlfile.plain(node)) == (path, value)
    assert node.place == Place("--set", 2, column)


BAD_SETTINGS = [
    ("", 1, "expected `path=value` such as"),
    ("teams.desk", 1, "expected `path=value` such as `teams.desk.agents=3`, found `teams.desk`"),
    ("=3", 1, "expected a name"),
    ("a..b=3", 3, "expected a name"),
    (
        "a.search ads.b=3 s",
        3,
        "expected a name: quote it where it holds spaces or dots, as in 'a.\"search ads\".b=3 s'",
    ),
    (
        "a.search ads.'b c'=3",
        3,
        'expected a name: quote it where it holds spaces or dots, as in \'sources."search ads".',
    ),
    ("a.overflow[0].after=3 s", 3, "an item of a list cannot be set alone"),
    ('a."b=3', 3, "expected a name"),
    ("a=", 3, "a: a value is missing after `=`"),
    ("a.b= # x", 5, "a.b: a value is missing after `=`"),
    ("a.b=&x 3", 5, "a.b: an anchor"),
    ("a.b={c: 1,5 min}", 11, "a.b: `1,5 min` is read as two entries"),
    ("a=queue sales #2", 15, "a: `#` begins a comment here"),
    ("a=[1", 3, "this bracket is never closed"),
    ("a=1\nb: 2", 1, "a setting must stand on one line"),
    ("a=\0", 3, "a hidden character U+0000"),
    (".".join("a" * 41) + "=1", 1, "the path has more than 40 segments"),
    (".".join("a" * 40) + "=[1]", 81, "a.a.a: nested more than 40 deep"),
]


@pytest.mark.parametrize(("text", "column", "message"), BAD_SETTINGS)
def test_a_bad_setting_is_refused_at_its_column(text: str, column: int, message: str) -> None:
    """A setting is held to the same rules as a file, and its number stands for the line."""
    with pytest.raises(ScenarioError) as caught:
        yamlfile.parse_setting(text, 3)
    assert str(caught.value).startswith(f"--set:3:{column}: {message}")


def test_a_setting_is_a_change() -> None:
    """Nested along its path, a setting merges like a variant, and `none` removes."""
    base = yamlfile.parse(BASE, "base")
    path, value = yamlfile.parse_setting("teams.desk.agents.sat=5", 1)
    node = yamlfile.merge(base, yamlfile.nest(path, value))
    assert yamlfile.find(node, (*path,)) == Place("--set", 1, 23)
    assert yamlfile.find_key(node, (*path,)) == Place("--set", 1, 1)
    assert yamlfile.find(node, ("teams", "desk", "agents", "mon-fri")).file == "base"
    gone = yamlfile.merge(base, yamlfile.nest(*yamlfile.parse_setting("teams=none", 2)))
    assert "teams" not in gone.entries  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("setting", "reached"),
    [
        ("teams.desk.agents.sat=5", True), ("teams.desk.absence=5%", True), ("lines=none", True), ("lines.a.b=3", True),
        # Neither has it.
        ("teams.dask.agents=5", True), ("teams.dask=none", True),
        # Only the other has it.
        ("teams.night.agents=5", False), ("teams.night=none", False), ("teams.night={agents: 5}", True),
        ("vendors.out.speed=2", False), ("vendors=none", False), ("vendors=3", True),
    ],
)  # fmt: skip
def test_a_setting_below_what_only_another_has_is_not_meant(setting: str, *, reached: bool) -> None:
    """The part itself may be set, but nothing inside it."""
    other = yamlfile.parse("{lines: 2, teams: {night: {agents: 1}}, vendors: {out: {speed: 1}}}", "other")
    found = yamlfile.reaches(*yamlfile.parse_setting(setting, 1), yamlfile.parse(BASE, "base"), others=[other])
    assert found == reached


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_a_dotted_path_reads_back(names: list[str]) -> None:
    """Whatever the names hold, the path that a message shows can be given to `--set`."""
    assert yamlfile.parse_setting(yamlfile.dotted(tuple(names)) + "=1", 1)[0] == tuple(names)


def test_a_dotted_path_is_short_where_it_can_be() -> None:
    """Quotes stand only where they are needed, and places in lists stand in brackets."""
    assert yamlfile.dotted(("sources", "search ads", "talk")) == 'sources."search ads".talk'
    assert yamlfile.dotted(("overflow", 0, "after")) == "overflow[0].after"
    assert yamlfile.dotted((0, "a.b", "09:00-20:00")) == '[0]."a.b".09:00-20:00'
    assert yamlfile.dotted(()) == ""
