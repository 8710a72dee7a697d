//! Which findings count, and how much: what is denied and what is allowed.

use std::str::FromStr;

use comfy_graph::diag::{Code, Diagnostic, Severity, codes};

use crate::explain::{UnknownCode, find_code};

/// Findings that somebody names: `warnings`, or a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Which {
    /// Everything that is a warning by itself.
    Warnings,
    /// Everything of one code.
    Code(Code),
}

impl FromStr for Which {
    type Err = UnknownCode;

    fn from_str(word: &str) -> Result<Self, UnknownCode> {
        if word == "warnings" { Ok(Self::Warnings) } else { find_code(word).map(Self::Code) }
    }
}

/// The severities that somebody asks for. By default all findings are as severe as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Made errors.
    pub deny: Vec<Which>,
    /// Not said at all.
    pub allow: Vec<Which>,
}

impl Levels {
    /// Makes errors of what is denied and drops what is allowed. A code goes before `warnings`, and denying before
    /// allowing. A file that cannot be read stays an error, and so does a bug of this program.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain_mut(|found| {
            if [codes::NOT_A_WORKFLOW, codes::INTERNAL_ERROR].contains(&found.code) {
                return true;
            }
            let code = Which::Code(found.code);
            if self.deny.contains(&code) {
                found.severity = Severity::Error;
            } else if self.allow.contains(&code) {
                return false;
            } else if found.severity == Severity::Warning {
                if self.deny.contains(&Which::Warnings) {
                    found.severity = Severity::Error;
                } else if self.allow.contains(&Which::Warnings) {
                    return false;
                }
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(deny: &[Which], allow: &[Which]) -> Vec<String> {
        let found =
            [codes::VALUE_NOT_IN_LIST, codes::UNKNOWN_LINK, codes::LIVE_WIDGET, codes::DYNAMIC_PROMPT];
        let mut found = found.map(|code| Diagnostic::new(code, "")).to_vec();
        Levels { deny: deny.to_vec(), allow: allow.to_vec() }.apply(&mut found);
        found.iter().map(|found| format!("{} {}", found.severity, found.code)).collect()
    }

    #[test]
    fn codes_go_before_warnings_and_denying_before_allowing() {
        use Which::{Code, Warnings};
        let (link, live) = (Code(codes::UNKNOWN_LINK), Code(codes::LIVE_WIDGET));
        let (list, text) = (Code(codes::VALUE_NOT_IN_LIST), Code(codes::DYNAMIC_PROMPT));
        let [list_error, link_warning, live_warning, note] =
            ["error value_not_in_list", "warning unknown_link", "warning live_widget", "note dynamic_prompt"];
        let (link_error, live_error) = ("error unknown_link", "error live_widget");
        assert_eq!(left(&[], &[]), [list_error, link_warning, live_warning, note]);
        assert_eq!(left(&[Warnings], &[]), [list_error, link_error, live_error, note]);
        assert_eq!(left(&[], &[Warnings]), [list_error, note]);
        assert_eq!(left(&[Warnings], &[live]), [list_error, link_error, note]);
        assert_eq!(left(&[link], &[Warnings, link]), [list_error, link_error, note]);
        assert_eq!(left(&[text], &[list]), [link_warning, live_warning, "error dynamic_prompt"]);
    }

    #[test]
    fn what_cannot_be_read_is_always_an_error() {
        let mut found = vec![Diagnostic::new(codes::NOT_A_WORKFLOW, "")];
        Levels { deny: vec![], allow: vec![Which::Code(codes::NOT_A_WORKFLOW)] }.apply(&mut found);
        assert_eq!(found.len(), 1);
    }
}
