"""A training of one weight, small enough to be worked out by hand."""

import paddle
from paddle import nn

from ppocr_rare.engine.train.decisions import TrainSettings
from ppocr_rare.engine.train.step import TrainStep
from ppocr_rare.engine.train.trainer import Trainer
from ppocr_rare.engine.train.weight_average import WeightAverage
from ppocr_rare.utils.precision import Precision
from ppocr_rare.utils.stats import Rejection


class Line(nn.Layer):
    """y = w x, as images to logits."""

    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = self.create_parameter([1], default_initializer=nn.initializer.Constant(weight))

    def forward(self, images, labels):
        return images * self.weight


class Sum(nn.Layer):
    def forward(self, logits, batch):
        return {"loss": logits.sum()}

    def weights(self, batches):
        return [1.0] * len(batches)

    def rank_weight(self, batches):
        return 1.0


class Batches:
    """A loader of ready batches; tells what it was asked for."""

    def __init__(self, *batches):
        self.batches = batches
        self.started = []

    def __len__(self):
        return len(self.batches)

    def start_epoch(self, epoch, batch=0):
        self.started.append((epoch, batch))
        self._first = batch

    def __iter__(self):
        return iter(self.batches[self._first :])


class Log:
    def __init__(self):
        self.records, self.evaluations, self.failures = [], [], []

    def step(self, record):
        self.records.append(record)

    def evaluation(self, global_step, epoch, metrics, is_best, best):
        self.evaluations.append((global_step, metrics["acc"], is_best, best["acc"]))

    def resume(self, global_step, recent):
        self.resumed = global_step

    def failure(self, message):
        self.failures.append(message)


def batch(*values, key="a"):
    if not values:
        return {"keys": [], "rejections": [Rejection(key, "", "not an image")]}
    return {"image": paddle.to_tensor(values), "label": None, "keys": [f"{key}{v}" for v in values], "rejections": []}


def make(folder, loader, evaluate=None, weight=1.0, ema_decay=0.0, precision=None, model=None, **settings):
    model = model or Line(weight)
    schedule = paddle.optimizer.lr.StepDecay(0.1, 1, gamma=0.5)
    optimizer = paddle.optimizer.SGD(schedule, parameters=model.parameters())
    chosen = {
        "epochs": 1, "accumulate_steps": 1, "eval_batch_step": 1000, "eval_batch_epoch": None, "save_epoch_step": 100,
        "save_batch_step": None, "main_indicator": "acc", "patience": None, **settings,
    }  # fmt: skip
    precision, measure = precision or Precision(), chosen.pop("measure", None)
    step = TrainStep(model, Sum(), optimizer, schedule, precision, ("image",), 0, chosen["accumulate_steps"])
    average = WeightAverage(model, ema_decay) if ema_decay else None
    return Trainer(step, loader, measure, evaluate, average, Log(), TrainSettings(folder=folder, **chosen))
