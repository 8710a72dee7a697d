//! `--explain CODE`: the page on a code.

use comfy_graph::diag::{Code, codes};

/// The page on this code, or the list of all codes for `all`.
///
/// # Errors
/// Says which code may have been meant when there is none of that name.
pub(crate) fn page(name: &str) -> Result<String, String> {
    if name == "all" {
        return Ok(list());
    }
    let code = code(name)?;
    Ok(comfy_transpile::explain(code).unwrap_or_else(|| code.info().summary).to_owned())
}

/// The code of this name, however it was copied: `error[CODE]` will do.
///
/// # Errors
/// Says which one may have been meant.
pub(crate) fn code(name: &str) -> Result<Code, String> {
    let bare = name.rsplit('[').next().unwrap_or(name).trim_end_matches([']', ':']).replace('-', "_");
    Code::find(&bare).ok_or_else(|| match Code::nearest(&bare) {
        Some(near) => format!("there is no code `{bare}`; did you mean `{near}`?"),
        None => format!("there is no code `{bare}`; `--explain all` lists them"),
    })
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
