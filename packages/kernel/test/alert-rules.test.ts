/** The alert rules in Prometheus' own tool, where it is installed (Debian: `apt-get install prometheus`). */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'

const RULES = join(import.meta.dirname, '../../../deploy/monitoring/prometheus-rules.yaml')
const file = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          labels: z.record(z.string(), z.string()),
          annotations: z.object({ remedy: z.string() }),
        }),
      ),
    }),
  ),
})

/** Samples a minute apart, in promtool's notation. */
type Series = Readonly<Record<string, string>>

interface Case {
  series: Series
  /** What it raises within an hour. */
  alert: string
  labels?: Record<string, string>
  summary: string
}

const CASES: readonly Case[] = [
  {
    alert: 'KeyferryDown',
    series: { 'up{job="keyferry",instance="a:9464"}': '0x60' },
    labels: { job: 'keyferry', instance: 'a:9464' },
    summary: 'Keyferry a:9464 does not answer',
  },
  {
    alert: 'KeyferrySyncsNeedAttention',
    // Each process reports the figures of the whole instance.
    series: {
      'keyferry_syncs{state="blocked",instance="a"}': '3x60',
      'keyferry_syncs{state="blocked",instance="b"}': '3x60',
      'keyferry_syncs{state="in-sync"}': '5x60',
    },
    labels: { state: 'blocked' },
    summary: '3 syncs are blocked',
  },
  {
    alert: 'KeyferrySyncBehind',
    series: { keyferry_oldest_sync_behind_seconds: '900+60x60' },
    summary: 'A sync has been behind for 1h 15m 0s',
  },
  {
    alert: 'KeyferryNoRuns',
    series: { keyferry_due_syncs: '2x60', 'keyferry_runs_total{destination="github",state="succeeded"}': '7x60' },
    summary: 'Syncs wait for a run, and none ends',
  },
  {
    alert: 'KeyferryDeliverySlow',
    series: {
      'keyferry_delivery_seconds_bucket{le="300"}': '0x60',
      'keyferry_delivery_seconds_bucket{le="600"}': '0+10x60',
      'keyferry_delivery_seconds_bucket{le="+Inf"}': '0+10x60',
    },
    summary: 'One change in a hundred takes longer than 9m 57s to arrive',
  },
  {
    alert: 'KeyferryProviderThrottles',
    series: {
      'keyferry_vendor_calls_total{destination="devin",status="429"}': '0+3x60',
      'keyferry_vendor_calls_total{destination="devin",status="200"}': '0+7x60',
      'keyferry_vendor_calls_total{destination="github",status="429"}': '0+1x60',
      'keyferry_vendor_calls_total{destination="github",status="200"}': '0+99x60',
    },
    labels: { destination: 'devin' },
    summary: 'devin refuses a fifth of the calls as too many',
  },
  {
    alert: 'KeyferryHttpErrors',
    series: {
      'keyferry_http_requests_total{method="GET",route="/x",status="503"}': '0+2x60',
      'keyferry_http_requests_total{method="GET",route="/x",status="200"}': '0+98x60',
    },
    summary: '2% of the requests fail',
  },
  {
    alert: 'KeyferryHttpSlow',
    series: {
      'keyferry_http_request_duration_seconds_bucket{le="2.5"}': '0x60',
      'keyferry_http_request_duration_seconds_bucket{le="5"}': '0+10x60',
      'keyferry_http_request_duration_seconds_bucket{le="+Inf"}': '0+10x60',
    },
    summary: 'One request in a hundred takes longer than 4.975s',
  },
  {
    alert: 'KeyferryDatabaseConnectionsUsedUp',
    series: { 'keyferry_database_connections{instance="a",state="waiting"}': '4x60' },
    labels: { instance: 'a' },
    summary: 'Requests of a wait for a database connection',
  },
  {
    alert: 'KeyferrySignInFailures',
    series: { 'keyferry_sign_in_failures_total{kind="password"}': '0+20x60' },
    labels: { kind: 'password' },
    summary: '200 failed sign-ins (password) within 10 minutes',
  },
  {
    alert: 'KeyferryDiskLow',
    series: {
      'keyferry_data_disk_free_bytes{instance="a"}': '5x60',
      'keyferry_data_disk_size_bytes{instance="a"}': '100x60',
    },
    labels: { instance: 'a' },
    summary: 'a has 5% of its disk left',
  },
  {
    alert: 'KeyferryChangedOutside',
    series: { keyferry_integrity_failures: '1x60' },
    summary: 'The store was changed outside Keyferry',
  },
  {
    alert: 'KeyferryAuditStreamFails',
    series: { 'keyferry_audit_stream_failures{kind="webhook"}': '6x60' },
    labels: { kind: 'webhook' },
    summary: 'The audit log does not reach its webhook',
  },
  {
    alert: 'KeyferryNoticesFail',
    // One recipient is away: the tries of one notice.
    series: { 'keyferry_notices_total{kind="webhook",result="failed"}': '0 3 4 5x2 6x4 7x9 8x19 9x20' },
    labels: { kind: 'webhook' },
    summary: 'Notices by webhook do not arrive',
  },
]

/** An instance that is well: no alert may be raised. */
const WELL: Series = {
  'up{job="keyferry",instance="a:9464"}': '1x60',
  'up{job="other",instance="b"}': '0x60',
  'keyferry_syncs{state="in-sync"}': '8x60',
  'keyferry_syncs{state="failed"}': '0x60',
  keyferry_oldest_sync_behind_seconds: '0x60',
  keyferry_due_syncs: '2x60',
  'keyferry_runs_total{destination="github",state="succeeded"}': '0+1x60',
  'keyferry_delivery_seconds_bucket{le="1"}': '0+10x60',
  'keyferry_delivery_seconds_bucket{le="+Inf"}': '0+10x60',
  'keyferry_vendor_calls_total{destination="devin",status="429"}': '0+1x60',
  'keyferry_vendor_calls_total{destination="devin",status="200"}': '0+99x60',
  'keyferry_http_requests_total{method="GET",route="/x",status="200"}': '0+1000x60',
  'keyferry_http_requests_total{method="GET",route="/x",status="503"}': '0+1x60',
  'keyferry_http_request_duration_seconds_bucket{le="0.1"}': '0+10x60',
  'keyferry_http_request_duration_seconds_bucket{le="+Inf"}': '0+10x60',
  'keyferry_database_connections{instance="a",state="waiting"}': '0x60',
  'keyferry_sign_in_failures_total{kind="password"}': '0+1x60',
  'keyferry_data_disk_free_bytes{instance="a"}': '50x60',
  'keyferry_data_disk_size_bytes{instance="a"}': '100x60',
  keyferry_integrity_failures: '0x60',
  'keyferry_audit_stream_failures{kind="webhook"}': '0x60',
  'keyferry_notices_total{kind="email",result="failed"}': '0x60',
  'keyferry_notices_total{kind="email",result="delivered"}': '0+1x60',
}

it.skipIf(spawnSync('promtool', ['--version']).error)(
  'promtool takes the rules, and each raises its alert',
  async () => {
    const rules = file.parse(parse(await readFile(RULES, 'utf8'))).groups.flatMap((group) => group.rules)
    expect(CASES.map(({ alert }) => alert)).toEqual(rules.map(({ alert }) => alert))
    const test = (series: Series, expected: (alert: (typeof rules)[number]) => object[]) => ({
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: rules.map((rule) => ({ eval_time: '1h', alertname: rule.alert, exp_alerts: expected(rule) })),
    })
    const raised = (cases: readonly Case[]) => (rule: (typeof rules)[number]) =>
      cases
        .filter(({ alert }) => alert === rule.alert)
        .map(({ labels, summary }) => ({
          exp_labels: { ...rule.labels, ...labels },
          exp_annotations: { summary, remedy: rule.annotations.remedy },
        }))
    const unwell = test(Object.assign({}, ...CASES.map(({ series }) => series)), raised(CASES))
    const withoutWorker = test(
      { keyferry_due_syncs: '2x60' },
      raised(CASES.filter(({ alert }) => alert === 'KeyferryNoRuns')),
    )
    const dir = await mkdtemp(join(tmpdir(), 'keyferry-rules-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const tests = join(dir, 'tests.yaml')
    const all = [unwell, withoutWorker, test(WELL, () => [])]
    await writeFile(tests, stringify({ rule_files: [RULES], evaluation_interval: '1m', tests: all }))
    for (const args of [
      ['check', 'rules', RULES],
      ['test', 'rules', tests],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
      expect(status, `promtool ${args.join(' ')}\n${stdout}${stderr}`).toBe(0)
    }
  },
)
