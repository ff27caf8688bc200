//! What the report was made from and what it consists of, for programs. No time of the clock: the
//! same run writes the same bytes.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::content::Content;

/// The name of the program in the manifest, by which an earlier report is known.
pub(super) const PROGRAM: &str = "throughline";

/// The manifest over the files of the report.
pub(super) fn manifest(content: &Content<'_>, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let outputs: Map<String, Value> = files
        .iter()
        .map(|(path, bytes)| {
            (path.clone(), json!({ "sha256": sha256(bytes), "bytes": bytes.len() }))
        })
        .collect();
    let sources: Vec<Value> = content
        .snapshot
        .sources
        .iter()
        .map(|source| {
            let refused: Map<String, Value> = source
                .refused
                .iter()
                .map(|refused| (refused.rule.clone(), json!(refused.rows)))
                .collect();
            json!({
                "file": source.file,
                "table": source.table,
                "sha256": source.sha256,
                "extracted_on": source.extracted_on.map(|day| day.to_string()),
                "runout_days": source.runout_days,
                "rows_read": source.rows_read,
                "rows_accepted": source.rows_accepted,
                "refused": refused,
            })
        })
        .collect();
    let named = |pairs: &[(String, String)]| -> Map<String, Value> {
        pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
    };
    let manifest = json!({
        "program": PROGRAM,
        "version": content.program_version,
        "title": content.title,
        "period": { "start": content.period.start.to_string(), "end": content.period.end.to_string() },
        "data_through": content.data_through.to_string(),
        "internal": content.is_internal,
        "smallest_shown": content.smallest_shown,
        "snapshot": { "id": content.snapshot.id, "sources": sources },
        "parameters": named(&content.parameters),
        "definitions": named(&content.definitions),
        "files": outputs,
    });
    let mut bytes =
        serde_json::to_vec_pretty(&manifest).expect("strings and numbers always serialise");
    bytes.push(b'\n');
    bytes
}

/// The SHA-256 of bytes in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
