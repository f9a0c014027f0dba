using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// What a kernel needs of a vector of floats, so that one body serves every vector width. The JIT compiles it for each width
/// as if written for that width alone.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> floats at any address.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Writes <see cref="Count"/> floats at any address.</summary>
    static abstract void Store(float* destination, TVector value);

    /// <summary>A mask for <see cref="LoadFirst"/> and <see cref="StoreFirst"/>: all bits of the first lanes are set.</summary>
    static abstract TVector First(int count);

    /// <summary>Reads the first lanes only, not touching the memory of the others, which become 0.</summary>
    static abstract TVector LoadFirst(float* source, TVector first);

    /// <summary>Writes the first lanes only.</summary>
    static abstract void StoreFirst(float* destination, TVector value, TVector first);

    /// <summary>A vector of equal floats.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>
    /// <c>a·b + c</c>, rounded once where the processor can: imitating that would cost a hundred times as much.
    /// </summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary><c>a + b</c>.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary><c>max(a, 0)</c>; NaN stays NaN.</summary>
    static abstract TVector Relu(TVector a);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector a);
}

/// <summary>512-bit vectors: AVX-512.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector512<float> value) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFirst(float* source, Vector512<float> first) => Avx512F.IsSupported
        ? Avx512F.MaskLoad(source, first, Vector512<float>.Zero)
        : Vector512.Create(
            Lanes256.LoadFirst(source, first.GetLower()), Lanes256.LoadFirst(source + Lanes256.Count, first.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(float* destination, Vector512<float> value, Vector512<float> first)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(destination, first, value);
        }
        else
        {
            Lanes256.StoreFirst(destination, value.GetLower(), first.GetLower());
            Lanes256.StoreFirst(destination + Lanes256.Count, value.GetUpper(), first.GetUpper());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Relu(Vector512<float> a) => Vector512.Max(a, Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> a) => Vector512.Sum(a);
}

/// <summary>256-bit vectors: AVX2.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector256<float> value) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> First(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFirst(float* source, Vector256<float> first) => Avx.IsSupported
        ? Avx.MaskLoad(source, first)
        : Vector256.Create(
            Lanes128.LoadFirst(source, first.GetLower()), Lanes128.LoadFirst(source + Lanes128.Count, first.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(float* destination, Vector256<float> value, Vector256<float> first)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(destination, first, value);
        }
        else
        {
            Lanes128.StoreFirst(destination, value.GetLower(), first.GetLower());
            Lanes128.StoreFirst(destination + Lanes128.Count, value.GetUpper(), first.GetUpper());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Relu(Vector256<float> a) => Vector256.Max(a, Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);
}

/// <summary>128-bit vectors: NEON on ARM64, SSE.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector128<float> value) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> First(int count) =>
        Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadFirst(float* source, Vector128<float> first)
    {
        if (Avx.IsSupported)
        {
            return Avx.MaskLoad(source, first);
        }

        var value = Vector128<float>.Zero;
        for (var lane = 0; lane < Count && first.AsInt32()[lane] != 0; lane++)
        {
            value = value.WithElement(lane, source[lane]);
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(float* destination, Vector128<float> value, Vector128<float> first)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(destination, first, value);
            return;
        }

        for (var lane = 0; lane < Count && first.AsInt32()[lane] != 0; lane++)
        {
            destination[lane] = value[lane];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Relu(Vector128<float> a) => Vector128.Max(a, Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> a) => Vector128.Sum(a);
}
