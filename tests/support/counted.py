"""Texts that count how often they are compared, so that a test sees a search which grows with the square of them."""


class CountedText(str):
    """A text that is compared by content, as any; the comparisons of all of them are counted.

    Attributes:
        compared: how many there have been; to be set to 0 before what is measured.
    """

    compared = 0

    def __eq__(self, other: object) -> bool:
        CountedText.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def counted_texts(count: int) -> list[CountedText]:
    """That many different texts, none of which has been compared yet."""
    texts = [CountedText(f"name {number}") for number in range(count)]
    CountedText.compared = 0
    return texts
