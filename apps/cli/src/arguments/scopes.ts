import { Option, type Command } from 'commander'

const ROLES = ['viewer', 'developer', 'admin'] as const
type Role = (typeof ROLES)[number]

export interface Scope {
  environment: string
  secretPath?: string
}

export interface RoleOptions {
  role?: Role
  scope?: string[]
}

/** Adds the options that give a role. */
export const withRole = (command: Command): Command =>
  command
    .addOption(new Option('--role <role>', 'what it permits').choices(ROLES))
    .option('--scope <environment:path...>', 'limits it, such as prod:/api/** or dev (default: the whole project)')

/** `prod:/api/**` as a scope of a role; null without any, which is the whole project. */
export const scopesOf = (scopes: readonly string[] | undefined): Scope[] | null =>
  scopes?.map((text) => {
    const [environment = '', ...path] = text.split(':')
    return path.length === 0 ? { environment } : { environment, secretPath: path.join(':') }
  }) ?? null

/** Scopes as `withRole` takes them. */
export const scopeText = (scopes: readonly Scope[] | null): string =>
  scopes === null
    ? 'everything'
    : scopes.map(({ environment, secretPath }) => `${environment}:${secretPath}`).join(', ')
