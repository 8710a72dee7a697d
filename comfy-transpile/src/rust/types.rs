//! Rust types of links: what an output is, what an input wants, and whether a cast has to stand between them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The marker of `*`.
pub(super) const ANY: &str = "Any";

/// What an expression for an output is in Rust.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// An `Output<marker>`.
    Typed {
        /// The expression.
        expr: TokenStream,
        /// The marker.
        marker: String,
    },
    /// A slot of a `NodeRef`, to be given any type.
    Untyped {
        /// The expression of the node.
        node: TokenStream,
        /// The slot.
        slot: usize,
        /// The marker of its declared type, if it has one.
        marker: Option<String>,
    },
}

/// What an input takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// `Output<marker>` and nothing else, so that rustc can infer the type of a cast.
    Exactly(String),
    /// A trait that this output fulfils among others.
    Value(String),
    /// `IntoInput<marker>`: the members of a union, or anything.
    Into(String),
    /// Any output at all.
    Anything,
}

impl Want {
    /// A marker that satisfies it.
    pub(super) fn marker(&self) -> &str {
        match self {
            Self::Exactly(marker) | Self::Value(marker) => marker,
            Self::Into(marker) => members(marker).next().unwrap_or(marker),
            Self::Anything => ANY,
        }
    }

    /// Whether an output of this marker fits as it is.
    pub(super) fn takes(&self, from: &str) -> bool {
        match self {
            Self::Exactly(marker) | Self::Value(marker) => marker == from,
            Self::Into(marker) => marker == ANY || members(marker).any(|member| member == from),
            Self::Anything => true,
        }
    }
}

impl Place {
    /// The expression, cast where it has to be.
    pub(super) fn fit(&self, want: &Want) -> TokenStream {
        match self {
            Self::Typed { expr, marker } if want.takes(marker) => expr.clone(),
            Self::Typed { expr, .. } => match want {
                Want::Exactly(_) => quote!(#expr.cast()),
                Want::Value(_) | Want::Into(_) | Want::Anything => {
                    let target = tokens(want.marker());
                    quote!(#expr.cast::<#target>())
                }
            },
            Self::Untyped { node, slot, marker } => {
                let slot = proc_macro2::Literal::usize_unsuffixed(*slot);
                let declared = marker.as_deref().filter(|marker| want.takes(marker));
                let target = tokens(declared.unwrap_or_else(|| want.marker()));
                quote!(#node.out::<#target>(#slot))
            }
        }
    }

    /// The marker that the expression has, or would best be given.
    pub(super) fn marker(&self) -> Option<&str> {
        match self {
            Self::Typed { marker, .. } => Some(marker),
            Self::Untyped { marker, .. } => marker.as_deref(),
        }
    }
}

/// The members of `AnyOf<(A, B)>`; a plain marker is its only member.
pub(super) fn members(marker: &str) -> impl Iterator<Item = &str> {
    let inner = marker.strip_prefix("AnyOf<(").and_then(|rest| rest.strip_suffix(")>"));
    inner.unwrap_or(marker).split(',').map(str::trim)
}

/// Whether the marker is a plain type, neither a union nor the wildcard.
pub(super) fn is_plain(marker: &str) -> bool {
    marker != ANY && !marker.contains('<')
}

/// A piece of Rust that names make up: a type, a path.
pub(super) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| quote!(Any))
}

/// An identifier; names come from [`super::words`] or `comfy_codegen` and are legal.
pub(super) fn ident(name: &str) -> Ident {
    syn::parse_str(name).unwrap_or_else(|_| Ident::new("unnamed", Span::call_site()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(marker: &str, want: &Want) -> String {
        let place = Place::Typed { expr: quote!(x), marker: marker.into() };
        place.fit(want).to_string().replace(' ', "")
    }

    #[test]
    fn casts_stand_where_rustc_would_refuse() {
        let union = || "AnyOf<(Image, Mask)>".to_owned();
        assert_eq!(fit("Model", &Want::Exactly("Model".into())), "x");
        assert_eq!(fit("Any", &Want::Exactly("Model".into())), "x.cast()");
        assert_eq!(fit("Any", &Want::Value("Int".into())), "x.cast::<Int>()");
        assert_eq!(fit("Mask", &Want::Into(union())), "x");
        assert_eq!(fit("Latent", &Want::Into(union())), "x.cast::<Image>()");
        assert_eq!(fit("Latent", &Want::Into(ANY.into())), "x");
        let raw = Place::Untyped { node: quote!(n), slot: 1, marker: Some("Mask".into()) };
        assert_eq!(raw.fit(&Want::Into(union())).to_string().replace(' ', ""), "n.out::<Mask>(1)");
        assert_eq!(raw.fit(&Want::Value("Int".into())).to_string().replace(' ', ""), "n.out::<Int>(1)");
    }
}
