"""Comparing an export from pixels with the encoder's file and the data set, and not with what the artifact kept."""

from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from bridge.artifact.pixels import EncoderLayer
from bridge.base.errors import InputError
from bridge.base.remote import RemoteFile
from bridge.check.pixels.origin import Origin, read_layers
from bridge.check.verify import verify
from support.artifacts import make_artifact, stored
from support.exports import rendered
from support.lean_files import write
from support.pixel_exports import plain_artifact, rendered_pixels
from support.pixels import make_images, make_layers

BANNER = ("Generated.lean", 7)


def differences(folder, artifact, **origin):
    """What differs in the export of an artifact, in the banner of the root file and elsewhere."""
    root = write(folder, rendered_pixels(folder, artifact))
    outcome = verify(root, stored(folder, artifact), origin=Origin(**origin))
    in_banner = [each for each in outcome.differences if (each.place.file.name, each.place.line) == BANNER]
    others = {each.what for each in outcome.differences if each not in in_banner}
    return [(each.what, each.found, each.required) for each in in_banner], others


def data_set(artifact, size=9):
    """A data set with the images of an artifact, which says where they are in it, and others."""
    images = make_images(size, *artifact.pixels.images.shape[1:], seed=5)
    images[artifact.sample_indices] = artifact.pixels.images
    return images


def test_the_model_and_the_images_of_an_artifact_agree_with_its_export(tmp_path):
    artifact = plain_artifact()
    origin = {"layers": artifact.pixels.layers, "images": data_set(artifact)}
    assert differences(tmp_path, artifact, **origin) == ([], set())


def test_an_artifact_with_another_image_than_the_data_set_has_is_named(tmp_path):
    artifact = plain_artifact(scored=())
    images = data_set(artifact)
    images[artifact.sample_indices[3], 1, 2] ^= 1
    banner, others = differences(tmp_path, artifact, images=images, images_from="the data set D")
    place = artifact.sample_indices[3]
    assert banner == [("the artifact's image of sample 3", "another one", f"image {place} of the data set D")]
    assert "images[3]: the pixel in row 1, column 2" in others


@pytest.mark.parametrize(("name", "place"), [("weight", (2, 5)), ("bias", (3,))])
def test_an_artifact_with_another_weight_than_the_model_has_is_named(tmp_path, name, place):
    artifact = plain_artifact()
    first, second = artifact.pixels.layers
    changed = getattr(first, name).copy()
    changed[place] = 17
    banner, others = differences(
        tmp_path, artifact, layers=(replace(first, **{name: changed}), second), layers_from="model.st"
    )
    kept = str(getattr(first, name)[place])
    assert banner == [(f"the artifact's {name} of layer 1 at {list(place)}", kept, "17.0, as in model.st")]
    assert any(what.startswith("layer 1: ") for what in others)


def test_weights_are_shown_in_as_few_digits_as_tell_them_apart(tmp_path):
    near = np.nextafter(np.float32(0.1), np.float32(1))
    layer = EncoderLayer(np.full((2, 6), 0.1, np.float32), np.ones(2, np.float32))
    artifact = plain_artifact()
    artifact = replace(artifact, pixels=replace(artifact.pixels, layers=(layer,)))
    banner, _ = differences(tmp_path, artifact, layers=(replace(layer, weight=np.full((2, 6), near)),), layers_from="f")
    assert banner == [("the artifact's weight of layer 1 at [0, 0]", "0.1", "0.10000001, as in f")]


def test_a_zero_of_the_other_sign_is_another_weight_in_the_artifact_alone(tmp_path):
    layer = EncoderLayer(np.zeros((2, 6), np.float32), np.ones(2, np.float32))
    artifact = plain_artifact()
    artifact = replace(artifact, pixels=replace(artifact.pixels, layers=(layer,)))
    other = EncoderLayer(-layer.weight, layer.bias)
    assert differences(tmp_path, artifact, layers=(other,), layers_from="f") == (
        [("the artifact's weight of layer 1 at [0, 0]", "0.0", "-0.0, as in f")],
        set(),
    )


def test_weights_of_another_type_are_others_in_the_artifact_alone(tmp_path):
    artifact = plain_artifact()
    layers = tuple(EncoderLayer(layer.weight.astype(np.float64), layer.bias) for layer in artifact.pixels.layers)
    banner, others = differences(tmp_path, artifact, layers=layers, layers_from="f")
    assert banner[0] == (
        "the artifact's weight of layer 1",
        "float32 of shape (4, 6)",
        "float64 of shape (4, 6), as in f",
    )
    assert others == set()


def test_another_number_of_layers_is_named(tmp_path):
    artifact = plain_artifact()
    banner, others = differences(tmp_path, artifact, layers=make_layers(6, 2), layers_from="f")
    assert banner == [("the artifact's layers", "2", "1, as in f")]
    assert "the layers of the encoder" in others


def test_images_of_another_height_are_named_in_the_export(tmp_path):
    artifact = plain_artifact()
    banner, others = differences(tmp_path, artifact, images=data_set(artifact).reshape(-1, 3, 2))
    assert banner == []
    assert "images: height" in others


def test_the_record_says_what_was_compared_with(tmp_path):
    artifact = plain_artifact()
    root, record = write(tmp_path, rendered_pixels(tmp_path, artifact)), stored(tmp_path, artifact)
    kept = "the artifact's copy"
    assert verify(root, record).record()["pixels"] == {"encoder": kept, "images": kept}
    origin = Origin(layers=artifact.pixels.layers, layers_from="a.st")
    assert verify(root, record, origin=origin).record()["pixels"] == {"encoder": "a.st", "images": kept}


def test_the_record_of_another_export_says_nothing_of_pixels(tmp_path):
    artifact = make_artifact()
    root = write(tmp_path, rendered(tmp_path, artifact))
    assert "pixels" not in verify(root, stored(tmp_path, artifact)).record()


def test_an_export_that_is_not_from_pixels_has_nothing_to_compare_with_a_model(tmp_path):
    artifact = make_artifact()
    root = write(tmp_path, rendered(tmp_path, artifact))
    with pytest.raises(InputError) as caught:
        verify(root, stored(tmp_path, artifact), origin=Origin())
    assert str(caught.value) == (
        f"{root} is about latents, and says nothing of images and their encoder; an export from pixels is required to "
        "compare it with a model and images; leave them out, or export with --from-pixels"
    )


def test_a_data_set_with_fewer_images_than_the_artifact_is_refused(tmp_path):
    artifact = plain_artifact()
    with pytest.raises(InputError) as caught:
        differences(tmp_path, artifact, images=make_images(4, 2, 3), images_from="the data set D")
    assert str(caught.value) == (
        "the data set D has 4 images, and a sample of the artifact is number 4 of it; the data set that the artifact "
        "was made from is required; name that one"
    )


def test_layers_with_other_outputs_than_the_latents_have_dimensions_are_refused(tmp_path):
    artifact = plain_artifact()
    with pytest.raises(InputError) as caught:
        differences(tmp_path, artifact, layers=make_layers(6, 4, 3))
    assert str(caught.value) == (
        "the last layer has 3 outputs and the latents 2 dimensions; as many are required; pass the layers that the "
        "latents come from"
    )


# Files


def saved(folder, **arrays):
    path = folder / "model.safetensors"
    safetensors.numpy.save_file({name.replace("_", "."): array for name, array in arrays.items()}, path)
    return path


def refusal(path, *names):
    with pytest.raises(InputError) as caught:
        read_layers(path, names)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_layers_are_read_bit_for_bit(tmp_path, dtype):
    first, second = make_layers(6, 4, 2, dtype=dtype)
    path = saved(
        tmp_path, a_weight=first.weight, a_bias=first.bias, b_weight=second.weight, b_bias=second.bias, c=first.bias
    )
    for layer, kept in zip(read_layers(path, ("a", "b")), (first, second), strict=True):
        np.testing.assert_array_equal(layer.weight, kept.weight, strict=True)
        np.testing.assert_array_equal(layer.bias, kept.bias, strict=True)


def test_a_layer_without_a_bias_has_zeros(tmp_path):
    (layer,) = read_layers(saved(tmp_path, a_weight=np.ones((2, 3), np.float16)), ("a",))
    np.testing.assert_array_equal(layer.bias, np.zeros(2, np.float16), strict=True)


def test_a_layer_that_is_not_in_the_file_is_named(tmp_path):
    path = saved(tmp_path, a_weight=np.ones((2, 3)))
    assert refusal(path, "a", "b") == (
        f"{path} has no array 'b.weight'; the layers of the encoder are required; name them as the file does"
    )


def test_layers_in_another_order_are_refused(tmp_path):
    path = saved(tmp_path, a_weight=np.ones((2, 3)), b_weight=np.ones((1, 2)))
    assert refusal(path, "b", "a") == (
        f"{path}: a has 3 inputs and the layer before it 1 outputs; as many are required; name the layers in their "
        "order"
    )


def test_what_is_no_file_of_safetensors_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(b"PK")
    assert refusal(path, "a").startswith(f"{path} cannot be read (")
    assert refusal(path, "a").endswith(
        "); a file of safetensors with floats of 16, 32 or 64 bits is required; save the state dict as such"
    )


FILE = "a file of safetensors with floats of 16, 32 or 64 bits is required"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "none"
    assert refusal(path, "a") == f"{path} does not exist; {FILE}; check the path"


def test_a_device_is_not_opened(tmp_path):
    (tmp_path / "link").symlink_to("/dev/zero")
    assert refusal(tmp_path / "link", "a") == (f"{tmp_path / 'link'} is a device; {FILE}; save its content as a file")


def test_a_file_elsewhere_is_refused():
    path = RemoteFile("https://host/model.safetensors")
    assert refusal(path, "a") == f"{path} is an address; {FILE}; copy the file to a folder here"


def test_arrays_that_are_no_layer_are_named(tmp_path):
    path = saved(tmp_path, a_weight=np.ones((2, 3)), b_weight=np.ones((3, 1, 3, 3)), c_weight=np.full((1, 2), np.nan))
    assert refusal(path, "a", "b").startswith(f"{path}: b: a layer has a weight of shape (3, 1, 3, 3) and a bias of ")
    assert refusal(path, "a", "c").startswith(f"{path}: c: `weight[0, 0]` is NaN; ")
