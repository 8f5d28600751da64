"""The keys of a configuration that are no class's arguments: their types, defaults and smallest values."""

from collections.abc import Mapping
from typing import Any, Literal

from ppocr_rare.errors import ConfigError
from ppocr_rare.schema import Key, Schema, did_you_mean, list_known

Text = str | None


def keys(**rows: tuple) -> dict[str, Key]:
    """Returns one Key for each ``name=(type[, default[, minimum]])``."""
    return {name: Key(*row) for name, row in rows.items()}


GLOBAL = Schema(
    keys(
        # where and how to run
        use_gpu=(bool, False),
        use_xpu=(bool, False),
        use_npu=(bool, False),
        use_mlu=(bool, False),
        distributed=(bool, False),
        seed=(int, 1024, 0),
        # training
        epoch_num=(int, 500, 1),
        pretrained_model=(Text, None),
        checkpoints=(Text, None),
        use_sync_bn=(bool, False),
        use_amp=(bool, False),
        amp_level=(Literal["O1", "O2"], "O2"),
        amp_dtype=(Literal["float16", "bfloat16"], "float16"),
        amp_custom_black_list=(list[str], None),
        amp_custom_white_list=(list[str], None),
        scale_loss=(float, 1.0, 0),
        use_dynamic_loss_scaling=(bool, False),
        # what is written, and when
        save_model_dir=(str, "./output/rec/"),
        save_epoch_step=(int, 3, 1),
        eval_batch_step=(int | list[int], (0, 2000)),
        eval_batch_epoch=(int, None, 1),
        cal_metric_during_train=(bool, True),
        calc_epoch_interval=(int, 1, 1),
        print_batch_step=(int, 10, 1),
        log_smooth_window=(int, 20, 1),
        print_mem_info=(bool, True),
        use_visualdl=(bool, False),
        use_wandb=(bool, False),
        # prediction and export
        infer_mode=(bool, False),
        infer_img=(Text, None),
        infer_list=(Text, None),
        save_res_path=(Text, None),
        save_inference_dir=(Text, None),
        # words
        character_dict_path=(Text, None),
        use_space_char=(bool, False),
        max_text_length=(int, 25),
    )
)

ARCHITECTURE = Schema(keys(model_type=(Literal["rec"], "rec"), algorithm=(Literal["RARE"],)))

LOADER = Schema(
    keys(
        shuffle=(bool, False),
        batch_size_per_card=(int, 256, 1),
        drop_last=(bool, False),
        num_workers=(int, 4, 0),
        use_shared_memory=(bool, True),
        collate_fn=(Text, None),
    )
)

# Accepted beside the arguments of any optimizer; lr and regularizer are sections of their own.
OPTIMIZER_COMMON = keys(
    weight_decay=(float, None, 0),
    clip_norm=(float, None, 0),
    clip_norm_global=(float, None, 0),
    lr=(dict, None),
    regularizer=(dict, None),
)

# The operators are built before the data set, and given to it.
DATASET_COMMON = keys(transforms=(list, None))


class Table:
    """Names and their keys, with the look-ups of a Registry, for components that have no class yet.

    Args:
        kind: what is named, in the words of a fault.
        rows: keys of each name.
    """

    def __init__(self, kind: str, rows: Mapping[str, dict[str, Key]]):
        self.kind = kind
        self._rows = rows

    def names(self) -> list[str]:
        """Returns all names, sorted."""
        return sorted(self._rows)

    def schema(self, name: str) -> Schema:
        """Returns the keys of a name; raises ConfigError where it is unknown."""
        if name not in self._rows:
            raise ConfigError(f"unknown {self.kind} '{name}'{did_you_mean(name, self._rows)}{list_known(self._rows)}")
        return Schema(self._rows[name])


def _schedule(**rows: tuple[Any, ...]) -> dict[str, Key]:
    return keys(**rows, warmup_epoch=(float, 0.0, 0))


# Stand-ins for registry.OPTIMIZERS, SCHEDULES and REGULARIZERS, which replace them (in config/check.py) once
# ppocr_rare/optimizer registers its classes; the facts are those of PaddleOCR 2.8.1 ppocr/optimizer/.
OPTIMIZER_TABLE = Table(
    "optimizer",
    {
        "Adam": keys(beta1=(float, 0.9), beta2=(float, 0.999), epsilon=(float, 1e-8), lazy_mode=(bool, False)),
        "AdamW": keys(
            beta1=(float, 0.9),
            beta2=(float, 0.999),
            epsilon=(float, 1e-8),
            lazy_mode=(bool, False),
            multi_precision=(bool, False),
            no_weight_decay_name=(Text, None),
            one_dim_param_no_weight_decay=(bool, False),
        ),
        "Momentum": keys(momentum=(float,)),
        "RMSProp": keys(momentum=(float, 0.0), rho=(float, 0.95), epsilon=(float, 1e-6)),
        "Adadelta": keys(rho=(float, 0.95), epsilon=(float, 1e-8)),
    },
)

SCHEDULE_TABLE = Table(
    "schedule",
    {
        "Const": _schedule(learning_rate=(float,)),
        "Linear": _schedule(learning_rate=(float,), end_lr=(float, 0.0), power=(float, 1.0)),
        "Cosine": _schedule(learning_rate=(float,)),
        "Step": _schedule(learning_rate=(float,), step_size=(int, 1, 1), gamma=(float, 0.1)),
        "Piecewise": _schedule(decay_epochs=(list[int],), values=(list[float],)),
        "CyclicalCosine": _schedule(learning_rate=(float,), cycle=(float,)),
        "OneCycle": _schedule(
            max_lr=(float,), anneal_strategy=(Literal["cos", "linear"], "cos"), three_phase=(bool, False)
        ),
        "TwoStepCosine": _schedule(learning_rate=(float,)),
        "MultiStepDecay": _schedule(learning_rate=(float,), milestones=(list[int],), gamma=(float, 0.1)),
    },
)

_FACTOR = keys(factor=(float, 0.0, 0))
REGULARIZER_TABLE = Table("regularizer", dict.fromkeys(("L1", "L1Decay", "L2", "L2Decay"), _FACTOR))
