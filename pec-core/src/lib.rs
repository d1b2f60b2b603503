//! Microsoft Partner Earned Credit, decided line by line: exact, deterministic, explained.

pub mod accrual;
pub mod day;
pub mod eligibility;
pub mod engine;
pub mod ids;
pub mod ledger;
mod lookup;
pub mod money;
pub mod normalise;
pub mod observed;
pub mod product;
pub mod programme;
pub mod read;
pub mod reconcile;
pub mod report;
pub mod resource;
#[cfg(feature = "testing")]
pub mod testing;
pub mod usage;
