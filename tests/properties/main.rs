//! What must always hold, for random input. `tests/README.md` has the table of all properties.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod credit_offer;
mod diff;
mod drawdown;
mod eligibility;
mod invoice;
mod ledger;
mod money;
mod months;
mod normalise;
mod read;
mod reconcile;
mod saved;
mod strategies;
mod worlds;
