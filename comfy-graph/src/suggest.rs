//! "Did you mean …?"

/// The candidate that looks most like `text`, if any looks enough like it. Of equals the first.
///
/// File names are compared without their folder first: a model that moved is the same model.
pub(crate) fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const ENOUGH: f64 = 0.7;
    // Comparing is quadratic in the length; no name is as long as this.
    const LONGEST: usize = 256;
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let (file, lower) = (base_name(text), text.to_lowercase());
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates.filter(|candidate| candidate.len() <= LONGEST) {
        let score = if base_name(candidate).eq_ignore_ascii_case(file) {
            1.0
        } else {
            strsim::normalized_damerau_levenshtein(&lower, &candidate.to_lowercase())
        };
        if score >= ENOUGH && best.is_none_or(|(known, _)| score > known) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Looks for suggestions until that has been enough work: one typing error deserves one, a hundred thousand errors
/// are something else.
#[derive(Debug)]
pub(crate) struct Suggestions {
    /// Candidates that may still be looked at.
    left: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Self { left: 200_000 }
    }
}

impl Suggestions {
    /// As [`nearest`]; nothing once there was too much to look at.
    pub(crate) fn nearest<'a>(
        &mut self,
        text: &str,
        candidates: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        if self.left == 0 {
            return None;
        }
        let left = &mut self.left;
        nearest(text, candidates.inspect(|_| *left = left.saturating_sub(1)))
    }
}

/// The part after the last slash of either kind.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_and_moved_files_are_found() {
        let find = |text| nearest(text, ["KSampler", "SaveImage", "xl/base.safetensors"].into_iter());
        assert_eq!(find("ksampler"), Some("KSampler"));
        assert_eq!(find("SaveImages"), Some("SaveImage"));
        assert_eq!(find("other\\base.safetensors"), Some("xl/base.safetensors"));
        assert_eq!(find("Frobnicate"), None);
        assert_eq!(find(""), None);
        let mut few = Suggestions { left: 3 };
        assert_eq!(few.nearest("KSamplr", ["KSampler"; 3].into_iter()), Some("KSampler"));
        assert_eq!(few.nearest("KSamplr", ["KSampler"; 3].into_iter()), None);
        assert_eq!(find(&"K".repeat(100_000)), None);
    }
}
