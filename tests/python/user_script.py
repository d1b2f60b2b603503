"""A script as a user has it; `test_conventions.py` checks its types and runs it."""

import datetime
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pec


def main(path: str) -> None:
    result: pec.Result = pec.reconcile(path, threads=1)
    for gap in result.to_dict()["gaps"]:
        lost: Decimal = gap["credit_lost"]
        print(f"gap of {gap['days']} days: {lost.normalize()} {gap['currency']}")
    assert result.by_reason.num_rows > 0
    with tempfile.TemporaryDirectory() as folder:
        written: list[Path] = result.save(folder)
        assert all(path.is_file() for path in written)

    judgement = pec.judge(
        {
            "UsageDate": datetime.date(2026, 10, 4),
            "EntitlementId": "3f47bcf1-965d-40a1-a2bc-3d5db3653250",
            "UnitPrice": Decimal("0.045"),
            "Quantity": 24,
            "CreditType": "Credit Not Applied",
        }
    )
    reason: str | None = judgement.reason
    day: datetime.date = judgement.usage_day
    print(reason, day, [finding.rule for finding in judgement.findings])

    net: Decimal = pec.gross_up("85.00", "0.15", places=2)
    ids: list[str] = [rule.id for rule in pec.rules()]
    assert net == 100
    assert ids

    try:
        pec.reconcile("nothing.csv")
    except FileNotFoundError:
        pass
    except pec.ReadError as error:
        print(error.file)


if __name__ == "__main__":
    main(sys.argv[1])
