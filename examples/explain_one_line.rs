//! Judges one record and says why.
//!
//! ```text
//! cargo run --example explain_one_line -- UsageDate=2026-10-04 UnitPrice=0.045 ...
//! ```
//!
//! Names are those of a daily rated usage file, in any of their spellings. Without arguments a record of a Spot virtual
//! machine is judged.

use std::error::Error;

use pec_core::engine::Engine;
use pec_core::normalise::Record;
use pec_core::report::explain;

const SPOT: [&str; 9] = [
    "UsageDate=2026-10-04",
    "CustomerId=2b8940db-5089-539c-e757-520ed1d1bc88",
    "EntitlementId=3f47bcf1-965d-40a1-a2bc-3d5db3653250",
    "ResourceURI=/subscriptions/3f47bcf1-965d-40a1-a2bc-3d5db3653250/resourceGroups/rg-batch/providers/\
     Microsoft.Compute/virtualMachines/vm-7",
    "MeterName=D2s v3 Spot",
    "UnitPrice=0.045",
    "Quantity=24",
    "PartnerEarnedCreditPercentage=0",
    "CreditType=Credit Not Applied",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut columns: Vec<String> = std::env::args().skip(1).collect();
    if columns.is_empty() {
        columns = SPOT.map(str::to_owned).to_vec();
    }
    let named = columns.iter().map(|column| column.split_once('=').ok_or(format!("`{column}` is not NAME=VALUE")));
    let mut record = Record::new(named.collect::<Result<Vec<_>, _>>()?)?;

    let line = record.line()?;
    let decision = Engine::new()?.decide(&line)?;
    print!("{}", explain(&line, &decision));
    Ok(())
}
