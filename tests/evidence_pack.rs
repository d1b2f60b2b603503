//! The pack of one customer: its sums are those of the run, nothing in it is a name, and what is hostile stays text.

mod support;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use pec_core::access::Access;
use pec_core::engine::Engine;
use pec_core::ledger::Ledger;
use pec_core::read::Input;
use pec_core::report::{CsvTable, EvidencePack, EvidencePackFiles, EvidencePackOf};
use serde_json::json;

use support::access::access_of;
use support::engine;

const USAGE: &str = "\
UsageDate,CustomerId,CustomerName,EntitlementId,EntitlementDescription,ResourceGroup,ResourceURI,MeterName,UnitPrice,Quantity,PartnerEarnedCreditPercentage
2026-10-03,c,Kim,s,Kims,g,/subscriptions/s/resourceGroups/g/providers/p/t/a,D2,0.045,24,15
2026-10-04,c,Kim,s,Kims,g,/subscriptions/s/resourceGroups/g/providers/p/t/a,D2,0.045,24,0
2026-10-04,c,Kim,s,Kims,g,/subscriptions/s/resourceGroups/g/providers/p/t/a,D2 Spot,0.045,24,0
2026-10-05,c,Kim,s,Kims,h,/subscriptions/s/resourceGroups/h/providers/p/t/<b>,=1+1,0.1,-3,0
2026-10-06,c,Kim,s,Kims,g,/subscriptions/s/resourceGroups/g/providers/p/t/a,D2,0.045,24,0
2026-10-06,C,Kim,t,Kims,g,/subscriptions/t/resourceGroups/g/providers/p/t/a,D2,2,2,0
2026-10-06,d,Robin,u,Robins,g,/subscriptions/u/resourceGroups/g/providers/p/t/a,D2,2,2,0
";

/// Agents hold Owner on `s` until noon of the sixth; a group `h` of it is denied to them; of `t` nothing is exported.
fn access() -> Access {
    access_without(&[])
}

/// The same without some of the exports.
fn access_without(missing: &[&str]) -> Access {
    let assignment = json!({
        "scope": "/subscriptions/s", "principalId": "agents", "principalType": "ForeignGroup", "createdOn": "2026-09-01T00:00:00Z",
        "roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "principalName": "Kim",
    });
    let revoked = json!({
        "timestamp": "2026-10-06T12:00:00Z", "action": "Revoked", "scope": "/subscriptions/s", "principalId": "agents",
        "principalType": "ForeignGroup", "roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    });
    let denied = json!({
        "id": "/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/x",
        "properties": {"scope": "/subscriptions/s/resourceGroups/h", "principals": [{"id": "agents"}], "createdOn": "2026-09-02T00:00:00Z"},
    });
    let file = |path: &str, kind: &str, taken_at: &str| json!({"path": path, "kind": kind, "taken_at": taken_at, "complete": true, "subscriptions": ["s", "v"]});
    let log = json!({
        "path": "log.json", "kind": "change_log", "taken_at": "2026-11-01T00:00:00Z", "from": "2026-10-01T00:00:00Z",
        "complete": true, "subscriptions": ["s"],
    });
    let mut files = vec![
        file("kim/roles.json", "role_assignments", "2026-10-02T00:00:00Z"),
        file("kim/later/roles.json", "role_assignments", "2026-11-01T00:00:00Z"),
        file("lighthouse.json", "lighthouse_assignments", "2026-11-01T00:00:00Z"),
        file("deny.json", "deny_assignments", "2026-11-01T00:00:00Z"),
        log,
    ];
    files.retain(|file| !missing.iter().any(|path| file["path"] == *path));
    let mut folder = json!({
        "manifest": {"version": 1, "files": files},
        "files": {
            "kim/roles.json": [assignment], "kim/later/roles.json": [], "lighthouse.json": [], "deny.json": [denied],
            "log.json": [revoked],
        },
    });
    folder["files"].as_object_mut().unwrap().retain(|path, _| !missing.contains(&path.as_str()));
    let partner = json!({"partner": {
        "kind": "direct_bill", "tenant_id": "ours", "partner_ids": ["1"], "agent_groups": ["agents"],
    }});
    access_of(&partner, &folder)
}

fn of(customer: &str) -> EvidencePackOf {
    EvidencePackOf { customer: customer.to_owned(), ..EvidencePackOf::default() }
}

fn ledger(engine: &Engine) -> Ledger {
    engine.reconcile([Input::new("/home/kim/usage.csv", USAGE.as_bytes())], &Default::default()).unwrap()
}

/// The lines and the other files of a pack.
fn pack(of: &EvidencePackOf) -> (RecordBatch, EvidencePackFiles) {
    pack_with(access(), of)
}

fn pack_with(access: Access, of: &EvidencePackOf) -> (RecordBatch, EvidencePackFiles) {
    let engine = engine().with_access(access.clone());
    let ledger = ledger(&engine);
    let mut pack = EvidencePack::new(&ledger, engine.programme(), &access, of).unwrap();
    let read = engine.stream(Input::new("/home/kim/usage.csv", USAGE.as_bytes()), &mut |row, line| {
        let (line, decision) = line.unwrap();
        assert!(!pack.add("/home/kim/usage.csv", row, line, decision).unwrap());
        ControlFlow::Continue(())
    });
    read.unwrap();
    let lines = pack.take().unwrap();
    let sha256 = BTreeMap::from([("/home/kim/usage.csv".to_owned(), "ab12".to_owned())]);
    (lines, pack.finish(&[], &sha256, &[]).unwrap())
}

fn csv(batch: &RecordBatch) -> String {
    let mut bytes = Vec::new();
    let mut table = CsvTable::new(&mut bytes);
    table.write(batch).unwrap();
    table.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn table<'f>(files: &'f EvidencePackFiles, name: &str) -> &'f RecordBatch {
    &files.tables.iter().find(|(known, _)| *known == name).unwrap().1
}

/// Rows of some columns, as texts.
fn rows(batch: &RecordBatch, columns: &[&str]) -> Vec<Vec<String>> {
    let csv = csv(batch);
    let mut lines = csv::Reader::from_reader(csv.as_bytes());
    let heads = lines.headers().unwrap().clone();
    let places: Vec<_> = columns.iter().map(|name| heads.iter().position(|head| head == *name).unwrap()).collect();
    lines.records().map(|row| places.iter().map(|place| row.as_ref().unwrap()[*place].to_owned()).collect()).collect()
}

#[test]
fn days_and_lines_say_why() {
    let (lines, files) = pack(&of("C"));
    let shown = rows(
        &lines,
        &["usage_day", "subscription", "standing", "reason", "findings", "quantity", "meter_name", "file", "row"],
    );
    assert_eq!(
        shown,
        [
            ["2026-10-04", "s", "missed", "", "", "24", "D2", "usage.csv", "3"],
            ["2026-10-05", "s", "lost", "access_denied", "access_denied", "-3", "'=1+1", "usage.csv", "5"],
            ["2026-10-06", "s", "lost", "access_part_of_day", "access_part_of_day", "24", "D2", "usage.csv", "6"],
            ["2026-10-06", "t", "unknown", "no_access_evidence", "no_access_evidence", "2", "D2", "usage.csv", "7"],
        ]
    );
    let shown =
        rows(table(&files, "days"), &["subscription", "usage_day", "standing", "reason", "covered_minutes", "lines"]);
    assert_eq!(
        shown,
        [
            ["s", "2026-10-03", "earned", "", "1440", "1"],
            ["s", "2026-10-04", "missed", "", "1440", "1"],
            ["s", "2026-10-04", "excluded", "spot_virtual_machine", "", "1"],
            ["s", "2026-10-05", "lost", "access_denied", "0", "1"],
            ["s", "2026-10-06", "lost", "access_part_of_day", "720", "1"],
            ["t", "2026-10-06", "unknown", "no_access_evidence", "0", "1"],
        ]
    );
}

#[test]
fn grants_are_cut_to_the_days_and_say_for_what_they_stand() {
    let (_, files) = pack(&of("c"));
    let shown = rows(
        table(&files, "grants"),
        &["reaches", "path", "role_name", "from", "until", "counts", "because", "evidence"],
    );
    let evidence = "roles.json entry 1, log.json entry 1";
    let (from, until) = ("2026-10-03T00:00:00Z", "2026-10-06T12:00:00Z");
    assert_eq!(
        shown,
        [
            ["/subscriptions/s/resourcegroups/g/providers/p/t/a", "aobo", "Owner", from, until, "yes", "", evidence],
            [
                "/subscriptions/s/resourcegroups/h/providers/p/t/<b>",
                "aobo",
                "Owner",
                from,
                until,
                "no",
                "access_denied",
                evidence
            ],
        ]
    );
    let rules = rows(table(&files, "rules"), &["kind", "id"]);
    let ids: Vec<_> = rules.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(
        ids,
        [
            "spot_virtual_machine",
            "access_denied",
            "access_part_of_day",
            "no_access_evidence",
            "credit_rate",
            "coverage",
            "usage_day_zone",
            "roles",
        ]
    );
}

/// What rests on an assumption says so, with the assumption.
#[test]
fn what_is_assumed_is_marked() {
    let (_, files) = pack(&of("c"));
    let assumed = |files: &EvidencePackFiles| {
        let days = rows(table(files, "days"), &["standing", "assumed_lines", "assumptions"]);
        let grants = rows(table(files, "grants"), &["counts", "assumed"]);
        (days, grants)
    };
    let (days, grants) = assumed(&files);
    // That no delegation was held before the only export of them is assumed.
    let lost = ["lost", "1", "assumed_unchanged"];
    let (earned, missed, excluded, unknown) =
        (["earned", "0", ""], ["missed", "0", ""], ["excluded", "0", ""], ["unknown", "0", ""]);
    assert_eq!(days, [earned, missed, excluded, lost, lost, unknown]);
    assert_eq!(grants, [["yes", "false"], ["no", "false"]]);
    assert!(
        files
            .page
            .contains("Of these, 2 lines rest on what nothing here proves, and nothing contradicts: nothing changed")
    );
    assert!(!files.page.contains("no deny assignment was in force"));

    let (_, files) = pack_with(access_without(&["deny.json"]), &of("c"));
    let (days, grants) = assumed(&files);
    assert_eq!(
        days,
        [
            ["earned", "1", "no_deny_assignments"],
            ["missed", "1", "no_deny_assignments"],
            excluded,
            ["missed", "1", "no_deny_assignments"],
            lost,
            unknown,
        ]
    );
    assert_eq!(grants, [["yes", "true"]]);
    assert!(
        files.page.contains(
            "Of these, 2 lines rest on what nothing here proves, and nothing contradicts: no deny assignment"
        )
    );

    let (_, files) = pack_with(access_without(&["log.json", "kim/later/roles.json"]), &of("c"));
    let (days, _) = assumed(&files);
    assert!(days.iter().all(|row| row[0] != "missed"), "after the export of the second nothing is known: {days:?}");
}

#[test]
fn sums_are_those_of_the_run() {
    let engine = engine().with_access(access());
    let ledger = ledger(&engine);
    let (_, files) = pack(&of("c"));
    let mut expected: BTreeMap<String, (u64, Vec<pec_core::money::Amount>)> = BTreeMap::new();
    for cell in ledger.cells().iter().filter(|cell| cell.customer == "c") {
        let money = [cell.sums.list_cost, cell.sums.credit, cell.sums.potential_credit];
        let sums = expected.entry(cell.standing.to_string()).or_insert_with(|| (0, vec![Default::default(); 3]));
        sums.0 += cell.sums.lines;
        sums.1 = sums.1.iter().zip(money).map(|(sum, more)| sum.checked_add(more).unwrap()).collect();
    }
    let days = table(&files, "days");
    let lines = days.column_by_name("lines").unwrap().as_primitive::<UInt64Type>();
    let mut found: BTreeMap<String, (u64, Vec<pec_core::money::Amount>)> = BTreeMap::new();
    for (row, shown) in rows(days, &["standing", "list_cost", "credit", "potential_credit"]).iter().enumerate() {
        let money = shown[1..].iter().map(|text| pec_core::money::Amount::from_number(text.parse().unwrap()).unwrap());
        let sums = found.entry(shown[0].clone()).or_insert_with(|| (0, vec![Default::default(); 3]));
        sums.0 += lines.value(row);
        sums.1 = sums.1.iter().zip(money).map(|(sum, more)| sum.checked_add(more).unwrap()).collect();
    }
    assert_eq!(found, expected);
    assert_eq!(lines.len(), 6);
}

#[test]
fn nothing_personal_and_nothing_that_runs() {
    let (lines, files) = pack(&of("c"));
    let mut all: Vec<String> = files.tables.iter().map(|(_, batch)| csv(batch)).collect();
    all.extend([csv(&lines), files.page.clone()]);
    for text in &all {
        for personal in ["Kim", "kim", "Robin", "/home"] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }
    }
    assert!(files.page.contains("/t/&lt;b&gt;") && !files.page.contains("<b>"));
    assert!(
        files.page.contains("1 line was not credited although access that counts covered the whole day: 0.16 USD.")
    );
    assert!(!files.page.contains("<script"));
}

#[test]
fn a_part_of_the_subscriptions_and_days() {
    let part = EvidencePackOf {
        subscriptions: vec!["S".to_owned()],
        from: Some("2026-10-04".parse().unwrap()),
        until: Some("2026-10-06".parse().unwrap()),
        ..of("c")
    };
    let (lines, files) = pack(&part);
    assert_eq!(lines.num_rows(), 2);
    assert_eq!(rows(table(&files, "days"), &["usage_day"]).len(), 3);
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let access = access();
    let engine = engine().with_access(access.clone());
    let ledger = ledger(&engine);
    let told =
        |of: &EvidencePackOf| EvidencePack::new(&ledger, engine.programme(), &access, of).unwrap_err().to_string();
    assert_eq!(told(&of("x")), "no lines of customer `x`; name one that is in the input: `c`, `d`");
    let of = EvidencePackOf { subscriptions: vec!["u".to_owned()], ..of("c") };
    assert_eq!(
        told(&of),
        "no lines of customer `c` in these Azure subscriptions and days; name some that are in the input: `s`, `t` from 2026-10-03 to 2026-10-06"
    );
}
