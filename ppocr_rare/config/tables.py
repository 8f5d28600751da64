"""The keys of a configuration that are no class's arguments: their types, defaults and smallest values."""

from typing import Literal

from ppocr_rare.schema import Key, Schema

Text = str | None
Stage = Literal["transform", "backbone", "neck", "head"]


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
        pretrained_character_dict_path=(Text, None),  # ours: the dictionary that it was trained with
        pretrained_use_space_char=(bool, False),  # ours: and whether a space was added
        transfer=(bool, True),  # ours: new capitals and accented letters start as the letters that they are alike
        freeze=(list[Stage], None),  # ours: stages that training leaves as they are
        rectifier_only_steps=(int, 0, 0),  # ours: so many updates first are of the localization network alone
        checkpoints=(Text, None),
        overwrite=(bool, False),  # ours: begin anew where save_model_dir holds a training
        accumulate_steps=(int, 1, 1),  # ours: batches whose gradients make one update
        ema_decay=(float, 0.0, 0),  # ours: averages the weights; 0 for not, 0.999 and such
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
        save_batch_step=(int, None, 1),  # ours: save "latest" each so many steps, too
        eval_batch_step=(int | list[int], (0, 2000)),
        eval_batch_epoch=(int, None, 1),
        cal_metric_during_train=(bool, True),
        early_stop_patience=(int, None, 1),  # ours: evaluations without a better one
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
        min_score=(float, 0.0, 0),  # ours: words with a lower score are none that can be read
        rotate_tall=(bool, True),  # ours: images higher than 1.5 times their width are read turned as well
        views=(Literal[1, "doubtful", "all"], 1),  # ours: which words are read again
        save_res_path=(Text, None),
        save_inference_dir=(Text, None),
        export_format=(Literal["json", "legacy"] | None, None),  # ours: None for what this Paddle writes
        export_attention=(bool, False),  # ours: attention, fiducial points and the decoder's step, too
        # words
        character_dict_path=(Text, None),
        use_space_char=(bool, False),
        max_text_length=(int, 25),
    )
)

# Keys of Global that PaddleOCR's files may switch on, and that do nothing here.
WITHOUT_EFFECT = ("use_xpu", "use_npu", "use_mlu", "use_wandb")

ARCHITECTURE = Schema(
    keys(
        model_type=(Literal["rec"], "rec"),
        algorithm=(Literal["RARE"],),
        column_classifier=(bool, False),  # ours: in training the backbone's columns name their characters
    )
)

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

# Accepted beside the arguments of any optimizer, which gets what is made of them; lr and regularizer are sections of
# their own.
OPTIMIZER_COMMON = keys(
    weight_decay=(float, None, 0),
    clip_norm=(float, None, 0),
    clip_norm_global=(float, None, 0),
    lr=(dict, None),
    regularizer=(dict, None),
)

# The operators are built before the data set, and given to it.
DATASET_COMMON = keys(transforms=(list, None))
