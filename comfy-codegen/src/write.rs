//! Writing generated files. Files that are already right are not touched, so that cargo sees no change.

use std::path::Path;

use crate::Error;

/// Writes a file unless it has this text already. Says whether it wrote.
pub(crate) fn if_changed(path: &Path, text: &str) -> Result<bool, Error> {
    if fs_err::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    let failed = |source| Error::Write { path: path.into(), source };
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(failed)?;
    }
    fs_err::write(path, text).map_err(failed)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b.rs");
        assert!(if_changed(&path, "x").expect("written"));
        assert!(!if_changed(&path, "x").expect("read"));
        assert!(if_changed(&path, "y").expect("written"));
    }
}
