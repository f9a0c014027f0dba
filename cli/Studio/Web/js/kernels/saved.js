// Reads what `scratchnet bench --json` wrote: one object a line.

export function readBench(text, name) {
  const rows = text.split("\n").map((line, i) => [line.trim(), i + 1]).filter(([line]) => line !== "").map(([line, number]) => {
    let row;
    try {
      row = JSON.parse(line);
    } catch {
      throw new Error(`${name}, line ${number}: no JSON; choose a file that 'scratchnet bench --json' wrote`);
    }
    if (typeof row?.op !== "string" || typeof row?.variant !== "string") {
      throw new Error(`${name}, line ${number}: no row of the bench: it has no 'op' and 'variant'`);
    }
    return row;
  });
  if (rows.length === 0) {
    throw new Error(`${name} is empty; choose a file that 'scratchnet bench --json' wrote`);
  }
  return rows;
}
