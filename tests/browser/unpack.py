"""Unpacks the headless Chromium that npm installed, for machines that have none. Run by script/setup --dev.

`chromium` beside it starts the program with the libraries and fonts that a bare machine lacks (libraries.md section 7).
"""

import io
import os
import shutil
import tarfile
from pathlib import Path

import brotli

PACKED = Path(__file__).parent / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED = Path(__file__).parent / "node_modules" / ".chromium"
# Its own file looks in folders of the service that the package is made for.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
"""
START = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/al2023/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_PATH="$here/fonts"
exec "$here/headless-shell" "$@"
"""


def unpack() -> None:
    """Fill `.chromium` anew. Raises FileNotFoundError when npm has not run."""
    fresh = UNPACKED.with_name(".chromium.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    _executable(fresh / "headless-shell", brotli.decompress((PACKED / "chromium.br").read_bytes()))
    # The software graphics are looked for beside the program.
    for name, folder in (("al2023", "al2023"), ("fonts", "fonts"), ("swiftshader", ".")):
        packed = io.BytesIO(brotli.decompress((PACKED / f"{name}.tar.br").read_bytes()))
        with tarfile.open(fileobj=packed) as archive:
            archive.extractall(fresh / folder, filter="data")
    (fresh / "fonts" / "fonts.conf").write_text(FONTS)
    _executable(fresh / "chromium", START.encode())
    shutil.rmtree(UNPACKED, ignore_errors=True)
    fresh.rename(UNPACKED)


def _executable(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    os.chmod(path, 0o755)  # noqa: PTH101 - a program for every user of the checkout


if __name__ == "__main__":
    unpack()
