//! The contract that a pipeline file names, and a contract file by itself.

use std::collections::BTreeSet;
use std::path::Path;

use super::Pipeline;
use super::catalogue::{self, Catalogue};
use crate::diagnostic::{Document, Fields, Problems};
use crate::indicator::DEFAULT_PRESET;
use crate::oversight::contract::{self, Contract, KnownMeasure};

/// Reads the contract that a pipeline file names, against the indicators it computes.
pub(super) fn of_pipeline(
    fields: &mut Fields<'_>,
    base: &Path,
    pipeline: &mut Pipeline,
    problems: &mut Problems,
) {
    let Some((name, span)) = fields.text("contract", problems) else { return };
    let path = super::read::plain(&base.join(name));
    let text = match catalogue::read_text(&path) {
        Ok(text) => text,
        Err(error) => {
            let label = "looked for it beside this file";
            let problem = fields.problem(span, "there is no such file", label);
            return problems.extend(catalogue::problems_of(error, problem));
        }
    };
    pipeline.contract_sha256 = catalogue::sha256(text.text.as_bytes());
    let computed = pipeline.definitions.iter().flat_map(|one| &one.indicators);
    // An indicator whose own file is wrong is not missing from the pipeline.
    let known: Vec<KnownMeasure> = if problems.is_empty() {
        computed.map(|indicator| KnownMeasure::of(&indicator.measure)).collect()
    } else {
        every(&pipeline.catalogue)
    };
    let elsewhere: BTreeSet<String> = pipeline.catalogue.ids().map(str::to_owned).collect();
    let read =
        Document::parse(text).and_then(|document| contract::read(&document, &known, &elsewhere));
    match read {
        Ok(contract) => pipeline.contract = Some(contract),
        Err(found) => problems.extend(found),
    }
}

/// Checks a contract file by itself, against the indicator files of the folder `indicators` beside
/// its own.
pub fn check_contract(document: &Document, path: &Path) -> Result<Contract, Problems> {
    let folder = path.parent().unwrap_or(Path::new("")).join("../indicators");
    let catalogue = Catalogue::find(&[folder]);
    let elsewhere = catalogue.ids().map(str::to_owned).collect();
    contract::read(document, &every(&catalogue), &elsewhere)
}

/// Every indicator whose file is right.
fn every(catalogue: &Catalogue) -> Vec<KnownMeasure> {
    let read = |path: &Path| catalogue::read_definition(path, DEFAULT_PRESET).ok()?.ok();
    catalogue
        .paths()
        .filter_map(read)
        .flat_map(|definition| definition.indicators)
        .map(|indicator| KnownMeasure::of(&indicator.measure))
        .collect()
}
