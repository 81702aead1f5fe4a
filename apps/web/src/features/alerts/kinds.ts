import { BellRing, Mail, MessageSquare, MessagesSquare, Webhook, type LucideIcon } from 'lucide-react'
import type { NoticeTarget } from '../../lib/types.ts'

interface KindWords {
  icon: LucideIcon
  title: string
  /** Beside the choice. */
  text: string
  add: string
  address: { label: string; placeholder: string; help?: string }
}

/** Each kind of recipient, in the order of the form. */
export const KINDS: Readonly<Record<NoticeTarget['kind'], KindWords>> = {
  slack: {
    icon: MessageSquare,
    title: 'Slack',
    text: 'Posts to one channel, through an incoming webhook of a Slack app.',
    add: 'Add Slack channel',
    address: {
      label: 'Webhook URL',
      placeholder: 'https://hooks.slack.com/services/…',
      help: 'In Slack: your app, Incoming Webhooks, Add New Webhook. The URL is a secret: from now on only the host is shown.',
    },
  },
  teams: {
    icon: MessagesSquare,
    title: 'Microsoft Teams',
    text: 'Posts a card to one channel, through a workflow.',
    add: 'Add Teams channel',
    address: {
      label: 'Workflow URL',
      placeholder: 'https://….api.powerplatform.com/…',
      help: 'In Teams: the channel’s menu, Workflows, “Send webhook alerts to a channel”. The URL is a secret: from now on only the host is shown.',
    },
  },
  pagerduty: {
    icon: BellRing,
    title: 'PagerDuty',
    text: 'Opens an incident when a sync fails, and resolves it when the sync recovers.',
    add: 'Add PagerDuty service',
    address: { label: 'Service region', placeholder: '' },
  },
  email: {
    icon: Mail,
    title: 'E-mail',
    text: 'Writes to one address, through the mail server of this instance.',
    add: 'Add e-mail address',
    address: { label: 'E-mail address', placeholder: 'oncall@example.com' },
  },
  webhook: {
    icon: Webhook,
    title: 'Webhook',
    text: 'Posts JSON to a URL, signed with a secret that only the two of you know.',
    add: 'Add webhook',
    address: {
      label: 'URL',
      placeholder: 'https://hooks.example.com/…',
      help: 'Its path may be a secret: from now on only the host is shown.',
    },
  },
}

/** Where PagerDuty takes events, by the region of the account. */
export const PAGERDUTY_REGIONS = [
  { url: 'https://events.pagerduty.com/v2/enqueue', name: 'United States' },
  { url: 'https://events.eu.pagerduty.com/v2/enqueue', name: 'Europe' },
] as const
