"""Makes records with `csv.DictReader` from text that is in memory, and does nothing with them: a floor."""

import csv
import io

import common


def main():
    args = common.arguments()
    with open(args.file, encoding="utf-8-sig", newline="") as file:
        text = io.StringIO(file.read(), newline="")
    clock = common.Clock()
    for _record in csv.DictReader(text):
        pass
    clock.stop(args.clock)


main()
