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

# learned noise: the gradient of -mean(reward ln p(m)) of beta densities at a and b, by differences of the log density; two rows of three draws
draws, parameters, rewards = np.array([[0.2, 0.5, 0.9], [0.3, 0.6, 0.1]]), np.array([[1.5, 2.0], [7.0, 1.1]]), np.array([0.4, -0.3])


def log_density(m, a, b):
    from math import lgamma
    return ((a - 1) * np.log(m) + (b - 1) * np.log(1 - m) + lgamma(a + b) - lgamma(a) - lgamma(b)).sum()


for row in range(2):
    for k in range(2):
        up, down = parameters[row].copy(), parameters[row].copy()
        up[k] += 1e-5
        down[k] -= 1e-5
        print(f"slope-{row}{k}", repr(float(-rewards[row] / 2 * (log_density(draws[row], *up) - log_density(draws[row], *down)) / 2e-5)))

# constrained augmentation: transforms of the rows 0 1 2 0 1, weights gamma 0.5 0 1; cross-entropies of copy 0 with the labels of its pairs; gamma afterwards with rate 0.1, epsilon 0.3, at most 1
gamma, kinds = np.array([0.5, 0, 1.0]), np.array([0, 1, 2, 0, 1])
z = logits(1)
soft = np.zeros((5, 4))
for i in range(5):
    soft[i, own[i]] += shares[i]
    soft[i, partner[i]] += 1 - shares[i]
each = -(soft * (z - np.log(np.exp(z).sum(1, keepdims=True)))).sum(1)
means = np.array([(weights * each)[kinds == t].sum() / max(weights[kinds == t].sum(), 1e-30) for t in range(3)])
print("constrained-value", repr(float((gamma * means).sum())))
for t in range(3):
    print(f"constrained-{t}", repr(float(np.clip(gamma[t] + 0.1 * (means[t] - 0.3), 0, 1))))
