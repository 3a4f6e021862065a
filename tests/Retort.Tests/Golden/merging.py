#!/usr/bin/env python3
"""Golden numbers for the mergings: `python3 merging.py > merging.txt` (numpy; all in float64).

Written from the papers' formulas, by other ways than the library's where there are any: ranks in place of thresholds, derivatives by differences, least squares over stacked rows.
A network of 2 inputs, 3 hidden numbers with tanh and 3 classes: 21 weights, W1 [3, 2], b1, W2 [3, 3], b2. Model k has weight i sin(0.7 i + 1.3 k), the start 0.8 sin(0.7 i + 0.2).
Rows r from 0 to 6: cos(1 + r), sin(2 r).
"""
import numpy as np

i = np.arange(21)
models = [np.sin(0.7 * i + 1.3 * k) for k in range(3)]
start = 0.8 * np.sin(0.7 * i + 0.2)
tau = np.array([m - start for m in models])
rows = np.stack([np.cos(1 + np.arange(7)), np.sin(2 * np.arange(7))], 1)
slots = [slice(0, 6), slice(6, 9), slice(9, 18), slice(18, 21)]


def line(name, weights):
    print(name, *[repr(float(w)) for w in weights])


def split(w):
    return w[:6].reshape(3, 2), w[6:9], w[9:18].reshape(3, 3), w[18:]


def slerp(a, b, t):
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def ties(density, factor):
    kept = np.zeros_like(tau)
    for own, to in zip(tau, kept):
        largest = np.argsort(-abs(own))[: round(density * 21)]
        to[largest] = own[largest]
    total = kept.sum(0)
    sign = np.where(total == 0, np.sign(np.sign(total).sum()), np.sign(total))
    agree = (np.sign(kept) == sign) & (kept != 0)
    mean = np.where(agree.any(0), (kept * agree).sum(0) / np.maximum(agree.sum(0), 1), 0)
    return start + factor * mean


def pcb(ratio, factor):
    held = np.array([np.sign(t) * np.clip(abs(t), *np.quantile(abs(t), [0.0001, 0.9999])) for t in tau])
    total = held.sum(0)
    scores = []
    for own in held:
        size = (abs(own) - abs(own).min()) / np.ptp(abs(own))
        score = np.exp(3 * size**2) * np.tanh(own * total)
        score = np.maximum(score, np.quantile(score, 1 - ratio))
        scores.append((score - score.min()) / np.ptp(score))
    scores = np.array(scores)
    return start + factor * (held * scores).sum(0) / np.maximum(scores.sum(0), 1e-12)


def logits(w, x):
    w1, b1, w2, b2 = split(w)
    return np.tanh(x @ w1.T + b1) @ w2.T + b2


def log_softmax(z):
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


def information(w):
    total = np.zeros(21)
    for x in rows:
        p = np.exp(log_softmax(logits(w, x)))
        for j in range(21):
            step = 1e-5 * (i == j)
            slope = (log_softmax(logits(w + step, x)) - log_softmax(logits(w - step, x))) / 2e-5
            total[j] += (p * slope**2).sum() / len(rows)
    return total


def fisher(floor):
    weights = np.array([np.maximum(f / np.linalg.norm(f), floor) for f in map(information, models)])
    return (weights * models).sum(0) / weights.sum(0)


def regmean(shrinkage):
    merged = np.mean(models, 0)
    inputs = [[rows] * 3, [np.tanh(rows @ split(m)[0].T + split(m)[1]) for m in models]]
    for slot, xs, shape in [(slots[0], inputs[0], (3, 2)), (slots[2], inputs[1], (3, 3))]:
        grams = [x.T @ x / len(x) for x in xs]
        grams = [shrinkage * g + (1 - shrinkage) * np.diag(np.diag(g)) for g in grams]
        # least squares over the roots of the products, stacked
        roots = [np.linalg.cholesky(g).T for g in grams]
        left = np.concatenate(roots)
        right = np.concatenate([r @ m[slot].reshape(shape).T for r, m in zip(roots, models)])
        merged[slot] = np.linalg.lstsq(left, right, rcond=None)[0].T.ravel()
    return merged


line("uniform", np.mean(models, 0))
line("slerp", np.concatenate([slerp(models[0][s], models[1][s], 0.5) for s in slots]))
line("slerp-0.3", np.concatenate([slerp(models[0][s], models[1][s], 0.3) for s in slots]))
line("wise-ft", 0.25 * start + 0.75 * np.mean(models, 0))
line("task-arithmetic", start + 0.4 * tau.sum(0))
line("duet", start + np.array([0.5, -0.25, 0.75]) @ tau)
line("ties", ties(0.2, 1))
line("ties-other", ties(0.6, 1.5))
line("pcb", pcb(0.1, 1))
line("pcb-other", pcb(0.4, 1.2))
line("information", information(models[0]))
line("fisher", fisher(1e-6))
line("fisher-floor", fisher(1e-1))
line("regmean", regmean(0.9))
line("regmean-plain", regmean(1.0))
