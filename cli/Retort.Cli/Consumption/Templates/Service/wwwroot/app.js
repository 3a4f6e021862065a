'use strict';
// Sends the form as a row and shows what the service answers.
const form = document.getElementById('row');
const answer = document.getElementById('answer');

function value(field) {
  switch (field.dataset.kind) {
    case 'truth': return field.value === 'true';
    case 'number': return field.value === '' ? null : Number(field.value);
    default: return field.value.trim() === '' ? null : field.value;
  }
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// text beside every bar: colour and length say nothing that is not written
function table(probabilities) {
  const made = document.createElement('table');
  made.append(element('caption', 'Probabilities'));
  for (const [name, probability] of probabilities) {
    const row = made.insertRow();
    const head = element('th', name);
    head.scope = 'row';
    const bar = document.createElement('meter');
    bar.value = probability;
    bar.setAttribute('aria-hidden', 'true');
    const cell = document.createElement('td');
    cell.append(bar);
    row.append(head, element('td', (100 * probability).toFixed(1) + ' %', 'number'), cell);
  }
  return made;
}

function show(said) {
  if (said.probabilities) {
    const sorted = Object.entries(said.probabilities).sort((a, b) => b[1] - a[1]);
    return [element('h2', String(said.predictedLabel)), table(sorted)];
  }
  if (said.probability !== undefined)
    return [element('h2', said.predictedLabel ? 'yes' : 'no'), table([['yes', said.probability], ['no', 1 - said.probability]])];
  const { score, ...further } = said;
  return [element('h2', String(score)), ...Object.entries(further).map(([name, number]) => element('p', name + ': ' + [].concat(number).join(', ')))];
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  const row = Object.fromEntries([...form.elements].filter(field => field.name).map(field => [field.name, value(field)]));
  let shown;
  try {
    const response = await fetch('predict', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(row) });
    const said = await response.json();
    shown = response.ok ? show(said) : [element('p', said.detail ?? said.title, 'error')];
  } catch (error) {
    shown = [element('p', 'The service did not answer: ' + error.message, 'error')];
  }
  answer.replaceChildren(...shown);
});

form.addEventListener('reset', () => answer.replaceChildren());
