"""Writes the names of docs/env.md's variables as a C++ list: the document is where they are kept."""

import re
import sys

names = set()
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("| `"):
        names.update(re.findall(r"`([A-Z][A-Z0-9_]+)`", line.split("|")[1]))
print("// Generated from docs/env.md by tools/env_names.py.")
for name in sorted(names):
    print(f'"{name}",')
