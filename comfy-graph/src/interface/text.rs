//! An interface as text: a line for each parameter, result and role. For people, and for tests.

use std::fmt;

use super::{Interface, Param, Role, RoleFound};

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(description) = &self.description {
            writeln!(f, "# {description}")?;
        }
        for param in &self.params {
            writeln!(f, "{param}")?;
        }
        for output in &self.outputs {
            write!(f, "-> {}", output.name)?;
            if *output.name != *output.node.as_str() {
                write!(f, " at {}", output.node)?;
            }
            match &output.io_type {
                Some(io_type) => writeln!(f, ": {io_type}")?,
                None => writeln!(f)?,
            }
        }
        for role in Role::ALL {
            match self.role(*role) {
                RoleFound::One(binding) => writeln!(f, "{role} is {binding}")?,
                RoleFound::Ambiguous(candidates) => {
                    let places: Vec<String> =
                        candidates.iter().map(|found| found.binding.to_string()).collect();
                    writeln!(f, "{role} may be {}", places.join(" or "))?;
                }
                RoleFound::None => {}
            }
        }
        Ok(())
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.required { "!" } else { "" };
        write!(f, "{}{mark}: {}", self.name, self.kind)?;
        if let Some(default) = &self.default {
            write!(f, " = {default}")?;
        }
        let places: Vec<String> = self.bindings.iter().map(ToString::to_string).collect();
        write!(f, " at {} ({})", places.join(", "), self.source)?;
        match &self.description {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}
