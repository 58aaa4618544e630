"""How what is wrong is refused."""

import pytest

from bridge.base.errors import InputError


def refusal(function, *arguments, **options):
    """The message with which a call is refused; one line."""
    with pytest.raises(InputError) as caught:
        function(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message
