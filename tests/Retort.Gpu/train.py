"""PyTorch's side: each line "WAY ROWS FEATURES LAYERS WIDTH CLASSES BATCH EPOCHS" trains a network; the answer is the seconds of its steps.

WAY is eager or graph, the whole step of full batches captured as a CUDA graph ("none" where there is no CUDA). The argument is the device.
"""
import sys
import time

import torch

device = sys.argv[1]
torch.set_num_threads(1)
loaded = {}


def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()


def data(rows, features, classes):
    if (rows, features) not in loaded:
        loaded[rows, features] = torch.randn(rows, features, device=device), torch.arange(rows, device=device) % classes
    return loaded[rows, features]


def network(features, layers, width, classes):
    modules = []
    for _ in range(layers):
        modules += [torch.nn.Linear(features, width), torch.nn.ReLU()]
        features = width
    return torch.nn.Sequential(*modules, torch.nn.Linear(features, classes)).to(device)


def stepper(model, optimizer, x, y):
    def step(rows):
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(x.index_select(0, rows)), y.index_select(0, rows)).backward()
        optimizer.step()

    return step


def captured(step, model, optimizer, batch):
    """The step of a full batch as a graph: its rows are copied in, and it is replayed."""
    rows = torch.zeros(batch, dtype=torch.int64, device=device)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step(rows)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        step(rows)

    def replay(chosen):
        rows.copy_(chosen)
        graph.replay()

    return replay


def answer(way, rows, features, layers, width, classes, batch, epochs):
    if way == "graph" and device != "cuda":
        return "none"
    x, y = data(rows, features, classes)
    model = network(features, layers, width, classes)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **({"capturable": True} if way == "graph" else {}))
    step = stepper(model, optimizer, x, y)
    full = captured(step, model, optimizer, batch) if way == "graph" else step
    synchronize()
    begin = time.perf_counter()
    for _ in range(epochs):
        for chosen in torch.randperm(rows, device=device).split(batch):
            (full if len(chosen) == batch else step)(chosen)
    synchronize()
    return time.perf_counter() - begin


for line in sys.stdin:
    way, *numbers = line.split()
    try:
        reply = str(answer(way, *map(int, numbers)))
    except Exception as error:  # one sentence for the other side, whatever it is
        reply = f"{type(error).__name__}: {error}".replace("\n", " ")
    print(reply, flush=True)
