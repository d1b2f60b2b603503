//! Reconciles daily rated usage files: what earned, what did not, since when, and what it cost.
//!
//! ```text
//! cargo run --release --example reconcile_month -- FILE... [--json] [--threads N]
//! ```

use std::error::Error;
use std::fs::File;

use pec_core::engine::{Engine, Run};
use pec_core::read::Input;
use pec_core::report::Report;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut files, mut json, mut run) = (Vec::new(), false, Run::default());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--threads" => run = run.threads(arguments.next().ok_or("--threads needs a number")?.parse()?),
            file => files.push(Input::new(file, File::open(file)?)),
        }
    }
    let engine = Engine::new()?;
    let ledger = engine.reconcile(files, &run)?;
    let report = Report::new(&ledger, engine.programme())?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", report.text());
    }
    Ok(())
}
