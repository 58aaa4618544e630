"""Temporary folders are gone when their block is left, whenever Ctrl-C comes."""

import os
import signal
import threading

import pytest

from bridge.base.interrupts import interrupts_held_back, temporary_folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_a_temporary_folder_is_removed_takes_effect_afterwards(tmp_path, monkeypatch, number):
    remove = os.unlink
    monkeypatch.setattr(
        os, "unlink", lambda *names, **options: (signal.raise_signal(number), remove(*names, **options))
    )
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), temporary_folder("some-", tmp_path) as folder:
            (folder / "file").touch()
            (folder / "other").touch()
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_within_the_block_removes_the_folder(tmp_path):
    with pytest.raises(KeyboardInterrupt), temporary_folder("some-", tmp_path) as folder:
        assert folder.parent == tmp_path
        (folder / "file").touch()
        signal.raise_signal(signal.SIGINT)
    assert list(tmp_path.iterdir()) == []


def test_a_thread_that_no_interruption_reaches_holds_none_back():
    def work():
        with interrupts_held_back():
            handlers.append(signal.getsignal(signal.SIGINT))

    handlers = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]
