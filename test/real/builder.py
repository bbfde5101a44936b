#!/usr/bin/env python3
"""What Xen's own PV domain builder makes of kernel files: one line of JSON each.

libxenctrl opens as a dummy, without a hypervisor; libxenguest then loads and parses
the file. Parsing always ends with "not supported by xen kernel", because there is
none: what it recognised stands in the log line before.
"""
import ctypes
import json
import os
import re
import sys

RECOGNISED = re.compile(r"xc_dom_parse_elf_kernel: (xen-3\.0-x86_\w+): 0x")
DEBUG, DUMMY = 1, 1


def entry(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


def verdict(path):
    pointer, text, number, flags = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint
    libc = ctypes.CDLL(None)
    toollog = ctypes.CDLL("libxentoollog.so.1")
    control = ctypes.CDLL("libxenctrl.so.4.17", mode=ctypes.RTLD_GLOBAL)
    guest = ctypes.CDLL("libxenguest.so.4.17")
    log = os.memfd_create("log")
    stream = entry(libc, "fdopen", pointer, number, text)(log, b"w+")
    logger = entry(toollog, "xtl_createlogger_stdiostream", pointer, pointer, number, flags)(stream, DEBUG, 0)
    handle = entry(control, "xc_interface_open", pointer, pointer, pointer, flags)(logger, logger, DUMMY)
    entry(guest, "xc_dom_loginit", number, pointer)(handle)
    image = entry(guest, "xc_dom_allocate", pointer, pointer, text, text)(handle, None, None)
    if entry(guest, "xc_dom_kernel_file", number, pointer, text)(image, os.fsencode(path)) == 0:
        entry(guest, "xc_dom_parse_image", number, pointer)(image)
    entry(guest, "xc_dom_release", None, pointer)(image)
    entry(libc, "fflush", number, pointer)(stream)
    os.lseek(log, 0, os.SEEK_SET)
    with os.fdopen(os.dup(log), errors="replace") as lines:
        text = lines.read()
    found = RECOGNISED.search(text)
    # Debian builds it without bzip2 and LZO: that is no verdict on the file.
    left_out = "decompress support unavailable" in text
    return {"path": path, "guest": "left out" if left_out else found.group(1) if found else None}


for name in sys.argv[1:]:
    print(json.dumps(verdict(name)))
