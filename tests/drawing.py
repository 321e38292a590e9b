"""What generators of tests share: drawing one of several, and how many examples a test runs. Not a test."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]


def examples(number: int) -> settings:
    """Run a test on so many examples, on many more with the profile `fuzz`."""
    times = 10 if settings.get_current_profile_name() == "fuzz" else 1
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=number * times, deadline=None, suppress_health_check=slow)


@cache
def numbers_below(number: int) -> st.SearchStrategy[int]:
    """Give the whole numbers from 0 to one less."""
    return st.integers(0, number - 1)


def pick(draw: Draw, options: Sequence[T]) -> T:
    """Draw one of some options; the first is the simplest."""
    return options[draw(numbers_below(len(options)))]


def rarely(draw: Draw, one_in: int) -> bool:
    """Draw True once in so many times."""
    return bool(draw(numbers_below(one_in)) == one_in - 1)
