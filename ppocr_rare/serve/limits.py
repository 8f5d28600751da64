"""What one request, and all of them together, may cost the service."""

from dataclasses import dataclass

from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.utils.images import read_size

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of a service; the defaults suit a machine of 4 GB.

    Args:
        max_body_bytes: of one request; with base64 an image takes a third more than its file.
        max_held_bytes: of all bodies that are being received or read.
        max_images: of one request.
        max_pixels: of one image, as its header says, before anything is decoded.
        max_queue: images that wait to be read, of all requests.
        body_timeout_s: in which a request's head, and then its body, has to arrive.
        read_timeout_s: in which a request's images have to be read, once its body is there.
        stop_timeout_s: that requests which were taken get to be answered once the service is told to stop.
        max_photographs: of one request.
        max_photograph_queue: photographs that wait to be read, of all requests; each takes as long as a hundred words.

    Raises:
        ConfigError: they contradict each other, so that some requests would be refused for ever.
    """

    max_body_bytes: int = 32 * MIB
    max_held_bytes: int = 256 * MIB
    max_images: int = 256
    max_pixels: int = 16_000_000
    max_queue: int = 1024
    body_timeout_s: float = 20.0
    read_timeout_s: float = 60.0
    stop_timeout_s: float = 60.0
    max_photographs: int = 16
    max_photograph_queue: int = 32

    def __post_init__(self) -> None:
        counts = self.max_body_bytes, self.max_images, self.max_photographs, self.max_pixels
        if min(*counts, self.body_timeout_s, self.read_timeout_s, self.stop_timeout_s) <= 0:
            raise ConfigError("every limit of a service must be above 0")
        for count, queue in (self.max_images, self.max_queue), (self.max_photographs, self.max_photograph_queue):
            if count > queue:
                raise ConfigError(f"{count} images of one request never fit into a queue of {queue}")
        if self.max_body_bytes > self.max_held_bytes:
            raise ConfigError(f"of {self.max_held_bytes} bytes in all, one body cannot have {self.max_body_bytes}")

    def max_count(self, are_photographs: bool) -> int:
        """How many images one request may have."""
        return self.max_photographs if are_photographs else self.max_images

    def check_size(self, image: bytes) -> None:
        """Looks at an image's header alone.

        Raises:
            SampleError: it has more pixels than are read. A file without a header is left to the reader to refuse.
        """
        size = read_size(image)
        if size is not None and size[0] * size[1] > self.max_pixels:
            raise SampleError("image too large", f"{size[0]} x {size[1]} pixels; at most {self.max_pixels}")
