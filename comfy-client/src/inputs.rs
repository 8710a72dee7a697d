//! Files of this machine that a prompt reads: found by the catalog, uploaded once under names from their contents, and
//! named in the prompt as the server names them. The request that uploads is `routes::files`'s.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use comfy_graph::catalog::{Catalog, InputKind};
use serde_json::Value;

use crate::{
    client::Client,
    digest,
    error::Error,
    routes::files::{FileRef, Folder, Upload, UploadOptions},
};

/// The longest file that is uploaded without another word, in bytes.
const LONGEST: u64 = 2 << 30;

/// How much of a file's own name stays in the name that it is uploaded under, in characters.
const MOST_STEM: usize = 40;

/// How many hexadecimal digits of a file's hash are in its name.
const DIGITS: usize = 12;

/// Which files may be read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UploadPolicy {
    /// Where relative paths begin: the folder of the workflow.
    pub base: PathBuf,
    /// The folder that files have to be in, links followed; any without it. For prompts of others, such as agents.
    pub within: Option<PathBuf>,
    /// Inputs, by node and name, whose files may be anywhere all the same, with relative paths from the folder that this
    /// program runs in: those that the user named.
    pub anywhere: BTreeSet<(Box<str>, Box<str>)>,
    /// The longest file, in bytes; 2 GiB without another word.
    pub longest: u64,
}

impl UploadPolicy {
    /// Any file, with relative paths from this folder.
    pub fn new(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), within: None, anywhere: BTreeSet::new(), longest: LONGEST }
    }
}

/// An input of a prompt that names a file of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalInput {
    /// The node, by its id in the prompt.
    pub node: Box<str>,
    /// The input.
    pub input: Box<str>,
    /// What the prompt says.
    pub value: String,
    /// The file, which may not be there.
    pub path: PathBuf,
}

/// A file that is on the server now.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UploadedInput {
    /// The input that named it.
    pub local: LocalInput,
    /// Where it is on the server.
    pub file: FileRef,
    /// Its length in bytes.
    pub bytes: u64,
    /// Of its contents, in hexadecimal digits.
    pub sha256: String,
    /// Whether the server had it already.
    pub was_there: bool,
}

/// Why a file is not uploaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It cannot be read.
    #[error("#{node}, input `{input}`: {}: {cause}", path.display())]
    File {
        /// The node.
        node: Box<str>,
        /// The input.
        input: Box<str>,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// It is a folder, a device or a pipe.
    #[error("#{node}, input `{input}`: {} is no file", path.display())]
    NoFile {
        /// The node.
        node: Box<str>,
        /// The input.
        input: Box<str>,
        /// What is there.
        path: PathBuf,
    },
    /// It lies outside of the folder that files have to be in.
    #[error("#{node}, input `{input}`: {} is outside of {}", path.display(), within.display())]
    Outside {
        /// The node.
        node: Box<str>,
        /// The input.
        input: Box<str>,
        /// The file.
        path: PathBuf,
        /// The folder.
        within: PathBuf,
    },
    /// It is longer than what is uploaded.
    #[error("#{node}, input `{input}`: {} has {bytes} bytes, more than {longest}", path.display())]
    TooLong {
        /// The node.
        node: Box<str>,
        /// The input.
        input: Box<str>,
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
        /// The limit.
        longest: u64,
    },
    /// The server does not take it.
    #[error("#{node}, input `{input}`: {} is not uploaded: {cause}", path.display())]
    Upload {
        /// The node.
        node: Box<str>,
        /// The input.
        input: Box<str>,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: Box<Error>,
    },
}

/// The inputs of a prompt that name files of this machine. Nothing is read or sent.
///
/// These are inputs that the frontend uploads files for (`image_upload`, `video_upload`, `audio_upload`, `file_upload`),
/// whose value is no file that the server lists, and is written as a path (`./cat.png`, `../a/cat.png`, `/x/cat.png`,
/// `~/cat.png`, `C:\cat.png`) or names a file that is there, seen from the folder of the workflow.
pub fn local_inputs(prompt: &Value, catalog: &Catalog, policy: &UploadPolicy) -> Vec<LocalInput> {
    let mut found = Vec::new();
    for (node, value) in prompt.as_object().into_iter().flatten() {
        let Some(def) = value["class_type"].as_str().and_then(|class| catalog.get(class)) else { continue };
        for (input, value) in value["inputs"].as_object().into_iter().flatten() {
            let Some(InputKind::Combo(combo)) = def.resolve_input(input).map(|input| &input.kind) else {
                continue;
            };
            let Some(text) = value.as_str().filter(|_| combo.upload.is_some()) else { continue };
            let is_servers = is_annotated(text) || combo.options.iter().any(|option| option == text);
            let is_users = policy.anywhere.contains(&(node.as_str().into(), input.as_str().into()));
            let base = if is_users { Path::new("") } else { &policy.base };
            let Some(path) = (!is_servers).then(|| local_path(text, base)).flatten() else { continue };
            found.push(LocalInput {
                node: node.as_str().into(),
                input: input.as_str().into(),
                value: text.to_owned(),
                path,
            });
        }
    }
    found
}

/// Whether it says in which of its folders the server has it (`folder_paths.py: annotated_filepath`).
fn is_annotated(text: &str) -> bool {
    [" [input]", " [output]", " [temp]", "[input]", "[output]", "[temp]"]
        .iter()
        .any(|ending| text.ends_with(ending))
}

/// The path that a value is, if it is one.
fn local_path(text: &str, base: &Path) -> Option<PathBuf> {
    if text.is_empty() || text.contains('\0') {
        return None;
    }
    let in_home =
        text.strip_prefix("~/").and_then(|rest| Some(PathBuf::from(env::var_os("HOME")?).join(rest)));
    // joining an absolute path gives that path
    let path = in_home.unwrap_or_else(|| base.join(text));
    let has_drive = {
        let mut characters = text.chars();
        characters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && characters.next() == Some(':')
            && matches!(characters.next(), Some('\\' | '/'))
    };
    let is_written_as_path =
        ["./", "../", "~/", "/", ".\\", "..\\", "\\\\"].iter().any(|start| text.starts_with(start));
    (is_written_as_path || has_drive || path.is_file()).then_some(path)
}

/// A file whose contents are known.
#[derive(Clone, Debug)]
struct Known {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

impl LocalInput {
    fn failed(&self, cause: io::Error) -> InputError {
        let Self { node, input, path, .. } = self.clone();
        InputError::File { node, input, path, cause }
    }

    /// Looks whether it may be read, and reads it once for its hash.
    fn look(&self, policy: &UploadPolicy) -> Result<Known, InputError> {
        let Self { node, input, path, .. } = self.clone();
        // where it is in truth, so that no link leads out of the folder afterwards
        let real = fs::canonicalize(&path).map_err(|cause| self.failed(cause))?;
        let is_users = policy.anywhere.contains(&(node.clone(), input.clone()));
        if let Some(within) = policy.within.as_ref().filter(|_| !is_users) {
            let folder = fs::canonicalize(within).map_err(|cause| self.failed(cause))?;
            if !real.starts_with(&folder) {
                return Err(InputError::Outside { node, input, path, within: within.clone() });
            }
        }
        let about = fs::metadata(&real).map_err(|cause| self.failed(cause))?;
        if !about.is_file() {
            return Err(InputError::NoFile { node, input, path });
        }
        let too_long = |bytes| InputError::TooLong {
            node: node.clone(),
            input: input.clone(),
            path: path.clone(),
            bytes,
            longest: policy.longest,
        };
        if about.len() > policy.longest {
            return Err(too_long(about.len()));
        }
        let (bytes, sha256) = hash(&real, policy.longest).map_err(|cause| self.failed(cause))?;
        if bytes > policy.longest {
            return Err(too_long(bytes));
        }
        Ok(Known { path: real, bytes, sha256 })
    }
}

/// The length and the hash of a file; no more of it is read than one byte over the limit.
fn hash(path: &Path, longest: u64) -> io::Result<(u64, String)> {
    digest::of_reader(File::open(path)?.take(longest.saturating_add(1)))
}

/// `cat-0f3a….png`: its own name for people, its contents so that nothing else has this name.
fn upload_name(path: &Path, sha256: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
    };
    let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let stem: String = plain(&part(path.file_stem()).unwrap_or_default()).chars().take(MOST_STEM).collect();
    let digits = sha256.get(..DIGITS).unwrap_or(sha256);
    match part(path.extension()) {
        Some(extension) if extension.len() <= 10 => {
            format!("{stem}-{digits}.{}", plain(&extension).to_lowercase())
        }
        _ => format!("{stem}-{digits}"),
    }
}

impl Client {
    /// Uploads the files of this machine that a prompt names ([`local_inputs`]), each once, and names them in the prompt as
    /// the server does. What the server has already is not sent again.
    ///
    /// # Errors
    /// When a file may not or cannot be read, or the server does not take it. The prompt is as it was then.
    pub async fn upload_inputs(
        &self,
        prompt: &mut Value,
        catalog: &Catalog,
        policy: &UploadPolicy,
    ) -> Result<Vec<UploadedInput>, InputError> {
        let mut uploaded: Vec<UploadedInput> = Vec::new();
        let mut done: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for local in local_inputs(prompt, catalog, policy) {
            if let Some(first) = done.get(&local.path).and_then(|first| uploaded.get(*first)).cloned() {
                uploaded.push(UploadedInput { local, was_there: true, ..first });
                continue;
            }
            done.insert(local.path.clone(), uploaded.len());
            uploaded.push(self.upload_input(local, policy).await?);
        }
        for UploadedInput { local, file, .. } in &uploaded {
            if let Some(value) = prompt
                .get_mut(&*local.node)
                .and_then(|node| node.get_mut("inputs"))
                .and_then(|inputs| inputs.get_mut(&*local.input))
            {
                *value = file.as_input().into();
            }
        }
        Ok(uploaded)
    }

    async fn upload_input(
        &self,
        local: LocalInput,
        policy: &UploadPolicy,
    ) -> Result<UploadedInput, InputError> {
        let (of, with) = (local.clone(), policy.clone());
        let looked = tokio::task::spawn_blocking(move || of.look(&with)).await;
        let known = looked.map_err(|error| local.failed(io::Error::other(error)))??;
        let name = upload_name(&local.path, &known.sha256);
        let failed = |cause: Error| {
            let LocalInput { node, input, path, .. } = local.clone();
            InputError::Upload { node, input, path, cause: Box::new(cause) }
        };
        let there = FileRef { filename: name.clone(), subfolder: String::new(), folder: Folder::Input };
        let was_there = self.has_file(&there, known.bytes).await;
        let file = if was_there {
            there
        } else {
            self.upload_file(&name, &known.path, &UploadOptions::default()).await.map_err(failed)?.file()
        };
        Ok(UploadedInput { file, bytes: known.bytes, sha256: known.sha256, was_there, local })
    }

    /// Uploads a picture and a mask for it, and gives the picture that has the mask as its alpha channel, for an input such
    /// as that of `LoadImage`. The mask is the alpha channel of the second file, as the frontend's editor makes it:
    /// transparent where the picture is masked (`server.py: upload_mask`).
    ///
    /// # Errors
    /// When a file cannot be read, or the server does not take it. A mask without an alpha channel masks nothing.
    pub async fn upload_with_mask(&self, picture: &Path, mask: &Path) -> Result<FileRef, Error> {
        let read = |path: &Path| {
            let path = path.to_owned();
            async move { tokio::fs::read(&path).await.map_err(|cause| Error::File { path: path.clone(), cause }) }
        };
        let (picture_bytes, mask_bytes) = (read(picture).await?, read(mask).await?);
        let picture_name = upload_name(picture, &digest::of_bytes(&picture_bytes));
        let both = [&picture_bytes[..], &mask_bytes[..]].concat();
        let mask_name = upload_name(mask, &digest::of_bytes(&both));
        let original =
            self.upload(&picture_name, picture_bytes.into(), &UploadOptions::default()).await?.file();
        let mut options = UploadOptions::default();
        if !self.server().is_cloud() {
            "clipspace".clone_into(&mut options.subfolder);
        }
        Ok(self.upload_mask(&mask_name, mask_bytes.into(), &original, &options).await?.file())
    }

    /// Uploads a file of this machine under the name that its contents give it.
    ///
    /// # Errors
    /// When it cannot be read, or the server does not take it.
    pub async fn upload_path(&self, path: &Path) -> Result<Upload, Error> {
        let of = path.to_owned();
        let hashed = tokio::task::spawn_blocking(move || hash(&of, u64::MAX)).await;
        let hashed = hashed.map_err(|error| Error::Setup(Box::new(error)))?;
        let (_, sha256) = hashed.map_err(|cause| Error::File { path: path.to_owned(), cause })?;
        self.upload_file(&upload_name(path, &sha256), path, &UploadOptions::default()).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_told_from_names_of_the_server() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("beside.png"), "x").expect("a file");
        let of = |value: &str| {
            let prompt = json!({"1": {"class_type": "LoadImage", "inputs": {"image": value}},
                                "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": value}}});
            let found = local_inputs(&prompt, &Catalog::bundled(), &UploadPolicy::new(folder.path()));
            found.into_iter().map(|local| (local.node, local.input)).collect::<Vec<_>>()
        };
        let yes = [("1".into(), "image".into())];
        for path in ["./a.png", "../a.png", "/a/b.png", "C:\\a.png", "~/a.png", "beside.png"] {
            assert_eq!(of(path), yes, "{path}");
        }
        for name in ["a.png", "sub/a.png", "./a.png [output]", "", "beside.png [temp]", "C:a"] {
            assert_eq!(of(name), [], "{name}");
        }
    }

    #[test]
    fn names_come_from_the_contents_and_are_plain() {
        let name = |path: &str| upload_name(Path::new(path), "0123456789abcdef");
        assert_eq!(name("./My cat/ä é.PNG"), "____-0123456789ab.png".replace("____", "___"));
        assert_eq!(name("x"), "x-0123456789ab");
        assert_eq!(name("a.tar.gz"), "a_tar-0123456789ab.gz");
        assert_eq!(name(&"y".repeat(300)), format!("{}-0123456789ab", "y".repeat(40)));
    }

    #[test]
    fn what_lies_outside_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let (inside, outside) = (folder.path().join("in"), folder.path().join("secret.png"));
        fs::create_dir(&inside).expect("a folder");
        fs::write(&outside, "secret").expect("a file");
        fs::write(inside.join("a.png"), "abc").expect("a file");
        let mut policy = UploadPolicy::new(&inside);
        policy.within = Some(inside.clone());
        policy.longest = 3;
        let look = |path: &Path| {
            let local = LocalInput {
                node: "1".into(),
                input: "image".into(),
                value: String::new(),
                path: path.to_owned(),
            };
            local.look(&policy)
        };
        assert!(look(&inside.join("a.png")).is_ok_and(|known| known.bytes == 3));
        assert!(matches!(look(&inside.join("../secret.png")), Err(InputError::Outside { .. })));
        assert!(matches!(look(&inside), Err(InputError::NoFile { .. })));
        assert!(matches!(look(&inside.join("none")), Err(InputError::File { .. })));
        fs::write(inside.join("long.png"), "abcd").expect("a file");
        assert!(matches!(look(&inside.join("long.png")), Err(InputError::TooLong { bytes: 4, .. })));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&outside, inside.join("link.png")).expect("a link");
            assert!(matches!(look(&inside.join("link.png")), Err(InputError::Outside { .. })));
        }
    }
}
