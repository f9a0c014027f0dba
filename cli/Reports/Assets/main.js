// Begins the page.

const data = JSON.parse(document.getElementById('data').textContent);
const single = data.runs.length === 1;
const heading = single ? `${data.runs[0].config.network.shape} on ${data.runs[0].config.dataset.name}` : `${data.runs.length} runs compared`;
document.title = `${heading} – ScratchNet`;
document.getElementById('page').replaceChildren(
  ...(single ? runPage(data.runs[0]) : comparePage(data.runs)).flat(Infinity).filter(part => part != null),
  element('footer', null, `Written by ScratchNet ${data.scratchnet}, ${data.written}. This file is complete: it loads nothing.`));
