namespace Retort;

/// <summary>All teachers' scores of one view; disposed together, also where one of them cannot be read.</summary>
internal sealed class TeachersOfView : List<TeacherRows>, IDisposable
{
    public TeachersOfView(IEnumerable<TeacherRows> teachers)
    {
        try
        {
            AddRange(teachers);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose() => ForEach(teacher => teacher.Dispose());
}
