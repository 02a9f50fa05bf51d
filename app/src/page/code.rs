//! Stored codes of choices: what a radio or box carries as its value.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The stored code of a choice, such as `zvw`.
pub fn code<T: Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(Value::String(code)) => code,
        _ => String::new(),
    }
}

/// The choice behind a code.
pub fn choice<T: DeserializeOwned>(code: &str) -> Option<T> {
    serde_json::from_value(Value::String(code.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::edit::Funding;

    #[test]
    fn codes_round_trip_and_others_are_none() {
        assert_eq!(code(&Funding::Zvw), "zvw");
        assert_eq!(choice("wlz"), Some(Funding::Wlz));
        assert_eq!(choice::<Funding>("Wlz"), None);
    }
}
