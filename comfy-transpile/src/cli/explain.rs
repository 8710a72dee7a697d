//! `--explain CODE`: the page on a code.

use comfy_graph::diag::{Code, codes};
use comfy_transpile::{UnknownCode, explain, find_code};

/// The page on this code, or the list of all codes for `all`.
///
/// # Errors
/// Says which code may have been meant when there is none of that name.
pub(crate) fn page(name: &str) -> Result<String, UnknownCode> {
    if name == "all" {
        return Ok(list());
    }
    let code = find_code(name)?;
    Ok(explain(code).unwrap_or_else(|| code.info().summary).to_owned())
}

/// A line for each code.
fn list() -> String {
    let width = codes::ALL.iter().map(|code| code.name().len()).max().unwrap_or_default();
    let line = |code: &Code| {
        let info = code.info();
        format!("{:width$}  {:7}  {}\n", info.name, info.severity.to_string(), info.summary)
    };
    codes::ALL.iter().map(line).collect()
}
