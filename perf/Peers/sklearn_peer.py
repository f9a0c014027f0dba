"""scikit-learn's MLPClassifier: partial_fit goes once, shuffled, over the rows that it is given."""

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

import protocol


class Mlp:
    def __init__(self, plan):
        self.versions = f"scikit-learn {sklearn.__version__}"
        self.x, self.y = protocol.load(plan)
        self.random = np.random.default_rng(1)
        self.batch = plan["batch"]
        self.model = MLPClassifier(
            hidden_layer_sizes=plan["layers"][1:-1], solver="adam", activation="relu", alpha=0, batch_size=self.batch,
            learning_rate_init=plan["rate"], random_state=1)
        # The first call builds the network; then it gets the weights that all sides begin with, and a fresh optimizer.
        self.model.partial_fit(self.x[:self.batch], self.y[:self.batch], classes=range(plan["layers"][-1]))
        for layer, (w, b) in enumerate(protocol.weights(plan)):
            self.model.coefs_[layer][...] = w
            self.model.intercepts_[layer][...] = b
        del self.model._optimizer

    def train(self, steps):
        count = steps * self.batch
        if count >= len(self.y):
            self.model.partial_fit(self.x, self.y)
        else:
            rows = self.random.permutation(len(self.y))[:count]
            self.model.partial_fit(self.x[rows], self.y[rows])

    def evaluate(self, images):
        chances = self.model.predict_proba(self.x[:images])
        right = chances[np.arange(images), self.y[:images]]
        hits = chances.argmax(1) == self.y[:images]
        return float(-np.log(np.maximum(right, 1e-30)).mean()), float(hits.mean())


protocol.serve(Mlp)
