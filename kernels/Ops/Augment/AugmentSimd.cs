using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Image augmentation with vectors of pixels, threads over images. See <see cref="AugmentReference"/> for the definition.
/// </summary>
internal static class AugmentSimd
{
    public static void Run(CpuBackend backend, in AugmentCall call)
    {
        var job = backend.Job<ImagesJob>();
        var work = call.Height * call.Width * (call.Distortion.IsElastic ? 16 : 4);
        job.Set(call, backend.Scratch, Chunks.OfRows(call.Batch, work, 1, backend.Team.Threads));
        backend.Team.Run(job, job.Chunks.Count);
    }

    private sealed class ImagesJob : ParallelJob
    {
        private AugmentCall _call;
        private GaussianBlur? _blur;
        private WorkerScratch? _scratch;

        public Chunks Chunks { get; private set; }

        public void Set(in AugmentCall call, WorkerScratch scratch, Chunks chunks)
        {
            (_call, _scratch, Chunks) = (call, scratch, chunks);
            if (_blur is null || !_blur.Fits(call.Height, call.Width, call.Distortion))
            {
                _blur = new GaussianBlur(call.Height, call.Width, call.Distortion);
            }

            scratch.Reserve((2 * NoiseLength) + _blur.RoomLength + (2 * FieldLength(_blur))
                + BilinearSampler.ScratchLength(call.Height, call.Width, _blur.Stride));
        }

        public override void Execute(int part)
        {
            var (start, count) = Chunks[part];
            var (blur, pixels) = (_blur!, _call.Height * _call.Width);
            var scratch = _scratch!.Mine;
            var noise = Take(ref scratch, 2 * NoiseLength);
            var room = Take(ref scratch, blur.RoomLength);
            var columnField = Take(ref scratch, FieldLength(blur));
            var rowField = Take(ref scratch, FieldLength(blur));
            var sampler = new BilinearSampler(_call.Height, _call.Width, blur.Stride, _call.Background, scratch);
            for (var i = start; i < start + count; i++)
            {
                var sample = _call.Indices.AsSpan()[i];
                if (_call.Distortion.IsElastic)
                {
                    MakeFields(sample, noise, room, columnField, rowField);
                }
                else
                {
                    columnField.Clear();
                    rowField.Clear();
                }

                var map = AffineMap.Draw(_call.Distortion, _call.Seed, _call.Epoch, sample);
                sampler.Sample(_call.X.AsSpan().Slice(i * pixels, pixels), _call.Y.AsSpan().Slice(i * pixels, pixels),
                    map, columnField, rowField);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void MakeFields(int sample, Span<float> noise, Span<float> room, Span<float> columnField, Span<float> rowField)
        {
            var columnNoise = noise[..(noise.Length / 2)];
            var rowNoise = noise[(noise.Length / 2)..];
            var pixels = _call.Height * _call.Width;
            var first = (ulong)sample * (ulong)((pixels + 3) / 4);
            for (var p = 0; p < pixels; p += PhiloxVector.WordCount)
            {
                var words = PhiloxVector.At(
                    _call.Seed, RandomPurpose.Augmentation, 1, _call.Epoch, first + (ulong)(p / 4));
                var at = p + GaussianBlur.Margin;
                Split(words.First, columnNoise[at..], rowNoise[at..]);
                Split(words.Second, columnNoise[(at + Vector512<float>.Count)..], rowNoise[(at + Vector512<float>.Count)..]);
            }

            _blur!.Apply(columnNoise, room, columnField);
            _blur.Apply(rowNoise, room, rowField);
        }

        /// <summary>The halves of sixteen words as numbers in (-1, 1), as <see cref="AugmentReference.ToSymmetric"/>.</summary>
        private static void Split(Vector512<uint> words, Span<float> columnNoise, Span<float> rowNoise)
        {
            Symmetric(Vector512.ShiftRightLogical(words, 16)).CopyTo(columnNoise);
            Symmetric(words & Vector512.Create(0xFFFFu)).CopyTo(rowNoise);
        }

        // (half + 0.5)/32768 - 1, which is exact in any order.
        private static Vector512<float> Symmetric(Vector512<uint> halves) => VectorMath.MultiplyAdd(
            Vector512.ConvertToSingle(halves.AsInt32()), Vector512.Create(1f / 32768f), Vector512.Create((0.5f / 32768f) - 1f));

        /// <summary>Noise is made 32 pixels at a time, so its room is rounded up to that.</summary>
        private int NoiseLength
        {
            get
            {
                const int Multiple = PhiloxVector.WordCount;
                var pixels = _call.Height * _call.Width;
                return ((pixels + Multiple - 1) / Multiple * Multiple) + (2 * GaussianBlur.Margin);
            }
        }

        private int FieldLength(GaussianBlur blur) => _call.Height * blur.Stride;

        private static Span<float> Take(ref Span<float> scratch, int length)
        {
            var taken = scratch[..length];
            scratch = scratch[length..];
            return taken;
        }
    }
}
