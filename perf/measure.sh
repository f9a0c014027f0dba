#!/usr/bin/env bash
# Measures everything that the READMEs' tables show, in pieces of about a minute, and writes the tables. Close everything else
# first. Any piece may be run again by hand: what is measured again replaces its old figures. RUN, if set, is put before each piece.
set -uo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release -v q --nologo perf || exit 1

perf() {
    echo "== $*"
    # Either variable would hold OpenBLAS, and all that stands on it, to older kernels.
    ${RUN:-} env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE dotnet perf/bin/Release/net10.0/ScratchNet.Perf.dll "$@" --record ||
        echo "== not complete: $*"
}

for threads in 1 2; do
    for network in 784-128-10@64 784-128-10@128 784-512-512-10@128 784-1000-500-10@128 784-2500-2000-1500-1000-500-10@256; do
        perf training --threads $threads --only $network --peers pytorch
    done
    for network in 784-128-10@64 784-128-10@128 784-512-512-10@128; do
        perf training --threads $threads --only $network --peers pytorch-loader,sklearn-mlp
    done
    perf training --threads $threads --only traditional
    perf matmul-cpu --threads $threads --groups squares
    for batch in 1 16 64 128 256 1024; do
        perf matmul-cpu --threads $threads --groups layers --batches $batch
        perf matmul-cpu --threads $threads --groups bias+relu --batches $batch
    done
    perf ladder --threads $threads --only processor,narrow
    perf elementwise --threads $threads
done

# A part of an epoch: TensorFlow.js has one thread, and a whole one takes it minutes.
perf training --threads 1 --only 784-128-10@128,784-512-512-10@128 --peers tfjs --images 6400
perf ladder --only opencl
perf matmul-opencl
perf scaling --plot perf/results
perf micro

dotnet perf/bin/Release/net10.0/ScratchNet.Perf.dll tables
