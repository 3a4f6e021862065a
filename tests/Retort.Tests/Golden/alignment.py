#!/usr/bin/env python3
"""Golden numbers for assignments and for networks of different origin: `python3 alignment.py > alignment.txt` (numpy, scipy; all in float64).

Assignments: costs of row i and column j of size n are sin(1 + 3.7 i + 1.9 j + i j) for n = 1, 2, 5, 20; and (i * j) mod 4 for n = 12, full of ties, of which the sum alone is unique.
Networks of 2 inputs, two layers of 4 numbers with tanh and 3 outputs: weights W1 [4, 2], b1, W2 [4, 4], b2, W3 [3, 4], b3; model k has weight i sin(0.9 i + 0.4 + 2.1 k). Rows r from 0 to 29: cos(1 + r), sin(2 r).
PLeaS: units of a layer are matched by the correlation of their sums; the worst `apart` pairs stay side by side; each layer's weights by least squares over rows that are stacked with the ridge.
"""
import numpy as np
from scipy.optimize import linear_sum_assignment

for n in (1, 2, 5, 20):
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    print(f"assignment-{n}", *linear_sum_assignment(np.sin(1 + 3.7 * i + 1.9 * j + i * j))[1])
ties = np.outer(np.arange(12), np.arange(12)) % 4
print("ties", ties[linear_sum_assignment(ties)].sum())

rows = np.stack([np.cos(1 + np.arange(30)), np.sin(2 * np.arange(30))], 1)


def model(k):
    w = np.sin(0.9 * np.arange(47) + 0.4 + 2.1 * k)
    return [(w[:8].reshape(4, 2), w[8:12]), (w[12:28].reshape(4, 4), w[28:32]), (w[32:44].reshape(3, 4), w[44:])]


def seen(layers):
    x, all = rows, []
    for w, b in layers:
        y = x @ w.T + b
        all.append((x, y))
        x = np.tanh(y)
    return all


def side_by_side(a, b, pairs):
    return np.stack([(a[:, i] + b[:, j]) / 2 if i >= 0 and j >= 0 else a[:, i] if i >= 0 else b[:, j] for i, j in pairs], 1)


def group(pair):
    return 0 if min(pair) >= 0 else 1 if pair[0] >= 0 else 2


def pleas(apart, ridge):
    one, two = model(0), model(1)
    a, b = seen(one), seen(two)
    entering, out = [(0, 0), (1, 1)], []
    for layer in range(3):
        if layer == 2:
            leaving = [(k, k) for k in range(3)]
        else:
            c = np.corrcoef(a[layer][1].T, b[layer][1].T)[:4, 4:]
            order = linear_sum_assignment(-c)[1]
            best = sorted(range(4), key=lambda i: -c[i, order[i]])
            alone = sorted(best[4 - apart :])
            leaving = [(i, order[i]) for i in sorted(best[: 4 - apart])] + [(i, -1) for i in alone] + [(-1, order[i]) for i in alone]
        x = side_by_side(a[layer][0], b[layer][0], entering)
        y = side_by_side(a[layer][1], b[layer][1], leaving)
        weights, biases = np.zeros((len(leaving), len(entering))), np.zeros(len(leaving))
        for u, pair in enumerate(leaving):
            sees = [k for k, p in enumerate(entering) if group(pair) == 0 or group(p) in (0, group(pair))]
            share = 0.5 if min(pair) >= 0 else 1
            plain = [sum(share * net[layer][0][own, p[side]] for side, (net, own) in enumerate(((one, pair[0]), (two, pair[1]))) if own >= 0 and p[side] >= 0) for p in (entering[k] for k in sees)]
            plain.append(sum(share * net[layer][1][own] for net, own in ((one, pair[0]), (two, pair[1])) if own >= 0))
            design = np.concatenate([x[:, sees], np.ones((30, 1))], 1)
            strength = ridge * (design**2).mean(0).mean()
            stacked = np.concatenate([design / np.sqrt(30), np.sqrt(strength) * np.eye(len(plain))])
            target = np.concatenate([y[:, u] / np.sqrt(30), np.sqrt(strength) * np.array(plain)])
            solved = np.linalg.lstsq(stacked, target, rcond=None)[0]
            weights[u, sees], biases[u] = solved[:-1], solved[-1]
        out += [*weights.ravel(), *biases]
        entering = leaving
    return out


for name, apart, ridge in (("pleas-0", 0, 1e-3), ("pleas-1", 1, 1e-3), ("pleas-2", 2, 1e-2)):
    print(name, *[repr(float(w)) for w in pleas(apart, ridge)])
