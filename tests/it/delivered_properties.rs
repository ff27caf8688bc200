//! What holds for whatever is delivered.

use proptest::prelude::{
    ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, proptest,
};
use throughline::terms::Table;

use crate::delivered::{Delivered, HEADER};

/// Fields as senders write them, and some that they should not.
fn field() -> impl Strategy<Value = String> {
    prop::string::string_regex("[A-C]{0,2}|[ab\", ]{0,4}").expect("a regular expression")
}

/// What may stand in a column that is not read.
fn note() -> impl Strategy<Value = String> {
    prop::string::string_regex("[ab\",\\n\\r ]{0,6}").expect("a regular expression")
}

fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Quoting changes nothing, and every field comes back as it was written, without blanks around it.
    #[test]
    fn quoted_fields_come_back(fields in prop::collection::vec((field(), field(), note()), 1..20)) {
        let rows = fields.iter().enumerate().map(|(number, (team, modifiers, note))| {
            format!("C{number:02},M1,2024-01-05,A1,{},H0004,{},{}", quoted(note), quoted(&format!("x{team}")), quoted(modifiers))
        });
        let text = format!("contact_id,member_id,contact_date,agency_id,note,service_code,team_id,modifiers\n{}\n", rows.collect::<Vec<_>>().join("\n"));
        let delivered = Delivered::new()
            .with("contacts.csv", text)
            .set(Table::Contacts, |source| source.ignore.push("note".into()));
        prop_assert!(delivered.refused().is_empty());
        let stored = delivered.rows();
        prop_assert_eq!(stored.len(), fields.len());
        for (row, (team, modifiers, _)) in stored.iter().zip(&fields) {
            let part = format!(" team_id=x{} ", team.trim_end());
            prop_assert!(row.contains(&part), "{:?} {:?}", row, part);
            prop_assert_eq!(row.contains(" modifiers="), !modifiers.trim().is_empty());
        }
    }

    /// Whatever bytes are delivered: no panic, and no row is lost.
    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut text = format!("{HEADER}\n").into_bytes();
        text.extend(bytes);
        let delivered = Delivered::new().with("contacts.csv", text).set(Table::Contacts, |_| {});
        if let Ok(delivery) = delivered.read() {
            let source = &delivery.sources[0];
            prop_assert_eq!(source.read, source.accepted + source.n_refused());
        }
    }

    /// Rows with stray marks, line ends and delimiters: what is read does not depend on what
    /// follows by more than the record that a stray mark opens.
    #[test]
    fn odd_rows_are_counted_once(rows in prop::collection::vec("[A,\"\n]{0,12}", 0..40)) {
        let text = format!("{HEADER}\n{}\nC1,M1,2024-01-05,A1,H0004,45,F20.9\n", rows.join("\n"));
        let delivered = Delivered::new().with("contacts.csv", text);
        if let Ok(delivery) = delivered.read() {
            let source = &delivery.sources[0];
            prop_assert_eq!(source.read, source.accepted + source.n_refused());
            let lines: Vec<u32> = delivery.refused().iter().map(|row| row.line).collect();
            prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", lines);
        }
    }
}
