namespace Retort.Cli;

/// <summary>What <c>--help</c> shows below the options.</summary>
internal static class Examples
{
    public static string[] Of(string command) => command switch
    {
        "demo" =>
        [
            "retort demo",
            "retort demo --seeds 2 --json",
        ],
        "methods" =>
        [
            "retort methods",
            "retort methods --json",
            "retort methods --markdown > methods.md",
        ],
        "train" =>
        [
            "retort train --data customers.csv --label churned",
            "retort train --data customers.csv --label churned --ignore id,name --teacher big/model.zip --out small",
            "retort train --data customers.csv --label churned --teacher auto --out small",
            "retort train --data customers.csv --label churned --out small    # again, where it was ended: goes on from small/.checkpoint",
            """retort train --data customers.csv --label churned --protected sex,age --recipe '{"Penalty": {"$type": "dcov", "Weight": 10}}' --out small""",
            "retort train --data customers.csv --label churned --emit project --out small; dotnet run --project small/project/Service",
            """retort train --data prices.tsv --label price --task regression --recipe '{"Epochs": 50}' --seed 3""",
        ],
        "evaluate" =>
        [
            "retort evaluate --model small/model.zip --data later.csv",
            "retort evaluate --model small/model.zip --data later.csv --label churned --json",
            "retort evaluate --model small/model.zip --data later.csv --protected sex,age",
        ],
        "calibrate" =>
        [
            "retort calibrate --model small/model.zip --data held-out.csv --out small/calibrated.zip",
            """retort calibrate --model small/model.zip --data held-out.csv --label churned --method '{"$type": "ts-mix"}' --out calibrated.zip""",
        ],
        "merge" =>
        [
            "retort train --data a.csv --label churned --start small/model.zip --out a; retort train --data b.csv --label churned --start small/model.zip --out b",
            "retort merge a/model.zip b/model.zip --method ties --start small/model.zip --out merged",
            """retort merge a/model.zip b/model.zip --method '{"$type": "fisher", "Rows": 500}' --data rows.csv --out merged""",
        ],
        "sweep" =>
        [
            "retort sweep --data customers.csv --label churned --minutes 10 --out best",
            "retort sweep --data customers.csv --label churned --minutes 30 --out best    # again with more time: goes on from best/.sweep",
            "retort sweep --data customers.csv --label churned --minutes 10 --space calibrated --objective loss,ece --teacher auto --out best",
            "retort sweep --data customers.csv --label churned --minutes 10 --space penalised --objective accuracy,gap:sex --out best",
            "retort sweep --space fast --space-template > space.json; retort sweep --data customers.csv --label churned --trials 50 --space space.json --out best",
        ],
        "export" =>
        [
            "retort export --model small/model.zip --out small/model.onnx",
            "retort export --model small/model.zip --format portable --data held-out.csv --out portable.zip",
            "retort export --model small/model.zip --format project --data customers.csv --out service; dotnet run --project service/Service",
        ],
        "report" =>
        [
            "retort report --model small/model.zip --data customers.csv --out small/report.html",
            "retort report --model small/model.zip --data later.csv --protected sex,age --teacher big/model.zip",
        ],
        "predict" =>
        [
            "retort predict --model small/model.zip --data new.csv --out scored.csv",
            "retort predict --model small/model.zip --data new.csv > scored.csv",
        ],
        "retort" =>
        [
            "retort demo",
            "retort train --data customers.csv --label churned --out small",
            "retort predict --model small/model.zip --data new.csv --out scored.csv",
        ],
        _ => [],
    };
}
