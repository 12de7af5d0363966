"""Which engine plays is a matter of time alone, and machine code is kept wherever something can be written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from callsim import engine
from callsim.cli import main
from callsim.engine import cache, machine, records
from callsim.errors import CallsimError
from callsim.scenario import load

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not loaded the compiled engine."""
    monkeypatch.setattr(machine, "is_loaded", lambda: False)


@pytest.mark.usefixtures("unloaded")
def test_auto_takes_the_engine_that_is_done_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work is done before the compiled engine is loaded; much more before it is compiled."""
    monkeypatch.setattr(cache, "numba_version", lambda: "0.61")
    loaded, compiled = engine.LOADING * engine.ATTEMPTS_PER_SECOND, engine.COMPILING * engine.ATTEMPTS_PER_SECOND
    monkeypatch.setattr(cache, "is_compiled", lambda: True)
    assert [engine.choose("auto", attempts) for attempts in (0.9 * loaded, 1.1 * loaded)] == ["simpy", "compiled"]
    monkeypatch.setattr(cache, "is_compiled", lambda: False)
    assert [engine.choose("auto", attempts) for attempts in (0.9 * compiled, 1.1 * compiled)] == ["simpy", "compiled"]


def test_without_numba_there_is_one_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto takes it for any work, and whoever asks for the other is told what to install."""
    monkeypatch.setattr(cache, "numba_version", lambda: None)
    assert engine.choose("auto", 1e12) == "simpy"
    with pytest.raises(
        CallsimError, match=r"expected Numba, found none; install it with: pip install 'callsim\[fast\]'"
    ):
        engine.choose("compiled", 1.0)
    with pytest.raises(CallsimError, match="expected auto, simpy or compiled, found `java`"):
        engine.choose("java", 1.0)


def test_the_command_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Numba `warm-up` and `--engine compiled` are refused with exit code 2."""
    monkeypatch.setattr(cache, "numba_version", lambda: None)
    for command in (["warm-up"], ["run", str(SCENARIOS / "01_one_desk.yaml"), "--engine", "compiled"]):
        done = CliRunner().invoke(main, command)
        assert (done.exit_code, "pip install 'callsim[fast]'" in done.output) == (2, True)


def test_both_engines_print_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the same seed the tables are the same to the last character."""
    pytest.importorskip("numba", reason="without Numba there is one engine")
    monkeypatch.setenv("COLUMNS", "100")
    command = ["run", str(SCENARIOS / "07_overflow.yaml"), "--replications", "2", "--engine"]
    simpy, compiled = (CliRunner().invoke(main, [*command, name]) for name in ("simpy", "compiled"))
    assert simpy.exit_code == compiled.exit_code == 0
    assert simpy.stdout == compiled.stdout


def test_redials_and_warm_up_are_no_part_of_the_estimate() -> None:
    """A rough number of attempts: callers a day times days."""
    of = load(SCENARIOS / "01_one_desk.yaml").variants["today"]
    volumes = [source.volume for source in of.sources.values()]
    assert {volume.per for volume in volumes} == {"day"}
    assert engine.expected_attempts(of) == of.calendar.days * sum(volume.number for volume in volumes)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Three places for machine code, the first one to be preferred."""
    found = [tmp_path / name for name in ("package", "home", "temporary")]
    monkeypatch.setattr(cache, "_places", lambda: found)
    cache.folder.cache_clear()
    monkeypatch.setattr(cache, "folder", cache.folder.__wrapped__)
    return found


def test_code_is_kept_in_the_first_place_that_can_be_written(places: list[Path]) -> None:
    """A file where a folder should be cannot be written into, whoever asks."""
    assert cache.folder() == places[0] / f"callsim-{cache._fingerprint()}"
    for place in places[:2]:
        if place.exists():
            (place / f"callsim-{cache._fingerprint()}").rmdir()
            place.rmdir()
        place.write_text("in the way")
    found = cache.folder()
    assert found is not None
    assert found.parent == places[2]
    found.rmdir()
    places[2].rmdir()
    places[2].write_text("in the way")
    assert cache.folder() is None
    assert not cache.is_compiled()


@pytest.mark.usefixtures("processors")
def test_code_of_former_versions_is_removed(places: list[Path]) -> None:
    """Another version has a folder of another name: gone when nobody has used it for long. What else stands there stays."""
    unused, used = places[0] / "callsim-0123456789abcdef", places[0] / "callsim-fedcba9876543210"
    results = places[0] / "callsim-results"
    for folder in (unused, used, results):
        folder.mkdir(parents=True)
        (folder / "1.o").touch()
    for folder in (unused, results):
        os.utime(folder, (0.0, time.time() - cache.UNUSED - 60.0))
    assert cache.folder() is not None
    assert not cache.is_compiled()
    assert not unused.exists()
    assert used.exists()
    assert (results / "1.o").exists()
    cache.keep(b"machine code")
    assert cache.is_compiled()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no users with numbers here")
def test_code_is_kept_only_where_no_other_user_can_put_it(places: list[Path], tmp_path: Path) -> None:
    """Neither in a folder that others may write, nor beside folders that others may rename, nor behind a link."""
    name = f"callsim-{cache._fingerprint()}"
    places[0].mkdir()
    places[0].chmod(0o777)
    (places[1] / name).mkdir(parents=True)
    (places[1] / name).chmod(0o770)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    places[2].mkdir()
    (places[2] / name).symlink_to(elsewhere)
    assert cache.folder() is None
    places[0].chmod(0o1777)
    assert cache.folder() == places[0] / name


def test_every_source_of_the_machine_code_changes_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every file counts from which the code is made."""
    before = cache._fingerprint()
    assert cache._fingerprint() == before
    for number, source in enumerate(cache.SOURCES):
        copy = tmp_path / f"{number}.py"
        copy.write_bytes(source.read_bytes() + b"\n")
        changed = [*cache.SOURCES[:number], copy, *cache.SOURCES[number + 1 :]]
        with monkeypatch.context() as patch:
            patch.setattr(cache, "SOURCES", changed)
            assert cache._fingerprint() != before


@pytest.mark.usefixtures("unloaded")
def test_compiling_is_announced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Once compiled nothing is said; before that, what happens and for how long; and where nothing can be kept, that."""
    monkeypatch.setattr(machine, "code", lambda: None)
    for folder, kept, said in (
        (Path("somewhere"), b"code", ""),
        (Path("somewhere"), None, "compiling the engine once for this installation"),
        (None, None, "compiled anew in each run"),
    ):
        monkeypatch.setattr(cache, "folder", lambda folder=folder: folder)
        monkeypatch.setattr(cache, "kept", lambda kept=kept: kept)
        engine.load()
        captured = capsys.readouterr()
        assert captured.out == ""
        assert said in captured.err
        assert bool(captured.err) == bool(said)


@pytest.fixture
def processors(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pretends to be another processor."""
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "")

    def become(name: str) -> None:
        monkeypatch.setenv("NUMBA_CPU_NAME", name)

    become("one")
    return become


def test_code_is_kept_for_each_processor(places: list[Path], processors: Callable[[str], None]) -> None:
    """Two that share a folder do not take each other's."""
    assert cache.kept() is None
    cache.keep(b"for the one")
    assert cache.is_compiled()
    assert cache.kept() == b"for the one"
    processors("other")
    assert cache.kept() is None
    cache.keep(b"for the other")
    assert cache.kept() == b"for the other"
    processors("one")
    assert cache.kept() == b"for the one"
    (found,) = places[0].iterdir()
    assert len(list(found.iterdir())) == 2


@pytest.mark.usefixtures("processors")
@pytest.mark.parametrize(
    "damage", [lambda _: b"", lambda all_: all_[:20], lambda all_: all_[:-1], lambda all_: all_[:-1] + b"x"]
)
def test_damaged_code_is_not_taken(places: list[Path], damage: Callable[[bytes], bytes]) -> None:
    """An empty file, one that ends too early, and one in which something else stands: it is as if there were none."""
    cache.keep(b"machine code")
    (file,) = places[0].glob("*/*.o")
    file.write_bytes(damage(file.read_bytes()))
    assert cache.kept() is None
    cache.keep(b"machine code")
    assert cache.kept() == b"machine code"


@pytest.mark.usefixtures("processors")
def test_nothing_is_kept_where_nothing_can_be_written(places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither without a folder, nor where the folder has gone in the meantime."""
    monkeypatch.setattr(cache, "folder", lambda: places[0] / "gone")
    cache.keep(b"machine code")
    assert cache.kept() is None
    monkeypatch.setattr(cache, "folder", lambda: None)
    cache.keep(b"machine code")
    assert cache.kept() is None
    assert not any(place.exists() for place in places)


@pytest.mark.usefixtures("processors")
def test_code_is_read_where_it_cannot_be_written(places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an image that somebody else has made, wherever it was put."""
    places[0].write_text("in the way")
    cache.keep(b"machine code")
    assert list(places[1].glob("*/*.o"))
    monkeypatch.setattr(cache, "folder", lambda: None)
    assert cache.kept() == b"machine code"


def test_processes_that_keep_code_at_the_same_time_leave_all_of_one(tmp_path: Path) -> None:
    """Each writes a megabyte of its own, over and over, and reads nothing but a whole one."""
    program = (
        "import sys; from callsim.engine import cache; mine = sys.argv[1].encode() * 1_000_000\n"
        "for _ in range(30):\n"
        "    cache.keep(mine); found = cache.kept()\n"
        "    assert found is not None and len(found) == 1_000_000 and found == found[:1] * 1_000_000\n"
    )
    settings = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_CPU_NAME": "generic"}
    processes = [subprocess.Popen([sys.executable, "-c", program, letter], env=settings) for letter in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    assert [path.suffix for path in tmp_path.glob("*/*")] == [".o"]


def test_machine_code_is_compiled_where_none_is_whole_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept is not compiled again, and what was compiled computes whether it is kept or not."""
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    code = cache.kept() or machine._compiled()
    kept: list[bytes] = []
    monkeypatch.setattr(machine, "keep", kept.append)
    monkeypatch.setattr(machine, "_compiled", lambda: code)
    for found, added in ((None, [code]), (code, [])):
        kept.clear()
        monkeypatch.setattr(machine, "kept", lambda found=found: found)
        merges_two_dials(machine.code.__wrapped__())
        assert kept == added


def merges_two_dials(code: machine.Machine) -> None:
    """A day of one source, put in order."""
    line, times, sizes = np.zeros(1, records.LINE), np.array([3.0, 5.0]), np.array([2])
    line["times"], line["sizes"] = records.address(times), records.address(sizes)
    dialled, (source, ordinal, row), ends = np.zeros(2), np.full((3, 2), -1), np.zeros(1, np.int64)
    columns = map(records.address, (dialled, source, ordinal, row, ends))
    assert code.merge_dials(records.address(line), 1, 1, *columns) == 0
    assert (dialled.tolist(), ends.tolist()) == ([3.0, 5.0], [2])
    assert (source.tolist(), ordinal.tolist(), row.tolist()) == ([0, 0], [0, 1], [0, 1])


def test_functions_are_called_as_they_are_compiled() -> None:
    """Nobody checks how many numbers are handed to an address."""
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    from callsim.engine import counting, drawing, kernel

    for module, names in (
        (kernel, ("play",)),
        (counting, ("count_attempts", "count_callers")),
        (drawing, ("draw_columns", "draw_dials", "merge_dials")),
    ):
        for name in names:
            compiled, called = getattr(module, name), getattr(machine.code(), name)
            assert len(called.argtypes) == compiled.py_func.__code__.co_argcount


def test_machine_code_needs_no_numba() -> None:
    """Where it is kept from a former run it is loaded without Numba, and plays, draws and counts."""
    pytest.importorskip("numba", reason="without Numba there is one engine")
    program = (
        "import sys; from callsim.cli import main\n"
        f"try: main(['run', {str(SCENARIOS / '01_one_desk.yaml')!r}, '--replications', '2', '--engine', 'compiled'])\n"
        "except SystemExit: pass\n"
        "print('callsim.engine.compiled' in sys.modules, 'callsim.engine.counters' in sys.modules, 'numba' in sys.modules)"
    )
    engine.load()
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout.splitlines()[-1] == "True True False"


def test_help_and_a_small_run_need_no_numba() -> None:
    """Numba is loaded when the compiled engine plays, and by nothing else."""
    program = (
        "import sys; from callsim import replicate; from callsim.scenario import load; "
        f"replicate.run(load({str(SCENARIOS / '01_one_desk.yaml')!r}), 1); print('numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ, check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout.strip() == "False"
