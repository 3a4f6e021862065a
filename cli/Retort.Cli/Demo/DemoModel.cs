using Retort.Cli.Metrics;

namespace Retort.Cli.Demo;

/// <summary>What one model reached on the held-out rows.</summary>
/// <param name="Name">Which of the three.</param>
/// <param name="Parameters">How many numbers it learned.</param>
/// <param name="Main">Accuracy, or for regression the root mean squared error.</param>
/// <param name="LogLoss">In nats; NaN for regression.</param>
internal sealed record DemoModel(string Name, int Parameters, double Main, double LogLoss)
{
    public const string Teacher = "teacher", LabelsAlone = "student, labels alone", Distilled = "student, distilled";

    public static DemoModel Of(string name, int parameters, Scored scored)
    {
        var quality = Quality.Of(scored).ToDictionary(q => q.Name, q => q.Value);
        return new(name, parameters, quality.GetValueOrDefault("accuracy", quality.GetValueOrDefault("rmse")), quality.GetValueOrDefault("logLoss", double.NaN));
    }
}
