"""Where the compiled engine's machine code is kept between runs: a file for each processor. Knows no Numba: it is asked
before that is loaded, and in most runs instead."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import rmtree

HERE = Path(__file__).parent
_NAMES = ("book", "counting", "drawing", "kernel", "linking", "machine", "memory", "order", "records", "waiting")
SOURCES = (
    *(HERE / f"{name}.py" for name in _NAMES),
    HERE.parent / "calllog.py",
    HERE.parent / "scenario" / "timetable.py",
)
"""All that the machine code is made of, or that tells how it is called."""
FOLDER = re.compile("callsim-[0-9a-f]{16}")
UNUSED = 30 * 86400.0
"""Seconds after which code of another version is taken for one that nobody uses."""
DIGEST = sha256().digest_size
"""Bytes in front of the code, by which it is known to be whole."""


@cache
def numba_version() -> str | None:
    """None where Numba is not installed: then there is no compiled engine."""
    return _version("numba")


@cache
def folder() -> Path | None:
    """The folder of this very code, made if it is not there; None where nothing can be written.

    Beside the package, else in the user's cache, else among the temporary files; NUMBA_CACHE_DIR goes before all.
    """
    name = f"callsim-{_fingerprint()}"
    return next((found for place in _places() if (found := _made(place, name)) is not None), None)


def is_compiled() -> bool:
    """Whether a former run has left machine code that this processor can use."""
    return kept() is not None


def kept() -> bytes | None:
    """The object file that a former run has left for this processor, if it is whole; also where it can only be read."""
    name, file = f"callsim-{_fingerprint()}", f"{_processor()}.o"
    for place in _places():
        with suppress(OSError):
            found = (place / name / file).read_bytes() if _is_safe(place, place / name) else b""
            digest, code = found[:DIGEST], found[DIGEST:]
            if sha256(code).digest() == digest:
                return code
    return None


def keep(code: bytes) -> None:
    """Keep an object file where that is possible. Whoever reads at the same time finds all of one or nothing."""
    found = folder()
    if found is not None:
        with suppress(OSError), tempfile.TemporaryDirectory(dir=found) as beside:
            written = Path(beside, f"{_processor()}.o")
            written.write_bytes(sha256(code).digest() + code)
            written.replace(found / written.name)


def _processor() -> str:
    """The processor that code is compiled for: the one that Numba is told of, or this one."""
    name, features = os.environ.get("NUMBA_CPU_NAME"), os.environ.get("NUMBA_CPU_FEATURES")
    if name == "generic":
        # To Numba that is one without features.
        features = features or ""
    if name is None or features is None:
        from llvmlite import binding

        name = name or binding.get_host_cpu_name()
        features = binding.get_host_cpu_features().flatten() if features is None else features
    return sha256(f"{name} {features}".encode()).hexdigest()[:16]


def _fingerprint() -> str:
    text = sha256(f"{_version('numba')} {_version('llvmlite')} {sys.platform} {platform.machine()}".encode())
    for source in SOURCES:
        text.update(source.read_bytes())
    return text.hexdigest()[:16]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


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
    """The folder if it can be written by nobody else, and those gone that have not been used for long."""
    found = place / name
    try:
        found.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.TemporaryFile(dir=found):
            pass
        if not _is_safe(place, found):
            return None
        for former in place.iterdir():
            if FOLDER.fullmatch(former.name) and former.stat().st_mtime < time.time() - UNUSED:
                rmtree(former, ignore_errors=True)
    except OSError:
        return None
    return found


def _is_safe(place: Path, found: Path) -> bool:
    """Whether nobody but this user and root can put code into a folder: what stands in it is run."""
    if not hasattr(os, "getuid"):
        return True
    around, own, trusted = place.stat(), found.lstat(), (0, os.getuid())
    if around.st_uid not in trusted or (around.st_mode & stat.S_IWOTH and not around.st_mode & stat.S_ISVTX):
        return False
    others = stat.S_IWGRP | stat.S_IWOTH
    return stat.S_ISDIR(own.st_mode) and own.st_uid in trusted and not own.st_mode & others
