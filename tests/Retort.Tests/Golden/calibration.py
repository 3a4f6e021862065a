#!/usr/bin/env python3
"""Golden numbers for calibrations and metrics: `python3 calibration.py > calibration.txt` (numpy, SciPy, scikit-learn).

The rows, which CalibrationGoldenTests repeats: for row i of 60 and class k of K, logit 3 sin(1.7 i + 2.3 k + 0.5) + cos(0.9 i k); the label is the first class with the largest logit + 2.5 sin(3.1 i + 5.7 k);
weight 1 + (i mod 4) / 2. A line holds the case, the number of classes and the numbers: a calibration's probabilities of these rows, or one metric. Binary scores are the log-odds of the second class.
"""
import warnings

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logsumexp, softmax
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.isotonic import IsotonicRegression

warnings.filterwarnings("ignore")
ROWS = 60


def rows(classes):
    i, k = np.arange(ROWS)[:, None], np.arange(classes)[None, :]
    logits = 3 * np.sin(1.7 * i + 2.3 * k + 0.5) + np.cos(0.9 * i * k)
    return logits, (logits + 2.5 * np.sin(3.1 * i + 5.7 * k)).argmax(1), 1 + np.arange(ROWS) % 4 / 2


def odds(logits):
    """The log-odds of each class against the rest."""
    return np.stack([logits[:, k] - logsumexp(np.delete(logits, k, 1), 1) for k in range(logits.shape[1])], 1)


class Scores(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return X[:, 1] if X.shape[1] == 2 else X


def sklearn_calibrated(method):
    def run(logits, y, w):
        x = odds(logits)
        return CalibratedClassifierCV(Scores().fit(x, y), method=method, cv="prefit").fit(x, y, sample_weight=w).predict_proba(x)
    return run


def against_rest(one):
    def run(logits, y, w):
        s = odds(logits)
        if logits.shape[1] == 2:
            p = one(s[:, 1], y == 1, w)
            return np.stack([1 - p, p], 1)
        p = np.stack([one(s[:, k], y == k, w) for k in range(logits.shape[1])], 1)
        return p / p.sum(1, keepdims=True)
    return run


def beta(s, hit, w):
    lp, lq = np.log(expit(s)), np.log(expit(-s))

    def loss(v):
        z = v[0] * lp - v[1] * lq + v[2]
        return (w * (np.logaddexp(0, z) - hit * z)).sum() / w.sum() + 5e-7 * ((v - [1, 1, 0]) ** 2).sum()
    v = minimize(loss, [1, 1, 0], bounds=[(0, None), (0, None), (None, None)], tol=1e-15).x
    return expit(v[0] * lp - v[1] * lq + v[2])


def venn_abers(s, hit, w):
    """By its definition: an isotonic regression of all rows and the row itself, twice for each row."""
    def value(x, label):
        fit = IsotonicRegression().fit(np.append(s, x), np.append(hit, label), np.append(w, 1))
        return fit.predict([x])[0]
    p0, p1 = (np.array([value(x, label) for x in s]) for label in (0, 1))
    return p1 / (1 - p0 + p1)


def temperature(logits, y, w):
    loss = lambda t: -(w * log_softmax(logits / np.exp(t[0]), 1)[np.arange(ROWS), y]).sum()
    return softmax(logits / np.exp(minimize(loss, [0], tol=1e-14).x[0]), 1)


def affine(penalty):
    """penalty: of matrix and offsets, as halves of squares beside the mean loss; None where a parameter stays."""
    def run(logits, y, w):
        x, n = log_softmax(logits, 1), logits.shape[1]
        start = np.append(np.eye(n), np.zeros((n, 1)), 1)
        cost = penalty(n)

        def loss(v):
            v = np.where(np.isfinite(cost), v.reshape(n, n + 1), start)
            z = log_softmax(x @ v[:, :n].T + v[:, n], 1)
            return -(w * z[np.arange(ROWS), y]).sum() / w.sum() + (np.where(np.isfinite(cost), cost, 0) * (v - start) ** 2).sum() / 2
        v = minimize(loss, start.ravel(), method="BFGS", options={"gtol": 1e-10, "maxiter": 10000}).x.reshape(n, n + 1)
        v = np.where(np.isfinite(cost), v, start)
        return softmax(x @ v[:, :n].T + v[:, n], 1)
    return run


CALIBRATIONS = {
    "temperature": temperature,
    "platt": sklearn_calibrated("sigmoid"),
    "isotonic": sklearn_calibrated("isotonic"),
    "beta": against_rest(beta),
    "venn-abers": against_rest(venn_abers),
    "vector": affine(lambda n: np.append(np.where(np.eye(n) == 1, 1e-3, np.inf), np.full((n, 1), 1e-3), 1)),
    "matrix": affine(lambda n: np.full((n, n + 1), 1e-3)),
    "dirichlet": affine(lambda n: 1e-6 + np.append(np.where(np.eye(n) == 1, 0, 2e-2 / n / (n - 1)), np.full((n, 1), 2e-2 / n), 1)),
}


def calibration_metrics(p, y, w):
    n = p.shape[1]
    top, hit = p.max(1), p.argmax(1) == y
    columns = [1] if n == 2 else range(n)
    bins = lambda c: np.minimum((c * 15).astype(int), 14)
    ece = lambda c, a: sum(abs((w * (c - a))[bins(c) == b].sum()) for b in range(15)) / w.sum()
    brier = sum(metrics.brier_score_loss(y == k, p[:, k], sample_weight=w) for k in columns)
    share = [np.average(y == k, weights=w) for k in columns]
    pav = sum(np.average((IsotonicRegression().fit(p[:, k], y == k, w).predict(p[:, k]) - (y == k)) ** 2, weights=w) for k in columns)
    uncertainty = sum(s * (1 - s) for s in share)
    order = np.argsort(-top)
    risk = np.cumsum((w * ~hit)[order]) / np.cumsum(w[order])
    return {
        "accuracy": metrics.accuracy_score(y, p.argmax(1), sample_weight=w),
        "log-loss": metrics.log_loss(y, p, sample_weight=w, labels=range(n)),
        "brier": brier, "reliability": brier - pav, "resolution": uncertainty - pav, "uncertainty": uncertainty,
        "ece": ece(top, hit), "classwise": np.mean([ece(p[:, k], y == k) for k in range(n)]),
        "mce": max(abs(np.average((top - hit)[bins(top) == b], weights=w[bins(top) == b])) for b in set(bins(top))),
        "aurc": np.average(risk, weights=w[order]),
        "smooth": smooth(top, hit, w),
    }


def smooth(c, a, w):
    """The fixed point, with the reflected kernel summed out and a fine grid."""
    t = (np.arange(4000) + 0.5) / 4000

    def error(s):
        kernel = sum(np.exp(-((t[:, None] - image) ** 2) / (2 * s * s)) for m in range(-3, 4) for image in (c + 2 * m, -c + 2 * m))
        return abs((kernel / np.sqrt(2 * np.pi) / s * (w * (a - c) / w.sum())).sum(1)).mean()
    low, high = 1e-3, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if error(middle) > middle else (low, middle)
    return low


def threshold_metrics(p, y, w):
    said = p > 0.4
    tn, fp, fn, tp = metrics.confusion_matrix(y, said, sample_weight=w).ravel()
    return {
        "auc": metrics.roc_auc_score(y, p, sample_weight=w),
        "t-accuracy": metrics.accuracy_score(y, said, sample_weight=w),
        "precision": metrics.precision_score(y, said, sample_weight=w),
        "recall": metrics.recall_score(y, said, sample_weight=w),
        "specificity": tn / (tn + fp),
        "f2": metrics.fbeta_score(y, said, beta=2, sample_weight=w),
        "balanced": metrics.balanced_accuracy_score(y, said, sample_weight=w),
        "mcc": metrics.matthews_corrcoef(y, said, sample_weight=w),
    }


def line(name, classes, numbers):
    print(name, classes, *(f"{number:.12g}" for number in np.ravel(numbers)))


for classes in (2, 3):
    logits, y, w = rows(classes)
    for name, calibrate in CALIBRATIONS.items():
        line(name, classes, calibrate(logits, y, w))
    for name, number in calibration_metrics(softmax(logits, 1), y, w).items():
        line(name, classes, number)
logits, y, w = rows(2)
for name, number in threshold_metrics(np.round(softmax(logits, 1)[:, 1], 1), y, w).items():  # rounded, that scores are tied
    line(name, 2, number)
truth = 2 * np.sin(np.arange(ROWS))
line("pinball", 1, np.mean([metrics.mean_pinball_loss(truth, logits[:, 0] / 3 + shift, sample_weight=w, alpha=q) for q, shift in ((0.1, -1), (0.5, 0), (0.9, 1))]))
