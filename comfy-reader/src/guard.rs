//! Text → syntax, for text that may be anything: nothing is parsed that is nested so deep that looking at it would
//! take more stack than there is.

use comfy_graph::diag::{Diagnostic, Place, codes};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{at::At, brackets};

/// How deep syntax can be nested at most: brackets, and tokens between two separators.
const MAX_NESTING: usize = 3000;
/// Larger programs are not flows.
const MAX_BYTES: usize = 16 << 20;

/// Parses a program.
pub(super) fn parse(source: &str) -> Result<syn::File, Box<Diagnostic>> {
    if source.len() > MAX_BYTES {
        let message = format!("the program has more than {MAX_BYTES} bytes");
        return Err(Box::new(Diagnostic::new(codes::READER_LIMIT, message)));
    }
    let source = without_shebang(source);
    let tokens: TokenStream = match source.parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            let lexed = || not_rust(&error.to_string(), At::span(error.span()));
            return Err(Box::new(brackets::unbalanced(source).unwrap_or_else(lexed)));
        }
    };
    if let Some(deep) = too_deep(&tokens) {
        let diagnostic = Diagnostic::new(codes::READER_LIMIT, "the program is nested too deep");
        return Err(Box::new(diagnostic.at(deep.place())));
    }
    syn::parse2(tokens).map_err(|error| Box::new(not_rust(&error.to_string(), At::span(error.span()))))
}

/// A byte order mark is no token.
fn without_shebang(source: &str) -> &str {
    source.strip_prefix('\u{feff}').unwrap_or(source)
}

fn not_rust(message: &str, at: At) -> Diagnostic {
    let place = at.place();
    let diagnostic = Diagnostic::new(codes::RUST_SYNTAX, message);
    if matches!(place, Place::Bytes { start: 0, end: 0 }) { diagnostic } else { diagnostic.at(place) }
}

/// Words that begin an item; behind a closing brace they go on with nothing.
const ITEMS: &[&str] = &["fn", "pub", "struct", "enum", "impl", "mod", "use", "const", "static", "type"];

/// The place where tokens are nested too deep. A token can be one level deeper than the one before it, until a
/// separator or the next item ends the nesting.
fn too_deep(tokens: &TokenStream) -> Option<At> {
    let mut stack = vec![(tokens.clone().into_iter(), 0_usize, 0_usize, false)];
    while let Some((tokens, base, depth, behind_brace)) = stack.last_mut() {
        let Some(token) = tokens.next() else {
            stack.pop();
            continue;
        };
        if *behind_brace && begins_item(&token) {
            *depth = *base;
        }
        *behind_brace = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        *depth += 1;
        if *depth > MAX_NESTING {
            return Some(At::span(token.span()));
        }
        match token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => *depth = *base,
            TokenTree::Group(group) => {
                let inner = *depth + 1;
                stack.push((group.stream().into_iter(), inner, inner, false));
            }
            _ => {}
        }
    }
    None
}

fn begins_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ITEMS.iter().any(|word| ident == word),
        // an attribute, a line of documentation
        TokenTree::Punct(punct) => punct.as_char() == '#',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> Option<&'static str> {
        parse(source).err().map(|found| found.code.name())
    }

    #[test]
    fn many_items_are_not_nested() {
        assert_eq!(code(&"fn f(g: &Flow) { g.note(\"\"); }\n".repeat(2000)), None);
        assert_eq!(code(&"/// Doc.\n#[inline]\nfn f() -> i64 { 1 }\n".repeat(2000)), None);
    }

    #[test]
    fn what_is_nested_is_bounded() {
        let chain = format!("fn f() {{ {} }}", "if a {} else ".repeat(MAX_NESTING) + "{}");
        let sum = format!("fn f() {{ {}1 }}", "1 + ".repeat(MAX_NESTING));
        let brackets = format!("fn f() {{ {}{} }}", "(".repeat(MAX_NESTING), ")".repeat(MAX_NESTING));
        for source in [chain, sum, brackets] {
            assert_eq!(code(&source), Some("reader_limit"));
        }
    }
}
