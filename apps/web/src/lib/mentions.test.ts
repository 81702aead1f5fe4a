import { expect, it } from 'vitest'
import { linkifyPaths } from './linkify-paths.ts'

it.each([
  [
    'These secrets refer to it and would get another value: dev:/app URL, prod:/ FAR. Change them first.',
    [
      'These secrets refer to it and would get another value: ',
      { text: 'dev:/app URL', environment: 'dev', path: '/app', key: 'URL' },
      ', ',
      { text: 'prod:/ FAR', environment: 'prod', path: '/', key: 'FAR' },
      '. Change them first.',
    ],
  ],
  [
    'Folder "/a" cannot be deleted: folder pre-prod:/x/y imports it.',
    [
      'Folder "/a" cannot be deleted: folder ',
      { text: 'pre-prod:/x/y', environment: 'pre-prod', path: '/x/y', key: undefined },
      ' imports it.',
    ],
  ],
  [
    'Folder with specified name already exists: "/api" in environment "staging"',
    [
      'Folder with specified name already exists: ',
      { text: '"/api" in environment "staging"', environment: 'staging', path: '/api', key: undefined },
    ],
  ],
  ['The vendor at https://api.example.com refused', ['The vendor at https://api.example.com refused']],
  ['', []],
])('finds the places in %j', (sentence, parts) => {
  expect(linkifyPaths(sentence)).toEqual(parts)
})
