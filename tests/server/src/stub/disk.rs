//! The files of a stub, in memory. A path is `output/sub/name.png`: folder, then what is below it.

use std::collections::BTreeMap;

use axum::body::Bytes;

use super::time::now_ms;

/// A file: its bytes, and when they were written (milliseconds).
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) bytes: Bytes,
    pub(crate) modified: u64,
}

/// Folder, subfolder and name, just as a message has them.
type Exact = (String, String, String);

/// All files.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    files: BTreeMap<String, File>,
    /// What `TestHostile` shows: served by exactly these words, whatever a file system would say of them.
    hostile: BTreeMap<Exact, Bytes>,
}

impl Disk {
    pub(crate) fn write(&mut self, path: &str, bytes: impl Into<Bytes>) {
        self.files.insert(path.to_owned(), File { bytes: bytes.into(), modified: now_ms() });
    }

    pub(crate) fn read(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    pub(crate) fn remove(&mut self, path: &str) -> Option<File> {
        self.files.remove(path)
    }

    /// What is under a folder, with paths from there: `("a/b.png", file)`.
    pub(crate) fn under<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a File)> {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let length = prefix.len();
        self.files
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .filter_map(move |(path, file)| Some((path.get(length..)?, file)))
    }

    /// `main.py: cleanup_temp`
    pub(crate) fn clean_temp(&mut self) {
        self.files.retain(|path, _| !path.starts_with("temp/"));
    }

    pub(crate) fn write_hostile(&mut self, kind: &str, subfolder: &str, name: &str, bytes: Bytes) {
        self.hostile.insert((kind.to_owned(), subfolder.to_owned(), name.to_owned()), bytes);
    }

    pub(crate) fn hostile(&self, kind: &str, subfolder: &str, name: &str) -> Option<Bytes> {
        self.hostile.get(&(kind.to_owned(), subfolder.to_owned(), name.to_owned())).cloned()
    }

    /// The next number of a prefix, as `folder_paths.get_save_image_path` counts: one more than the highest there is.
    pub(crate) fn counter(&self, folder: &str, name: &str) -> u64 {
        let number = |file: &str| {
            let rest = file.strip_prefix(name)?.strip_prefix('_')?;
            rest.split(['.', '_']).next()?.parse::<u64>().ok()
        };
        let here = self.under(folder).map(|(path, _)| path).filter(|path| !path.contains('/'));
        here.filter_map(number).max().map_or(1, |highest| highest + 1)
    }
}

/// `parts` joined below a folder, without `.` and `..`; nothing if that leaves the folder.
pub(crate) fn join(folder: &str, parts: &[&str]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for part in parts {
        if part.starts_with('/') {
            return None;
        }
        for name in part.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    names.pop()?;
                }
                _ => names.push(name),
            }
        }
    }
    names.insert(0, folder);
    Some(names.join("/"))
}

/// `os.path.splitext`
pub(crate) fn split_extension(name: &str) -> (&str, &str) {
    let start = name.len() - name.trim_start_matches('.').len();
    match name.rfind('.') {
        Some(dot) if dot > start => name.split_at(dot),
        _ => (name, ""),
    }
}

/// `folder_paths.annotated_filepath`: `name.png [temp]` says its folder.
pub(crate) fn annotated(name: &str) -> (&str, Option<&'static str>) {
    for (mark, folder) in [("[output]", "output"), ("[input]", "input"), ("[temp]", "temp")] {
        if let Some(rest) = name.strip_suffix(mark) {
            return (rest.strip_suffix(' ').unwrap_or(rest), Some(folder));
        }
    }
    (name, None)
}

#[cfg(test)]
mod tests {
    use super::{Disk, annotated, join, split_extension};

    #[test]
    fn paths_stay_in_their_folder() {
        assert_eq!(join("output", &["a/./b", "c.png"]).as_deref(), Some("output/a/b/c.png"));
        assert_eq!(join("output", &["a/../b"]).as_deref(), Some("output/b"));
        assert_eq!(join("output", &["..", "x"]), None);
        assert_eq!(join("output", &["/etc"]), None);
    }

    #[test]
    fn numbers_go_on() {
        let mut disk = Disk::default();
        for name in ["a_00001_.png", "a_00007_.png", "ab_00009_.png", "sub/a_00011_.png"] {
            disk.write(&format!("output/{name}"), Vec::new());
        }
        assert_eq!(disk.counter("output", "a"), 8);
        assert_eq!(disk.counter("output/sub", "a"), 12);
        assert_eq!(disk.counter("output", "b"), 1);
    }

    #[test]
    fn names() {
        assert_eq!(split_extension("a.tar.gz"), ("a.tar", ".gz"));
        assert_eq!(split_extension(".hidden"), (".hidden", ""));
        assert_eq!(annotated("a.png [temp]"), ("a.png", Some("temp")));
    }
}
