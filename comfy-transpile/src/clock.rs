//! The local time, which names of saved files may have in them. The only clock of this crate; what is made of it is
//! comfy-graph's.

use comfy_graph::passes::Moment;

/// The local time.
pub fn now() -> Moment {
    let now = jiff::ZonedDateTime::now();
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    Moment {
        year: now.year().into(),
        month: small(now.month()),
        day: small(now.day()),
        hour: small(now.hour()),
        minute: small(now.minute()),
        second: small(now.second()),
    }
}
