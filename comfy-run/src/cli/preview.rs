//! Pictures in terminals that can show one: by kitty's protocol (PNG), or iTerm's (any format that the system reads).

use std::{env, io::IsTerminal as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{args::Preview, complain};

/// The longest file that is shown, in bytes.
const LONGEST: u64 = 16 << 20;

/// The length of a piece of kitty's protocol.
const PIECE: usize = 4096;

/// How many lines of the terminal a picture takes.
const ROWS: u32 = 16;

/// What a terminal understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Kitty,
    Iterm,
}

/// The commands that show a file; `None` where the terminal can show none, or not this one.
pub(super) fn of_file(path: &Path, when: Preview) -> Option<String> {
    if when == Preview::Never || !std::io::stderr().is_terminal() {
        return None;
    }
    let protocol = protocol(|name| env::var(name).ok())?;
    let is_short = fs_err::metadata(path).is_ok_and(|about| about.len() <= LONGEST);
    let bytes = is_short.then(|| fs_err::read(path).ok()).flatten()?;
    commands(protocol, &bytes)
}

/// Writes them.
pub(super) fn draw(commands: &str) {
    complain(commands);
}

fn protocol(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let is = |name: &str, words: &[&str]| variable(name).is_some_and(|value| words.contains(&&*value));
    // a multiplexer passes neither on
    if variable("TMUX").is_some() || variable("STY").is_some() {
        return None;
    }
    if variable("KITTY_WINDOW_ID").is_some()
        || is("TERM", &["xterm-kitty", "xterm-ghostty"])
        || is("TERM_PROGRAM", &["ghostty"])
    {
        return Some(Protocol::Kitty);
    }
    is("TERM_PROGRAM", &["iTerm.app", "WezTerm", "mintty", "rio"]).then_some(Protocol::Iterm)
}

fn commands(protocol: Protocol, bytes: &[u8]) -> Option<String> {
    let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    let is_picture = is_png
        || bytes.starts_with(b"\xff\xd8\xff")
        || bytes.starts_with(b"GIF8")
        || bytes.get(8..12).is_some_and(|word| word == b"WEBP");
    let encoded = || STANDARD.encode(bytes);
    match protocol {
        Protocol::Iterm if is_picture => Some(format!(
            "\x1b]1337;File=inline=1;size={};height={ROWS};preserveAspectRatio=1:{}\x07\n",
            bytes.len(),
            encoded()
        )),
        Protocol::Kitty if is_png => {
            let encoded = encoded();
            let mut rest = encoded.as_str();
            let mut all = String::with_capacity(encoded.len() + encoded.len() / 64);
            let mut control = format!("a=T,f=100,q=2,r={ROWS},");
            while !rest.is_empty() {
                // base64 is ASCII
                let (piece, more) = rest.split_at(rest.len().min(PIECE));
                let has_more = u8::from(!more.is_empty());
                let continued = format!("\x1b_G{control}m={has_more};{piece}\x1b\\");
                all.push_str(&continued);
                control.clear();
                rest = more;
            }
            all.push('\n');
            Some(all)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Option<Protocol> {
        protocol(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn terminals_are_known_by_their_variables() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(of(&[("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::Iterm));
        assert_eq!(of(&[("TERM_PROGRAM", "iTerm.app"), ("TMUX", "1")]), None);
    }

    #[test]
    fn pictures_are_sent_whole() {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 9000]].concat();
        let sent = commands(Protocol::Kitty, &png).expect("a picture");
        let pieces: Vec<&str> = sent.trim_end().split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        let payload: String =
            pieces.iter().filter_map(|piece| piece.split_once(';')).map(|(_, data)| data).collect();
        assert_eq!(STANDARD.decode(payload).expect("base64"), png);
        assert!(pieces.iter().all(|piece| piece.starts_with("\x1b_G")));
        assert!(pieces[0].contains("m=1") && pieces[pieces.len() - 1].starts_with("\x1b_Gm=0"));
        assert_eq!(commands(Protocol::Kitty, b"text"), None);
        assert!(commands(Protocol::Iterm, b"\xff\xd8\xff..").is_some());
    }
}
