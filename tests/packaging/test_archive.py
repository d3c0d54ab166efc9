"""The frozen modules, written as PyInstaller does, and read by our reader."""

import marshal
import zlib
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

import pytest
from by_path import module

archive = module("archive")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """An executable with two modules behind its first 100 bytes: one as it is, one compressed; and a namespace."""
    body, toc = bytearray(bytes(17)), []
    for name, kind, level in (("plain", 0, 0), ("package", 1, 9)):
        data = zlib.compress(marshal.dumps(compile(f"name = {name!r}", name, "exec")), level)
        toc.append((name, (kind, len(body), len(data))))
        body += data
    toc.append(("space", (3, len(body), 0)))
    body[:12] = b"PYZ\0" + MAGIC_NUMBER + len(body).to_bytes(4, "big")
    path = tmp_path / "what?is dagx"
    path.write_bytes(bytes(100) + bytes(body) + marshal.dumps(toc) + b"what else the executable holds")
    return path


def test_each_module_is_found_with_its_code(program: Path) -> None:
    reader = archive.ZlibArchiveReader(f"{program}?100", check_pymagic=True)
    assert {name: kind for name, (kind, _, _) in reader.toc.items()} == {"plain": 0, "package": 1, "space": 3}
    for name in ("plain", "package"):
        code = reader.extract(name)
        assert isinstance(code, CodeType)
        found: dict[str, str] = {}
        exec(code, found)
        assert found["name"] == name
        assert marshal.loads(reader.extract(name, raw=True)) == code
    assert reader.extract("space") is None


def test_what_is_not_there_is_no_module(program: Path) -> None:
    with pytest.raises(KeyError):
        archive.ZlibArchiveReader(str(program), 100).extract("none")


@pytest.mark.parametrize(("at", "what"), [(100, b"ZIP\0"), (104, b"????")])
def test_modules_of_another_python_are_refused(program: Path, at: int, what: bytes) -> None:
    data = bytearray(program.read_bytes())
    data[at : at + len(what)] = what
    program.write_bytes(data)
    with pytest.raises(archive.ArchiveReadError):
        archive.ZlibArchiveReader(f"{program}?100", check_pymagic=True)
