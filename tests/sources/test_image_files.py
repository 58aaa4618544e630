"""Images of the user's own: folders and array files, what is made of them, and what is refused."""

import io
import os
import re
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from bridge.sources import image_files
from bridge.sources.images import load_images
from support.idx import write_idx
from support.memory import run_python
from support.refusals import refusal as refusal_of

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (5, 28, 28), dtype=np.uint8)
LEVELS = PIXELS.astype(np.float32) / np.float32(255)


def refusal(name, **options):
    """The message with which a data set is refused; one line."""
    return refusal_of(lambda: load_images(str(name), **options))


def folder_of(folder, pixels, suffix=".png"):
    folder.mkdir(exist_ok=True)
    for number, image in enumerate(pixels):
        Image.fromarray(image).save(folder / f"{number}{suffix}")
    return folder


def levels(name):
    return load_images(str(name)).images[:, 0].numpy()


# What is the same for every kind of file


def test_the_same_pixels_are_the_same_data_set_in_whatever_file_they_are(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", PIXELS)
    np.save(tmp_path / "bytes.npy", PIXELS)
    np.save(tmp_path / "floats.npy", LEVELS)
    np.save(tmp_path / "wide.npy", LEVELS.astype(np.float64))
    np.save(tmp_path / "columns.npy", np.asfortranarray(PIXELS))
    np.save(tmp_path / "big-endian.npy", LEVELS.astype(">f4"))
    np.save(tmp_path / "channel.npy", PIXELS[:, None])
    np.savez(tmp_path / "stored.npz", PIXELS)
    np.savez_compressed(tmp_path / "packed.npz", images=PIXELS)
    np.savez(tmp_path / "several.npz", images=PIXELS, labels=np.arange(5))
    for suffix in (".png", ".bmp", ".tif", ".pgm"):
        folder_of(tmp_path / suffix[1:], PIXELS, suffix)
    names = (
        "bytes.npy floats.npy wide.npy columns.npy big-endian.npy channel.npy stored.npz packed.npz several.npz:images"
    )
    sets = [load_images(str(tmp_path / name)) for name in [*names.split(), "png", "bmp", "tif", "pgm"]]
    expected = load_images(f"mnist:{tmp_path}")
    for images in sets:
        assert (images.name, images.notes) == ("images", ())
        assert images.sha256 == expected.sha256
        assert np.array_equal(images.images, expected.images)


def test_a_limit_keeps_the_first_images_and_the_sha256_of_all(tmp_path):
    folder_of(tmp_path, PIXELS)
    whole, part = load_images(str(tmp_path)), load_images(str(tmp_path), limit=2)
    assert np.array_equal(part.images, whole.images[:2])
    assert part.indices.tolist() == [0, 1]
    assert part.sha256 == whole.sha256
    assert refusal(tmp_path, limit=6).startswith("a limit of 6 images was given; between 1 and 5 are in the data set")


@pytest.mark.parametrize("name", ["none", "none.npz", "none.npz:images", "images.npy:images", "a" * 300, "nul\0"])
def test_what_is_not_there_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    np.save("images.npy", PIXELS)
    assert refusal(name) == (
        f"data set {name!r} is unknown, and no folder or file has this name; `mnist`, `mnist:DIR`, `digits`, `random`, "
        "a folder of images, or an .npy or .npz file is required; choose one of them"
    )


def test_a_data_set_goes_before_a_folder_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder_of(tmp_path / "digits", PIXELS)
    assert load_images("digits").name == "digits"
    assert load_images("./digits").name == "images"


@pytest.mark.parametrize("name", ["one.png", "images.txt", "images"])
def test_a_file_of_another_kind_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"something")
    assert refusal(tmp_path / name) == (
        f"{tmp_path / name} is no folder and no .npy or .npz file; a folder of images or an array file is required; "
        "put single images into a folder"
    )


# Folders


def test_the_images_of_a_folder_are_in_the_order_of_their_names(tmp_path):
    for name, image in zip(["b.png", "a.png", "B.PNG", "10.png", "9.png"], PIXELS, strict=True):
        Image.fromarray(image).save(tmp_path / name)
    assert np.array_equal(levels(tmp_path), LEVELS[[3, 4, 2, 1, 0]])


def test_other_files_hidden_ones_and_folders_are_passed_over(tmp_path):
    folder_of(tmp_path, PIXELS)
    (tmp_path / "labels.csv").write_text("5\n0\n")
    (tmp_path / ".3.png").write_bytes(b"not for us")
    (tmp_path / "7.png").mkdir()
    assert np.array_equal(levels(tmp_path), LEVELS)


@pytest.mark.parametrize("content", [(), ("labels.csv", ".hidden.png", "train-images-idx3-ubyte")])
def test_a_folder_without_images_is_refused(tmp_path, content):
    for name in content:
        (tmp_path / name).write_bytes(b"")
    assert refusal(tmp_path) == (
        f"{tmp_path} has no images; files that end in .png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .webp, .pgm are "
        "required; name the folder that holds them"
    )


def test_a_folder_with_more_images_than_fit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(image_files, "MOST_IMAGES", 2)
    for name in ("0.png", "1.png", "2.png"):
        (tmp_path / name).write_bytes(b"")
    assert refusal(tmp_path) == f"{tmp_path} has 3 images; at most 2 are read, 4 GiB in memory; take a part of them"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can search every folder")
def test_a_folder_that_cannot_be_searched_is_refused(tmp_path):
    tmp_path.chmod(0)
    assert refusal(tmp_path).startswith(f"{tmp_path} cannot be searched (Permission denied); a folder of images is")
    tmp_path.chmod(0o700)


def test_colours_become_grey_by_their_luma(tmp_path):
    colours = np.zeros((28, 28, 3), np.uint8)
    colours[:, :10], colours[:, 10:20], colours[:, 20:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    Image.fromarray(colours).save(tmp_path / "colours.png")
    (image,) = levels(tmp_path)
    np.testing.assert_allclose(image[0, [0, 10, 20]], [0.299, 0.587, 0.114], atol=1 / 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_black_and_white_are_0_and_1_in_every_mode(tmp_path, mode):
    image = np.zeros((28, 28), np.uint8)
    image[5:20, 10:13] = 255
    suffix = ".tif" if mode == "CMYK" else ".png"
    Image.fromarray(image).convert("RGB").convert(mode.removesuffix("A")).convert(mode).save(tmp_path / f"a{suffix}")
    assert np.array_equal(levels(tmp_path)[0], image / 255)


def test_grey_levels_of_16_bits_are_divided_by_the_largest(tmp_path):
    image = RANDOM.integers(0, 2**16, (28, 28), dtype=np.uint16)
    image[0, 0], image[0, 1] = 0, 65535
    Image.fromarray(image).save(tmp_path / "a.png")
    assert np.array_equal(levels(tmp_path)[0], image.astype(np.float32) / np.float32(65535))


def test_a_photograph_is_turned_as_it_says(tmp_path):
    image = Image.fromarray(PIXELS[0])
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    image.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(levels(tmp_path)[0], np.rot90(LEVELS[0], -1))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_refused(tmp_path, mode):
    image = Image.fromarray(PIXELS[0]).convert(mode)
    image.putalpha(Image.fromarray(np.where(PIXELS[0] < 250, 255, 254).astype(np.uint8)))
    image.save(tmp_path / "a.png")
    assert refusal(tmp_path) == (
        f"{tmp_path / 'a.png'} is transparent in part; an opaque image is required; save it on a background"
    )


@pytest.mark.parametrize("suffix", [".gif", ".tif", ".png", ".webp"])
def test_several_frames_are_refused(tmp_path, suffix):
    first, *others = (Image.fromarray(image) for image in PIXELS[:3])
    first.save(tmp_path / f"a{suffix}", save_all=True, append_images=others)
    assert refusal(tmp_path) == (
        f"{tmp_path / f'a{suffix}'} has 3 frames; a single image is required; save each as a file"
    )


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_pixels_of_32_bits_are_refused(tmp_path, dtype):
    Image.fromarray(PIXELS[0].astype(dtype)).save(tmp_path / "a.tif")
    assert refusal(tmp_path) == (
        f"{tmp_path / 'a.tif'} has pixels of 32 bits, whose range is not known; 8 or 16 bits are required; save it as "
        "a PNG"
    )


def png():
    file = io.BytesIO()
    Image.fromarray(PIXELS[0]).save(file, "PNG")
    return file.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def enormous_png(side=60_000):
    """A PNG of a few bytes whose header says that it is large."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "UnidentifiedImageError: cannot identify image file "),
        (b"no image at all", "UnidentifiedImageError: cannot identify image file "),
        (png()[:-40], "OSError: "),
        (png()[: len(png()) // 2], "OSError: "),
        (png()[:60] + bytes(20) + png()[80:], "OSError: broken data stream "),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 28 28\n", "UnidentifiedImageError: cannot identify image file "),
        (enormous_png(), "DecompressionBombError: Image size (3600000000 pixels) exceeds limit"),
        (enormous_png(10_000), "DecompressionBombWarning: Image size (100000000 pixels) exceeds limit"),
    ],
    ids=["empty", "text", "end cut", "half", "damaged", "another format", "bomb", "small bomb"],
)
def test_a_damaged_image_is_refused_by_its_name(tmp_path, data, reason):
    folder_of(tmp_path, PIXELS)
    (tmp_path / "3.png").write_bytes(data)
    message = refusal(tmp_path)
    assert message.startswith(f"{tmp_path / '3.png'} cannot be read as an image ({reason}")
    assert message.endswith("); a whole image file is required; replace or remove it")


# Sizes


def test_images_of_another_size_are_resized_and_the_note_says_which(tmp_path):
    folder_of(tmp_path, [PIXELS[0], np.zeros((40, 32), np.uint8), PIXELS[1], *np.zeros((2, 8, 8), np.uint8)])
    images = load_images(str(tmp_path))
    assert images.images.shape == (5, 1, 28, 28)
    assert np.array_equal(images.images[[0, 2], 0], LEVELS[:2])
    assert images.notes == (
        "3 of 5 images were resized to 28×28 (height×width) by the bilinear filter: 2 of 8×8, 1 of 40×32",
    )


def test_a_note_of_many_sizes_is_short(tmp_path):
    folder_of(tmp_path, [np.full((side, 20), 255, np.uint8) for side in range(10, 20)])
    (note,) = load_images(str(tmp_path)).notes
    assert note.startswith("10 of 10 images were resized to 28×28 ")
    assert note.endswith("1 of 14×20, others of 5 more sizes")


def test_an_array_of_another_size_is_resized_bilinearly(tmp_path):
    np.save(tmp_path / "digits.npy", load_digits().images / 16)
    images, digits = load_images(str(tmp_path / "digits.npy")), load_images("digits")
    np.testing.assert_allclose(images.images, digits.images, atol=1e-6)
    assert images.notes == (
        "1797 of 1797 images were resized to 28×28 (height×width) by the bilinear filter: 1797 of 8×8",
    )


def test_making_an_image_smaller_averages_over_all_its_pixels(tmp_path):
    fine = RANDOM.random((1, 280, 560))
    np.save(tmp_path / "a.npy", fine)
    found = levels(tmp_path / "a.npy")[0]
    # The triangle of twice the width of a pixel, in both directions.
    weights = {down: np.clip(1 - abs((np.arange(size) + 0.5) / size * 28 - 14.5), 0, 1) for down, size in
               (("rows", 280), ("columns", 560))}  # fmt: skip
    expected = weights["rows"] @ fine[0] @ weights["columns"] / weights["rows"].sum() / weights["columns"].sum()
    assert found[14, 14] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("grey", [0, 0.1, 1])
@pytest.mark.parametrize("size", [(1, 1), (3, 500), (29, 27)])
def test_resizing_stays_in_the_unit_interval(tmp_path, grey, size):
    np.save(tmp_path / "a.npy", np.full((1, *size), float(grey)))
    found = levels(tmp_path / "a.npy")
    np.testing.assert_allclose(found, np.float32(grey), atol=1e-6)
    assert 0 <= found.min() <= found.max() <= 1


# Array files


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_are_kept_as_float32(tmp_path, dtype):
    values = RANDOM.random((2, 28, 28)).astype(dtype)
    values[0, 0, :2] = 0, 1
    np.save(tmp_path / "a.npy", values)
    assert np.array_equal(levels(tmp_path / "a.npy"), values.astype(np.float32))


@pytest.mark.parametrize("value", [-1e-6, 1.001, 255, np.nan, np.inf])
def test_a_float_outside_the_unit_interval_is_refused_by_its_place(tmp_path, value):
    images = LEVELS[:, None].astype(np.float64)
    images[3, 0, 4, 5] = value
    np.save(tmp_path / "a.npy", images)
    assert refusal(tmp_path / "a.npy") == (
        f"{tmp_path / 'a.npy'}: the value at [3, 0, 4, 5] is {float(value)}; floats in [0, 1] are required, or "
        "unsigned bytes; rescale them"
    )


@pytest.mark.parametrize("dtype", [np.int64, np.uint16, np.bool_])
def test_numbers_of_another_kind_are_refused(tmp_path, dtype):
    np.save(tmp_path / "a.npy", np.zeros((2, 28, 28), dtype))
    assert refusal(tmp_path / "a.npy") == (
        f"{tmp_path / 'a.npy'} has dtype {np.dtype(dtype)}; unsigned bytes (uint8) or floats in [0, 1] are required; "
        "convert it first"
    )


@pytest.mark.parametrize(
    "shape",
    [(), (5,), (28, 28), (5, 3, 28, 28), (5, 28, 28, 1), (5, 1, 1, 28, 28), (0, 28, 28), (5, 0, 28), (5, 28, 0)],
)
def test_another_shape_is_refused(tmp_path, shape):
    np.save(tmp_path / "a.npy", np.zeros(shape, np.uint8))
    assert refusal(tmp_path / "a.npy") == (
        f"{tmp_path / 'a.npy'} has shape {shape}; (N, 28, 28), (N, 1, 28, 28), or another height and width is "
        "required; reshape it"
    )


class Harmful:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("save", [np.save, np.savez, np.savez_compressed], ids=lambda save: save.__name__)
def test_an_object_array_is_refused_and_never_unpickled(tmp_path, save):
    path = tmp_path / f"a.{'npy' if save is np.save else 'npz'}"
    objects = np.empty((1, 28, 28), object)
    objects[0, 0, 0] = Harmful(tmp_path / "harm")
    save(path, objects)
    assert re.fullmatch(
        rf"{re.escape(str(path))}(:arr_0)? holds Python objects, which are pickled code; numbers are required, since "
        "code in a file is never run; save it as an array of floats",
        refusal(path),
    )
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_pickle_is_refused_and_never_unpickled(tmp_path, suffix):
    import pickle

    path = tmp_path / f"a{suffix}"
    path.write_bytes(pickle.dumps(Harmful(tmp_path / "harm")))
    assert refusal(path).startswith(f"{path} is not a")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("arrays", [("a", "b"), ("images", "labels", "names")])
def test_one_of_several_arrays_is_chosen_by_its_name(tmp_path, arrays):
    path = tmp_path / "a.npz"
    np.savez(path, **{name: PIXELS[:number] for number, name in enumerate(arrays, start=1)})
    for number, name in enumerate(arrays, start=1):
        assert np.array_equal(levels(f"{path}:{name}"), LEVELS[:number])
    held = ", ".join(map(repr, arrays))
    which = f"{path} holds {len(arrays)} arrays ({held}); one is required; choose it with {path}:NAME"
    assert refusal(path) == refusal(f"{path}:") == which
    assert refusal(f"{path}:c") == f"{path} has no array 'c'; it holds {held}; choose one with {path}:NAME"


def test_a_single_array_can_be_named_too(tmp_path):
    np.savez(tmp_path / "a.npz", images=PIXELS)
    assert np.array_equal(levels(f"{tmp_path / 'a.npz'}:images"), LEVELS)
    assert refusal(f"{tmp_path / 'a.npz'}:c").startswith(f"{tmp_path / 'a.npz'} has no array 'c'; it holds 'images'; ")


def test_an_archive_without_arrays_is_refused(tmp_path):
    zipfile.ZipFile(tmp_path / "a.npz", "w").close()
    assert refusal(tmp_path / "a.npz").startswith(f"{tmp_path / 'a.npz'} holds 0 arrays (none); one is required; ")


def test_a_colon_in_a_file_name_belongs_to_it(tmp_path):
    np.savez(tmp_path / "a.npz:b", images=PIXELS)  # NumPy adds .npz
    assert np.array_equal(levels(tmp_path / "a.npz:b.npz"), LEVELS)


def array_file(suffix):
    file = io.BytesIO()
    {".npy": np.save, ".npz": np.savez_compressed}[suffix](file, PIXELS)
    return file.getvalue()


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("kept", [0, 1, 6, 11, 40, 100, 200, 0.5, -1])
def test_a_truncated_array_file_is_refused(tmp_path, suffix, kept):
    data = array_file(suffix)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data[: int(kept * len(data)) if isinstance(kept, float) else kept])
    assert re.match(
        rf"{re.escape(str(path))} (is not an? \{suffix} file or is damaged \(\w+: .*\); a whole one is required|"
        r"has \d+ bytes of data; its header says shape \(5, 28, 28\) and type uint8, 3920 bytes); save it again$",
        refusal(path),
    )


@pytest.mark.parametrize("position", [0.3, 0.5, 0.7, 0.9])
def test_a_flipped_bit_in_an_archive_is_found(tmp_path, position):
    data = bytearray(array_file(".npz"))
    data[int(position * len(data))] ^= 1
    (tmp_path / "a.npz").write_bytes(data)
    assert refusal(tmp_path / "a.npz").startswith(f"{tmp_path / 'a.npz'} is not an .npz file or is damaged (")


def test_bytes_behind_the_array_are_refused(tmp_path):
    (tmp_path / "a.npy").write_bytes(array_file(".npy") + b"\0")
    assert refusal(tmp_path / "a.npy") == (
        f"{tmp_path / 'a.npy'} has 3921 bytes of data; its header says shape (5, 28, 28) and type uint8, 3920 bytes; "
        "save it again"
    )


def test_a_folder_of_the_name_of_an_array_file_is_a_folder(tmp_path):
    folder_of(tmp_path / "a.npz", PIXELS)
    assert np.array_equal(levels(tmp_path / "a.npz"), LEVELS)


def header(shape, dtype="|u1"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": dtype})
    return file.getvalue()


class Zeros(io.RawIOBase):
    """A number of zero bytes."""

    def __init__(self, count):
        self.count = count

    def readable(self):
        return True

    def readinto(self, buffer):
        taken = min(len(buffer), self.count)
        buffer[:taken] = bytes(taken)
        self.count -= taken
        return taken


def write_zeros(path, shape):
    """An archive of an array of zeros, which is packed a thousand times as densely."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("images.npy", "w") as member:
        member.write(header(shape))
        source = Zeros(int(np.prod(shape)))
        while block := source.read(2**20):
            member.write(block)


def peak_of(function):
    """The value of a call, and by how many bytes the memory of Python and NumPy grew at most."""
    import tracemalloc

    tracemalloc.start()
    try:
        return function(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_archive_that_would_unpack_to_much_more_is_refused_before_that(tmp_path):
    path = tmp_path / "bomb.npz"
    write_zeros(path, (100_000, 28, 28))
    message, peak = peak_of(lambda: refusal(path))
    assert re.fullmatch(
        rf"{re.escape(str(path))}:images would grow from \d{{5}} to 78400128 bytes; numbers that were measured grow "
        "less than 200-fold; save it as .npy if it is meant",
        message,
    )
    assert peak < 2**20


def test_blank_images_in_a_small_archive_are_read(tmp_path):
    write_zeros(tmp_path / "blank.npz", (1000, 28, 28))
    assert levels(tmp_path / "blank.npz").shape == (1000, 28, 28)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2**33, 28, 28), "has 8589934592 images; at most 1369568 are read, 4 GiB in memory; take a part of them"),
        ((66, 2**13, 2**13), "has 4429185024 bytes; at most 4294967296 are read; divide it"),
        ((1, 9460, 9460), "has images of 9460×9460 pixels; at most 89478485 pixels are read; make them smaller"),
        ((1_369_569, 1, 1), "has 1369569 images; at most 1369568 are read, 4 GiB in memory; take a part of them"),
    ],
    ids=["images", "bytes", "pixels", "just too many"],
)
def test_what_is_too_large_is_refused_before_it_is_read(tmp_path, shape, message):
    path = tmp_path / "large.npy"
    # A file with a hole: it has this size and takes no space.
    with path.open("wb") as file:
        file.write(header(shape))
        file.truncate(len(header(shape)) + int(np.prod(shape, dtype=object)))
    found, peak = peak_of(lambda: refusal(path))
    assert found == f"{path} {message}"
    assert peak < 2**20


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", header((2, 28, 28)) + bytes(10_000))
        archive.getinfo("images.npy").file_size = len(header((2, 28, 28))) + 2 * 28 * 28
    assert refusal(path).startswith(f"{path} is not an .npz file or is damaged (BadZipFile: ")


def test_an_archive_that_lies_about_its_size_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", header((2**20, 28, 28)))
        archive.getinfo("images.npy").file_size = archive.getinfo("images.npy").compress_size = 2**20 * 784 + 128
    assert refusal(path).startswith(f"{path}:images says that it has 822083712 bytes in the file, which has ")


# What the intensities are


@pytest.mark.parametrize("kind", ["npy", "npz", "folder", "floats", "mnist"])
def test_bytes_of_0_and_1_draw_a_note(tmp_path, kind):
    binary = (PIXELS > 127).astype(np.uint8)
    name = str(tmp_path / f"a.{kind}")
    match kind:
        case "npy":
            np.save(name, binary)
        case "npz":
            np.savez(name, binary)
        case "floats":
            name += ".npy"
            np.save(name, LEVELS / 255)
        case "folder":
            folder_of(Path(name), binary)
        case "mnist":
            Path(name).mkdir()
            write_idx(Path(name) / "train-images-idx3-ubyte", binary)
            name = f"mnist:{name}"
    assert load_images(name).notes == (
        "the largest intensity of all images is about 0.00392, for bytes 1 of 255, and white is 1, for bytes 255; if 0 "
        "and 1 or another range is meant, save floats in [0, 1], or bytes up to 255",
    )


def test_booleans_of_an_image_file_and_usual_images_draw_no_note(tmp_path):
    folder_of(tmp_path / "usual", PIXELS)
    (tmp_path / "booleans").mkdir()
    Image.fromarray(PIXELS[0] > 127).save(tmp_path / "booleans" / "a.png")
    for name in ("usual", "booleans"):
        assert load_images(str(tmp_path / name)).notes == ()


# Memory


FOLDER = """
import sys
from bridge.sources.images import load_images
from support.memory import peak_bytes

load_images(sys.argv[1])
print(peak_bytes())
"""


def test_memory_does_not_grow_with_the_number_of_large_images(tmp_path):
    peaks = []
    for count in (3, 8):  # the next one is read before the last one is let go of
        folder = tmp_path / f"{count}"
        folder.mkdir()
        for number in range(count):
            Image.new("1", (4000, 4000), number % 2).save(folder / f"{number}.png")
        np.save(folder / "a.npy", np.zeros((count, 4000, 4000), np.uint8))
        peaks.append([int(run_python(FOLDER, place)) for place in (folder, folder / "a.npy")])
    # One image takes 64 MB as floats.
    for few, many in zip(*peaks, strict=True):
        assert many < few + 100e6
