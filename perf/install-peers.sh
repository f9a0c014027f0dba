#!/usr/bin/env bash
# Installs what perf compares with, on Debian or Ubuntu: OpenBLAS, CLBlast with an OpenCL device on the processor, PyTorch,
# scikit-learn, and TensorFlow.js with its wasm backend. About 1.5 GB. Every peer can be left out; perf says what is missing.
# TensorFlow.js goes into the user's cache folder, or where SCRATCHNET_PEERS says; nothing is written into the repository.
set -euo pipefail

as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
apt="$as_root apt-get -q -o DPkg::Lock::Timeout=600"
$apt update
$apt install -y --no-install-recommends \
    libopenblas0-pthread libclblast1 pocl-opencl-icd ocl-icd-libopencl1 python3-torch python3-sklearn
# The distribution's Node.js, unless there is one that can run TensorFlow.js already.
command -v node > /dev/null || $apt install -y --no-install-recommends nodejs
command -v npm > /dev/null || $apt install -y --no-install-recommends npm

folder="${SCRATCHNET_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/scratchnet/peers}"
mkdir -p "$folder"
npm install --prefix "$folder" --no-audit --no-fund --loglevel=error \
    @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 \
    @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

echo "Peers are installed; TensorFlow.js is in $folder."
