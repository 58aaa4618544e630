"""What stands at an address, as Lean has laid it out; whatever does not fit into its file is an error."""

import pytest

from bridge.check.olean.errors import OleanError
from bridge.check.olean.objects import Objects
from support.oleans import Writer

LAYOUTS = [(4, False), (8, False), (8, True), (4, True)]


def objects_of(folder, writer):
    """What a writer has written, with an object at its end, that all before it have room."""
    file = folder / "A.olean"
    file.write_bytes(writer.with_root(writer.constructor(0, scalars=bytes(32))))
    return Objects([file])


@pytest.fixture(params=LAYOUTS)
def writer(request):
    width, gmp = request.param
    return Writer(width, gmp=gmp)


def refusal(call):
    with pytest.raises(OleanError) as caught:
        call()
    found, required, remedy = str(caught.value).split("; ")
    assert (required, remedy) == ("a file as Lean writes it is required", "have Lean compile the module again")
    return found.partition(" is damaged or altered: ")[2].rpartition(" at 0x")[0]


def altered(writer, address, offset, value):
    """Changes one byte of an object."""
    writer.data[address - writer.base + offset] = value


@pytest.mark.parametrize("value", [0, 1, 2**30, 2**31 - 1, 2**31, 2**62, 2**63, 2**64 - 1, 2**64, 10**100])
def test_natural_numbers_are_read_digit_for_digit(tmp_path, writer, value):
    address = writer.number(value)
    objects = objects_of(tmp_path, writer)
    assert objects.number(address) == objects.number(address) == value


@pytest.mark.parametrize("text", ["", "a", "δ ↦ «𝕏»", "x" * 1000, "a\0b"])
def test_strings_are_read_character_for_character(tmp_path, writer, text):
    address = writer.string(text)
    objects = objects_of(tmp_path, writer)
    assert objects.string(address) == objects.string(address) == text


def test_arrays_and_lists_are_read_in_their_order(tmp_path, writer):
    addresses = [writer.array(), writer.array(3, 5, 7), writer.list(), writer.list(3, 5, 7)]
    objects = objects_of(tmp_path, writer)
    assert [objects.array(each) for each in addresses[:2]] == [[], [3, 5, 7]]
    assert [objects.list(each) for each in addresses[2:]] == [[], [3, 5, 7]]


def test_constructors_are_read_with_their_scalars(tmp_path, writer):
    address = writer.constructor(3, 5, 7, scalars=b"abc")
    objects = objects_of(tmp_path, writer)
    assert objects.fields(address, 3) == (3, [5, 7])
    assert objects.scalars(address, 2, 3) == b"abc"
    assert objects.fields(9) == (4, [])


def test_scalars_that_an_object_does_not_have_are_an_error(tmp_path, writer):
    address = writer.constructor(3, 5, 7)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: objects.fields(address, 1)) == "no constructor"


def test_a_record_has_as_many_fields_as_its_type(tmp_path, writer):
    good, other = writer.constructor(0, 5, 7), writer.constructor(1, 5, 7)
    objects = objects_of(tmp_path, writer)
    assert objects.record(good, 2) == [5, 7]
    assert refusal(lambda: objects.record(good, 3)) == "constructor 0 with 2 fields, and not 0 with 3"
    assert refusal(lambda: objects.record(other, 2)) == "constructor 1 with 2 fields, and not 0 with 2"


def test_an_object_of_another_kind_is_an_error(tmp_path, writer):
    array, text, pair = writer.array(1), writer.string("a"), writer.constructor(0, 1, 1)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: objects.array(text)) == "no array"
    assert refusal(lambda: objects.string(array)) == "no string"
    assert refusal(lambda: objects.number(text)) == "no natural number"
    assert refusal(lambda: objects.fields(array)) == "no constructor"
    assert refusal(lambda: objects.list(pair)) == "no list"
    assert refusal(lambda: objects.list(3)) == "no list"


def test_an_address_outside_the_file_or_between_objects_is_an_error(tmp_path, writer):
    inside = writer.constructor(0, 1, 1)
    objects = objects_of(tmp_path, writer)
    end = objects.parts[-1].end
    for address in (0, 2, inside + 2, writer.base - writer.width, writer.base, end, end - 4, 2**40):
        assert refusal(lambda address=address: objects.fields(address)) == "no object"


def test_an_object_that_ends_after_the_file_is_an_error(tmp_path, writer):
    array, text, pair = writer.array(1), writer.string("a"), writer.constructor(0, 1, 1)
    number = writer.number(2**200)
    for address in (array, text):
        altered(writer, address, 8 + 2, 1)
    altered(writer, number, 12 if writer.gmp else 8 + writer.width + 2, 255)
    altered(writer, pair, 5, 255)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: objects.array(array)) == "an object that does not fit into the file"
    assert refusal(lambda: objects.string(text)) == "an object that does not fit into the file"
    assert refusal(lambda: objects.number(number)) == "an object that does not fit into the file"
    assert refusal(lambda: objects.fields(pair)) == "no constructor"


def test_the_last_object_is_read_and_one_that_is_cut_off_is_not(tmp_path, writer):
    file = tmp_path / "A.olean"
    empty = writer.array()
    file.write_bytes(writer.with_root(empty))
    assert Objects([file]).array(empty) == []
    head = writer.object(246, 0, b"")
    file.write_bytes(writer.with_root(head))
    objects = Objects([file])
    assert refusal(lambda: objects.array(head)) == "no array"
    head = writer.object(249, 0, bytes(writer.width))
    file.write_bytes(writer.with_root(head))
    objects = Objects([file])
    assert refusal(lambda: objects.string(head)) == "no string"


def test_a_string_that_is_none_is_an_error(tmp_path, writer):
    bad, short, open_, empty = (writer.string("abc") for _ in range(4))
    text = 8 + 3 * writer.width
    altered(writer, bad, text, 0xFF)
    altered(writer, short, 8 + 2 * writer.width, 2)
    altered(writer, open_, text + 3, 65)
    altered(writer, empty, 8, 0)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: objects.string(bad)) == "a string that is not UTF-8"
    for address in (short, open_, empty):
        assert refusal(lambda address=address: objects.string(address)) == "a string of another length than it says"


def test_a_negative_number_and_one_whose_digits_are_elsewhere_are_errors(tmp_path, writer):
    negative, before = writer.number(2**200), writer.number(2**200)
    altered(writer, negative, 15 if writer.gmp else 8, 255)
    pointer = 16 if writer.gmp else 8 + 2 * writer.width
    start = before - writer.base + pointer
    writer.data[start : start + writer.width] = writer.word(negative)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: objects.number(negative)) == "no natural number"
    assert refusal(lambda: objects.number(before)) == "no natural number"


def test_a_cyclic_list_is_an_error(tmp_path, writer):
    tail = writer.list(3)
    whole = writer.constructor(1, 5, tail)
    start = tail - writer.base + 8 + writer.width
    writer.data[start : start + writer.width] = writer.word(whole)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: objects.list(whole)) == "no list"


def test_objects_that_overlap_cost_no_more_than_the_file(tmp_path, writer):
    """Each of 1,000 arrays goes on to the end of the file."""
    addresses = [writer.array() for _ in range(1000)]
    for address in addresses:
        start = address - writer.base + 8
        count = (len(writer.data) - start) // writer.width - 2
        writer.data[start : start + writer.width] = writer.word(count)
    objects = objects_of(tmp_path, writer)
    assert refusal(lambda: [objects.array(address) for address in addresses]) == "objects that overlap"
