//! Who is on a work list: nobody who has died or left, and nobody who is left out for good.

use std::fs;
use std::path::Path;

use crate::site::Site;

const STAYS: &str =
    "stay_id,member_id,admit,discharge,facility_class,level,dx1,discharge_disposition\n";
const SPANS: &str = "member_id,start,end,bho_id\n";
const CONTACTS: &str = "contact_id,member_id,contact_date,service_class,agency_id,status\n";
const PLANS: &str = "plan_id,member_id,created,ended\n";

/// A site whose tables hold these rows, complete through 2024-06-30, and its work lists.
fn site(tables: &[(&str, &str, &str)], lists: &str) -> Site {
    let site = Site::new("\"fu_hosp_mh_30d\"");
    let mut manifest = "source,extract_date,runout_days\n".to_owned();
    for (table, header, rows) in tables {
        site.write(&format!("extracts/{table}.csv"), (*header).to_owned() + rows);
        manifest += &format!("{table},2024-06-30,0\n");
    }
    site.write("extracts/manifest.csv", manifest);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
    let folders = format!("folders = [\"{}\"]\n", shipped.display());
    site.write("lists.toml", folders + lists);
    site.fine(&["ingest", "@site.toml"]);
    site
}

const COMMAND: [&str; 8] = [
    "worklist",
    "@site.toml",
    "--lists",
    "@lists.toml",
    "--out",
    "@lists",
    "--as-of",
    "2024-03-20",
];

/// The members on the lists of an organisation.
fn on_list(site: &Site, bho: &str) -> Vec<String> {
    site.fine(&COMMAND);
    let list = fs::read_to_string(site.path("lists").join(bho).join("worklist.csv"));
    let list = list.unwrap_or_default();
    list.lines().skip(1).filter_map(|line| line.split(',').nth(2).map(str::to_owned)).collect()
}

#[test]
fn who_has_died_by_any_table_is_on_no_list() {
    let members = "M1,1980,\nM2,1980,\nM3,1980,2024-03-01\nM4,1980,\n";
    let plan = |member: u8| format!("P{member},M{member},2023-03-01,\n");
    let contact = |member: u8| format!("C{member},M{member},2024-01-15,therapy,A1,attended\n");
    let span = |member: u8| format!("M{member},2023-01-01,,B1\n");
    let all = |row: &dyn Fn(u8) -> String| (1..=4).map(row).collect::<String>();
    let site = site(
        &[
            ("members", "member_id,birth_year,death_date\n", members),
            ("stays", STAYS, "S2,M2,2024-02-01,2024-02-09,general_hospital,6,I10,died\n"),
            // The earliest day decides: M3 did not live until the later event.
            (
                "events",
                "event_id,member_id,type,start\n",
                "E3,M3,death,2024-04-30\nE4,M4,death,2024-04-30\n",
            ),
            ("enrolment", SPANS, &all(&span)),
            ("contacts", CONTACTS, &all(&contact)),
            ("care_plans", PLANS, &all(&plan)),
        ],
        "[[worklist]]\nid = \"plan\"\ntitle = \"Plan overdue\"\nact = \"Review it.\"\n\
         overdue = \"care_plans\"\ndays = 180\nin_care = 90\n",
    );
    assert_eq!(on_list(&site, "B1"), ["M1", "M4"]);
}

/// Six members with the same discharge, of whom two have a day without enrolment by the day of the
/// list, and one discharged a year before.
#[test]
fn who_is_left_out_for_good_is_on_no_list() {
    let stay = |member: u8| {
        format!("S{member},M{member},2024-03-01,2024-03-10,acute_psych,6,F20.9,home\n")
    };
    let stays = (1..=5).map(stay).collect::<String>()
        + "S6,M6,2023-03-01,2023-03-21,acute_psych,6,F20.9,home\n";
    let spans = "M1,2023-01-01,,B1\nM2,2023-01-01,2024-03-12,B1\nM2,2024-03-16,,B1\n\
                 M3,2023-01-01,2024-03-15,B1\nM4,2023-01-01,2024-03-25,B1\n\
                 M5,2023-01-01,2024-03-14,B2\nM5,2024-03-15,,B1\nM6,2023-01-01,,B1\nM9,2024-01-01,,B3\n";
    let list = "[[worklist]]\nid = \"seen\"\ntitle = \"Discharged\"\nact = \"See them.\"\n\
                use = [\"fu_hosp_mh_30d\"]\nkeep = 366\n";
    let site = site(
        &[
            ("stays", STAYS, &stays),
            ("enrolment", SPANS, spans),
            ("contacts", CONTACTS, "C1,M9,2024-01-15,therapy,A1,attended\n"),
        ],
        list,
    );
    // M4 leaves later, which nobody knows on the day; a change of organisation is no gap.
    assert_eq!(on_list(&site, "B1"), ["M6", "M1", "M4", "M5"]);
    assert!(on_list(&site, "B2").is_empty());
    // An organisation with nobody on a list has an empty one; one that nobody knows is a mistake.
    for bho in ["B2", "B3"] {
        let told = site.fine(&[&COMMAND[..], &["--bho", bho]].concat());
        assert!(told.contains("work lists of 0 organisations"), "{told}");
    }
    let told = site.says(&[&COMMAND[..], &["--bho", "Z"]].concat(), 2);
    assert!(told.contains("the store knows no bho `Z`; there are B1, B2, B3"), "{told}");
}

/// Extracts cut on the day of the list, of which the last 14 days may lack rows.
#[test]
fn who_left_hospital_in_the_days_of_late_rows_is_on_a_list_and_who_fell_silent_is_not() {
    let stays = "S1,M1,2024-06-20,2024-06-27,acute_psych,6,F20.9,home\n\
                 S2,M2,2024-06-10,2024-06-14,acute_psych,6,F20.9,home\n";
    let spans = "M1,2023-01-01,,B1\nM2,2023-01-01,,B1\nM3,2023-01-01,,B1\nM4,2023-01-01,,B1\n";
    // 90 days without a contact are over on 15 June for one, on 20 June for the other.
    let contacts = "C1,M3,2024-03-01,therapy,A1,attended\nC2,M3,2024-03-17,therapy,A1,attended\n\
                    C3,M4,2024-03-01,therapy,A1,attended\nC4,M4,2024-03-22,therapy,A1,attended\n";
    let list = |id: &str, indicator: &str| {
        format!(
            "[[worklist]]\nid = \"{id}\"\ntitle = \"{id}\"\nact = \"See them.\"\nuse = [\"{indicator}\"]\n"
        )
    };
    let site = site(
        &[("stays", STAYS, stays), ("enrolment", SPANS, spans), ("contacts", CONTACTS, contacts)],
        &(list("left", "fu_hosp_mh_7d")
            + &list("longer", "fu_hosp_mh_30d")
            + &list("silent", "outreach_attempted_30d")),
    );
    let manifest = "source,extract_date,runout_days\nstays,2024-06-30,14\nenrolment,2024-06-30,0\ncontacts,2024-06-30,14\n";
    site.write("extracts/manifest.csv", manifest);
    site.fine(&["ingest", "@site.toml"]);
    site.fine(&COMMAND[..6]);
    let list = fs::read_to_string(site.path("lists/B1/worklist.csv")).expect("a list");
    let called = list.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        format!("{} {}", cells[2], cells[3])
    });
    let mut called: Vec<String> = called.collect();
    called.sort();
    assert_eq!(called, ["M1 left", "M1 longer", "M2 longer", "M3 silent"], "{list}");
}
