//! What paid nodes cost, as their badges say: programs in `JSONata`, which nobody runs here. Only the plain
//! numbers are read.

use serde_json::Value;

use super::NodeDef;

/// The member of a class's description.
const BADGE: &str = "price_badge";

impl NodeDef {
    /// The price of running the node in words: `$0.04`, `$0.003 to $0.015 per 1K tokens`, `as its settings say`. `None`
    /// where the server names none.
    pub fn price(&self) -> Option<String> {
        let badge = self.extra.get(BADGE)?;
        badge.get("text").and_then(Value::as_str).map(str::to_owned).or_else(|| in_words(badge))
    }
}

/// The badge with the price in words, for the bundled catalog: a thirtieth of the program.
#[cfg(any(feature = "bundled", test))]
pub(super) fn shortened(key: &str, badge: &Value) -> Option<(String, Value)> {
    (key == BADGE).then(|| in_words(badge))?.map(|text| (BADGE.to_owned(), serde_json::json!({"text": text})))
}

fn in_words(badge: &Value) -> Option<String> {
    let program = badge.get("expr")?.as_str()?;
    let mut amounts: Vec<f64> = program.split("\"usd\":").skip(1).flat_map(amounts).collect();
    amounts.sort_by(f64::total_cmp);
    let unit = program.split_once("\"suffix\":").and_then(|(_, rest)| rest.split('"').nth(1)).unwrap_or("");
    Some(match amounts.as_slice() {
        [] => "as its settings say".to_owned(),
        [least, .., most] if least < most => format!("${least} to ${most}{unit}"),
        [only, ..] => format!("${only}{unit}"),
    })
}

/// The number, or the list of numbers, at the start of a piece of program.
fn amounts(program: &str) -> Vec<f64> {
    const MOST: f64 = 1000.0;
    let program = program.trim_start();
    let end = match program.strip_prefix('[') {
        Some(list) => list.find(']').map_or(program.len(), |end| end + 1),
        None => program.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(program.len()),
    };
    let numbers = program.get(..end).unwrap_or_default().trim_start_matches('[').split(',');
    let read = numbers.filter_map(|number| number.trim().parse::<f64>().ok());
    read.filter(|amount| *amount > 0.0 && *amount < MOST).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_numbers_are_read() {
        let words = |program: &str| in_words(&json!({"expr": program})).expect("a program");
        assert_eq!(words(r#"{"type":"usd","usd": 0.04}"#), "$0.04");
        assert_eq!(
            words(r#"$x ? {"usd":0.2} : {"usd":0.1, "format":{"suffix":"/second"}}"#),
            "$0.1 to $0.2/second"
        );
        assert_eq!(
            words(r#"{"usd": [0.003, 0.015], "format": {"suffix": " per 1K tokens"}}"#),
            "$0.003 to $0.015 per 1K tokens"
        );
        assert_eq!(words(r#"{"usd": 0.1} {"usd": 0.1}"#), "$0.1");
        assert_eq!(words(r#"{"usd": $rate * 5}"#), "as its settings say");
        assert_eq!(in_words(&json!("free")), None);
        let (_, short) = shortened(BADGE, &json!({"expr": "{\"usd\": 1}"})).expect("a badge");
        assert_eq!(short, json!({"text": "$1"}));
    }
}
