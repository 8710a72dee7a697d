//! What is found out about a whole catalog when something is wrong, kept from check to check.

use std::{fmt, sync::OnceLock};

use crate::{
    catalog::{Catalog, NodeDef},
    suggest::Name,
};

/// Tables of one catalog, made when they are first asked for: that reads every definition.
#[derive(Default)]
pub(super) struct Tables {
    /// The names of the classes, in the order of the catalog.
    names: OnceLock<Box<[Name]>>,
}

impl Tables {
    /// The classes with their names, which are ready for being compared with others.
    pub(super) fn classes<'a>(
        &'a self,
        catalog: &'a Catalog,
    ) -> impl Iterator<Item = (&'a Name, &'a NodeDef)> {
        let names = || catalog.iter().map(|def| Name::new(&def.class_type)).collect();
        self.names.get_or_init(names).iter().zip(catalog.iter())
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").finish_non_exhaustive()
    }
}
