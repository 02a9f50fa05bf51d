//! How many guesses a passphrase costs somebody who tries the usual patterns first.
//!
//! The text is cut into pieces: known words, rows of keys, runs, repeats, years. Each piece costs what the pattern
//! costs; what is left costs what ordinary language or random characters cost. Better too low than too high.

use zeroize::Zeroizing;

const WORD_BITS: f64 = 8.0;
const RUN_BITS: f64 = 4.0;
const REPEAT_BITS: f64 = 1.0;
const YEAR_BITS: f64 = 6.0;
const PROSE_LETTER_BITS: f64 = 2.2;
const LONE_LETTER_BITS: f64 = 4.2;
const DIGIT_BITS: f64 = 3.3;
const SYMBOL_BITS: f64 = 4.5;
const SPACE_BITS: f64 = 1.0;
const CAPITAL_BITS: f64 = 1.0;
const MIN_RUN: usize = 3;
const MIN_PROSE: usize = 4;

/// Words that stand in passwords more often than in sentences: greetings, pets, months, places, care, keyboards.
const WORDS: &[&str] = &[
    "wachtwoord",
    "password",
    "passwort",
    "geheim",
    "secret",
    "welkom",
    "welcome",
    "hallo",
    "hello",
    "inloggen",
    "login",
    "toegang",
    "access",
    "admin",
    "beheer",
    "beheerder",
    "gebruiker",
    "user",
    "test",
    "tester",
    "proef",
    "kluis",
    "dossier",
    "dossierkluis",
    "zorg",
    "thuiszorg",
    "verpleging",
    "verzorging",
    "zorgverlener",
    "client",
    "praktijk",
    "zzper",
    "kraamzorg",
    "begeleiding",
    "liefde",
    "liefje",
    "schatje",
    "schat",
    "lieverd",
    "love",
    "iloveyou",
    "ikhouvanjou",
    "mijn",
    "onze",
    "voor",
    "altijd",
    "samen",
    "familie",
    "mama",
    "papa",
    "moeder",
    "vader",
    "oma",
    "opa",
    "kind",
    "kinderen",
    "baby",
    "hond",
    "hondje",
    "poes",
    "poesje",
    "kat",
    "katten",
    "paard",
    "vogel",
    "vlinder",
    "konijn",
    "monkey",
    "dragon",
    "tijger",
    "leeuw",
    "tiger",
    "zomer",
    "winter",
    "lente",
    "herfst",
    "voorjaar",
    "najaar",
    "summer",
    "spring",
    "autumn",
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "vakantie",
    "kerst",
    "kerstmis",
    "sinterklaas",
    "pasen",
    "amsterdam",
    "rotterdam",
    "utrecht",
    "denhaag",
    "eindhoven",
    "groningen",
    "tilburg",
    "breda",
    "nijmegen",
    "arnhem",
    "zwolle",
    "leiden",
    "haarlem",
    "almere",
    "nederland",
    "holland",
    "dutch",
    "oranje",
    "ajax",
    "feyenoord",
    "psv",
    "voetbal",
    "football",
    "koning",
    "koningin",
    "prinses",
    "princess",
    "prins",
    "engel",
    "angel",
    "sterren",
    "ster",
    "zonnetje",
    "zonneschijn",
    "sunshine",
    "zon",
    "maan",
    "regenboog",
    "bloem",
    "bloemen",
    "roos",
    "tulp",
    "appel",
    "banaan",
    "aardbei",
    "chocolade",
    "koffie",
    "pannenkoek",
    "fiets",
    "auto",
    "trein",
    "huis",
    "thuis",
    "tuin",
    "school",
    "werk",
    "muziek",
    "gitaar",
    "computer",
    "internet",
    "laptop",
    "tablet",
    "telefoon",
    "mobiel",
    "samsung",
    "apple",
    "iphone",
    "google",
    "facebook",
    "windows",
    "microsoft",
    "batman",
    "superman",
    "pokemon",
    "starwars",
    "master",
    "shadow",
    "freedom",
    "vrijheid",
    "geluk",
    "gelukkig",
    "happy",
    "lekker",
    "gezellig",
    "rood",
    "blauw",
    "groen",
    "geel",
    "zwart",
    "wit",
    "paars",
    "roze",
    "goud",
    "zilver",
    "daniel",
    "michael",
    "thomas",
    "jeroen",
    "sander",
    "dennis",
    "kevin",
    "martijn",
    "bas",
    "jan",
    "piet",
    "kees",
    "henk",
    "marieke",
    "linda",
    "sandra",
    "monique",
    "anna",
    "sophie",
    "emma",
    "julia",
    "lisa",
    "laura",
    "kim",
    "iris",
    "eva",
    "noah",
    "sem",
    "lucas",
    "levi",
    "daan",
    "letmein",
    "changeme",
    "default",
    "nieuw",
    "new",
    "oud",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "wachtwoorden",
    "ditis",
    "this",
    "the",
    "het",
    "dat",
    "ben",
    "heet",
    "naam",
];

/// Rows and columns of keys, read both ways.
const ROWS: &[&str] = &[
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "qwertzuiop",
    "1234567890",
    "qazwsxedcrfvtgb",
    "1qaz2wsx3edc4rfv",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "abcdefghijklmnopqrstuvwxyz",
    "!@#$%^&*()",
    "147258369",
    "poiuytrewq",
    "lkjhgfdsa",
    "mnbvcxz",
];

/// Bits of guessing, by the cheapest reading this module knows.
pub(super) fn guess_bits(text: &str) -> f64 {
    let lower: Zeroizing<Vec<char>> =
        Zeroizing::new(text.chars().flat_map(char::to_lowercase).collect());
    let plain: Zeroizing<Vec<char>> = Zeroizing::new(lower.iter().copied().map(unmask).collect());
    let capitals = text
        .chars()
        .filter(|symbol| symbol.is_uppercase())
        .count()
        .min(6);
    let mut bits = CAPITAL_BITS * capitals as f64;
    let mut place = 0;
    let mut seen_words: Vec<&str> = Vec::new();
    while place < lower.len() {
        let rest = lower.get(place..).unwrap_or_default();
        let plain_rest = plain.get(place..).unwrap_or_default();
        let before = lower.get(..place).unwrap_or_default();
        let (length, cost) = piece(before, rest, plain_rest, &mut seen_words);
        bits += cost;
        place += length.max(1);
    }
    bits
}

fn piece(
    before: &[char],
    rest: &[char],
    plain: &[char],
    seen_words: &mut Vec<&'static str>,
) -> (usize, f64) {
    let repeat = repeat_length(before, rest);
    let run = run_length(rest);
    let word = WORDS
        .iter()
        .filter(|word| starts_with(plain, word))
        .max_by_key(|word| word.len());
    let word_length = word.map_or(0, |word| word.len());
    if repeat >= MIN_RUN.max(run).max(word_length) {
        return (repeat, REPEAT_BITS);
    }
    if run >= MIN_RUN && run >= word_length {
        return (run, RUN_BITS);
    }
    if let Some(word) = word {
        let is_again = seen_words.contains(word);
        seen_words.push(word);
        return (word.len(), if is_again { REPEAT_BITS } else { WORD_BITS });
    }
    if is_year(rest) {
        return (4, YEAR_BITS);
    }
    let letters = prose_length(rest, plain);
    if letters >= MIN_PROSE {
        return (letters, PROSE_LETTER_BITS * letters as f64);
    }
    (1, rest.first().map_or(0.0, |symbol| lone_bits(*symbol)))
}

/// Letters up to the next known word or something that is no letter.
fn prose_length(rest: &[char], plain: &[char]) -> usize {
    let letters = rest
        .iter()
        .take_while(|symbol| symbol.is_alphabetic())
        .count();
    (1..letters)
        .find(|from| {
            let tail = plain.get(*from..letters).unwrap_or_default();
            WORDS
                .iter()
                .any(|word| word.len() >= MIN_PROSE && starts_with(tail, word))
        })
        .unwrap_or(letters)
}

fn lone_bits(symbol: char) -> f64 {
    match symbol {
        ' ' => SPACE_BITS,
        _ if symbol.is_ascii_digit() => DIGIT_BITS,
        _ if symbol.is_alphabetic() => LONE_LETTER_BITS,
        _ => SYMBOL_BITS,
    }
}

/// How much of `rest` says again what stands before it.
fn repeat_length(before: &[char], rest: &[char]) -> usize {
    (1..=before.len())
        .map(|back| {
            let cycle = before.get(before.len() - back..).unwrap_or_default();
            let same = cycle
                .iter()
                .cycle()
                .zip(rest)
                .take_while(|(left, right)| left == right)
                .count();
            if same >= back { same } else { 0 }
        })
        .max()
        .unwrap_or(0)
}

/// How long `rest` walks along a row of keys, or up or down the alphabet or the digits.
fn run_length(rest: &[char]) -> usize {
    ROWS.iter()
        .map(|row| {
            let row: Vec<char> = row.chars().collect();
            let back: Vec<char> = row.iter().rev().copied().collect();
            walk(&row, rest).max(walk(&back, rest))
        })
        .max()
        .unwrap_or(0)
}

fn walk(row: &[char], rest: &[char]) -> usize {
    let start = rest
        .first()
        .and_then(|first| row.iter().position(|key| key == first));
    let row = start.and_then(|start| row.get(start..)).unwrap_or_default();
    row.iter()
        .zip(rest)
        .take_while(|(key, symbol)| key == symbol)
        .count()
}

fn starts_with(text: &[char], word: &str) -> bool {
    let mut symbols = text.iter();
    word.chars().all(|letter| symbols.next() == Some(&letter))
}

fn is_year(rest: &[char]) -> bool {
    let digits: String = rest
        .iter()
        .take(4)
        .filter(|symbol| symbol.is_ascii_digit())
        .collect();
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// The letter that a look-alike stands for.
const fn unmask(symbol: char) -> char {
    match symbol {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' | 'é' | 'ë' | 'è' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => symbol,
    }
}
