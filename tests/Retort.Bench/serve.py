"""Answers each line of stdin with a line, once it is sure that products are fast."""
import sys
import time


def need(*modules):
    """The modules, or one sentence."""
    try:
        return [__import__(module) for module in modules]
    except ImportError as error:
        print(f"error Python must have {', '.join(modules)}, but: {error}.", flush=True)
        sys.exit(1)


def gigaflops(product):
    """Speed of a product of two 256x256 matrices, the best of many: the machine may be shared."""
    best = float("inf")
    for _ in range(300):
        start = time.perf_counter()
        product()
        best = min(best, time.perf_counter() - start)
    return 2 * 256**3 / best / 1e9


def serve(product, answer):
    """Says that it is ready, then answers until stdin ends."""
    speed = gigaflops(product)
    if not speed > 30:
        print(f"error Python's 256x256x256 product must exceed 30 GFLOP/s, as OpenBLAS does, but reaches {speed:.1f}.", flush=True)
        sys.exit(1)
    print(f"{speed:.1f}", flush=True)
    for line in sys.stdin:
        try:
            reply = str(answer(*line.split()))
        except Exception as error:  # one sentence for the other side, whatever it is
            reply = f"error {type(error).__name__}: {error}".replace("\n", " ")
        print(reply, flush=True)
