"""An `az` that answers from a table, applies `--query` as the real one does, and notes what it was asked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import jmespath

HOME = Path(os.environ["FAKE_AZ"])


def option(arguments, name):
    return arguments[arguments.index(name) + 1] if name in arguments else None


def main(arguments):
    with (HOME / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps(arguments) + "\n")
    words = " ".join(arguments)
    answers = json.loads((HOME / "answers.json").read_text(encoding="utf-8"))
    answer = next((answer for said, answer in answers if all(part in words for part in said)), None)
    if answer is None:
        return f"ERROR: 'az {words}' is not in the table"
    if isinstance(answer, str):
        return f"ERROR: {answer}"
    if isinstance(answer, dict) and "status" in answer:  # as it is: what goes wrong with az itself
        sys.stdout.write(answer.get("stdout", ""))
        sys.stderr.write(answer.get("stderr", ""))
        return answer["status"]
    query = option(arguments, "--query")
    # As az 2.60 and later: indented by two, keys sorted.
    found = jmespath.search(query, answer) if query else answer
    if option(arguments, "--output") == "tsv":
        for value in found if isinstance(found, list) else [found]:
            print("" if value is None else value)
    else:
        print(json.dumps(found, indent=2, sort_keys=True))
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
