import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { encrypt, encryptAsDraft } from '#src/reading/push/encrypt.ts'
import { vapidToken } from '#src/reading/push/vapid.ts'
import { database } from '#test/database.ts'
import { newReceiver, open } from '#test/push/receiver.ts'

function pairOf(privateKey: string) {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(Buffer.from(privateKey, 'base64url'))
  return pair
}

test('a message is encrypted as the example of RFC 8291 says', () => {
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  }
  const made = {
    pair: pairOf('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
    salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'),
  }
  const { body, headers } = encrypt(Buffer.from('When I grow up, I want to be a watermelon'), keys, made)
  expect(headers).toEqual({ 'Content-Encoding': 'aes128gcm' })
  expect(body.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  )
})

test('a message is encrypted as the example of the draft says', () => {
  const keys = {
    p256dh: 'BCEkBjzL8Z3C-oi2Q7oE5t2Np-p7osjGLg93qUP0wvqRT21EEWyf0cQDQcakQMqz4hQKYOQ3il2nNZct4HgAUQU',
    auth: 'R29vIGdvbyBnJyBqb29iIQ',
  }
  const made = {
    pair: pairOf('nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY'),
    salt: Buffer.from('lngarbyKfMoi9Z75xYXmkg', 'base64url'),
  }
  const { body, headers } = encryptAsDraft(Buffer.from('I am the walrus'), keys, made)
  expect(headers).toEqual({
    'Content-Encoding': 'aesgcm',
    Encryption: 'salt=lngarbyKfMoi9Z75xYXmkg',
    'Crypto-Key': 'dh=BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU',
  })
  expect(body.toString('base64url')).toBe('6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA')
})

test.for([encrypt, encryptAsDraft])('only the receiver can decrypt a message', (how) => {
  const [receiver, other] = [newReceiver(), newReceiver()]
  const message = randomBytes(3_900)
  const sent = how(message, receiver.keys)
  expect(open(receiver, sent).equals(message)).toBe(true)
  expect(() => open(other, sent)).toThrow('unable to authenticate')
  expect(how(message, receiver.keys).body.equals(sent.body)).toBe(false)
})

test('push services can verify the sender by the key that apps got', async () => {
  await using t = await database()
  const token = vapidToken(
    t.app.secrets,
    'https://push.example:8443/some/where',
    'https://pipit.test/about',
    1_800_000_000_000,
  )
  const [header = '', claims = '', signature = ''] = token.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(header)).toEqual({ typ: 'JWT', alg: 'ES256' })
  expect(read(claims)).toEqual({
    aud: 'https://push.example:8443',
    exp: 1_800_043_200,
    sub: 'https://pipit.test/about',
  })
  const point = Buffer.from(t.app.secrets.vapidPublicKey, 'base64url')
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
  expect(
    verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  ).toBe(true)
})

test('only the instance can open its sealed values, and only unchanged', async () => {
  await using t = await database()
  await using other = await database()
  const sealed = t.app.secrets.seal('a token')
  expect(sealed).not.toContain('token')
  expect(t.app.secrets.unseal(sealed)).toBe('a token')
  expect(other.app.secrets.unseal(sealed)).toBeNull()
  expect(t.app.secrets.unseal(`${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`)).toBeNull()
  expect(t.app.secrets.unseal('')).toBeNull()
})
