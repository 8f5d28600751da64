"""Puts a training together from a configuration, on this rank."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ppocr_rare.builder import (
    build_charset,
    build_dataset,
    build_eval_sets,
    build_loss,
    build_metric,
    build_model,
    build_optimizer,
    build_post_process,
    build_precision,
    keep_keys_of,
)
from ppocr_rare.config import Config
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.loader import WordLoader, build_loader
from ppocr_rare.data.sampler import build_sampler
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.doctor.rectifier import some_images, warn_if_dead
from ppocr_rare.engine.doctor.words import check_characters, spread, survey_labels
from ppocr_rare.engine.evaluate.assemble import build_evaluator, evaluate_sets
from ppocr_rare.engine.evaluate.evaluator import SetResult
from ppocr_rare.engine.train.decisions import TrainSettings, updates_per_epoch
from ppocr_rare.engine.train.display import TrainLog
from ppocr_rare.engine.train.fine_tuning import freeze, load_pretrained
from ppocr_rare.engine.train.output_folder import checkpoint_prefix, require_same_setup
from ppocr_rare.engine.train.step import TrainStep
from ppocr_rare.engine.train.trainer import Trainer
from ppocr_rare.engine.train.usable_data import MAX_LOOKED_AT, require_usable_sample
from ppocr_rare.engine.train.weight_average import WeightAverage
from ppocr_rare.metrics import WordScores
from ppocr_rare.utils.checkpoint.save_load import PARAMS_SUFFIX
from ppocr_rare.utils.precision import Precision
from ppocr_rare.utils.ranks import Ranks, join_ranks
from ppocr_rare.utils.runtime import select_device

logger = logging.getLogger(__name__)


def build_trainer(config: Config) -> Trainer:
    """Builds what trains, with the weights of ``Global.pretrained_model`` or the state of ``Global.checkpoints``.

    Raises:
        RareError: a section is missing, or a data set or checkpoint cannot be used.
    """
    config.require("Architecture", "Loss", "Optimizer", "PostProcess", "Metric", "Train")
    settings = config["Global"]
    select_device(settings["use_gpu"])
    ranks = join_ranks()
    paddle.seed(settings["seed"])
    loader = _build_train_loader(config, ranks)
    require_usable_sample(loader.dataset)
    model = build_model(config)
    if settings["pretrained_model"]:
        load_pretrained(model, config)
    if settings["freeze"]:
        freeze(model, settings["freeze"])
    if settings["use_sync_bn"]:
        model = _synchronize_norms(model, ranks)
    steps_per_epoch = updates_per_epoch(len(loader), settings["accumulate_steps"])
    step = _build_step(config, model, steps_per_epoch, ranks)
    indicator = build_metric(config).main_indicator
    trainer = Trainer(
        step,
        loader,
        _batch_metric(config) if settings["cal_metric_during_train"] else None,
        _evaluation(config, step.network, step.precision) if config.get("Eval") else None,
        WeightAverage(step.network, settings["ema_decay"]) if settings["ema_decay"] else None,
        _build_log(settings, steps_per_epoch, indicator) if ranks.is_first else None,
        _train_settings(settings, indicator),
        ranks,
    )
    if settings["checkpoints"]:
        prefix = checkpoint_prefix(settings["checkpoints"]).removesuffix(PARAMS_SUFFIX)
        require_same_setup(config, prefix)
        trainer.resume(prefix)
    if trainer.progress.global_step < settings["rectifier_only_steps"]:
        logger.info("the localization network alone learns until step %d", settings["rectifier_only_steps"])
    if trainer.log:
        _report_unknown_characters(loader.dataset, build_charset(config))
        with step.precision.autocast():
            warn_if_dead(step.network, some_images(loader.dataset, spread(len(loader.dataset), MAX_LOOKED_AT)))
    return trainer


def _synchronize_norms(model: nn.Layer, ranks: Ranks) -> nn.Layer:
    """The model with batch norms that see all ranks' samples; parameters and statistics are the same objects."""
    if paddle.get_device() == "cpu":  # for which Paddle has no such kernel
        logger.warning("use_sync_bn needs GPUs: batch norms see the samples of their own process")
        return model
    return paddle.nn.SyncBatchNorm.convert_sync_batchnorm(model) if ranks.size > 1 else model


def _build_step(config: Config, model: nn.Layer, steps_per_epoch: int, ranks: Ranks) -> TrainStep:
    settings = config["Global"]
    optimizer, schedule = build_optimizer(config, model, steps_per_epoch=steps_per_epoch, epochs=settings["epoch_num"])
    precision = build_precision(config)
    model, optimizer = precision.prepare(model, optimizer)
    ranks.share(model.state_dict().values())
    return TrainStep(
        model,
        build_loss(config),
        optimizer,
        schedule,
        precision,
        keep_keys_of(config, "Train"),
        settings["seed"],
        settings["accumulate_steps"],
        ranks,
        settings["rectifier_only_steps"],
    )


def _report_unknown_characters(dataset: WordDataset, charset: Charset) -> None:
    """Warns of characters that the dictionary lacks: training drops them from the labels."""
    survey = survey_labels(dataset, charset)
    for finding in check_characters("Train", survey):
        logger.warning(
            "%s (%d of %d labels looked at): %s: %s",
            finding.subject,
            survey.num_looked_at,
            len(dataset),
            finding.message,
            *finding.details,
        )


def _build_train_loader(config: Config, ranks: Ranks) -> WordLoader:
    dataset = build_dataset(config, "Train", with_labels=True)
    settings = config["Train"]["loader"]
    sampler = build_sampler(
        dataset,
        settings["batch_size_per_card"],
        shuffle=settings["shuffle"],
        drop_last=settings["drop_last"],
        seed=config["Global"]["seed"],
        rank=ranks.rank,
        num_ranks=ranks.size,
    )
    return build_loader(
        dataset,
        keep_keys=keep_keys_of(config, "Train"),
        batch_size=settings["batch_size_per_card"],
        num_workers=settings["num_workers"],
        use_shared_memory=settings["use_shared_memory"],
        batch_sampler=sampler,
    )


def _build_log(settings: Mapping[str, Any], steps_per_epoch: int, indicator: str) -> TrainLog:
    return TrainLog(
        settings["save_model_dir"],
        epochs=settings["epoch_num"],
        steps_per_epoch=steps_per_epoch,
        print_batch_step=settings["print_batch_step"],
        smooth_window=settings["log_smooth_window"],
        has_scalars=settings["use_visualdl"],
        main_indicator=indicator,
        print_mem_info=settings["print_mem_info"],
    )


def _train_settings(settings: Mapping[str, Any], indicator: str) -> TrainSettings:
    return TrainSettings(
        folder=Path(settings["save_model_dir"]),
        epochs=settings["epoch_num"],
        accumulate_steps=settings["accumulate_steps"],
        eval_batch_step=settings["eval_batch_step"],
        eval_batch_epoch=settings["eval_batch_epoch"],
        save_epoch_step=settings["save_epoch_step"],
        save_batch_step=settings["save_batch_step"],
        main_indicator=indicator,
        patience=settings["early_stop_patience"],
        calc_epoch_interval=settings["calc_epoch_interval"],
        has_starting_score=bool(settings["pretrained_model"] and not settings["checkpoints"]),
    )


def _batch_metric(config: Config) -> Callable[..., dict[str, float]]:
    """A function of logits [B, L, V] and a batch that gives PaddleOCR's metric of that batch."""
    post_process, metric = build_post_process(config), build_metric(config)

    def measure(logits: paddle.Tensor, batch: Mapping[str, Any]) -> dict[str, float]:
        ids = logits.argmax(axis=2).numpy()
        values = metric((post_process.decode(ids), post_process.decode(np.asarray(batch["label"]))))
        metric.reset()
        return values

    return measure


def _evaluation(config: Config, model: nn.Layer, precision: Precision) -> Callable[[], dict[str, float]] | None:
    """A function that evaluates the model as it is: its metrics over all words of all evaluation sets."""
    evaluator = build_evaluator(config, model)
    data_sets = build_eval_sets(config)

    def evaluate() -> dict[str, float]:
        with precision.autocast():
            return _total(evaluate_sets(config, evaluator, data_sets))

    return evaluate


def _total(results: list[SetResult]) -> dict[str, float]:
    scores = WordScores()
    for result in results:
        scores.merge(result.scores)
    seconds = sum(result.seconds for result in results)
    return {
        "acc": scores.accuracy,
        "norm_edit_dis": scores.one_minus_ned,
        "fps": scores.count / seconds if seconds else 0.0,
    }
