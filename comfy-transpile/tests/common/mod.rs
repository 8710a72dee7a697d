//! What the tests of the program share.

use snapbox::cmd::{Command, cargo_bin};

/// The program, as it is for nobody's terminal.
pub(crate) fn program() -> Command {
    Command::new(cargo_bin!("comfy-transpile")).env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1")
}

/// A picture that is previewed; nothing is wrong with it.
pub(crate) const PROMPT: &str = r#"{
  "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
  "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
"#;
