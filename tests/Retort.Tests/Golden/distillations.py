#!/usr/bin/env python3
"""Golden numbers for the distillations: `python3 distillations.py > distillations.txt` (numpy, scipy; all in float64).

Written from the papers' formulas with plain probabilities, loops and sums, by other ways than the library's where there are any. Rows i from 0 to 7: the student's logits 3 sin(1 + 1.3 i + 0.7 j), the teacher's
2 cos(0.5 + 0.9 i - 1.1 j) for classes j from 0 to 3, of which the teacher's probabilities are the softmax; classes (i^2 + i div 2) mod 4, weights 1 + i mod 3. The first two logits and classes mod 2 where two classes are said.
Regression: the first logits as outputs and the teacher's as its values, labels 2 cos(0.9 i).
Where a method asks for more outputs, head or set k says 2.5 sin(0.4 + 0.8 i - 0.5 j + k), a second teacher has the logits 2 sin(0.3 + 1.7 i + 0.6 j), and rows moved have 0.9 times the logits of the rows as they are.
"""
import numpy as np
from scipy.special import rel_entr, softmax
from scipy.spatial.distance import jensenshannon

i, j = np.arange(8)[:, None], np.arange(4)[None, :]
student = 3 * np.sin(1 + 1.3 * i + 0.7 * j)
teacher = 2 * np.cos(0.5 + 0.9 * i - 1.1 * j)
classes = (np.arange(8) ** 2 + np.arange(8) // 2) % 4
weights = 1 + np.arange(8) % 3
labels = 2 * np.cos(0.9 * np.arange(8))

other = [2.5 * np.sin(0.4 + 0.8 * i - 0.5 * j + k) for k in range(3)]
newer = 2 * np.sin(0.3 + 1.7 * i + 0.6 * j)


def mean(rows):
    return np.average(rows, weights=weights)


def line(name, value):
    print(name, repr(float(value)))


def kl(p, q):
    return rel_entr(p, q).sum(-1)


def kd(s, t, temperature):
    return temperature**2 * mean(kl(softmax(t / temperature, 1), softmax(s / temperature, 1)))


def parts(logits, y):
    """The probability of the own class, and those of the others among themselves."""
    p = softmax(logits)
    others = np.delete(p, y)
    return p[y], others / others.sum()


def dkd(s, t, y, alpha, beta, temperature):
    (ps, others), (pt, wanted) = parts(s / temperature, y), parts(t / temperature, y)
    return temperature**2 * (alpha * kl(np.array([pt, 1 - pt]), np.array([ps, 1 - ps])) + beta * kl(wanted, others))


def standard(logits):
    return (logits - logits.mean(1, keepdims=True)) / np.sqrt(logits.var(1, keepdims=True) + 1e-6)


def plan(cost, w, epsilon, iterations):
    """Every row stands there as often as it weighs, so nothing is weighted."""
    rows = np.repeat(np.arange(len(w)), w)
    k = np.exp(-cost[np.ix_(rows, rows)] / epsilon)
    for _ in range(iterations):
        k = k / k.sum(1, keepdims=True)
        k = k / k.sum(0, keepdims=True)
    return (k * cost[np.ix_(rows, rows)]).sum() / len(rows)


def sinkd(s, t, epsilon, iterations, temperature):
    p, q = softmax(s / temperature, 1), softmax(t / temperature, 1)
    cost = np.array([[np.abs(a - b).sum() for b in q] for a in p])
    return kd(s, t, temperature) + plan(cost, weights, epsilon, iterations)


def pld(s, t, y, temperature):
    order = [y] + sorted((c for c in range(len(s)) if c != y), key=lambda c: -t[c])
    q = softmax(t / temperature)
    return sum(-q[c] * np.log(np.exp(s[c]) / sum(np.exp(s[d]) for d in order[k:])) for k, c in enumerate(order))


def balanced(s, t, sharpness, temperature):
    p, q = softmax(t / temperature, 1), softmax(s / temperature, 1)
    gap = ((-q * np.log(q)).sum(1) + (p * np.log(p)).sum(1)) / np.log(s.shape[1])
    r = 1 / (1 + np.exp(-sharpness * gap))
    return temperature**2 * mean((1 - r) * kl(p, q) + r * kl(q, p))


def nkd(s, t, y, gamma, temperature):
    own, wanted = parts(s, y)[0], parts(t, y)[0]
    return -wanted * np.log(own) - gamma * temperature**2 * (parts(t / temperature, y)[1] * np.log(parts(s / temperature, y)[1])).sum()


def uskd(s, weak, y, target_weight, other_weight, weak_weight):
    p = softmax(s, 1)[np.arange(8), y]
    wanted = p**2 + 1 - mean(p**2)
    rows = []
    for k in range(8):
        own, guessed = parts(s[k], y[k])[1], parts(weak[k], y[k])[1]
        z = np.empty(3)
        for rank, place in enumerate(sorted(range(3), key=lambda c: -(own + guessed)[c]), 1):
            z[place] = 1 / rank
        smooth = 0.9 * np.eye(4)[y[k]] + 0.1 / 4
        rows.append(-target_weight * wanted[k] * np.log(p[k]) - other_weight * (z / z.sum() * np.log(own)).sum() - weak_weight * (smooth * np.log(softmax(weak[k]))).sum())
    return mean(rows)


def ofa(s, t, y, epsilon):
    p, q = softmax(s), softmax(t)
    return -sum(((q[c] + 1) ** epsilon - 1 if c == y else q[c] ** epsilon) * np.log(p[c]) for c in range(len(s)))


def binary_kl(h, t, temperature):
    """As the source writes it, with a sigmoid."""
    d = 1 / (1 + np.exp(-(h - t) / temperature))
    both = 0.5 * np.log(0.5 / d) + 0.5 * np.log(0.5 / (1 - d))
    return temperature**2 * mean(both.reshape(8, -1).sum(1))


def mixed(sets, y, a, b):
    p = (1 - a) * softmax(sets[0], 1) + a * softmax(sets[1] / b, 1)
    return -mean(np.log(p[np.arange(8), y]))


def experts(sets, y, lambdas, consistency):
    n = np.array([weights[y == c].sum() for c in range(4)])
    total = 0
    for z, l in zip(sets, lambdas):
        p, moved = softmax(z + np.log(n**l + 1e-9), 1), softmax(0.9 * z + np.log(n**l + 1e-9), 1)
        right = p.argmax(1) == y
        total += mean(-np.log(p[np.arange(8), y])) + consistency * np.average(kl(p, moved)[right], weights=weights[right])
    return total


def agreement(s, t, least, temperature):
    both = ((softmax(s, 1) + softmax(t, 1)) / 2).max(1)
    rows = kl(softmax(t / temperature, 1), softmax(s / temperature, 1))
    selected = (both - 0.25) / 0.75 >= least
    assert 0 < selected.sum() < 8
    return temperature**2 * mean(rows * selected)


def compatible(s, used, latest, y, temperature):
    p = softmax(s / temperature, 1)
    keeps = (used.argmax(1) == y) & (latest.argmax(1) != y)
    assert 0 < keeps.sum() < 8
    return temperature**2 * mean([kl(softmax((used if keeps[k] else latest)[k] / temperature), p[k]) for k in range(8)])


def each(f, *settings, columns=4):
    y = classes % columns
    return mean([f(student[k, :columns], teacher[k, :columns], y[k], *settings) for k in range(8)])


p1, q1 = softmax(teacher, 1), softmax(student, 1)
p2, q2 = softmax(teacher / 2, 1), softmax(student / 2, 1)
line("kd", kd(student, teacher, 2))
line("dkd", each(dkd, 1, 8, 4))
line("dkd-other", each(dkd, 0.5, 2, 1.5))
line("dkd-two", each(dkd, 1, 8, 4, columns=2))
line("dkd-epoch-5", each(dkd, 1, 8, 4) * 5 / 20)
line("forward", 4 * mean(kl(p2, q2)))
line("reverse", 4 * mean(kl(q2, p2)))
line("jensen-shannon", mean(jensenshannon(p1, q1, axis=1) ** 2))
line("jensen-shannon-2", 4 * mean(jensenshannon(p2, q2, axis=1) ** 2))
line("total-variation", mean(np.maximum(p1 - q1, 0).sum(1)))
line("total-variation-2", 2 * mean(np.maximum(p2 - q2, 0).sum(1)))
line("alpha-0.5", mean(2 * ((np.sqrt(p1) - np.sqrt(q1)) ** 2).sum(1)))  # four times the square of Hellinger's distance
line("alpha-0.3", mean((1 - (p1**0.3 * q1**0.7).sum(1)) / 0.21))
line("logit-standard", kd(standard(student), standard(teacher), 2))
line("sinkd", sinkd(student, teacher, 0.1, 20, 2))
line("sinkd-logarithms", sinkd(student, teacher, 0.04, 20, 2))
line("sinkd-other", sinkd(student, teacher, 0.5, 3, 1))
line("pld", each(pld, 1))
line("pld-4", each(pld, 4))
line("pld-two", each(pld, 1, columns=2))
line("bd-kd", balanced(student, teacher, 10, 2))
line("bd-kd-other", balanced(student, teacher, -3, 1))
line("nkd", each(nkd, 1.5, 1))
line("nkd-other", each(nkd, 3.5, 3))
line("nkd-two", each(nkd, 1.5, 1, columns=2))
line("ground-truth", mean((0.6 * (q1 - np.eye(4)[classes]) ** 2 + 0.4 * (q1 - p1) ** 2).sum(1)))
line("ground-truth-values", mean(0.6 * (student[:, 0] - labels) ** 2 + 0.4 * (student[:, 0] - teacher[:, 0]) ** 2))

line("uskd", uskd(student, other[0], classes, 1, 0.1, 0.005))
line("uskd-other", uskd(student, other[0], classes, 0.7, 2, 0.3))
line("ofa-kd", each(ofa, 1.5) + sum(mean([ofa(other[b][k], teacher[k], classes[k], 1.5) for k in range(8)]) for b in (0, 1)))
line("ofa-kd-plain", mean((-p1 * np.log(q1)).sum(1)))  # cross-entropy
line("ofa-kd-two", each(ofa, 1.2, columns=2))
line("ofa-kd-values", mean((student[:, 0] - teacher[:, 0]) ** 2) + 0.5 * sum(mean((other[b][:, 0] - teacher[:, 0]) ** 2) for b in (0, 1)))
line("dhkd", binary_kl(other[0], np.log(p1), 2))
line("dhkd-other", binary_kl(other[0], np.log(p1), 0.7))
line("dhkd-values", binary_kl(other[0][:, 0], teacher[:, 0], 2))
line("dho", kd(other[0], teacher, 2))
grid = [(mixed([student, other[0]], teacher.argmax(1), a, b), b, a) for b in (0.5, 0.75, 1, 1.25, 1.5, 2, 4) for a in np.linspace(0, 1, 21)]
print("dho-choice", *[repr(float(v)) for v in reversed(min(grid))])
# a third of the run done: a share of 0.8 / 3 of what the row said before, 0.5 times its logits
soft = (1 - 0.8 / 3) * np.eye(4)[classes] + 0.8 / 3 * softmax(0.5 * student, 1)
line("ps-kd", mean((-soft * np.log(q1)).sum(1)))
line("mdcs", experts([student, other[0], other[1]], classes, (-0.5, 1, 2.5), 0.6 * 5 / 20))
line("kd3", agreement(student, teacher, 0.3, 2))
line("muscle", compatible(student, teacher, newer, classes, 2))
keeps = np.abs(teacher - labels[:, None])[:, 0] < np.abs(newer - labels[:, None])[:, 0]
line("muscle-values", mean((student[:, 0] - np.where(keeps, teacher[:, 0], newer[:, 0])) ** 2))
# a teacher of the first three classes
line("wa", 0.75 * 4 * mean(kl(softmax(teacher[:, :3] / 2, 1), softmax(student[:, :3] / 2, 1))) + 0.25 * mean(-np.log(q1[np.arange(8), classes])))

# ridge regression taught by an earlier fit of itself: the share with which the mix of labels and teacher does best on held-out rows, found by trying
x, x_new = np.sin(np.outer(np.arange(1, 13), [1.0, 2.1, 3.7])), np.sin(np.outer(np.arange(20, 28), [1.0, 2.1, 3.7]))
truth = lambda z: z @ [1.0, -2.0, 0.5] + 0.7 * z[:, 0] * z[:, 1]
y, y_new = truth(x), truth(x_new)
fit = lambda target: np.linalg.solve(x.T @ x + 3 * np.eye(3), x.T @ target)
taught = x @ (fit(y) * [1, 1.8, 1])
grid = np.linspace(0, 1, 100001)
errors = [((x_new @ fit(a * y + (1 - a) * taught) - y_new) ** 2).sum() for a in grid]
best = grid[int(np.argmin(errors))]
assert 0.01 < best < 0.99, best
line("mixing-weight", best)
for name, values in ("labels", y_new), ("from-labels", x_new @ fit(y)), ("from-teacher", x_new @ fit(taught)):
    print(name, *[repr(float(v)) for v in values])
