//! The file beside a workflow that says more of its parameters: `flow.meta.json` beside `flow.json`. It is read here,
//! within limits; what it says is `comfy_graph::interface`'s.

use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use comfy_graph::diag::{Diagnostic, Severity, WithDiagnostics, codes};
use serde_json::Value;

/// The greatest length of a sidecar file, in bytes.
const MOST: u64 = 1 << 20;

/// The content of the sidecar file of a workflow; nothing where there is none. A broken one is said, and is as none.
pub(crate) fn read(workflow: &Path) -> WithDiagnostics<Option<Value>> {
    let path = workflow.with_extension("meta.json");
    // anything but a file could keep us waiting
    let is_there = fs::metadata(&path).is_ok_and(|found| found.is_file());
    if !is_there || path == workflow {
        return WithDiagnostics::default();
    }
    match content(&path) {
        Ok(value) => WithDiagnostics { value: Some(value), diagnostics: Vec::new() },
        Err(why) => {
            let message = format!("{} cannot be used: {why}", path.display());
            let mut found = Diagnostic::new(codes::INVALID_INPUT_TYPE, message);
            found.severity = Severity::Warning;
            WithDiagnostics { value: None, diagnostics: vec![found] }
        }
    }
}

fn content(path: &Path) -> Result<Value, String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST {
        return Err(format!("it has more than {MOST} bytes"));
    }
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!("{{\"name\": \"{}\"}}", "x".repeat(1 << 20));
        fs::write(folder.path().join("a.meta.json"), text).expect("a file");
        let read = read(&folder.path().join("a.json"));
        assert_eq!(read.value, None);
        assert!(read.diagnostics[0].message.ends_with("it has more than 1048576 bytes"), "{read:?}");
    }
}
