"""What files are: `pec.doctor`. A file is what the first reader takes it for that can use it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from pec.diagnosis.evidence import of_exports
from pec.diagnosis.parts import Part, parts
from pec.diagnosis.shape import Diagnosis, diagnosis
from pec.diagnosis.tables import Told, of_file
from pec.diagnosis.toml import of_toml
from pec.own import is_own


def doctor(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    progress: Callable[[int, int], object] | None = None,
) -> list[Diagnosis]:
    """What each file is, what it lacks, what it can answer, and which export would answer more.

        for found in pec.doctor("downloads"):
            print(found["file"], found["layout"] or found["error"])

    Args:
        paths: Files, globs and folders; of a folder all files, those of folders in it too.
        progress: Told the rows and bytes of usage read so far.

    Returns:
        For each file, or folder of evidence, in order:

        - `path`: what to give to pec; `file`: the file itself.
        - `kind`: `daily_rated_usage`, `cost_details`, `focus`, `invoice`, `price_list`, `credits`, `evidence`,
            `partner`, `offer`; `None` where pec does not know it, and `error` says what was found.
        - `layout`: the kind in words, with its version; `attribute_set` of daily rated usage, `full` or `basic`.
        - `format`, `rows`, `row_issues`, `first_day`, `last_day`, as far as they are told.
        - `final`: `False` where days are not invoiced yet.
        - `lacks`: columns and facts that would tell more.
        - `answers`: for each question whether it is answered (`yes`, `partly`, `with` another input beside, `no`),
            which columns are missing for it, and what to take.
        - `details`: what only this kind has.

    Raises:
        FileNotFoundError: There is nothing at a path.
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    told = Told(progress)
    return [found for part in parts(given) for found in _diagnoses(part, told)]


def _diagnoses(part: Part, told: Told) -> Iterator[Diagnosis]:
    if part.is_evidence:
        yield from of_exports(part.path, lambda evidence: evidence.read_folder(part.path))
    elif is_own(part.path):
        yield diagnosis(part.path, None, None, error="own table of pec, from an earlier run")
    elif part.path.suffix.lower() == ".toml":
        yield of_toml(part.path)
    else:
        yield of_file(part.path, told)
