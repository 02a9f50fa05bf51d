//! Words of every form: saved, taken back, not saved.

/// The work is on disk.
pub fn saved() -> &'static str {
    "Bewaard op dit apparaat"
}

/// A change was taken back.
pub fn undone() -> &'static str {
    "De wijziging is ongedaan gemaakt"
}

/// Tries once more to save.
pub fn save_again() -> &'static str {
    "Opnieuw bewaren"
}

/// All but the part that looks like a BSN is on disk.
pub fn rest_saved() -> &'static str {
    "De rest is bewaard"
}

/// A part of the text was not stored, because it looks like a BSN.
pub fn part_held() -> &'static str {
    "Hier lijkt een BSN te staan. Dit stuk is nog niet bewaard."
}
