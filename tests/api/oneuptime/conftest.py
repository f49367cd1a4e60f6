"""The house, in a test's transaction or with real commits."""

import pytest

from .house import House, make_house


@pytest.fixture
def house(db: None) -> House:
    """Rolled back afterwards."""
    return make_house()


@pytest.fixture
def committed_house(committed_db: str) -> House:
    """In a database of its own."""
    return make_house()
