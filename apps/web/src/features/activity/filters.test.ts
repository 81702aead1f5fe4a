import { listAudit } from '@keyferry/schemas'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { applyDisplay } from '../../lib/display/display.ts'
import { askedFor, exportUrl, isFiltered } from './filters.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

describe('the filters of the activity page', () => {
  it('leave out readings when the URL says nothing', () => {
    expect(askedFor({ q: ' ', open: '7', scope: 'instance' }, NOW)).toEqual({
      except: expect.stringMatching(/^(secret\.read|secret\.list|secret\.export|secret\.read-tree|,)+$/),
    })
    expect(askedFor({ what: 'all' }, NOW)).toEqual({})
    expect(isFiltered({ open: '7', scope: 'instance', q: '' })).toBe(false)
    expect(isFiltered({ actor: 'ana' })).toBe(true)
  })

  it('ask for a group of actions, or one, within a time', () => {
    expect(askedFor({ what: 'readings', since: 'day', q: ' /api ' }, NOW)).toEqual({
      action: expect.stringMatching(/^(secret\.read|secret\.list|secret\.export|secret\.read-tree|,)+$/),
      text: '/api',
      from: '2026-11-21T12:00:00.000Z',
    })
    expect(askedFor({ what: 'secret.update' }, NOW)).toEqual({ action: 'secret.update' })
  })

  it('take days whole, and leave out what is none', () => {
    const { from, to } = askedFor({ since: 'custom', from: '2026-11-20', to: '2026-11-20' }, NOW)
    expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(24 * 60 * 60_000)
    expect(askedFor({ what: 'all', since: 'custom', from: 'yesterday' }, NOW)).toEqual({})
    expect(askedFor({ since: 'week', from: '2026-11-20', to: '2026-11-20' }, NOW)).not.toHaveProperty('to')
  })

  it('take days as they begin in the zone of the reader', () => {
    vi.stubGlobal('document', { documentElement: { dataset: {} } })
    vi.stubGlobal('localStorage', { setItem: () => undefined })
    onTestFinished(() => {
      applyDisplay({ timeZone: null, density: 'compact' })
      vi.unstubAllGlobals()
    })
    const days = { what: 'all', since: 'custom', from: '2026-03-29', to: '2026-03-29' }
    // Berlin puts its clocks forward that day.
    applyDisplay({ timeZone: 'Europe/Berlin', density: 'compact' })
    expect(askedFor(days, NOW)).toEqual({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' })
    applyDisplay({ timeZone: 'America/New_York', density: 'compact' })
    expect(askedFor(days, NOW)).toEqual({ from: '2026-03-29T04:00:00.000Z', to: '2026-03-30T04:00:00.000Z' })
  })

  it('ask for what the API takes, whatever group they name', () => {
    for (const what of ['people', 'instance', 'machines', 'folders', 'syncs'])
      expect(listAudit.safeParse(askedFor({ what, environment: 'dev', since: 'month' }, NOW)).success).toBe(true)
  })

  it('export what is shown', () => {
    const url = new URL(exportUrl('p1', false, { actor: 'ana@x.io', text: 'a&b' }), 'http://localhost')
    expect(Object.fromEntries(url.searchParams)).toEqual({ projectId: 'p1', actor: 'ana@x.io', text: 'a&b' })
    expect(exportUrl('p1', true, {})).toBe('/api/v1/audit/export?')
  })
})
