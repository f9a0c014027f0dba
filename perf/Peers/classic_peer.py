"""The traditional methods of scikit-learn: a support vector machine with the RBF kernel, and a decision tree. "train" fits
once; the images from plan["fit"] on are held out, and "evaluate" measures on those."""

import sklearn
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import protocol


class Classic:
    def __init__(self, plan):
        self.versions = f"scikit-learn {sklearn.__version__}"
        self.x, self.y = protocol.load(plan)
        self.fit = plan["fit"]
        # C = 10 is better than the default of 1 for MNIST; a tree's defaults grow it to the end.
        self.model = SVC(C=10, kernel="rbf", gamma="scale") if plan["mode"] == "svm" else DecisionTreeClassifier(random_state=1)

    def train(self, _):
        self.model.fit(self.x[:self.fit], self.y[:self.fit])

    def evaluate(self, images):
        return 0.0, float(self.model.score(self.x[-images:], self.y[-images:]))


protocol.serve(Classic)
