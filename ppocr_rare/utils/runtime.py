"""What a run depends on besides its configuration: the device."""

import logging

import paddle

logger = logging.getLogger(__name__)


def select_device(use_gpu: bool) -> str:
    """Makes Paddle compute on the GPU or the CPU.

    Args:
        use_gpu: what the configuration asks for. Where there is no GPU to use, a warning says why and the CPU serves.

    Returns:
        "gpu" or "cpu".

    Differs: 20.
    """
    if use_gpu and not paddle.is_compiled_with_cuda():
        logger.warning("use_gpu is True, but this Paddle is built for the CPU: using the CPU")
        use_gpu = False
    if use_gpu and paddle.device.cuda.device_count() == 0:
        logger.warning("use_gpu is True, but no GPU is visible: using the CPU")
        use_gpu = False
    device = "gpu" if use_gpu else "cpu"
    paddle.set_device(device)
    return device
