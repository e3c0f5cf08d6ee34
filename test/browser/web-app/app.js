// A web app on an origin of its own, as Phanpy and Elk are: it registers, logs in, reads, writes, uploads and streams.
const state = document.querySelector('#state')
const report = document.querySelector('#report')
const scopes = 'read write follow push'
const back = `${location.origin}/back`
const say = (words) => (state.textContent = words)

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const json = (body) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

async function logIn(instance) {
  const app = await (
    await fetch(
      `${instance}/api/v1/apps`,
      json({ client_name: 'A web app', redirect_uris: back, scopes, website: location.origin }),
    )
  ).json()
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(48)))
  const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
  localStorage.setItem('login', JSON.stringify({ instance, app, verifier }))
  const asked = {
    response_type: 'code',
    client_id: app.client_id,
    redirect_uri: back,
    scope: scopes,
    state: 'tweet',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  location.href = `${instance}/oauth/authorize?${new URLSearchParams(asked)}`
}

async function comeBack(parameters) {
  const { instance, app, verifier } = JSON.parse(localStorage.getItem('login'))
  const body = {
    grant_type: 'authorization_code',
    code: parameters.get('code'),
    client_id: app.client_id,
    client_secret: app.client_secret,
    redirect_uri: back,
    code_verifier: verifier,
  }
  const { access_token: token } = await (await fetch(`${instance}/oauth/token`, json(body))).json()
  await useIt(instance, token, parameters.get('state'))
}

async function useIt(instance, token, sentState) {
  const bearer = { Authorization: `Bearer ${token}` }
  const get = (path) => fetch(path.startsWith('http') ? path : `${instance}${path}`, { headers: bearer })
  const me = await (await get('/api/v1/accounts/verify_credentials')).json()
  const { configuration } = await (await fetch(`${instance}/api/v2/instance`)).json()

  // Two pages of one post each, by the Link header, which a server has to expose to scripts.
  const first = await get('/api/v1/timelines/home?limit=1')
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('Link') ?? '')?.[1]
  const pages = [...(await first.json()), ...(next ? await (await get(next)).json() : [])]

  const socket = new WebSocket(`${configuration.urls.streaming}/api/v1/streaming`, token)
  const streamed = new Promise((done) => {
    socket.addEventListener('message', ({ data }) => {
      const { stream, event, payload } = JSON.parse(data)
      if (event === 'update') done({ stream, content: JSON.parse(payload).content })
    })
  })
  await new Promise((done, failed) => {
    socket.addEventListener('open', done)
    socket.addEventListener('error', () => failed(new Error('The stream did not open')))
  })
  socket.send(JSON.stringify({ type: 'subscribe', stream: 'user' }))

  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 })
  canvas.getContext('2d').fillRect(8, 8, 32, 24)
  const form = new FormData()
  form.set('file', await new Promise((done) => canvas.toBlob(done)), 'drawing.png')
  form.set('description', 'A black rectangle')
  const media = await (await fetch(`${instance}/api/v2/media`, { method: 'POST', headers: bearer, body: form })).json()
  // A header that browsers ask about before.
  const posted = await (
    await fetch(`${instance}/api/v1/statuses`, {
      method: 'POST',
      headers: { ...bearer, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
      body: JSON.stringify({ status: 'Hello from another origin', media_ids: [media.id] }),
    })
  ).json()

  const missing = await get('/api/v1/statuses/1')
  const left = Number(missing.headers.get('X-RateLimit-Remaining'))
  const { stream, content } = await streamed
  socket.close()
  report.textContent = JSON.stringify({
    acct: me.acct,
    sentState,
    pages: pages.map((status) => status.content),
    media: media.type,
    attached: posted.media_attachments.length,
    stream,
    content,
    missing: [missing.status, (await missing.json()).error],
    left: left > 0,
  })
  say('done')
}

window.logIn = logIn
if (location.pathname === '/back') {
  say('coming back')
  comeBack(new URLSearchParams(location.search)).catch((error) => say(`failed: ${error.message}`))
}
