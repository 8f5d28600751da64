"""How long a value of an LMDB is, read from its pages without following them beyond the file.

LMDB trusts its pages: a length that two damaged bytes have enlarged is read, and where the file has ended the process
does, by SIGBUS. So the length is looked up here first. Formats: ``MDB_page``, ``MDB_meta`` and ``MDB_node`` of LMDB's
mdb.c, as 64-bit machines with small ends first write them.
"""

import mmap
import struct
from pathlib import Path

_MAGIC = 0xBEEFC0DE
_META_PAGES = 2
_HEADER = struct.Struct("<QHHHH")  # page number, unused, flags, and where the free space begins and ends
_META = struct.Struct("<II 16x I44x 40xQ Q Q")  # magic, version, page size, root, last page, transaction
_NODE = struct.Struct("<HHHH")  # two halves of a number, flags, length of the key
_BRANCH, _LEAF = 1, 2  # flags of a page
_BIG = 1  # flag of a node: the value has pages of its own
_MAX_DEPTH = 32
_EMPTY = (1 << 64) - 1  # root of a tree without a page


class BadPage(Exception):
    """A page is not made as it should be."""


class Pages:
    """The pages of one LMDB file, which does not change.

    Args:
        file: its ``data.mdb``.

    Raises:
        BadPage: it has no page that tells how to read it.
    """

    def __init__(self, file: Path):
        with open(file, "rb") as opened:
            self._map = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        self._page_size = 0
        metas = [self._meta(number) for number in range(_META_PAGES)]
        found = [meta for meta in metas if meta]
        if not found:
            raise BadPage("no meta page")
        *_, self._page_size, self._root = max(found)

    def check(self, key: bytes) -> None:
        """Raises BadPage where the value of a key, or a page on the way to it, reaches beyond the file."""
        if self._root == _EMPTY:
            return
        try:
            self._descend(key)
        except struct.error as error:
            raise BadPage("a page's entries reach beyond the file") from error

    def _descend(self, key: bytes) -> None:
        number = self._root
        for _ in range(_MAX_DEPTH):
            start = self._start(number)
            _, _, flags, lower, _ = _HEADER.unpack_from(self._map, start)
            count = (lower - _HEADER.size) // 2
            if not 0 < count <= self._page_size // 2:
                raise BadPage(f"page {number} holds {count} entries")
            pointers = struct.unpack_from(f"<{count}H", self._map, start + _HEADER.size)
            place = self._find(start, pointers, key, is_leaf=bool(flags & _LEAF))
            low, high, node_flags, key_size = _NODE.unpack_from(self._map, start + pointers[place])
            if flags & _LEAF:
                self._check_value(start + pointers[place] + _NODE.size + key_size, low | high << 16, node_flags)
                return
            if not flags & _BRANCH:
                raise BadPage(f"page {number} is of no known kind")
            number = low | high << 16 | node_flags << 32
        raise BadPage("the pages lead in a circle")

    def _check_value(self, at: int, length: int, flags: int) -> None:
        if flags & _BIG:
            (number,) = struct.unpack_from("<Q", self._map, at)
            at = self._start(number) + _HEADER.size
        if at + length > len(self._map):
            raise BadPage(f"a value of {length} bytes reaches beyond the file")

    def _find(self, start: int, pointers: tuple[int, ...], key: bytes, is_leaf: bool) -> int:
        """The place of the last key that is not above, or of the first of a leaf that is not below."""
        low, high = 0 if is_leaf else 1, len(pointers)  # the first key of a branch is below all
        while low < high:
            middle = (low + high) // 2
            *_, size = _NODE.unpack_from(self._map, start + pointers[middle])
            at = start + pointers[middle] + _NODE.size
            found = self._map[at : at + size]
            if found < key or (not is_leaf and found == key):
                low = middle + 1
            else:
                high = middle
        return min(low, len(pointers) - 1) if is_leaf else low - 1

    def _start(self, number: int) -> int:
        start = number * self._page_size
        if start + self._page_size > len(self._map):
            raise BadPage(f"page {number} lies beyond the file")
        return start

    def _meta(self, number: int) -> tuple[int, int, int] | None:
        """Transaction, page size and root of a meta page; None where it is none."""
        page_size = self._page_size or mmap.PAGESIZE
        try:
            magic, _, page_size, root, _, transaction = _META.unpack_from(self._map, number * page_size + _HEADER.size)
        except struct.error:
            return None
        if magic != _MAGIC or not 256 <= page_size <= 65536:
            return None
        self._page_size = self._page_size or page_size
        return transaction, page_size, root
