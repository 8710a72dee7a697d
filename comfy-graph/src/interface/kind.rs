//! What a parameter takes: from the catalog where it knows the input, else from the value that is there.

use std::{cmp::Ordering, fmt};

use serde_json::{Number, Value};

use crate::{
    catalog::{Choices, ComboDef, InputDef, InputKind, IoType, Upload},
    valid::numbers::PyNumber,
};

/// The least and the greatest value of a number, and the step of its spinner. The server does not check the step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    /// Smallest value.
    pub min: Option<Number>,
    /// Greatest value.
    pub max: Option<Number>,
    /// Step of the spinner.
    pub step: Option<Number>,
}

/// What a parameter takes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ParamKind {
    /// An integer.
    Int(Range),
    /// A number.
    Float(Range),
    /// Text.
    Text {
        /// Written in several lines.
        multiline: bool,
    },
    /// True or false.
    Boolean,
    /// One of a list.
    Choice {
        /// The list.
        options: Choices,
        /// Several of the list at once.
        multiple: bool,
    },
    /// A file of the server: a model, a picture.
    File {
        /// The files that the catalog lists; none in the bundled catalog.
        options: Choices,
        /// What can be uploaded for it.
        upload: Option<Upload>,
    },
    /// Any other value, as JSON.
    Json,
    /// Something that only a link can bring: a picture, a model in memory.
    Link(IoType),
}

impl ParamKind {
    /// What an input takes.
    pub(super) fn of(def: &InputDef) -> Self {
        match &def.kind {
            InputKind::Int(int) => {
                Self::Int(Range { min: int.min.clone(), max: int.max.clone(), step: int.step.clone() })
            }
            InputKind::Float(float) => Self::Float(Range {
                min: float.min.clone(),
                max: float.max.clone(),
                step: float.step.clone(),
            }),
            InputKind::String(text) => Self::Text { multiline: text.multiline },
            InputKind::Boolean(_) => Self::Boolean,
            InputKind::Combo(combo) => Self::of_combo(combo),
            InputKind::DynamicCombo(options) => Self::Choice {
                options: options.iter().map(|option| Value::from(&*option.key)).collect(),
                multiple: false,
            },
            InputKind::Frontend(..) => Self::Json,
            InputKind::Autogrow(_)
            | InputKind::MatchType { .. }
            | InputKind::DynamicSlot(_)
            | InputKind::Socket(_) => Self::Link(def.io_type.clone()),
        }
    }

    fn of_combo(combo: &ComboDef) -> Self {
        let multiple = combo.multiselect || combo.multi_select_widget;
        if combo.is_file_list() && !multiple {
            return Self::File { options: combo.options.clone(), upload: combo.upload };
        }
        Self::Choice { options: combo.options.clone(), multiple }
    }

    /// What a value is of which nothing else is known.
    pub(super) fn like(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Number(number)) if number.is_f64() => Self::Float(Range::default()),
            Some(Value::Number(_)) => Self::Int(Range::default()),
            Some(Value::Bool(_)) => Self::Boolean,
            Some(Value::String(text)) => Self::Text { multiline: text.contains('\n') },
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => Self::Json,
        }
    }

    /// What both take. Kinds that have nothing in common leave the first as it is: each input is checked when the graph
    /// runs.
    pub(super) fn narrow(&mut self, other: &Self) {
        match (self, other) {
            (Self::Int(own), Self::Int(other) | Self::Float(other))
            | (Self::Float(own), Self::Float(other)) => {
                own.narrow(other);
            }
            (own @ Self::Float(_), Self::Int(other)) => {
                let mut range = other.clone();
                if let Self::Float(own) = own {
                    range.narrow(own);
                }
                *own = Self::Int(range);
            }
            (Self::Choice { options: own, .. }, Self::Choice { options: other, .. })
            | (Self::File { options: own, .. }, Self::File { options: other, .. })
                if !other.is_empty() && own != other =>
            {
                *own = own.iter().filter(|option| other.contains(option)).cloned().collect();
            }
            (Self::Text { multiline: own }, Self::Text { multiline: other }) => *own |= *other,
            _ => {}
        }
    }
}

impl Range {
    /// Narrows both ends to those of the other.
    pub(super) fn narrow(&mut self, other: &Self) {
        let takes = |own: &Option<Number>, other: &Option<Number>, wanted: Ordering| match (own, other) {
            (None, Some(_)) => true,
            (Some(own), Some(other)) => PyNumber::of(other).compare(PyNumber::of(own)) == Some(wanted),
            (_, None) => false,
        };
        if takes(&self.min, &other.min, Ordering::Greater) {
            self.min.clone_from(&other.min);
        }
        if takes(&self.max, &other.max, Ordering::Less) {
            self.max.clone_from(&other.max);
        }
        if self.step.is_none() {
            self.step.clone_from(&other.step);
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.min, &self.max) {
            (None, None) => {}
            (Some(min), None) => write!(f, " from {min}")?,
            (None, Some(max)) => write!(f, " to {max}")?,
            (Some(min), Some(max)) => write!(f, " {min} to {max}")?,
        }
        match &self.step {
            Some(step) => write!(f, " by {step}"),
            None => Ok(()),
        }
    }
}

/// The type in ComfyUI's words, with its range or the number of its options.
impl fmt::Display for ParamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(range) => write!(f, "INT{range}"),
            Self::Float(range) => write!(f, "FLOAT{range}"),
            Self::Text { multiline: false } => f.write_str("STRING"),
            Self::Text { multiline: true } => f.write_str("STRING of several lines"),
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::Choice { options, multiple: false } => write!(f, "one of {} options", options.len()),
            Self::Choice { options, multiple: true } => write!(f, "some of {} options", options.len()),
            Self::File { options, upload: None } => write!(f, "one of {} files", options.len()),
            Self::File { options, upload: Some(_) } => {
                write!(f, "one of {} files, or an upload", options.len())
            }
            Self::Json => f.write_str("JSON"),
            Self::Link(io_type) => write!(f, "link of {io_type}"),
        }
    }
}
