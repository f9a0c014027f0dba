"""What the Python peers have in common: the data, the order of the samples, and the conversation with perf.

perf writes one JSON object a line to standard input and reads one for each from standard output. The first says what to train:
  {"folder", "images", "layers": [784, ..., 10], "batch", "rate", "threads", "mode"}   answered by {"versions"}
then {"train": STEPS}                                                                 answered by {}
and  {"evaluate": IMAGES}                                                             answered by {"loss", "accuracy"}.
The clock is perf's. The peer lives until its input ends.
"""

import json
import os
import sys

import numpy as np


def serve(make):
    """Answers requests until there are no more; make(plan) builds the side that does the work."""
    answers, sys.stdout = sys.stdout, sys.stderr
    plan = json.loads(sys.stdin.readline())
    side = make(plan)
    reply(answers, versions=side.versions)
    for line in sys.stdin:
        request = json.loads(line)
        if "train" in request:
            side.train(request["train"])
            reply(answers)
        else:
            loss, accuracy = side.evaluate(request["evaluate"])
            reply(answers, loss=loss, accuracy=accuracy)


def reply(answers, **fields):
    print(json.dumps(fields), file=answers, flush=True)


def load(plan):
    """Images as float32 from 0 to 1, images x pixels, and labels."""
    images = np.fromfile(os.path.join(plan["folder"], "images.u8"), np.uint8).reshape(plan["images"], -1)
    labels = np.fromfile(os.path.join(plan["folder"], "labels.u8"), np.uint8)
    return images.astype(np.float32) / np.float32(255), labels.astype(np.int64)


def weights(plan):
    """The first weights (inputs x outputs) and biases of each layer, the same for all sides."""
    values = np.fromfile(os.path.join(plan["folder"], "weights.f32"), np.float32)
    start = 0
    for inputs, outputs in zip(plan["layers"], plan["layers"][1:]):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        yield values[start:middle].reshape(inputs, outputs), values[middle:end]
        start = end
