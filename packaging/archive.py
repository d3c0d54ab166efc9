"""The archive of frozen modules, as the frozen binary reads it, in the place of PyInstaller's own `pyimod01_archive`.

PyInstaller's reads its table of contents from the file value by value: 6 ms at each start, for 1,900 modules. Only
built-in modules and those of base_library.zip can be imported here.
"""

import marshal
import zlib
from _frozen_importlib_external import MAGIC_NUMBER
from types import CodeType

__all__ = ["ArchiveReadError", "ZlibArchiveReader"]

PYZ_ITEM_MODULE = 0
PYZ_ITEM_PKG = 1
PYZ_ITEM_DATA = 2
PYZ_ITEM_NSPKG = 3
"""A namespace package, which has no code."""


class ArchiveReadError(RuntimeError):
    pass


class ZlibArchiveReader:
    """The names are PyInstaller's: its importer asks for them. `filename` ends with where the archive begins in it."""

    def __init__(self, filename: str, start_offset: int | None = None, check_pymagic: bool = False) -> None:
        if start_offset is None:
            filename, _, offset = filename.rpartition("?")
            start_offset = int(offset)
        self._filename, self._start_offset = filename, start_offset
        with open(self._filename, "rb", buffering=0) as file:
            file.seek(self._start_offset)
            head = file.read(12)
            if head[:4] != b"PYZ\0" or (check_pymagic and head[4:8] != MAGIC_NUMBER):
                raise ArchiveReadError(f"{self._filename} holds no modules for this Python")
            file.seek(self._start_offset + int.from_bytes(head[8:], "big"))
            self.toc: dict[str, tuple[int, int, int]] = dict(marshal.loads(file.read()))

    def extract(self, name: str, raw: bool = False) -> CodeType | bytes | None:
        """The code of a module; its bytes when `raw`."""
        kind, offset, length = self.toc[name]
        if kind == PYZ_ITEM_NSPKG:
            return None
        with open(self._filename, "rb", buffering=0) as file:
            file.seek(self._start_offset + offset)
            data = zlib.decompress(file.read(length))
        return data if raw or kind == PYZ_ITEM_DATA else marshal.loads(data)
