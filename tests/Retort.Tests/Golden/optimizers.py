#!/usr/bin/env python3
"""Golden numbers for the optimizers: `python3 optimizers.py > optimizers.txt` (numpy, and torch for sgd and adamw; all in float64).

Every published algorithm takes eight steps on the same two problems; a line holds problem, id and final weights. The problems, which OptimizerGoldenTests repeats: the slots below, one behind
the other; p_i = sin(i + 1); gradient of step t = 1..8: g_i = p_i / 2 + cos(1.3 i + 0.7 t), of which entry 5 is
20 times as large in step 4. The head's gradient is made upright on each row of its weights; the table's is (w_1, -w_2 |w_1|^2 / |w_2|^2), upright on the whole but not on a row.
"""
import numpy as np
import torch

PROBLEMS = {
    "small": [("weights", (3, 4)), ("biases", (3,)), ("table", (2, 2)), ("head", (2, 3))],
    "wide": [("weights", (19, 9)), ("biases", (17,)), ("table", (2, 8)), ("head", (3, 33))],
}
SLOTS = []
STEPS, RATE = 8, 0.05


def split(flat):
    parts, start = [], 0
    for _, shape in SLOTS:
        count = int(np.prod(shape))
        parts.append(flat[start:start + count].reshape(shape))
        start += count
    return parts


def gradients(flat, t):
    i = np.arange(len(flat))
    g = flat / 2 + np.cos(1.3 * i + 0.7 * t)
    if t == 4:
        g[5] *= 20
    _, _, table, head = split(flat)
    parts = [part.copy() for part in split(g)]
    parts[2] = np.stack([table[0], -table[1] * (table[0] @ table[0]) / (table[1] @ table[1])])
    parts[3] -= head * ((parts[3] * head).sum(1) / (head * head).sum(1))[:, None]
    return parts


def adam_direction(s, g, t, beta1, beta2, eps):
    s["m"] = beta1 * s.get("m", 0) + (1 - beta1) * g
    s["v"] = beta2 * s.get("v", 0) + (1 - beta2) * g * g
    return s["m"] / (1 - beta1 ** t) / (np.sqrt(s["v"] / (1 - beta2 ** t)) + eps)


def adamw(role, p, g, s, t, rate=RATE, beta2=0.999, decay=0.1):
    u = adam_direction(s, g, t, 0.9, beta2, 1e-8)
    return p * (1 - rate * (decay if role != "biases" else 0)) - rate * u


def newton_schulz(g):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (np.linalg.norm(x) + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def muon(role, p, g, s, t, rows=False):
    if role != "weights":
        return adamw(role, p, g, s, t, rate=0.002, beta2=0.95)
    s["m"] = 0.95 * s.get("m", 0) + 0.05 * g
    o = newton_schulz(0.05 * g + 0.95 * s["m"])
    if rows:
        before = np.linalg.norm(o)
        s["v"] = 0.95 * s.get("v", 0) + 0.05 * (o * o).mean(1, keepdims=True)
        o = o / (np.sqrt(s["v"]) + 1e-10)
        o = o * before / (np.linalg.norm(o) + 1e-10)
    return p - RATE * max(1, p.shape[0] / p.shape[1]) ** 0.5 * o


def normuon(role, p, g, s, t):
    return muon(role, p, g, s, t, rows=True)


def stable_spam(role, p, g, s, t, gamma1=0.7, gamma2=0.9, theta=0.999, interval=5):
    largest = np.abs(g).max()
    s["s"] = theta * s.get("s", 0) + (1 - theta) * largest
    bound = s["s"] / (1 - theta ** t)
    g = np.where(np.abs(g) > bound, g / largest * bound, g)
    n = np.linalg.norm(g)
    s["a"] = gamma1 * s.get("a", 0) + (1 - gamma1) * n
    s["b"] = gamma2 * s.get("b", 0) + (1 - gamma2) * n * n
    g = g / n * (s["a"] / (1 - gamma1 ** t)) / (np.sqrt(s["b"] / (1 - gamma2 ** t)) + 1e-8)
    since = (t - 1) % interval + 1
    if since == 1:
        s["m"], s["v"] = 0, 0
    return adamw(role, p, g, s, since)


def adamp(role, p, g, s, t, delta=0.1, ratio=0.1, eps=1e-8):
    u = adam_direction(s, g, t, 0.9, 0.999, eps)
    factor = 1
    if p.ndim > 1:
        for view in (lambda x: x, lambda x: x.reshape(1, -1)):
            w = view(p)
            cosine = np.abs((view(g) * w).sum(1)) / np.maximum(np.linalg.norm(view(g), axis=1) * np.linalg.norm(w, axis=1), eps)
            if cosine.max() < delta / np.sqrt(w.shape[1]):
                unit = w / (np.linalg.norm(w, axis=1, keepdims=True) + eps)
                u = (view(u) - unit * (unit * view(u)).sum(1, keepdims=True)).reshape(p.shape)
                factor = ratio
                break
    return p * (1 - RATE * (0.1 if role != "biases" else 0) * factor) - RATE * u


def run(rule):
    flat = np.sin(np.arange(sum(int(np.prod(shape)) for _, shape in SLOTS)) + 1.0)
    states = [{} for _ in SLOTS]
    for t in range(1, STEPS + 1):
        flat = np.concatenate([rule(role, p, g, s, t).ravel() for (role, _), p, g, s in zip(SLOTS, split(flat), gradients(flat, t), states)])
    return flat


def run_torch(make):
    flat = np.sin(np.arange(sum(int(np.prod(shape)) for _, shape in SLOTS)) + 1.0)
    leaves = [torch.tensor(part.copy(), dtype=torch.float64, requires_grad=True) for part in split(flat)]
    optimizer = make([leaves[0], leaves[2], leaves[3]], [leaves[1]])
    for t in range(1, STEPS + 1):
        for leaf, g in zip(leaves, gradients(torch.cat([leaf.detach().reshape(-1) for leaf in leaves]).numpy(), t)):
            leaf.grad = torch.tensor(g)
        optimizer.step()
    return torch.cat([leaf.detach().reshape(-1) for leaf in leaves]).numpy()


def show(name, flat):
    print(problem, name, *(f"{x:.9f}" for x in flat))


for problem, SLOTS in PROBLEMS.items():
    show("sgd", run_torch(lambda matrices, biases: torch.optim.SGD(matrices + biases, lr=RATE, momentum=0.9, nesterov=True)))
    show("sgd-plain", run_torch(lambda matrices, biases: torch.optim.SGD(matrices + biases, lr=RATE, momentum=0.9)))
    show("adamw", run_torch(lambda matrices, biases: torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": biases, "weight_decay": 0.0}], lr=RATE)))
    show("muon", run(muon))
    show("normuon", run(normuon))
    show("stable-spam", run(stable_spam))
    show("adamp", run(adamp))
