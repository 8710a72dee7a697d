//! Parameters that the caller lists: `6.text=prompt`.

use super::{
    ParamSource,
    collect::{Collect, Draft},
    find,
    listing::Listing,
};

/// Adds the parameters of entries `NODE.INPUT=NAME`. Without a name it is that of the input.
pub(super) fn collect(collect: &mut Collect<'_>, listing: &Listing, entries: &[String]) {
    for entry in entries {
        let (target, name) = match entry.rsplit_once('=') {
            Some((target, name)) => (target.trim(), Some(name.trim()).filter(|name| !name.is_empty())),
            None => (entry.trim(), None),
        };
        match find::input(listing, target) {
            Ok(binding) => {
                let binding = collect.place(binding);
                let name = name.unwrap_or(&binding.input).to_owned();
                collect.add(Draft::new(name, ParamSource::Entry, binding));
            }
            Err(found) => collect.found.push(*found),
        }
    }
}
