#!/usr/bin/env python3
"""Golden numbers for the losses: `python3 losses.py > losses.txt` (torch, scikit-learn; all in float64).

Values of other people's implementations on eight rows, which LossGoldenTests repeats. Row i from 0: logits_ij = 3 sin(1 + 1.3 i + 0.7 j), classes (i^2 + i div 2) mod 3, for two classes whether that is 1, and the first two logits,
weights 1 + i mod 3; regression: outputs 2 sin(1 + 1.3 i + 0.7 j), labels 2 cos(0.9 i), for counts and amounts max(0, 3 cos(1.1 i)).
"""
import numpy as np
import torch
from sklearn import metrics
from torch.nn import functional as F

i, j = np.arange(8)[:, None], np.arange(3)[None, :]
logits = torch.tensor(3 * np.sin(1 + 1.3 * i + 0.7 * j))
classes = (np.arange(8) ** 2 + np.arange(8) // 2) % 3
hard = torch.tensor(classes)
outputs = torch.tensor(2 * np.sin(1 + 1.3 * i + 0.7 * j))
labels = torch.tensor(2 * np.cos(0.9 * np.arange(8)))
amounts = torch.tensor(np.maximum(0, 3 * np.cos(1.1 * np.arange(8))))
weights = 1 + np.arange(8) % 3
two = (classes == 1).astype(int)
p2 = logits[:, :2].softmax(1)[:, 1].numpy()
mean = outputs[:, 0]


def line(name, value):
    print(name, repr(float(value)))


line("cross-entropy", metrics.log_loss(classes, logits.softmax(1).numpy(), sample_weight=weights))
line("cross-entropy-smooth", F.cross_entropy(logits, hard, label_smoothing=0.1))
line("brier", 2 * metrics.brier_score_loss(two, p2, sample_weight=weights))
line("mw-judge", 1 - metrics.roc_auc_score(two, p2, sample_weight=weights))
line("accuracy", 1 - metrics.accuracy_score(two, p2 > 0.5, sample_weight=weights))
line("f1", 1 - metrics.f1_score(two, p2 > 0.5, sample_weight=weights))
line("f2", 1 - metrics.fbeta_score(two, p2 > 0.5, beta=2, sample_weight=weights))
line("f-half", 1 - metrics.fbeta_score(two, p2 > 0.5, beta=0.5, sample_weight=weights))
line("balanced-accuracy", 1 - metrics.balanced_accuracy_score(two, p2 > 0.5, sample_weight=weights))
line("huber", F.huber_loss(mean, labels, delta=0.7))
line("squared", F.mse_loss(mean, labels))
line("gaussian-nll", F.gaussian_nll_loss(mean, labels, torch.exp(2 * outputs[:, 1])))
line("poisson", metrics.mean_poisson_deviance(amounts.numpy(), mean.exp().numpy(), sample_weight=weights) / 2)
line("poisson-torch", F.poisson_nll_loss(mean, amounts) + (torch.xlogy(amounts, amounts) - amounts).mean())
for power in 1.2, 1.5, 1.9:
    line(f"tweedie-{power}", metrics.mean_tweedie_deviance(amounts.numpy(), mean.exp().numpy(), power=power, sample_weight=weights) / 2)
quantiles = torch.stack([mean, mean + F.softplus(outputs[:, 1]), mean + F.softplus(outputs[:, 1]) + F.softplus(outputs[:, 2])], 1).numpy()
line("pinball", np.mean([metrics.mean_pinball_loss(labels.numpy(), quantiles[:, k], alpha=a, sample_weight=weights) for k, a in enumerate((0.1, 0.5, 0.8))]))
