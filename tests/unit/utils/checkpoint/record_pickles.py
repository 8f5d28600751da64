"""Records, with the Paddle that is installed, what `paddle.save` writes: the test data `recorded_pickles.json`.

Run once under each Paddle version that matters: `python tests/unit/utils/record_pickles.py`. The values are those of
`WEIGHT` and `BIAS`, so that the tests know them without Paddle.
"""

import base64
import io
import json
import pickle
from pathlib import Path

import numpy as np
import paddle

RECORDS = Path(__file__).with_name("recorded_pickles.json")
WEIGHT = np.arange(6, dtype=np.float32).reshape(2, 3) / 8 - 0.25
BIAS = np.array([1, -2, 0.5], np.float32)


def saved(value: object, protocol: int) -> str:
    file = io.BytesIO()
    paddle.save(value, file, protocol=protocol)
    return base64.b64encode(file.getvalue()).decode("ascii")


def main() -> None:
    linear = paddle.nn.Linear(2, 3)
    linear.set_state_dict({"weight": WEIGHT, "bias": BIAS})
    schedule = paddle.optimizer.lr.CosineAnnealingDecay(0.125, 10)
    adam = paddle.optimizer.Adam(schedule, parameters=linear.parameters())
    linear(paddle.ones([1, 2])).sum().backward()
    adam.step()
    linear.set_state_dict({"weight": WEIGHT, "bias": BIAS})
    records = {"optimizer": saved(adam.state_dict(), 4)}
    for protocol in (2, 3, 4):
        records[f"state protocol {protocol}"] = saved(linear.state_dict(), protocol)
        records[f"tensors protocol {protocol}"] = saved([{"weight": linear.weight}, (linear.bias,)], protocol)
    records["bfloat16"] = saved(linear.to(dtype="bfloat16").state_dict(), 4)  # changes the layer itself
    states = {"epoch": 3, "best_model_dict": {"acc": np.float64(0.75), "best_epoch": 2}, "global_step": np.int64(70)}
    records["states"] = base64.b64encode(pickle.dumps(states, protocol=2)).decode("ascii")
    everything = json.loads(RECORDS.read_text()) if RECORDS.exists() else {}
    everything[f"Paddle {paddle.__version__}, numpy {np.__version__}"] = records
    RECORDS.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
