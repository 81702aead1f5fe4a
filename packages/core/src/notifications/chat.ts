/** Alerts as Slack and Teams show them. Names and messages are plain text: they make no link and call nobody. */
import type { Summary } from './text.ts'

/** Slack's limits, in characters. */
const HEADER = 150
const SECTION = 3_000
const FIELD = 2_000

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

const plain = (text: string, most: number) => ({ type: 'plain_text', text: cut(text, most), emoji: false })

/** Of `text` beside blocks, which notifications show. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** For an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks" and "Blocks", 2026-11-28). */
export function slackMessage({ headline, message, facts, link }: Summary): object {
  return {
    text: escaped(cut(headline, HEADER)),
    blocks: [
      { type: 'header', text: plain(headline, HEADER) },
      ...(message === '' ? [] : [{ type: 'section', text: plain(message, SECTION) }]),
      { type: 'section', fields: facts.map(([label, value]) => plain(`${label}: ${value}`, FIELD)) },
      ...(link === null
        ? []
        : [{ type: 'actions', elements: [{ type: 'button', text: plain('Open in Keyferry', 75), url: link }] }]),
    ],
  }
}

const run = (text: string, style: object = {}) => ({ type: 'TextRun', text, ...style })
const paragraph = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines })

/**
 * For the webhook of a workflow, "Post to a channel when a webhook request is received" (learn.microsoft.com, "Create
 * incoming webhooks with Workflows for Microsoft Teams", and Adaptive Cards 1.4, 2026-11-28). A message may have 28 KB.
 */
export function teamsMessage({ headline, message, facts, link }: Summary): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      paragraph(run(cut(headline, SECTION), { size: 'Medium', weight: 'Bolder' })),
      ...(message === '' ? [] : [paragraph(run(cut(message, SECTION)))]),
      ...facts.map(([label, value]) => paragraph(run(`${label}: `, { isSubtle: true }), run(cut(value, FIELD)))),
    ],
    ...(link === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open in Keyferry', url: link }] }),
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  }
}
