//! Languages in which the service speaks.

words! {
    /// ISO 639-1
    Language {
        Zh = "zh",
        En = "en",
    }
}
