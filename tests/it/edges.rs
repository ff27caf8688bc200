//! Where windows, spans and ties end: small sites whose numbers are worked out by hand.

use crate::site::Site;

/// A site of members `M00`, `M01` … enrolled in `B1` from 2022 on, with files by name and text; `manifest` has
/// lines of `source,extract_date,runout_days`.
fn site(indicators: &str, members: usize, files: &[(&str, String)], manifest: &str) -> Site {
    let site = Site::new(indicators);
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("the pipeline");
    let grains = "[periods]\ngrains = [\"month\", \"quarter\", \"year\"]\n[extracts]\n";
    site.write("site.toml", pipeline.replace("[extracts]\n", grains));
    let span = |member: usize| format!("M{member:02},2022-01-01,B1\n");
    let spans: String = (0..members).map(span).collect();
    site.write("extracts/enrolment.csv", format!("member_id,start,bho_id\n{spans}"));
    let persons: String = (0..members).map(|member| format!("M{member:02},1980\n")).collect();
    site.write("extracts/members.csv", format!("member_id,birth_year\n{persons}"));
    for (name, text) in files {
        site.write(&format!("extracts/{name}.csv"), text);
    }
    let head = "source,extract_date,runout_days\nenrolment,2025-01-31,0\nmembers,2025-01-31,0\n";
    site.write("extracts/manifest.csv", format!("{head}{manifest}"));
    site.fine(&["run", "@site.toml", "--period", "2024-12", "--out", "@out", "--internal"]);
    site
}

/// Numerator, denominator and state of everyone in a period that begins on a day.
#[track_caller]
fn told(site: &Site, indicator: &str, stratum: &str, period: &str, start: &str) -> [String; 3] {
    let wanted = [
        ("indicator", indicator),
        ("group", "all"),
        ("stratum", stratum),
        ("period", period),
        ("period_start", start),
    ];
    let found = site.results("out-internal", &wanted, ["numerator", "denominator", "state"]);
    found.into_iter().next().expect("a row")
}

fn contacts(lines: impl IntoIterator<Item = String>) -> (&'static str, String) {
    let head = "contact_id,member_id,contact_date,contact_end_date,agency_id,clinician_id,service_class,status\n";
    ("contacts", head.to_owned() + &lines.into_iter().collect::<String>())
}

/// Thirty days on a ward that are billed as one row are thirty nights.
#[test]
fn a_contact_covers_the_days_up_to_its_end() {
    let rows = |member: usize| {
        [
            format!("W{member},M{member:02},2024-03-01,2024-03-30,A1,,inpatient_day,attended\n"),
            format!("P{member},M{member:02},2024-05-01,2024-05-20,A1,,php,attended\n"),
            // A day of its own, at a lower level, within the span.
            format!("T{member},M{member:02},2024-05-04,,A1,,therapy,attended\n"),
        ]
    };
    let files = [contacts((0..12).flat_map(rows))];
    let site = site("\"community_tenure\", \"loc_mix\"", 12, &files, "contacts,2025-01-31,0\n");
    let [_, members, state] = told(&site, "community_tenure", "all", "year", "2024-01-01");
    assert_eq!((members.as_str(), state.as_str()), ("12", "final"));
    let value = site.results(
        "out-internal",
        &[("indicator", "community_tenure"), ("period", "year"), ("group", "all")],
        ["value"],
    );
    assert_eq!(value[0], ["0.918032786885"], "336 of 366 days");
    let days = |level: &str| told(&site, "loc_mix", level, "year", "2024-01-01");
    assert_eq!(days("6")[..2], ["360", "600"].map(String::from), "30 of 50 days each");
    assert_eq!(days("4")[..2], ["240", "600"].map(String::from));
}

/// What lies after the data-through date is in no quarter and year, as it is in no month.
#[test]
fn units_after_the_data_through_date_are_in_no_period() {
    let rows = |member: usize| {
        (1..=12).map(move |month| {
            format!("C{member}-{month},M{member:02},2024-{month:02}-15,,A1,,therapy,no_show\n")
        })
    };
    let stays = |member: usize| {
        (1..=12).map(move |month| {
            format!("S{member}-{month},M{member:02},F1,2024-{month:02}-02,2024-{month:02}-09,acute_psych,F32.1\n")
        })
    };
    let head = "stay_id,member_id,facility_id,admit,discharge,facility_class,dx1\n".to_owned();
    let files = [
        contacts((0..12).flat_map(rows)),
        ("stays", head + &(0..12).flat_map(stays).collect::<String>()),
    ];
    let manifest = "contacts,2025-01-31,92\nstays,2025-01-31,92\n";
    let site = site("\"no_show_rate\", \"los_over_30\"", 12, &files, manifest);
    for indicator in ["no_show_rate", "los_over_30"] {
        let count = |period, start| told(&site, indicator, "all", period, start)[1].clone();
        assert_eq!(count("quarter", "2024-07-01"), "36", "{indicator}");
        assert_eq!(count("quarter", "2024-10-01"), "12", "{indicator}: October alone");
        assert_eq!(count("year", "2024-01-01"), "120", "{indicator}");
    }
}

/// A late table withholds what is made of it, and nothing else.
#[test]
fn only_what_reads_a_table_waits_for_it() {
    let rows = |member: usize| {
        (1..=12).map(move |month| {
            format!("C{member}-{month},M{member:02},2024-{month:02}-15,,A1,,therapy,attended\n")
        })
    };
    let cost = |member: usize| format!("K{member},M{member:02},2024-02-03,100\n");
    let head = "claim_id,member_id,service_date,amount_paid\n".to_owned();
    let files =
        [contacts((0..12).flat_map(rows)), ("cost", head + &(0..12).map(cost).collect::<String>())];
    let manifest = "contacts,2025-01-31,0\ncost,2025-01-31,90\n";
    let site = site("\"pmpm_bh\", \"penetration_rate\"", 12, &files, manifest);
    let state = |indicator, start| told(&site, indicator, "all", "month", start)[2].clone();
    assert_eq!(state("penetration_rate", "2024-12-01"), "final");
    assert_eq!(state("pmpm_bh", "2024-12-01"), "withheld");
    assert_eq!(state("pmpm_bh", "2024-10-01"), "final");
}

/// Of two clinicians seen equally often and last on one day, the one whose id comes last is the usual one,
/// whatever their contacts are called.
#[test]
fn what_contacts_are_called_decides_nothing() {
    let of = |first: &str, second: &str| {
        let rows = |member: usize| {
            let row = |id: &str, day: &str, clinician: &str| {
                format!(
                    "{id}{member}-{day},M{member:02},2024-{day},,A1,{clinician},therapy,attended\n"
                )
            };
            [row("X", "02-10", "K2"), row(first, "05-10", "K1"), row(second, "05-10", "K2")]
        };
        let files = [contacts((0..12).flat_map(rows))];
        let site = site("\"provider_change_rate\"", 12, &files, "contacts,2025-01-31,0\n");
        told(&site, "provider_change_rate@clinician", "all", "quarter", "2024-04-01")
    };
    let changed = of("A", "B");
    assert_eq!(changed[..2], ["0", "12"].map(String::from), "K2 before, and K2 of both in May");
    assert_eq!(of("B", "A"), changed);
}

/// Of eleven stays of 2 nights and one of 200 the geometric mean is the twelfth root of 2¹¹ × 200; who is in bed
/// on the last day has been there for 31 nights.
#[test]
fn few_long_stays_weigh_less_in_the_geometric_mean() {
    let stays = |member: usize| {
        let end = if member == 0 { "2024-08-19" } else { "2024-02-03" };
        format!(
            "S{member},M{member:02},F1,2024-02-01,{end},acute_psych,F32.1\nT{member},M{member:02},F1,2024-12-01,2025-01-08,acute_psych,F32.1\n"
        )
    };
    let head = "stay_id,member_id,facility_id,admit,discharge,facility_class,dx1\n".to_owned();
    let seen = |member: usize| format!("C{member},M{member:02},2024-03-01,,A1,,therapy,attended\n");
    let files =
        [contacts((0..12).map(seen)), ("stays", head + &(0..12).map(stays).collect::<String>())];
    let manifest = "contacts,2025-01-31,0\nstays,2025-01-31,0\n";
    let site = site("\"alos\"", 12, &files, manifest);
    let value = |indicator: &str| {
        let wanted = [("indicator", indicator), ("period", "year"), ("group", "all")];
        site.results("out-internal", &wanted, ["value"])[0][0].clone()
    };
    let of = ["alos", "alos.median", "alos.geometric_mean", "alos@in_bed", "alos@in_bed.median"];
    assert_eq!(of.map(value), ["18.5", "2", "2.9", "31", "31"].map(String::from));
}

/// Kappa is in no breakdown, but its units are those of the shares: where these are hidden, it would tell how many
/// units disagree.
#[test]
fn agreement_is_hidden_with_the_shares_of_the_same_units() {
    let site = Site::new("\"loc_concordance\"");
    std::fs::remove_dir(site.path("extracts")).expect("it is empty");
    crate::kernel::made_up(&site.path("extracts"), 5000, 16);
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/crosswalks");
    let codes = shipped.join("service_map.csv").display().to_string();
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("the pipeline");
    let pipeline =
        pipeline.replace("[extracts]\n", &format!("[extracts]\ncrosswalks = [\"{codes}\"]\n"));
    site.write("site.toml", pipeline + "\n[strata]\nby = [\"sex\", \"age_band\"]\n");
    site.fine(&["run", "@site.toml", "--out", "@out"]);
    let values = |id: &str| {
        let wanted = [("indicator", id), ("stratum_kind", "all")];
        site.results("out", &wanted, ["period", "period_start", "group", "value", "denominator"])
    };
    let (shares, kappas) = (values("loc_concordance"), values("loc_concordance@agreement"));
    let shown = |rows: &[[String; 5]]| rows.iter().filter(|row| !row[3].is_empty()).count();
    let (known, all) = (shown(&shares), shares.len());
    assert!(known > 10 && known < all, "{known} of {all}");
    assert_eq!(shares.len(), kappas.len());
    for (share, kappa) in shares.iter().zip(&kappas) {
        assert_eq!(share[..3], kappa[..3]);
        assert_eq!(share[3].is_empty(), kappa[3].is_empty(), "{share:?} {kappa:?}");
        assert_eq!(share[4], kappa[4], "{share:?} {kappa:?}");
    }
}
