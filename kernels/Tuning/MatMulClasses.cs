namespace ScratchNet.Kernels;

/// <summary>The kinds of product that a dense network needs; what is fastest for one is seldom fastest for all.</summary>
internal enum MatMulClass
{
    /// <summary>A batch of a few: less than eight rows, each number of b used a few times.</summary>
    FewRows,

    /// <summary>Less than 32 columns: the classes at a network's end.</summary>
    FewColumns,

    /// <summary>512 rows, 512 columns and sums of 512 terms, or more.</summary>
    Large,

    /// <summary>A weight gradient: xᵀ·dy, long sides and short sums.</summary>
    WeightGradient,

    /// <summary>An input gradient: dy·wᵀ.</summary>
    InputGradient,

    /// <summary>A batch through a layer, and whatever is none of the others.</summary>
    Layer,
}

/// <summary>Which class a product belongs to, and what stands for the class when kernels are compared.</summary>
internal static class MatMulClasses
{
    private const int Few = 8;
    private const int Narrow = 32;
    private const int Wide = 512;

    /// <summary>Every class.</summary>
    public static IReadOnlyList<MatMulClass> All { get; } = Enum.GetValues<MatMulClass>();

    /// <summary>The class of a call.</summary>
    public static MatMulClass Of(in MatMulCall call) =>
        call.M < Few ? MatMulClass.FewRows
        : call.N < Narrow ? MatMulClass.FewColumns
        : call is { M: >= Wide, N: >= Wide, K: >= Wide } ? MatMulClass.Large
        : call.TransposeA ? MatMulClass.WeightGradient
        : call.TransposeB ? MatMulClass.InputGradient
        : MatMulClass.Layer;

    /// <summary>The name in files and tables, such as <c>weight-gradient</c>.</summary>
    public static string NameOf(MatMulClass shapes) => shapes switch
    {
        MatMulClass.FewRows => "few-rows",
        MatMulClass.FewColumns => "few-columns",
        MatMulClass.Large => "large",
        MatMulClass.WeightGradient => "weight-gradient",
        MatMulClass.InputGradient => "input-gradient",
        _ => "layer",
    };
}
