//! How wide a text is in the frontend's font, Inter.

/// Advance widths of the printable ASCII characters from space on, in 64ths of a pixel at 14 pixels.
const WIDTHS: [u16; 95] = [
    252, 258, 418, 568, 575, 880, 578, 269, 327, 327, 449, 593, 259, 413, 259, 323, 566, 365, 547, 554, 579,
    532, 556, 508, 555, 556, 259, 271, 593, 593, 593, 459, 866, 619, 587, 655, 647, 539, 529, 669, 666, 241,
    512, 602, 507, 810, 676, 686, 573, 686, 577, 575, 579, 667, 619, 883, 612, 609, 564, 327, 323, 327, 423,
    409, 290, 504, 549, 512, 549, 523, 332, 550, 530, 217, 217, 492, 217, 785, 530, 538, 549, 549, 338, 473,
    294, 530, 504, 734, 490, 504, 495, 382, 298, 382, 593,
];

/// The first character of [`WIDTHS`].
const FIRST: u32 = 32;

/// The width of a text at this font size, in pixels. Characters outside of ASCII count as wide ones, so that nothing
/// turns out longer than thought.
pub fn width(text: &str, font_size: f64) -> f64 {
    let advance = |c: char| {
        let known = u32::from(c).checked_sub(FIRST).and_then(|at| WIDTHS.get(usize::try_from(at).ok()?));
        known.map_or(1.0, |width| f64::from(*width) / (64.0 * 14.0))
    };
    text.chars().map(advance).sum::<f64>() * font_size
}
