//! Microsoft Partner Earned Credit (PEC), decided line by line: exact, deterministic, explained.
//!
//! Microsoft credits partners of the Cloud Solution Provider programme 15 % of what their customers use of Azure, on every
//! day on which the partner holds access to the resource. This crate reads the daily rated usage files of Partner Center and
//! says of every charge whether it earned, why not, and what it cost.
//!
//! # Example
//!
//! ```
//! use pec_core::engine::{Engine, Run};
//! use pec_core::read::Input;
//! use pec_core::report::Report;
//!
//! let file = "\
//! UsageDate,EntitlementId,ResourceURI,MeterName,UnitPrice,Quantity,PartnerEarnedCreditPercentage
//! 2026-10-04,3f47bcf1-965d-40a1-a2bc-3d5db3653250,/subscriptions/s/resourceGroups/g/a,D2s v3,0.045,24,15
//! 2026-10-05,3f47bcf1-965d-40a1-a2bc-3d5db3653250,/subscriptions/s/resourceGroups/g/a,D2s v3,0.045,24,0
//! 2026-10-05,3f47bcf1-965d-40a1-a2bc-3d5db3653250,/subscriptions/s/resourceGroups/g/b,D2s v3 Spot,0.01,24,0
//! ";
//! let engine = Engine::new()?;
//! let ledger = engine.reconcile([Input::new("usage.csv", file.as_bytes())], &Run::default())?;
//! let report = Report::new(&ledger, engine.programme())?;
//!
//! let standings: Vec<_> = report.sums.iter().map(|sum| (sum.standing.as_str(), sum.list_cost.to_string())).collect();
//! assert_eq!(standings, [
//!     ("earned", "1.08".to_owned()),
//!     ("unknown", "1.08".to_owned()), // could earn and was not paid: the file cannot tell why
//!     ("excluded", "0.24".to_owned()), // Spot earns nothing by design
//! ]);
//! assert_eq!(report.gaps[0].first_day.to_string(), "2026-10-05");
//! assert_eq!(report.gaps[0].credit_lost.to_string(), "0.162"); // USD
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Overview
//!
//! Data goes one way, and a module for each step:
//!
//! ```text
//! read ──> normalise ──> eligibility ──> accrual ──> drawdown ──> reconcile ──> ledger ──> report
//! bytes    UsageLine     Verdict         credit      Azure        Standing      sums       tables, text
//! to text                   ↑                         credit                     └──> observed gaps
//! exports ─> Evidence ──> access
//! ```
//!
//! - [`engine::Engine`] is everything a line is decided with. It [judges](engine::Engine::judge) a line,
//!   [streams](engine::Engine::stream) one input row by row, or [reconciles](engine::Engine::reconcile) many on several threads.
//! - [`read::Input`] is a named stream of bytes: CSV, JSON Lines or JSON, packed with gzip or not, Parquet or a workbook.
//! - [`normalise::Record`] is one record given by names and texts; [`usage::UsageLine`] is what any record becomes.
//! - [`partner::Partner`] says who earns; [`normalise::evidence`] reads exports of access into [`access::Evidence`]. Together
//!   they are [`access::Access`], which [`Engine::with_access`](engine::Engine::with_access) takes; without it no line's access is known.
//!   [`Engine::explain_access`](engine::Engine::explain_access) shows every grant that was considered for a line, and
//!   [`Access::timeline`](access::Access::timeline) all of them over time.
//! - [`normalise::price_list`] reads price lists into a [`product::PriceList`], which
//!   [`Engine::with_prices`](engine::Engine::with_prices) takes: it tells what a line's product is on its day, and what units cost.
//! - [`eligibility::Verdict`] is what the rules say of a line, blind to what was paid; [`eligibility::rules`] lists them.
//! - [`reconcile::Decision`] puts the verdict beside what was paid: [`reconcile::Standing`] and the money.
//! - [`ledger::Ledger`] holds exact sums that merge in any order; [`observed::ObservedGap`] is a run of days without credit.
//!   What lines are decided with, and ledgers, travel between processes as bytes ([`saved`]).
//! - [`report::Report`] is what was found, as data, JSON and text; [`report::explain`] says why one line has its standing.
//! - [`invoice`] is the published arithmetic of invoices, [`tie_out`](tie_out::tie_out) the comparison of daily lines with one.
//! - [`money::Number`], [`money::Amount`] and [`money::Rate`] are exact decimals; nothing rounds without a
//!   [`money::Rounding`].
//! - [`credit_offer`] plans an Azure Credit Offer: its size, its table month by month, what a request needs.
//! - [`drawdown::Drawdown`] draws Azure credits down by the usage itself, which is then read twice: once for its
//!   [sums](engine::Engine::credit_usage), once to decide its lines [with it](engine::Engine::with_drawdown).
//! - [`programme::Programme`] holds rates and choices over time, each with its source.
//!
//! # What it does
//!
//! - Reads every layout that Partner Center, the v1 API and the Graph export have had, by column name; cost details of Cost
//!   Management and FOCUS exports, where they show the credit.
//! - Decides each line by one function, whatever it came from.
//! - Keeps every digit: the order of rows, their files and the number of threads change nothing.
//! - Counts rows that cannot be read, and says where they are and what was expected.
//! - Reads what Azure and PowerShell export of access: role assignments, Azure Lighthouse delegations, partner id links,
//!   Privileged Identity Management, activity logs, deny assignments, groups, management groups. A line whose day they show
//!   covered and that was not paid is [`Missed`](reconcile::Standing::Missed), one whose day they show not covered is
//!   [`Lost`](reconcile::Standing::Lost); what they cannot show leaves it [`Unknown`](reconcile::Standing::Unknown), with the export that
//!   would settle it.
//! - [Compares](access::Comparison) two exports of access: which grants that carry PEC are gone, changed or will end, and the
//!   credit at stake; and writes an [alert](report::Alert) on their deletion.
//! - Gives a reason for every answer, with the document it rests on.
//!
//! # What it does not do
//!
//! - It reads no absence out of what an export cannot show. Without access evidence a line that could earn and was not paid
//!   is [`Unknown`](reconcile::Standing::Unknown), never missed or lost.
//! - It knows no order in which Microsoft draws several credits, or the lines of a day: no document tells, so it chooses.
//! - It touches no clock, file system or network: inputs are streams, and days come from the data.
//! - It is no statement by Microsoft. What Microsoft pays is what Microsoft pays.
//!
//! # Features
//!
//! None is on by default; reading files needs none.
//!
//! - `arrow`: read record batches, give result tables as record batches and CSV.
//! - `parquet`: read Parquet exports, write result tables as Parquet; implies `arrow`.
//! - `xlsx`: read workbooks.
//! - `testing`: the seeded generator of realistic months.
//!
//! # More
//!
//! [`_documentation`] holds the longer pages: design, file formats, errata and the catalogue of rules.

pub mod access;
pub mod accrual;
pub mod credit_offer;
pub mod day;
pub mod drawdown;
pub mod eligibility;
pub mod engine;
pub mod ids;
pub mod invoice;
pub mod ledger;
mod lookup;
pub mod money;
pub mod normalise;
pub mod observed;
pub mod partner;
pub mod product;
pub mod programme;
pub mod read;
pub mod reconcile;
pub mod report;
pub mod resource;
pub mod saved;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tie_out;
pub mod usage;

/// Longer pages.
#[cfg(any(doc, doctest))]
pub mod _documentation {
    #[doc = include_str!("../docs/design.md")]
    pub mod design {}
    #[doc = include_str!("../docs/file-formats.md")]
    pub mod file_formats {}
    #[doc = include_str!("../docs/errata.md")]
    pub mod errata {}
    #[doc = include_str!("../docs/rules.md")]
    pub mod rules {}
}

/// The READMEs and the page on Rust run as doc tests. A packaged crate has none above it; without tests nothing is included.
#[cfg(doctest)]
mod readme {
    #[doc = include_str!("../../README.md")]
    mod of_the_project {}
    #[doc = include_str!("../README.md")]
    mod of_the_crate {}
    #[doc = include_str!("../../docs/rust.md")]
    mod of_the_site {}
}
