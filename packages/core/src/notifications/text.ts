import type { NoticeBody } from './outbox.ts'

const HEADLINES: Record<NoticeBody['type'], (name: string) => string> = {
  'sync.failed': (name) => `${name} failed`,
  'sync.partial': (name) => `${name} did not deliver everything`,
  'sync.blocked': (name) => `${name} is blocked`,
  'sync.recovered': (name) => `${name} is in sync again`,
  'sync.repairs-stopped': (name) => `${name} does not repair drift any more`,
  'sync.move-stuck': (name) => `${name} cannot leave its old place`,
  'audit-stream.failed': () => 'The audit log cannot be streamed',
  'audit-stream.recovered': () => 'The audit log is streamed again',
  'integrity.failed': () => 'The store was changed outside Keyferry',
  test: () => 'Test: notices arrive here',
}

/** A notice for people. One line of subject: a name cannot start a header of its own. */
export function textOf(body: NoticeBody): { subject: string; text: string } {
  const { sync, project, message } = body
  const headline = HEADLINES[body.type](sync.name)
  const lines = [
    headline,
    '',
    message,
    '',
    ...(sync.id === ''
      ? []
      : [
          `Project: ${project.name}`,
          `From: ${sync.environment} ${sync.secretPath}`,
          `To: ${sync.destination}, ${sync.target}`,
          ...(body.run.id === '' ? [] : [`Run: ${body.run.id}`]),
        ]),
    `At: ${body.at}`,
  ]
  return { subject: `[Keyferry] ${headline}`.replaceAll(/\s+/g, ' '), text: `${lines.join('\n')}\n` }
}
