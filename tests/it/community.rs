//! Activities in the community, which belong to no member and no organisation: what counts them is told
//! for everyone alone; where none are delivered, what is made of them is not computable.

use std::fs;
use std::path::Path;

use crate::site::Site;

const ACTIVITIES: &str = "date,agency_id,type,participants,hours,level\n\
    2024-03-01,A1,coalition,40,2,4\n2024-03-31,A2,event,25,1.5,4\n2024-04-01,A1,event,9,,4\n";

/// Sixty contacts on a day of March, every second of prevention.
fn site(activities: Option<&str>) -> Site {
    site_of(activities, |number| if number.is_multiple_of(2) { "H0025" } else { "H0038" })
}

fn site_of(activities: Option<&str>, code: impl Fn(usize) -> &'static str) -> Site {
    let site = Site::new("\"prevention_reach\", \"ragins_level_mix\"");
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/crosswalks/service_map.csv");
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    let crosswalks = format!("[extracts]\ncrosswalks = [\"{}\"]\n", map.display());
    site.write("site.toml", pipeline.replace("[extracts]\n", &crosswalks));
    let contact = |number: usize| {
        let code = code(number);
        format!("C{number},M{number:03},2024-03-15,A1,B1,{code},30\n")
    };
    let header = "contact_id,member_id,contact_date,agency_id,bho_id,service_code,minutes\n";
    site.write(
        "extracts/contacts.csv",
        header.to_owned() + &(0..60).map(contact).collect::<String>(),
    );
    let span = |number: usize| format!("M{number:03},2023-01-01,B1\n");
    site.write(
        "extracts/enrolment.csv",
        "member_id,start,bho_id\n".to_owned() + &(0..60).map(span).collect::<String>(),
    );
    let mut manifest = "source,extract_date,coverage_start,runout_days\n".to_owned();
    for source in ["contacts", "enrolment", "community_activities"] {
        manifest += &format!("{source},2024-06-30,2023-01-01,0\n");
    }
    if let Some(activities) = activities {
        site.write("extracts/community_activities.csv", activities);
    } else {
        manifest = manifest.replace("community_activities,2024-06-30,2023-01-01,0\n", "");
    }
    site.write("extracts/manifest.csv", manifest);
    site
}

/// State, numerator and denominator of an indicator in March, for a group.
fn march(site: &Site, indicator: &str, group: &str) -> Option<[String; 3]> {
    march_of(site, "report-internal", indicator, group)
}

fn march_of(site: &Site, report: &str, indicator: &str, group: &str) -> Option<[String; 3]> {
    let march = [("period_start", "2024-03-01"), ("period_end", "2024-03-31")];
    let own = [("indicator", indicator), ("group", group), ("stratum_kind", "all")];
    let told = ["state", "numerator", "denominator"];
    site.results(report, &[&march[..], &own].concat(), told).pop()
}

fn run(site: &Site) {
    site.fine(&["run", "@site.toml", "--period", "2024-05", "--out", "@report", "--internal"]);
}

fn counts(state: &str, numerator: &str, denominator: &str) -> [String; 3] {
    [state, numerator, denominator].map(str::to_owned)
}

#[test]
fn activities_count_for_everyone_and_for_no_organisation() {
    let site = site(Some(ACTIVITIES));
    run(&site);
    // 30 prevention contacts, 30 of peers, two activities of 210 minutes.
    assert_eq!(march(&site, "ragins_level_mix@l4", "all"), Some(counts("final", "32", "62")));
    // Nobody knows whose activities they are, and without them an organisation's number is too small.
    assert_eq!(march(&site, "ragins_level_mix@l4", "B1"), None);
    assert_eq!(march(&site, "ragins_level_mix@l4", "unknown"), None);
    assert_eq!(march(&site, "ragins_level_mix@l1", "B1"), Some(counts("final", "0", "60")));
    assert_eq!(march(&site, "ragins_level_mix@l1", "unknown"), Some(counts("final", "0", "2")));
    assert_eq!(
        march(&site, "ragins_level_mix@hours_l4", "all"),
        Some(counts("final", "1110", "2010"))
    );
    assert_eq!(march(&site, "prevention_reach", "all"), Some(counts("final", "32", "1860")));
    assert_eq!(
        march(&site, "prevention_reach@persons", "all"),
        Some(counts("final", "95", "1860"))
    );
    // The units behind the number are as many, and name no member for an activity.
    let told = site.fine(&[
        "explain",
        "--pipeline",
        "@site.toml",
        "ragins_level_mix@l4",
        "--period",
        "2024-03",
        "--units",
        "@units.parquet",
    ]);
    assert!(told.contains("32") && told.contains("62"), "{told}");
    let units = fs::File::open(site.path("units.parquet")).expect("the units");
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(units, 1024);
    let of_nobody: usize = reader
        .expect("a table")
        .map(|batch| batch.expect("rows"))
        .map(|batch| batch.column_by_name("member_id").expect("members").null_count())
        .sum();
    assert_eq!(of_nobody, 2);
}

/// An activity is a unit of nobody: the sample may hold it, and it is no member.
#[test]
fn an_activity_is_explained_without_a_member() {
    let site = site(Some(ACTIVITIES));
    site.fine(&["ingest", "@site.toml"]);
    let of = |id: &str| {
        let period = ["--period", "2024-03", "--sample", "99"];
        site.fine(&[&["explain", "--pipeline", "@site.toml", id][..], &period].concat())
    };
    let told = of("prevention_reach@persons");
    let counted = "62  of 60 members and 2 activities in the community";
    assert!(told.contains(counted), "{told}");
    assert!(told.contains("\n  activity in the community 2024-03-01, adds 40 over 0\n"), "{told}");
    for id in ["prevention_reach", "ragins_level_mix@l4", "ragins_level_mix@hours_l4"] {
        assert!(of(id).contains("  activity in the community 2024-03-31, adds "), "{id}");
    }
}

#[test]
fn without_activities_nobody_is_told_that_there_are_none() {
    let site = site(None);
    run(&site);
    let [state, numerator, _] = march(&site, "ragins_level_mix@l4", "all").expect("a row");
    assert_eq!((state.as_str(), numerator.as_str()), ("not_computable", ""));
    assert_eq!(march(&site, "ragins_level_mix@l1", "all"), Some(counts("final", "0", "60")));
    assert_eq!(march(&site, "prevention_reach", "all"), Some(counts("final", "30", "1860")));
    let page = fs::read_to_string(site.path("report-internal/index.html")).expect("a page");
    assert!(page.contains("needs community_activities"), "the table is named");
}

/// Who knows what an agency did in public, and the whole, can subtract.
#[test]
fn contacts_beside_activities_are_hidden_as_they_are_without() {
    let code = |number| match number {
        0..3 => "H0025",
        3..30 => "H0038",
        _ => "H0004",
    };
    let activities = format!("date,agency_id,type,participants,hours,level\n{}", {
        let row = |number: usize| format!("2024-03-05,A1,event {number},9,1,4\n");
        (0..30).map(row).collect::<String>()
    });
    let site = site_of(Some(&activities), code);
    run(&site);
    let shown = |indicator: &str, group: &str| {
        march_of(&site, "report", indicator, group).map(|[_, numerator, _]| numerator)
    };
    assert_eq!(march(&site, "ragins_level_mix@l4", "all"), Some(counts("final", "33", "90")));
    assert_eq!(shown("ragins_level_mix@l4", "all"), Some(String::new()));
    assert_eq!(shown("prevention_reach", "all"), Some(String::new()));
    // What is left of the whole without the others is as small.
    assert_eq!(march(&site, "ragins_level_mix@l2", "B1"), Some(counts("final", "27", "60")));
    assert_eq!(shown("ragins_level_mix@l2", "B1"), Some(String::new()));
    assert_eq!(shown("ragins_level_mix@l1", "B1"), Some(String::new()));
    let enough = self::site(Some(&activities));
    run(&enough);
    let told = march_of(&enough, "report", "ragins_level_mix@l4", "all");
    assert_eq!(told, Some(counts("final", "60", "90")));
}
