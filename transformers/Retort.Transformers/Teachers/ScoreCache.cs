using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Scores of models, kept in files of a folder.</summary>
/// <param name="folder">The folder, made where it is missing.</param>
/// <param name="checkCanceled">Throws where reading is to end.</param>
internal sealed class ScoreCache(string folder, Action checkCanceled)
{
    /// <summary>The scores of a file, or of the model while they are written into one; null where they cannot be kept, and the log says why.</summary>
    /// <param name="model">The teacher.</param>
    /// <param name="data">What it scores.</param>
    /// <param name="column">Which of its columns is read.</param>
    /// <param name="width">How many scores a row has.</param>
    /// <param name="rows">The rows that are followed.</param>
    /// <param name="channel">Hears where the scores come from.</param>
    public ScoreFeed? Feed(ITransformer model, IDataView data, string column, int width, DataViewRow rows, IChannel channel)
    {
        byte[] key;
        var recording = new RecordingView(data);
        var scored = model.Transform(recording);
        var asked = Asked();
        try
        {
            key = SHA256.HashData([.. ModelHash.Of(model), .. ViewHash.Of(data, asked, checkCanceled), .. System.Text.Encoding.UTF8.GetBytes(column)]);
        }
        catch (NotSupportedException e)
        {
            channel.Info(MessageSensitivity.Schema, "{0}", $"The teacher's scores are not kept: {e.Message.TrimEnd('.')}.");
            return null;
        }

        var path = Path.Combine(folder, $".teacher-{Convert.ToHexString(key)}.scores");
        try
        {
            if (File.Exists(path))
            {
                if (ScoreFile.Open(path, key, width) is { } file)
                {
                    channel.Info(MessageSensitivity.None, "{0}", $"The teacher's scores were read from '{path}'.");
                    return new FileFeed(file.Stream, file.Rows, width);
                }

                channel.Warning(MessageSensitivity.None, "{0}", $"The teacher's scores in '{path}' are damaged; they are made anew.");
            }

            return new WritingFeed(new ModelFeed(rows, scored, scored.Schema.Find(column), width), new(path), End, width, NotWritten);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotWritten(e);
            return null;
        }

        int[] Asked()
        {
            var none = new RecordingView(data, isEmpty: true);
            var scores = model.Transform(none);
            using var cursor = scores.GetRowCursor([scores.Schema.Find(column)]);
            return none.Asked;
        }

        void End(ScoreFile.Writer writer, long count)
        {
            if (!recording.Asked.SequenceEqual(asked))
            {
                channel.Info(MessageSensitivity.Schema, "{0}", "The teacher's scores are not kept: it asked for more columns while it scored.");
                return;
            }

            writer.End(key, count, width);
            channel.Info(MessageSensitivity.None, "{0}", $"The teacher's scores were written to '{path}'.");
        }

        void NotWritten(Exception e) => channel.Warning(MessageSensitivity.None, "{0}", $"The teacher's scores cannot be kept in '{folder}': {e.Message}");
    }

    /// <summary>Scores from a file.</summary>
    private sealed class FileFeed(FileStream file, long rows, int width) : ScoreFeed
    {
        private readonly float[] _row = new float[width];

        public override void MoveNext(long row)
        {
            if (row >= rows)
                throw Changed();
            file.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_row.AsSpan()));
        }

        public override void Read(Span<float> scores) => _row.CopyTo(scores);

        public override void Conclude(long count)
        {
            if (count != rows)
                throw Changed();
        }

        public override void Dispose() => file.Dispose();

        private ArgumentException Changed() => new($"The data must have the same rows every time it is read, but had {rows} and now has another number.");
    }

    /// <summary>Scores from a model, which are written to a file; where that fails, they are still read.</summary>
    private sealed class WritingFeed(ScoreFeed model, ScoreFile.Writer writer, Action<ScoreFile.Writer, long> end, int width, Action<Exception> notWritten) : ScoreFeed
    {
        private readonly float[] _row = new float[width];
        private bool _failed;

        public override void MoveNext(long row)
        {
            model.MoveNext(row);
            model.Read(_row);
            Try(() => writer.Add(_row));
        }

        public override void Read(Span<float> scores) => _row.CopyTo(scores);

        public override void Conclude(long rows)
        {
            model.Conclude(rows);
            Try(() => end(writer, rows));
        }

        public override void Dispose()
        {
            model.Dispose();
            writer.Dispose();
        }

        private void Try(Action write)
        {
            if (_failed)
                return;
            try
            {
                write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _failed = true;
                notWritten(e);
            }
        }
    }
}
