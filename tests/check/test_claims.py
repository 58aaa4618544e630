"""What the banner of an export asks for."""

from types import SimpleNamespace

import pytest

from bridge.check.claims import TWINS, asked_in


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ("", {}),
        (" --r2", {"determination": ""}),
        (" --alpha 1/10", {"quantile": "1/10"}),
        (" --r2 --alpha 1/10", {"determination": "", "quantile": "1/10"}),
        (" --r2-adjusted", {"adjusted": ""}),
        (" --r2 --r2-adjusted", {"determination": "", "adjusted": ""}),
    ],
)
def test_a_kind_is_asked_for_by_its_whole_option(monkeypatch, options, asked):
    monkeypatch.setattr("bridge.check.claims.TWINS", [*TWINS, SimpleNamespace(name="adjusted", option="--r2-adjusted")])
    assert asked_in(options) == asked
