"""Makes dist/dagx: PyInstaller's folder, packed into one file that unpacks itself once into the user's cache.

What counts in the folder is how soon it is unpacked, on machines that have nothing but `tar` and `gzip`: few files, and
what is seldom used compressed once more, so that most of the first start is not spent on it.

Run by `make binary`, in an environment of dagx's run-time dependencies and PyInstaller alone.
"""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "binary"
SDK = ROOT / "core" / "dagx"
LAUNCHER = ROOT / "packaging" / "launcher.sh"
TARGET = ROOT / "dist" / "dagx"

PIECE = 1 << 16
FILE_COST = 10_000
"""Making a file takes about as long as inflating so many bytes."""


def main() -> None:
    started = time.monotonic()
    print("== binary: PyInstaller", flush=True)
    folder = freeze()
    print("== binary: one file", flush=True)
    TARGET.parent.mkdir(exist_ok=True)
    pack(folder, LAUNCHER, TARGET)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    print(
        f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1e6:.1f} MB, {size / 1e6:.1f} MB unpacked, "
        f"{time.monotonic() - started:.0f} s"
    )


def freeze() -> Path:
    """Run PyInstaller and answer the folder that it made."""
    WORK.mkdir(parents=True, exist_ok=True)
    zones = WORK / "tzdata.zip"
    zip_package("tzdata", zones)
    pack_sources(SDK, WORK / "sdk.pack")
    log = WORK / "pyinstaller.log"
    with log.open("w") as output:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN"),
                *("--distpath", WORK / "out", "--workpath", WORK / "work"),
                ROOT / "packaging" / "dagx.spec",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DAGX_BUILD_TZDATA": str(zones),
                "DAGX_BUILD_SDK": str(WORK / "sdk.pack"),
                "PYINSTALLER_CONFIG_DIR": str(WORK / "cache"),
                "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",  # dagx.spec compresses what is seldom used
                "PYTHONHASHSEED": "1",  # or the same sources make other bytes each time
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode != 0:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        sys.exit(f"{last}\nPyInstaller failed: {log}")
    return WORK / "out" / "dagx"


def zip_package(name: str, target: Path) -> None:
    """A package of data files as one zip that can stand on the import path."""
    (folder,) = import_module(name).__path__
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                entry = zipfile.ZipInfo(path.relative_to(Path(folder).parent).as_posix())
                archive.writestr(entry, path.read_bytes())


def pack_sources(folder: Path, target: Path) -> None:
    """A package's source files as one: a line of JSON with their names and sizes, then all their bytes, compressed."""
    files = sorted(path for path in folder.rglob("*") if path.suffix == ".py" or path.name == "py.typed")
    texts = [path.read_bytes() for path in files]
    named = [
        (path.relative_to(folder).as_posix(), len(text)) for path, text in zip(files, texts, strict=True)
    ]
    target.write_bytes(json.dumps(named).encode("ascii") + b"\n" + zlib.compress(b"".join(texts), 9))


def pack(folder: Path, launcher: Path, target: Path) -> None:
    """Write the launcher, told what it carries, and the payload behind it, in two parts: it unpacks both at once."""
    first, second = (compressed(folder, part) for part in halves(folder))
    told = {
        "@ID@": hashlib.sha256(first + second).hexdigest()[:32],
        "@ENTRIES@": str(
            sum(1 for path in (folder / "_internal").iterdir() if not path.name.startswith("."))
        ),
        "@FIRST@": str(len(first)),
    }
    text = launcher.read_text(encoding="ascii")
    for mark, value in told.items():
        text = text.replace(mark, value)
    header = text.replace("@SKIP@", f"{len(text):06d}").encode()  # six characters for six
    temporary = target.with_name(f".{target.name}.new")
    temporary.write_bytes(header + first + second)
    temporary.chmod(0o755)
    temporary.replace(target)


def halves(folder: Path) -> tuple[list[Path], list[Path]]:
    """Its files in two parts that take about as long to unpack: what is compressed already takes next to nothing."""
    parts: tuple[list[Path], list[Path]] = ([], [])
    costs = [0, 0]
    files = {path: cost(path) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    for path in sorted(files, key=lambda path: (-files[path], path)):
        lighter = costs.index(min(costs))
        parts[lighter].append(path)
        costs[lighter] += files[path]
    return sorted(parts[0]), sorted(parts[1])


def cost(path: Path) -> int:
    """Roughly, in bytes to inflate: what compresses, counted in pieces, and something for the file itself."""
    if path.is_symlink():
        return FILE_COST
    data = path.read_bytes()
    pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    return FILE_COST + sum(len(piece) for piece in pieces if len(zlib.compress(piece, 1)) < 0.9 * len(piece))


def compressed(folder: Path, files: list[Path]) -> bytes:
    """Files of the folder as a tar.gz that is the same for the same files. `tar` makes folders of itself."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path in files:
            entry = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            entry.mode = 0o755 if os.access(path, os.X_OK) else 0o644
            if entry.isfile():
                with path.open("rb") as data:
                    archive.addfile(entry, data)
            else:
                archive.addfile(entry)
    return packed.getvalue()


if __name__ == "__main__":
    main()
