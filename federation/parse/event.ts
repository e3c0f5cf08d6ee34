/** Time and place of events. */
import { cleanName } from '#src/text/clean.ts'
import { escapeAttribute, escapeText } from '#src/text/html/escape.ts'
import { asList, dateOf, isObject, type JsonObject, linkOf, text, textOf, typesOf } from '../documents/json.ts'

const maxPlaces = 3
const maxPart = 200
const addressParts = ['streetAddress', 'postalCode', 'addressLocality', 'addressRegion', 'addressCountry']

/** Time and place of an event, as HTML without words of any language; empty for any other object. */
export function factsOf(json: JsonObject): string {
  if (!typesOf(json).includes('Event')) return ''
  const facts = [...stateOf(json), ...timesOf(json), ...asList(json['location']).slice(0, maxPlaces).flatMap(placeOf)]
  return facts.length === 0 ? '' : `<p>${facts.join('<br />')}</p>`
}

/** `CANCELLED` or `TENTATIVE`, as in iCalendar. */
function stateOf(json: JsonObject): string[] {
  const state = text(json['ical:status'] ?? json['status'])
  return state === 'CANCELLED' || state === 'TENTATIVE' ? [`<strong>${state}</strong>`] : []
}

function timesOf(json: JsonObject): string[] {
  const start = momentOf(json, 'startTime')
  if (!start) return []
  const end = momentOf(json, 'endTime')
  const until =
    end === null || (end.day === start.day && end.time === start.time)
      ? ''
      : ` – ${end.day === start.day ? '' : `${end.day} `}${end.time}`
  return [`🗓️ ${start.day} ${start.time}${until} (${escapeText(start.zone)})`]
}

/** A moment in the time zone of the event; if the zone is unknown, as written. */
function momentOf(json: JsonObject, name: string): { day: string; time: string; zone: string } | null {
  const written = text(json[name]) ?? ''
  const date = dateOf(written)
  if (!date) return null
  const zone = text(json['timezone']) ?? ''
  const local = /^[A-Za-z_]{1,30}(?:\/[A-Za-z0-9_+-]{1,30}){1,2}$/.test(zone) ? inZone(date, zone) : null
  if (local) return { day: local.slice(0, 10), time: local.slice(11, 16), zone }
  const [offset] = /[+-]\d{2}:?\d{2}$/.exec(written) ?? []
  return {
    day: written.slice(0, 10),
    time: written.slice(11, 16) || '00:00',
    zone: offset && !/^[+-]00:?00$/.test(offset) ? `UTC${offset}` : 'UTC',
  }
}

/** `YYYY-MM-DD HH:MM`; null for an unknown zone. */
function inZone(date: Date, timeZone: string): string | null {
  try {
    return date.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function placeOf(place: unknown): string[] {
  if (!isObject(place)) return describe([place])
  const { address } = place
  const parts = isObject(address) ? addressParts.map((name) => address[name]) : [address]
  const described = describe([textOf(place, 'name'), ...parts])
  const url = linkOf(place['url'])
  return described.length > 0 || !url ? described : [`📍 <a href="${escapeAttribute(url)}">${escapeText(url)}</a>`]
}

function describe(parts: unknown[]): string[] {
  const texts = [...new Set(parts.flatMap((part) => cleanName(text(part) ?? '', maxPart) || []))]
  return texts.length === 0 ? [] : [`📍 ${escapeText(texts.join(', '))}`]
}
