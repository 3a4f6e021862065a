"""The naive side of `./bench dcov`: value and gradient of the squared distance covariance from its definition, in blocks of rows of all pairs.

A line says the form and each column's number of categories, 0 for numbers; the answer is processor seconds, the value and the norm of the gradient.
Predictions and columns, float64, are files in a folder: dcov.py FOLDER.
"""
import sys
import time

from serve import need, serve

numpy, torch = need("numpy", "torch")
torch.set_num_threads(1)
BLOCK = 25  # what is made of a block stays in the cache; larger ones are slower


def read(name):
    return torch.from_numpy(numpy.fromfile(f"{sys.argv[1]}/{name}", numpy.float64))


def distances(column, categories, rows):
    return column[rows, None].ne(column[None]).double() if categories else (column[rows, None] - column[None]).abs()


def blocks(n):
    return [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def answer(form, *counts):
    x = read("predictions").requires_grad_()
    columns = [(read(f"column{i}"), int(count)) for i, count in enumerate(counts)]
    start, n = time.process_time(), len(x)
    scaled = []
    for column, categories in columns:
        squares = sum(distances(column, categories, rows).square().sum() for rows in blocks(n)) / n**2
        scaled.append((column, categories, (squares / 2).sqrt()))

    if form == "Joint":  # factors 1 - centred distance; the predictions' own one is centred below
        means = [torch.cat([(distances(c, k, rows) / s).mean(1) for rows in blocks(n)]) for c, k, s in scaled]

    def b(rows):
        if len(scaled) == 1:
            (c, k, s), = scaled
            return distances(c, k, rows) / s
        if form != "Joint":
            return sum((distances(c, k, rows) / s).square() for c, k, s in scaled).sqrt()
        product = -1
        for (c, k, s), mean in zip(scaled, means):
            product = product * (1 - distances(c, k, rows) / s + mean[rows, None] + mean[None] - mean.mean())
        return product

    b_means = torch.cat([b(rows).mean(1) for rows in blocks(n)])
    value = 0.0
    for rows in blocks(n):
        a, own = (x[rows, None] - x[None]).abs(), b(rows)
        part = (a * own).sum() / n**2 + a.mean(1).sum() / n * b_means.mean() - 2 * (a.mean(1) * b_means[rows]).sum() / n
        part.backward()
        value += part.item()
    if form == "Joint":
        value -= b_means.mean().item() + 1
    return f"{time.process_time() - start} {value!r} {x.grad.norm().item()!r}"


matrix = torch.randn(256, 256)
serve(lambda: torch.mm(matrix, matrix), answer)
