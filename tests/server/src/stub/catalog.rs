//! The definitions that `/object_info` answers with, and questions about them.
//!
//! `data/nodes.json` is what ComfyUI 0.33 says of a few of its classes; lists of files are empty there and filled in
//! from the options and the disk of the stub.

use serde_json::{Map, Value};

use super::disk::Disk;
use super::options::StubOptions;

const CORE: &str = include_str!("../../data/nodes.json");
const TESTING: &str = include_str!("../../data/test_nodes.json");

/// All definitions by class.
#[derive(Debug)]
pub(crate) struct Catalog {
    classes: Map<String, Value>,
}

impl Catalog {
    pub(crate) fn new(options: &StubOptions) -> Self {
        let read = |text| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
        let mut classes = read(CORE);
        classes.extend(read(TESTING));
        let checkpoints = options.models.get("checkpoints").cloned().unwrap_or_default();
        set_options(&mut classes, "CheckpointLoaderSimple", "ckpt_name", &checkpoints);
        classes.extend(options.extra_nodes.clone());
        Self { classes }
    }

    pub(crate) fn class(&self, name: &str) -> Option<&Value> {
        self.classes.get(name)
    }

    pub(crate) fn is_output(&self, name: &str) -> bool {
        self.class(name).and_then(|class| class["output_node"].as_bool()).unwrap_or_default()
    }

    pub(crate) fn is_paid(&self, name: &str) -> bool {
        self.class(name).and_then(|class| class["api_node"].as_bool()).unwrap_or_default()
    }

    /// The types that a class gives.
    pub(crate) fn outputs(&self, name: &str) -> &[Value] {
        self.class(name).and_then(|class| class["output"].as_array()).map_or(&[], Vec::as_slice)
    }

    /// `/object_info`, with the pictures that are in the input folder now.
    pub(crate) fn all(&self, disk: &Disk) -> Map<String, Value> {
        let mut classes = self.classes.clone();
        let pictures = pictures(disk);
        for class in ["LoadImage", "LoadImageMask"] {
            set_options(&mut classes, class, "image", &pictures);
        }
        classes
    }
}

/// Names of pictures directly in the input folder.
fn pictures(disk: &Disk) -> Vec<String> {
    let picture = |name: &&str| {
        let lower = name.to_ascii_lowercase();
        !name.contains('/')
            && [".png", ".jpg", ".jpeg", ".webp", ".gif"].iter().any(|end| lower.ends_with(end))
    };
    disk.under("input").map(|(name, _)| name).filter(picture).map(str::to_owned).collect()
}

fn set_options(classes: &mut Map<String, Value>, class: &str, input: &str, names: &[String]) {
    let options =
        classes.get_mut(class).and_then(|class| class.pointer_mut(&format!("/input/required/{input}/0")));
    if let Some(options) = options {
        *options = names.into();
    }
}

#[cfg(test)]
mod tests {
    use super::Catalog;
    use crate::stub::StubOptions;

    #[test]
    fn definitions_are_there() {
        let catalog = Catalog::new(&StubOptions::default());
        assert!(catalog.is_output("SaveImage") && !catalog.is_output("EmptyImage"));
        assert!(catalog.is_paid("RecraftVectorizeImageNode"));
        assert_eq!(catalog.outputs("LoadImage"), ["IMAGE", "MASK"]);
        assert!(catalog.class("TestSleep").is_some());
    }
}
