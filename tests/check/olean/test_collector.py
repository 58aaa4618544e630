"""The collector of garbage is held back while nodes are made, and is afterwards as it was before."""

import gc

import pytest

from bridge.check.olean.collector import collector_held_back


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_is_held_back_and_then_as_before(is_enabled):
    try:
        if not is_enabled:
            gc.disable()
        with collector_held_back():
            assert not gc.isenabled()
        assert gc.isenabled() == is_enabled
        with pytest.raises(KeyError), collector_held_back():
            raise KeyError
        assert gc.isenabled() == is_enabled
    finally:
        gc.enable()
