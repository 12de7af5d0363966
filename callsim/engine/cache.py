"""Where the compiled engine's machine code is kept between runs, and whether it is there. Knows no Numba: it is asked
before that is loaded."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import rmtree

HERE = Path(__file__).parent
_NAMES = ("book", "counting", "drawing", "kernel", "linking", "memory", "order", "records", "waiting")
SOURCES = (*(HERE / f"{name}.py" for name in _NAMES), HERE.parent / "calllog.py")
"""All that the machine code is made of: Numba itself looks only at the file of the function that is called."""


@cache
def numba_version() -> str | None:
    """None where Numba is not installed: then there is no compiled engine."""
    try:
        return version("numba")
    except PackageNotFoundError:
        return None


@cache
def folder() -> Path | None:
    """The folder of this very code for this Python, made if it is not there; None where nothing can be written.

    Beside the package, else in the user's cache, else among the temporary files; NUMBA_CACHE_DIR goes before all.
    """
    name = f"callsim-{_fingerprint()}"
    return next((found for place in _places() if (found := _made(place, name)) is not None), None)


def is_compiled() -> bool:
    """Whether a former run has left its machine code."""
    found = folder()
    return found is not None and any(found.rglob("*.nbi"))


def _fingerprint() -> str:
    text = sha256(f"{numba_version()} {sys.version} {platform.machine()} {platform.processor()}".encode())
    for source in SOURCES:
        text.update(source.read_bytes())
    return text.hexdigest()[:16]


def _places() -> list[Path]:
    given = os.environ.get("NUMBA_CACHE_DIR")
    user = os.environ.get("XDG_CACHE_HOME")
    places = [Path(given)] if given else []
    places.append(HERE / "__pycache__")
    with suppress(RuntimeError):
        places.append((Path(user) if user else Path.home() / ".cache") / "callsim")
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return [*places, Path(tempfile.gettempdir()) / f"callsim-{owner}"]


def _made(place: Path, name: str) -> Path | None:
    """The folder if it can be written and is nobody else's, and those of former versions gone."""
    found = place / name
    try:
        found.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=found):
            pass
        if hasattr(os, "getuid") and found.stat().st_uid != os.getuid():
            return None
    except OSError:
        return None
    for former in place.glob("callsim-*"):
        if former != found and former.is_dir():
            rmtree(former, ignore_errors=True)
    return found
