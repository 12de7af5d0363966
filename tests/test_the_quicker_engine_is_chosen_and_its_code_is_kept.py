"""Which engine plays is a matter of time alone, and machine code is kept wherever something can be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from callsim import engine
from callsim.cli import main
from callsim.engine import cache
from callsim.errors import CallsimError
from callsim.scenario import load

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not loaded the compiled engine."""
    monkeypatch.delitem(sys.modules, "callsim.engine.kernel", raising=False)


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


def test_code_of_former_versions_is_removed(places: list[Path]) -> None:
    """Another version of the engine, of Python or of Numba has a folder of another name."""
    former = places[0] / "callsim-0123456789abcdef"
    former.mkdir(parents=True)
    (former / "kernel.nbi").touch()
    found = cache.folder()
    assert found is not None
    assert not cache.is_compiled()
    assert not former.exists()
    (found / "kernel.nbi").touch()
    assert cache.is_compiled()


def test_every_source_of_the_machine_code_changes_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Numba looks at the file of the function that is called; here every file counts from which that is made."""
    before = cache._fingerprint()
    assert cache._fingerprint() == before
    for number, source in enumerate(cache.SOURCES):
        copy = tmp_path / f"{number}.py"
        copy.write_bytes(source.read_bytes() + b"\n")
        changed = [*cache.SOURCES[:number], copy, *cache.SOURCES[number + 1 :]]
        with monkeypatch.context() as patch:
            patch.setattr(cache, "SOURCES", changed)
            assert cache._fingerprint() != before


def test_compiling_is_announced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Once compiled nothing is said; before that, what happens and for how long; and where nothing can be kept, that."""
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    monkeypatch.setattr(engine, "_warm", lambda: None)
    monkeypatch.delitem(sys.modules, "callsim.engine.kernel", raising=False)
    for folder, is_compiled, said in (
        (Path("somewhere"), True, ""),
        (Path("somewhere"), False, "compiling the engine, once for this installation"),
        (None, False, "compiled anew in each run"),
    ):
        monkeypatch.setattr(cache, "folder", lambda folder=folder: folder)
        monkeypatch.setattr(cache, "is_compiled", lambda is_compiled=is_compiled: is_compiled)
        engine.load()
        captured = capsys.readouterr()
        assert captured.out == ""
        assert said in captured.err
        assert bool(captured.err) == bool(said)


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
