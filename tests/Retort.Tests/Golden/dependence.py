#!/usr/bin/env python3
"""Golden numbers for distance covariances: `python3 dependence.py > dependence.txt` (numpy; all in float64).

Written from the definitions with whole matrices, loops and means. Rows i from 0 to 23: predictions round(sin(1 + 1.3 i), 1) and, of three classes, the softmax of 2 cos(0.5 + 0.9 i - 1.1 j); two categories i mod 2 and three (i^2 + i div 3) mod 3,
numbers round(3 cos(0.4 i), 1) and exp(sin(2.2 i)); weights 1 + i mod 3. Categories are 1 apart; distances within a column are divided by the root of half the mean squared distance of its rows.
V-statistics are plain means; where weights are said, row i stands there as often as it weighs, so nothing is weighted. dCov: Székely, Rizzo and Bakirov 2007; without bias: Székely and Rizzo 2014; JdCov, with and without
bias: Chakraborty and Zhang 2019; CCdCov is the dCov with the columns as one vector: Lee et al. 2025.
"""
import numpy as np

i = np.arange(24)
scalar = np.round(np.sin(1 + 1.3 * i), 1)[:, None]
logits = 2 * np.cos(0.5 + 0.9 * i[:, None] - 1.1 * np.arange(3)[None, :])
classes = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
two, three = i % 2, (i**2 + i // 3) % 3
number, other = np.round(3 * np.cos(0.4 * i), 1), np.exp(np.sin(2.2 * i))
weights = 1 + i % 3


def apart(x):
    return np.sqrt(((x[:, None, :] - x[None, :, :]) ** 2).sum(2))


def column(values, category):
    d = (values[:, None] != values[None, :]).astype(float) if category else np.abs(values[:, None] - values[None, :])
    return d / np.sqrt((d**2).mean() / 2)


def centred(d):
    return d - d.mean(0, keepdims=True) - d.mean(1, keepdims=True) + d.mean()


def unbiased(d):
    n = len(d)
    u = d - d.sum(0, keepdims=True) / (n - 2) - d.sum(1, keepdims=True) / (n - 2) + d.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(u, 0)
    return u


def dcov(a, b):
    return (centred(a) * centred(b)).mean()


def dcov_u(a, b):
    n = len(a)
    return (unbiased(a) * unbiased(b)).sum() / (n * (n - 3))


def dcor(a, b, f=dcov):
    return f(a, b) / np.sqrt(f(a, a) * f(b, b))


def together(columns):
    return np.sqrt(sum(c**2 for c in columns))


def jdcov(factors, c):
    product = np.ones_like(factors[0])
    for d in factors:
        product = product * (c - centred(d))
    return product.mean() - c ** len(factors)


def jdcov_u(factors, c):
    n = len(factors[0])
    product = np.ones_like(factors[0])
    for d in factors:
        product = product * (c - unbiased(d))
    return product.sum() / (n * (n - 3)) - n / (n - 3) * c ** len(factors)


def given(labels, f, predictions, columns):
    value = 0
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        value += len(rows) / len(labels) * f(apart(predictions[rows]), together([c[np.ix_(rows, rows)] for c in columns]))
    return value


def line(name, value):
    print(name, repr(float(value)))


for kind, repeat in (("", np.arange(24)), ("-weighted", np.repeat(i, weights))):
    columns = {name: column(values[repeat], category) for name, values, category in (("two", two, True), ("three", three, True), ("number", number, False), ("other", other, False))}
    mixed, all_four = [columns["three"], columns["number"]], list(columns.values())
    for shape, predictions in (("scalar", scalar[repeat]), ("classes", classes[repeat])):
        a = apart(predictions)
        for name, b in columns.items():
            line(f"single-{name}-{shape}{kind}", dcov(a, b))
        line(f"sum-{shape}{kind}", sum(dcov(a, b) for b in all_four))
        line(f"mixed-{shape}{kind}", dcov(a, together(mixed)))
        line(f"concatenated-{shape}{kind}", dcov(a, together(all_four)))
        line(f"correlation-{shape}{kind}", dcor(a, together(all_four)))
        line(f"root-{shape}{kind}", np.sqrt(dcov(a, together(all_four))))
        line(f"joint-{shape}{kind}", jdcov([a] + all_four, 1))
        line(f"joint-half-{shape}{kind}", jdcov([a] + mixed, 0.5))
        line(f"given-{shape}{kind}", given((i % 5 == 0)[repeat], dcov, predictions, mixed))
        if not kind:
            line(f"u-number-{shape}", dcov_u(a, columns["number"]))
            line(f"u-three-{shape}", dcov_u(a, columns["three"]))
            line(f"u-concatenated-{shape}", dcov_u(a, together(all_four)))
            line(f"u-correlation-{shape}", dcor(a, together(all_four), dcov_u))
            line(f"u-joint-{shape}", jdcov_u([a] + all_four, 1))
            line(f"u-joint-half-{shape}", jdcov_u([a] + mixed, 0.5))
            line(f"u-given-{shape}", given(i % 2 == 0, dcov_u, predictions, mixed))
