#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""extract-vmlinux.py BZIMAGE VMLINUX [LZ4-COMMAND...]

Takes the ELF kernel out of a bzImage, so that no emulated machine has to decompress it. The setup header says
where the payload is (the kernel's Documentation/arch/x86/boot.rst: setup_sects, payload_offset and _length).
"""

import lzma
import struct
import subprocess
import sys
import zlib

SETUP_SECTS = 0x1F1
PAYLOAD_OFFSET = 0x248
SECTOR = 512


def payload(image: bytes) -> bytes:
    sectors = image[SETUP_SECTS] or 4  # 0 means 4, for the oldest loaders
    offset, length = struct.unpack_from("<II", image, PAYLOAD_OFFSET)
    start = (sectors + 1) * SECTOR + offset
    return image[start : start + length]


def decompress(data: bytes, lz4: list[str]) -> bytes:
    if data.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(data)
    if data.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31).decompress(data)
    if data.startswith(b"\x02\x21\x4c\x18"):
        # The kernel's build appended the uncompressed size, 4 bytes, which this format does not know of.
        command = [*lz4, "-d", "-q", "-c"]
        return subprocess.run(command, input=data[:-4], stdout=subprocess.PIPE, check=True).stdout
    sys.exit(f"extract-vmlinux.py: unknown compression, the payload starts with {data[:8].hex()}")


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    source, target, lz4 = sys.argv[1], sys.argv[2], sys.argv[3:] or ["lz4"]
    with open(source, "rb") as file:
        kernel = decompress(payload(file.read()), lz4)
    if not kernel.startswith(b"\x7fELF"):
        sys.exit(f"extract-vmlinux.py: what {source} holds is not an ELF kernel")
    with open(target, "wb") as file:
        file.write(kernel)


if __name__ == "__main__":
    main()
