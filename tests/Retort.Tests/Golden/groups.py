#!/usr/bin/env python3
"""Golden numbers for what is done by group: `python3 groups.py > groups.txt` (numpy; all in float64).

Rows i from 0 to 59: group (i^2 + i div 4) mod 3, score round(sin(1 + 1.7 i) + group, 1), so that some are tied, label 1 where sin(2 + 0.9 i) (1 + group) + score - group / 2 > 0.3, weight 1 + i mod 2.
Thresholds: all combinations of a threshold a group (between neighbouring scores, none, all) are tried; of those whose shares differ by at most the slack, or one row of the smallest group where that is more, the one with the most right
decisions, and of equally good ones the smallest gap. Lines: constraint-slack-weights, right decisions, gap. Constraint from Hardt, Price and Srebro 2016.
Adjusted scores: by the formula of the record's remarks, from Chzhen et al. 2020 with mid-distribution functions. Reweighing: Kamiran and Calders 2012.
"""
import itertools
import numpy as np

i = np.arange(60)
group = (i**2 + i // 4) % 3
score = np.round(np.sin(1 + 1.7 * i) + group, 1)
label = (np.sin(2 + 0.9 * i) * (1 + group) + score - group / 2 > 0.3).astype(int)
weight = (1 + i % 2).astype(float)


def thresholds(constraint, slack, w, positive_weight=1):
    curves, steps = [], []
    for g in range(3):
        s, y, v = score[group == g], label[group == g], w[group == g]
        points = []
        for t in [np.inf] + sorted(set(s))[::-1]:
            yes = s >= t
            points.append(((v * yes).sum() / v.sum(), (v * yes * y).sum() / (v * y).sum(), (v * yes * (1 - y)).sum() / (v * (1 - y)).sum(),
                           positive_weight * (v * yes * y).sum() + (v * ~yes * (1 - y)).sum()))
        curves.append(points)
        steps.append(v.max() / {"DemographicParity": v.sum(), "EqualOpportunity": (v * y).sum(), "EqualizedOdds": min((v * y).sum(), (v * (1 - y)).sum())}[constraint])
    allowed = max(slack, max(steps))
    which = {"DemographicParity": [0], "EqualOpportunity": [1], "EqualizedOdds": [1, 2]}[constraint]
    best = None
    for choice in itertools.product(*curves):
        gap = max(max(p[k] for p in choice) - min(p[k] for p in choice) for k in which)
        right = sum(p[3] for p in choice)
        if gap <= allowed + 1e-12 and (best is None or right > best[0] + 1e-9 or right > best[0] - 1e-9 and gap < best[1] - 1e-9):
            best = right, gap
    return best


for constraint in ["DemographicParity", "EqualOpportunity", "EqualizedOdds"]:
    for slack in [0.0, 0.1, 0.2, 1.0]:
        for name, w in [("even", np.ones(60)), ("weighted", weight)]:
            print(f"{constraint}-{slack}-{name}", *[repr(float(x)) for x in thresholds(constraint, slack, w)])
print("DemographicParity-0.1-positive", *[repr(float(x)) for x in thresholds("DemographicParity", 0.1, np.ones(60), 2.5)])


def levels(s, v, at):
    return sum(v[s < at]) / v.sum() + sum(v[s == at]) / v.sum() / 2


def adjusted(w, strength):
    out = []
    quantiles = []
    for g in range(3):
        s, v = score[group == g], w[group == g]
        xs = np.array(sorted(set(s)))
        quantiles.append((np.array([levels(s, v, x) for x in xs]), xs, v.sum() / w.sum()))
    for row in i:
        u = levels(score[group == group[row]], w[group == group[row]], score[row])
        out.append((1 - strength) * score[row] + strength * sum(share * np.interp(u, us, xs) for us, xs, share in quantiles))
    return out


for name, w in [("even", np.ones(60)), ("weighted", weight)]:
    print(f"adjusted-1-{name}", *[repr(float(x)) for x in adjusted(w, 1.0)])
    print(f"adjusted-0.4-{name}", *[repr(float(x)) for x in adjusted(w, 0.4)])
    print(f"reweighed-{name}", *[repr(float(w[group == group[r]].sum() * w[label == label[r]].sum() / w.sum() / w[(group == group[r]) & (label == label[r])].sum())) for r in i])
