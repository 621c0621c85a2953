// Shows /openapi.json for people: each address with its parameters, and a form to try it.
const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text != null) element.textContent = text;
  if (name) element.className = name;
  return element;
};

const kind = (schema) => {
  if (schema.enum) return schema.enum.join(', ');
  if (schema.anyOf) return schema.anyOf.map(kind).join(' or ');
  if (schema.type === 'array') return `list of ${kind(schema.items)}`;
  const range = schema.minimum != null ? ` ${schema.minimum} to ${schema.maximum}` : '';
  return schema.type + range;
};

function route(path, operation) {
  const section = make('section', null, 'route');
  const head = make('h2');
  head.append(make('code', `GET ${path}`));
  section.append(head, make('p', operation.summary));
  const form = make('form');
  if (operation.parameters.length) {
    const table = make('table');
    for (const parameter of operation.parameters) {
      const row = table.insertRow();
      const name = make('label', parameter.name + (parameter.required ? ' *' : ''));
      const field = make('input');
      field.name = parameter.name;
      field.id = `${path}-${parameter.name}`;
      field.placeholder = parameter.schema.default ?? parameter.schema.example ?? '';
      name.htmlFor = field.id;
      row.insertCell().append(name);
      row.insertCell().append(field);
      const means = row.insertCell();
      means.append(`${parameter.description}. `, make('small', kind(parameter.schema), 'faint'));
    }
    form.append(table);
  }
  const button = make('button', 'GET');
  const answer = make('pre');
  answer.hidden = true;
  answer.tabIndex = 0;
  form.append(button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();
    const response = await fetch(query ? `${path}?${query}` : path);
    const text = await response.text();
    const shown = response.headers.get('Content-Type')?.includes('json') ? JSON.stringify(JSON.parse(text), null, 2) : text;
    answer.hidden = false;
    answer.textContent = `${response.status} ${response.statusText}\n${shown.slice(0, 20000)}`;
  });
  section.append(form, answer);
  return section;
}

const main = document.getElementById('routes');
const response = await fetch('/openapi.json');
const api = await response.json();
if (!response.ok) {
  main.append(make('p', `${api.error.what}. ${api.error.remedy ?? ''}`));
} else {
  main.append(make('p', api.info.description));
  for (const [path, item] of Object.entries(api.paths)) main.append(route(path, item.get));
  const stream = make('section', null, 'route');
  const head = make('h2');
  head.append(make('code', 'WebSocket /api/stream'));
  stream.append(head, make('p', 'symbols (list), timeframe, channels (candles, indicators, book, markets, status). Each message is a JSON object with a type; the newest of a kind replaces those before.'));
  main.append(stream);
}
