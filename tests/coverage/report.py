"""Merges gcov's JSON of all object files below a build directory and prints a table by room."""

import collections
import json
import os
import subprocess
import sys

build = os.path.abspath(sys.argv[1])
root = os.getcwd()
lines = collections.defaultdict(dict)  # file -> line -> executed
branches = collections.defaultdict(dict)  # file -> (line, index) -> taken

notes = [os.path.join(d, f) for d, _, files in os.walk(build) for f in files if f.endswith(".gcda")]
for note in notes:
    run = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", note], cwd=build,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    for document in run.stdout.splitlines():
        for source in json.loads(document)["files"]:
            path = os.path.relpath(os.path.normpath(os.path.join(build, source["file"])), root)
            if not path.startswith(("framework/", "simulators/")):
                continue
            for line in source["lines"]:
                number = line["line_number"]
                lines[path][number] = lines[path].get(number, False) or line["count"] > 0
                for index, branch in enumerate(line["branches"]):
                    if branch["throw"]:
                        continue
                    key = (number, index)
                    branches[path][key] = branches[path].get(key, False) or branch["count"] > 0


def share(table, files):
    found = [hit for file in files for hit in table[file].values()]
    return f"{100 * sum(found) / len(found):5.1f} % of {len(found):6}" if found else "-"


rooms = collections.defaultdict(list)
for path in sorted(lines):
    rooms[os.path.dirname(path)].append(path)
print(f"{'room':34} {'lines':>18} {'branches':>18}")
for room, files in sorted(rooms.items()):
    print(f"{room:34} {share(lines, files):>18} {share(branches, files):>18}")
for part in ("framework/", "simulators/"):
    files = [path for path in lines if path.startswith(part)]
    print(f"{part:34} {share(lines, files):>18} {share(branches, files):>18}")
