//! temp
use throughline::pipeline::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let p = read(std::path::Path::new(&a[1])).unwrap().unwrap_or_else(|e| panic!("{e}"));
    let f = Folders { extracts: Some(a[2].clone().into()), store: Some(a[3].clone().into()), out: None };
    let s = ingest(&p, &f, None, &|_| {}).unwrap_or_else(|e| panic!("{e}"));
    let c = count(&p, s, a.get(5).and_then(|t| month(t)), &|_| {}).unwrap();
    let (t, _) = tabulate(&p, &c);
    let mut w = csv::Writer::from_path(&a[4]).unwrap();
    w.write_record(["indicator","preset","period_start","period_end","group_kind","group","stratum_kind","stratum","numerator","denominator","excluded","members","value","state"]).unwrap();
    for r in &t.rows {
        let m = &t.measures[r.measure];
        let (gk, g) = match &r.group { throughline::kernel::Group::All => ("all","all".to_string()), throughline::kernel::Group::Bho(b) => ("bho", b.clone()) };
        let o = |x: Option<throughline::oversight::Exact>| x.map_or(String::new(), |x| x.to_string());
        w.write_record([format!("{}{}", m.id, r.statistic), m.preset.clone(), r.period.start.to_string(), r.period.end.to_string(), gk.into(), g, r.stratum.kind.clone(), r.stratum.value.clone(), o(r.numerator), o(r.denominator), r.excluded.map_or(String::new(), |x| x.to_string()), r.members.map_or(String::new(), |x| x.to_string()), r.value.map_or(String::new(), |x| x.to_string()), r.state.name().into()]).unwrap();
    }
}
