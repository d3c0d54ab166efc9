"""Makes dist/dagx: PyInstaller's folder, packed into one file that unpacks itself once into the user's cache.

Run by `make binary`, in an environment of dagx's run-time dependencies and PyInstaller alone.
"""

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "binary"
LAUNCHER = ROOT / "packaging" / "launcher.sh"
TARGET = ROOT / "dist" / "dagx"


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
                "PYINSTALLER_CONFIG_DIR": str(WORK / "cache"),
                "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",  # starts faster, and packs better as one
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
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                entry = zipfile.ZipInfo(path.relative_to(Path(folder).parent).as_posix())
                archive.writestr(entry, path.read_bytes())


def pack(folder: Path, launcher: Path, target: Path) -> None:
    """Write the launcher, told what it carries, and the payload behind it."""
    payload = compressed(folder)
    told = {
        "@ID@": hashlib.sha256(payload).hexdigest()[:32],
        "@ENTRIES@": str(
            sum(1 for path in (folder / "_internal").iterdir() if not path.name.startswith("."))
        ),
    }
    text = launcher.read_text(encoding="ascii")
    for mark, value in told.items():
        text = text.replace(mark, value)
    header = text.replace("@SKIP@", f"{len(text):06d}").encode()  # six characters for six
    temporary = target.with_name(f".{target.name}.new")
    temporary.write_bytes(header + payload)
    temporary.chmod(0o755)
    temporary.replace(target)


def compressed(folder: Path) -> bytes:
    """The folder as a tar.gz that is the same for the same files."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path in sorted(folder.rglob("*")):
            entry = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            entry.mode = 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644
            if entry.isfile():
                with path.open("rb") as data:
                    archive.addfile(entry, data)
            else:
                archive.addfile(entry)
    return packed.getvalue()


if __name__ == "__main__":
    main()
