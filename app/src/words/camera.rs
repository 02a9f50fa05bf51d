//! Words of reading a QR code with the camera.

use crate::platform::camera::CameraError;

/// The browser was asked for the camera.
pub fn starting() -> &'static str {
    "De camera start."
}

/// The camera looks.
pub fn aim() -> &'static str {
    "Houd de QR-code in beeld."
}

/// A code was read.
pub fn read() -> &'static str {
    "De QR-code is gelezen."
}

/// A QR code was read that does not belong here; the camera looks on.
pub fn other_code() -> &'static str {
    "Dit is een andere QR-code. Houd de juiste QR-code in beeld."
}

/// Heading of what is wrong.
pub fn heading() -> &'static str {
    "De camera werkt nu niet"
}

/// Why the camera gives no picture, and what helps.
pub fn problem(error: CameraError) -> &'static str {
    match error {
        CameraError::Insecure => "De camera werkt alleen op een adres dat begint met https.",
        CameraError::Missing => "Er is geen camera gevonden op dit apparaat.",
        CameraError::Refused => {
            "De app mag de camera niet gebruiken. Geef toestemming in de browser."
        }
        CameraError::Busy => "De camera is bezet. Sluit andere apps die de camera gebruiken.",
        CameraError::NoPicture => "De camera geeft geen beeld. Probeer het opnieuw.",
        CameraError::Unreadable => "Dit apparaat kan geen QR-codes lezen.",
    }
}

/// What always remains possible.
pub fn type_instead() -> &'static str {
    "Je kunt de code ook typen."
}

/// Asks for the camera once more.
pub fn again() -> &'static str {
    "Opnieuw proberen"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails to compile when a variant is added, so that the list below is looked at.
    fn count(error: CameraError) -> usize {
        match error {
            CameraError::Insecure
            | CameraError::Missing
            | CameraError::Refused
            | CameraError::Busy
            | CameraError::NoPicture
            | CameraError::Unreadable => 6,
        }
    }

    #[test]
    fn each_problem_of_the_camera_has_short_sentences_of_its_own() {
        let every = [
            CameraError::Insecure,
            CameraError::Missing,
            CameraError::Refused,
            CameraError::Busy,
            CameraError::NoPicture,
            CameraError::Unreadable,
        ];
        let mut seen = std::collections::BTreeSet::new();
        for error in every {
            let text = problem(error);
            assert!(text.ends_with('.'), "{error:?}: {text}");
            for sentence in text.split_terminator('.') {
                let words = sentence.split_whitespace().count();
                assert!((1..=15).contains(&words), "{error:?}: {sentence}");
            }
            seen.insert(text);
        }
        assert_eq!(seen.len(), count(CameraError::Busy));
    }
}
