// A web service of a model, in a program of one's own. Arguments: the model that Quickstart wrote, and those of ASP.NET, such as --urls http://localhost:5000
// curl http://localhost:5000/digit -H 'Content-Type: application/json' -d '[0, 0, 0, 9, ...]'
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Data;

if (args.Length == 0)
{
    Console.Error.WriteLine("Usage: WebService <student.zip> [--urls URL]: the model that Quickstart wrote");
    return 2;
}

var builder = WebApplication.CreateBuilder(args[1..]);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

// the model serves all threads, an engine one at a time
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
builder.Services.AddSingleton<ObjectPool<PredictionEngine<Image, Digit>>>(
    new DefaultObjectPool<PredictionEngine<Image, Digit>>(new Engines(() => ml.Model.CreatePredictionEngine<Image, Digit>(model))));
var app = builder.Build();

app.MapPost("/digit", (float[] features, ObjectPool<PredictionEngine<Image, Digit>> engines) =>
{
    if (features.Length != Image.Width)
        return Results.Problem($"The body must be a list of {Image.Width} numbers, but has {features.Length}.", statusCode: 400);
    var engine = engines.Get();
    var digit = engine.Predict(new Image { Features = features });
    engines.Return(engine);
    return Results.Ok(new { Digit = digit.PredictedLabel - 1, Probability = digit.Score.Max() }); // keys count from 1
});

app.Run();
return 0;

internal sealed class Engines(Func<PredictionEngine<Image, Digit>> make) : PooledObjectPolicy<PredictionEngine<Image, Digit>>
{
    public override PredictionEngine<Image, Digit> Create() => make();

    public override bool Return(PredictionEngine<Image, Digit> engine) => true;
}

internal sealed class Image
{
    public const int Width = 64;

    [VectorType(Width)]
    public float[] Features { get; set; } = [];
}

internal sealed class Digit
{
    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];
}
