import type { Details, Sentence } from './sentence.ts'

/** The groups of the console's filter. */
export const ABOUT = {
  readings: 'Values read',
  secrets: 'Secrets',
  folders: 'Folders and imports',
  environments: 'Environments',
  syncs: 'Syncs',
  connections: 'Connections',
  signIn: 'Sign-in',
  people: 'People',
  machines: 'Machines and keys',
  project: 'Project',
  instance: 'Instance',
} as const
export type About = keyof typeof ABOUT

/** An action of the audit log: what a filter calls it, and what a row says after the name of its actor. */
export interface ActionWords {
  about: About
  label: string
  say: (details: Details) => Sentence
}
