//! The library as a user meets it.

use std::cell::RefCell;
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::{Decimal128Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use pec_core::access::{Access, Evidence, EvidenceKind};
use pec_core::drawdown::{CreditUsage, Credits, Drawdown};
use pec_core::eligibility::{Outcome, RuleId, rules};
use pec_core::engine::{Engine, EngineError, Run};
use pec_core::ledger::{Ledger, TotalsAre};
use pec_core::money::{Amount, Currency, Money};
use pec_core::normalise::Record;
use pec_core::normalise::evidence::{EvidenceInput, read};
use pec_core::partner::Partner;
use pec_core::product::PriceList;
use pec_core::programme::Programme;
use pec_core::read::{Input, ReadErrorKind};
use pec_core::reconcile::Standing;
use pec_core::report::{CsvTable, Dimension, Findings, ParquetTable, Report, Table, explain, record_batch, sum_by};
use pec_core::testing::{Layout, Month};

type Done = Result<(), Box<dyn std::error::Error>>;

const USAGE: &str = "\
UsageDate,EntitlementId,CustomerId,ResourceURI,UnitPrice,Quantity,PricingPreTaxTotal,PartnerEarnedCreditPercentage,MeterName
2022-07-01,S1,org:Contoso,/subscriptions/S1/resourceGroups/Web/providers/Microsoft.Web/sites/A,0.045,24,0.918,15,B1
2022-07-02,S1,org:Contoso,/subscriptions/S1/resourceGroups/Web/providers/Microsoft.Web/sites/A,0.045,24,1.08,0,B1
2022-07-03,S1,org:Contoso,/subscriptions/S1/resourceGroups/Web/providers/Microsoft.Web/sites/A,0.045,24,0.918,15,B1
2022-07-03,S1,org:Contoso,/subscriptions/S1/resourceGroups/Vm/providers/Microsoft.Compute/virtualMachines/V,0.1,10,1,0,D2 Spot
2022-07-03,S1,org:Contoso,,oops,10,1,0,D2
";

fn month(lines: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    Month::new(1).customers(3).lines(lines).layout(Layout::Csv55).write_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn judge_one_line() -> Done {
    let engine = Engine::new()?;
    let mut record = Record::new([
        ("UsageDate", "2022-07-04"),
        ("EntitlementId", "3f47bcf1-965d-40a1-a2bc-3d5db3653250"),
        ("UnitPrice", "0.868"),
        ("Quantity", "10"),
        ("CreditType", "Credit Not Applied"),
        ("MeterName", "D2s v3 Spot"),
    ])?;
    let line = record.line()?;
    let verdict = engine.judge(&line);
    assert_eq!(verdict.outcome(), Outcome::Ineligible);
    assert!(verdict.has(RuleId::SpotVirtualMachine));
    assert_eq!(verdict.primary().and_then(|reason| reason.column()), Some("MeterName"));
    let decision = engine.decide(&line)?;
    assert_eq!((decision.standing, decision.credit), (Standing::Excluded, Amount::ZERO));
    assert_eq!(Money::new(decision.list_cost, line.currency).to_string(), "8.68 USD");
    assert!(explain(&line, &decision).contains("spot_virtual_machine"));
    Ok(())
}

#[test]
fn a_day_before_the_programme_is_an_error_of_the_line_and_an_issue_of_the_file() -> Done {
    let engine = Engine::new()?;
    let columns = [
        ("UsageDate", "2018-10-31"),
        ("EntitlementId", "s"),
        ("UnitPrice", "1"),
        ("Quantity", "1"),
        ("CreditType", ""),
    ];
    assert!(engine.decide(&Record::new(columns)?.line()?).is_err());
    let file = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType\n2018-10-31,s,1,1,\n2018-11-01,s,1,1,\n";
    let ledger = engine.reconcile([Input::new("f", file.as_bytes())], &Run::default())?;
    let issues: Vec<_> = ledger.issues().iter().map(|issue| (issue.row, issue.column.as_str())).collect();
    assert_eq!(issues, [(2, "UsageDate")]);
    Ok(())
}

#[test]
fn reconcile_a_file() -> Done {
    let engine = Engine::new()?;
    let ledger = engine.reconcile([Input::new("usage.csv", USAGE.as_bytes())], &Run::default())?;
    let report = Report::new(&ledger, engine.programme())?;
    assert_eq!((report.lines, report.row_issues), (5, 1));
    let sums: Vec<_> =
        report.sums.iter().map(|row| (row.standing.as_str(), row.lines, row.credit.to_string())).collect();
    assert_eq!(sums, [("earned", 2, "0.324".into()), ("unknown", 1, "0.00".into()), ("excluded", 1, "0.00".into())]);
    let [gap] = report.gaps.as_slice() else { panic!("{:?}", report.gaps) };
    assert_eq!(gap.scope, "/subscriptions/s1/resourcegroups/web/providers/microsoft.web/sites/a");
    assert_eq!(
        (gap.customer.as_str(), gap.first_day.to_string().as_str(), gap.ongoing),
        ("contoso", "2022-07-02", false)
    );
    let facts = &ledger.files()["usage.csv"];
    assert_eq!((facts.format.as_str(), facts.rows, facts.paid_totals.totals_are()), ("CSV", 5, TotalsAre::Net));
    let by_group = sum_by(&ledger, &[Dimension::ResourceGroup])?;
    assert_eq!(by_group.dimensions, [Dimension::ResourceGroup, Dimension::Currency]);
    assert_eq!(by_group.rows.iter().map(|row| row.keys.join("/")).collect::<Vec<_>>(), ["vm/USD", "web/USD"]);
    let json = serde_json::to_value(&report)?;
    assert_eq!(json["sums"][0]["list_cost"], "2.16");
    assert!(report.text().contains("2022-07-02"));
    Ok(())
}

#[test]
fn stream_a_reader_and_stop() -> Done {
    let engine = Engine::new()?;
    let mut rows = Vec::new();
    engine.stream(Input::new("usage.csv", USAGE.as_bytes()), &mut |row, read| {
        rows.push((
            row,
            read.map(|(line, decision)| (line.day.to_string(), decision.standing)).map_err(|issue| issue.column),
        ));
        ControlFlow::Continue(())
    })?;
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0], (2, Ok(("2022-07-01".to_owned(), Standing::Earned))));
    assert_eq!(rows[4], (6, Err("UnitPrice".to_owned())));
    let seen = RefCell::new(0);
    let stopped = engine.stream(Input::new("usage.csv", USAGE.as_bytes()), &mut |_, _| {
        *seen.borrow_mut() += 1;
        if *seen.borrow() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((stopped, seen.into_inner()), (Err(EngineError::Stopped), 2));
    Ok(())
}

#[test]
fn merge_ledgers_of_several_machines() -> Done {
    let engine = Engine::new()?;
    let run = |name: &str, file: &str| engine.reconcile([Input::new(name, file.as_bytes())], &Run::default());
    let (header, rows) = USAGE.split_at(USAGE.find('\n').unwrap() + 1);
    let middle = rows.find("2022-07-03").unwrap();
    let (first, second) = rows.split_at(middle);
    let mut merged = Ledger::new();
    merged.merge(&run("second", &format!("{header}{second}"))?)?;
    merged.merge(&run("first", &format!("{header}{first}"))?)?;
    let whole = run("whole", USAGE)?;
    assert_eq!(merged.cells(), whole.cells());
    let gaps = |ledger: &Ledger| Report::new(ledger, engine.programme()).map(|report| report.gaps);
    assert_eq!(gaps(&merged)?, gaps(&whole)?);
    assert_eq!(merged.files().len(), 2);
    Ok(())
}

#[test]
fn access_tells_missed_from_lost() -> Done {
    let partner = Partner::from_toml(
        "partner.toml",
        "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\nagent_groups = [\"agents\"]\n",
    )?;
    let roles = br#"[{"scope": "/subscriptions/S1", "principalId": "agents", "principalType": "ForeignGroup",
        "roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "createdOn": "2022-07-02T12:00:00Z"}]"#;
    let mut evidence = Evidence::new();
    let taken_at = "2022-08-01T00:00:00Z".parse()?;
    let inputs = [
        EvidenceInput::new("roles.json", roles, taken_at),
        EvidenceInput::new("lighthouse.json", b"[]", taken_at).kind(EvidenceKind::LighthouseAssignments),
    ];
    for input in inputs {
        assert!(read(&mut evidence, &input.complete(true).subscriptions(["S1"]))?.complete);
    }
    let engine = Engine::new()?.with_access(Access::new(partner, evidence));
    let unpaid = USAGE.replace(",15,B1", ",0,B1");
    let mut found = Vec::new();
    engine.stream(Input::new("usage.csv", unpaid.as_bytes()), &mut |_, read| {
        if let Ok((line, decision)) = read {
            let explained = engine.explain_access(line).map(|explained| explained.covered_minutes);
            let reason = decision.verdict.primary().map(|reason| reason.rule().as_str());
            found.push((decision.standing.as_str(), reason.unwrap_or_default(), explained));
        }
        ControlFlow::Continue(())
    })?;
    let expected = [
        ("lost", "no_access", Some(0)),
        ("lost", "access_part_of_day", Some(12 * 60)),
        ("missed", "", Some(24 * 60)),
        ("excluded", "spot_virtual_machine", Some(24 * 60)),
    ];
    assert_eq!(found, expected);
    let ledger = engine.reconcile([Input::new("usage.csv", unpaid.as_bytes())], &Run::default())?;
    let report = Report::new(&ledger, engine.programme())?;
    let sums: Vec<_> = report.sums.iter().map(|row| (row.standing, row.lines)).collect();
    assert_eq!(sums, [(Standing::Missed, 1), (Standing::Lost, 1), (Standing::Lost, 1), (Standing::Excluded, 1)]);
    Ok(())
}

#[test]
fn a_programme_of_your_own() -> Done {
    let parameters = Programme::builtin_parameters().replacen("value = \"0.15\"", "value = \"0.1\"", 1);
    let engine = Engine::with_programme(Programme::from_toml(&parameters, Programme::builtin_roles())?);
    let ledger = engine.reconcile([Input::new("usage.csv", USAGE.as_bytes())], &Run::default())?;
    let report = Report::new(&ledger, engine.programme())?;
    let unknown = report.sums.iter().find(|row| row.standing == Standing::Unknown).ok_or("an unknown line")?;
    assert_eq!(unknown.potential_credit.to_string(), "0.108");
    let earned = report.sums.iter().find(|row| row.standing == Standing::Earned).ok_or("an earned line")?;
    assert_eq!(earned.credit.to_string(), "0.324", "what was paid stays what was paid");
    Ok(())
}

#[test]
fn progress_and_stop() -> Done {
    let engine = Engine::new()?;
    let file = month(3_000);
    let threads = NonZeroUsize::new(3).ok_or("three")?;
    let most = AtomicU64::new(0);
    let tell = |progress: pec_core::engine::Progress| {
        most.fetch_max(progress.rows, Ordering::Relaxed);
        assert!(progress.bytes <= file.len() as u64);
        ControlFlow::Continue(())
    };
    let ledger =
        engine.reconcile([Input::new("month", &file[..])], &Run::default().threads(threads).progress(&tell))?;
    assert_eq!((most.load(Ordering::Relaxed), ledger.files()["month"].rows), (3_000, 3_000));
    let stop = |_| ControlFlow::Break(());
    let stopped = engine.reconcile([Input::new("month", &file[..])], &Run::default().threads(threads).progress(&stop));
    assert_eq!(stopped.map(|_| ()), Err(EngineError::Stopped));
    Ok(())
}

#[test]
fn tables_as_csv_and_parquet() -> Done {
    let engine = Engine::new()?;
    let ledger = engine.reconcile([Input::new("usage.csv", USAGE.as_bytes())], &Run::default())?;
    let report = Report::new(&ledger, engine.programme())?;
    for table in Table::ALL {
        let batch = record_batch(&ledger, &report, table)?;
        let mut parquet = Vec::new();
        let mut file = ParquetTable::new(&mut parquet, batch.schema())?;
        file.write(&batch)?;
        file.finish()?;
        assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"), "{}", table.as_str());
        let mut text = Vec::new();
        let mut file = CsvTable::new(&mut text);
        file.write(&batch)?;
        file.finish()?;
        let mut read = csv::Reader::from_reader(&text[..]);
        let names: Vec<_> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(read.headers()?.iter().collect::<Vec<_>>(), names);
        assert_eq!(read.records().count(), batch.num_rows());
    }
    let sums = record_batch(&ledger, &report, Table::ByReason)?;
    let cost = sums
        .column_by_name("list_cost")
        .and_then(|column| column.as_any().downcast_ref::<Decimal128Array>())
        .ok_or("decimals")?;
    assert_eq!((cost.value_as_string(0), cost.scale()), ("2.16".to_owned(), 2));
    Ok(())
}

#[test]
fn findings_in_batches() -> Done {
    let engine = Engine::new()?;
    let file = month(40_000);
    let ledger = engine.reconcile([Input::new("month", &file[..])], &Run::default())?;
    let (mut findings, mut batches, mut failed) = (Findings::new(&ledger), Vec::new(), None);
    engine.stream(Input::new("month", &file[..]), &mut |row, line| {
        if let Ok((line, decision)) = line
            && findings.add("month", row, line, decision)
        {
            match findings.take() {
                Ok(batch) => batches.push(batch),
                Err(error) => failed = Some(error),
            }
        }
        ControlFlow::Continue(())
    })?;
    batches.push(findings.take()?);
    assert!(failed.is_none() && batches.len() == 2, "{failed:?}");
    assert!(batches.iter().all(|batch| batch.schema() == batches[0].schema()));
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 40_000);
    Ok(())
}

#[test]
fn a_frame_takes_the_same_road() -> Done {
    let engine = Engine::new()?;
    let from_file = engine.reconcile([Input::new("usage", USAGE.as_bytes())], &Run::default())?;
    let mut reader = csv::Reader::from_reader(USAGE.as_bytes());
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let schema =
        Arc::new(Schema::new(names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>()));
    let batch = |rows: &[csv::StringRecord]| {
        let column = |at: usize| Arc::new(rows.iter().map(|row| row.get(at)).collect::<StringArray>()) as _;
        RecordBatch::try_new(Arc::clone(&schema), (0..names.len()).map(column).collect())
    };
    let of = |threads: usize| {
        let batches = rows.chunks(2).map(batch);
        let run = Run::default().threads(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN));
        engine.reconcile_batches("usage", &schema, batches, &run)
    };
    for threads in [1, 2, 3, 8] {
        let from_frame = of(threads)?;
        assert_eq!(from_frame.cells(), from_file.cells());
        assert_eq!(from_frame.files()["usage"].format, "frame");
        let rows: Vec<_> = from_frame.issues().iter().map(|issue| issue.row).collect();
        assert_eq!(rows, [5], "the first row of a frame is 1");
        assert_eq!(from_frame.to_bytes(), of(1)?.to_bytes());
    }
    Ok(())
}

#[test]
fn amounts_as_floats_are_refused_by_name() -> Done {
    let runs = (Field::new("run_ends", DataType::Int32, false), Field::new("values", DataType::Float32, true));
    for floats in [
        DataType::Float64,
        DataType::Dictionary(DataType::Int8.into(), DataType::Float64.into()),
        DataType::RunEndEncoded(runs.0.into(), runs.1.into()),
    ] {
        let mut fields: Vec<Field> = ["UsageDate", "EntitlementId", "Quantity", "CreditType"]
            .map(|name| Field::new(name, DataType::Utf8, true))
            .into();
        fields.push(Field::new("Unit Price", floats, true));
        let schema = Schema::new(fields);
        let none: [Result<RecordBatch, ArrowError>; 0] = [];
        let refused = Engine::new()?.reconcile_batches("frame", &schema, none, &Run::default());
        match refused {
            Err(EngineError::Read(error)) => {
                assert!(
                    matches!(error.kind(), ReadErrorKind::FloatColumn { column, .. } if column == "Unit Price"),
                    "{error}"
                );
                assert_eq!(error.file(), "frame");
            }
            other => panic!("{other:?}"),
        }
    }
    Ok(())
}

#[test]
fn an_empty_part_is_an_input_without_rows() -> Done {
    let engine = Engine::new()?;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"")?;
    let packed = packed.finish()?;
    for threads in [1, 2] {
        let run = Run::default().threads(NonZeroUsize::new(threads).ok_or("no threads")?);
        let reconciled = |parts: &[(&str, &[u8])]| {
            engine.reconcile(parts.iter().map(|(name, bytes)| Input::new(*name, Cursor::new(bytes.to_vec()))), &run)
        };
        for parts in [
            [("empty.csv", &b""[..]), ("whole.csv", USAGE.as_bytes()), ("empty.jsonl.gz", &packed[..])],
            [("whole.csv", USAGE.as_bytes()), ("empty.jsonl.gz", &packed[..]), ("empty.csv", &b""[..])],
        ] {
            let ledger = reconciled(&parts)?;
            assert_eq!(ledger.cells(), reconciled(&[("whole.csv", USAGE.as_bytes())])?.cells());
            assert_eq!((ledger.files()["empty.csv"].rows, &*ledger.files()["empty.csv"].format), (0, "empty"));
            assert_eq!(ledger.files().len(), 3);
        }
        let nothing = reconciled(&[("first.csv", b""), ("second.csv", b"\n")]).err().ok_or("nothing was read")?;
        assert_eq!(nothing.to_string(), "first.csv: the file is empty; export it again");
    }
    Ok(())
}

#[test]
fn errors_name_the_input() {
    let engine = Engine::new().unwrap();
    let files = [("good.csv", USAGE.as_bytes()), ("bad.csv", &b"a,b\n1,2\n"[..])];
    for threads in [1, 4] {
        let run = Run::default().threads(NonZeroUsize::new(threads).unwrap());
        let error = engine.reconcile(files.map(|(name, bytes)| Input::new(name, bytes)), &run).unwrap_err();
        assert!(error.to_string().starts_with("bad.csv: no column `UsageDate`"), "{error}");
    }
}

#[test]
fn an_engine_is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Engine>();
    shared::<Ledger>();
    shared::<Report>();
    // What it is made of, and what travels between machines.
    shared::<Access>();
    shared::<Evidence>();
    shared::<Partner>();
    shared::<PriceList>();
    shared::<Credits>();
    shared::<CreditUsage>();
    shared::<Drawdown>();
}

#[test]
fn the_catalogue_of_rules() {
    let ranks: Vec<u8> = rules().iter().map(|rule| rule.rank).collect();
    assert!(ranks.is_sorted() && ranks.len() == RuleId::ALL.len());
    for rule in rules() {
        assert!(
            !rule.sentence.is_empty() && !rule.remedy.is_empty() && !rule.source.document().is_empty(),
            "{}",
            rule.id
        );
    }
    assert_eq!("eur".parse::<Currency>().map(|currency| currency.to_string()), Ok("EUR".to_owned()));
}

/// Two inputs of one name keep their rows apart.
#[test]
fn inputs_of_one_name_are_told_apart() {
    let file = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType\n2026-10-04,s,x,1,\n";
    let engine = Engine::new().unwrap();
    let inputs = || [Input::new("usage.csv", file.as_bytes()), Input::new("usage.csv", file.as_bytes())];
    let ledger = engine.reconcile(inputs(), &Run::default()).unwrap();
    let found: Vec<_> = ledger.issues().iter().map(|issue| (issue.file.to_string(), issue.row)).collect();
    assert_eq!(found, [("usage.csv".to_owned(), 2), ("usage.csv (2)".to_owned(), 2)]);
}
