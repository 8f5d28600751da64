"""Words cut from photographs.

1. ``image_index``        the picture that an annotation speaks of.
2. ``photograph_reader``  that picture, turned as its annotator saw it.
3. ``outline``            a polygon made valid and clockwise, with its two long sides.
4. ``word_crop``          one word cut out and straightened.
5. ``photographs``        all words of all pictures, written as files or LMDB.
"""

from ppocr_rare.data.cropping.photographs import Cropping, crop_photographs
from ppocr_rare.data.cropping.word_crop import crop_word

__all__ = ["Cropping", "crop_photographs", "crop_word"]
