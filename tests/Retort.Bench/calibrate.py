"""scikit-learn's side of `./bench calibrate`. The line "calibrate sigmoid" fits and applies that method once; the answer is the seconds of both, of processor time.

The data comes from files that the other side has written: calibrate.py FOLDER.
"""
import sys
import time
import warnings

from serve import need, serve

numpy, sklearn, torch = need("numpy", "sklearn", "torch")
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV

warnings.filterwarnings("ignore")
CLASSES = 10
logits = numpy.fromfile(f"{sys.argv[1]}/logits", numpy.float64).reshape(-1, CLASSES)
labels = numpy.fromfile(f"{sys.argv[1]}/labels", numpy.int32)


class Scores(ClassifierMixin, BaseEstimator):
    """A classifier whose rows are their logits."""

    def fit(self, X, y):
        self.classes_ = numpy.arange(CLASSES)
        return self

    def decision_function(self, X):
        return X

    def predict(self, X):
        return X.argmax(1)


def answer(_, method):
    model = Scores().fit(logits, labels)
    begin = time.process_time()
    calibrated = CalibratedClassifierCV(model, method=method, cv="prefit").fit(logits, labels)
    fitted = time.process_time()
    calibrated.predict_proba(logits)
    return f"{fitted - begin} {time.process_time() - fitted}"


square = torch.rand(256, 256)
serve(lambda: torch.mm(square, square), answer)
