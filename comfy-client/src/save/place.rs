//! Where a file may be: inside of one folder, under names that every system takes. What comes in is whatever a server
//! likes to say.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// The longest name of a file or folder, in bytes; systems take 255, of which a number and an ending need some.
const LONGEST: usize = 180;

/// How many folders there may be between the folder and the file.
const DEEPEST: usize = 8;

/// The path of these parts below a folder. The folders on the way are made; a link among them is refused, as it may lead
/// anywhere.
pub(super) fn inside(dir: &Path, parts: &[String]) -> Result<PathBuf, Error> {
    let (name, folders) = match parts.split_last() {
        Some((name, folders)) => (harmless(name), folders),
        None => ("file".to_owned(), parts),
    };
    make(dir)?;
    let mut path = dir.to_owned();
    for folder in folders.iter().take(DEEPEST) {
        path.push(harmless(folder));
        match fs::create_dir(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let about = fs::symlink_metadata(&path).map_err(|cause| failed(&path, cause))?;
                if !about.is_dir() {
                    return Err(failed(
                        &path,
                        io::Error::new(io::ErrorKind::NotADirectory, "it is no folder"),
                    ));
                }
            }
            Err(error) => return Err(failed(&path, error)),
        }
    }
    path.push(name);
    Ok(path)
}

/// The folder itself may be a link: its owner named it.
fn make(dir: &Path) -> Result<(), Error> {
    fs::create_dir_all(dir).map_err(|cause| failed(dir, cause))
}

fn failed(path: &Path, cause: io::Error) -> Error {
    Error::File { path: path.to_owned(), cause }
}

/// A name that names a file in its folder on every system, and is read as it is written.
pub(super) fn harmless(name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_harmless(c) { c } else { '_' }).collect();
    // Windows drops dots and spaces at the end; one at the beginning hides the file
    let trimmed = plain.trim_end_matches(['.', ' ']).trim_start_matches(' ');
    let mut harmless = match trimmed.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => trimmed.to_owned(),
    };
    if is_reserved(&harmless) {
        harmless.insert(0, '_');
    }
    if harmless.is_empty() {
        harmless.push('_');
    }
    shorten(harmless)
}

fn is_harmless(c: char) -> bool {
    let changes_direction =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !(c.is_control()
        || changes_direction
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
}

/// Names of devices on Windows, with any ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let has_number = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || has_number("COM")
        || has_number("LPT")
}

/// Cuts the middle out of what is too long: its end says what it is.
fn shorten(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let floor = |mut at: usize| {
        while !name.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (head, tail) = (floor(LONGEST - 40), floor(name.len() - 36));
    format!("{}..{}", &name[..head], &name[tail..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_lead_elsewhere_do_not() {
        for (name, wanted) in [
            ("..", "_"),
            (".", "_"),
            ("", "_"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("/etc/passwd", "_etc_passwd"),
            ("C:\\x.png", "C__x.png"),
            ("a:stream", "a_stream"),
            ("con.png", "_con.png"),
            ("COM1", "_COM1"),
            ("comb.png", "comb.png"),
            ("cat.png. .", "cat.png"),
            (".bashrc", "_bashrc"),
            ("a\0b\u{1b}[0m\u{202e}gnp.exe", "a_b_[0m_gnp.exe"),
            ("ä é.png", "ä é.png"),
        ] {
            assert_eq!(harmless(name), wanted, "{name:?}");
        }
        let long = harmless(&format!("{}.png", "ü".repeat(300)));
        assert!(long.len() <= LONGEST, "{long}");
        assert_eq!(Path::new(&long).extension().and_then(|end| end.to_str()), Some("png"));
    }

    #[cfg(unix)]
    #[test]
    fn links_on_the_way_are_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let elsewhere = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(elsewhere.path(), dir.path().join("sub")).expect("a link");
        assert!(inside(dir.path(), &["sub".into(), "a.png".into()]).is_err());
        assert!(inside(dir.path(), &["other".into(), "a.png".into()]).is_ok());
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_folder(parts in prop::collection::vec(".*", 0..5)) {
            let dir = tempfile::tempdir().expect("a folder");
            let path = inside(dir.path(), &parts).expect("a path");
            prop_assert!(path.starts_with(dir.path()) && path != dir.path());
            let below = path.strip_prefix(dir.path()).expect("below it");
            prop_assert!(below.components().all(|part| matches!(part, std::path::Component::Normal(_))));
            prop_assert!(path.parent().is_some_and(Path::is_dir));
            // and such a file can be made
            prop_assert!(fs::write(&path, "").is_ok());
        }
    }
}
