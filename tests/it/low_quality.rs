//! A column that an indicator needs and that says too little: the number is withheld, and the reader
//! is told which column it is.

use std::fmt::Write as _;
use std::fs;

use crate::site::Site;

/// Ten contacts each of 20 members, as `row` writes them from their number.
fn site(indicators: &str, head: &str, row: impl Fn(usize) -> String) -> Site {
    let site = Site::new(indicators);
    let mut text = format!("contact_id,member_id,contact_date,agency_id,bho_id,{head}\n");
    for number in 0..200 {
        let (member, month) = (number / 10, number % 10 + 1);
        let row = row(number);
        writeln!(text, "C{number:03},M{member:02},2024-{month:02}-15,A1,B1,{row}").expect("a text");
    }
    site.write("extracts/contacts.csv", text);
    site.write(
        "extracts/enrolment.csv",
        "member_id,start,bho_id\n".to_owned()
            + &(0..20).map(|member| format!("M{member:02},2023-01-01,B1\n")).collect::<String>(),
    );
    let sources = ["contacts", "enrolment"].map(|name| format!("{name},2025-01-31,2023-01-01,0\n"));
    site.write(
        "extracts/manifest.csv",
        "source,extract_date,coverage_start,runout_days\n".to_owned() + &sources.concat(),
    );
    site
}

/// State, value and reason in every row of an indicator, from the results of a run.
fn results(site: &Site, indicator: &str) -> Vec<[String; 3]> {
    site.fine(&["run", "@site.toml", "--period", "2024-12", "--out", "@report", "--internal"]);
    let wanted = [("indicator", indicator)];
    let found = site.results("report-internal", &wanted, ["state", "value", "reason"]);
    assert!(!found.is_empty(), "{indicator} has rows");
    found
}

const CLINICIAN: &str = "contacts.clinician_id is missing in";

/// So many in ten contacts have no clinician.
fn without_clinician(of_ten: usize) -> Site {
    site("\"upc\", \"agency_fragmentation\"", "service_class,clinician_id", |number| {
        format!("therapy,{}", if number % 10 < of_ten { "" } else { "K1" })
    })
}

#[test]
fn a_fifth_may_be_missing_and_no_more() {
    let fine = without_clinician(2);
    assert!(
        results(&fine, "upc@clinician").iter().any(|row| row[0] == "final" && !row[1].is_empty())
    );
    let poor = without_clinician(3);
    for [state, value, reason] in results(&poor, "upc@clinician") {
        assert_eq!((state.as_str(), value.as_str()), ("low_quality", ""));
        assert!(reason.contains(CLINICIAN) && reason.contains("30 %"), "{reason}");
    }
    // What does not ask for clinicians is as it was.
    let others = results(&poor, "agency_fragmentation");
    assert!(others.iter().any(|row| row[0] == "final" && !row[1].is_empty()), "{others:?}");
}

#[test]
fn every_page_names_the_column() {
    let poor = without_clinician(3);
    let pipeline = fs::read_to_string(poor.path("site.toml")).expect("the pipeline");
    poor.write("site.toml", format!("contract = \"contract.toml\"\n{pipeline}"));
    poor.write(
        "contract.toml",
        "title = \"Contract\"\nperiod = \"quarter\"\nattribution = \"enrolment\"\n\
         [organisations]\nids = [\"B1\"]\n\
         [[objective]]\nnumber = 1\ntitle = \"Continuity\"\nlead = [\"upc@clinician\"]\n",
    );
    results(&poor, "upc@clinician");
    let page = fs::read_to_string(poor.path("report/index.html")).expect("a page");
    assert!(page.contains(&format!("not computable: {CLINICIAN} 30 %")), "the report");
    let card = fs::read_to_string(poor.path("report/tables/scorecard.csv")).expect("a scorecard");
    assert!(card.contains("not_computable") && card.contains(CLINICIAN), "{card}");
    let rules = fs::read_to_string(poor.path("report/indicators.html")).expect("the rules");
    assert!(rules.contains(&format!("not computable: {CLINICIAN}")), "the page of rules");
}

/// The share is kept with the rows: it does not have to be measured again.
#[test]
fn the_store_alone_says_so() {
    let poor = without_clinician(3);
    results(&poor, "upc@clinician");
    fs::remove_dir_all(poor.path("extracts")).expect("the extracts");
    let question = ["explain", "upc@clinician", "--pipeline", "@site.toml", "--period", "2024-12"];
    assert!(poor.says(&question, 2).contains(CLINICIAN));
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/indicators");
    let listed = poor.fine(&["indicators", "--folder", shipped, "--store", "@store"]);
    let line = listed.lines().find(|line| line.contains("upc@clinician")).expect("a line");
    assert!(line.contains(CLINICIAN), "{line}");
}

#[test]
fn a_tenth_may_have_a_class_that_nothing_gives() {
    let unmapped = |of_twenty: usize| {
        site("\"agency_fragmentation\"", "service_class,service_code", move |number| {
            let unknown = number % 20 < of_twenty;
            (if unknown { ",ZZ999" } else { "therapy," }).to_owned()
        })
    };
    let fine = results(&unmapped(2), "agency_fragmentation");
    assert!(fine.iter().any(|row| row[0] == "final" && !row[1].is_empty()), "{fine:?}");
    for [state, value, reason] in results(&unmapped(3), "agency_fragmentation") {
        assert_eq!((state.as_str(), value.as_str()), ("low_quality", ""));
        assert!(reason.contains("contacts.service_class") && reason.contains("15 %"), "{reason}");
    }
}

/// A result of outreach can only be missing where there was outreach.
#[test]
fn a_column_is_missed_only_where_it_belongs() {
    let outreach = |without: usize| {
        site("\"outreach_reach_rate\"", "service_class,outreach_result", move |number| match number
            % 10
        {
            0..5 => "therapy,".to_owned(),
            place if place < 5 + without => "outreach,".to_owned(),
            _ => "outreach,reached".to_owned(),
        })
    };
    let fine = results(&outreach(1), "outreach_reach_rate");
    assert!(fine.iter().any(|row| row[0] == "final" && !row[1].is_empty()), "{fine:?}");
    let poor = results(&outreach(2), "outreach_reach_rate");
    assert!(poor.iter().all(|row| row[0] == "low_quality" && row[2].contains("40 %")), "{poor:?}");
}

/// A site that knows why may say how much it takes.
#[test]
fn the_limits_can_be_set() {
    let poor = without_clinician(3);
    let pipeline = fs::read_to_string(poor.path("site.toml")).expect("the pipeline");
    poor.write("site.toml", format!("{pipeline}[rules]\nmissing_max = 30\n"));
    assert!(results(&poor, "upc@clinician").iter().any(|row| row[0] == "final"));
}

/// Peers are known by the class of the service, too: half of the clinicians' types are enough.
#[test]
fn what_another_column_tells_as_well_does_not_decide() {
    let head = "service_class,dx1,ed_flag,ed_admitted,clinician_type";
    let site = site("\"fu_ed_su_7d\"", head, |number| match number % 4 {
        0 => "crisis_ambulatory,F11.20,1,0,".to_owned(),
        1 => "peer,F32.1,0,0,peer".to_owned(),
        _ => format!("therapy,F32.1,0,0,{}", if number % 4 == 2 { "" } else { "therapist" }),
    });
    let rows = results(&site, "fu_ed_su_7d");
    assert!(rows.iter().any(|row| row[0] == "final"), "{rows:?}");
}
