"""What each diagnostic is about, in each language: one TOML file a language, the same keys in all."""
