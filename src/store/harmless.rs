//! Texts in files that spreadsheets open.

/// A text that no spreadsheet takes for a formula: one that begins like one gets a quote before it.
/// Numbers are written as numbers and never come this way.
pub fn harmless(text: &str) -> String {
    let first = text.trim_start_matches(['"', ' ', '\u{feff}']);
    if first.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_begins_like_a_formula_becomes_a_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\"=1", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "B1", "12-17", "a=b"] {
            assert_eq!(harmless(text), text);
        }
    }
}
