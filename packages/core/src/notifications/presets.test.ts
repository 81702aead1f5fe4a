/** Alerts in the forms of Slack, Teams and PagerDuty, from the run that fails to the socket where they arrive. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { receiveWebhooks } from '../testing/notices.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { deliverNotices } from './deliver.ts'
import { createNoticeTarget, listNoticeTargets, tryNoticeTarget } from './targets.ts'

const [destination = ''] = (await representatives()).keys()
const NAME = '<!channel> [shop](https://evil.example) & co'
const KEY = 'a'.repeat(32)

onEveryDatabase('alerts for Slack, Teams and PagerDuty', (open) => {
  it('have the form that each documents, with names as plain text, and a link to the sync', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const ctx = { ...fixture.ctx, consoleUrl: 'https://keyferry.example.com' }
    const hook = await receiveWebhooks()
    await fixture.set({ TOKEN: 'the-value-that-must-not-leave' })
    const sync = await fixture.create({ name: 'shop' })
    await fixture.run(sync)
    for (const kind of ['slack', 'teams', 'pagerduty'] as const) {
      const made = await createNoticeTarget(ctx, fixture.actor, { kind, address: `${hook.url}/${kind}`, secret: KEY })
      expect(made).toMatchObject({ kind, address: `${new URL(hook.url).origin}/…`, secret: null })
    }
    await ctx.db.updateTable('syncs').set({ name: NAME }).execute()
    const again = async () => {
      await triggerSync(ctx, fixture.actor, { destination, syncId: sync.id })
      await fixture.run(sync)
      await deliverNotices(ctx, 'http')
    }
    fixture.emulator.fail(1, { kind: 'status', status: 401 })
    await again()
    fixture.emulator.heal()
    await again()

    const link = `https://keyferry.example.com/p/${fixture.projectId}/syncs/${destination}/${sync.id}`
    const sentTo = (kind: string) =>
      hook.got.filter(({ path }) => path.endsWith(kind)).map(({ text }) => JSON.parse(text))
    expect(hook.got.every(({ headers }) => headers['x-keyferry-signature'] === undefined)).toBe(true)
    const [slack, slackOver] = sentTo('slack')
    expect(slack.text).toBe('&lt;!channel&gt; [shop](https://evil.example) &amp; co failed')
    expect(slack.blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: `${NAME} failed`, emoji: false },
    })
    expect(JSON.stringify(slack.blocks)).not.toContain('mrkdwn')
    expect(slack.blocks.at(-1).elements[0].url).toBe(link)
    expect(slackOver.text).toContain('is in sync again')

    const [teams] = sentTo('teams')
    const [{ contentType, content: card }] = teams.attachments
    expect([teams.type, contentType, card.type]).toEqual([
      'message',
      'application/vnd.microsoft.card.adaptive',
      'AdaptiveCard',
    ])
    // The only kind of text that is not read as markdown.
    expect(new Set(card.body.map(({ type }: { type: string }) => type))).toEqual(new Set(['RichTextBlock']))
    expect(card.body[0].inlines[0].text).toBe(`${NAME} failed`)
    expect(card.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open in Keyferry', url: link }])

    const dedup = { routing_key: KEY, dedup_key: `keyferry sync.health ${sync.id}` }
    expect(sentTo('pagerduty')).toMatchObject([
      {
        ...dedup,
        event_action: 'trigger',
        client_url: link,
        payload: { summary: expect.stringContaining(`${NAME} failed. `), severity: 'error', source: NAME },
      },
      { ...dedup, event_action: 'resolve' },
    ])
    expect(hook.got.map(({ text }) => text).join()).not.toContain('must-not-leave')
    expect(await fixture.everything()).not.toContain(KEY)
  })

  it('are tried before anything is stored', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const hook = await receiveWebhooks()
    const attempt = (kind: 'slack' | 'pagerduty', secret?: string) =>
      tryNoticeTarget(fixture.ctx, fixture.actor, { kind, address: hook.url, secret })
    expect(await attempt('slack')).toEqual({ delivered: true, message: 'It arrived.' })
    // It leaves no incident open.
    expect(await attempt('pagerduty', KEY)).toMatchObject({ delivered: true })
    const [, opened, resolved] = hook.got.map(({ text }) => JSON.parse(text))
    expect([opened.event_action, resolved.event_action]).toEqual(['trigger', 'resolve'])
    expect(resolved.dedup_key).toBe(opened.dedup_key)
    await expect(attempt('pagerduty')).rejects.toThrow('Integration key is required')
    hook.answer = 403
    expect(await attempt('slack')).toEqual({ delivered: false, message: expect.stringContaining('answered 403') })
    expect(await listNoticeTargets(fixture.ctx, fixture.actor, {})).toEqual([])
  })
})
