const profile = document.querySelector('customer-profile');

// A function: it is called when the frame is ready, and again when the gateway refuses a token.
profile.token = async () => {
  const answer = await fetch('/token', { method: 'POST' });
  if (!answer.ok) throw new Error(`expected a token, received ${answer.status}`);
  return answer.text();
};

for (const name of ['ready', 'opened', 'confirmed', 'error']) {
  profile.addEventListener(`customer-profile:${name}`, ({ detail }) => {
    const line = document.createElement('li');
    line.textContent = `${name} ${detail === null ? '' : JSON.stringify(detail)}`;
    document.getElementById('said').append(line);
  });
}

document.getElementById('call').addEventListener('submit', (event) => {
  event.preventDefault();
  profile.open({ type: document.getElementById('type').value, value: document.getElementById('value').value });
});
