#!/usr/bin/env python3
"""Golden numbers for mixing: `python3 mixing.py > mixing.txt` (numpy; all in float64).

Logits of row i (0 to 4) and class c (0 to 3): 2 sin(1 + 1.3 i + 0.7 c); of copy k the same with i + 5 (k + 1). Own classes 0 1 2 3 0, partners' 1 1 0 2 3, shares 0.5 0.7 1 0.6 0.9 (of copy k: 1 - (1 - share) / (1 + k)), weights 1 2 0 3 1.
decoupled: eq. 6 and 7 of Liu et al. 2023 with eta 0.1 for both classes, and with the powers of the shares; rows of one class left out.
margin: mean relu(max of mixed logits - max of the row's + margin), rows of one class left out one by one. ndcg: 1 - min(DCG / IDCG, IDCG / DCG) of the largest probabilities, in falling order of the largest share of a label (ties in order of the copies).
dual: label shares where the classes 0 to 3 have 40, 10, 20, 5 rows, for a share of 0.6 and balance 0.25.
"""
import numpy as np

own, partner = np.array([0, 1, 2, 3, 0]), np.array([1, 1, 0, 2, 3])
shares, weights = np.array([0.5, 0.7, 1, 0.6, 0.9]), np.array([1.0, 2, 0, 3, 1])


def logits(k):
    i, c = np.meshgrid(np.arange(5) + 5 * k, np.arange(4), indexing="ij")
    return 2 * np.sin(1 + 1.3 * i + 0.7 * c)


def mean(values):
    return (weights * values).sum() / weights.sum()


def phi(z, a, b):
    others = [c for c in range(4) if c not in (a, b)]
    return np.exp(z[a]) / (np.exp(z[a]) + sum(np.exp(z[c]) for c in others))


for power in (0, 1, 2):
    z = logits(0)
    each = [0 if a == b else -(s**power * np.log(phi(z[i], a, b)) + (1 - s) ** power * np.log(phi(z[i], b, a))) for i, (a, b, s) in enumerate(zip(own, partner, shares))]
    print(f"decoupled-{power}", repr(float(0.1 * mean(np.array(each)))))

for margin in (0.0, 2.0):
    each = [0 if own[i] == partner[i] else max(0, logits(1)[i].max() - logits(0)[i].max() + margin) for i in range(5)]
    print(f"margin-{margin}", repr(float(0.1 * mean(np.array(each)))))

for mixtures in (1, 3):
    each = []
    for i in range(5):
        pairs = [(1.0, logits(0)[i])]
        for k in range(mixtures):
            share = 1 - (1 - shares[i]) / (1 + k)
            pairs.append((1.0 if own[i] == partner[i] else share, logits(k + 1)[i]))
        pairs.sort(key=lambda pair: -pair[0])
        sure = [np.exp(z).max() / np.exp(z).sum() for _, z in pairs]
        dcg = sum(c / np.log2(j + 2) for j, c in enumerate(sure))
        ideal = sum(s / np.log2(j + 2) for j, (s, _) in enumerate(pairs))
        each.append(1 - min(dcg / ideal, ideal / dcg))
    print(f"ndcg-{mixtures}", repr(float(0.1 * mean(np.array(each)))))

rows = np.array([40.0, 10, 20, 5])
for a, b in ((0, 1), (1, 0), (3, 0), (2, 2)):
    x, y = 0.6 * rows[a] ** -0.25, 0.4 * rows[b] ** -0.25
    print(f"dual-{a}{b}", repr(float(max(0.5, x / (x + y)))))
