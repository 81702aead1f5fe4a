import { BellRing, Mail, MessageSquare, MessagesSquare, Webhook, type LucideIcon } from 'lucide-react'
import type { NoticeTarget } from '../../lib/server/types.ts'
import { words } from './words.ts'

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
    title: words.kinds.slack,
    text: words.kinds.slackText,
    add: words.kinds.slackAdd,
    address: {
      label: words.kinds.webhookUrl,
      placeholder: 'https://hooks.slack.com/services/…',
      help: words.kinds.slackHelp,
    },
  },
  teams: {
    icon: MessagesSquare,
    title: words.kinds.teams,
    text: words.kinds.teamsText,
    add: words.kinds.teamsAdd,
    address: {
      label: words.kinds.workflowUrl,
      placeholder: 'https://….api.powerplatform.com/…',
      help: words.kinds.teamsHelp,
    },
  },
  pagerduty: {
    icon: BellRing,
    title: words.kinds.pagerduty,
    text: words.kinds.pagerdutyText,
    add: words.kinds.pagerdutyAdd,
    address: { label: words.kinds.serviceRegion, placeholder: '' },
  },
  email: {
    icon: Mail,
    title: words.kinds.email,
    text: words.kinds.emailText,
    add: words.kinds.emailAdd,
    address: { label: words.kinds.emailAddress, placeholder: 'oncall@example.com' },
  },
  webhook: {
    icon: Webhook,
    title: words.kinds.webhook,
    text: words.kinds.webhookText,
    add: words.kinds.webhookAdd,
    address: {
      label: words.kinds.url,
      placeholder: 'https://hooks.example.com/…',
      help: words.kinds.webhookHelp,
    },
  },
}

/** Where PagerDuty takes events, by the region of the account. */
export const PAGERDUTY_REGIONS = [
  { url: 'https://events.pagerduty.com/v2/enqueue', name: words.kinds.unitedStates },
  { url: 'https://events.eu.pagerduty.com/v2/enqueue', name: words.kinds.europe },
] as const
