#!/usr/bin/env python3
"""Golden numbers for the distillations that compare hidden blocks or moved rows: `python3 feature-distillations.py > feature-distillations.txt` (numpy, scipy; all in float64).

Written from the formulas with plain loops and sums; a row that weighs w stands there w times, so nothing is weighted. Rows i from 0 to 7: the student's logits 3 sin(1 + 1.3 i + 0.7 j), the teacher's 2 cos(0.5 + 0.9 i - 1.1 j) for classes j from 0 to 3,
of which the teacher's probabilities are the softmax; classes (i^2 + i div 2) mod 4, weights 1 + i mod 3. The student's hidden block sin(0.3 + 0.8 i + 1.7 j) [8, 5], the teacher's 2 cos(0.2 + 1.1 i - 0.6 j) + 0.1 j [8, 7], a head 0.5 sin(0.9 i - 0.4 j) [8, 7].
Moved: logits plus 0.5 cos(i + 2 j), the teacher's 1.5 sin(0.4 + i - j). A second teacher on the rows as they are is not asked. Rows 2 and 5 of both hidden blocks are alike where `alike` is said.
"""
import numpy as np
from scipy.special import log_softmax, logsumexp, rel_entr, softmax

i, j = np.arange(8)[:, None], np.arange(4)[None, :]
h, k = np.arange(5)[None, :], np.arange(7)[None, :]
student, teacher = 3 * np.sin(1 + 1.3 * i + 0.7 * j), 2 * np.cos(0.5 + 0.9 * i - 1.1 * j)
classes = (np.arange(8) ** 2 + np.arange(8) // 2) % 4
weights = 1 + np.arange(8) % 3
own, taught, head = np.sin(0.3 + 0.8 * i + 1.7 * h), 2 * np.cos(0.2 + 1.1 * i - 0.6 * k) + 0.1 * k, 0.5 * np.sin(0.9 * i - 0.4 * k)
moved, moved_teacher = student + 0.5 * np.cos(i + 2 * j), 1.5 * np.sin(0.4 + i - j)
often = np.repeat(np.arange(8), weights)


def line(name, value):
    print(name, repr(float(value)))


def kd(s, t, temperature):
    p, q = softmax(t / temperature, 1), softmax(s / temperature, 1)
    return temperature**2 * rel_entr(p, q).sum(1)[often].mean()


soft, soft4 = kd(student, teacher, 2), kd(student, teacher, 4)

# fitnet: what a run would have seen are these rows, weighted
m = taught[often].mean(0)
scale = np.sqrt(((taught[often] - m) ** 2).mean())
line("fitnet", ((head - (taught - m) / scale) ** 2)[often].mean() + soft)
line("fitnet-other", 3 * ((head - (taught - m) / scale) ** 2)[often].mean() + 0.5 * kd(student, teacher, 3))


def smooth(x):
    x = abs(x)
    return x * x / 2 if x < 1 else x - 0.5


def relations(rows):
    n = len(rows)
    d = np.array([[np.sqrt(((a - b) ** 2).sum()) for b in rows] for a in rows])
    d /= d[d > 0].mean()
    unit = lambda v: v / np.sqrt(v @ v) if v @ v > 0 else v
    a = np.array([[[unit(rows[x] - rows[y]) @ unit(rows[z] - rows[y]) for z in range(n)] for x in range(n)] for y in range(n)])
    return d, a


def rkd(s, t, distance, angle):
    (ds, as_), (dt, at) = relations(s), relations(t)
    return distance * np.mean([smooth(v) for v in (ds - dt).flat]) + angle * np.mean([smooth(v) for v in (as_ - at).flat])


line("rkd", rkd(own[often], taught[often], 25, 50) + soft)
line("rkd-distances", rkd(own[often], taught[often], 1, 0) + soft)
own_alike, taught_alike = own.copy(), taught.copy()
own_alike[5], taught_alike[5] = own[2], taught[2]
line("rkd-alike", rkd(own_alike[often], taught_alike[often], 1, 2) + soft)
some = [x for x in range(8) if x in (0, 2, 5)]  # three of eight, evenly spaced
chosen = np.repeat(some, weights[some])
line("rkd-three", rkd(own[often], taught[often], 25, 0) + rkd(own[chosen], taught[chosen], 0, 50) + soft)


def nd(s, t):
    centres = {c: taught[often][classes[often] == c].mean(0) for c in set(classes)}
    units = {c: v / np.linalg.norm(v) for c, v in centres.items()}
    return np.mean([1 - s[x] @ units[classes[x]] / max(np.linalg.norm(s[x]), np.linalg.norm(t[x])) for x in often])


line("nd", nd(head, taught) + soft4)
line("nd-longer", nd(10 * head, taught) + soft4)
line("nd-epoch-5", nd(head, taught) + 5 / 20 * soft4)


def cut(rows, tokens):
    width = -(-rows.shape[1] // tokens)
    return np.pad(rows, ((0, 0), (0, width * tokens - rows.shape[1]))).reshape(len(rows), tokens, width)


def trg(s, t, mapped, tokens, share, sigma, tau, inner, local, global_):
    s, t, mapped = cut(s, tokens), cut(t, tokens), cut(mapped, tokens)
    attention = lambda f: softmax(f @ f.T / np.sqrt(f.shape[1]), 1)
    value = inner * np.mean([((attention(s[x]) - attention(t[x])) ** 2).mean() for x in often])
    flat = lambda x: x[often].reshape(-1, x.shape[2])
    s, t, mapped = flat(s), flat(t), flat(mapped)
    n = len(s)
    square = lambda f: ((f[:, None] - f[None]) ** 2).sum(2)
    ds, dt = square(s), square(t)
    for x in range(n):
        reach = np.sort(dt[x])[int(np.ceil(share * n - 1e-9)) - 1]
        near = dt[x] <= reach + 1e-12
        p, q = (log_softmax(np.exp(-d[x] / (2 * sigma * d.mean()))[near]) for d in (ds, dt))
        value += local / n * (np.exp(p) * (p - q)).sum()
    unit = lambda f: f / np.sqrt((f**2).sum(1, keepdims=True) + 1e-6)
    alike = unit(mapped) @ unit(t).T / tau
    return value + global_ * np.mean(logsumexp(alike, 1) - np.diag(alike))


line("trg", trg(own, taught, head, 4, 0.1, 0.5, 0.5, 1, 1, 0.1) + soft)
line("trg-inner", trg(own, taught, head, 4, 0.1, 0.5, 0.5, 1, 0, 0) + soft)
line("trg-local", trg(own, taught, head, 4, 0.1, 0.5, 0.5, 0, 1, 0) + soft)
line("trg-other", trg(own, taught, head, 3, 0.4, 1.3, 0.5 * np.sqrt(0.2), 5, 3, 2) + soft)  # half of the run is done


def mtard(steps, rate, power, temperature):
    """The last of several steps; in each both losses shrink, unevenly."""
    w, first = 0.5, None
    for n in range(steps):
        clean, hard = kd(student * (1 - 0.2 * n), teacher, temperature), kd(moved * (1 + 0.1 * n), moved_teacher, temperature)
        first = first or (clean, hard)
        a, b = (clean / first[0]) ** power, (hard / first[1]) ** power
        w -= rate * (w - a / (a + b))
    return w * clean + (1 - w) * hard


line("mtard", mtard(1, 0.025, 1, 1))
line("mtard-balanced", mtard(4, 0.2, 2, 3))
line("hard", 0.5 * soft + 0.5 * kd(moved, moved_teacher, 2))
line("hard-other", 0.2 * soft4 + 0.8 * kd(moved, moved_teacher, 4))
