"""The work as SQL in DuckDB, exact: DECIMAL throughout."""

import csv
import gzip

import duckdb

import common

# One DECIMAL(38) cannot hold both the decimals and the range of price x quantity, and a cast to fewer decimals rounds without a
# word. So the price is split: `high` has 8 decimals, `low` is the rest (the cast may round, the two still add up to the price).
# Products and sums that do not fit raise an error.
LINES = r"""
CREATE TEMP TABLE base AS
WITH texts AS (
  SELECT *, lower(replace(CreditType, ' ', '')) AS credit_type, lower(replace(BenefitType, ' ', '')) AS benefit_type,
         lower(SubscriptionDescription) AS plan, lower(PublisherName) AS publisher, rtrim(lower(ResourceURI), '/') AS resource,
         UnitPrice::DECIMAL(38,20) AS price, UnitPrice::DECIMAL(28,8) AS high_price, Quantity::DECIMAL(38,15) AS units,
         nullif(PartnerEarnedCreditPercentage, '')::DECIMAL(18,8) AS pec_percent,
         nullif(CreditPercentage, '')::DECIMAL(18,8) AS credit_percent
  FROM read_csv($file, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
                columns = $columns, force_not_null = $names)
), rates AS (
  SELECT *, credit_type IN ('partnerearnedcreditapplied', 'pecapplied') AS pec_text,
         (CASE WHEN pec_percent <= 1 THEN pec_percent * 100 ELSE pec_percent END)::DECIMAL(18,8) AS pec,
         (CASE WHEN credit_percent <= 1 THEN credit_percent * 100 ELSE credit_percent END)::DECIMAL(18,8) AS credit,
         price = 0 OR units = 0 OR coalesce(try_cast(PricingPreTaxTotal AS DOUBLE) = 0, false) AS nothing
  FROM texts
), paid_rates AS (
  SELECT *, coalesce(pec, CASE WHEN NOT pec_text THEN 0 WHEN credit > 0 AND credit < 100 THEN credit ELSE 15 END) AS rate FROM rates
), lines AS (
  SELECT
    regexp_replace(lower(CustomerId), '^org:', '') AS customer,
    lower(EntitlementId) AS subscription,
    CASE WHEN ResourceGroup = '' THEN regexp_extract(resource, '/resourcegroups/([^/]+)', 1) ELSE lower(ResourceGroup) END AS "group",
    resource,
    strptime(UsageDate, '%m/%d/%Y')::DATE AS day,
    CASE WHEN Tier2MpnId = '0' THEN '' ELSE Tier2MpnId END AS reseller,
    CASE
      WHEN lower(replace(ChargeType, ' ', '')) NOT IN ('', 'new', 'usage', 'charge', 'consumption') THEN 1
      WHEN plan != '' AND NOT starts_with(plan, 'azure plan') AND NOT starts_with(plan, 'microsoft azure plan') THEN 2
      WHEN starts_with(InvoiceNumber, 'D') THEN 2
      WHEN benefit_type = 'reservation' THEN 3
      WHEN regexp_matches(AdditionalInfo, '(?i)"reservation(?:order)?id"\s*:\s*(?:"\s*[^"\s]|[-0-9tf\[{])') THEN 3
      WHEN benefit_type = 'savingsplan' THEN 4
      WHEN publisher NOT IN ('', 'microsoft', 'microsoft corporation') AND NOT starts_with(publisher, 'microsoft ') THEN 5
      WHEN spot(MeterName) OR spot(SkuName) OR spot(MeterSubCategory) OR spot(ProductName) THEN 7
      WHEN regexp_matches(AdditionalInfo, '(?i)(?:priority[^"]*|"pricingmodel)"\s*:\s*"spot"') THEN 7
      WHEN starts_with(credit_type, 'azurec') OR (credit = 100 AND NOT pec_text) THEN 9
      WHEN nothing THEN 10
      ELSE 22
    END AS rank,
    rate > 0 AND NOT nothing AS paid,
    CASE WHEN PricingCurrency = '' THEN 'USD' ELSE upper(PricingCurrency) END AS currency,
    rate,
    high_price * units AS high,
    (price - high_price)::DECIMAL(38,20) * units AS low
  FROM paid_rates
)
SELECT customer, subscription, "group", resource, day, reseller, rank, paid, currency, rate,
       count(*) AS lines, sum(high) AS high, sum(low) AS low
FROM lines GROUP BY ALL
"""
SPOT = r"CREATE TEMP MACRO spot(name) AS regexp_matches(name, '(?i)(?:^|[^\p{L}\p{N}])spot(?:[^\p{L}\p{N}]|$)')"
CELLS = """
CREATE TEMP TABLE cells AS
SELECT customer, subscription, "group", day, reseller, rank, paid, currency, rate,
       sum(lines)::BIGINT AS lines, sum(high) AS high, sum(low) AS low
FROM base GROUP BY ALL
"""
SUMS = "SELECT rank, paid, currency, rate, sum(lines)::BIGINT, sum(high), sum(low) FROM cells GROUP BY ALL"
OBSERVED = """
CREATE TEMP TABLE observed AS
SELECT customer, subscription, "group", resource, day, currency, coalesce(sum(lines) FILTER (paid), 0)::BIGINT AS paid_lines,
       coalesce(sum(lines) FILTER (NOT paid), 0)::BIGINT AS unpaid_lines,
       coalesce(sum(high) FILTER (NOT paid), 0) AS high, coalesce(sum(low) FILTER (NOT paid), 0) AS low
FROM base WHERE rank = 22 GROUP BY ALL
"""
UNPAID = "SELECT * EXCLUDE (paid_lines) FROM observed WHERE unpaid_lines > 0"
# Days with a paid line, on the three levels, of the scopes that also have unpaid lines.
PAID = """
WITH unpaid AS (FROM observed WHERE unpaid_lines > 0), paid AS (FROM observed WHERE paid_lines > 0)
SELECT DISTINCT customer, subscription, NULL, NULL, day FROM paid SEMI JOIN unpaid USING (customer, subscription)
UNION ALL
SELECT DISTINCT customer, subscription, "group", NULL, day FROM paid SEMI JOIN unpaid USING (customer, subscription, "group")
UNION ALL
SELECT DISTINCT customer, subscription, "group", resource, day FROM paid SEMI JOIN unpaid USING (customer, subscription, "group", resource)
"""


def rows(result, rate=None):
    """Rows with `high` and `low` added; the rate, in percent, sits at index `rate`."""
    found = []
    for *fields, high, low in result.fetchall():  # at once: the connection's next query would drop what is left
        if rate is not None:
            fields[rate] /= 100
        found.append((*fields, high + low))
    return found


def main():
    args = common.arguments()
    opener = gzip.open if args.file.endswith(".gz") else open
    with opener(args.file, "rt", encoding="utf-8-sig", newline="") as header:
        names = next(csv.reader(header))
    con = duckdb.connect(config={"threads": args.threads, "preserve_insertion_order": False})
    con.execute(SPOT)
    con.execute(LINES, {"file": args.file, "columns": dict.fromkeys(names, "VARCHAR"), "names": names})
    con.execute(CELLS)
    con.execute(OBSERVED)
    common.finish(
        args,
        rows(con.execute(SUMS), rate=3),
        lambda: rows(con.execute("FROM cells"), rate=8),
        lambda: rows(con.execute("FROM observed")),
        rows(con.execute(UNPAID)),
        con.execute(PAID).fetchall(),
    )


main()
