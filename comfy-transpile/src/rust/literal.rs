//! JSON values as Rust expressions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::{Map, Number, Value};

use super::layout::Layout;

/// Lists longer than this are written as `vec![…]` inside of `json!`, whose recursion is limited.
const LONG_LIST: usize = 16;

/// An expression of type `Raw`.
pub(super) fn raw(value: &Value, layout: &mut Layout) -> TokenStream {
    let inner = match value {
        Value::Bool(_) | Value::String(_) | Value::Number(_) => json(value, layout),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let inner = json(value, layout);
            quote!(json!(#inner))
        }
    };
    quote!(raw(#inner))
}

/// What stands for the value inside of `json!`.
fn json(value: &Value, layout: &mut Layout) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(flag) => quote!(#flag),
        Value::Number(number) => number_for_json(number),
        Value::String(text) => layout.text(text),
        Value::Array(items) if items.len() > LONG_LIST => {
            let items: Vec<_> = items.iter().map(|item| json(item, layout)).collect();
            quote!(vec![#(json!(#items)),*])
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| json(item, layout)).collect();
            quote!([#(#items),*])
        }
        Value::Object(map) => object(map, layout),
    }
}

fn object(map: &Map<String, Value>, layout: &mut Layout) -> TokenStream {
    let entries: Vec<_> = map
        .iter()
        .map(|(key, value)| {
            let (key, value) = (layout.text(key), json(value, layout));
            quote!(#key: #value)
        })
        .collect();
    quote!({ #(#entries),* })
}

/// A number whose type rustc is to infer: `i32` unless it says otherwise.
fn number_for_json(number: &Number) -> TokenStream {
    if let Some(small) = number.as_i64().and_then(|n| i32::try_from(n).ok()) {
        return integer(i64::from(small));
    }
    if let Some(large) = number.as_i64() {
        let literal = Literal::i64_suffixed(large.saturating_abs());
        return match large {
            i64::MIN => quote!(i64::MIN),
            0.. => quote!(#literal),
            _ => quote!(-#literal),
        };
    }
    if let Some(large) = number.as_u64() {
        let literal = Literal::u64_suffixed(large);
        return quote!(#literal);
    }
    float(number.as_f64().unwrap_or_default())
}

/// An integer of a type that follows from its place.
pub(super) fn integer(number: i64) -> TokenStream {
    let literal = Literal::u64_unsuffixed(number.unsigned_abs());
    if number < 0 { quote!(-#literal) } else { quote!(#literal) }
}

/// The shortest literal that is this very number.
pub(super) fn float(number: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(number.abs());
    if number.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}

/// The value as an integer, if it is one by value (`20.0` too).
pub(super) fn as_integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|_| !value.is_u64())?;
        // below 2^53 every integer has a float of its own
        #[allow(clippy::cast_possible_truncation, reason = "checked: whole, and below 2^53")]
        (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
    })
}

/// The value as an unsigned integer, if it is one by value.
pub(super) fn as_unsigned(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| as_integer(value).and_then(|number| u64::try_from(number).ok()))
}

/// The value as a float, if that is the same number.
pub(super) fn as_float(value: &Value) -> Option<f64> {
    let number = value.as_number()?;
    let exact = match number.as_i64() {
        Some(integer) => integer.unsigned_abs() < (1 << 53),
        None => number.is_f64(),
    };
    number.as_f64().filter(|_| exact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(value: &Value) -> String {
        raw(value, &mut Layout::new([])).to_string().replace(' ', "")
    }

    #[test]
    fn numbers_keep_their_value_and_fit_their_type() {
        assert_eq!(text(&json!(5)), "raw(5)");
        assert_eq!(text(&json!(-5)), "raw(-5)");
        assert_eq!(text(&json!(3_000_000_000_i64)), "raw(3000000000i64)");
        assert_eq!(text(&json!(u64::MAX)), "raw(18446744073709551615u64)");
        assert_eq!(text(&json!(i64::MIN)), "raw(i64::MIN)");
        assert_eq!(text(&json!(0.1)), "raw(0.1)");
        assert_eq!(text(&json!(1e300)).parse::<f64>().ok(), None);
        assert_eq!(float(1e300).to_string().parse(), Ok(1e300));
        assert_eq!(as_integer(&json!(20.0)), Some(20));
        assert_eq!(as_integer(&json!(20.5)), None);
        assert_eq!(as_float(&json!(8)), Some(8.0));
        assert_eq!(as_float(&json!(9_007_199_254_740_993_i64)), None);
        assert_eq!(as_unsigned(&json!(-1)), None);
    }

    #[test]
    fn lists_do_not_run_into_the_limit_of_the_macro() {
        let list = Value::from(vec![1; 40]);
        assert!(text(&list).starts_with("raw(json!(vec![json!(1),"));
        assert_eq!(text(&json!({"a": [1, null]})), "raw(json!({\"a\":[1,null]}))");
    }
}
