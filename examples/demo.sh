#!/usr/bin/env bash
# What the shipped policies decide for a handful of creators, a series draft and an effect, on one fixed day.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Colours for a person, none for a pipe.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    heading() { printf '\n\e[1;7m %s \e[0m\n\n' "$1"; }
else
    heading() { printf '\n=== %s ===\n\n' "$1"; }
fi

decide() {
    heading "$1"
    policyengine decide "${@:2}" --on 2024-06-01
}

decide 'A creator in South Africa' series examples/south-africa-eligible.json --check eligibility
decide 'An 18-year-old in South Korea' series examples/korea-18.json --check eligibility
decide 'A creator in Indonesia, in Indonesian' series examples/indonesia.json --check eligibility --lang id
decide '900 followers, and a course sold elsewhere' series examples/900-followers-with-link.json --check eligibility
decide 'A minor with 52,811 followers' series examples/minor.json --check eligibility
decide 'A creator who has not told everything' series examples/missing-facts.json --check eligibility
decide 'A series draft over its limits' series examples/series-over-limits.json --check limits
decide 'An effect that a million videos use' effect-creator-rewards examples/effect.json --check effect
