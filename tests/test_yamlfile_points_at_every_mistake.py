"""A scenario text is read with the place of every part, or refused with the place of every mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsim import yamlfile, yamlreader
from callsim.errors import Place, Problem, ScenarioError

LOADERS = sorted({yaml.BaseLoader, getattr(yaml, "CBaseLoader", yaml.BaseLoader)}, key=lambda it: it.__name__)

GOOD = """\
name: Вет-клиника "Лапа"   # two numbers
currency: RUB
ring: 5 s
calendar:
  start: 2026-05-01
  days: 28
  open: {mon-fri: 08:00-21:00, sat-sun: 10:00-18:00}
lines: 4

sources:
  word of mouth:
    callers: 40 per day
    calls_by_hour: {08:00: 3, 12:00: 5.5, 18:00: 1e0, 21:00: 0}
    goes_to: menu front
    hangs_up_waiting: weibull 150 s shape 0.7
  'radio: spring':
    callers: "12 per day"
    goes_to: {60%: queue desk, 40%: vendor night line}
    redial: {chance: 30%, after: exponential 8 min, at_most: 09}
menus:
  front: {answers_after: 1 ring, prompt: 14 s,
          keys: [{share: 70%, to: queue desk}, {share: 30%, to: hang up}]}
queues:
  desk:
    target: 80% in 20 s
    serves:
    - [a, b]
    - c
teams:
  nurses: {agents: {mon-fri: {08:00-21:00: 2}}, uses: ~, checked: true, note: 'it''s "fine"'}
"""


@pytest.fixture(params=LOADERS, ids=lambda it: it.__name__)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with libyaml and with PyYAML's own scanner."""
    monkeypatch.setattr(yamlreader, "LOADER", request.param)


# libyaml is more lenient here: `?` inside text in brackets, `#` glued to the head of a text block, odd tags.
LENIENT = re.compile(r"[?!]|[|>][-+\d]*#")


def outcome(text: str, *, loader: type[yaml.BaseLoader] | None = None) -> yamlfile.Node | list[Problem]:
    """What parse does with a text: the node, or a list of problems."""
    with pytest.MonkeyPatch.context() as patch:
        if loader is not None:
            patch.setattr(yamlreader, "LOADER", loader)
        try:
            return yamlfile.parse(text, "shop.yaml")
        except ScenarioError as error:
            assert error.problems
            return list(error.problems)


BAD = [
    # nothing at all
    ("", "1:1", "the file is empty"),
    ("\n# only a comment\n", "1:1", "the file is empty"),
    ("---\n", "1:1", "the file is empty"),
    # what YAML allows and we do not
    ("a: 1\nb: 2\na: 3\n", "3:1", "a: `a` is given twice, first in line 1"),
    ("a: {b: 1, 'b': 2}\n", "1:11", "a.b: `b` is given twice, first in line 1"),
    (
        "sources: {a: {goes_to: {50%: x, 50%: y}}}\n",
        "1:33",
        "first in line 1: write a list such as `[{share: 50%, to: queue a}, {share: 50%, to: queue b}]`",
    ),
    ("v: {b: {sources: {a: {goes_to: {5%: x, 5%: y}}}}}\n", "1:40", "first in line 1: write a list such as `[{share"),
    ("a: &x 1\n", "1:4", "a: an anchor (`&x`) is not accepted"),
    ("&top a: 1\n", "1:1", "an anchor (`&top`)"),
    ("a: &x {b: 1}\n", "1:4", "a: an anchor (`&x`)"),
    ("a:\n  - *x\n", "2:5", "a[0]: an alias (`*x`) is not accepted"),
    ("*x : 1\n", "1:1", "an alias (`*x`)"),
    ("a: !!str 3\n", "1:4", "a: a tag (`!`) is not accepted"),
    ("a: ! x\n", "1:4", "a: a tag (`!`)"),
    ("a: !include other.yaml\n", "1:4", "a: a tag (`!`)"),
    ("a:\n  <<: {b: 1}\n", "2:3", "a: a merge key (`<<`) is not accepted"),
    ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
    ("%YAML 1.1\n---\na: no\n", "1:1", "a YAML directive (`%`)"),
    ("# x\n%FOO\n---\na: 1\n", "2:1", "a YAML directive (`%`)"),
    ("? [a]\n: 1\n", "1:3", "expected a name as the key, found a list or a mapping"),
    ("{[a]: 1}", "1:2", "expected a name as the key"),
    ("~: 1\n", "1:1", "expected a name before the `:`, found `~`"),
    ("a: {null: 1}\n", "1:5", "a: expected a name before the `:`, found `null`"),
    ("a: {: 1}\n", "1:5", "expected a name or a value here"),
    ("'': 1\n", "1:1", "expected a name before the `:`"),
    ("? |\n  a\n  b\n: 1\n", "1:3", "a key must stand on one line"),
    ("[" * 41 + "]" * 41, "1:41", "nested more than 40 deep"),
    ("a: " + "{b: " * 40 + "}" * 40, "1:160", "nested more than 40 deep"),
    ("a: " + "x" * 1_000_000, "1:1", "larger than 1 MB"),
    # numbers
    ("a: .inf\n", "1:4", "a: expected a finite number, found `.inf`"),
    ("a: [-.INF]\n", "1:5", "a[0]: expected a finite number, found `-.INF`"),
    ("a: .NaN\n", "1:4", "a: expected a finite number, found `.NaN`"),
    ("a: 1e999\n", "1:4", "a: the number `1e999` is too large"),
    ("a: " + "9" * 5000, "1:4", f"a: the number `{'9' * 77}...` is too large or too long"),
    ("a: 0x" + "f" * 500, "1:4", "is too large or too long"),
    # traps
    ("{after: 1,5 min}", "1:11", "`1,5 min` is read as two entries: write `1.5 min`, or quote it"),
    ("два: {в: 1,5 мин}\n", "1:12", "два: `1,5 мин` is read as two entries"),
    ("a: {takes: exponential 1,5 min}\n", "1:26", "a: `1,5 min` is read as two"),
    ("a: {order: 18,000 RUB, b: 1}\n", "1:15", "a: `18,000 RUB` is read as two entries: write `18000 RUB`"),
    ("a: {share: 2,5%}\n", "1:14", "a: `2,5%` is read as two entries"),
    ("a: [10% 1,5 s, 90% 3 s]\n", "1:11", "a[1]: `1,5 s` is read as two entries"),
    ("a: {b: 1, c}\n", "1:11", "a: `c` has no value: write `c: ...`"),
    ("a: {b:1}\n", "1:5", "a: `b:1` has no value: put a space after the `:`, as in `b: 1`"),
    ("goes_to: queue sales #2\n", "1:22", "goes_to: `#` begins a comment here: quote the name"),
    ("a: [vendor night  #b\n  ]\n", "1:19", "a[0]: `#` begins a comment"),
    ("a: {to: queue #2\n  }\n", "1:15", "a.to: `#` begins a comment"),
    ("a: self_service hours #x\n", "1:23", "a: `#` begins a comment"),
    # characters
    ("a:\n\tb: 1\n", "2:1", "a tab in the indentation: indent with spaces"),
    ("a:\n  \t b: 1\n", "2:3", "a tab in the indentation"),
    ("a: b\x07c\n", "1:5", "a hidden character U+0007: delete it"),
    ("a: 1\nимя: \x00\n", "2:6", "a hidden character U+0000"),
    ("a: x\x85y\n", "1:5", "a hidden character U+0085"),
    ("a: x\u2028y\n", "1:5", "a hidden character U+2028"),
    ("a: x\ufeffy\n", "1:5", "a hidden character U+FEFF"),
    ("a: \ud800\n", "1:4", "a hidden character U+D800"),
    ('a: "x\\0"\n', "1:4", "a: a hidden character U+0000 in the text: delete its escape"),
    ('"a\\e": 1\n', "1:1", "a hidden character U+001B in the text"),
    ('a: "\\ud800"\n', "1:4", "a: a hidden character U+D800 in the text"),
    ('a: 1\nb: "x\\UFFFFFFFF"\n', "2:6", "this `\\U` escape is not a character"),
    # what YAML itself refuses
    ("a: 'b\nc: 1\n", "1:4", "this quote is never closed"),
    ('a: 1\nb: "c\n', "2:4", "this quote is never closed"),
    ('a: "\\q"\n', "1:6", "a backslash in double quotes must be doubled"),
    ("a: [1, 2\n", "1:4", "this bracket is never closed"),
    ("a: {b: {c: 1}\n", "1:4", "this bracket is never closed"),
    ("a: {b: 1\nc: 2\n", "2:2", "expected `,` or `}`: is the bracket opened in line 1 closed?"),
    ("a: [1, 2}\n", "1:9", "expected `,` or `]`: is the bracket opened in line 1 closed?"),
    ("a: ]\n", "1:4", "expected a name or a value here"),
    ("a: [1, , 2]\n", "1:8", "expected a name or a value here"),
    ("a: 1\nfoo\nb: 2\n", "2:1", "expected `key: value`, found no `:` in this line"),
    ("a: 1\n b: 2\n", "2:3", "a `:` too many"),
    ("a: b: c\n", "1:5", "a `:` too many"),
    ("a: - b\n", "1:4", "a list cannot begin here"),
    ("a: ? b\n", "1:4", "`?` cannot begin a value here"),
    ("a: %5\n", "1:4", "`%` cannot begin a value: quote it"),
    ("a: @x\n", "1:4", "`@` cannot begin a value: quote it"),
    ("a: * 2\n", "1:4", "text that begins with `&` or `*` must be quoted"),
    ("a: !<x\n", "1:4", "text that begins with `!` must be quoted"),
    ("a: !x!y z\n", "1:4", "text that begins with `!` must be quoted"),
    ("a:\n  b: 1\n c: 2\n", "3:2", "this does not fit what stands before"),
    ("a: 'b' c\n", "1:8", "this does not fit what stands before"),
    ("a: |x\n  b\n", "1:5", "a block of text (`|` or `>`) begins on the next line"),
    ("a: 1\n...\nb: 2\n", "3:1", "the scenario has ended above"),
    # line ends and the byte order mark do not move places
    ("\ufeffимя: &x 1\n", "1:6", "имя: an anchor"),
    ("a: 1\r\n\r\nимя: &x 2\r\n", "3:6", "имя: an anchor"),
    ("a: 1\rb: &x 2\r", "2:4", "b: an anchor"),
    ("имя: 😀 # 😀\nb: {😀: 1, 😀: 2}\n", "2:11", "b.😀: `😀` is given twice"),
]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("text", "where", "message"), BAD, ids=lambda it: repr(it)[:30])
def test_a_bad_text_is_refused_at_its_place(text: str, where: str, message: str) -> None:
    """Each mistake is reported first, at its line and column, in words that help."""
    with pytest.raises(ScenarioError, match=f"^shop.yaml:{where}: .*{re.escape(message)}") as caught:
        yamlfile.parse(text, "shop.yaml")
    assert len(caught.value.problems) == 1


@pytest.mark.usefixtures("loader")
def test_all_mistakes_are_reported_at_once() -> None:
    """Problems of characters, of content and of syntax come together, in the order of the file."""
    text = "a: 1\na: &x .nan\nb: {c: !t 1, d}\ne: {<<: *x}\nf: queue a #2\ng: 'open\n"
    with pytest.raises(ScenarioError) as caught:
        yamlfile.parse(text, "f")
    found = [(problem.place.line, problem.place.column) for problem in caught.value.problems]
    assert found == [(2, 1), (2, 4), (2, 4), (3, 8), (3, 14), (4, 5), (4, 9), (5, 12), (6, 4)]


@pytest.mark.usefixtures("loader")
def test_what_follows_a_tab_is_not_blamed_on_yaml() -> None:
    """A tab in the indentation is the only problem, though the lines after it no longer fit together."""
    with pytest.raises(ScenarioError) as caught:
        yamlfile.parse("a:\n    b: 1\n\tc: 2\n", "f")
    assert [str(problem) for problem in caught.value.problems] == [
        "f:3:1: a tab in the indentation: indent with spaces"
    ]


@pytest.mark.usefixtures("loader")
def test_forty_levels_are_accepted() -> None:
    """The guard against depth lets the fortieth level pass."""
    assert yamlfile.plain(yamlfile.parse("[" * 40 + "]" * 40, "f")) is not None


@pytest.mark.parametrize("loader", LOADERS, ids=lambda it: it.__name__)
@pytest.mark.parametrize("text", ["[" * 500_000, "{a: " * 200_000, "- " * 400_000, "? " * 400_000])
def test_a_bottomless_text_is_refused(text: str, loader: type[yaml.BaseLoader]) -> None:
    """Depth is refused early, without recursion running away."""
    assert isinstance(outcome(text, loader=loader), list)


SCALARS = [
    ("null", None), ("~", None), ("Null", None), ("true", True), ("True", True), ("TRUE", True),
    ("false", False), ("tRUE", "tRUE"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("none", "none"),
    ("y", "y"), ("0", 0), ("09", 9), ("-7", -7), ("+7", 7), ("0o17", 15), ("0x1F", 31), ("017", 17),
    ("1_000", "1_000"), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.5E-3", 0.0015),
    ("-.5e+1", -5.0), (".", "."), ("12:30:45", "12:30:45"), ("09:00", "09:00"),
    ("2026-03-01", "2026-03-01"), ("1,5 min", "1,5 min"), ("18 000", "18 000"), ("1 2", "1 2"), ("٣", "٣"),
    ("75%", "75%"), ("=", "="), ("queue a # two", "queue a"), ("'09'", "09"), ('"true"', "true"),
    ("''", ""), ("'null'", "null"), ("'.inf'", ".inf"), ("a#b", "a#b"), ("|\n  1\n", "1\n"),
    (">\n  true\n", "true\n"), ("a\tb", "a b"), ("\t1\t", 1),
]  # fmt: skip


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    """Only plain scalars are more than text, and only by the core schema of YAML 1.2."""
    found = yamlfile.plain(yamlfile.parse(f"a: {text}\n", "f"))
    assert found == {"a": value}
    assert isinstance(found, dict) and type(found["a"]) is type(value)


@pytest.mark.usefixtures("loader")
def test_a_scalar_keeps_its_text_and_its_place() -> None:
    """The text of a number is what the user wrote; a quoted text is not plain."""
    node = yamlfile.parse("a: [09, '09']", "f")
    assert isinstance(node, yamlfile.Mapping)
    assert node.entries["a"].node == yamlfile.Sequence(
        (
            yamlfile.Scalar(9, "09", Place("f", 1, 5), True),
            yamlfile.Scalar("09", "09", Place("f", 1, 9), False),
        ),
        Place("f", 1, 4),
    )


@pytest.mark.usefixtures("loader")
def test_dates_in_a_tight_list_are_no_cut_number() -> None:
    """A comma between whole values is left in peace."""
    node = yamlfile.parse("{a: [2026-03-08,2026-05-01], b: [1,2], c: [9:00,5 min]}", "f")
    expected = {"a": ["2026-03-08", "2026-05-01"], "b": [1, 2], "c": ["9:00", "5 min"]}
    assert yamlfile.plain(node) == expected


@pytest.mark.usefixtures("loader")
def test_the_good_text_is_read_with_every_place() -> None:
    """Keys stay text, values have their kinds, and places of keys and values are exact."""
    node = yamlfile.parse(GOOD, "vet.yaml")
    values = yamlfile.plain(node)
    assert isinstance(values, dict)
    assert values["name"] == 'Вет-клиника "Лапа"'
    assert values["sources"]["word of mouth"]["calls_by_hour"] == {  # type: ignore[index, call-overload]
        "08:00": 3, "12:00": 5.5, "18:00": 1.0, "21:00": 0,
    }  # fmt: skip
    assert values["queues"] == {"desk": {"target": "80% in 20 s", "serves": [["a", "b"], "c"]}}
    assert values["teams"] == {
        "nurses": {
            "agents": {"mon-fri": {"08:00-21:00": 2}}, "uses": None, "checked": True, "note": 'it\'s "fine"',
        }
    }  # fmt: skip


PLACES = [
    ((), "1:1", "1:1"),
    (("name",), "1:1", "1:7"),
    (("calendar",), "4:1", "5:3"),
    (("calendar", "open", "sat-sun"), "7:32", "7:41"),
    (("sources", "radio: spring", "redial", "at_most"), "19:53", "19:62"),
    (("menus", "front", "keys", 1, "to"), "22:61", "22:65"),
    (("menus", "front", "keys", 1), "22:48", "22:48"),
    (("queues", "desk", "serves", 0, 1), "27:11", "27:11"),
    (("queues", "desk", "serves", 7), "26:5", "27:5"),
    (("queues", "dusk", "serves"), "23:1", "24:3"),
    (("queues", "desk", "target", "x"), "25:5", "25:13"),
    (("lines", 0), "8:1", "8:8"),
    (("nowhere",), "1:1", "1:1"),
    (("teams", "nurses", "uses"), "30:49", "30:55"),
]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("path", "key", "value"), PLACES)
def test_any_part_can_be_found(path: tuple[str | int, ...], key: str, value: str) -> None:
    """A path leads to the place of its key and of its value, or as near as it goes."""
    node = yamlfile.parse(GOOD, "f")
    assert str(yamlfile.find_key(node, path)) == f"f:{key}"
    assert str(yamlfile.find(node, path)) == f"f:{value}"


@pytest.mark.usefixtures("loader")
def test_an_absent_value_stands_at_its_key() -> None:
    """Nothing was written, so the key is where to look."""
    node = yamlfile.parse("a: {b: , c: 1}\nd:\n", "f")
    assert yamlfile.plain(node) == {"a": {"b": None, "c": 1}, "d": None}
    assert str(yamlfile.find(node, ("a", "b"))) == "f:1:5"
    assert str(yamlfile.find(node, ("d",))) == "f:2:1"


def test_windows_line_ends_change_nothing() -> None:
    """The same nodes at the same places come from either kind of line end, with or without a mark."""
    assert outcome("\ufeff" + GOOD.replace("\n", "\r\n")) == outcome(GOOD)


def test_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    """Places carry the path as it was given."""
    path = tmp_path / "vet.yaml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    assert yamlfile.read(path) == yamlfile.parse(GOOD, str(path))
    assert yamlfile.read(str(path)) == yamlfile.read(path)


UNREADABLE = [
    (
        b"a: 1\n\xd0\x98\xd0\x9c: \xcf\xf0\n",
        "2:5",
        "expected UTF-8, found byte 0xCF: save the file as UTF-8",
    ),
    (b"\xff\xfea\x00:\x00", "1:1", "found byte 0xFF"),
    (b"\xef\xbb\xbfab\xff", "1:3", "found byte 0xFF"),
    (b"a: 1\r\nb\xff", "2:2", "found byte 0xFF"),
    (b"a: \xd0", "1:4", "found byte 0xD0"),
    (b"#" * 1_000_001, "1:1", "the file is larger than 1 MB"),
    (b"", "1:1", "the file is empty"),
    (b"\xef\xbb\xbf", "1:1", "the file is empty"),
]


@pytest.mark.parametrize(("data", "where", "message"), UNREADABLE, ids=lambda it: repr(it)[:20])
def test_bytes_that_are_no_text_are_refused_at_their_place(
    data: bytes, where: str, message: str, tmp_path: Path
) -> None:
    """The first byte that is not UTF-8 is named with its line and column."""
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError, match=re.escape(f"{path}:{where}: ") + f".*{message}"):
        yamlfile.read(path)


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    """A missing file, a directory and an impossible name are mistakes of the user, not tracebacks."""
    with pytest.raises(ScenarioError, match=r"none\.yaml:1:1: there is no such file$"):
        yamlfile.read(tmp_path / "none.yaml")
    (tmp_path / "shop.yaml").touch()
    with pytest.raises(ScenarioError, match=r"shop\.yml:1:1: there is no such file; did you mean `shop\.yaml`\?$"):
        yamlfile.read(tmp_path / "shop.yml")
    with pytest.raises(ScenarioError, match=":1:1: expected a file, found a directory"):
        yamlfile.read(tmp_path)
    with pytest.raises(ScenarioError, match="the file cannot be read"):
        yamlfile.read("a\0b")
    with pytest.raises(ScenarioError, match="the file cannot be read"):
        yamlfile.read(tmp_path / ("x" * 5000))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="ab:,-[]{}&*!|>'\"%#?@` \n\t\r\\<~0.19é", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Random text gives a node or a ScenarioError, and the same from both loaders."""
    found = {repr(outcome(text, loader=loader)) for loader in LOADERS}
    assert len(found) == 1 or LENIENT.search(text)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Random bytes in a file give a node or a ScenarioError."""
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    try:
        yamlfile.read(path)
    except ScenarioError as error:
        assert error.problems


@st.composite
def edited(draw: st.DrawFn) -> str:
    """Damage the good text: characters or lines deleted, inserted, swapped."""
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        by_line = draw(st.booleans())
        parts = text.splitlines(keepends=True) if by_line else list(text)
        one = draw(st.integers(0, max(len(parts) - 2, 0)))
        match draw(st.sampled_from(["delete", "insert", "swap", "repeat"])):
            case "delete":
                del parts[one]
            case "insert":
                parts.insert(one, draw(st.sampled_from(list("\t :,-[]{}&*!|>'\"%#?@`\n\\~0я😀")) | st.characters()))
            case "swap":
                parts[one : one + 2] = reversed(parts[one : one + 2])
            case _:
                parts.insert(one, parts[one])
        text = "".join(parts)
    return text


@settings(max_examples=300, deadline=None)
@given(edited())
def test_any_slip_of_the_pen_is_read_or_refused(text: str) -> None:
    """A damaged scenario gives a node or problems inside the file, the same from both loaders."""
    found = [outcome(text, loader=loader) for loader in LOADERS]
    assert all(it == found[0] for it in found) or LENIENT.search(text)
    lines = text.count("\n") + text.count("\r") + 1
    for problem in found[0] if isinstance(found[0], list) else []:
        assert 1 <= problem.place.line <= lines
        assert problem.place.column >= 1
        assert "\n" not in problem.message
