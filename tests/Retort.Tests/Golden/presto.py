#!/usr/bin/env python3
"""Golden numbers for presto: `python3 presto.py > presto.txt` (numpy and scipy, float64).

The problem, which PrestoTests repeats: row i = 0..149, x_j = float32(sin(0.7 (i + 1)(j + 1) + j)) for j = 0..2, latent l = 1.5 x_0 - x_1 + 1.6 sin(12.9898 (i + 1)),
class = how many of -0.5, 1, 2.2 are at most l, weight 1 + (i mod 3). Features are standardised with the weights. A line: lambda in units of the smallest that gives
proportional odds, the penalised mean surprise, and the class probabilities of rows 0 to 3. Differences are split into positive and negative parts, so that the penalty is smooth.
"""
import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

i = np.arange(150)
x = np.stack([np.sin(0.7 * (i + 1) * (j + 1) + j) for j in range(3)], 1).astype(np.float32).astype(float)
latent = 1.5 * x[:, 0] - x[:, 1] + 1.6 * np.sin(12.9898 * (i + 1))
y = (latent[:, None] >= np.array([-0.5, 1, 2.2])).sum(1)
w = 1.0 + i % 3
w /= w.sum()
mean = w @ x
z = (x - mean) / np.sqrt(w @ (x - mean) ** 2)
K, d = 4, 3


def probabilities(a, psi):
    until = expit(a + z @ np.cumsum(psi, 0).T)
    return np.diff(np.concatenate([np.zeros((len(z), 1)), until, np.ones((len(z), 1))], 1), axis=1)


def loss(a, psi):
    own = probabilities(a, psi)[i, y]
    return -(w * np.log(own)).sum() if (own > 0).all() else 1e3


def solve(penalty, start, shared=False):
    def unpack(t):
        psi = np.zeros((K - 1, d))
        psi[0] = t[K - 1:K - 1 + d]
        if not shared:
            half = (K - 2) * d
            up, down = t[K - 1 + d:K - 1 + d + half], t[K - 1 + d + half:]
            psi[1:] = (up - down).reshape(K - 2, d)
            return t[:K - 1], psi, up.sum() + down.sum()
        return t[:K - 1], psi, 0.0

    def value(t):
        a, psi, size = unpack(t)
        return loss(a, psi) + penalty * size

    count = 0 if shared else 2 * (K - 2) * d
    best = start[:K - 1 + d + count] if len(start) >= K - 1 + d + count else np.concatenate([start, np.zeros(count)])
    bounds = [(None, None)] * (K - 1 + d) + [(0, None)] * count
    for _ in range(6):
        best = minimize(value, best, method="L-BFGS-B", bounds=bounds, options=dict(maxiter=5000, maxfun=10**6, ftol=1e-15, gtol=1e-10)).x
        best = minimize(value, best, method="SLSQP", bounds=bounds, options=dict(maxiter=2000, ftol=1e-15)).x
    return best, unpack(best)


shares = np.cumsum([w[y == k].sum() for k in range(K)])[:-1]
shared, (a, psi, _) = solve(0, np.concatenate([np.log(shares / (1 - shares)), np.zeros(d)]), shared=True)
step = 1e-6
slopes = []
for k in range(1, K - 1):
    for j in range(d):
        move = np.zeros_like(psi)
        move[k, j] = step
        slopes.append(abs(loss(a, psi + move) - loss(a, psi - move)) / (2 * step))
largest = max(slopes)
for share in (1.0, 0.3, 0.05, 0.0):
    _, (a, psi, size) = solve(share * largest, shared)
    print(share, f"{loss(a, psi) + share * largest * size:.8f}", *(f"{p:.5f}" for p in probabilities(a, psi)[:4].ravel()))
