import { noticeHeadline } from '@keyferry/schemas'
import type { NoticeBody } from './outbox.ts'

/** What every form of an alert says. */
export interface Summary {
  headline: string
  message: string
  facts: readonly (readonly [label: string, value: string])[]
  /** Of the sync in the console; null where there is none, or nobody said where the console is. */
  link: string | null
}

/** A notice in words. `consoleUrl`: where its links lead; null: it has none. */
export function summaryOf(body: NoticeBody, consoleUrl: string | null): Summary {
  const { sync, project, run, message, at } = body
  const isAboutSync = sync.id !== ''
  return {
    headline: noticeHeadline(body, sync.name),
    message,
    facts: [
      ...(isAboutSync
        ? ([
            ['Project', project.name],
            ['From', `${sync.environment} ${sync.secretPath}`],
            ['To', `${sync.destination}, ${sync.target}`],
          ] as const)
        : []),
      ...(run.id === '' ? [] : [['Run', run.id] as const]),
      ['At', at],
    ],
    link:
      isAboutSync && consoleUrl !== null ? `${consoleUrl}/p/${project.id}/syncs/${sync.destination}/${sync.id}` : null,
  }
}

/** A notice for people. One line of subject: a name cannot start a header of its own. */
export function textOf({ headline, message, facts, link }: Summary): { subject: string; text: string } {
  const lines = [
    headline,
    '',
    message,
    '',
    ...facts.map(([label, value]) => `${label}: ${value}`),
    ...(link === null ? [] : ['', link]),
  ]
  return { subject: `[Keyferry] ${headline}`.replaceAll(/\s+/g, ' '), text: `${lines.join('\n')}\n` }
}
