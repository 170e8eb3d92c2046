"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from backdraft.errors import FileError


def write(path: str | Path, content: bytes) -> None:
    """Write a file under another name and rename it; a pipe or device is written to."""
    path = Path(path)
    is_special = path.exists() and not path.is_file()
    place = path if is_special else path.with_name(f".{path.name}.{os.getpid()}")
    try:
        place.write_bytes(content)
        if not is_special:
            place.replace(path)
    except OSError as error:
        if not is_special:
            place.unlink(missing_ok=True)
        raise FileError(f"cannot write `{path}`: {error.strerror}") from None
