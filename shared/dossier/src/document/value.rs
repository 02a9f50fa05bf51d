//! The plain values a document holds, and the batches that write them.

use std::collections::BTreeMap;

use automerge::ScalarValue;

/// A value of a register or of a field of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scalar {
    /// Text; replaced whole, never merged by letters.
    Text(String),
    /// Whole number; times are ms since the epoch, UTC.
    Int(i64),
    /// Yes or no.
    Bool(bool),
}

impl Scalar {
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(is_so) => Some(*is_so),
            _ => None,
        }
    }
}

impl From<Scalar> for ScalarValue {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::Str(text.into()),
            Scalar::Int(number) => Self::Int(number),
            Scalar::Bool(is_so) => Self::Boolean(is_so),
        }
    }
}

/// `None` for a type this version does not know.
pub(crate) fn scalar(value: &automerge::Value<'_>) -> Option<Scalar> {
    match value.as_scalar()? {
        ScalarValue::Str(text) => Some(Scalar::Text(text.to_string())),
        ScalarValue::Int(number) => Some(Scalar::Int(*number)),
        ScalarValue::Uint(number) => i64::try_from(*number).ok().map(Scalar::Int),
        ScalarValue::Boolean(is_so) => Some(Scalar::Bool(*is_so)),
        _ => None,
    }
}

/// The fields of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry(BTreeMap<String, Scalar>);

impl Entry {
    /// The same entry with a text; an empty text is left out.
    pub(crate) fn with_text(mut self, name: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.insert(name.to_owned(), Scalar::Text(text));
        }
        self
    }

    /// The same entry with a text, an empty one too.
    pub(crate) fn with_any_text(mut self, name: &str, text: String) -> Self {
        self.0.insert(name.to_owned(), Scalar::Text(text));
        self
    }

    /// The same entry with a number.
    pub(crate) fn with_int(mut self, name: &str, number: i64) -> Self {
        self.0.insert(name.to_owned(), Scalar::Int(number));
        self
    }

    /// The same entry with a yes; a no is left out.
    pub(crate) fn with_flag(mut self, name: &str, is_so: bool) -> Self {
        if is_so {
            self.0.insert(name.to_owned(), Scalar::Bool(true));
        }
        self
    }

    pub(crate) fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Scalar::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    pub(crate) fn find_text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned().and_then(Scalar::into_text)
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Scalar::as_int)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Scalar::as_bool).unwrap_or(false)
    }

    /// Texts whose name begins with `prefix`, by the rest of their name.
    pub(crate) fn texts<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, scalar)| match scalar {
                Scalar::Text(text) => Some((name.strip_prefix(prefix)?, text.as_str())),
                _ => None,
            })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Scalar)> {
        self.0.iter().map(|(name, scalar)| (name.as_str(), scalar))
    }
}

impl FromIterator<(String, Scalar)> for Entry {
    fn from_iter<I: IntoIterator<Item = (String, Scalar)>>(fields: I) -> Self {
        let mut entry = BTreeMap::new();
        entry.extend(fields);
        Self(entry)
    }
}

/// One step of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Write {
    /// Set a register.
    Register(String, Scalar),
    /// Put a new entry.
    Entry(String, Entry),
    /// Set one field of an entry that is there.
    InEntry(String, String, Scalar),
}

impl Write {
    pub(crate) fn text(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Register(key.into(), Scalar::Text(text.into()))
    }
}
