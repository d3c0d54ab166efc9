"""BLAKE2b without `hashlib`, which loads OpenSSL on the way: 3 ms that each command of dagx would wait."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # another Python than CPython
    from hashlib import blake2b

__all__ = ["blake2b"]
