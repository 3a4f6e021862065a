"""Gradient boosting for `./bench quality`: scikit-learn's HistGradientBoosting. A line is

    WAY SET COLUMNS CATEGORIES SPLIT PART TASK

such as "tuned abalone 8 1 2 test regression"; the answer is the seconds that it learned, and SET.SPLIT.predictions has what it predicts for the rows of PART.
The tables (label first, categories last) and row numbers come from files that the other side has written: quality.py FOLDER.
"""
import itertools
import sys
import time

from serve import need, serve

numpy, sklearn = need("numpy", "sklearn.ensemble")

SETTINGS = [
    dict(learning_rate=rate, max_leaf_nodes=leaves, min_samples_leaf=rows)
    for rate, leaves, rows in itertools.product([0.03, 0.1], [6, 12, 31], [10, 40])
]
CHUNK, PATIENCE, MOST = 20, 3, 1000  # trees between two looks at the validation part; looks without a better loss; trees at most


def read(name, kind):
    return numpy.fromfile(f"{sys.argv[1]}/{name}", kind)


class Task:
    """One split of one table."""

    def __init__(self, name, columns, categories, split, task):
        cells = read(f"{name}.table", numpy.float64).reshape(-1, 1 + columns)
        self.binary, self.seed = task == "binary", int(split)
        self.x, self.y = cells[:, 1:], cells[:, 0]
        self.categorical = [column >= columns - categories for column in range(columns)] if categories else None
        self.rows = {part: read(f"{name}.{split}.{part}", numpy.int32) for part in ("train", "validation", "test")}

    def model(self, **settings):
        kind = sklearn.ensemble.HistGradientBoostingClassifier if self.binary else sklearn.ensemble.HistGradientBoostingRegressor
        return kind(categorical_features=self.categorical, random_state=self.seed, **settings)

    def fit(self, model, *parts):
        rows = numpy.concatenate([self.rows[part] for part in parts])
        return model.fit(self.x[rows], self.y[rows])

    def predict(self, model, part):
        x = self.x[self.rows[part]]
        return model.predict_proba(x)[:, 1] if self.binary else model.predict(x)

    def loss(self, model, part):
        y, p = self.y[self.rows[part]], self.predict(model, part)
        return -numpy.mean(numpy.log(numpy.clip(numpy.where(y == 1, p, 1 - p), 1.2e-7, 1))) if self.binary else numpy.mean((p - y) ** 2)

    def trees(self, settings):
        """The smallest validation loss of a setting, and with how many trees it is reached."""
        model = self.model(**settings, warm_start=True, early_stopping=False)
        best = float("inf"), 0
        for trees in range(CHUNK, MOST + 1, CHUNK):
            self.fit(model.set_params(max_iter=trees), "train")
            best = min(best, (self.loss(model, "validation"), trees))
            if trees - best[1] >= PATIENCE * CHUNK:
                break
        return best

    def boost(self, part):
        return self.fit(self.model(), "train")

    def tuned(self, part):
        """Fitted again with the validation part, unless that is what it is judged by."""
        (_, trees), settings = min(((self.trees(settings), settings) for settings in SETTINGS), key=lambda found: found[0])
        model = self.model(**settings, max_iter=trees, early_stopping=False)
        return self.fit(model, "train") if part == "validation" else self.fit(model, "train", "validation")


def answer(way, name, columns, categories, split, part, kind):
    task = Task(name, int(columns), int(categories), split, kind)
    begin = time.perf_counter()
    model = {"boost": task.boost, "tuned": task.tuned}[way](part)
    seconds = time.perf_counter() - begin
    task.predict(model, part).tofile(f"{sys.argv[1]}/{name}.{split}.predictions")
    return seconds


square = numpy.random.rand(256, 256).astype(numpy.float32)
serve(lambda: square @ square, answer)
