"""The house, in a test's transaction."""

import pytest

from .house import House, make_house


@pytest.fixture
def house(db: None) -> House:
    """Rolled back afterwards."""
    return make_house()
