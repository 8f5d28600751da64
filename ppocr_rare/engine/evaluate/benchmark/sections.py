"""The page's sections, from its facts: one content for Markdown and HTML."""

from collections import Counter
from dataclasses import dataclass, field

from ppocr_rare.data.benchmarks.subsets import SUBSET_BY_NAME
from ppocr_rare.engine.evaluate.benchmark.published import DATASETS

MAX_CONFUSIONS = 30  # the JSON form has all

Row = list[str]


@dataclass
class Bar:
    """A rate with its interval, all in [0, 1], under a name; None where there is no word."""

    name: str
    rate: float | None
    interval: tuple[float, float] | None


@dataclass
class Section:
    """A part of the page.

    Args:
        title: its heading.
        paragraphs: plain text, before the table.
        table: rows of cells, the header first; empty for none.
        bars: of the chart that the HTML form shows below the table.
        has_images: the HTML form shows the images of the worst words here.
    """

    title: str
    paragraphs: list[str] = field(default_factory=list)
    table: list[Row] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    has_images: bool = False


def make_sections(facts: dict) -> list[Section]:
    """The sections of the facts that ``gather_facts`` gives, in order."""
    return [
        _accuracy(facts),
        _published(facts),
        _by_length(facts),
        _by_curvature(facts),
        *([_rectifier(facts["rectifier"])] if facts.get("rectifier") else []),
        _confidence(facts),
        _risk_coverage(facts),
        _confusions(facts),
        _worst(facts),
        Section("Left out, or not readable", facts["notes"] or ["Nothing: every sample was read and counted."]),
        _origin(facts),
    ]


def percent(rate: float | None) -> str:
    """A rate in percent; a dash for none."""
    return "-" if rate is None else f"{100 * rate:.2f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return "-" if interval is None else f"{percent(interval[0])} to {percent(interval[1])}"


def _rate_cells(rates: dict) -> Row:
    return [str(rates["count"]), str(rates["correct"]), percent(rates["accuracy"]), _interval(rates["interval_95"])]


RATE_HEADER = ["words", "right", "accuracy %", "95 % interval"]


def _bar(name: str, rates: dict) -> Bar:
    return Bar(name, rates["accuracy"], rates["interval_95"])


def _accuracy(facts: dict) -> Section:
    sets, averages = facts["sets"], facts["averages"]
    rows = [["data set", "published subset", "excluded", *RATE_HEADER, "1-NED", "images/s"]]
    for one in sets:
        subset = one["subset"] or "none of them"
        ned = "-" if one["one_minus_ned"] is None else f"{one['one_minus_ned']:.4f}"
        rows.append(
            [one["name"], subset, str(one["excluded"]), *_rate_cells(one), ned, f"{one['images_per_s']:.1f}"]
        )
    for average in averages:
        rates = _rate_cells(average) if "count" in average else ["", "", percent(average["accuracy"]), ""]
        rows.append([average["name"], "", "", *rates, f"{average['one_minus_ned']:.4f}", ""])
    paragraphs = [
        f"Words are compared under the protocol: {facts['protocol']}.",
        "The average counts each data set alike, the weighted average each word. Intervals are Wilson's.",
    ]
    uses = Counter(one["dataset"] for one in sets if one["dataset"])
    if shared := [name for name, number in uses.items() if number > 1]:
        paragraphs.append(
            f"More than one subset of {', '.join(shared)} is here: the words that they share count in each of them."
        )
    return Section("Accuracy", paragraphs, rows, [_bar(one["name"], one) for one in sets])


def _published(facts: dict) -> Section:
    here = {one["subset"]: 100 * one["accuracy"] for one in facts["sets"] if one["subset"] and one["count"]}
    rows = [["model", *DATASETS, "average"]]
    averages = " / ".join(percent(average["accuracy"]) for average in facts["averages"])
    lexicon = f", lexicon: {facts['lexicon']}" if facts.get("lexicon") else ""
    rows.append([f"measured here{lexicon}", *_by_dataset(here), averages or "-"])
    sources = []
    for published in facts["published"]:
        average = "-"
        if published["average"] is not None:
            average = f"{published['average']} (of {published['average_of']})"
        rows.append([f"published: {published['name']}", *_by_dataset(published["figures"]), average])
        sources.append(f"{published['name']}: {published['source']}.")
    paragraphs = [
        "Rows that say so are published figures, not measured here. In brackets stands the number of words of the "
        "subset; a published figure without one is of the subset that its paper chose. The measured averages, plain / "
        "weighted, are of the data sets above, which need not be those of a published one.",
        *sources,
    ]
    return Section("Beside published figures", paragraphs, rows)


def _by_dataset(figures: dict[str, float]) -> Row:
    """A cell per data set: its figure, or those of its subsets with their sizes."""
    cells = []
    for dataset in DATASETS:
        parts = [f"{figures[dataset]:.1f}"] if dataset in figures else []
        for name, figure in figures.items():
            if name in SUBSET_BY_NAME and SUBSET_BY_NAME[name].dataset == dataset:
                parts.append(f"{figure:.1f} ({SUBSET_BY_NAME[name].count})")
        cells.append(", ".join(parts) or "-")
    return cells


def _by_length(facts: dict) -> Section:
    last = facts["longest"]
    named = [(f"{one['length']}{' or more' if one['length'] == last else ''}", one) for one in facts["by_length"]]
    rows = [["characters", *RATE_HEADER], *([name, *_rate_cells(one)] for name, one in named)]
    paragraphs = ["The length is that of the label, in the characters that are compared."]
    return Section("By length", paragraphs, rows, [_bar(name, one) for name, one in named])


def _by_curvature(facts: dict) -> Section:
    rows = [["bucket", *RATE_HEADER], *([one["bucket"], *_rate_cells(one)] for one in facts["by_curvature"])]
    bars = [_bar(one["bucket"], one) for one in facts["by_curvature"]]
    return Section("By curvature", [facts["curvature_definition"]], rows, bars)


def _rectifier(found: dict) -> Section:
    paragraphs = [
        "What TPS does to these words. Points that do not differ between words are those of a dead localization "
        "network; a word that is folded has a part of its image turned over itself."
    ]
    rows = [
        ["of the fiducial points", ""],
        ["mean distance from rest, pixels of the input", f"{found['moved_px']:.2f}"],
        ["how they differ between words, pixels", f"{found['differ_px']:.2f}"],
        ["outside of the input %", percent(found["points_outside"])],
        ["words that are folded %", percent(found["folded"])],
    ]
    return Section("Rectification", paragraphs, rows)


def _confidence(facts: dict) -> Section:
    found = facts["confidence"]
    paragraphs = [
        f"A word's score is the {found['score']} of its characters' probabilities, at temperature "
        f"{found['temperature']:g}. Expected calibration error: {percent(found['expected_calibration_error'])} %. "
        "Words by their score; the line goes from their mean score to their accuracy: it is short where scores mean "
        "what they say."
    ]
    rows = [["mean score", "words", "accuracy %"]]
    rows += [[f"{one['score']:.3f}", str(one["count"]), percent(one["accuracy"])] for one in found["reliability"]]
    bars = [
        Bar(f"{one['score']:.3f}", one["accuracy"], (min(ends := (one["score"], one["accuracy"])), max(ends)))
        for one in found["reliability"]
    ]
    return Section("Confidence", paragraphs, rows if found["reliability"] else [], bars)


def _risk_coverage(facts: dict) -> Section:
    points = facts["confidence"]["risk_coverage"]
    rows = [["of all words kept, surest first", "of these wrong %"]]
    rows += [[f"{one['coverage']:.0%}", percent(one["risk"])] for one in points]
    bars = [Bar(f"{one['coverage']:.0%}", one["risk"], (one["risk"], one["risk"])) for one in points]
    return Section("Risk and coverage", [], rows if points else [], bars)


def _confusions(facts: dict) -> Section:
    confusions = facts["confusions"]
    total = sum(one["count"] for one in confusions)
    paragraphs = [
        f"Of the words read wrongly, aligned with their labels by the fewest edits: {total} edits of {len(confusions)} "
        f"kinds; the {min(MAX_CONFUSIONS, len(confusions))} most frequent are shown."
    ]
    rows = [["label has", "read as", "times"]]
    for one in confusions[:MAX_CONFUSIONS]:
        rows.append([one["label"] or "(nothing)", one["read"] or "(nothing)", str(one["count"])])
    return Section("Confusions", paragraphs, rows if confusions else [])


def _worst(facts: dict) -> Section:
    words = facts["worst"]
    rows = [["data set", "key", "label", "read", "score"]]
    for one in words:
        rows.append([one["data_set"], one["key"], one["label"], one["text"] or "(nothing)", f"{one['score']:.4f}"])
    paragraphs = [f"The {len(words)} wrong words of which the model was most certain." if words else "None is wrong."]
    return Section("Worst words", paragraphs, rows if words else [], has_images=bool(words))


def _origin(facts: dict) -> Section:
    pairs = {"date": facts["date"], **facts["model"], **facts["machine"], **facts["versions"]}
    rows = [["", ""], *([name.replace("_", " "), str(value)] for name, value in pairs.items())]
    paragraphs = ["Images/s above include reading and decoding the images, on this machine:"]
    return Section("Speed and origin", paragraphs, rows)
