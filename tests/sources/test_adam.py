"""Adam makes the steps of PyTorch's own class, to the bit, and does not load PyTorch's compiler."""

import pytest
import torch

from bridge.sources.adam import Adam
from bridge.sources.training import Trainer, TrainingOptions
from bridge.sources.vae import MLPVAE
from support import forked

DEVICES = [torch.device(name) for name in ("cpu", "cuda") if name == "cpu" or torch.cuda.is_available()]
on_each_device = pytest.mark.parametrize("device", DEVICES, ids=str)
RATE = 0.01


def model(device):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return MLPVAE(3).to(device)


def with_gradients(vae, number):
    """Set gradients of any size, the same at every call with this number."""
    random = torch.Generator().manual_seed(number)
    for parameter in vae.parameters():
        parameter.grad = (torch.randn(parameter.shape, generator=random) * 10.0 ** (number % 7 - 3)).to(parameter)


def bits(tensors):
    return [tensor.detach().cpu().numpy().tobytes() for tensor in tensors]


@on_each_device
def test_the_steps_and_the_moments_are_those_of_the_class_in_pytorch(device):
    one, other = model(device), model(device)
    ours, theirs = Adam(one.parameters(), RATE), torch.optim.Adam(other.parameters(), lr=RATE)
    for number in range(20):
        for vae, adam in ((one, ours), (other, theirs)):
            with_gradients(vae, number)
            adam.step()
        assert bits(one.parameters()) == bits(other.parameters())
    state = theirs.state_dict()["state"]
    assert [{name: bits([tensor]) for name, tensor in moments.items()} for moments in ours.moments] == [
        {name: bits([tensor]) for name, tensor in moments.items()} for moments in state.values()
    ]


@on_each_device
def test_moments_of_another_are_gone_on_with_and_are_copied(device):
    one, other = model(device), model(device)
    first, second = Adam(one.parameters(), RATE), Adam(other.parameters(), RATE)
    with_gradients(one, 1)
    first.step()
    other.load_state_dict(one.state_dict())
    second.restore([{name: values.cpu() for name, values in moments.items()} for moments in first.moments])
    kept = [bits(moments.values()) for moments in first.moments]
    with_gradients(other, 2)
    second.step()
    assert [bits(moments.values()) for moments in first.moments] == kept
    with_gradients(one, 2)
    first.step()
    assert bits(one.parameters()) == bits(other.parameters())


def test_gradients_that_are_forgotten_are_none():
    vae = model(DEVICES[0])
    with_gradients(vae, 0)
    Adam(vae.parameters(), RATE).forget_gradients()
    assert [parameter.grad for parameter in vae.parameters()] == [None] * len([*vae.parameters()])


def test_a_training_loads_no_compiler(tmp_path):
    code = """if True:
        import sys
        import torch
        from bridge.sources.training import TrainingOptions, train
        train(torch.zeros(3, 1, 28, 28), TrainingOptions(d=1, epochs=1), torch.device("cpu"))
        assert "torch._dynamo" not in sys.modules
    """
    forked.finish(code, cwd=tmp_path)


def test_a_trainer_has_moments_after_its_first_step_alone():
    trainer = Trainer(torch.zeros(3, 1, 28, 28), TrainingOptions(d=1, epochs=1), DEVICES[0])
    assert not [name for name in trainer.state() if name.startswith("adam.")]
    trainer.train_epoch()
    of_adam = [name for name in trainer.state() if name.startswith("adam.")]
    assert len(of_adam) == 3 * len([*trainer.vae.parameters()])
