// check cpu|cuda           gradients, optimizers, losses and learning there, beside the CPU
// train cpu|cuda PYTHON    steps a second there, beside PyTorch
using Retort;
using Retort.Gpu;

if (args is not [("check" or "train") and var verb, ("cpu" or "cuda") and var device, ..] || verb == "train" && args.Length != 3)
{
    Console.Error.WriteLine($"The arguments must be 'check cpu|cuda' or 'train cpu|cuda PYTHON', but are '{string.Join(' ', args)}'.");
    return 2;
}

if (device == "cuda" && Place.Gpus() == 0)
{
    Console.Error.WriteLine("libtorch must find a GPU, but finds none.");
    return 1;
}

var place = device == "cuda" ? Place.Cuda(0) : Place.CpuByOperators;
if (verb == "check")
    return Checks.Run(place);
Timing.Run(place, args[2]);
return 0;
