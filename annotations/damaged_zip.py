"""What Python's zipfile raises for an archive that is none, is cut off, or was changed; for whoever reads a stranger's."""

from __future__ import annotations

import struct
import zipfile
import zlib

try:
    from lzma import LZMAError
except ImportError:  # a Python that was built without it; nothing raises it there
    LZMAError = zlib.error  # type: ignore[misc,assignment]

# a flipped byte may call for a password, another way of packing, or a place before the file's beginning. The last one
# is an OSError for a file, which is left to whoever reads: a disk may refuse as well
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
