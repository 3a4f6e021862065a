#!/usr/bin/env python3
"""Golden numbers for measures of fairness: `python3 fairness.py > fairness.txt` (numpy, scipy).

Written from the definitions, group by group with masks and whole matrices. Rows i from 0 to 239:
score round(1 / (1 + exp(-2 sin(1.3 i) - 0.5 (i mod 3))), 2), label 1 where 0.5 + 0.4 sin(1.3 i + 0.7) + 0.1 cos(5 i) > 0.55, decision score > 0.5; three groups i mod 3, two groups (i^2 div 7) mod 2, number round(3 sin(1.3 i + 1) + (i mod 5), 1);
classes: softmax of 2 cos(0.5 + 0.9 i - 1.1 j) + (i mod 3 = j), label the largest of those with 0.8 sin(3 i + 2 j) added to the logits, decision the largest;
values: prediction round(2 sin(1.3 i) + (i mod 3), 1), truth 2 sin(1.3 i + 0.4) + 0.7 (i mod 3). Weights 1 + i mod 4: rows stand there as often as they weigh.
Bins: a bin ends at that edge of a run of equal scores which is nearest to the quantile (the lower one of two). Groups of a number: the same with four bins. A group is small below 11 rows; small ones are left out of gaps and one cell in the
divergence, which is H(mixture) - mean H by scipy.stats.entropy, in nats. Distance covariances from whole centred matrices (Székely, Rizzo and Bakirov 2007), without bias: Székely and Rizzo 2014.
"""
import warnings

import numpy as np
from scipy.stats import entropy

warnings.filterwarnings("ignore", category=RuntimeWarning)  # means of no rows
i = np.arange(240)
score = np.round(1 / (1 + np.exp(-2 * np.sin(1.3 * i) - 0.5 * (i % 3))), 2)
label = (0.5 + 0.4 * np.sin(1.3 * i + 0.7) + 0.1 * np.cos(5 * i) > 0.55).astype(int)
three, two = i % 3, (i**2 // 7) % 2
number = np.round(3 * np.sin(1.3 * i + 1) + i % 5, 1)
j = np.arange(3)
logits = 2 * np.cos(0.5 + 0.9 * i[:, None] - 1.1 * j[None, :]) + (i[:, None] % 3 == j[None, :])
proba = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
klass = (logits + 0.8 * np.sin(3 * i[:, None] + 2 * j[None, :])).argmax(1)
predicted = proba.argmax(1)
value = np.round(2 * np.sin(1.3 * i) + i % 3, 1)
truth = 2 * np.sin(1.3 * i + 0.4) + 0.7 * (i % 3)
weights = 1 + i % 4


def cuts(x, bins):
    s, n, edges = np.sort(x), len(x), set()
    for k in range(1, bins):
        p = n * k // bins
        lower, upper = int((s < s[p]).sum()), int((s <= s[p]).sum())
        e = lower if p - lower <= upper - p else upper
        if 0 < e < n:
            edges.add(s[e])
    return np.array(sorted(edges))


def binned(x, bins=10):
    return (x[:, None] >= cuts(x, bins)[None, :]).sum(1)


def jsd(bins, groups, minimum, rows):
    first = {g: int((groups == g).sum()) for g in set(groups)}
    cell = np.array([g if first[g] >= minimum else "small" for g in groups], dtype=object)
    width = bins.max() + 1
    hist = np.array([np.bincount(bins[rows][cell[rows] == c], minlength=width) for c in sorted(set(cell), key=str)], float)
    share = hist.sum(1) / hist.sum()
    return entropy(hist.sum(0)) - sum(s * entropy(h) for s, h in zip(share, hist))


def spread(gap):
    gap = [g for g in gap if np.isfinite(g)]  # of no rows: left out
    return max(gap) - min(gap), (min(gap) / max(gap) if max(gap) else 1.0)


def rates(y, d, p, rows, mask, k=1):
    r = rows[mask[rows]]
    y, d, p = y[r] == k, d[r] == k, p[r]
    return dict(base=y.mean(), selected=d.mean(), tpr=d[y].mean(), fpr=d[~y].mean(), precision=y[d].mean(), mean=p.mean(), error=(y != d).mean())


def centred(d):
    return d - d.mean(0, keepdims=True) - d.mean(1, keepdims=True) + d.mean()


def unbiased(d):
    n = len(d)
    u = d - d.sum(0, keepdims=True) / (n - 2) - d.sum(1, keepdims=True) / (n - 2) + d.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(u, 0)
    return u


def dependence(tag, x, groups, numbers, rows):
    x = x[rows]
    a = np.abs(x[:, None] - x[None, :])
    b = np.abs(numbers[rows][:, None] - numbers[rows][None, :]) if numbers is not None else (groups[rows][:, None] != groups[rows][None, :]).astype(float)
    A, B, n = centred(a), centred(b), len(rows)
    print(tag + ".dcov", (A * B).mean())
    print(tag + ".dcor", np.sqrt((A * B).mean() / np.sqrt((A * A).mean() * (B * B).mean())))
    if len(rows) == len(i):
        print(tag + ".udcov", (unbiased(a) * unbiased(b)).sum() / (n * (n - 3)))


def views(combine):
    quarter = binned(number, 4)
    out = {"three": (three, None), "number": (quarter, number)}
    if combine:
        out["cells"] = (three * 100 + two * 10 + quarter, None)
    return out


for weighted in (False, True):
    rows = np.repeat(i, weights) if weighted else i
    mark = "weighted-" if weighted else ""
    for view, (groups, numbers) in views(True).items():
        tag = f"{mark}binary.{view}"
        large = [g for g in sorted(set(groups)) if (groups == g).sum() >= 11]
        each = [rates(label, (score > 0.5).astype(int), score, rows, groups == g) for g in large]
        print(f"{tag}.large", len(large))
        for g, r in zip(large, each):
            for key, number_ in r.items():
                print(f"{tag}.group{large.index(g)}.{key}", number_)
            r["loss"] = -np.log(np.where(label == 1, score, 1 - score))[rows][groups[rows] == g].mean()
            print(f"{tag}.group{large.index(g)}.loss", r["loss"])
        for gap, key in {"demographic-parity": "selected", "equal-opportunity": "tpr", "false-positive-rate": "fpr", "predictive-parity": "precision", "mean-score": "mean", "error-rate": "error", "log-loss": "loss"}.items():
            d, q = spread([r[key] for r in each])
            print(f"{tag}.{gap}", d)
            print(f"{tag}.{gap}.ratio", q)
        odds = [spread([r[key] for r in each]) for key in ("tpr", "fpr")]
        print(f"{tag}.equalized-odds", max(d for d, _ in odds))
        print(f"{tag}.equalized-odds.ratio", min(q for _, q in odds))
        print(f"{tag}.jsd", jsd(binned(score), groups, 11, rows))
        dependence(tag, score, groups, numbers, rows)
    print(f"{mark}binary.spread", score[rows].std())

    groups, tag = three, f"{mark}multiclass.three"
    worst = {}
    for k in range(3):
        each = [rates(klass, predicted, proba[:, k], rows, groups == g, k) for g in range(3)]
        for gap, key in {"demographic-parity": "selected", "equal-opportunity": "tpr", "false-positive-rate": "fpr", "predictive-parity": "precision", "mean-score": "mean"}.items():
            d, q = spread([r[key] for r in each])
            worst.setdefault(gap, []).append((d, q))
            print(f"{tag}.{gap}.class{k}", d)
    worst["equalized-odds"] = [(max(a[0], b[0]), min(a[1], b[1])) for a, b in zip(worst["equal-opportunity"], worst["false-positive-rate"])]
    for gap, all_ in worst.items():
        print(f"{tag}.{gap}", max(d for d, _ in all_))
        print(f"{tag}.{gap}.ratio", min(q for _, q in all_))
    d, q = spread([(klass != predicted)[rows][groups[rows] == g].mean() for g in range(3)])
    print(f"{tag}.error-rate", d)
    d, q = spread([-np.log(proba[i, klass])[rows][groups[rows] == g].mean() for g in range(3)])
    print(f"{tag}.log-loss", d)
    print(f"{tag}.jsd", max(jsd(binned(proba[:, k]), groups, 11, rows) for k in range(3)))
    print(f"{mark}multiclass.spread", np.sqrt(np.mean([proba[rows, k].var() for k in range(3)])))

    tag = f"{mark}regression.three"
    each = []
    for g in range(3):
        r = rows[groups[rows] == g]
        miss = value[r] - truth[r]
        each.append(dict(mean=value[r].mean(), label=truth[r].mean(), rmse=np.sqrt((miss**2).mean()), mae=np.abs(miss).mean(), bias=miss.mean()))
        for key, number_ in each[-1].items():
            print(f"{tag}.group{g}.{key}", number_)
    for gap, key in {"mean-score": "mean", "rmse": "rmse", "mae": "mae", "bias": "bias"}.items():
        print(f"{tag}.{gap}", spread([r[key] for r in each])[0])
    print(f"{tag}.jsd", jsd(binned(value), groups, 11, rows))
    dependence(tag, value, groups, None, rows)
    print(f"{mark}regression.spread", value[rows].std())
