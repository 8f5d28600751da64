"""Rules on what is learnt of words because they were drawn: where characters stand, where lines run. See ``rules``."""

from ppocr_rare.config.draft import Draft, Faults

# Operator: the data sets that know what it needs, and what that is.
LOCATORS = {
    "LocateCharacters": (("OnlineSynthDataSet",), "it drew each character"),
    "LocateFiducials": (("OnlineSynthDataSet", "LMDBDataSet"), "each line runs"),
}
MOVERS = ("RecAug", "RecConAug")


def teachers_are_there(draft: Draft) -> Faults:
    """A loss that looks at columns or points has an operator that gives them, and a network that has them."""
    names = [name for _, name, _ in draft.operators("Train")]
    asking = {"LocateCharacters": "ColumnAttentionLoss"} if draft.get("Loss.name") == "ColumnAttentionLoss" else {}
    if draft.get("Loss.fiducial_weight"):
        asking["LocateFiducials"] = "Loss.fiducial_weight"
    has_none = "Transform" in (architecture := draft.get("Architecture") or {}) and architecture["Transform"] is None
    if has_none and ("LocateFiducials" in names or "LocateFiducials" in asking):
        yield "Architecture.Transform", "is needed where LocateFiducials or Loss.fiducial_weight teach its points"
    for operator, asker in asking.items():
        if names and operator not in names:
            yield "Train.dataset.transforms", f"{asker} needs {operator} behind RecResizeImg"


def what_was_drawn_stands_where_it_was_drawn(draft: Draft) -> Faults:
    """The operators that locate know where things are: as they were drawn, and moved by the resizing alone."""
    operators = draft.operators("Train")
    names = [name for _, name, _ in operators]
    dataset = draft.get("Train.dataset.name")
    for place, (index, name, _) in enumerate(operators):
        if name not in LOCATORS:
            continue
        path = f"Train.dataset.transforms.{index}.{name}"
        knowing, what = LOCATORS[name]
        if dataset is not None and dataset not in knowing:
            yield path, f"needs {' or '.join(knowing)}, which knows where {what}, got {dataset}"
        if "RecResizeImg" not in names[:place]:
            yield path, "must stand behind RecResizeImg"
        for mover in MOVERS:
            if mover in names:
                yield path, f"excludes {mover}, which moves the characters"


def rectifier_is_taught_before_all_else(draft: Draft) -> Faults:
    """The localization network can learn alone where it has points to learn from, and learns."""
    path = "Global.rectifier_only_steps"
    if not draft.get(path):
        return
    if not draft.get("Loss.fiducial_weight"):
        yield path, "needs Loss.fiducial_weight above 0, by which the rectifier alone learns"
    if "transform" in (draft.get("Global.freeze") or ()):
        yield path, "excludes transform in Global.freeze: nothing would learn"
