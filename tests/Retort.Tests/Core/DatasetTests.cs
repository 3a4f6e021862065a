namespace Retort.Tests;

[TestClass]
public sealed class DatasetTests
{
    [TestMethod]
    public void A_view_gives_its_rows_without_a_copy_of_the_numbers()
    {
        using var scope = NewDisposeScope();
        using var whole = Some.Prices(20);
        var view = whole.View([19, 3, 3, 7]).View([3, 0, 1]);
        Assert.AreEqual(3, view.Rows);
        Assert.AreEqual(20, view.Features.shape[0]);
        whole.Features.add_(1); // the view has the same memory
        long[] rows = [7, 19, 3];
        Assert.AreEqual(whole.Labels!.index_select(0, tensor(rows)), view.Labels!);

        var (features, categories) = view.Inputs(tensor(new long[] { 2, 0 }));
        Assert.AreEqual(whole.Features.index_select(0, tensor(new long[] { 3, 7 })), features);
        Assert.AreEqual(whole.Categories!.index_select(0, tensor(new long[] { 3, 7 })), categories!);
        Assert.AreEqual(whole.Features.index_select(0, tensor(new long[] { 19, 3 })), view.Inputs(1, 2).Features);
        Assert.AreEqual(whole.Features.narrow(0, 1, 2), whole.Inputs(1, 2).Features);

        var data = new TaskData(view, LearningTask.Regression, new Scale(0, 1));
        var (small, large) = (new BatchMemory(data, 2, 1), new BatchMemory(data, 2, 1, largest: 0)); // large: as beyond 2 GiB
        small.Take([2, 0]);
        large.Take([2, 0]);
        Assert.AreEqual(features, small.Features);
        Assert.AreEqual(features, large.Features);
        Assert.AreEqual(categories!, small.Categories!);
        Assert.AreEqual(categories!, large.Categories!);

        view.Dispose();
        Assert.AreEqual(20, whole.Inputs(0, 20).Categories!.shape[0]);
    }
}
