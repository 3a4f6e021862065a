#!/usr/bin/env python3
"""Golden numbers for learned weights of teachers: `python3 teacherweights.py > teacherweights.txt` (numpy and scipy, float64).

The problem, which TeacherWeightsTests repeats: rows i = 0..119, row weight 1 + (i mod 3).
Classes: label = i mod 3; teacher k gives softmax_c of 1.5 sin(0.9 (i + 1)(k + 1) + 1.7 c) + b_k [c = label], in float32; b are the numbers of a line.
Values: y = sin(0.37 (i + 1)); teacher k gives a_k y + 0.3 sin(1.3 (i + 1)(k + 1)) + 0.1 k, in float32; a are the numbers of a line.
A line: what, how many teachers, their b or a, the loss, the weights.
"""
import numpy as np
from scipy.optimize import minimize

i = np.arange(120)
s = 1.0 + i % 3
s /= s.sum()


def solve(value, slope, count):
    best = None
    for start in [np.full(count, 1 / count)] + [0.9 * np.eye(count)[k] + 0.1 / count for k in range(count)]:
        r = minimize(value, start, jac=slope, method="SLSQP", bounds=[(0, 1)] * count, constraints=dict(type="eq", fun=lambda w: w.sum() - 1, jac=lambda w: np.ones(count)),
                     options=dict(ftol=1e-16, maxiter=1000))
        if best is None or r.fun < best.fun:
            best = r
    return best


def say(what, numbers, best):
    print(what, len(numbers), *numbers, f"{best.fun:.10f}", *(f"{max(w, 0):.6f}" for w in best.x))


for b in ([0.5, 1.5], [0.0, 0.4, 0.8, 1.2], [0.9, 0.9, -1.0, 1.0, 0.2], [3.0, 0.0, 0.0]):
    p = []
    for k, bonus in enumerate(b):
        z = 1.5 * np.sin(0.9 * (i[:, None] + 1) * (k + 1) + 1.7 * np.arange(3)) + bonus * (np.arange(3) == (i % 3)[:, None])
        z = np.exp(z - z.max(1, keepdims=True))
        p.append((z / z.sum(1, keepdims=True)).astype(np.float32).astype(float)[i, i % 3])
    p = np.array(p)
    say("classes", b, solve(lambda w: -s @ np.log(w @ p), lambda w: -p @ (s / (w @ p)), len(b)))

y = np.sin(0.37 * (i + 1)).astype(np.float32).astype(float)
for a in ([0.5, 1.5], [1.0, 0.8, 0.2, 1.1], [1.0, 1.0, 1.0], [-1.0, 0.9, 2.0, 0.1, 0.5]):
    f = np.array([(ak * np.sin(0.37 * (i + 1)) + 0.3 * np.sin(1.3 * (i + 1) * (k + 1)) + 0.1 * k).astype(np.float32).astype(float) for k, ak in enumerate(a)])
    say("values", a, solve(lambda w: s @ (w @ f - y) ** 2, lambda w: 2 * f @ (s * (w @ f - y)), len(a)))
