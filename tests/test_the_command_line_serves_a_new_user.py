"""Commands as a new user runs them: exit codes, messages, files, tables, JSON."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

SHOP = """\
name: Shop
currency: EUR
ring: UK
calendar: {start: 2026-03-02, days: 2, open: {mon-fri: 09:00-12:00}}
lines: 3
count_loss_as: first order
sources:
  ads:
    callers: 40 per day
    calls_by_hour: {09:00: 1, 12:00: 0}
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings
    talk: exponential 4 min
    worth: buyer
queues: {sales: {target: 80% in 20 s}}
teams:
  desk: {serves: [sales], agents: 1, pay: {wage: 20 EUR per hour}}
worth:
  buyer: {lead_cost: 5 EUR, converts: 20%, first_order: 50 EUR, margin: 40%, orders_per_year: 2, years: 3, discount: 10%}
variants:
  today: {}
  two people: {teams: {desk: {agents: 2}}}
"""

CALLS = {
    "attempts", "callers", "offered", "answered", "outsourced", "self_served", "abandoned", "blocked", "closed",
    "voicemail", "kept_place", "missed_rate", "missed_rate_open", "called_back_callers", "unserved_callers",
    "lost_callers", "lost_caller_rate", "open_callers", "attempts_per_caller", "abandon_rate", "moved_out",
    "service_level", "service_level_line", "service_level_answered", "service_level_excluding_short_abandons",
    "service_level_including_short_abandons", "service_level_caller", "asa_s", "asa_line_s", "wait_mean_s",
    "kept_wait_s", "vendor_minutes", "forms", "form_wait_min", "forms_in_5_min", "forms_in_1_h",
}  # fmt: skip
SINGLE_WAITS = {"wait_p50_s", "wait_p90_s", "wait_p95_s", "service_level_virtual"}
AGENTS = {"talks", "paid_hours", "overtime_hours", "occupancy", "utilisation"}
MEASURES = CALLS | SINGLE_WAITS | AGENTS | {"queue_mean"}
VENDOR = {
    "attempts", "outsourced", "missed_rate", "unserved_callers", "service_level_line", "asa_line_s", "vendor_minutes",
}  # fmt: skip
MONEY = {
    "payroll", "invoices", "loss_acquisition", "loss_first_order", "loss_lifetime", "loss_with_referrals",
    "loss_replacement", "loss_naive", "phone_lines", "total_cost",
}  # fmt: skip
WITH_VENDOR = """
sources:
  web: {callers: 5 per hour, goes_to: queue help, hangs_up_ringing: 3-4 rings, talk: exponential 2 min,
        kinds: {service: 100%}}
queues: {help: {target: 70% in 60 s}}
teams: {helpers: {serves: [help, sales], agents: 1, pay: {wage: 20 EUR per hour}}}
variants:
  outsourced:
    queues: {sales: {overflow: [{after: 6 s, to: vendor night}]}}
    teams: {desk: none}
    vendors: {night: {answers_after: exponential 5 s, quality: 80%, tariff: by the minute}}
    tariffs: {by the minute: {per_minute: 1 EUR, bills: [talk], billed_in: {first: 60 s, then: 60 s}}}
"""
CALLSIM = [sys.executable, "-c", "from callsim.cli import main; main(prog_name='callsim')"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


def callsim(*arguments: object, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **environment}
    return subprocess.run(
        [*CALLSIM, *map(str, arguments)], capture_output=True, encoding="utf-8", cwd=folder, env=settings, check=False
    )


def on_terminal(arguments: list[str], **environment: str) -> str:
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    settings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    settings = {key: value for key, value in settings.items() if key != "NO_COLOR"} | environment
    process = subprocess.Popen([*CALLSIM, *arguments], stdout=slave, stderr=slave, stdin=slave, env=settings)
    os.close(slave)
    written = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(master)
    assert process.wait() == 0, written.decode()
    return written.decode()


def test_new_check_and_run_lead_to_an_answer(tmp_path: Path) -> None:
    """The three commands of the README, on the starter itself."""
    assert callsim("new", "mine.yaml", folder=tmp_path).returncode == 0
    checked = callsim("check", "mine.yaml", folder=tmp_path)
    assert checked.returncode == 0
    assert checked.stdout.startswith("mine.yaml: fine")
    assert "look at" not in checked.stdout
    ran = callsim("run", "mine.yaml", "--replications", 2, folder=tmp_path)
    assert ran.returncode == 0
    assert "missed calls" in ran.stdout
    assert "total cost" in ran.stdout
    assert ran.stderr == ""


def test_new_does_not_overwrite(shop: Path) -> None:
    """A file that is there stays as it is, unless --force is given; then it is replaced whole."""
    refused = callsim("new", shop)
    assert refused.returncode == 2
    assert "there already" in refused.stderr
    assert shop.read_text(encoding="utf-8") == SHOP
    assert callsim("new", shop, "--force").returncode == 0
    assert shop.read_text(encoding="utf-8").startswith("# yaml-language-server")
    assert stat.S_IMODE(shop.stat().st_mode) == 0o666 & ~_umask()
    assert [path.name for path in shop.parent.iterdir()] == ["shop.yaml"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_new_says_where_it_cannot_write(tmp_path: Path) -> None:
    """A missing folder is one clear message."""
    done = callsim("new", tmp_path / "nowhere" / "shop.yaml")
    assert done.returncode == 2
    assert "cannot write there" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_mistake_is_printed_with_its_place(shop: Path) -> None:
    """Two mistakes, two lines on stderr, exit code 2, nothing on stdout."""
    shop.write_text(SHOP.replace("lines: 3", "lnes: 3").replace("exponential 4 min", "exponential 4"), encoding="utf-8")
    for command in ("check", "run"):
        done = callsim(command, shop)
        assert done.returncode == 2
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith(f"{shop}:5:1: unknown key `lnes`")
        assert "did you mean `lines`?" in lines[0]
        assert lines[1].startswith(f"{shop}:13:11: sources.ads.talk: expected")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "missing.yaml"], "missing.yaml"),
        (["run", "{shop}", "--variant", "tody"], "did you mean `today`?"),
        (["run", "{shop}", "--replications", "0"], "--replications"),
        (["run", "{shop}", "--set", "teams.desk.agents"], "--set:1:"),
        (["run", "{shop}", "--set", "teams.dsk.agents=3"], "--set:1:"),
        (["check", "{shop}", "--set", "lines=none at all"], "--set:1:"),
        (["rnu", "{shop}"], "rnu"),
    ],
)
def test_what_a_user_gets_wrong_is_said_in_words(shop: Path, arguments: list[str], message: str) -> None:
    """Exit code 2 and a message, never a traceback."""
    done = callsim(*(argument.replace("{shop}", str(shop)) for argument in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_json_has_every_key_with_value_bounds_and_unit(shop: Path) -> None:
    """Schema version 1: measures, differences, money, by queue, by interval; missing values are null."""
    done = callsim("run", shop, "--replications", 3, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout, parse_constant=lambda text: pytest.fail(f"{text} is not JSON"))
    assert found["schema_version"] == 1
    assert found["scenario"] == "Shop"
    assert (found["currency"], found["replications"], found["seed"], found["engine"]) == ("EUR", 3, 1, "simpy")
    assert [variant["name"] for variant in found["variants"]] == ["today", "two people"]
    for variant in found["variants"]:
        assert set(variant["measures"]) == MEASURES
        assert set(variant["money"]) == MONEY
        assert set(variant["differences"]) == MEASURES | MONEY
        for entry in (*variant["measures"].values(), *variant["money"].values(), *variant["differences"].values()):
            assert set(entry) == {"value", "low", "high", "unit"}
            assert entry["value"] is None or entry["low"] <= entry["value"] <= entry["high"]
        assert set(variant["by_queue"]) == {"sales"}
        assert set(variant["by_queue"]["sales"]) == MEASURES | {"moved_in"}
        assert {name: set(group) for name, group in variant["by_source"].items()} == {"ads": CALLS}
        assert {name: set(group) for name, group in variant["by_team"].items()} == {"desk": AGENTS}
        assert variant["by_vendor"] == {}
        for row in variant["by_interval"]:
            assert set(row) == {"start"} | MEASURES - SINGLE_WAITS
        starts = [row["start"] for row in variant["by_interval"]]
        assert starts[:6] == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
        assert starts[6:] in ([], ["12:00"]), "nobody dials after noon, but a talk may last until then"
        assert variant["by_interval"][0]["attempts"]["value"] > 0
    assert found["variants"][0]["differences"]["missed_rate"]["value"] == 0
    assert found["variants"][1]["differences"]["payroll"]["value"] == pytest.approx(
        found["variants"][1]["money"]["payroll"]["value"] - found["variants"][0]["money"]["payroll"]["value"]
    )


def test_without_a_currency_amounts_are_missing_and_have_no_unit_of_money(shop: Path) -> None:
    """No prices, no amounts, and nothing of `None RUB`."""
    lines = [
        line for line in SHOP.splitlines() if not line.startswith(("currency", "count_loss_as", "worth", "  buyer"))
    ]
    text = "\n".join(lines).replace("    worth: buyer\n", "").replace(", pay: {wage: 20 EUR per hour}", "")
    shop.write_text(text, encoding="utf-8")
    done = callsim("run", shop, "--replications", 2, "--json")
    assert done.returncode == 0, done.stderr
    variant = json.loads(done.stdout)["variants"][0]
    assert all(entry["value"] is None for entry in variant["money"].values())
    assert {entry["unit"] for entry in variant["money"].values()} == {"per month"}
    assert "payroll" not in callsim("run", shop, "--replications", 2).stdout


def test_intervals_add_up_to_the_day(shop: Path) -> None:
    """Attempts by half-hour are all attempts; by the counted time they are whole numbers."""
    done = callsim("run", shop, "--replications", 1, "--total", "--json", "--variant", "today")
    variant = json.loads(done.stdout)["variants"][0]
    total = variant["measures"]["attempts"]
    assert total["unit"] == "in the counted time"
    assert total["value"] == int(total["value"])
    assert (total["low"], total["high"]) == (None, None)
    assert sum(row["attempts"]["value"] for row in variant["by_interval"]) == total["value"]


def test_the_same_seed_gives_the_same_output(shop: Path) -> None:
    """And another seed another one."""
    one, same, other = (callsim("run", shop, "--replications", 2, "--seed", seed).stdout for seed in (7, 7, 8))
    assert one == same
    assert one.replace("seed 7", "") != other.replace("seed 8", "")


def test_variants_alone_are_what_they_are_together(shop: Path) -> None:
    """A variant played alone has the numbers it has beside the others."""
    both = json.loads(callsim("run", shop, "--replications", 2, "--json").stdout)["variants"]
    alone = json.loads(callsim("run", shop, "--replications", 2, "--json", "--variant", "two people").stdout)[
        "variants"
    ]
    assert [variant["name"] for variant in alone] == ["two people"]
    assert alone[0]["measures"] == both[1]["measures"]


def test_a_setting_is_an_edit(shop: Path) -> None:
    """--set gives what the edited file gives, for every variant."""
    changed = callsim("run", shop, "--replications", 2, "--set", "sources.ads.callers=80 per day").stdout
    shop.write_text(SHOP.replace("40 per day", "80 per day"), encoding="utf-8")
    assert callsim("run", shop, "--replications", 2).stdout == changed


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_tables_fit_the_page(shop: Path, width: int) -> None:
    """No line is wider than the page, and nothing is lost: each variant has its column somewhere."""
    long = "two people whose variant has a name that nobody would want to read twice in a meeting"
    shop.write_text(SHOP.replace("name: Shop", f"name: A shop {'and so on ' * 12}").replace("two people", long))
    done = callsim("run", shop, "--replications", 2, COLUMNS=str(width))
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert sum(line.startswith("payroll") for line in lines) >= 1
    headings = [line.split() for line in lines if line.startswith("waiting")]
    assert [letter for heading in headings for letter in heading[1:]] == ["A", "B"]


def test_a_pipe_gets_plain_text_and_a_terminal_colour(shop: Path) -> None:
    """Escape codes only on a terminal, none with NO_COLOR; the words are the same."""
    arguments = ["run", str(shop), "--replications", "2"]
    piped = callsim(*arguments).stdout
    assert "\x1b" not in piped
    coloured = on_terminal(arguments)
    assert "\x1b[" in coloured
    quiet = on_terminal(arguments, NO_COLOR="1")
    assert "\x1b[3" not in quiet
    assert "total cost" in quiet
    for line in piped.splitlines():
        assert line.rstrip() in quiet


def test_a_closed_pipe_is_not_an_error_to_print(shop: Path) -> None:
    """`callsim run ... | head -1` shows one line and no traceback."""
    command = " ".join(f"'{part}'" for part in [*CALLSIM[:2]]) + ' "from callsim.cli import main; main()"'
    done = subprocess.run(f"{command} schema | head -1", shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_an_interruption_ends_with_130(shop: Path) -> None:
    """Ctrl-C stops a long run without a traceback."""
    process = subprocess.Popen(
        [*CALLSIM, "run", str(shop), "--replications", "100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == b""
    assert b"Traceback" not in errors


def test_the_schema_is_json() -> None:
    """And names every section of a scenario."""
    schema = json.loads(callsim("schema").stdout)
    assert {"name", "calendar", "sources", "queues", "teams", "variants", "extends", "vendors"} <= set(
        schema["properties"]
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_in_one_line(shop: Path) -> None:
    """What cannot be written is an error of the machine, told in words."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*CALLSIM, "check", str(shop)], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("cannot write the output: ")


def test_identical_variants_and_other_remarks_stand_below_the_tables_and_in_json(shop: Path) -> None:
    """A setting that overwrites what the variants differ in is remarked on where its result is read."""
    arguments = ("run", shop, "--replications", 2, "--set", "teams.desk.agents=2")
    remark = "variants: `today` and `two people` are the same"
    assert f"look at {remark}" in callsim(*arguments).stdout
    remarks = json.loads(callsim(*arguments, "--json").stdout)["remarks"]
    assert any(text.startswith(remark) for text in remarks)


@pytest.fixture
def centre(tmp_path: Path, shop: Path) -> Path:
    """The shop with another source, queue and team, and a variant whose calls go to a vendor."""
    path = tmp_path / "centre.yaml"
    path.write_text(f"extends: {shop.name}\n{WITH_VENDOR}", encoding="utf-8")
    return path


def test_the_parts_of_a_centre_stand_apart(centre: Path) -> None:
    """A section for each source, queue, team and vendor; `-` for a variant that has no such part; service level and
    mean wait in both scopes, each defined below."""
    done = callsim("run", centre, "--replications", 2)
    assert done.returncode == 0, done.stderr
    found = {}
    section = ""
    for line in done.stdout.splitlines():
        title, *cells = [part.strip() for part in re.split(r"\s{2,}", line)]
        section = title if cells[:3] == ["A", "B", "C"] else section
        found[section, title] = cells
    assert {"source ads", "source web", "queue sales", "queue help", "team desk", "team helpers", "vendor night"} < {
        section for section, _ in found
    }
    assert found["vendor night", "calls"][:2] == ["-", "-"]
    assert found["team desk", "occupancy"][2] == "-"
    for title in ("service level, line", "service level, agents", "mean wait, line", "mean wait, agents"):
        assert len(found["waiting", title]) == 3
    assert "invoices" in {title for _, title in found}
    assert "service level, line: answered by anyone, vendors included" in done.stdout
    assert "service level, agents: answered by a team" in done.stdout
    assert "total cost: payroll, invoices and the loss" in " ".join(done.stdout.split())


def test_a_shop_s_table_has_no_word_of_what_it_has_not(shop: Path) -> None:
    """One source, one queue, one team, no vendor: neither sections of parts, nor a second scope, nor zeros."""
    text = callsim("run", shop, "--replications", 2).stdout
    for word in ("source ads", "queue sales", "team desk", "vendor", "line", "invoices", "message", "called back",
                 "unserved", "overtime", "utilisation"):  # fmt: skip
        assert not re.search(rf"\b{word}\b", text), word


def test_json_has_the_parts_of_a_centre(centre: Path) -> None:
    """By source, team and vendor; of a queue that shares its team the agents' measures are null."""
    found = json.loads(callsim("run", centre, "--replications", 2, "--json").stdout)
    today, _, outsourced = found["variants"]
    assert set(today["by_source"]) == set(outsourced["by_source"]) == {"ads", "web"}
    assert (set(today["by_team"]), set(outsourced["by_team"])) == ({"desk", "helpers"}, {"helpers"})
    assert today["by_vendor"] == {}
    assert {name: set(group) for name, group in outsourced["by_vendor"].items()} == {"night": VENDOR}
    assert today["by_queue"]["sales"]["occupancy"]["value"] is None
    night, whole = outsourced["by_vendor"]["night"], outsourced["measures"]
    for key in ("outsourced", "vendor_minutes", "unserved_callers"):
        assert night[key]["value"] == pytest.approx(whole[key]["value"]), key
        assert whole[key]["value"] > 0, key
    parts = [part["attempts"]["value"] for part in outsourced["by_source"].values()]
    assert sum(parts) == pytest.approx(whole["attempts"]["value"])
    money = {variant["name"]: variant["money"] for variant in found["variants"]}
    assert money["today"]["invoices"]["value"] == 0
    assert money["outsourced"]["invoices"]["value"] >= whole["vendor_minutes"]["value"]
    assert outsourced["differences"]["invoices"]["value"] == money["outsourced"]["invoices"]["value"]
