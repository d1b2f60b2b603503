"""Compare two result files: `compare.py REFERENCE OTHER exact|float`. Exit status 1 where they must be equal and are not.

A process of its own, because run.py must stay small: the peak memory of a child can never be read as less than its parent's.
"""

import json
import sys
from decimal import Decimal, localcontext

LISTS = ("sums", "gaps", "days")
DIGESTS = ("cells", "observed", "ledger", "credits")
AMOUNTS = ("list_cost", "potential_credit", "credit", "credit_lost")
KEYS = {"sums": ("standing", "reason", "currency"), "gaps": ("customer", "subscription", "scope", "first_day", "currency")}

NO_LINES = {"lines": 0}


def differences(name, ours, theirs):
    """Lists that must be equal: the first entry that is not, in words."""
    if len(ours) != len(theirs):
        yield f"{name}: {len(ours)} entries against {len(theirs)}"
    for number, (a, b) in enumerate(zip(ours, theirs)):
        if a != b:
            yield f"{name}[{number}]: {json.dumps(a)}\n    against {json.dumps(b)}"
            return


def exact(ours, theirs):
    found = [] if any(part in theirs for part in (*LISTS, *DIGESTS)) else ["there is nothing to compare"]
    for part in LISTS:
        if part not in theirs:
            continue
        # `pec` may say more about an entry than the peers do; what both say must be equal, and the peers' fields must be there.
        known = {field for entry in theirs[part] for field in entry}
        found += differences(part, [{k: v for k, v in entry.items() if k in known} for entry in ours[part]], theirs[part])
    for part in DIGESTS:
        if part in ours and part in theirs and ours[part] != theirs[part]:
            found.append(f"{part}: {ours[part]} against {theirs[part]}")
    if "row_issues" in ours and ours["row_issues"]:
        found.append(f"the bench's file must be clean; {ours['row_issues']} rows are issues")
    return found


def inexactness(ours, theirs):
    """In one sentence, how far floats are off: lines, entries, amounts, largest relative error."""
    entries = wrong = amounts = moved = 0
    largest = Decimal(0)
    for part, names in KEYS.items():
        a, b = ({tuple(entry[name] for name in names): entry for entry in side[part]} for side in (ours, theirs))
        entries += len(a.keys() ^ b.keys()) + sum(a[key]["lines"] != b[key]["lines"] for key in a.keys() & b.keys())
        if part == "sums":  # a line that is missing in one entry is too many in another
            moved = sum(abs(a.get(key, NO_LINES)["lines"] - b.get(key, NO_LINES)["lines"]) for key in a.keys() | b.keys()) // 2
        for key in a.keys() & b.keys():
            for name in AMOUNTS:
                if name in b[key]:
                    right, left = Decimal(a[key][name]), Decimal(b[key][name])
                    amounts += 1
                    wrong += right != left
                    with localcontext(prec=50):
                        largest = max(largest, abs(left - right) / abs(right) if right else abs(left))
    said = f"{wrong} of {amounts} amounts differ, the largest by {largest:.1e} of its value"
    return f"{said}; {moved} lines have another standing or reason; {entries} entries have other keys or line counts"


def main():
    reference, other, kind = sys.argv[1:]
    with open(reference, encoding="utf-8") as a, open(other, encoding="utf-8") as b:
        ours, theirs = json.load(a), json.load(b)
    if kind == "float":
        print(inexactness(ours, theirs))
    elif found := exact(ours, theirs):
        sys.exit(f"{other} is not equal to {reference}\n  " + "\n  ".join(found))


main()
