"""The subsets under which the literature reports its accuracies, and how each is cut from what is distributed."""

import re
from dataclasses import dataclass
from typing import Literal

Rule = Literal["all", "alphanumeric", "alphanumeric, 3 or more", "published list"]

_ALPHANUMERIC = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True)
class Subset:
    """A set of words that papers mean by a name.

    Args:
        name: what its LMDB is called here: the set and the number of words.
        dataset: the set that it is a part of.
        count: the published number of words.
        rule: which words of the set belong to it.
        release_name: what the common LMDB release calls it.
        parent: another subset that holds all of its words; "" for the whole set.

    Source: Baek et al., "What Is Wrong With Scene Text Recognition Model Comparisons?", ICCV 2019, section 2.
    """

    name: str
    dataset: str
    count: int
    rule: Rule
    release_name: str
    parent: str = ""


SUBSETS = (
    Subset("IIIT5k_3000", "IIIT5K", 3000, "all", "IIIT5k_3000"),
    Subset("SVT_647", "SVT", 647, "all", "SVT"),
    Subset("IC03_867", "IC03", 867, "alphanumeric, 3 or more", "IC03_867"),
    Subset("IC03_860", "IC03", 860, "published list", "IC03_860", parent="IC03_867"),
    Subset("IC13_1015", "IC13", 1015, "alphanumeric", "IC13_1015"),
    Subset("IC13_857", "IC13", 857, "alphanumeric, 3 or more", "IC13_857", parent="IC13_1015"),
    Subset("IC15_2077", "IC15", 2077, "all", "IC15_2077"),
    Subset("IC15_1811", "IC15", 1811, "published list", "IC15_1811", parent="IC15_2077"),
    Subset("SVTP_645", "SVTP", 645, "all", "SVTP"),
    Subset("CUTE80_288", "CUTE80", 288, "all", "CUTE80"),
)
SUBSET_BY_NAME = {subset.name: subset for subset in SUBSETS}
LISTED = tuple(subset.name for subset in SUBSETS if subset.rule == "published list")

# What folders and files of a set are called, SVTP before SVT, which is the beginning of its name.
_NAMES = {
    "SVTP": r"svt[-_ ]?p|svt[-_ ]?perspective",
    "SVT": r"svt",
    "IIIT5K": r"iiit",
    "IC03": r"(?<![a-z])ic(dar)?[-_ ]?(20)?03",
    "IC13": r"(?<![a-z])(ic(dar)?[-_ ]?(20)?13|challenge[-_ ]?2|ch2)",
    "IC15": r"(?<![a-z])(ic(dar)?[-_ ]?(20)?15|challenge[-_ ]?4|ch4)",
    "CUTE80": r"cute",
}


def dataset_of(name: str) -> str | None:
    """The set that a file or folder name speaks of; None where it speaks of none."""
    return next((dataset for dataset, pattern in _NAMES.items() if re.search(pattern, name, re.IGNORECASE)), None)


def belongs(label: str, rule: Rule) -> bool:
    """Whether a word of the whole set is in the subset, by its label; every word may be in a published list."""
    if not rule.startswith("alphanumeric"):
        return True
    return bool(_ALPHANUMERIC.fullmatch(label)) and (len(label) >= 3 or rule == "alphanumeric")
