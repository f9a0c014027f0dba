// TensorFlow.js with its wasm backend, which under Node.js has vectors but one thread. Speaks as protocol.py says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const modules = join(process.argv[2], 'node_modules');
const require = createRequire(join(modules, 'x.js'));
const tf = { ...require('@tensorflow/tfjs-core'), ...require('@tensorflow/tfjs-layers') };
require('@tensorflow/tfjs-backend-cpu');
const wasm = require('@tensorflow/tfjs-backend-wasm');

console.log = console.warn = console.error;
const reply = (fields) => process.stdout.write(JSON.stringify(fields) + '\n');

async function make(plan) {
    wasm.setWasmPaths(join(modules, '@tensorflow/tfjs-backend-wasm/dist/'));
    await tf.setBackend('wasm');
    await tf.ready();
    const bytes = readFileSync(join(plan.folder, 'images.u8'));
    const pixels = new Float32Array(bytes.length);
    bytes.forEach((value, i) => { pixels[i] = value / 255; });
    const x = tf.tensor2d(pixels, [plan.images, plan.layers[0]]);
    const labels = readFileSync(join(plan.folder, 'labels.u8'));
    const y = tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), plan.layers.at(-1)), 'float32');
    const model = build(plan);
    model.compile({ optimizer: tf.train.adam(plan.rate, 0.9, 0.999, 1e-8), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    return { x, y, model, plan };
}

function build(plan) {
    const file = readFileSync(join(plan.folder, 'weights.f32'));
    const values = new Float32Array(file.buffer, file.byteOffset, file.length / 4);
    const model = tf.sequential();
    let start = 0;
    for (let i = 0; i + 1 < plan.layers.length; i++) {
        const [inputs, units] = [plan.layers[i], plan.layers[i + 1]];
        const [middle, end] = [start + inputs * units, start + (inputs + 1) * units];
        model.add(tf.layers.dense({
            units, inputShape: [inputs], activation: i + 2 < plan.layers.length ? 'relu' : 'softmax',
            weights: [tf.tensor2d(values.slice(start, middle), [inputs, units]), tf.tensor1d(values.slice(middle, end))],
        }));
        start = end;
    }
    return model;
}

async function train({ x, y, model, plan }, steps) {
    const images = Math.min(steps * plan.batch, plan.images);
    const start = Math.floor(Math.random() * (plan.images - images + 1));
    const [xs, ys] = [x, y].map((all) => tf.slice(all, [start, 0], [images, -1]));
    await model.fit(xs, ys, { batchSize: plan.batch, epochs: 1, shuffle: true, verbose: 0, yieldEvery: 'never' });
    tf.dispose([xs, ys]);
}

function evaluate({ x, y, model }, images) {
    const [loss, accuracy] = tf.tidy(() => model.evaluate(
        ...[x, y].map((all) => tf.slice(all, [0, 0], [images, -1])), { batchSize: 1000, verbose: 0 }).map((value) => value.dataSync()[0]));
    return { loss, accuracy };
}

let side;
for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (!side) {
        side = await make(request);
        reply({ versions: `TensorFlow.js ${tf.version_core} (wasm)` });
    } else if ('train' in request) {
        await train(side, request.train);
        reply({});
    } else {
        reply(evaluate(side, request.evaluate));
    }
}
