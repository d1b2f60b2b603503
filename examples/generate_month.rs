//! Writes a seeded month of daily rated usage and prints what was seeded.
//!
//! `cargo run --release --example generate_month -- OUT [--lines N] [--customers N] [--seed N]
//! [--month YYYY-MM] [--broken N] [--layout csv55|csv52|csv50|jsonl-full|jsonl-basic|v1]`
//!
//! OUT ends in `.gz`: compressed with gzip. OUT is `-`: standard output, and the report goes to
//! standard error.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use pec_core::testing::{Kind, Layout, Month, Tally, Written};

fn main() -> Result<(), Box<dyn Error>> {
    let (path, month) = read_arguments(std::env::args().skip(1))?;
    let written = if path == "-" {
        month.write_to(&mut io::stdout().lock())?
    } else if path.ends_with(".gz") {
        let mut file = GzEncoder::new(File::create(&path)?, Compression::default());
        let written = month.write_to(&mut file)?;
        file.finish()?;
        written
    } else {
        month.write_to(&mut File::create(&path)?)?
    };
    if path == "-" {
        report(&path, &written, &mut io::stderr().lock())?;
    } else {
        report(&path, &written, &mut io::stdout().lock())?;
    }
    Ok(())
}

fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<(String, Month), Box<dyn Error>> {
    let (mut path, mut seed, mut lines, mut customers, mut broken) = (None, 1, 2_000_000, 400, 0);
    let (mut layout, mut first_day) = (Layout::Csv55, (2025, 10));
    while let Some(argument) = arguments.next() {
        if !argument.starts_with("--") {
            path = Some(argument);
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("`{argument}` needs a value"))?;
        match argument.as_str() {
            "--seed" => seed = value.parse()?,
            "--lines" => lines = value.replace('_', "").parse()?,
            "--customers" => customers = value.parse()?,
            "--broken" => broken = value.parse()?,
            "--month" => {
                let (left, right) = value.split_once('-').ok_or("`--month` is written YYYY-MM")?;
                first_day = (left.parse()?, right.parse()?);
            }
            "--layout" => {
                let found = Layout::ALL.into_iter().find(|layout| layout.name() == value);
                layout = found.ok_or_else(|| format!("no layout `{value}`"))?;
            }
            _ => return Err(format!("no option `{argument}`").into()),
        }
    }
    let path = path.ok_or("where to? give a path, or - for standard output")?;
    let month = Month::new(seed).lines(lines).customers(customers).broken_rows(broken);
    Ok((path, month.first_day(first_day.0, first_day.1).layout(layout)))
}

fn report(path: &str, written: &Written, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{path}: {} rows, {} bytes, {} broken", written.rows, written.bytes, written.broken.len())?;
    let mut show = |name: &str, tally: Tally| {
        writeln!(out, "{name:<24}{:>12} lines {:>24} USD", tally.lines, tally.list_cost.to_string())
    };
    show("earned", written.earned)?;
    for kind in Kind::LOSSES.into_iter().chain(Kind::BY_DESIGN).chain(Kind::USUAL) {
        show(&format!("{kind:?}"), written.tally(kind))?;
    }
    for loss in &written.losses {
        let Tally { lines, list_cost } = loss.tally;
        writeln!(
            out,
            "{:?} {} {} {}..{} {lines} lines {list_cost} USD",
            loss.kind, loss.customer, loss.scope, loss.first_day, loss.last_day
        )?;
    }
    Ok(())
}
