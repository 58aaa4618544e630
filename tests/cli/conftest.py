"""What tests of commands share."""

import pytest

from bridge.cli.main import main


@pytest.fixture
def succeed(capsys):
    """What a command prints that ends well."""

    def run(*arguments):
        code = main(arguments)
        output = capsys.readouterr()
        assert code == 0, output.err
        return output

    return run
