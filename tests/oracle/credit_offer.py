"""The Azure Credit Offer, from the deck: size, table, end of a balance, prerequisites, days.

`ACO4` and the like are numbers of the collected facts. Amounts are fractions; `Refused` is raised
where nothing may be answered, with what would be allowed where there is such a thing.
"""

from __future__ import annotations

import calendar
import math
from datetime import date, timedelta
from fractions import Fraction

RATE = Fraction(15, 100)  # R67
RATIO = 10  # ACO4
THRESHOLD = 5000  # ACO4
FIRST_DAY, LAST_VERIFIED = date(2023, 7, 1), date(2024, 6, 30)  # fiscal year 2024

REVIEW = (1, 5)
FINANCE_AND_OPERATIONS = (3, 7)

# Where an agreement stands -> what may happen -> where it stands then.
WAYS = {
    "not_submitted": {"submit": "in_review"},
    "in_review": {
        "pass_review": "in_finance_and_operations",
        "request_details": "details_requested",
        "reject": "rejected",
    },
    "details_requested": {"provide_details": "in_review", "reject": "rejected"},
    "in_finance_and_operations": {"publish": "published"},
    "published": {"accept": "accepted", "withdraw": "withdrawn"},
    "expired": {"request_reapproval": "in_reapproval"},
    "withdrawn": {"request_reapproval": "in_reapproval"},
    "in_reapproval": {"publish": "published"},
    "accepted": {},
    "rejected": {},
}


class Refused(Exception):
    def __init__(self, allowed=True):
        self.allowed = allowed


def plain(amount):
    """An exact amount: as many decimals as it needs."""
    decimals = 0
    while (amount * 10**decimals).denominator != 1:
        decimals += 1
    digits = str(int(abs(amount) * 10**decimals)).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return ("-" if amount < 0 else "") + whole + ("." + part if part else "")


def cut(amount):
    """Cut to cents, as on invoices (R78)."""
    return Fraction(math.floor(amount * 100), 100)


def cents(amount):
    cut_amount = int(cut(amount) * 100)
    return f"{cut_amount // 100}.{cut_amount % 100:02}"


def usd(text):
    amount = Fraction(text)
    if amount < 0:
        raise Refused
    return amount


def table(credit, acr, mode, eligible_share="1", expires_after=None):
    """ACO first, PEC on what is left (ACO10, ACO11)."""
    if not acr:
        raise Refused
    balance, share = usd(credit), Fraction(eligible_share)
    rows = []
    for number, usage in enumerate(map(usd, acr), 1):
        used = min(usage, balance)
        above = usage - used
        flat = mode == "deck" and balance > 0  # the final month of the credit
        pec = above * RATE * (1 if flat else share)
        row = {"month": number, "acr": plain(usage), "balance_start": plain(balance)}
        row |= {"used": plain(used), "above": plain(above)}
        row |= {"pec": cents(pec), "invoice": cents(above - pec)}
        left = balance - used
        expired = left if number == expires_after else Fraction(0)
        balance = left - expired
        row["balance_end"] = plain(balance)
        if expired:
            row["expired"] = plain(expired)
        if cut(pec) != pec:
            row["pec_exact"] = plain(pec)
        if cut(above - pec) != above - pec:
            row["invoice_exact"] = plain(above - pec)
        rows.append(row)
    return rows


def size(acr, on):
    day, acr = date.fromisoformat(on), usd(acr)
    if day < FIRST_DAY:
        raise Refused
    eligible = acr >= THRESHOLD
    credit = acr / RATIO if eligible else Fraction(0)
    return {
        "credit": plain(credit),
        "eligible": eligible,
        "shortfall": plain(max(THRESHOLD - acr, Fraction(0))),
        "verified": day <= LAST_VERIFIED,
        "pec_forgone": plain(credit * RATE),
        "value_to_partner": plain(credit * (1 - RATE)),
        "value_to_customer": plain(credit),
    }


def month_end(day):
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def forecast(balance, acr, first_month=None):
    first = first_month and date.fromisoformat(first_month)
    if not acr or (first and first.day != 1):
        raise Refused
    left, months = usd(balance), [usd(month) for month in acr]
    mean = sum(months) / len(months)
    paces = {"earliest": max(months), "likely": mean, "latest": min(months)}
    return {name: balance_end(left, pace, first) for name, pace in paces.items()}


def balance_end(left, pace, first):
    end = {"month": None, "day": None, "monthly_acr": plain(Fraction(round(pace * 100), 100))}
    if left == 0:
        end["month"] = 0
    elif pace > 0:
        end["month"] = math.ceil(left / pace)
        if first:
            day = first
            # One day after the other, each with its part of the month.
            while left > 0:
                left -= pace / calendar.monthrange(day.year, day.month)[1]
                day += timedelta(days=1)
            end["day"] = (day - timedelta(days=1)).isoformat()
    if left == 0 and pace == 0:
        end["month"] = None
    return end


def business_day(day, holidays):
    return day.weekday() < 5 and day not in holidays


def after(day, count, holidays):
    """The `count`-th business day after a day; for 0 the day itself or the first after it."""
    if count == 0:
        while not business_day(day, holidays):
            day += timedelta(days=1)
        return day
    while count:
        day += timedelta(days=1)
        count -= business_day(day, holidays)
    return day


def standing(history, today):
    """State and the day since when it holds, of the steps taken so far."""
    if not history:
        return "not_submitted", None
    state, since = history[-1]
    if state == "published" and today > month_end(since):
        return "expired", month_end(since) + timedelta(days=1)
    return state, since


def agreement(steps, holidays, today):
    today = date.fromisoformat(today)
    holidays = {date.fromisoformat(day) for day in holidays}
    history = []
    for taken in steps:
        on = date.fromisoformat(taken["on"])
        state, _ = standing(history, on)
        if taken["step"] not in WAYS[state]:
            raise Refused(list(WAYS[state]))
        history.append((WAYS[state][taken["step"]], on))
    state, since = standing(history, today)
    windows = due(state, since, holidays, today)
    return {
        "state": state,
        "allowed": list(WAYS[state]),
        "windows": windows,
        "shortest_signing": shortest(windows, holidays),
    }


def due(state, since, holidays, today):
    windows = []

    def add(step, earliest, latest, overdue=False):
        last = latest and latest.isoformat()
        windows.append(
            {"step": step, "earliest": earliest.isoformat(), "latest": last, "overdue": overdue}
        )
        return earliest, latest

    def microsoft(step, first, last, span):
        now = after(today, 0, holidays)
        promised = after(last, span[1], holidays)
        earliest = max(after(first, span[0], holidays), now)
        return add(step, earliest, max(promised, now), promised < today)

    if state in ("accepted", "rejected"):
        return windows
    if state == "published":
        add("accept", today, month_end(since))
        return windows
    first = last = since
    partners = {"not_submitted": "submit", "details_requested": "provide_details"}
    partners |= {"expired": "request_reapproval", "withdrawn": "request_reapproval"}
    if state in partners:
        add(partners[state], today, None)
        first = last = today
    if state in ("not_submitted", "details_requested", "in_review"):
        first, last = microsoft("pass_review", first, last, REVIEW)
    first, last = microsoft("publish", first, last, FINANCE_AND_OPERATIONS)
    add("accept", first, month_end(last))
    return windows


def shortest(windows, holidays):
    found = None
    for window in windows:
        if window["step"] == "publish":
            day = date.fromisoformat(window["earliest"])
            while day.isoformat() <= window["latest"]:
                days = (month_end(day) - day).days + 1
                if business_day(day, holidays) and (found is None or days < found["days"]):
                    deadline = month_end(day).isoformat()
                    found = {"published": day.isoformat(), "deadline": deadline, "days": days}
                day += timedelta(days=1)
    return found


def prerequisites(offer):
    """`ready` only where everything is known and met; what is not told is unknown."""
    deal, customer = offer.get("deal", {}), offer.get("customer", {})
    partner, request = offer.get("partner", {}), offer.get("request", {})
    acr, segment = deal.get("incremental_acr"), customer.get("segment")
    facts = {
        "deal_size": None if acr is None else Fraction(acr) >= THRESHOLD,
        "scenario_named": True if "scenario" in deal else None,
        "customer_us_smb": customer.get("us_smb"),
        "customer_commercial": None if segment is None else segment == "commercial",
        "billing_details_current": customer.get("billing_details_current"),
        "customer_agreement_accepted": customer.get("agreement_accepted"),
        "partner_agreement_signed": partner.get("agreement_signed"),
        "customer_registered": partner.get("customer_registered"),
        "customer_agreement_confirmed": partner.get("customer_agreement_confirmed"),
        "reseller_relationship": partner.get("reseller_relationship"),
        "provider_reseller_relationship": partner.get("provider_reseller_relationship"),
    }
    kind, by = partner.get("kind"), request.get("submitted_by")
    # Only the partner that works with the customer, never the provider: no exceptions (ACO3).
    if by == "indirect_provider":
        facts["request_by_transacting_partner"] = False
    elif by is None or kind is None:
        facts["request_by_transacting_partner"] = None
    else:
        facts["request_by_transacting_partner"] = (by == "direct_bill") == (kind == "direct_bill")
    not_applicable = ["provider_reseller_relationship"] if kind == "direct_bill" else []
    for name in not_applicable:
        del facts[name]
    not_met = [name for name, fact in facts.items() if fact is False]
    unknown = [name for name, fact in facts.items() if fact is None]
    return {
        "readiness": "not_ready" if not_met else "unknown" if unknown else "ready",
        "not_met": not_met,
        "unknown": unknown,
        "not_applicable": not_applicable,
    }


def answer(case):
    """What a golden case is answered with."""
    optional = {
        name: case[name] for name in ("eligible_share", "expires_after") if name in case
    }
    try:
        match case["kind"]:
            case "table":
                return table(case["credit"], case["acr"], case["mode"], **optional)
            case "size":
                return size(case["acr"], case["on"])
            case "forecast":
                return forecast(case["balance"], case["acr"], case.get("first_month"))
            case "agreement":
                return agreement(case["steps"], case["holidays"], case["today"])
            case "prerequisites":
                return prerequisites(case["offer"])
    except Refused as refused:
        return {"refused": refused.allowed}
    raise ValueError(case["kind"])
