"""What others have published, in percent. None of it was measured here."""

from dataclasses import dataclass, field

# The order of the page's columns.
DATASETS = ("IIIT5K", "SVT", "IC03", "IC13", "IC15", "SVTP", "CUTE80")


@dataclass(frozen=True)
class Published:
    """A row that was published.

    Args:
        name: of the model.
        source: where the figures are from.
        figures: word accuracy in percent, by the name of the subset or, where the source does not say which subset of a
            set it means, by that of the set.
        average: the average as published, in percent.
        average_of: what it is the average of.
    """

    name: str
    source: str
    figures: dict[str, float] = field(default_factory=dict)
    average: float | None = None
    average_of: str = ""


PUBLISHED = (
    Published(
        "RARE 2016",
        "Shi et al., Robust Scene Text Recognition with Automatic Rectification, CVPR 2016",
        {"IIIT5K": 81.9, "SVT": 81.9, "IC03": 90.1, "IC13": 88.6, "SVTP": 71.8, "CUTE80": 59.2},
    ),
    Published(
        "RARE 2016, a lexicon of 50 words for each image",
        "as RARE 2016",
        {"IIIT5K": 96.2, "SVT": 95.5, "IC03": 98.3},
    ),
    Published("RARE 2016, a lexicon of 1000 words for each image", "as RARE 2016", {"IIIT5K": 93.8}),
    Published("RARE 2016, the words of the whole set as lexicon", "as RARE 2016", {"IC03": 96.2}),
    Published(
        "ASTER 2018",
        "Shi et al., ASTER: An Attentional Scene Text Recognizer with Flexible Rectification, TPAMI 2018; SVT as its "
        "authors corrected it on 2018-10-22 (github.com/bgshih/aster)",
        {"IIIT5K": 93.4, "SVT": 89.5, "IC03": 94.5, "IC13": 91.8, "IC15": 76.1, "SVTP": 78.5, "CUTE80": 79.5},
    ),
    Published(
        "TRBA 2019 (released weights)",
        "Baek et al., What Is Wrong With Scene Text Recognition Model Comparisons?, ICCV 2019; the sets are of the "
        "weights that they released (github.com/clovaai/deep-text-recognition-benchmark, issue 206), the average is "
        "the paper's own, of five trainings",
        {
            "IIIT5k_3000": 87.367, "SVT_647": 87.326, "IC03_860": 95.116, "IC03_867": 94.694, "IC13_857": 92.999,
            "IC13_1015": 92.217, "IC15_1811": 78.244, "IC15_2077": 75.390, "SVTP_645": 80.155, "CUTE80_288": 74.216,
        },
        84.0,
        "all words",
    ),
    Published(
        "PaddleOCR RARE, ResNet34_vd",
        "PaddleOCR 2.8.1, doc/doc_ch/algorithm_rec_rare.md",
        average=83.6,
        average_of="IIIT5K, SVT, IC03, IC13, IC15, SVTP, CUTE80",
    ),
    Published(
        "PaddleOCR RARE, MobileNetV3",
        "PaddleOCR 2.8.1, doc/doc_ch/algorithm_rec_rare.md",
        average=82.5,
        average_of="IIIT5K, SVT, IC03, IC13, IC15, SVTP, CUTE80",
    ),
)  # fmt: skip
