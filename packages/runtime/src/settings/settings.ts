/** Every variable that configures an instance. docs/settings.md is made of this. */
import { audit } from './audit.ts'
import { limits } from './limits.ts'
import { mail } from './mail.ts'
import { monitoring } from './monitoring.ts'
import { network } from './network.ts'
import { processes } from './processes.ts'
import type { Setting } from './setting.ts'
import { signIn } from './sign-in.ts'
import { store } from './store.ts'

/** By name. */
export const SETTINGS = { ...processes, ...store, ...network, ...limits, ...mail, ...signIn, ...audit, ...monitoring }

/** In the order of the reference. */
export const SETTING_GROUPS = [
  { title: 'Processes', settings: processes },
  { title: 'Store and keys', settings: store },
  { title: 'Network', settings: network },
  { title: 'Limits', settings: limits },
  { title: 'Mail', settings: mail },
  { title: 'Sign-in', settings: signIn },
  { title: 'Audit log and security contact', settings: audit },
  { title: 'Metrics and traces', settings: monitoring },
] as const

/** Those that a file can hold, or a command can print. */
export const SECRETS = Object.entries<Setting>(SETTINGS).flatMap(([name, { secret }]) =>
  secret === undefined ? [] : [{ name, fromCommand: secret === 'command' }],
)
