"""What a built site holds of the form, as files in a folder. Not a test.

The same files stand in `assets/policyengine/` of the real site; here they can be imported by Node, or be looked at.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import policyengine
from policyengine.decide import Policies
from policyengine.site.form import Urls, form_scripts, form_styles, words_module
from policyengine.targets.javascript import program_module, scripts

NO_URLS = Urls({}, {})


def write_form(folder: Path, policies: Policies, urls: Urls = NO_URLS) -> Path:
    """Write the form's modules, those of the programs, and the words of every language; give their folder."""
    assets = folder / "assets" / "policyengine"
    compiled = policies.compiled
    texts = {**scripts(), **form_scripts(), **form_styles()}
    for name, program in compiled.programs.items():
        timelines = compiled.timelines[name]
        texts[f"programs/{name}.js"] = program_module(program, timelines, compiled.tree, compiled.vocabulary)
    for language in policies.words:
        texts[f"words/{language}.js"] = words_module(policies, language, urls)
    texts["package.json"] = '{"type": "module"}'
    for path, text in texts.items():
        file = assets / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return assets


def call(assets: Path, language: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Call functions of the form's modules in one run of Node: see `form_calls.mjs`."""
    asked = {"assets": str(assets), "language": language, "calls": calls}
    script = Path(__file__).parent / "form_calls.mjs"
    run = subprocess.run(
        ["node", str(script)], input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    answers: list[Any] = json.loads(run.stdout)
    assert len(answers) == len(calls)
    return answers


HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ config }} {% raw %} {Day} {0}",
    'it\'s "quoted" \\ `${ back }` $& $1',
    "# [a](javascript:alert(1)) **bold** <!-- | x |",
    "\u202eright to left\u200f مرحبا \u2066",
    "\u2028\u2029 😀 &amp;lt;",
)
"""Texts that have broken somebody's page; no author may."""


def hostile_policies(folder: Path) -> Policies:
    """Load the shipped policies with hostile words in the place of the authors' own."""
    target = folder / "hostile"
    shutil.copytree("policies", target)
    (target / "published.lock").unlink()
    for file in (*target.glob("facts/*.yaml"), *target.glob("*/program.yaml"), *target.glob("*/*/*.yaml")):
        text = file.read_text("utf-8")
        file.write_text(_WORDS.sub(_hostile, text), "utf-8")
    return policyengine.load(target)


def _hostile(found: re.Match[str]) -> str:
    """Put something hostile behind what was said, the same each time."""
    said = (found["said"] or found["words"]).strip("\"'")
    worse = HOSTILE[len(said) % len(HOSTILE)]
    quoted = json.dumps(f"{said} {worse}", ensure_ascii=False)
    # a file may not hold these characters, but it may name them
    return (found["key"] or found["first"]) + _TURNING.sub(lambda one: f"\\u{ord(one[0]):04x}", quoted)


_TURNING = re.compile("[\u2028\u2029\u200f\u202e\u2066]")


_WORDS = re.compile(
    r"^(?P<key> +(?:en|id): )(?P<said>[^>\n]+)$|(?<=\{)(?P<first>en: )(?P<words>[^,}]+)(?=, id: )", re.MULTILINE
)
"""A text in a language: on a line of its own, or in a map on one line."""
