"""`bridge completion`."""

import click
from click.shell_completion import get_completion_class

from bridge.cli.main import COMPLETION, commands


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what makes a shell complete commands and options.

    For bash, add `eval "$(bridge completion bash)"` to ~/.bashrc; for zsh, the same with zsh to ~/.zshrc; for fish,
    write it to ~/.config/fish/completions/bridge.fish.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    print(kind(commands, {}, "bridge", COMPLETION).source())
