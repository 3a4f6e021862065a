"""PyTorch's side of `./bench train`. A line such as "eager C 80" trains case C for 80 epochs; the answer is the seconds of its steps.

The data comes from files that the other side has written: train.py FOLDER.
"""
import sys
import threading
import time

from serve import need, serve

numpy, torch = need("numpy", "torch")
torch.set_num_threads(1)

CASES = {"A": (64, [256, 256], 128), "B": (100, [256, 256], 128), "C": (64, [64], 32)}  # features, hidden widths, batch
CLASSES = 10
loaded = {}


def data(case):
    if case not in loaded:
        features = numpy.fromfile(f"{sys.argv[1]}/{case}.features", numpy.float32).reshape(-1, CASES[case][0])
        loaded[case] = torch.from_numpy(features), torch.from_numpy(numpy.fromfile(f"{sys.argv[1]}/{case}.labels", numpy.int64))
    return loaded[case]


def start(case):
    """A network and its optimizer."""
    inputs, widths, _ = CASES[case]
    layers = []
    for width in widths:
        layers += [torch.nn.Linear(inputs, width), torch.nn.ReLU()]
        inputs = width
    model = torch.nn.Sequential(*layers, torch.nn.Linear(inputs, CLASSES))
    return model, torch.optim.Adam(model.parameters(), lr=1e-3)


def step(model, optimizer, x, y):
    optimizer.zero_grad(set_to_none=True)
    torch.nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()


def resident(case, epochs, model, optimizer):
    """The best that ordinary code does: resident tensors, one permutation an epoch, no number read back."""
    (x, y), batch = data(case), CASES[case][2]
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            step(model, optimizer, x.index_select(0, rows), y.index_select(0, rows))


def by_loader(case, epochs, model, optimizer):
    """What most people write."""
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*data(case)), batch_size=CASES[case][2], shuffle=True)
    for _ in range(epochs):
        for x, y in loader:
            step(model, optimizer, x, y)


def side_by_side(case, epochs, *models):
    threads = [threading.Thread(target=resident, args=(case, epochs, *model)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_turn(case, epochs, *models):
    for model in models:
        resident(case, epochs, *model)


WAYS = {
    "eager": (1, lambda case, epochs, pair: resident(case, epochs, *pair)),
    "loader": (1, lambda case, epochs, pair: by_loader(case, epochs, *pair)),
    "two": (2, side_by_side),
    "sixteen": (16, in_turn),
}


def answer(way, case, epochs):
    models, train = WAYS[way]
    data(case)
    pairs = [start(case) for _ in range(models)]
    begin = time.perf_counter()
    train(case, int(epochs), *pairs)
    return time.perf_counter() - begin


square = torch.rand(256, 256)
serve(lambda: torch.mm(square, square), answer)
