import { mentionOf } from '@keyferry/schemas'
import { expect, it } from 'vitest'
import { cutAtMentions } from './mentions.ts'

const app = mentionOf({ environment: 'dev', path: '/app' })
const url = mentionOf({ environment: 'dev', path: '/app' }, 'URL')
const quoted = { text: '"/api" in environment "staging"', environment: 'staging', path: '/api' }

it.each([
  ['dev:/app URL and dev:/app. Change them first.', [app, url], [url, ' and ', app, '. Change them first.']],
  ['Folder already exists: "/api" in environment "staging"', [quoted], ['Folder already exists: ', quoted]],
  ['It names dev:/app, which is not listed', [], ['It names dev:/app, which is not listed']],
  ['Nothing that is listed', [app], ['Nothing that is listed']],
  ['', [app], []],
])('cuts %j', (message, mentions, parts) => {
  expect(cutAtMentions(message, mentions)).toEqual(parts)
})
