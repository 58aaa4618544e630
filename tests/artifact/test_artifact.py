"""The artifact: validated on construction, kept bit for bit, and refused when the file is damaged."""

import dataclasses
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.artifact.file import artifact_bytes, load_artifact, save_artifact, save_in_blocks
from bridge.artifact.record import ConceptMetrics, ProbeArtifact, Rounding
from bridge.base.arrays import ArrayInMemory, in_memory
from bridge.base.errors import InputError
from bridge.base.metadata import record_in
from bridge.base.names import require_concept_names
from bridge.exact.rounding import round_to_grid
from support.artifacts import ARRAYS, METRICS, PROVENANCE, make_artifact, stored
from support.counted import CountedText, counted_texts
from support.refusals import refusal as refusal_of
from support.repository import REPOSITORY
from support.strategies import artifacts, concept_names, cuts, unhurried


def assert_same(left: ProbeArtifact, right: ProbeArtifact):
    for name in ARRAYS:
        ours, theirs = getattr(left, name), getattr(right, name)
        assert (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes()), name
    for name in ("concept_names", "concept_units", "metrics", "provenance", "rounding"):
        assert getattr(left, name) == getattr(right, name)


def round_trip(folder, artifact):
    return stored(folder, artifact).artifact


BOTH_ROUNDED = Rounding(3, 2, "1/16", "0")


def rounded_artifact(rounding=BOTH_ROUNDED, **changed):
    plain = make_artifact()
    arrays = {"weights": rounding.weight_bits, "latents": rounding.latent_bits}
    on_grid = {
        name: round_to_grid(getattr(plain, name), bits, name=name).values
        for name, bits in arrays.items()
        if bits is not None
    }
    return make_artifact(**{**on_grid, "rounding": rounding, **changed})


def stored_bytes(arrays=None, **changed):
    """A file that is well formed for safetensors, with some of its content exchanged and the digest left as it was."""
    artifact = make_artifact()
    data = artifact_bytes(artifact)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    content = {**json.loads(header["__metadata__"]["bridge"]), **changed}
    all_arrays = {name: getattr(artifact, name) for name in ARRAYS} if arrays is None else arrays
    return safetensors.numpy.save(all_arrays, metadata={"bridge": json.dumps(content)})


def arrays_with(**changed):
    return {**{name: getattr(make_artifact(), name) for name in ARRAYS}, **changed}


def refusal(path, data):
    """The message with which a file of these bytes is refused; one line."""
    path.write_bytes(data)
    return refusal_of(lambda: load_artifact(path))


# The calibration part


def test_the_calibration_part_survives(tmp_path):
    metrics = dataclasses.replace(METRICS, r2_calibration=0.7, delta_calibration=3.5)
    artifact = make_artifact(is_calibration=np.arange(5) == 3, metrics=(metrics, METRICS))
    loaded = round_trip(tmp_path, artifact)
    assert_same(loaded, artifact)
    assert loaded.is_calibration.tolist() == [False, False, False, True, False]
    assert loaded.is_held_out.tolist() == [True, False, False, False, False]


def all_fields(artifact):
    """The names of all arrays in an artifact's file, and of all that its record says."""
    data = artifact_bytes(artifact)
    record = record_in(data)
    parts = {name: sorted(record[name]) for name in ("provenance", "rounding") if record[name] is not None}
    return sorted(safetensors.numpy.load(data)), sorted(record), [sorted(one) for one in record["metrics"]], parts


def test_every_artifact_has_every_field():
    arrays, record, metrics, parts = all_fields(make_artifact())
    assert arrays == sorted(ARRAYS)
    full = all_fields(rounded_artifact(is_calibration=np.arange(5) == 0))
    assert full[:3] == (arrays, record, metrics)
    assert full[3]["provenance"] == parts["provenance"]
    assert {"standardized", "free_bias", "weighted"} <= {*parts["provenance"]}
    assert "r2_calibration" in metrics[0]


def test_a_sample_cannot_be_fitted_on_and_calibrated_with():
    message = (
        "sample 1 is in the training part and in the calibration part; the fit must not have seen a calibration "
        "sample; choose one part for it"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        make_artifact(is_calibration=np.arange(5) < 2)


# Round trips


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_minus_zero_and_subnormals_survive_bit_for_bit(tmp_path, dtype):
    info = np.finfo(dtype)
    latents = np.array([[0.0, -0.0], [info.smallest_subnormal, -info.smallest_subnormal], [info.max, info.min]], dtype)
    loaded = round_trip(tmp_path, make_artifact(samples=3, dim=2, dtype=dtype, latents=latents))
    assert loaded.latents.dtype == dtype
    assert loaded.latents.tobytes() == latents.tobytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    latents=hnp.arrays(np.float32, (3, 2), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)),
    names=st.lists(concept_names(), min_size=2, max_size=2, unique=True).map(tuple),
    units=st.tuples(st.text(), st.text()),
    train=hnp.arrays(np.bool_, 3),
    metrics=st.builds(
        ConceptMetrics,
        *[st.none() | st.floats(allow_nan=False, allow_infinity=False)] * 8,
    ),
)
def test_a_round_trip_is_the_identity(tmp_path, latents, names, units, train, metrics):
    artifact = make_artifact(
        samples=3,
        dim=2,
        latents=latents,
        concept_names=names,
        concept_units=units,
        is_train=train,
        metrics=(metrics, METRICS),
    )
    assert_same(round_trip(tmp_path, artifact), artifact)


@pytest.mark.parametrize(
    "size",
    [{"samples": 1}, {"dim": 1}, {"concepts": 1}, {"concepts": 50}, {"samples": 2, "dim": 9}],
    ids=str,
)
def test_every_size_from_one_up_is_kept(tmp_path, size):
    artifact = make_artifact(**size)
    assert_same(round_trip(tmp_path, artifact), artifact)


def test_arrays_of_different_dtypes_keep_theirs(tmp_path):
    loaded = round_trip(tmp_path, make_artifact(weights=np.ones((4, 2), np.float64), scores=np.ones((5, 2), "f2")))
    assert [loaded.latents.dtype, loaded.scores.dtype, loaded.weights.dtype] == ["float32", "float16", "float64"]


def test_undefined_metrics_and_an_untrained_vae_stay_none(tmp_path):
    undefined = ConceptMetrics(*[None] * 8)
    untrained = dataclasses.replace(PROVENANCE, beta=None, epochs=None)
    artifact = make_artifact(metrics=(undefined, METRICS), provenance=untrained)
    assert_same(round_trip(tmp_path, artifact), artifact)


@pytest.mark.parametrize(
    "rounding", [BOTH_ROUNDED, Rounding(3, None, "1/16", None), Rounding(None, 2, None, "3/32")], ids=str
)
def test_a_record_of_rounding_is_kept(tmp_path, rounding):
    artifact = rounded_artifact(rounding)
    assert_same(round_trip(tmp_path, artifact), artifact)
    assert artifact.rounding == rounding


def test_an_artifact_without_rounding_says_that_there_was_none():
    assert record_in(artifact_bytes(make_artifact()))["rounding"] is None


def test_the_golden_artifact_loads_and_keeps_its_bytes():
    path = REPOSITORY / "tests" / "golden" / "probe.safetensors"
    assert artifact_bytes(load_artifact(path).artifact) == path.read_bytes()


def test_memory_layout_does_not_change_the_bytes():
    plain = make_artifact()
    fortran = make_artifact(latents=np.asfortranarray(plain.latents))
    assert artifact_bytes(fortran) == artifact_bytes(plain)


def test_equal_artifacts_have_equal_bytes():
    assert len({artifact_bytes(make_artifact()) for _ in range(20)}) == 1


@unhurried
@given(artifact=artifacts(), data=st.data())
def test_written_in_blocks_it_has_the_same_bytes(tmp_path, artifact, data):
    rows = data.draw(cuts(len(artifact.latents)))

    class Cut(ArrayInMemory):
        ranges = property(lambda _: [(some.start, some.stop) for some in rows])

    latents = Cut(artifact.latents.shape, artifact.latents.dtype, artifact.latents)
    save_in_blocks(tmp_path / "probe.safetensors", artifact, latents)
    assert (tmp_path / "probe.safetensors").read_bytes() == artifact_bytes(artifact)


def test_names_that_need_escapes_are_written_in_blocks_as_in_one_piece(tmp_path):
    artifact = rounded_artifact(concept_names=('a"\\', "δ\U0001f600"), concept_units=("\n", "\t"))
    save_in_blocks(tmp_path / "probe.safetensors", artifact, in_memory(artifact.latents))
    assert (tmp_path / "probe.safetensors").read_bytes() == artifact_bytes(artifact)


@pytest.mark.parametrize(
    ("latents", "message"),
    [
        (np.ones((4, 3)), "`scores` has 5 rows and `latents` 4"),
        (np.ones((5, 2)), "`weights` has shape (4, 2); (3, 2) is required"),
        (np.ones((5, 3), complex), "`latents` has dtype complex128; "),
    ],
    ids=["rows", "columns", "dtype"],
)
def test_blocks_that_do_not_belong_to_the_record_are_refused(tmp_path, latents, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        save_in_blocks(tmp_path / "probe.safetensors", make_artifact(), in_memory(latents))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["standardized", "free_bias", "weighted"])
def test_what_kind_of_fit_it_was_is_recorded(tmp_path, kind):
    of_kind = make_artifact(provenance=dataclasses.replace(PROVENANCE, **{kind: True}))
    assert_same(round_trip(tmp_path, of_kind), of_kind)
    assert record_in(artifact_bytes(of_kind))["provenance"][kind] is True


def test_parts_without_a_fraction_that_is_held_out_are_refused():
    unknown = dataclasses.replace(PROVENANCE, held_out=None)
    message = (
        "there is a training part, and no fraction that is held out; both or neither are required; give the fraction"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        make_artifact(provenance=unknown)
    artifact = make_artifact(provenance=unknown, is_train=np.zeros(5, bool))
    assert not artifact.is_held_out.any()


def test_the_sign_of_zero_changes_the_bytes():
    assert artifact_bytes(make_artifact(latents=np.zeros((5, 3)))) != artifact_bytes(
        make_artifact(latents=-np.zeros((5, 3)))
    )


def test_the_sha256_is_that_of_the_file(tmp_path):
    path, artifact = tmp_path / "probe.safetensors", make_artifact()
    saved = save_artifact(path, artifact)
    assert load_artifact(path).sha256 == saved == hashlib.sha256(path.read_bytes()).hexdigest()
    assert save_in_blocks(path, artifact, in_memory(artifact.latents)) == saved


def test_arrays_cannot_be_changed_from_inside_or_outside():
    latents = np.zeros((5, 3), np.float32)
    artifact = make_artifact(latents=latents)
    latents[0, 0] = 1
    assert artifact.latents[0, 0] == 0
    for name in ARRAYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(artifact, name)[0] = 0
        with pytest.raises(ValueError, match="cannot set WRITEABLE"):
            getattr(artifact, name).setflags(write=True)


def test_the_artifact_does_not_import_torch():
    code = "import sys, bridge.artifact.record; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What construction refuses


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"samples": 0}, "`latents` has 0 samples; δ is a maximum over at least one; add samples"),
        ({"dim": 0}, "there are 0 latent dimensions and 2 concepts; at least one of each is required; add columns"),
        ({"concepts": 0}, "there are 3 latent dimensions and 0 concepts; at least one of each is required"),
        ({"scores": np.ones((4, 2))}, "`scores` has 4 rows and `latents` 5; one score row for each latent point"),
        ({"weights": np.ones((3, 2))}, "`weights` has shape (3, 2); (4, 2) is required"),
        ({"latents": np.ones(5)}, "`latents` has shape (5,); a matrix is required"),
        ({"latents": np.ones((5, 3), complex)}, "`latents` has dtype complex128; floats of 16, 32 or 64 bits or inte"),
        ({"scores": np.ones((5, 2), object)}, "`scores` has dtype object; floats of 16, 32 or 64 bits or integers in"),
        ({"weights": np.ones((4, 2), np.longdouble)}, f"`weights` has dtype {np.dtype(np.longdouble)}; floats of 16"),
        (
            {"latents": np.ones((5, 3), np.dtype(np.float32).newbyteorder())},
            f"`latents` has dtype {np.dtype(np.float32).newbyteorder()}; floats of 16, 32 or 64 bits or integers in "
            "native byte order are required; convert it first",
        ),
        ({"is_train": np.ones(4, bool)}, "`is_train` has shape (4,) and dtype bool; (5,) and bool are required"),
        ({"is_train": np.ones(5)}, "`is_train` has shape (5,) and dtype float64; (5,) and bool are required"),
        ({"sample_indices": np.ones(5, "i4")}, "`sample_indices` has shape (5,) and dtype int32; (5,) and int64 are"),
        ({"concept_names": ("a",)}, "`concept_names` has 1 entries; 2 are required, one for each score column"),
        ({"concept_units": ("a",) * 3}, "`concept_units` has 3 entries; 2 are required"),
        ({"metrics": ()}, "`metrics` has 0 entries; 2 are required"),
        ({"concept_names": ("size", "size")}, "the concept name 'size' is used twice; each concept needs its own"),
        ({"concept_names": ("size", "")}, "concept 1 has an empty name; each concept needs its own; name it"),
    ],
)
def test_construction_refuses(changed, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        make_artifact(**changed)


@pytest.mark.parametrize("name", ["latents", "scores", "weights"])
@pytest.mark.parametrize(("value", "shown"), [(np.nan, "NaN"), (np.inf, "+inf"), (-np.inf, "-inf")])
def test_construction_names_the_entry_that_is_no_number(name, value, shown):
    array = getattr(make_artifact(), name).copy()
    array[3, 1] = value
    message = f"`{name}[3, 1]` is {shown}; only finite numbers convert exactly; remove the sample or train again"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        make_artifact(**{name: array})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize(("record", "name"), [(METRICS, "delta_held_out"), (PROVENANCE, "lam")])
def test_a_record_refuses_what_is_no_number(record, name, value):
    with pytest.raises(InputError, match=f"^`{name}` is {value}; a finite number is required, or None where it is"):
        dataclasses.replace(record, **{name: value})


@pytest.mark.parametrize(
    ("record", "name", "value", "kind"),
    [
        (PROVENANCE, "dataset", 5, "str"),
        (PROVENANCE, "seed", "0", "int | None"),
        (PROVENANCE, "lam", "0.001", "float | None"),
        (PROVENANCE, "epochs", 1.5, "int | None"),
        (METRICS, "r2_all", "0.9", "float | None"),
    ],
)
def test_a_record_refuses_what_is_not_of_its_type(record, name, value, kind):
    with pytest.raises(InputError, match=f"^`{name}` is {value!r}; {re.escape(kind)} is required; check the fit$"):
        dataclasses.replace(record, **{name: value})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((None, None, None, None), "a record of rounding has no grid; one is required; leave the record out"),
        ((-1, None, "0", None), "`weight_bits` is -1; a whole number from 0 to 1074 is required"),
        ((None, 1075, None, "0"), "`latent_bits` is 1075; a whole number from 0 to 1074 is required"),
        (("3", None, "0", None), "`weight_bits` is '3'; int | None is required; check the fit"),
        ((True, None, "0", None), "`weight_bits` is True; int | None is required; check the fit"),
        ((3.0, None, "0", None), "`weight_bits` is 3.0; int | None is required; check the fit"),
        ((3, None, 0, None), "`largest_weight_change` is 0; str | None is required; check the fit"),
        ((3, None, None, None), "`weight_bits` is 3 and `largest_weight_change` None; both or neither are required"),
        ((3, None, "0", "0"), "`latent_bits` is None and `largest_latent_change` '0'; both or neither are required"),
    ],
)
def test_a_record_of_rounding_is_complete_or_refused(fields, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        Rounding(*fields)


@pytest.mark.parametrize(
    "change",
    [
        "",
        "-1/32",
        "0.0625",
        "1e-3",
        "2/64",
        "0/1",
        "1/16\n",
        " 1/16",
        "1/16x",
        "1/0",
        "01/32",
        "1/\N{ARABIC-INDIC DIGIT EIGHT}",
        "1/8",
        "17/256",
        "1/48",
        "1/" + str(2**1075),
        "1/1" + "0" * 10_000,
    ],
    ids=lambda change: ascii(change[:20]),
)
def test_a_change_that_rounding_cannot_make_is_refused(change):
    message = (
        f"`largest_latent_change` is {change[:649]!r}; 0 or a fraction in lowest terms of at most 2^-4, half a step of "
        "the grid, is required; check the fit"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        Rounding(None, 3, None, change)


@pytest.mark.parametrize(
    ("bits", "change"), [(3, "0"), (3, "1/16"), (3, "5/512"), (0, "1/2"), (1073, f"1/{2**1074}"), (1074, "0")]
)
def test_a_change_that_rounding_can_make_is_kept(bits, change):
    assert Rounding(bits, bits, change, change).largest_weight_change == change


@pytest.mark.parametrize("name", ["weights", "latents"])
def test_an_entry_off_the_grid_that_is_recorded_is_refused(name):
    array = getattr(rounded_artifact(), name).copy()
    array[3, 1] = 0.3125
    bits = {"weights": 3, "latents": 2}[name]
    with pytest.raises(InputError, match=rf"^`{name}\[3, 1\]` is 0\.3125; a multiple of 2\^-{bits} is required"):
        rounded_artifact(**{name: array})


def test_only_what_is_recorded_as_rounded_must_be_on_a_grid():
    plain = make_artifact()
    rounded_artifact(Rounding(3, None, "0", None), latents=plain.latents)
    rounded_artifact(Rounding(None, 2, None, "0"), weights=plain.weights)


# What loading refuses


def test_a_missing_file_is_refused(tmp_path):
    path = tmp_path / "none.safetensors"
    with pytest.raises(
        InputError,
        match=rf"^{re.escape(str(path))} does not exist; an artifact is required; make one with `bridge fit`$",
    ):
        load_artifact(path)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(
        InputError,
        match=rf"^{re.escape(str(tmp_path))} cannot be read \(Is a directory\); an artifact is required; make one with "
        "`bridge fit`$",
    ):
        load_artifact(tmp_path)


def test_saving_to_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"is a folder; a file is to be written there; name a file$"):
        save_artifact(tmp_path, make_artifact())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"size,thick,slant\n1,2,3\n",
        b"\xff" * 64,
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"\xff\xfe{}",
        struct.pack("<Q", 200_000) + b"[" * 200_000,
    ],
    ids=["empty", "text", "0xff", "no header", "list header", "not UTF-8", "nested too deeply"],
)
def test_what_is_no_safetensors_file_is_refused(tmp_path, data):
    path = tmp_path / "probe.safetensors"
    message = refusal(path, data)
    assert message.startswith(f"{path} is not an artifact or is damaged (")
    assert message.endswith("; make it again with `bridge fit`")


def test_a_safetensors_file_of_something_else_is_refused(tmp_path):
    message = refusal(tmp_path / "model.safetensors", safetensors.numpy.save({"weight": np.ones(3)}))
    assert "is not an artifact or is damaged (KeyError: '__metadata__')" in message


@pytest.mark.parametrize(("version", "shown"), [(1, "1"), (None, "None"), ("1\n2", r"'1\n2'")])
def test_another_format_version_is_refused(tmp_path, version, shown):
    message = refusal(tmp_path / "probe.safetensors", stored_bytes(format_version=version))
    assert (
        f": format version {shown} was found; version 2 is required; fit again with this version of bridge" in message
    )


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_array_is_refused_by_name(tmp_path, name):
    arrays = arrays_with()
    del arrays[name]
    assert f"(KeyError: '{name}')" in refusal(tmp_path / "probe.safetensors", stored_bytes(arrays))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"scores": np.ones((4, 2))}, "`scores` has 4 rows and `latents` 5"),
        ({"latents": np.ones((5, 4))}, "`weights` has shape (4, 2); (5, 2) is required"),
        ({"is_train": np.ones(4, bool)}, "`is_train` has shape (4,)"),
        ({"weights": np.full((4, 2), np.nan)}, "`weights[0, 0]` is NaN"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_the_path(tmp_path, changed, message):
    path = tmp_path / "probe.safetensors"
    assert refusal(path, stored_bytes(arrays_with(**changed))).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    "data",
    [
        stored_bytes(arrays_with(latents=np.zeros((5, 3), np.float32))),
        stored_bytes(arrays_with(extra=np.zeros(1))),
        stored_bytes(concept_names=["other", "names"]),
        stored_bytes(content_sha256="00" * 32),
        stored_bytes(),
    ],
    ids=["latents", "an array more", "names", "digest", "other JSON spacing"],
)
def test_content_that_differs_from_its_digest_is_refused(tmp_path, data):
    path = tmp_path / "probe.safetensors"
    assert refusal(path, data) == (
        f"{path} is damaged: its content does not have the SHA-256 that it records; a whole one is required; make it "
        "again with `bridge fit`"
    )


@pytest.mark.parametrize("record", ["metrics", "provenance"])
def test_a_record_with_other_fields_is_refused(tmp_path, record):
    changed = {"metrics": [{"r2": 1.0}] * 2, "provenance": {"versions": []}}
    message = refusal(tmp_path / "probe.safetensors", stored_bytes(**{record: changed[record]}))
    assert re.search(r"\(ValueError: the fields of (ConceptMetrics|Provenance) are \[", message)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (None, " is damaged: its content does not have the SHA-256"),
        ({}, "(ValueError: the fields of Rounding are []"),
        ({"weight_bits": 3}, "(ValueError: the fields of Rounding are ['weight_bits'])"),
        (dataclasses.asdict(BOTH_ROUNDED), "`weights[0, 0]` is "),
        (
            {**dataclasses.asdict(BOTH_ROUNDED), "latent_bits": None},
            "`latent_bits` is None and `largest_latent_change`",
        ),
    ],
)
def test_a_file_with_a_wrong_record_of_rounding_is_refused(tmp_path, record, message):
    assert message in refusal(tmp_path / "probe.safetensors", stored_bytes(rounding=record))


@pytest.mark.parametrize(
    "change", [lambda record: None, lambda record: {**record, "largest_latent_change": "1/8"}], ids=["dropped", "other"]
)
def test_a_record_of_rounding_cannot_be_exchanged(tmp_path, change):
    data = artifact_bytes(rounded_artifact())
    content = json.loads(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]["bridge"])
    content["rounding"] = change(content["rounding"])
    arrays = {name: getattr(rounded_artifact(), name) for name in ARRAYS}
    metadata = json.dumps(content, sort_keys=True, separators=(",", ":"))
    exchanged = safetensors.numpy.save(arrays, metadata={"bridge": metadata})
    assert "does not have the SHA-256 that it records" in refusal(tmp_path / "probe.safetensors", exchanged)


def test_a_flipped_bit_in_any_byte_is_refused(tmp_path):
    path = tmp_path / "probe.safetensors"
    data = artifact_bytes(make_artifact(samples=2, dim=1, concepts=1))
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << (position % 8)
        refusal(path, bytes(damaged))


def test_a_truncated_file_is_refused_at_every_length(tmp_path):
    path = tmp_path / "probe.safetensors"
    data = artifact_bytes(make_artifact(samples=2, dim=1, concepts=1))
    for length in range(len(data)):
        refusal(path, data[:length])


def test_a_file_with_bytes_appended_is_refused(tmp_path):
    refusal(tmp_path / "probe.safetensors", artifact_bytes(make_artifact()) + b"\0")


@pytest.mark.parametrize("shape", [[-1, -3], [2**40, 3], [2**62, 2**62]], ids=str)
def test_an_array_of_more_numbers_than_the_file_has_is_refused_unread(tmp_path, shape):
    data = artifact_bytes(make_artifact())
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    header["latents"]["shape"] = shape
    text = json.dumps(header).encode()
    message = refusal(tmp_path / "probe.safetensors", struct.pack("<Q", len(text)) + text + data[-1000:])
    assert "(ValueError: the array 'latents' has more numbers than the file)" in message


def test_reading_takes_the_memory_of_one_copy(tmp_path):
    path = tmp_path / "probe.safetensors"
    save_artifact(path, make_artifact(100_000, 8, 1))
    size = path.stat().st_size
    tracemalloc.start()
    loaded = load_artifact(path).artifact
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert loaded.latents.nbytes < size < most < 1.5 * size


def test_the_numbers_that_were_read_stay_as_they_are(tmp_path):
    path = tmp_path / "probe.safetensors"
    save_artifact(path, make_artifact())
    latents = load_artifact(path).artifact.latents
    before = latents.copy()
    with path.open("r+b") as file:
        file.seek(-400, os.SEEK_END)
        file.write(b"\xff" * 400)
    assert np.array_equal(latents, before)
    with pytest.raises(ValueError, match="read-only"):
        latents[0, 0] = 1


def test_a_pipe_is_refused_unopened(tmp_path):
    path = tmp_path / "probe.safetensors"
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"is a pipe; an artifact is required; save its content as a file$"):
        load_artifact(path)


def test_a_sparse_file_that_is_larger_than_memory_is_refused_unread(tmp_path):
    path = tmp_path / "probe.safetensors"
    with path.open("wb") as file:
        file.truncate(2**42)
    with pytest.raises(
        InputError, match=r"has more than 17179869184 bytes; an artifact of at most as many is required"
    ):
        load_artifact(path)


def test_names_are_told_apart_in_time_that_grows_as_they_do():
    names = counted_texts(300)
    require_concept_names(names)
    assert CountedText.compared < 10 * len(names)
