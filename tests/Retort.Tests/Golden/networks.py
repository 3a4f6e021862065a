#!/usr/bin/env python3
"""Golden numbers for what networks have beside their layers: `python3 networks.py > networks.txt` (numpy, torch; all in float64).

steered: the mixture of sets of logits whose shares are their entropies to the power of -gamma, from the formula of DomainHeads. Logits of set d, row i, class c: 2 sin(1 + d + 1.3 i + 0.7 c), 3 sets, 4 rows, 3 classes; binary: z = 2 sin(1 + d + 1.3 i).
factors: the divergence of FactorConsistency and its gradient at the weights, by torch's second derivatives: features x_ij = sin(1 + i + 2 j), 6 rows, 3 features, their means over the rows; weights, in the order W1 [4, 3], b1 [4], W2 [classes, 4], b2, number k is cos(1 + 0.8 k);
h = tanh(W1 x + b1), outputs W2 h + b2; importance 1, 2, 3; rows count 1 + i mod 2 in the weighted lines. Classes 3, or one logit z for (0, z), or one value.
"""
import numpy as np
import torch


def line(name, numbers):
    print(name, *(repr(float(x)) for x in np.asarray(numbers).ravel()))


d, i, c = np.meshgrid(np.arange(3), np.arange(4), np.arange(3), indexing="ij")
many = 2 * np.sin(1 + d + 1.3 * i + 0.7 * c)
pair = np.stack([np.zeros((3, 4)), 2 * np.sin(1 + d + 1.3 * i)[:, :, 0]], 2)
for name, logits in ("many", many), ("pair", pair):
    p = np.exp(logits) / np.exp(logits).sum(2, keepdims=True)
    h = -(p * np.log(p)).sum(2)
    for gamma in 0, 1, 4:
        w = h**-gamma / (h**-gamma).sum(0)
        line(f"steered-{name}-{gamma}", (w[:, :, None] * p).sum(0))

x = torch.tensor(np.sin(1 + np.arange(6)[:, None] + 2 * np.arange(3)[None, :]))
known = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64) / 6
for name, outputs, served in ("many", 3, lambda y: y), ("pair", 1, lambda y: torch.cat([torch.zeros_like(y), y], 1)), ("value", 1, lambda y: y):
    flat = torch.cos(1 + 0.8 * torch.arange(16 + 5 * outputs, dtype=torch.float64)).requires_grad_()
    w1, b1, w2, b2 = flat[:12].view(4, 3), flat[12:16], flat[16:16 + 4 * outputs].view(outputs, 4), flat[16 + 4 * outputs:]
    for weighting, weights in ("even", torch.ones(6)), ("weighted", 1 + torch.arange(6) % 2):
        inputs = x.clone().requires_grad_()
        y = served(torch.tanh(inputs @ w1.T + b1) @ w2.T + b2)
        s = y if name == "value" else y.max(1).values - y.mean(1)
        slopes = torch.autograd.grad(s.sum(), inputs, create_graph=True)[0]
        sums = (weights[:, None] * ((inputs - x.mean(0)) * slopes).abs()).sum(0)
        value = (known * (known / (sums / sums.sum())).log()).sum()
        line(f"factors-{name}-{weighting}", [value.item()])
        line(f"factors-{name}-{weighting}-gradient", torch.autograd.grad(value, flat, retain_graph=True)[0])
