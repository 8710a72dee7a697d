//! What must not be in a recording: hosts, paths of the machine, command lines, keys, and the time of day.

use std::net::SocketAddr;

use serde_json::Value;

use super::Body;
use crate::stub::now_ms;

/// When every recording began.
const BEGINNING: u64 = 1_700_000_000_000;
/// Fields that are times in milliseconds.
const TIMES: [&str; 6] =
    ["timestamp", "create_time", "execution_start_time", "execution_end_time", "modified", "created"];
/// Fields that are keys.
const KEYS: [&str; 3] = ["api_key_comfy_org", "auth_token_comfy_org", "token"];
/// Where paths of machines begin.
const ROOTS: [&str; 14] = [
    "/opt/",
    "/home/",
    "/root/",
    "/tmp/",
    "/usr/",
    "/var/",
    "/mnt/",
    "/media/",
    "/srv/",
    "/workspace/",
    "/data/",
    "/Users/",
    "/private/",
    "/app/",
];

/// Takes out of what is said what is only true of one machine at one time.
#[derive(Debug)]
pub(super) struct Scrub {
    began: u64,
    hosts: Vec<String>,
}

impl Scrub {
    pub(super) fn new(hosts: [SocketAddr; 2]) -> Self {
        Self { began: now_ms(), hosts: hosts.iter().map(ToString::to_string).collect() }
    }

    pub(super) fn body(&self, bytes: &[u8]) -> Body {
        match Body::new(bytes) {
            Body::Json(mut json) => {
                self.json(&mut json, None);
                Body::Json(json)
            }
            Body::Text(text) => Body::Text(self.text(&text)),
            other @ (Body::Empty | Body::Bytes(_) | Body::Large { .. }) => other,
        }
    }

    /// Paths of requests: without keys.
    pub(super) fn path(&self, path: &str) -> String {
        let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
        let part = |part: &str| match part.split_once('=') {
            Some((name, _)) if KEYS.contains(&name) => format!("{name}=KEY"),
            _ => self.text(part),
        };
        format!("{path}?{}", query.split('&').map(part).collect::<Vec<_>>().join("&"))
    }

    fn json(&self, value: &mut Value, name: Option<&str>) {
        match value {
            Value::String(text) if name.is_some_and(|name| KEYS.contains(&name)) => *text = "KEY".into(),
            Value::String(text) => *text = self.text(text),
            Value::Array(items) if name == Some("argv") => *items = vec!["main.py".into()],
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item, None)),
            Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| self.json(value, Some(name))),
            Value::Number(number) if name.is_some_and(|name| TIMES.contains(&name)) => {
                if let Some(time) = number.as_u64().filter(|time| *time > 100_000_000_000) {
                    *number = (BEGINNING + time).saturating_sub(self.began).into();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Texts: without hosts, and of paths of the machine the name only.
    pub(super) fn text(&self, text: &str) -> String {
        let text = self.hosts.iter().fold(text.to_owned(), |text, host| text.replace(host, "127.0.0.1:8188"));
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((start, end)) = machine_path(rest) {
            let path = rest.get(start..end).unwrap_or_default();
            out.push_str(rest.get(..start).unwrap_or_default());
            out.push_str("/PATH/");
            out.push_str(path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default());
            rest = rest.get(end..).unwrap_or_default();
        }
        out + rest
    }
}

/// Where the next path of a machine is.
fn machine_path(text: &str) -> Option<(usize, usize)> {
    let unix = ROOTS
        .iter()
        .filter_map(|root| text.match_indices(root).find(|(at, _)| begins(text, *at)))
        .map(|(at, _)| at);
    let drive = text.match_indices(":\\").filter_map(|(at, _)| at.checked_sub(1)).find(|at| {
        text.get(*at..).is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    });
    let start = unix.chain(drive).min()?;
    let rest = text.get(start..)?;
    let stop = |letter: char| {
        letter.is_control() || matches!(letter, '"' | '\'' | ' ' | ',' | ')' | ']' | '|' | '<' | '>')
    };
    Some((start, start + rest.find(stop).unwrap_or(rest.len())))
}

/// A root counts at the beginning of a word only: `/view?x=a/tmp/b` has none.
fn begins(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, '/' | '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{BEGINNING, Scrub};
    use crate::record::Body;

    #[test]
    fn nothing_of_the_machine_stays() {
        let scrub = Scrub::new([([127, 0, 0, 1], 5000).into(), ([127, 0, 0, 1], 5001).into()]);
        let said = json!({
            "argv": ["main.py", "--listen"], "traceback": ["  File \"/opt/ComfyUI/execution.py\", line 5\n"],
            "where": "C:\\Users\\me\\x.png and /home/me/y.png", "route": "/extensions/core/tmp/x.js",
            "url": "http://127.0.0.1:5001/view", "timestamp": scrub.began + 25,
            "extra_data": {"api_key_comfy_org": "SECRET"}, "value": 1_700_000_000_001_u64,
        });
        let Body::Json(scrubbed) = scrub.body(said.to_string().as_bytes()) else { panic!("no JSON") };
        assert_eq!(
            scrubbed,
            json!({
                "argv": ["main.py"], "traceback": ["  File \"/PATH/execution.py\", line 5\n"],
                "where": "/PATH/x.png and /PATH/y.png", "route": "/extensions/core/tmp/x.js",
                "url": "http://127.0.0.1:8188/view", "timestamp": BEGINNING + 25,
                "extra_data": {"api_key_comfy_org": "KEY"}, "value": 1_700_000_000_001_u64,
            })
        );
        assert_eq!(scrub.path("/ws?clientId=a&token=SECRET"), "/ws?clientId=a&token=KEY");
    }
}
