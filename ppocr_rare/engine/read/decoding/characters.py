"""Which class of a model stands for a character of a lexicon or pattern."""

from ppocr_rare.data.charset import Charset


def readable_characters(charset: Charset) -> dict[str, int]:
    """The class of each character that a model can read; before the other case of a class stands its own character.

    Where the dictionary has a letter in one case alone, its class stands for the other case as well.
    """
    own = {}
    for character in charset.characters:
        if len(character) == 1 and (ids := charset.encode(character)):
            own[character] = ids[0]
    other = {character.swapcase(): class_id for character, class_id in own.items() if len(character.swapcase()) == 1}
    return own | {character: class_id for character, class_id in other.items() if character not in own}
