//! What could mislead: found where it is, said to be unknown where the data cannot say.

use std::collections::BTreeMap;
use std::fs;

use crate::site::Site;

/// Finding and sentence of each check by its number.
fn checks(site: &Site, folder: &str) -> BTreeMap<String, (String, String)> {
    let text = fs::read_to_string(site.path(folder).join("checks.csv")).expect("the checks");
    let line = |line: &str| {
        let mut parts = line.splitn(4, ',').map(str::to_owned);
        let mut next = || parts.next().expect("four columns");
        let (number, _, finding, text) = (next(), next(), next(), next());
        (number, (finding, text))
    };
    text.lines().skip(1).map(line).collect()
}

fn manifest(site: &Site, tables: &[&str], shifted: bool) {
    let lines = tables.iter().map(|table| format!("{table},2024-12-31,0,{shifted}\n"));
    let head = "source,extract_date,runout_days,date_shifted\n".to_owned();
    site.write("extracts/manifest.csv", head + &lines.collect::<String>());
}

#[test]
fn what_the_data_show_is_warned_of() {
    let site = Site::new(r#""readmit_30d", "fu_hosp_mh_7d", "fu_hosp_mh_7d:in_person""#);
    site.write(
        "extracts/members.csv",
        "member_id,birth_year,death_date\nM1,1980,\nM2,1980,2024-03-09\nM3,1980,\n",
    );
    site.write(
        "extracts/enrolment.csv",
        "member_id,start,end,bho_id\nM1,2024-01-01,2024-08-31,B1\nM1,2024-06-01,2024-12-31,B2\nM2,2024-01-01,2024-12-31,B1\nM3,2024-01-01,2024-12-31,B1\n",
    );
    // Two contacts of M1 on one day, one of M2 after its death; C7 and c-07 are spelled alike.
    site.write(
        "extracts/contacts.csv",
        "contact_id,member_id,contact_date,service_code,agency_id,clinician_id,dx1\n\
         C1,M1,2024-03-01,H0004,A1,C7,F32.1\nC2,M1,2024-03-01,H0004,A1,c-7,F32.1\n\
         C3,M2,2024-03-10,H0004,A1,C9,F32.1\nC4,M3,2024-03-01,H0004,A1,C8,\n",
    );
    // The second stay of M1 begins before the first has ended, the third on the day the second ends; M3's is open.
    site.write(
        "extracts/stays.csv",
        "stay_id,member_id,facility_id,admit,discharge,facility_class,dx1\n\
         S1,M1,F1,2024-02-01,2024-02-10,acute_psych,F32.1\nS2,M1,F2,2024-02-08,2024-02-12,acute_psych,F32.1\n\
         S3,M1,F2,2024-02-12,2024-02-14,acute_psych,F32.1\nS4,M3,F1,2024-05-01,,acute_psych,F32.1\n",
    );
    manifest(&site, &["members", "enrolment", "contacts", "stays"], true);
    site.fine(&["run", "@site.toml", "--out", "@out"]);
    let found = checks(&site, "out");
    assert_eq!(found.len(), 23);
    let says = |number: &str, finding: &str, text: &str| {
        let (own, said) = &found[number];
        assert!(own == finding && said.contains(text), "{number}: {own}: {said}");
    };
    says("3", "warning", "25\u{a0}% of stays begin before another");
    says("3", "warning", "25\u{a0}% of enrolment spans overlap");
    says("3", "warning", "100\u{a0}% of the contacts of those who died");
    says("3", "warning", "25\u{a0}% of contacts are on a day with an earlier one");
    says("4", "warning", "25\u{a0}% of stays have no discharge");
    says("4", "warning", "100\u{a0}% of ended stays and care plans");
    says("13", "warning", "members.dual");
    says("13", "warning", "0\u{a0}% of contacts have a substance use disorder");
    says("14", "unknown", "contacts.paid_amount");
    says("16", "warning", "50\u{a0}% of the ids of clinicians");
    says("17", "warning", "Dates were moved");
    says("19", "unknown", "No assessments were delivered");
    says("22", "clear", "fu_hosp_mh_7d:in_person");
    says("1", "settled", "one spell");
    let page = fs::read_to_string(site.path("out/index.html")).expect("the page");
    assert!(page.contains("Take care") && page.contains("One clinician under several ids"));
}

#[test]
fn parts_of_a_count_find_what_one_count_finds() {
    let site = Site::new(r#""readmit_30d", "upc""#);
    let synth = ["synth", "--members", "80", "--months", "12", "--seed", "4", "--out", "@made"];
    site.fine(&synth);
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("the pipeline");
    site.write("site.toml", pipeline.replace("[extracts]\n", "[extracts]\nrefused_share = 0.5\n"));
    site.fine(&["ingest", "@site.toml", "--extracts", "@made"]);
    site.fine(&["report", "@site.toml", "--out", "@one"]);
    for bucket in ["1/2", "2/2"] {
        let to = format!("@parts/{}.arrow", &bucket[..1]);
        site.fine(&["evaluate", "@site.toml", "--bucket", bucket, "--tallies", &to]);
    }
    site.fine(&["report", "@site.toml", "--tallies", "@parts", "--out", "@two"]);
    let (one, two) = (checks(&site, "one"), checks(&site, "two"));
    assert_eq!(one, two);
    assert!(one["4"].1.contains("of stays have no discharge"), "{:?}", one["4"]);
}

#[test]
fn what_one_organisation_did_not_deliver_is_warned_of() {
    let site = Site::new(r#""penetration_rate", "seclusion_events_rate""#);
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("the pipeline");
    let periods = "[periods]\nmonths = 18\ngrains = [\"month\"]\n[extracts]\n";
    site.write("site.toml", pipeline.replace("[extracts]\n", periods));
    let month = |place: u32| format!("{}-{:02}", 2023 + place / 12, place % 12 + 1);
    let [mut members, mut spans, mut contacts, mut events] = [
        "member_id,birth_year\n",
        "member_id,start,end,bho_id\n",
        "contact_id,member_id,contact_date,service_class,agency_id\n",
        "event_id,member_id,start,type\n",
    ]
    .map(str::to_owned);
    for member in 0..120 {
        // The last organisation has no row of events and lacks most contacts of November 2024.
        let bho = member % 2 + 1;
        members += &format!("M{member},1980\n");
        spans += &format!("M{member},2023-01-01,2024-12-31,B{bho}\n");
        for place in (6..24).filter(|place| bho == 1 || *place != 22 || member < 40) {
            for day in [3, 17] {
                let date = format!("{}-{day:02}", month(place));
                contacts += &format!("C{member}-{place}-{day},M{member},{date},therapy,A{bho}\n");
            }
        }
        if bho == 1 {
            events += &format!("E{member},M{member},{}-09,seclusion\n", month(6 + member % 18));
        }
    }
    for (table, text) in
        [("members", members), ("enrolment", spans), ("contacts", contacts), ("events", events)]
    {
        site.write(&format!("extracts/{table}.csv"), text);
    }
    manifest(&site, &["members", "enrolment", "contacts", "events"], false);
    site.fine(&["run", "@site.toml", "--out", "@out"]);
    let found = checks(&site, "out");
    let (finding, said) = &found["14"];
    assert_eq!(finding, "warning", "{said}");
    assert!(said.contains("No row of events is of B2"), "{said}");
    assert!(said.contains("B2 has 34\u{a0}% of its usual rows of contacts in 2024-11"), "{said}");
    assert!(!said.contains("B1 has") && !said.contains("of B1"), "{said}");
    assert!(found["8"].1.contains("No table has a month"), "{:?}", found["8"]);
    for bucket in ["1/2", "2/2"] {
        let to = format!("@parts/{}.arrow", &bucket[..1]);
        site.fine(&["evaluate", "@site.toml", "--bucket", bucket, "--tallies", &to]);
    }
    site.fine(&["report", "@site.toml", "--tallies", "@parts", "--out", "@two"]);
    assert_eq!(checks(&site, "two"), found);
}

#[test]
fn scores_that_nothing_reads_are_warned_of_and_what_counts_nothing_says_so() {
    let site = Site::new(r#""reliable_improvement", "paired_score_share""#).with_contacts(9);
    let registry = "[[instrument]]\nid = \"PHQ-9\"\ndomain = \"depression\"\nbetter = \"lower\"\nminimum = 0\nmaximum = 27\n\
                    least_change = 6\ncase_from = 10\nevidence = \"verified\"\nsource = \"Example\"\n";
    site.write("instruments.toml", registry);
    let mut outcomes = "outcome_id,member_id,date,record_type,instrument,score\n".to_owned();
    for (place, instrument) in ["PHQ9", "PHQ9", "PHQ-9", "PHQ-9"].into_iter().enumerate() {
        outcomes += &format!("O{place},M0{place},2024-02-01,assessment,{instrument},12\n");
    }
    site.write("extracts/outcomes.csv", outcomes);
    let manifest = fs::read_to_string(site.path("extracts/manifest.csv")).expect("the manifest");
    site.write("extracts/manifest.csv", manifest + "outcomes,2024-10-28,2024-01-01,0\n");
    let said = site.fine(&["run", "@site.toml", "--out", "@out"]);
    assert!(said.contains("reliable_improvement") && said.contains("nothing to count"), "{said}");
    let (finding, text) = &checks(&site, "out")["9"];
    assert_eq!(finding, "warning");
    assert!(text.contains("50\u{a0}% of scores are in no number"), "{text}");
}

#[test]
fn codes_of_colorado_without_their_zeros_are_warned_of() {
    let site = Site::new(r#""homeless_any""#).with_contacts(9);
    let mut outcomes = "outcome_id,member_id,date,record_type,instrument,living\n".to_owned();
    for (place, living) in ["1", "2", "4", "7", "12"].into_iter().enumerate() {
        outcomes += &format!("O{place},M0{place},2024-02-01,assessment,status,{living}\n");
    }
    site.write("extracts/outcomes.csv", outcomes);
    let manifest = fs::read_to_string(site.path("extracts/manifest.csv")).expect("the manifest");
    site.write("extracts/manifest.csv", manifest + "outcomes,2024-10-28,2024-01-01,0\n");
    site.fine(&["run", "@site.toml", "--out", "@out"]);
    let (finding, text) = &checks(&site, "out")["9"];
    assert_eq!(finding, "warning");
    assert!(text.contains("40\u{a0}% of codes of living and employment are on no list"), "{text}");
}

#[test]
fn money_without_enrolment_and_equal_rows_are_told() {
    let site = Site::new(r#""pmpm_bh", "penetration_rate""#);
    site.write("extracts/members.csv", "member_id,birth_year\nM1,1980\n");
    site.write(
        "extracts/enrolment.csv",
        "member_id,start,end,bho_id\nM1,2024-01-01,2024-06-20,B1\n",
    );
    site.write(
        "extracts/contacts.csv",
        "contact_id,member_id,contact_date,service_class,agency_id\nC1,M1,2024-03-01,therapy,A1\n",
    );
    // Two lines of a day that look alike, one of a month whose end is not enrolled, one of July.
    site.write(
        "extracts/cost.csv",
        "member_id,service_date,month,amount_paid\nM1,2024-03-01,,10\nM1,2024-03-01,,10\nM1,,2024-06,40\nM1,,2024-07,40\n",
    );
    manifest(&site, &["members", "enrolment", "contacts", "cost"], false);
    site.fine(&["run", "@site.toml", "--internal", "--out", "@out"]);
    let (finding, said) = &checks(&site, "out")["7"];
    assert_eq!(finding, "warning", "{said}");
    assert!(said.contains("40\u{a0}% of the money of cost lines"), "{said}");
    let quality = fs::read_to_string(site.path("out/quality.csv")).expect("the quality");
    assert!(quality.contains("cost,rows_alike,,1,4,1\n"), "{quality}");
    let page = fs::read_to_string(site.path("out/index.html")).expect("the page");
    assert!(page.contains("25\u{a0}% of the 4 rows of cost are equal to another one"));
}
