//! Dirty extracts in; rows, refusals and problems out.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use expect_test::{Expect, expect};
use throughline::extract::{Range, RepeatedKeys, Rule};
use throughline::terms::{Day, Table};

use crate::delivered::{Delivered, HEADER};

const GOOD: &str = "C1,M1,2024-01-05,A1,H0004,45,F20.9";

/// Contacts with one good row on line 2, and then these.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a case reads better with its value")]
fn check(rows: &[&str], expected: Expect) {
    let rows: Vec<&str> = [GOOD].iter().chain(rows).copied().collect();
    let refused = Delivered::contacts(&rows).refused();
    expected.assert_eq(&refused.join("\n"));
}

#[test]
fn ragged_rows() {
    check(
        &["C2,M1,2024-01-05,A1,H0004,45", "C3,M1,2024-01-05,A1,H0004,45,F20.9,x"],
        expect![[r#"
        contacts.csv:3  ragged_row
        contacts.csv:4  ragged_row"#]],
    );
}

#[test]
fn invalid_utf8() {
    let mut text = format!("{HEADER}\n{GOOD}\n").into_bytes();
    text.extend_from_slice(b"C2,M1,2024-01-05,A\xff,H0004,45,F20.9\n");
    let refused = Delivered::new().with("contacts.csv", text).refused();
    expect!["contacts.csv:3 agency_id invalid_utf8"].assert_eq(&refused.join("\n"));
}

#[test]
fn missing_values() {
    check(
        &[
            ",M1,2024-01-05,A1,H0004,45,",
            "C3,,2024-01-05,A1,H0004,45,",
            "C4,M1,,A1,H0004,45,",
            "C5,M1,2024-01-05,A1,,45,",
        ],
        expect![[r#"
        contacts.csv:3 contact_id missing_value
        contacts.csv:4 member_id missing_value
        contacts.csv:5 contact_date missing_value
        contacts.csv:6 service_code missing_value"#]],
    );
}

#[test]
fn dates_of_no_calendar() {
    check(
        &[
            "C2,M1,2023-02-29,A1,H0004,45,",
            "C3,M1,2024-13-01,A1,H0004,45,",
            "C4,M1,01/05/2024,A1,H0004,45,",
        ],
        expect![[r#"
        contacts.csv:3 contact_date not_a_date
        contacts.csv:4 contact_date not_a_date
        contacts.csv:5 contact_date not_a_date"#]],
    );
}

#[test]
fn dates_out_of_time() {
    check(
        &[
            "C2,M1,2024-06-30,A1,H0004,45,",
            "C3,M1,2024-07-01,A1,H0004,45,",
            "C4,M1,1899-12-31,A1,H0004,45,",
        ],
        expect![[r#"
        contacts.csv:4 contact_date after_extract_date
        contacts.csv:5 contact_date before_1900"#]],
    );
}

#[test]
fn numbers() {
    check(
        &[
            "C2,M1,2024-01-05,A1,H0004,x,",
            "C3,M1,2024-01-05,A1,H0004,-1,",
            "C4,M1,2024-01-05,A1,H0004,45.0,",
        ],
        expect![[r#"
        contacts.csv:3 minutes not_a_number
        contacts.csv:4 minutes out_of_range"#]],
    );
}

#[test]
fn forms() {
    check(
        &["C2,M1,2024-01-05,A1,H0004,45,depression"],
        expect!["contacts.csv:3 dx1 unexpected_form"],
    );
    let refused = Delivered::contacts(&[GOOD, "C2,M1,2024-01-05,A1,h38,45,"])
        .set(Table::Contacts, |source| {
            source.patterns.insert("service_code".into(), "[A-Z][0-9]{4}".into());
        })
        .refused();
    expect!["contacts.csv:3 service_code unexpected_form"].assert_eq(&refused.join("\n"));
}

#[test]
fn codes_of_no_list() {
    let refused = Delivered::new()
        .with(
            "contacts.csv",
            "contact_id,member_id,contact_date,agency_id,service_class,place_of_service,status,participants\n\
             C1,M1,2024-01-05,A1,therapy,11,,member;family\n\
             C2,M1,2024-01-06,A1,Therapy,2,Attended,\n\
             C3,M1,2024-01-07,A1,massage,11,,\n\
             C4,M1,2024-01-08,A1,therapy,ZZ,,\n\
             C5,M1,2024-01-08,A1,therapy,11,lost,\n\
             C6,M1,2024-01-08,A1,therapy,11,,member;dog\n",
        )
        .refused();
    expect![[r#"
        contacts.csv:4 service_class unknown_code
        contacts.csv:5 place_of_service unknown_code
        contacts.csv:6 status unknown_code
        contacts.csv:7 participants unknown_code"#]]
    .assert_eq(&refused.join("\n"));
}

#[test]
fn ends_before_starts() {
    let refused = Delivered::contacts(&[GOOD])
        .with("stays.csv", "stay_id,member_id,admit,discharge,level\nS1,M1,2024-02-01,2024-02-01,6\nS2,M1,2024-02-01,2024-01-31,6\nS3,M1,2024-03-01,,6\n")
        .refused();
    expect!["stays.csv:3 discharge end_before_start"].assert_eq(&refused.join("\n"));
}

#[test]
fn rows_of_unknown_members() {
    let refused = Delivered::contacts(&[GOOD, "C2,M2,2024-01-05,A1,H0004,45,"])
        .with("members.csv", "member_id,birth_year\nM1,1980\nM3,x\n")
        .with(
            "enrolment.csv",
            "member_id,start,end\nM1,2023-01-01,9999-12-31\nM2,2023-01-01,\nM3,2023-01-01,\n",
        )
        .refused();
    // M3 was delivered as a member, although the row was refused.
    expect![[r#"
        contacts.csv:3 member_id unknown_member
        enrolment.csv:3 member_id unknown_member
        members.csv:3 birth_year not_a_number"#]]
    .assert_eq(&refused.join("\n"));
    // Enrolment alone says nothing about who exists: people without it are served too.
    let enrolled = Delivered::contacts(&[GOOD, "C2,M2,2024-01-05,A1,H0004,45,"])
        .with("enrolment.csv", "member_id,start,end\nM1,2023-01-01,\n");
    assert!(enrolled.refused().is_empty());
}

#[test]
fn repeats_and_conflicts_of_keys() {
    // Line 3 repeats line 2; lines 4 and 5 conflict, and 5 comes first by its content.
    check(
        &[GOOD, "C7,M2,2024-03-05,A1,H0004,45,", "C7,M1,2024-03-05,A1,H0004,45,"],
        expect![[r#"
        contacts.csv:3 contact_id duplicate_row
        contacts.csv:4 contact_id duplicate_key"#]],
    );
}

#[test]
fn repeated_keys_are_counted_where_the_site_says_so() {
    let delivered = Delivered::contacts(&[
        GOOD,
        GOOD,
        "C7,M2,2024-03-05,A1,H0004,45,",
        "C7,M1,2024-03-05,A1,H0004,45,",
        "C8,M1,x,A1,H0004,45,",
    ])
    .set(Table::Contacts, |source| source.repeated_keys = RepeatedKeys::First);
    expect!["contacts.csv:6 contact_date not_a_date"].assert_eq(&delivered.refused().join("\n"));
    let contacts = &delivered.read().expect("an extract").sources[0];
    assert_eq!((contacts.read, contacts.accepted, contacts.repeated), (5, 2, 2));
    assert_eq!(delivered.rows().len(), 2);
    // Activities and the like have no key; a row that is there twice is still refused.
    let keyless = Delivered::contacts(&[GOOD])
        .with(
            "outcomes.csv",
            "member_id,date,record_type,instrument\nM1,2024-02-01,assessment,LOCUS\nM1,2024-02-01,assessment,LOCUS\n",
        )
        .set(Table::Outcomes, |source| source.repeated_keys = RepeatedKeys::First);
    expect!["outcomes.csv:3  duplicate_row"].assert_eq(&keyless.refused().join("\n"));
}

#[test]
fn blanks_around_a_value_are_no_part_of_it() {
    let rows = "\u{feff}C1,M1,2024-01-05,A1,H0004,45,F20.9\nC2,\u{a0}M1 , 2024-01-06 ,A1\t, H0004, 45 ,\nC3,M1,2024-01-07,\" \u{a0}\",H0004,,\nC4,  ,2024-01-07,A1,H0004,,\nC1 ,M1,2024-01-05,A1,H0004,45,F20.9\n";
    let delivered = Delivered::new().with("contacts.csv", format!("{HEADER}\n{rows}"));
    let refused = [
        "contacts.csv:4 agency_id missing_value",
        "contacts.csv:5 member_id missing_value",
        "contacts.csv:6 contact_id duplicate_row",
    ];
    assert_eq!(delivered.refused(), refused);
    expect![[r#"
        M1 contact start_on=2024-01-05 record_id=C1 agency_id=A1 class=therapy code=H0004 practice_level=1 status=attended dx1=F20.9 minutes=45
        M1 contact start_on=2024-01-06 record_id=C2 agency_id=A1 class=therapy code=H0004 practice_level=1 status=attended minutes=45"#]]
    .assert_eq(&delivered.rows().join("\n"));
}

#[test]
fn repeats_of_rows_without_a_key() {
    let refused = Delivered::contacts(&[GOOD])
        .with("living.csv", "member_id,start,setting\nM1,2024-01-01,home\nM1,2024-01-01,home\nM1,2024-01-01,shelter\n")
        .refused();
    expect!["living.csv:3  duplicate_row"].assert_eq(&refused.join("\n"));
}

/// Two drugs of one class, two claims of one sum, two sessions of a day: nothing says that they are one.
#[test]
fn equal_fills_costs_and_activities_without_a_key_are_kept_and_counted() {
    let twice = |row: &str| format!("{row}\n{row}\n");
    let delivered = Delivered::contacts(&[GOOD])
        .with(
            "pharmacy.csv",
            format!(
                "member_id,fill_date,drug_class,days_supply\n{}M1,2024-02-04,ssri,30\n",
                twice("M1,2024-02-03,atypical,30")
            ),
        )
        .with(
            "cost.csv",
            format!(
                "claim_id,member_id,service_date,amount_paid\n{}{}",
                twice(",M1,2024-02-03,40"),
                twice("K1,M1,2024-02-03,50")
            ),
        )
        .with(
            "community_activities.csv",
            format!("date,type,participants\n{}", twice("2024-02-03,coalition,12")),
        );
    expect!["cost.csv:5 claim_id duplicate_row"].assert_eq(&delivered.refused().join("\n"));
    let read = delivered.read().expect("an extract");
    let counts: Vec<(&str, u64, u64)> =
        read.sources.iter().map(|one| (one.table.name(), one.accepted, one.alike)).collect();
    let expected =
        [("contacts", 1, 0), ("cost", 3, 1), ("pharmacy", 3, 1), ("community_activities", 2, 1)];
    assert_eq!(counts, expected);
    let rows = delivered.rows();
    let of = |kind: &str| rows.iter().filter(|row| row.starts_with(kind)).count();
    assert_eq!((of("M1 pharmacy"), of("M1 cost")), (3, 3));
}

/// A line that says its month only lasts to the end of it; one that says its day does not.
#[test]
fn costs_of_a_month_have_an_end() {
    let delivered = Delivered::contacts(&[GOOD]).with(
        "cost.csv",
        "claim_id,member_id,service_date,month,amount_paid\nK1,M1,,2024-02,5\nK2,M1,2024-02-09,2024-02,7\nK3,M1,,2023-12-15,9\n",
    );
    let rows = delivered.rows();
    let costs: Vec<&str> =
        rows.iter().filter(|row| row.starts_with("M1 cost")).map(String::as_str).collect();
    expect![[r#"
        M1 cost start_on=2023-12-01 end_on=2023-12-31 record_id=K3 amount_cents=900
        M1 cost start_on=2024-02-01 end_on=2024-02-29 record_id=K1 amount_cents=500
        M1 cost start_on=2024-02-09 record_id=K2 amount_cents=700"#]]
    .assert_eq(&costs.join("\n"));
}

#[test]
fn a_members_file_with_a_row_for_each_span() {
    let text = "member_id,birth_year,sex,start,end\nM1,1980,F,2023-01-01,2023-06-30\nM1,1980,F,2023-09-01,\nM2,1990,M,2023-01-01,\n";
    let delivered = |repeated| {
        Delivered::contacts(&[GOOD])
            .with("people.csv", text)
            .set(Table::Members, |source| {
                source.file = Some("people.csv".into());
                source.repeated_keys = repeated;
            })
            .set(Table::Enrolment, |source| source.file = Some("people.csv".into()))
    };
    assert!(delivered(RepeatedKeys::First).refused().is_empty());
    expect!["people.csv:3 member_id duplicate_row"]
        .assert_eq(&delivered(RepeatedKeys::Refuse).refused().join("\n"));
    expect![[r#"
        M1 contact start_on=2024-01-05 record_id=C1 agency_id=A1 class=therapy code=H0004 practice_level=1 status=attended dx1=F20.9 minutes=45
        M1 enrolment start_on=2023-01-01 end_on=2023-06-30
        M1 enrolment start_on=2023-09-01
        M1 member birth_on=1980-01-01 sex=F
        M2 enrolment start_on=2023-01-01
        M2 member birth_on=1990-01-01 sex=M"#]]
    .assert_eq(&delivered(RepeatedKeys::First).rows().join("\n"));
}

#[test]
fn a_row_with_several_faults_is_refused_once_under_the_first() {
    check(&["C2,,2023-02-29,A1,,x,"], expect!["contacts.csv:3 member_id missing_value"]);
}

#[test]
fn quotes_that_do_not_end() {
    check(
        &["C2,M1,2024-01-05,\"A1,H0004,45,", "C3,M1,2024-01-06,A1,H0004,45,"],
        expect!["contacts.csv:3  open_quote"],
    );
}

/// The mark that ends the text of one row is none of another, however far away: no row is lost, and none
/// becomes a label.
#[test]
fn an_open_quotation_mark_takes_its_own_row_alone() {
    let head = "contact_id,member_id,contact_date,agency_id,service_code,team_id,note";
    let row = |number: usize, team: &str, note: &str| {
        format!("K{number:06},M{},2024-01-05,A1,H0004,{team},{note}\n", number % 50)
    };
    let text = |open: &dyn Fn(usize) -> bool, team: bool, rows: usize| {
        let one = |number: usize| match (open(number), team) {
            (false, _) => row(number, "T", "ok"),
            (true, true) => row(number, "\"Bridges", "ok"),
            (true, false) => row(number, "T", "\"Hope House"),
        };
        format!("{head}\n{}", (0..rows).map(one).collect::<String>())
    };
    let delivered = |text: String| {
        Delivered::new()
            .with("contacts.csv", text)
            .set(Table::Contacts, |source| source.ignore.push("note".into()))
    };
    for team in [true, false] {
        let few = delivered(text(&|number| [1, 4].contains(&number), team, 6));
        assert_eq!(few.refused(), ["contacts.csv:3  open_quote", "contacts.csv:6  open_quote"]);
        assert_eq!(few.rows().len(), 4);
    }
    // Further apart than a block is long, and none to close the last.
    let far = delivered(text(&|number| [7, 9_000, 61_000].contains(&number), false, 70_000));
    let lines = [
        "contacts.csv:9  open_quote",
        "contacts.csv:9002  open_quote",
        "contacts.csv:61002  open_quote",
    ];
    assert_eq!(far.refused(), lines);
}

#[test]
fn a_label_has_one_line() {
    let rows = ["C2,M1,2024-01-05,\"A\n1\",H0004,45,", "C3,M1,2024-01-05,\"A1\n\",H0004,45,"];
    check(&rows, expect!["contacts.csv:3 agency_id unexpected_form"]);
}

#[test]
fn a_long_text_in_a_column_that_is_not_read_is_no_fault() {
    let head = "contact_id,member_id,contact_date,agency_id,service_code,note";
    let long = "a line, and a \"\"word\"\"\n".repeat(20_000);
    let text = |more: &str| {
        format!("{head}\nC1,M1,2024-01-05,A1,H0004,\"{long}{more}\"\nC2,M1,2024-01-06,A1,H0004,\n")
    };
    let delivered = |text: String| {
        Delivered::new()
            .with("contacts.csv", text)
            .set(Table::Contacts, |source| source.ignore.push("note".into()))
    };
    assert!(long.len() > 400_000 && delivered(text("")).refused().is_empty());
    // No block ends in it either, and a stray mark behind it does not matter.
    let exactly = delivered(text("") + "C3,M1,2024-01-07,A\"1,H0004,\n");
    assert!(exactly.refused().is_empty());
    assert_eq!(exactly.rows().len(), 3);
    let too_long = delivered(text(&"x".repeat(1 << 20))).refused();
    assert_eq!(too_long[0], "contacts.csv:2  open_quote");
}

#[test]
fn every_rule_has_a_name_a_reason_and_a_way_out() {
    let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
    assert!(
        Rule::ALL
            .iter()
            .all(|rule| rule.explanation().ends_with('.') && !rule.way_out().is_empty())
    );
}

#[test]
fn quoted_fields_may_hold_delimiters_marks_and_lines() {
    let delivered = Delivered::new().with(
        "contacts.csv",
        "contact_id,member_id,contact_date,agency_id,service_code,modifiers,team_id\n\
         C1,M1,2024-01-05,\"A,1\",H0004,\"H\"\"Q\",\n\
         \"C2\",M1,2024-01-06,\"A\n\",H0004,,\"\"\n\
         C3,M1,2024-13-06,A1,H0004,,T\n",
    );
    expect!["contacts.csv:5 contact_date not_a_date"].assert_eq(&delivered.refused().join("\n"));
    expect![[r#"
        M1 contact start_on=2024-01-05 record_id=C1 agency_id=A,1 class=therapy code=H0004 practice_level=1 status=attended modifiers=H"Q
        M1 contact start_on=2024-01-06 record_id=C2 agency_id=A class=therapy code=H0004 practice_level=1 status=attended"#]]
    .assert_eq(&delivered.rows().join("\n"));
}

#[test]
fn every_column_becomes_its_timeline_column() {
    let delivered = Delivered::contacts(&[GOOD])
        .with("members.csv", "member_id,birth_year,birth_month,smi_sed,dual,death_date,lead_clinician_id,attributed_agency\nM1,1980,7,1,Y,2024-06-01,P1,A1\nM2,1981,,7,no,,,\n")
        .with("stays.csv", "stay_id,member_id,admit,discharge,level,facility_class,discharge_disposition,end_reason,planned,admit_legal,bho_id\nS1,M1,2024-02-01,2024-02-20,,acute_psych,ama,1,true,03,B1\nS2,M1,2024-03-01,2024-03-01,6,ed,,,,,\nS3,M1,2024-04-01,,5,,Home,,,involuntary,\n")
        .with("outcomes.csv", "outcome_id,member_id,date,record_type,instrument,score,recommended_level,sectors_needed,arrests_30d\nO1,M1,2024-02-01,assessment,LOCUS,21.5,3,legal;housing,2\n")
        .with("referrals.csv", "referral_id,member_id,date,from_agency,to_agency,to_sector,warm,status\nR1,M1,2024-02-03,A1,A2,housing,1,accepted\n")
        .with("care_plans.csv", "plan_id,member_id,created,ended,lead_id,agencies,end_reason\nL1,M1,2024-02-03,2025-02-03,P1,A2; A1,moved\n")
        .with("events.csv", "event_id,member_id,start,end,type,start_ts\nE1,M1,2024-02-03,2024-02-04,seclusion,2024-02-03T10:15\n")
        .with("living.csv", "member_id,start,end,setting,restrict_rank,weight\nM1,2024-02-03,,home,1,0.5\n")
        .with("cost.csv", "claim_id,member_id,service_date,month,amount_paid,std_price,capitated\nK1,M1,,2024-02,12.345,-1,0\nK2,M1,2024-02-09,,7,,\n")
        .with("pharmacy.csv", "member_id,fill_date,drug_class,days_supply\nM1,2024-02-03,ssri,30\n")
        .with("community_activities.csv", "date,agency_id,type,participants,hours,level\n2024-02-03,A1,coalition,12,1.5,4\n2024-02-01,A2,event,,,\n");
    assert!(delivered.refused().is_empty(), "{:?}", delivered.refused());
    expect![[r#"
        M1 assessment start_on=2024-02-01 record_id=O1 class=assessment code=LOCUS level=3 score=21.5 arrests_30d=2+ sectors_needed=housing;legal
        M1 contact start_on=2024-01-05 record_id=C1 agency_id=A1 class=therapy code=H0004 practice_level=1 status=attended dx1=F20.9 minutes=45
        M1 cost start_on=2024-02-01 end_on=2024-02-29 record_id=K1 amount_cents=1235 price_cents=-100 capitated=false
        M1 cost start_on=2024-02-09 record_id=K2 amount_cents=700
        M1 event start_on=2024-02-03 end_on=2024-02-04 record_id=E1 class=seclusion start_ts=2024-02-03T10:15
        M1 living start_on=2024-02-03 setting=home restrict_rank=1 weight=0.5
        M1 member agency_id=A1 clinician_id=P1 birth_on=1980-07-01 death_on=2024-06-01 smi_sed=1 dual=true
        M1 pharmacy start_on=2024-02-03 class=ssri days_supply=30
        M1 plan start_on=2024-02-03 end_on=2025-02-03 record_id=L1 clinician_id=P1 end_reason=moved agencies=A1;A2
        M1 referral start_on=2024-02-03 record_id=R1 agency_id=A1 status=accepted to_agency=A2 to_sector=housing warm=true
        M1 stay start_on=2024-02-01 end_on=2024-02-20 record_id=S1 bho_id=B1 class=acute_psych level=6 admit_legal=03 disposition=AMA planned=true end_reason=completed
        M1 stay start_on=2024-03-01 end_on=2024-03-01 record_id=S2 class=ed
        M1 stay start_on=2024-04-01 record_id=S3 level=5 admit_legal=involuntary disposition=home
        M2 member birth_on=1981-01-01 dual=false"#]].assert_eq(&delivered.rows().join("\n"));
    let snapshot = throughline::store::Snapshot::open(&delivered.store())
        .expect("a store")
        .expect("a snapshot");
    let activities: Vec<String> = snapshot
        .activities()
        .expect("activities")
        .iter()
        .flat_map(crate::delivered::lines)
        .collect();
    expect![[r#"
        start_on=2024-02-01 agency_id=A2 class=event source_line=3
        start_on=2024-02-03 agency_id=A1 class=coalition level=4 hours_milli=1500 participants_n=12 source_line=2"#]].assert_eq(&activities.join("\n"));
}

#[test]
fn site_columns_and_values_are_mapped() {
    let delivered = Delivered::new()
        .with("visits.txt", "id|who|when|where|what|paid|note\n1|M1|2024-01-05|A1|LOCAL1|12.50|x\n2|M1|2024-01-06|A1|H0038|0|y\n")
        .set(Table::Contacts, |source| {
            source.file = Some("visits.txt".into());
            source.delimiter = b'|';
            for (site, model) in [("id", "contact_id"), ("who", "member_id"), ("when", "contact_date"), ("where", "agency_id"), ("what", "service_code"), ("paid", "paid_amount")] {
                source.columns.insert(site.into(), model.into());
            }
            source.ignore.push("note".into());
            source.constants.insert("bho_id".into(), "B7".into());
            source.values.insert("service_code".into(), [("LOCAL1".to_owned(), "H0004".to_owned())].into());
            source.ranges.insert("paid_amount".into(), Range { min: Some(0), max: Some(100) });
        });
    expect![[r#"
        M1 contact start_on=2024-01-05 record_id=1 bho_id=B7 agency_id=A1 class=therapy code=H0004 practice_level=1 status=attended amount_cents=1250
        M1 contact start_on=2024-01-06 record_id=2 bho_id=B7 agency_id=A1 class=peer code=H0038 practice_level=2 status=attended amount_cents=0"#]]
    .assert_eq(&delivered.rows().join("\n"));
}

#[test]
fn unmapped_codes_are_counted_and_kept() {
    let delivered = Delivered::contacts(&[
        GOOD,
        "C2,M1,2024-01-06,A1,ZZ999,45,",
        "C3,M1,2024-01-07,A1,ZZ999,45,",
    ]);
    let delivery = delivered.read().expect("an extract");
    let contacts = &delivery.sources[0];
    assert_eq!((contacts.accepted, contacts.unmapped_rows, contacts.unmapped_codes), (3, 2, 1));
}

#[test]
fn the_profile_counts_months_and_missing_values() {
    let delivered =
        Delivered::contacts(&[GOOD, "C2,M1,2024-03-06,A1,H0004,,", "C2,M1,2024-03-06,A1,H0004,,"]);
    let delivery = delivered.read().expect("an extract");
    let contacts = &delivery.sources[0];
    let months: Vec<String> =
        contacts.months.iter().map(|(month, rows)| format!("{month} {rows}")).collect();
    assert_eq!(months, ["2024-01-01 1", "2024-03-01 1"]);
    assert_eq!(
        contacts.span,
        Some((Day::parse("2024-01-05").unwrap(), Day::parse("2024-03-06").unwrap()))
    );
    let missing = |name: &str| {
        contacts.columns.iter().find(|column| column.column == name).map(|column| column.missing)
    };
    assert_eq!((missing("minutes"), missing("code"), missing("team_id")), (Some(1), Some(0), None));
}
