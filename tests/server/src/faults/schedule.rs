//! Which fault comes when.

use std::time::Duration;

use crate::stub::mix;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Connections are refused for a moment.
    Refuse,
    /// The connection is cut before the server gets the request.
    CutBefore,
    /// The connection is cut after the server did what was asked, before its answer.
    CutAfter,
    /// The connection is cut within the answer.
    CutAnswer,
    /// The answer comes late.
    Delay,
    /// The answer comes in small pieces.
    Slow,
    /// 500, 502 or 503, of which the server knows nothing.
    Status,
    /// 504 after the server did what was asked.
    LostAnswer,
    /// Bytes that are no HTTP, after the server did what was asked.
    Garbage,
    /// JSON that ends in the middle, of a length that is right.
    HalfJson,
    /// The server is restarted before it gets the request.
    RestartBefore,
    /// The server is restarted after its answer.
    RestartAfter,
    /// The WebSocket is not opened.
    SocketRefused,
    /// The WebSocket is cut between frames.
    SocketCut,
    /// The WebSocket is cut within a frame.
    SocketHalfFrame,
    /// Bytes that are no frame, then the end.
    SocketGarbage,
    /// A text frame that is no UTF-8.
    SocketBadUtf8,
    /// Frames that say nothing: no JSON, unknown types, binary frames that are too short. The rest goes on.
    SocketOdd,
    /// The WebSocket stays open, but nothing comes any more; it is cut later.
    SocketSilent,
}

/// Faults of requests.
pub(super) const OF_REQUESTS: [Kind; 11] = [
    Kind::CutBefore,
    Kind::CutAfter,
    Kind::CutAnswer,
    Kind::Delay,
    Kind::Slow,
    Kind::Status,
    Kind::LostAnswer,
    Kind::Garbage,
    Kind::HalfJson,
    Kind::RestartBefore,
    Kind::RestartAfter,
];
/// Faults of sockets.
pub(super) const OF_SOCKETS: [Kind; 7] = [
    Kind::SocketRefused,
    Kind::SocketCut,
    Kind::SocketHalfFrame,
    Kind::SocketGarbage,
    Kind::SocketBadUtf8,
    Kind::SocketOdd,
    Kind::SocketSilent,
];

/// A fault with its measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// [`Kind::Refuse`], for so long.
    Refuse(Duration),
    /// [`Kind::CutBefore`]
    CutBefore,
    /// [`Kind::CutAfter`]
    CutAfter,
    /// [`Kind::CutAnswer`], after so many thousandths of it.
    CutAnswer(u16),
    /// [`Kind::Delay`]
    Delay(Duration),
    /// [`Kind::Slow`], over so long.
    Slow(Duration),
    /// [`Kind::Status`]
    Status(u16),
    /// [`Kind::LostAnswer`]
    LostAnswer,
    /// [`Kind::Garbage`]
    Garbage,
    /// [`Kind::HalfJson`]
    HalfJson,
    /// [`Kind::RestartBefore`]
    RestartBefore,
    /// [`Kind::RestartAfter`]
    RestartAfter,
    /// [`Kind::SocketRefused`]
    SocketRefused,
    /// [`Kind::SocketCut`], after so many frames.
    SocketCut(u16),
    /// [`Kind::SocketHalfFrame`], after so many frames.
    SocketHalfFrame(u16),
    /// [`Kind::SocketGarbage`], after so many frames.
    SocketGarbage(u16),
    /// [`Kind::SocketBadUtf8`], after so many frames.
    SocketBadUtf8(u16),
    /// [`Kind::SocketOdd`], after so many frames.
    SocketOdd(u16),
    /// [`Kind::SocketSilent`], after so many frames, for so long.
    SocketSilent(u16, Duration),
}

/// A plan of faults. The same plan harms the same requests in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    seed: u64,
    /// Of a hundred requests that may be harmed, how many are.
    percent: u64,
    /// How many of each kind of request may be harmed.
    first: usize,
    kinds: Vec<Kind>,
    scripted: Vec<(String, usize, Fault)>,
    pub(super) heal_after: Duration,
}

impl Schedule {
    /// Faults of all kinds but restarts, to every second one of the first three requests of a kind, for ten seconds.
    pub fn seeded(seed: u64) -> Self {
        let kinds = OF_REQUESTS.into_iter().chain(OF_SOCKETS).chain([Kind::Refuse]);
        let kinds = kinds.filter(|kind| !matches!(kind, Kind::RestartBefore | Kind::RestartAfter)).collect();
        let heal_after = Duration::from_secs(10);
        Self { seed, percent: 50, first: 3, kinds, scripted: Vec::new(), heal_after }
    }

    /// No faults.
    pub fn none() -> Self {
        Self { kinds: Vec::new(), ..Self::seeded(0) }
    }

    /// Only faults of these kinds.
    #[must_use]
    pub fn only(mut self, kinds: &[Kind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    /// Faults of these kinds as well: restarts are not among them unless they are asked for.
    #[must_use]
    pub fn and(mut self, kinds: &[Kind]) -> Self {
        self.kinds.extend(kinds);
        self
    }

    /// No faults of these kinds. Without [`Kind::Refuse`] a client that asks in turn has the same faults in every
    /// run; with it, what comes while connections are refused is not counted.
    #[must_use]
    pub fn without(mut self, kinds: &[Kind]) -> Self {
        self.kinds.retain(|kind| !kinds.contains(kind));
        self
    }

    /// How many of a hundred requests are harmed.
    #[must_use]
    pub fn percent(mut self, percent: u64) -> Self {
        self.percent = percent;
        self
    }

    /// How many of each kind of request may be harmed.
    #[must_use]
    pub fn first(mut self, first: usize) -> Self {
        self.first = first;
        self
    }

    /// After how long nothing is harmed any more.
    #[must_use]
    pub fn heal_after(mut self, time: Duration) -> Self {
        self.heal_after = time;
        self
    }

    /// A certain fault to a certain request: `("POST /api/prompt", 0, Fault::CutAfter)` is the first such.
    #[must_use]
    pub fn at(mut self, request: &str, number: usize, fault: Fault) -> Self {
        self.scripted.push((request.to_owned(), number, fault));
        self
    }

    /// What happens to the request of this kind and number.
    pub(super) fn draw(&self, key: &str, number: usize, possible: &[Kind]) -> Option<Fault> {
        let scripted = self.scripted.iter().find(|(request, at, _)| request == key && *at == number);
        if let Some((_, _, fault)) = scripted {
            return Some(fault.clone());
        }
        let kinds: Vec<Kind> = possible.iter().filter(|kind| self.kinds.contains(kind)).copied().collect();
        let mut dice = Dice::new(self.seed, key, number);
        if kinds.is_empty() || number >= self.first || dice.below(100) >= self.percent {
            return None;
        }
        let kind = usize::try_from(dice.below(kinds.len() as u64)).ok().and_then(|at| kinds.get(at))?;
        Some(measured(*kind, &mut dice))
    }
}

fn measured(kind: Kind, dice: &mut Dice) -> Fault {
    let short = Duration::from_millis(5 + dice.below(60));
    let frames = u16::try_from(dice.below(12)).unwrap_or_default();
    match kind {
        Kind::Refuse => Fault::Refuse(short),
        Kind::CutBefore => Fault::CutBefore,
        Kind::CutAfter => Fault::CutAfter,
        Kind::CutAnswer => Fault::CutAnswer(u16::try_from(dice.below(1000)).unwrap_or_default()),
        Kind::Delay => Fault::Delay(short * 3),
        Kind::Slow => Fault::Slow(short * 4),
        Kind::Status => Fault::Status([500, 502, 503][usize::try_from(dice.below(3)).unwrap_or_default()]),
        Kind::LostAnswer => Fault::LostAnswer,
        Kind::Garbage => Fault::Garbage,
        Kind::HalfJson => Fault::HalfJson,
        Kind::RestartBefore => Fault::RestartBefore,
        Kind::RestartAfter => Fault::RestartAfter,
        Kind::SocketRefused => Fault::SocketRefused,
        Kind::SocketCut => Fault::SocketCut(frames),
        Kind::SocketHalfFrame => Fault::SocketHalfFrame(frames),
        Kind::SocketGarbage => Fault::SocketGarbage(frames),
        Kind::SocketBadUtf8 => Fault::SocketBadUtf8(frames),
        Kind::SocketOdd => Fault::SocketOdd(frames),
        Kind::SocketSilent => Fault::SocketSilent(frames, short * 5),
    }
}

/// Numbers that depend on the seed and on what they are for.
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    pub(super) fn new(seed: u64, key: &str, number: usize) -> Self {
        let text = key.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
        Self { state: mix(text ^ number as u64) }
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(1);
        mix(self.state) % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Kind, OF_REQUESTS, OF_SOCKETS, Schedule};

    fn all(schedule: &Schedule) -> Vec<Option<Fault>> {
        let keys = ["POST /api/prompt", "GET /api/history/{}", "GET /api/view", "socket"];
        let draw = |key: &&str| {
            let possible: &[Kind] = if *key == "socket" { &OF_SOCKETS } else { &OF_REQUESTS };
            (0..5).map(|number| schedule.draw(key, number, possible)).collect::<Vec<_>>()
        };
        keys.iter().flat_map(draw).collect()
    }

    #[test]
    fn a_seed_is_a_plan() {
        assert_eq!(all(&Schedule::seeded(7)), all(&Schedule::seeded(7)));
        assert_ne!(all(&Schedule::seeded(7)), all(&Schedule::seeded(8)));
        assert!(all(&Schedule::none()).iter().all(Option::is_none));
        for seed in 0..200 {
            let faults = all(&Schedule::seeded(seed));
            assert!(faults.chunks(5).all(|of_key| of_key[3..].iter().all(Option::is_none)), "it heals");
        }
    }

    #[test]
    fn every_kind_comes() {
        let kinds: Vec<Kind> = OF_REQUESTS.into_iter().chain(OF_SOCKETS).collect();
        for kind in kinds {
            let comes = |seed| all(&Schedule::seeded(seed).only(&[kind])).iter().any(Option::is_some);
            assert!((0..50).any(comes), "{kind:?}");
        }
    }
}
