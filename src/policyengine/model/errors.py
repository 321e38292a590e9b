"""What a caller sees when something is wrong: exceptions that name it.

An author's mistakes come as `InvalidPolicies`, which holds all diagnostics; a caller's name the fact or the word.
"""

from policyengine.model.diagnostic import Diagnostic


class PolicyEngineError(Exception):
    """Any error of this package."""


class InvalidPolicies(PolicyEngineError):  # noqa: N818 -- reads as what it says: `except InvalidPolicies`
    """The policies have errors; `diagnostics` holds every one, sorted by place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        first = "\n".join(str(diagnostic) for diagnostic in diagnostics[:10])
        rest = f"\n… and {len(diagnostics) - 10} more" if len(diagnostics) > 10 else ""
        super().__init__(first + rest)


class InvalidFact(PolicyEngineError, ValueError):  # noqa: N818 -- as above
    """A fact that was given cannot be read: undeclared, of another type, out of range, or contradicted.

    `fact` is its name (`series.videos[2].length`), `expected` what would do; `help` may hold the nearest name.
    """

    def __init__(self, fact: str, problem: str, expected: str | None = None, help: str | None = None) -> None:  # noqa: A002
        self.fact = fact
        self.problem = problem
        self.expected = expected
        self.help = help
        wanted = f"expected {expected}" if expected else None
        super().__init__(f"{fact}: " + "; ".join(part for part in (problem, wanted, help) if part))


class UnknownName(PolicyEngineError, LookupError):  # noqa: N818 -- as above
    """A program, check or region that does not exist; `help` may hold the nearest one."""

    def __init__(self, kind: str, name: str, help: str | None = None) -> None:  # noqa: A002 -- the field's word
        self.kind = kind
        self.name = name
        self.help = help
        super().__init__(f"no {kind} named `{name}`" + (f"; {help}" if help else ""))


class InvalidTable(PolicyEngineError, ValueError):  # noqa: N818 -- as above
    """A table that cannot be read, or be written; `expected` says what would do."""

    def __init__(self, problem: str, expected: str | None = None) -> None:
        self.problem = problem
        self.expected = expected
        super().__init__(problem + (f"; expected {expected}" if expected else ""))


class InvalidSide(PolicyEngineError, ValueError):  # noqa: N818 -- as above
    """What was named as rules to compare is none; `expected` says what would do."""

    def __init__(self, problem: str, expected: str | None = None) -> None:
        self.problem = problem
        self.expected = expected
        super().__init__(problem + (f"; expected {expected}" if expected else ""))


class InvalidQuestion(PolicyEngineError, ValueError):  # noqa: N818 -- as above
    """A question that cannot be asked of policies: of an expression that is none, or of rules that are not there."""
