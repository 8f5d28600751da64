"""Rules on sizes: what the network can be made with, and what a machine can hold. See ``rules``."""

from itertools import groupby

from ppocr_rare.config.draft import Draft, Faults
from ppocr_rare.errors import RareError
from ppocr_rare.registry import BACKBONES

MIN_TEXT_LENGTH = 3
MAX_TEXT_LENGTH = 1000  # one step of the decoder each, in turn; a printed line has a tenth of it
MIN_FIDUCIALS = 6
MAX_FIDUCIALS = 200  # one for each pixel along both edges of PaddleOCR's images, 100 wide
MAX_HIDDEN_SIZE = 4096  # 16 times PaddleOCR's larger model; the encoder's weights alone take 2 GB
MIN_SIDE_PX = 8  # the localization network halves an image three times
MAX_AREA_PX = 1 << 18  # 64 x 4096, 80 times PaddleOCR's images; a batch of 256 takes 0.8 GB before the first layer
HEIGHTS_TRIED = range(MIN_SIDE_PX, 257)


def text_length_has_room(draft: Draft) -> Faults:
    """At least one character fits between start and end, and decoding ends in a sensible time."""
    length = draft.get("Global.max_text_length")
    if length is None:
        return
    if length < MIN_TEXT_LENGTH:
        yield (
            "Global.max_text_length",
            f"must be at least {MIN_TEXT_LENGTH}, got {length}: start, one character and end take a step each",
        )
    elif length > MAX_TEXT_LENGTH:
        yield "Global.max_text_length", f"must be at most {MAX_TEXT_LENGTH}, got {length}"


def hidden_sizes_are_usable(draft: Draft) -> Faults:
    """The recurrent layers have units, and fit into memory."""
    for path in ("Architecture.Neck.hidden_size", "Architecture.Head.hidden_size"):
        size = draft.get(path)
        if size is not None and not 1 <= size <= MAX_HIDDEN_SIZE:
            yield path, f"must be from 1 to {MAX_HIDDEN_SIZE}, got {size}"


def fiducials_fill_two_rows(draft: Draft) -> Faults:
    """The fiducial points fill an upper and a lower row."""
    count = draft.get("Architecture.Transform.num_fiducial")
    if count is not None and (not MIN_FIDUCIALS <= count <= MAX_FIDUCIALS or count % 2):
        yield (
            "Architecture.Transform.num_fiducial",
            f"must be even and from {MIN_FIDUCIALS} to {MAX_FIDUCIALS}, got {count}: half of the points lie on "
            "either edge",
        )


def image_shapes_are_usable(draft: Draft) -> Faults:
    """All images have one shape, with three channels, neither too small for the network nor too large for memory."""
    shapes = draft.image_shapes()
    for path, shape in shapes:
        if len(shape) != 3 or shape[0] != 3 or min(shape) < 1:
            yield path, f"expected [3, height, width], got {list(shape)}"
        elif min(shape[1:]) < MIN_SIDE_PX:
            yield path, f"height and width must be at least {MIN_SIDE_PX}, got {list(shape)}"
        elif shape[1] * shape[2] > MAX_AREA_PX:
            yield path, f"height x width must be at most {MAX_AREA_PX}, got {list(shape)}"
    for path, shape in shapes[1:]:
        first_path, first = shapes[0]
        if list(shape) != list(first):
            yield path, f"{list(shape)} differs from {list(first)} at {first_path}"


def features_are_one_high(draft: Draft) -> Faults:
    """The backbone makes one row of the images' height, as the neck needs."""
    backbone = draft.get("Architecture.Backbone")
    shapes = [shape for _, shape in draft.image_shapes() if len(shape) == 3 and min(shape) > 0]
    if not backbone or not shapes or not draft.is_sound("Architecture.Backbone"):
        return
    args = dict(backbone)
    output_height = getattr(BACKBONES.get(args.pop("name")), "output_height", None)
    if output_height is None:
        return
    height = shapes[0][1]
    try:
        result = output_height(height, **args)
        fitting = [h for h in HEIGHTS_TRIED if output_height(h, **args) == 1]
    except (ArithmeticError, ValueError, RareError) as error:
        yield "Architecture.Backbone", f"these arguments cannot be used ({error})"
        return
    if result != 1:
        yield (
            "Architecture.Backbone",
            f"images {height} high become features {result} high, not 1; heights that work: {_ranges(fitting)}",
        )


def _ranges(numbers: list[int]) -> str:
    """Returns ascending whole numbers as text: ``"17 to 32, 40"``."""
    runs = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *rest = [number for _, number in run]
        runs.append(f"{first} to {rest[-1]}" if rest else str(first))
    return ", ".join(runs) or f"none from {HEIGHTS_TRIED.start} to {HEIGHTS_TRIED.stop - 1}"
