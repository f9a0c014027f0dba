"""PyTorch, in two ways. "tensor": the fastest plain loop, with the data as one tensor, an index for each batch and nothing else.
"loader": as tutorials write it, with a DataLoader."""

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

import protocol


class Torch:
    def __init__(self, plan):
        torch.set_num_threads(plan["threads"])
        torch.manual_seed(1)
        self.versions = f"PyTorch {torch.__version__}"
        self.x, self.y = map(torch.from_numpy, protocol.load(plan))
        self.model = build(plan)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=plan["rate"])
        self.batches = self.by_loader(plan["batch"]) if plan["mode"] == "loader" else self.by_index(plan["batch"])

    def by_index(self, batch):
        """Batches without end, shuffled anew in each epoch."""
        while True:
            for rows in torch.randperm(len(self.y)).split(batch):
                yield self.x[rows], self.y[rows]

    def by_loader(self, batch):
        loader = DataLoader(TensorDataset(self.x, self.y), batch_size=batch, shuffle=True)
        while True:
            yield from loader

    def train(self, steps):
        for _ in range(steps):
            x, y = next(self.batches)
            loss = F.cross_entropy(self.model(x), y)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()

    def evaluate(self, images):
        with torch.no_grad():
            scores = self.model(self.x[:images])
            hits = (scores.argmax(1) == self.y[:images]).float().mean()
            return F.cross_entropy(scores, self.y[:images]).item(), hits.item()


def build(plan):
    layers = []
    for w, b in protocol.weights(plan):
        layer = torch.nn.Linear(*w.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(w.T.copy()))
            layer.bias.copy_(torch.from_numpy(b.copy()))
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


protocol.serve(Torch)
