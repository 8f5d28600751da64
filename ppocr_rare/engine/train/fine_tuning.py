"""Training that begins with trained weights: for another dictionary, or with a part of the network held as it is."""

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from paddle import nn

from ppocr_rare.builder import build_charset
from ppocr_rare.config import Config
from ppocr_rare.data.charset import Charset
from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.save_load import LoadReport, load_checkpoint
from ppocr_rare.utils.checkpoint.transfer import CLASS_ENTRIES, transfer_classes

logger = logging.getLogger(__name__)

NORMS = (nn.BatchNorm1D, nn.BatchNorm2D, nn.SyncBatchNorm)


def load_pretrained(model: nn.Layer, config: Config) -> LoadReport:
    """Gives a model the weights of ``Global.pretrained_model``, which may have been trained with another dictionary.

    That dictionary is ``Global.pretrained_character_dict_path``. Where it is not set, the weights fit as they are if
    the numbers of classes are equal, and else are taken for those of the default dictionary.

    Args:
        model: the network, with fresh weights.
        config: what ``load_config`` gave.

    Raises:
        CheckpointError: as ``load_checkpoint``, or the weights were trained with yet another number of classes.
        DataError: the dictionary cannot be read.
    """
    path = config["Global"]["pretrained_model"]
    return load_checkpoint(model, path, lambda state: _fit_classes(state, model, config))


def _fit_classes(state: dict[str, np.ndarray], model: nn.Layer, config: Config) -> dict[str, np.ndarray]:
    """The state dict with classes in the model's order."""
    settings, charset = config["Global"], build_charset(config)
    dictionary = settings["pretrained_character_dict_path"]
    if "head.generator.bias" not in state:
        return state
    num_classes = state["head.generator.bias"].size
    if dictionary is None and num_classes == len(charset):
        if settings["character_dict_path"]:
            logger.info(
                "%s: its %d classes are taken for those of %s; if it was trained with another dictionary, name that in "
                "Global.pretrained_character_dict_path",
                settings["pretrained_model"], num_classes, settings["character_dict_path"],
            )  # fmt: skip
        return state
    old_charset = Charset.from_file(dictionary, settings["pretrained_use_space_char"])
    if len(old_charset) != num_classes:
        raise CheckpointError(
            f"{settings['pretrained_model']}: its head has {num_classes} classes, but {dictionary or 'the default'} "
            f"gives {len(old_charset)}; Global.pretrained_character_dict_path must name the dictionary of its training"
        )
    fresh = {name: tensor.numpy() for name, tensor in model.state_dict().items() if name in CLASS_ENTRIES}
    state, report = transfer_classes(state, old_charset.characters, charset.characters, fresh, settings["transfer"])
    if report:
        logger.info("%s: %s", settings["pretrained_model"], report)
    return state


def freeze(model: nn.Layer, stages: Iterable[str]) -> None:
    """Holds stages of a network as they are: parameters, and the statistics of batch norms in training too.

    To be called before the optimizer and a wrapper for several ranks are made, which ask what is trainable.

    Args:
        model: the network.
        stages: of "transform", "backbone", "neck", "head"; neck only with those before it.
    """
    layers = [getattr(model, stage) for stage in stages]
    for layer in layers:
        for parameter in layer.parameters():
            parameter.stop_gradient = True

    def rest_norms(model: nn.Layer, inputs: Any) -> None:
        for layer in layers:
            for norm in layer.sublayers():
                if isinstance(norm, NORMS):
                    norm.training = False

    # At each forward pass: train() of the model or of a wrapper around it wakes the norms, and not by their train().
    model.register_forward_pre_hook(rest_norms)
