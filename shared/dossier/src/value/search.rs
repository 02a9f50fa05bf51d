//! Finding a client while typing: any word start, without regard to case or diacritics, with the reason.
//!
//! An [`Entry`] is folded once per client; a [`Query`] once per key. Matching compares prefixes only.

use std::collections::BTreeSet;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::birth::BirthDate;
use super::digit::{digit_value, is_invisible};

/// Fewer digits than this are not compared with a phone number or a birth date written together.
const DIGITS_MIN: usize = 4;

/// Where a query matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// First name, infix or last name.
    Name,
    /// Birth date.
    BirthDate,
    /// Postcode.
    Postcode,
    /// Street and house number.
    Street,
    /// Place.
    Place,
    /// Phone number.
    Phone,
}

/// Letters without case, diacritics and ligatures, digits as ASCII: `Ĳsbrand Çelik` → `ijsbrand celik`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
        return folded;
    }
    for character in text
        .nfkd()
        .filter(|character| !is_combining_mark(*character) && !is_invisible(*character))
    {
        if let Some(value) = digit_value(character) {
            folded.push(char::from(b'0' + value));
            continue;
        }
        for lower in character
            .to_lowercase()
            .filter(|lower| !is_combining_mark(*lower))
        {
            match lower {
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'þ' => folded.push_str("th"),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'ħ' => folded.push('h'),
                'ı' => folded.push('i'),
                'ŧ' => folded.push('t'),
                'ς' => folded.push('σ'),
                _ => folded.push(lower),
            }
        }
    }
    folded
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let words: Vec<String> = folded
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// What can be found of one client.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    words: Vec<(Field, String)>,
    birth: Option<BirthDate>,
    /// `dd-mm-yyyy`, `dd-mm-yy`, `ddmmyyyy`, `yyyy-mm-dd`, `yyyy`: compared by prefix.
    birth_forms: Vec<String>,
    phone_digits: Vec<String>,
}

impl Entry {
    /// Adds a text field: every word can be found by its beginning.
    #[must_use]
    pub fn with_text(mut self, field: Field, text: &str) -> Self {
        self.words.extend(words(text).map(|word| (field, word)));
        self
    }

    /// Adds a birth date: found by any form it can be typed in, also half typed.
    #[must_use]
    pub fn with_birth_date(mut self, birth: BirthDate) -> Self {
        self.birth = Some(birth);
        if let Some(date) = birth.date() {
            let (day, month, year) = (date.day(), date.month(), date.year());
            let short = year.rem_euclid(100);
            self.birth_forms.extend([
                format!("{day:02}-{month:02}-{year:04}"),
                format!("{day:02}-{month:02}-{short:02}"),
                format!("{day:02}{month:02}{year:04}"),
                format!("{day:02}{month:02}{short:02}"),
            ]);
        }
        if let Some(month) = birth.month() {
            self.birth_forms
                .push(format!("{month:02}-{:04}", birth.year()));
        }
        self.birth_forms.push(birth.stored());
        self
    }

    /// Adds a postcode: found as `1234ab`, `1234 ab` and `1234`.
    #[must_use]
    pub fn with_postcode(mut self, postcode: &str) -> Self {
        let parts: Vec<String> = words(postcode).collect();
        self.words.push((Field::Postcode, parts.concat()));
        self.words.extend(
            parts
                .into_iter()
                .skip(1)
                .map(|letters| (Field::Postcode, letters)),
        );
        self
    }

    /// Adds a phone number in E.164: found by its first digits, with or without the country code.
    #[must_use]
    pub fn with_phone(mut self, phone: &str) -> Self {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if let Some(national) = digits.strip_prefix("31") {
            self.phone_digits.push(format!("0{national}"));
        }
        self.phone_digits.push(format!("00{digits}"));
        self.phone_digits.push(digits);
        self
    }
}

/// What the person typed, folded.
#[derive(Debug, Clone)]
pub struct Query {
    /// Each has to match somewhere.
    chunks: Vec<Chunk>,
    /// The whole text read as a birth date.
    birth: Option<BirthDate>,
    /// The digits of the whole text, when it is written as a phone number.
    phone_digits: Option<String>,
}

/// A part of the query between spaces.
#[derive(Debug, Clone)]
struct Chunk {
    words: Vec<String>,
    /// The chunk as the beginning of a written date, days and months of two digits.
    date_prefixes: Vec<String>,
    /// The digits of the chunk, when it has nothing else but separators.
    digits: Option<String>,
}

impl Query {
    /// Folds what was typed. `today` settles the century of a birth date with two digits.
    #[must_use]
    pub fn parse(text: &str, today: Date) -> Self {
        let folded = fold(text);
        let chunks = folded
            .split_whitespace()
            .map(Chunk::parse)
            .filter(|chunk| !chunk.words.is_empty())
            .collect();
        let has_phone_form = folded.chars().all(|character| {
            character.is_ascii_digit()
                || character.is_whitespace()
                || matches!(character, '+' | '-' | '.' | '(' | ')')
        });
        let phone_digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        Self {
            chunks,
            birth: BirthDate::parse(text, today).ok(),
            phone_digits: (has_phone_form && phone_digits.len() >= DIGITS_MIN)
                .then_some(phone_digits),
        }
    }

    /// Whether nothing was typed that can be searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }
}

impl Chunk {
    fn parse(folded: &str) -> Self {
        let is_numeric = folded.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, '-' | '.' | '/' | '+')
        });
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        Self {
            words: words(folded).collect(),
            date_prefixes: date_prefixes(folded),
            digits: (is_numeric && digits.len() >= DIGITS_MIN).then_some(digits),
        }
    }

    fn find(&self, entry: &Entry) -> Option<Vec<Field>> {
        let by_words: Option<Vec<Field>> = self
            .words
            .iter()
            .map(|word| entry.find_word(word))
            .collect();
        let starts = |forms: &[String], start: &String| {
            forms.iter().any(|form| form.starts_with(start.as_str()))
        };
        let is_birth = |start: &String| starts(&entry.birth_forms, start);
        by_words
            .or_else(|| {
                self.date_prefixes
                    .iter()
                    .chain(&self.digits)
                    .any(is_birth)
                    .then(|| vec![Field::BirthDate])
            })
            .or_else(|| {
                let is_phone = self
                    .digits
                    .iter()
                    .any(|start| starts(&entry.phone_digits, start));
                is_phone.then(|| vec![Field::Phone])
            })
    }
}

impl Entry {
    fn find_word(&self, start: &str) -> Option<Field> {
        self.words
            .iter()
            .find(|(_, word)| word.starts_with(start))
            .map(|(field, _)| *field)
    }
}

/// The beginnings of a written date that `1-2` may stand for: `01-2` and `01-02`; none without a separator
/// between digits. Days and months get two digits, the part that is still being typed both ways.
fn date_prefixes(folded: &str) -> Vec<String> {
    let parts: Vec<&str> = folded.split(['-', '.', '/']).collect();
    let is_numeric = parts
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let (Some((last, done)), true) = (parts.split_last(), is_numeric) else {
        return Vec::new();
    };
    if !(1..=2).contains(&done.len()) || done.iter().any(|part| part.is_empty()) {
        return Vec::new();
    }
    let begin: String = done.iter().map(|part| format!("{part:0>2}-")).collect();
    let mut prefixes = vec![format!("{begin}{last}")];
    if last.len() == 1 {
        prefixes.push(format!("{begin}0{last}"));
    }
    prefixes
}

fn only(field: Field) -> BTreeSet<Field> {
    let mut fields = BTreeSet::new();
    fields.insert(field);
    fields
}

/// Whether every part of the query is found in the entry, and where; an empty query matches without a reason.
#[must_use]
pub fn matches(query: &Query, entry: &Entry) -> Option<BTreeSet<Field>> {
    if let (Some(asked), Some(birth)) = (&query.birth, &entry.birth)
        && has_same_parts(asked, birth)
    {
        return Some(only(Field::BirthDate));
    }
    if let Some(digits) = &query.phone_digits
        && entry
            .phone_digits
            .iter()
            .any(|phone| phone.starts_with(digits.as_str()))
    {
        return Some(only(Field::Phone));
    }
    let mut found = BTreeSet::new();
    for chunk in &query.chunks {
        found.extend(chunk.find(entry)?);
    }
    Some(found)
}

/// Whether what was asked is known and the same: `1934` finds every birth date of that year.
fn has_same_parts(asked: &BirthDate, birth: &BirthDate) -> bool {
    match asked {
        BirthDate::Year(year) => *year == birth.year(),
        BirthDate::Month(year, month) => *year == birth.year() && Some(*month) == birth.month(),
        BirthDate::Full(_) => asked == birth,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
