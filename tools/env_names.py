"""Writes docs/env.md's variables as C++: the document is where they are kept.

VARIABLE("NAME") for each, and for those of the section "Names of before" also
OLD_NAME("NAME", "what the second column says").
"""

import re
import sys

names, old = set(), {}
before = False
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("## "):
        before = line.strip() == "## Names of before"
    if not line.startswith("| `"):
        continue
    cells = [cell.strip() for cell in line.split("|")]
    found = re.findall(r"`([A-Z][A-Z0-9_]+)`", cells[1])
    names.update(found)
    if before:
        old.update(dict.fromkeys(found, cells[2].replace("`", "")))
print("// Generated from docs/env.md by tools/env_names.py.")
for name in sorted(names):
    print(f'VARIABLE("{name}")')
for name, now in old.items():
    print(f'OLD_NAME("{name}", "{now}")')
